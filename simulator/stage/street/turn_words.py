"""Whose turn it is, in words: at the desks of threads under a GIL, and why cores are idle meanwhile."""

from dataclasses import dataclass

import numpy as np

from simulator.plan.words import State
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import Words
from simulator.stage.snapshot import ROUNDING, Snapshot, recent_average
from simulator.stage.street.baton import gil_of
from simulator.trace.availability import CORES
from simulator.trace.playback import Activity, GroupKind, LaneGroup
from simulator.words.language import tell, tell_many
from simulator.words.numbers import exact_duration, short_duration
from simulator.workload.table import Work

MANY_WAIT = 0.5
"""On average: so many threads that want the GIL could use a core each."""


@dataclass(frozen=True, slots=True)
class DeskWords:
    """What a thread that computes or wants to has to say at its desk."""

    badge: str
    """In ON_BRIGHT on the ground LOCK, at the end of the first row; empty for all but the holder."""
    does: Words
    since: str
    """For how long."""
    briefly: str
    """The same where there is little room."""


def desk_words(snapshot: Snapshot, group: LaneGroup, lane: int) -> DeskWords | None:
    """The words for a thread that has the GIL or waits for it; None for any other lane."""
    gil = gil_of(snapshot.playback)
    if gil is None or group.kind is not GroupKind.SLOTS:
        return None
    now = snapshot.now.pool(group.name)
    activity, request = Activity(int(now.activity[lane])), int(now.request[lane])
    if activity is Activity.GIL:
        since_s = snapshot.t_s - float(now.since_s[lane])
        time = short_duration(since_s)
        return DeskWords("", (tell("waits for it"), Style.DIM), time, time)
    lock = snapshot.now.lock(gil.name)
    held = np.flatnonzero(lock.holder == request).tolist() if request >= 0 else []
    if not held and activity is Activity.COMPUTING:  # native code
        time = short_duration(snapshot.t_s - float(now.since_s[lane]))
        return DeskWords("", (tell("needs no baton"), Style.BY_COMPUTING), time, time)
    if not held or activity not in (Activity.COMPUTING, Activity.CORE, Activity.THROTTLED):
        return None
    since_s = snapshot.t_s - float(lock.since_s[held[0]])
    for_s = time = short_duration(since_s)
    if len(lock.waiting[held[0]]) and since_s <= gil.switch_interval_s * (1.0 + ROUNDING):
        for_s = _of(for_s, exact_duration(gil.switch_interval_s))
    does = tell("computes") if activity is Activity.COMPUTING else tell("waits for a core")
    does = tell("is throttled") if activity is Activity.THROTTLED else does
    return DeskWords(f" {tell('HAS THE BATON')} ", (does, Style.BY_COMPUTING), for_s, time)


def _of(time: str, most: str) -> str:
    """``2.2 of 5 ms``: one unit is enough where it is the same."""
    figure, _, unit = time.partition(" ")
    return tell("{time} of {most}", time=figure if unit == most.partition(" ")[2] else time, most=most)


def unused_cores(snapshot: Snapshot) -> str | None:
    """What keeps cores idle that threads want, as it was in the last seconds; None where that is not the GIL."""
    gil = gil_of(snapshot.playback)
    if gil is None:
        return None
    cores = snapshot.now.cores
    idle = cores - round(recent_average(snapshot, f"{CORES}: in use") * cores)
    if idle < 1 or recent_average(snapshot, f"{gil.name}: waiting") < MANY_WAIT:
        return None
    return tell_many("nobody may use it", "nobody may use them", idle)


def lock_words(snapshot: Snapshot) -> dict[Activity, str]:
    """What computing means where it needs a lock, and waiting for it: for the legend."""
    if gil_of(snapshot.playback) is not None:
        native = (snapshot.playback.trace.workload.phase_kinds == Work.NATIVE).any()
        computes = tell("computes (native code: no baton)") if native else tell("holds the baton: computes")
        return {Activity.COMPUTING: computes, Activity.GIL: tell("waits for the baton")}
    if snapshot.inventory.processors:
        return {Activity.COMPUTING: tell("has a P: computes")}
    free = any(
        p.lock is None and p.state is State.COMPUTING and p.phase is not None for p in snapshot.playback.trace.places
    )
    if snapshot.inventory.loops and not free:  # or threads compute beside it, with nothing
        return {Activity.COMPUTING: tell("has the loop: computes")}
    return {}
