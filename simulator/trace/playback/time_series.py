"""Time series for sparklines and charts: how many, how busy, how long, averaged over each column of time.

What to watch: a curve is made once and kept as its running integral, so the average of any stretch is the difference of
two values. Most curves are made for the whole run; those that need every stay cut into segments, for the part in sight.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache, cached_property, lru_cache, partial
from math import ceil, floor, nan

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Lock, Loop
from simulator.trace.availability import CORES, Outages
from simulator.trace.intervals import StepFunction, concurrency, union
from simulator.trace.outcomes import percentiles
from simulator.trace.playback.activity import AT_WORK, HAS_LOCK, READY, Activity, among
from simulator.trace.playback.place_map import PlaceMap
from simulator.trace.playback.run_curves import Average, of_whole_run
from simulator.trace.playback.segment_index import SegmentIndex
from simulator.trace.playback.segments import Segments
from simulator.trace.table import Trace
from simulator.trace.throttling import throttled

Floats = NDArray[np.float64]

PERCENTILES = {"p50_s": 50.0, "p95_s": 95.0, "p99_s": 99.0}
COLUMNS_KEPT = 4096
STRETCHES_KEPT = 4
STRETCH_S = 1.0
"""Curves of computing are made for whole multiples of this."""
ROUNDING = 1e-9
"""Of a column."""
DIGITS = 9
"""Of the end of a window: a column is not quite as long in every frame."""


class TimeSeries:
    """All time series of one run; each is made when it is first asked for.

    What keeps them knows nothing of this object: a run that nobody looks at any more is forgotten at once.
    """

    def __init__(self, segment_index: SegmentIndex, place_map: PlaceMap, outages: Outages) -> None:
        """None is made yet."""
        self._whole = {name: cache(make) for name, make in of_whole_run(segment_index, place_map)}
        self._computing = dict(_of_computing(place_map.locks, segment_index.trace.plan.cores.count))
        self._within = lru_cache(STRETCHES_KEPT)(partial(_computing_within, segment_index, place_map, outages))
        self._percentiles = lru_cache(COLUMNS_KEPT)(_Latencies(segment_index).percentiles)

    @property
    def names(self) -> tuple[str, ...]:
        """What can be asked for."""
        return (*self._whole, *self._computing, *PERCENTILES)

    def between(self, name: str, edges: Floats, window_s: float) -> Floats:
        """The figure between each two neighbouring edges. KeyError for an unknown name."""
        if name in PERCENTILES:
            which = list(PERCENTILES).index(name)
            column_s = float(edges[1] - edges[0])
            # the same ones again in the next frame
            ends = np.round(np.floor(edges[1:] / column_s + ROUNDING) * column_s, DIGITS)
            return np.array([self._percentiles(end_s, window_s)[which] for end_s in ends.tolist()])
        if name in self._computing:
            # of a stretch that is somewhat longer, so that the next frames need the same one
            made = self._within(floor(edges[0] / STRETCH_S), ceil(edges[-1] / STRETCH_S))
            return self._computing[name](made)(edges)
        return self._whole[name]()(edges)


# --- of answers -------------------------------------------------------------------------------------------------------


class _Latencies:
    """What the requests took that were completed."""

    def __init__(self, segment_index: SegmentIndex) -> None:
        self._index = segment_index

    def percentiles(self, end_s: float, window_s: float) -> list[float]:
        """Of the seconds that requests took which were completed in the window before a moment; nan if none were."""
        finished, seconds = self._completed
        first, last = finished.searchsorted((end_s - window_s, end_s), "right").tolist()
        wanted = list(PERCENTILES.values())
        return percentiles(seconds[first:last], wanted) if last > first else [nan] * len(wanted)

    @cached_property
    def _completed(self) -> tuple[Floats, Floats]:
        """When requests were completed, in order, and how long they had taken."""
        rows, finished = self._index.completed
        return finished, finished - self._index.trace.arrival[rows]


# --- of computing -----------------------------------------------------------------------------------------------------


class Computing:
    """How many want a lock or a core in a stretch of time, and how many of these are in use."""

    def __init__(self, trace: Trace, place_map: PlaceMap, cores: StepFunction, cuts: Iterable[Segments]) -> None:
        """Of all segments only those stay during which a request computed or could have."""
        self._trace, self._map, self._cores = trace, place_map, cores
        self._ready = Segments.joined([cut.take((READY | HAS_LOCK)[cut.activity]) for cut in cuts])

    def lock_queue(self, number: int) -> Average:
        """Requests that wait for a lock (by its number in the plan)."""
        return self._lock_queues[number]

    def lock_use(self, number: int) -> Average:
        """The share of the copies of a lock that are in use."""
        return self._lock_uses[number]

    @cached_property
    def _lock_queues(self) -> tuple[Average, ...]:
        ready = self._ready
        locks = range(len(self._map.locks))
        waits = [np.flatnonzero(self._map.wants(number, ready)) for number in locks]
        return tuple(Average(concurrency(ready.start[these], ready.end[these])) for these in waits)

    @cached_property
    def _lock_uses(self) -> tuple[Average, ...]:
        ready = self._ready
        spans = [self._by_copy(ready.take(self._map.has(n, ready)), n) for n in range(len(self._map.locks))]
        sizes = [lock.units for lock in self._map.locks]
        return tuple(Average(concurrency(*span), size) for span, size in zip(spans, sizes, strict=True))

    @cached_property
    def cores_queue(self) -> Average:
        """Threads that find no core."""
        at, threads, cores = self._wanted
        return Average(StepFunction(at, np.maximum(threads - cores, 0.0)))

    @cached_property
    def cores_use(self) -> Average:
        """The share of the machine's cores that are in use."""
        at, threads, cores = self._wanted
        return Average(self._running(StepFunction(at, np.minimum(threads, cores))), self._trace.plan.cores.count)

    def core_use(self, core: int) -> Average:
        """The share of the time in which one core is in use, where the first of them are used first."""
        at, threads, cores = self._wanted
        return Average(self._running(StepFunction(at, (np.minimum(threads, cores) > core).astype(np.float64))))

    def _running(self, level: StepFunction) -> StepFunction:
        return throttled(self._trace).running(level, self._trace.horizon_s)

    @cached_property
    def _wanted(self) -> tuple[Floats, Floats, Floats]:
        """At each change of either: how many threads want a core, and how many cores there are."""
        many = self._runnable
        at = np.union1d(many.at, self._cores.at) if len(self._cores.at) > 1 else many.at
        return at, many.values(at), self._cores.values(at)

    @cached_property
    def _runnable(self) -> StepFunction:
        """Threads that compute or want to: those without a lock, and one for every lock that anybody holds or wants."""
        free = self._ready.take(self._map.alone(self._ready))
        locked = [self._by_copy(self._at(number), number) for number in range(len(self._map.locks))]
        still = self._ready.take(self._ready.activity == Activity.BLOCKS)  # counted above: its copy is in use
        return concurrency(
            np.concatenate([free.start, *(starts for starts, _ in locked), still.end]),
            np.concatenate([free.end, *(ends for _, ends in locked), still.start]),
        )

    def _at(self, number: int) -> Segments:
        """Those at a lock; of a loop beside which threads compute, those who have no use for the GIL of these."""
        lock, ready = self._map.locks[number], self._ready
        if not isinstance(lock, Loop) or lock.gil is None:
            return ready
        counted = self._map.under(self._map.locks.index(lock.gil), ready)
        return ready.take((AT_WORK | among(Activity.BLOCKS))[ready.activity] & ~counted)

    def _by_copy(self, some: Segments, number: int) -> tuple[Floats, Floats]:
        """When each copy of a lock was wanted or used by any of these."""
        some, lock = some.take(self._map.under(number, some)), self._map.locks[number]
        if lock.units > lock.processes:  # whoever has a unit uses that one, and nobody else does
            some = some.take(HAS_LOCK[some.activity])
            return some.start, some.end
        if lock.processes == 1:
            return union(some.start, some.end)
        # One copy after another on a longer line of time: a search for each copy would take as many passes.
        apart = float(some.end.max(initial=0.0)) + 1.0
        shift = np.maximum(self._trace.process[some.request], 0) * apart
        start, end = union(some.start + shift, some.end + shift)
        back = np.floor(start / apart) * apart
        return start - back, end - back


def _of_computing(locks: tuple[Lock, ...], cores: int) -> Iterator[tuple[str, Callable[[Computing], Average]]]:
    for number, lock in enumerate(locks):
        if isinstance(lock, Loop):
            continue
        yield f"{lock.name}: waiting", partial(Computing.lock_queue, number=number)
        yield f"{lock.name}: in use", partial(Computing.lock_use, number=number)
    yield f"{CORES}: waiting", lambda made: made.cores_queue
    yield f"{CORES}: in use", lambda made: made.cores_use
    for core in range(cores):
        yield f"{CORES}: {core} in use", partial(Computing.core_use, core=core)


def _computing_within(
    segment_index: SegmentIndex, place_map: PlaceMap, outages: Outages, first: int, last: int
) -> Computing:
    """From one multiple of the stretch to another."""
    cuts = segment_index.busy(first * STRETCH_S, last * STRETCH_S)
    return Computing(segment_index.trace, place_map, outages.cores, cuts)
