"""The turns of an event loop as the street shows them: who has it, whether that blocks it, and what blocked it before.

What to watch: a loop is blocked when somebody has it for long *and* others wait. Long is what the log calls long, or
ten times what is usual in this run, so that a run of very short turns has its blocks too.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Loop, Processors
from simulator.stage.cache import kept, of_moment
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.footprints import name_of
from simulator.stage.street.lineup import waiting
from simulator.trace.playback import Activity, Playback
from simulator.trace.playback.lock_holds import LockHolds
from simulator.trace.playback.notable_events import BLOCKS_S

LEAST_S = 0.02
"""A shorter turn never blocks the loop, whatever is usual."""
TIMES_USUAL = 10.0
"""So many times as long as the median turn of the run is long."""
SAME_S = 1e-6
"""The end of a turn, and the moment at which the log says that it blocked others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopNow:
    """One copy of an event loop at the moment."""

    copy: int
    down: bool
    """Its process is not there."""
    request: int
    """Who has it; -1: nobody."""
    for_core: bool
    """Its holder waits for a core."""
    for_gil: bool
    """Its holder waits for the GIL of the threads beside it."""
    throttled: bool
    """Its holder would compute, and the quota of the container is spent."""
    stands: bool
    """Its holder waits in a call that does not let go of it: no core is at work."""
    since_s: float
    """For how long that one has had it."""
    whole_s: float
    """For how long it will have had it in the end."""
    waits: int
    """Others who want it."""
    blocked: bool


def loops_now(snapshot: Snapshot) -> tuple[LoopNow, ...]:
    """Every copy of every loop, in the order of their tapes."""
    return of_moment(snapshot.playback, "loops", snapshot.t_s, lambda: _loops_now(snapshot))


def _loops_now(snapshot: Snapshot) -> tuple[LoopNow, ...]:
    return tuple(loop_now(snapshot, loop, copy) for loop in snapshot.inventory.loops for copy in range(loop.units))


def loop_now(snapshot: Snapshot, loop: Loop | Processors, copy: int) -> LoopNow:
    """One copy: of hundreds, few are in sight."""
    lock, t_s = snapshot.now.lock(loop.name), snapshot.t_s
    request, activity = int(lock.holder[copy]), Activity(int(lock.activity[copy]))
    since_s = t_s - float(lock.since_s[copy]) if request >= 0 else 0.0
    # whoever was not accepted yet waits for the only loop, and for any of several
    process = copy // (loop.units // loop.processes)
    waits = len(waiting(snapshot)) if loop.processes == 1 else len(lock.waiting[process])
    long = request >= 0 and waits > 0 and since_s >= long_s(snapshot.playback, loop.name)
    return LoopNow(
        copy=copy,
        down=activity is Activity.DOWN,
        request=request,
        for_core=activity is Activity.CORE,
        for_gil=activity is Activity.GIL,
        throttled=activity is Activity.THROTTLED,
        stands=activity is Activity.BLOCKS,
        since_s=since_s,
        whole_s=max(since_s, _whole_s(snapshot.playback.holds(loop.name)[copy], request, t_s)),
        waits=waits,
        blocked=long and isinstance(loop, Loop),  # a goroutine makes room
    )


def _whole_s(holds: LockHolds, request: int, t_s: float) -> float:
    last = int(holds.start.searchsorted(t_s, "right")) - 1
    return float(holds.end[last] - holds.start[last]) if last >= 0 and int(holds.request[last]) == request else 0.0


def long_s(playback: Playback, loop: str) -> float:
    """From how long on a turn of this run blocks the loop."""
    return kept(playback, ("long turn", loop), lambda: _long_s(playback.holds(loop)))


def _long_s(copies: tuple[LockHolds, ...]) -> float:
    turns = np.concatenate([each.end - each.start for each in copies])
    usual_s = float(np.median(turns)) if len(turns) else BLOCKS_S
    return min(BLOCKS_S, max(TIMES_USUAL * usual_s, LEAST_S))


def last_turns(snapshot: Snapshot, loop: str, copy: int, count: int) -> NDArray[np.int32]:
    """Who had it before whoever has it now, the latest last."""
    holds = snapshot.playback.holds(loop)[copy]
    over = int(holds.end.searchsorted(snapshot.t_s, "right"))
    return holds.request[max(over - count, 0) : over]


def behind(playback: Playback, request: int, end_s: float) -> int:
    """How many waited behind a turn when it ended, as the log says; 0 where it was not worth a word."""
    blocks = playback.blocks
    first, stop = blocks.time_s.searchsorted((end_s - SAME_S, end_s + SAME_S)).tolist()
    found = np.flatnonzero(blocks.request[first:stop] == request)
    return int(blocks.others[first + int(found[0])]) if len(found) else 0


def numbered(playback: Playback, request: int) -> str:
    """``#374 report``."""
    return f"#{request} {name_of(playback, request, always=True)}"


def quiet_s(snapshot: Snapshot) -> float:
    """For how long no answer has left the server."""
    left = kept(snapshot.playback, "left", lambda: _left(snapshot.playback))
    last = int(left.searchsorted(snapshot.t_s, "right")) - 1
    return snapshot.t_s - float(left[last]) if last >= 0 else snapshot.t_s


def _left(playback: Playback) -> NDArray[np.float64]:
    left = playback.trace.left
    return np.sort(left[~np.isnan(left)])
