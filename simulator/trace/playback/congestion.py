"""Who is to blame that others wait: whose holds overlapped the time that others waited, weighed by how many did.

What to watch: a second in which a report has the event loop while forty wait is forty seconds of waiting, and all of
them are the report's. So who has the loop at one moment does not matter, but who had it while the queue grew. Samples
of half a second are kept, not moments: a frame asks for the same ones as the frame before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor

import numpy as np
from numpy.typing import NDArray

from simulator.trace.availability import CORES
from simulator.trace.intervals import StepFunction, concurrency
from simulator.trace.playback.activity import AT_WORK, FOR_LOCK, Activities, Activity
from simulator.trace.playback.cache import BoundedCache
from simulator.trace.playback.place_map import PlaceMap
from simulator.trace.playback.segment_index import SegmentIndex
from simulator.trace.playback.segments import Segments
from simulator.trace.playback.waiting_curves import Curve, WaitingCurves, curve_of

Floats = NDArray[np.float64]
Rows = NDArray[np.int32]

TOGETHER = 8
"""Samples that are taken from one cut of the run."""
CUT_S = 4.0
"""What is usual for a cut."""
BLOCKS_KEPT, CUTS_KEPT = 16, 4
FOR_CLIENT = (Activity.UPLOAD, Activity.DOWNLOAD, Activity.CLOSING)
"""What is held for the client's line, whatever the class of the request."""
LEAST = 1e-9


@dataclass(frozen=True, slots=True)
class Cause:
    """What keeps others waiting: who uses a resource, and for what."""

    resource: str
    """The name of a pool or a lock; of the cores ``cores``."""
    use: Activity
    """What a slot is mostly held for; of a lock and the cores COMPUTING."""
    who: int
    """The number of a class of requests, or of a kind of client where the use is its line."""


Blame = Mapping[Cause, float]
"""How many wait because of each cause, on average over a sample."""


