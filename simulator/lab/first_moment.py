"""Where a run is opened: shortly before the first thing in it that one should see, or where somebody asked for.

What to watch: a crowd counts from the time when a quarter of it is there, so that one sees it grow. Nothing here is
worked out that the first picture does not need anyway, but for one curve.
"""

import time
from collections.abc import Iterator, Sequence
from math import inf

import numpy as np

from simulator.experiments.refusal import RefusalError
from simulator.lab.history import Result
from simulator.lab.lab import Lab, open_lab
from simulator.lab.playhead import Now
from simulator.plan.resources import Loop
from simulator.stage.street.baton import gil_of, gil_zoom
from simulator.trace.playback import Event, EventKind, Moment, Playback
from simulator.trace.playback.congestion import Cause
from simulator.words.language import tell
from simulator.words.numbers import duration
from simulator.workload.quantity import DURATION, parse

NAMED = {"start": 0.0, "end": inf}
"""Moments that have names; the end is there however long the run takes."""
LEAD_S = 2.5
"""So much before what is to be seen, so that its cause is seen too."""
SETTLED_S = 10.0
"""From here on the curves have something to show; shorter runs are opened after a quarter of them at most."""
LEAST_CROWD = 10
"""So many who wait are worth seeing."""
CROWD_SHARE = 0.25
"""The part of the largest crowd that makes one look."""
BLOCK_SHARE = 0.5
"""And of the longest block of a loop."""
AT_ONCE = frozenset({EventKind.SYN_DROPPED, EventKind.FAILED, EventKind.INTERVENED, EventKind.SPIKE})
"""What one should see from its very beginning."""
COLUMN_S, MOST_COLUMNS = 0.25, 2000
"""How closely it is looked when a crowd grows."""


def watched(shown: Result, at_s: float | None = None, now: Now = time.monotonic) -> Lab:
    """What is watched, from a moment on or from the first interesting one: it plays, unless it is at its end.

    Raises RefusalError for a moment that is behind the end.
    """
    lab = open_lab(shown, now)
    clock = lab.playhead
    clock.seek(first_moment(shown.playbacks) if at_s is None else moment_within(clock.end_s, at_s))
    if zoom := zoom_at(shown.playbacks, clock.t_s):
        lab.column_s, speed = zoom
        clock.play_at(speed)
        if at_s is None:  # as long before it as ever, on the clock of whoever watches
            clock.seek(clock.t_s + LEAD_S * (1.0 - speed))
    if clock.t_s < clock.end_s:
        clock.play()
    return lab


def first_moment(playbacks: Sequence[Playback]) -> float:
    """Where to open these runs, which met the same requests; seconds from their start."""
    end_s = max((playback.end_s for playback in playbacks), default=0.0)
    settled_s = min(SETTLED_S, end_s / 4.0)
    largest = max(playbacks, key=_crowd, default=None)
    found = sorted(at_s for each in playbacks for at_s in _telling(each, settled_s, crowd=each is largest))
    late = [at_s for at_s in found if at_s - LEAD_S >= settled_s]
    return late[0] - LEAD_S if late else settled_s


def _telling(playback: Playback, settled_s: float, *, crowd: bool) -> Iterator[float]:
    """When things happen in a run that tell something about its server."""
    for event in playback.interesting:
        if event.kind is EventKind.CROWDED and crowd:
            yield from _crowd_grows(playback, event)
        elif event.kind is EventKind.BLOCKED:
            yield from _long_blocks(playback, event, settled_s)
        elif event.kind in AT_ONCE:
            yield event.look_s


def _crowd(playback: Playback) -> int:
    return max((event.others for event in playback.interesting if event.kind is EventKind.CROWDED), default=0)


def _crowd_grows(playback: Playback, largest: Event) -> Iterator[float]:
    """When a good part of the largest crowd has come, if most of it waits for the server and not for its clients."""
    now = playback.at(largest.look_s)
    if waiting(now) < max(largest.others / 2.0, LEAST_CROWD):
        return
    columns = min(max(int(playback.end_s / COLUMN_S), 1), MOST_COLUMNS)
    crowd = playback.series("in_system", 0.0, playback.end_s, columns)
    many = np.flatnonzero(crowd >= CROWD_SHARE * float(crowd.max()))
    yield float(many[0]) * playback.end_s / columns


def waiting(now: Moment) -> int:
    """How many wait for a place in the server, for a lock of it, or to be let in."""
    backlogs = sum(len(each.waiting) + len(each.retrying) for each in now.backlogs)
    locks = sum(len(copy) for each in now.locks for copy in each.waiting)
    return backlogs + sum(len(each.queue) for each in now.pools) + locks


def _long_blocks(playback: Playback, longest: Event, settled_s: float) -> Iterator[float]:
    """The first block of a loop that is about as long as the longest one, when the curves show something."""
    blocks = playback.blocks
    long = (blocks.seconds >= BLOCK_SHARE * longest.seconds) & (blocks.time_s >= settled_s + LEAD_S)
    yield from blocks.time_s[np.flatnonzero(long)[:1]].tolist()


# How closely it is looked at. A lock changes hands within milliseconds.

LOOP_ZOOM = 0.01, 0.1
"""Seconds of a column, and the speed: a callback of 200 ms is twenty columns long, and two seconds."""


def zoom_at(playbacks: Sequence[Playback], t_s: float) -> tuple[float, float] | None:
    """Seconds of a column and a speed at which these runs show what they are about then; None: the usual ones do."""
    zooms = {_zoom(playback, t_s) for playback in playbacks}
    return zooms.pop() if len(zooms) == 1 else None


def _zoom(playback: Playback, t_s: float) -> tuple[float, float] | None:
    """Of a run in which a lock keeps others waiting from this moment on."""
    causes = {playback.cause(min(at_s, playback.end_s), 1.0) for at_s in (t_s, t_s + LEAD_S)}
    names = {cause.resource for cause in causes if isinstance(cause, Cause)}
    if len(names) != 1 or len(causes) != 1:
        return None
    gil, loops = gil_of(playback), [lock for lock in playback.trace.plan.locks if isinstance(lock, Loop)]
    if gil is not None and gil.name in names:
        return gil_zoom(playback)
    blocks = playback.blocks
    blocked = any(loop.name in names for loop in loops) and bool(len(blocks.time_s[blocks.within(t_s, t_s + LEAD_S)]))
    return LOOP_ZOOM if blocked else None


# What was typed.


def typed_moment(given: str | None) -> float | None:
    """``--at``: seconds, inf for the end of the run, None where it was not typed. Raises RefusalError."""
    if given is None or given in NAMED:
        return None if given is None else NAMED[given]
    try:
        return parse(given, DURATION)
    except ValueError as error:
        raise RefusalError(tell("{flag} {given}: {problem}", flag="--at", given=given, problem=error)) from None


def moment_within(end_s: float, at_s: float) -> float:
    """A moment that was typed, in a run that has this end. Raises RefusalError where it is behind it."""
    if at_s == inf:
        return end_s
    if at_s > end_s:
        time, end = duration(at_s), duration(end_s)
        raise RefusalError(tell("{flag} {time}: this run ends after {end}", flag="--at", time=time, end=end))
    return at_s
