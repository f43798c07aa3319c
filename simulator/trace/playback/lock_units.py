"""Which of the Ps a goroutine computed on: the engine only counts how many are taken, so they are told apart here.

What to watch: somebody who goes on keeps its P, and whoever comes gets the first that is free. So a few that are busy
lie side by side at the top, and how many are in use is seen at a glance.
"""

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Lock
from simulator.trace.demands import lock_copies
from simulator.trace.playback.waiting_lines import turns_at
from simulator.trace.table import Trace

Floats = NDArray[np.float64]
TOUCH_S = 1e-9
"""Two holds that are no further apart follow one another."""


@dataclass(frozen=True, eq=False, slots=True)
class LockUnits:
    """Every hold of a lock that several may have at once, in order of time, and which of its units that was."""

    place: NDArray[np.intp]
    request: NDArray[np.intp]
    start: Floats
    end: Floats
    unit: NDArray[np.int32]
    """Counted through all processes."""
    by_request: NDArray[np.intp]
    """The holds in the order of their requests."""
    apart: float
    """From one request to the next, on a line of time on which all lie one after another."""

    def of(self, request: NDArray[np.intp] | NDArray[np.int32], moment: Floats) -> NDArray[np.int32]:
        """The units that requests had at moments at which they had one."""
        if not len(self.request):
            return np.zeros(len(request), np.int32)
        line = self.request[self.by_request] * self.apart + self.start[self.by_request]
        at = np.searchsorted(line, request * self.apart + moment + TOUCH_S, side="right") - 1
        return self.unit[self.by_request[np.maximum(at, 0)]]


def lock_units(trace: Trace, lock: Lock) -> LockUnits:
    """The holds of a lock, from the record of them, or else from the columns of the trace."""
    place, request, start, end = _recorded(trace, lock) if trace.grants is not None else _from_columns(trace, lock)
    order = np.lexsort((end, start))
    order = order[end[order] > start[order]]
    place, request, start, end = place[order], request[order], start[order], end[order]
    each, unit = lock.units // lock.processes, np.zeros(len(order), np.int32)
    copies = np.zeros(len(order), np.int32)
    for number in np.flatnonzero(np.bincount(place, minlength=1)).tolist():
        here = place == number
        copies[here] = lock_copies(trace, trace.places[number], request[here])
    for copy in range(lock.processes):
        mine = np.flatnonzero(copies == copy)
        unit[mine] = copy * each + _shared_out(request[mine].tolist(), start[mine].tolist(), end[mine].tolist(), each)
    return LockUnits(place, request, start, end, unit, np.lexsort((start, request)), trace.horizon_s + 1.0)


_Columns = tuple[NDArray[np.intp], NDArray[np.intp], Floats, Floats]


def _recorded(trace: Trace, lock: Lock) -> _Columns:
    grants = trace.grants
    assert grants is not None
    its = [number for number, place in enumerate(trace.places) if place.lock == lock]
    mine = np.flatnonzero(np.isin(grants.place, its))
    return (
        grants.place[mine].astype(np.intp),
        grants.request[mine].astype(np.intp),
        grants.start[mine],
        grants.end[mine],
    )


def _from_columns(trace: Trace, lock: Lock) -> _Columns:
    """Of measured runs: as if all waiting came before all computing."""
    turns = turns_at(trace, lock)
    if not turns:
        return np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0), np.empty(0)
    return (
        np.concatenate([np.full(len(turn.rows), turn.place, np.intp) for turn in turns]),
        np.concatenate([turn.rows for turn in turns]),
        np.concatenate([turn.granted for turn in turns]),
        np.concatenate([turn.ended for turn in turns]),
    )


def _shared_out(requests: list[int], starts: list[float], ends: list[float], units: int) -> NDArray[np.int32]:
    """The unit of each hold, in order of their beginnings."""
    free, taken = list(range(units)), list[tuple[float, int]]()
    had, until = dict[int, int](), [-1.0] * units
    found = np.zeros(len(requests), np.int32)
    for number, (request, start, end) in enumerate(zip(requests, starts, ends, strict=True)):
        while taken and taken[0][0] <= start + TOUCH_S:
            heapq.heappush(free, heapq.heappop(taken)[1])
        unit = had.get(request, -1)
        if unit >= 0 and unit in free and start - until[unit] <= TOUCH_S:
            free.remove(unit)
            heapq.heapify(free)
        else:
            unit = heapq.heappop(free) if free else heapq.heappop(taken)[1]
        had[request], until[unit], found[number] = unit, end, unit
        heapq.heappush(taken, (end, unit))
    return found