class Congestion:
    """The samples of one run."""

    def __init__(self, segment_index: SegmentIndex, place_map: PlaceMap) -> None:
        """Nothing is looked at yet."""
        self._index, self._map = segment_index, place_map
        self.curves = WaitingCurves(segment_index, place_map)
        self._lock_names = tuple(lock.name for lock in place_map.locks)
        self._blocks: BoundedCache[tuple[int, float], tuple[Blame, ...]] = BoundedCache(BLOCKS_KEPT)
        self._cuts: BoundedCache[tuple[int, float], Segments] = BoundedCache(CUTS_KEPT)

    def sample(self, number: int, length_s: float) -> Blame:
        """Of the stretch with this number, each being so long; before the run nobody waits."""
        if number < 0:
            return {}
        block = number // TOGETHER, length_s
        if block not in self._blocks:
            first, cut = block[0] * TOGETHER, self._cut(block)
            spans = [((first + i) * length_s, (first + i + 1) * length_s) for i in range(TOGETHER)]
            self._blocks[block] = tuple(self._blame(cut, *span) for span in spans)
        return self._blocks[block][number % TOGETHER]

    def unfinished(self, start_s: float, t_s: float, length_s: float) -> Blame:
        """Of the part of a sample that has passed by a moment."""
        if t_s <= start_s:
            return {}
        block = floor(start_s / length_s + 0.5) // TOGETHER, length_s
        return self._blame(self._cut(block), start_s, t_s)

    def _cut(self, block: tuple[int, float]) -> Segments:
        if block not in self._cuts:
            start_s = block[0] * TOGETHER * block[1]
            self._cuts[block] = Segments.joined(list(self._index.busy(start_s, start_s + TOGETHER * block[1])))
        return self._cuts[block]

    # --- one sample ------------------------------------------------------------------------------------------------

    def _blame(self, cut: Segments, start_s: float, end_s: float) -> Blame:
        """Who kept how many waiting between two moments."""
        cut = cut.take((cut.start < end_s) & (cut.end > start_s))
        span = (start_s, end_s)
        found: dict[Cause, float] = {}
        passed_on = 0.0
        for number, lock in enumerate(self._map.locks):
            waits = cut.take(self._map.wants(number, cut))
            curves = [curve_of(waits.start, waits.end), *self.curves.lines[lock.name]]
            held = cut.take(self._map.has(number, cut))
            shares = self._shares(held, curves, span, lock.units)
            passed_on += sum(weight for (use, _), weight in shares.items() if FOR_LOCK[use])
            _add(found, lock.name, {cause: weight for cause, weight in shares.items() if not FOR_LOCK[cause[0]]})
        _pass_on(found, self._lock_names, passed_on)  # who has a loop may wait for the GIL of threads
        for number, part in enumerate(self._map.held):
            held = cut.take(self._map.of_pool[number][cut.place])
            size = part.pool.size * part.pool.processes
            shares = self._shares(held, self.curves.lines[part.pool.name], span, size)
            passed_on = sum(weight for (use, _), weight in shares.items() if FOR_LOCK[use])
            _add(found, part.pool.name, {cause: weight for cause, weight in shares.items() if not FOR_LOCK[cause[0]]})
            _pass_on(found, self._lock_names, passed_on)
        _add(found, CORES, self._without_a_core(cut, span))
        return found

    def _shares(
        self, held: Segments, curves: list[Curve], span: tuple[float, float], size: int
    ) -> dict[tuple[Activity, int], float]:
        """How many waited, on average, for each use of a resource: the waiting that its holds overlapped."""
        length_s = span[1] - span[0]
        if not len(held) or sum(curve.mean(*span) for curve in curves) * length_s < LEAST:
            return {}
        start, end = np.maximum(held.start, span[0]), np.minimum(held.end, span[1])
        waited = sum((curve.integral(end) - curve.integral(start) for curve in curves), np.zeros(len(held)))
        use, who = self.uses(held.request, held.activity)
        width = int(who.max(initial=0)) + 1
        total = np.bincount(use.astype(np.intp) * width + who, waited) / (size * length_s)
        return {
            (Activity(key // width), key % width): float(total[key]) for key in np.flatnonzero(total > LEAST).tolist()
        }

    def uses(self, request: Rows, activity: Activities) -> tuple[Activities, NDArray[np.intp]]:
        """What each hold is for, and who it is for: to wait for a core counts as computing."""
        load = self._index.trace.workload
        use = np.where(AT_WORK[activity], np.uint8(Activity.COMPUTING), activity)
        line = np.isin(use, FOR_CLIENT)
        return use, np.where(line, load.client[request], load.request_class[request]).astype(np.intp)

    def _without_a_core(self, cut: Segments, span: tuple[float, float]) -> dict[tuple[Activity, int], float]:
        """Threads that find no core are kept waiting by all that compute."""
        at_work = cut.take(AT_WORK[cut.activity])
        count = self._index.trace.plan.cores.count
        if len(at_work) <= count:
            return {}
        many = concurrency(np.maximum(at_work.start, span[0]), np.minimum(at_work.end, span[1]))
        curve = Curve(StepFunction(many.at, np.maximum(many.height - count, 0.0)))
        shares = self._shares(at_work, [curve], span, 1)
        total, without = sum(shares.values()), curve.mean(*span)
        return {cause: weight / total * without for cause, weight in shares.items()} if total > LEAST else {}

    # --- a stretch of time in sight -----------------------------------------------------------------------------------

    def anybody(self, start_s: float, end_s: float) -> bool:
        """Whether anybody was in the system at any time between two moments."""
        return bool(self._index.there(start_s, end_s).size)

    def had(self, cause: Cause, start_s: float, end_s: float) -> tuple[Rows, Floats]:
        """Which requests had a lock because of a cause between two moments, and for how many seconds each."""
        at, start, end = self._at_lock(cause.resource, start_s, end_s)
        having = self._map.having[self._lock_names.index(cause.resource)]
        held = np.flatnonzero(having[at.activity] & (self.uses(at.request, at.activity)[1] == cause.who))
        total: Floats = np.bincount(at.request[held], (end - start)[held]).astype(np.float64)
        requests = np.flatnonzero(total > LEAST)
        return requests.astype(np.int32), total[requests]

    def waited_since(self, lock: str, start_s: float, t_s: float, gap_s: float) -> float:
        """Since when somebody has waited for a lock, but for short gaps; at most since the start."""
        at, start, end = self._at_lock(lock, start_s, t_s)
        waits = np.flatnonzero(self._map.wanting[self._lock_names.index(lock)][at.activity])
        curve = curve_of(start[waits], np.where(end[waits] >= t_s, t_s + gap_s, end[waits]))
        found = [curve.began(t_s, gap_s), self.curves.began(lock, t_s, gap_s)]
        return max(min((each for each in found if each is not None), default=start_s), start_s)

    def _at_lock(self, lock: str, start_s: float, end_s: float) -> tuple[Segments, Floats, Floats]:
        """Who had a lock or waited for it between two moments, and from when to when, in pieces."""
        its = self._lock_names.index(lock)
        found, starts, ends = [], [np.empty(0)], [np.empty(0)]
        for number in range(floor(start_s / CUT_S), floor(end_s / CUT_S) + 1):
            cut = self._cut((number, CUT_S / TOGETHER))
            low, high = max(start_s, number * CUT_S), min(end_s, (number + 1) * CUT_S)
            cut = cut.take(self._map.under(its, cut) & (cut.start < high) & (cut.end > low))
            found.append(cut)
            starts.append(np.maximum(cut.start, low))
            ends.append(np.minimum(cut.end, high))
        return Segments.joined(found), np.concatenate(starts), np.concatenate(ends)


def _add(found: dict[Cause, float], resource: str, shares: Mapping[tuple[Activity, int], float]) -> None:
    for (use, who), weight in shares.items():
        cause = Cause(resource, use, who)
        found[cause] = found.get(cause, 0.0) + weight


def _pass_on(found: dict[Cause, float], locks: tuple[str, ...], weight: float) -> None:
    """Who waits for a slot whose holder waits for a lock, waits for those who have the lock."""
    having = {cause: share for cause, share in found.items() if cause.resource in locks}
    total = sum(having.values())
    for cause, share in having.items() if weight > LEAST and total > LEAST else ():
        found[cause] += weight * share / total
