"""How many want a lock or a core, and how many of these are in use: curves that need every stay cut into segments."""

from collections.abc import Iterable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.trace.levels import Level, level, union
from simulator.trace.playback.activity import AT_WORK, FOR_LOCK, READY
from simulator.trace.playback.averages import Average
from simulator.trace.playback.segments import Segments
from simulator.trace.playback.sites import Sites
from simulator.trace.table import Trace

Floats = NDArray[np.float64]


class Crowds:
    """The curves of some segments; each is made when it is first asked for."""

    def __init__(self, trace: Trace, sites: Sites, cores: Level, cuts: Iterable[Segments]) -> None:
        """Of all segments only those stay during which a request computed or could have."""
        self._trace, self._sites, self._cores = trace, sites, cores
        self._ready = Segments.joined([cut.take(READY[cut.activity]) for cut in cuts])
        self._made: dict[tuple[str, int], Average] = {}

    def lock_queue(self, number: int) -> Average:
        """Requests that wait for a lock (by its number in the plan)."""
        key = ("queue", number)
        if key not in self._made:
            ready = self._ready
            waits = np.flatnonzero(FOR_LOCK[ready.activity] & self._sites.of_lock[number][ready.place])
            self._made[key] = Average(level(ready.start[waits], ready.end[waits]))
        return self._made[key]

    def lock_use(self, number: int) -> Average:
        """The share of the copies of a lock that are in use."""
        key = ("use", number)
        if key not in self._made:
            used = self._ready.take(AT_WORK[self._ready.activity])
            self._made[key] = Average(level(*self._by_copy(used, number)), self._sites.locks[number].processes)
        return self._made[key]

    @cached_property
    def cores_queue(self) -> Average:
        """Threads that find no core."""
        at, threads, cores = self._wanted
        return Average(Level(at, np.maximum(threads - cores, 0.0)))

    @cached_property
    def cores_use(self) -> Average:
        """The share of the machine's cores that are in use."""
        at, threads, cores = self._wanted
        return Average(Level(at, np.minimum(threads, cores)), self._trace.plan.cores.count)

    @cached_property
    def _wanted(self) -> tuple[Floats, Floats, Floats]:
        """At each change of either: how many threads want a core, and how many cores there are."""
        many = self._runnable
        at = np.union1d(many.at, self._cores.at) if len(self._cores.at) > 1 else many.at
        return at, many.values(at), self._cores.values(at)

    @cached_property
    def _runnable(self) -> Level:
        """Threads that compute or want to: those without a lock, and one for every lock that anybody holds or wants."""
        free = self._ready.take(self._sites.unlocked[self._ready.place])
        locked = [self._by_copy(self._ready, number) for number in range(len(self._sites.locks))]
        return level(
            np.concatenate([free.start, *(starts for starts, _ in locked)]),
            np.concatenate([free.end, *(ends for _, ends in locked)]),
        )

    def _by_copy(self, some: Segments, number: int) -> tuple[Floats, Floats]:
        """When each copy of a lock was wanted or used by any of these."""
        some = some.take(self._sites.of_lock[number][some.place])
        if self._sites.locks[number].processes == 1:
            return union(some.start, some.end)
        # One copy after another on a longer line of time: a search for each copy would take as many passes.
        apart = float(some.end.max(initial=0.0)) + 1.0
        shift = np.maximum(self._trace.process[some.request], 0) * apart
        start, end = union(some.start + shift, some.end + shift)
        back = np.floor(start / apart) * apart
        return start - back, end - back
