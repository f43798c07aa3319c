"""Who had a lock from when to when: every hold of a GIL or an event loop, copy by copy, in order of time.

What to watch: two holds of one copy never overlap, so a moment has one holder at most. For a GIL they are known only
where they were recorded (``Trace.grants``); a loop is never interrupted, and the columns of the trace are enough.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Lock, Loop
from simulator.trace.demands import lock_copies
from simulator.trace.playback.lane_groups import GroupKind
from simulator.trace.playback.place_map import PlaceMap
from simulator.trace.playback.segment_index import SegmentIndex

Floats = NDArray[np.float64]
TOUCH_S = 1e-9
"""Two holds of one request that are no further apart are one."""


@dataclass(frozen=True, eq=False, slots=True)
class LockHolds:
    """One row for each hold of one copy of a lock."""

    request: NDArray[np.int32]
    lane: NDArray[np.int32]
    """The slot that the request holds meanwhile, counted through all pools that make lanes; -1: none."""
    start: Floats
    end: Floats

    def __len__(self) -> int:
        return len(self.request)

    def within(self, start_s: float, end_s: float) -> "LockHolds":
        """Those that share some time with a stretch."""
        first, last = int(self.end.searchsorted(start_s, "right")), int(self.start.searchsorted(end_s, "left"))
        which = slice(first, max(first, last))
        return LockHolds(self.request[which], self.lane[which], self.start[which], self.end[which])

    def handed_over(self) -> NDArray[np.intp]:
        """The holds that begin where another request's ends: nobody had to come for a lock that lay free."""
        before, after = self.end[:-1], self.start[1:]
        return np.flatnonzero((after - before <= TOUCH_S) & (self.request[1:] != self.request[:-1])) + 1


def lock_holds(segment_index: SegmentIndex, place_map: PlaceMap, lock: Lock) -> tuple[LockHolds, ...]:
    """The holds of every copy of a lock, or of every unit where several may have it; none where they are not known."""
    several = lock.units > lock.processes
    places, request, start, end = _all(segment_index, place_map, lock)
    copies, lanes = np.zeros(len(request), np.int32), np.full(len(request), -1, np.int32)
    if several:
        copies = segment_index.units(lock).unit
    for place in np.flatnonzero(np.bincount(places, minlength=1)).tolist():
        here = np.flatnonzero(places == place)
        if not several:
            copies[here] = lock_copies(segment_index.trace, place_map.places[place], request[here])
        lanes[here] = _lanes(segment_index, place_map, place, request[here])
    found = []
    for copy in range(lock.units):
        mine = np.flatnonzero(copies == copy)
        mine = mine[np.lexsort((end[mine], start[mine]))]
        found.append(_joined(request[mine], lanes[mine], start[mine], end[mine]))
    return tuple(found)


_Columns = tuple[NDArray[np.intp], NDArray[np.intp], Floats, Floats]
"""Place, request, start and end of each hold."""


def _all(segment_index: SegmentIndex, place_map: PlaceMap, lock: Lock) -> _Columns:
    if lock.units > lock.processes:
        known = segment_index.units(lock)
        return known.place, known.request, known.start, known.end
    nothing = np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0), np.empty(0)
    if isinstance(lock, Loop):
        turns = segment_index.turns(lock)
        if not turns:
            return nothing
        places = np.concatenate([np.full(len(turn.rows), turn.place, np.intp) for turn in turns])
        rows, starts, ends = (
            np.concatenate(each)
            for each in zip(*((turn.rows, turn.granted, turn.ended) for turn in turns), strict=True)
        )
        some = np.flatnonzero(ends > starts)
        return places[some], rows[some], starts[some], ends[some]
    grants = segment_index.trace.grants
    if grants is None:
        return nothing
    mine = np.flatnonzero((grants.lock == place_map.locks.index(lock)) & (grants.end > grants.start))
    return (
        grants.place[mine].astype(np.intp),
        grants.request[mine].astype(np.intp),
        grants.start[mine],
        grants.end[mine],
    )


def _lanes(
    segment_index: SegmentIndex, place_map: PlaceMap, place: int, rows: NDArray[np.intp]
) -> NDArray[np.int32] | int:
    """Which lanes requests hold at a place."""
    first = 0
    for group in place_map.groups:
        if group.kind is not GroupKind.SLOTS:
            continue
        part = next(part for part in place_map.held if part.pool.name == group.name)
        if place in part:
            slots = part.slots(segment_index.trace, rows, np.full(len(rows), place))
            return np.where(slots >= 0, slots + first, -1).astype(np.int32)
        first += group.lanes
    return -1


def _joined(request: NDArray[np.intp], lane: NDArray[np.int32], start: Floats, end: Floats) -> LockHolds:
    """Holds in order of time; those of one request that touch are one, whatever it computes in them."""
    new = np.ones(len(request), np.bool_)
    new[1:] = (request[1:] != request[:-1]) | (lane[1:] != lane[:-1]) | (start[1:] - end[:-1] > TOUCH_S)
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(request))[: len(first)] - 1
    return LockHolds(request[first].astype(np.int32), lane[first], start[first], end[last])
