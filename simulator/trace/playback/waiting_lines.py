"""Who waits where, from when to when: plain columns for every place where requests stand in line, and for every lock.

What to watch: in an overloaded run hundreds of thousands wait while a handful is served. Whoever stands in one line all
through a stretch of time is found by two comparisons; only the others have to be followed from place to place.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Lock
from simulator.plan.words import IN_LINE, State
from simulator.trace.demands import lock_copies, needs_lock_at
from simulator.trace.playback.activity import OF_STATE
from simulator.trace.playback.segments import Segments
from simulator.trace.residence import server_end
from simulator.trace.table import Trace

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

ROWS_AT_A_TIME = 1 << 14
"""All places of so many requests fit into the processor's cache: the columns of ``reached`` are not side by side."""


@dataclass(frozen=True, eq=False, slots=True)
class WaitingLine:
    """Everybody at one place where requests only wait."""

    place: int
    """Index into the walk."""
    state: State
    came: Floats
    """[n] when each request came; nan: never."""
    left: Floats
    """[n] when each went on from there, or was through with the server; of no meaning for those who never came."""
    went_on: NDArray[np.bool_]
    """[n] whether each reached any later place."""

    def throughout(self, rows: Rows, start_s: float, end_s: float) -> NDArray[np.bool_]:
        """Which of some requests stand in this line all the time between two moments."""
        stands: NDArray[np.bool_] = (self.came[rows] <= start_s) & (self.left[rows] >= end_s)
        return stands

    def segments(self, rows: Rows) -> Segments:
        """The stays of some requests, who have come here."""
        count = len(rows)
        return Segments(
            rows.astype(np.int32),
            np.full(count, self.place, np.int16),
            np.full(count, OF_STATE[self.state], np.uint8),
            self.came[rows],
            self.left[rows],
        )


def waiting_lines(trace: Trace) -> dict[int, WaitingLine]:
    """By place, in the order of the walk."""
    size, states = len(trace), [place.state for place in trace.places]
    found = {
        index: WaitingLine(index, state, np.empty(size), np.empty(size), np.empty(size, np.bool_))
        for index, state in enumerate(states)
        if state in IN_LINE
    }
    first = min(found, default=len(states))
    for start in range(0, size, ROWS_AT_A_TIME):
        rows = slice(start, min(start + ROWS_AT_A_TIME, size))
        end = server_end(trace, rows)
        later = np.zeros(len(end), np.bool_)
        for index in reversed(range(first, len(states))):
            reached = trace.reached[rows, index]
            here = ~np.isnan(reached)
            if index in found:
                line = found[index]
                line.came[rows], line.left[rows], line.went_on[rows] = reached, end, later
            np.copyto(end, reached, where=here)
            later |= here
    return found


@dataclass(frozen=True, eq=False, slots=True)
class LockTurns:
    """Every stay at one place that needs a loop or a GIL.

    A loop is never interrupted, so a stay on it is first all the waiting, then all the holding. That needs no record of
    every hold, only the columns of the trace.
    """

    place: int
    """Index into the walk."""
    rows: Rows
    copy: NDArray[np.int32]
    """Which copy of the lock: that of its process."""
    asked: Floats
    granted: Floats
    ended: Floats


def turns_at(trace: Trace, lock: Lock) -> tuple[LockTurns, ...]:
    """Every stay that needs a lock, place by place."""
    return tuple(_turns(trace, index, lock) for index, needed in trace.locked if needed == lock)


def _turns(trace: Trace, place: int, lock: Lock) -> LockTurns:
    rows, column = (
        np.flatnonzero(needs_lock_at(trace, place, lock, np.arange(len(trace)))),
        trace.locked.index((place, lock)),
    )
    asked = trace.reached[rows, place]
    if lock != trace.places[place].lock:  # by who has the loop
        asked = asked + np.nan_to_num(trace.lock_wait[rows, column - 1])
    waited = np.nan_to_num(trace.lock_wait[rows, column])
    copy = lock_copies(trace, trace.places[place], rows)
    return LockTurns(place, rows, copy, asked, asked + waited, when_left(trace, place, rows))


def when_left(trace: Trace, place: int, rows: NDArray[np.intp]) -> Floats:
    """When some requests went on from a place of the walk, or were through with the server there."""
    left = np.full(len(rows), np.nan)
    missing = np.arange(len(rows))
    for later in range(place + 1, trace.reached.shape[1]):
        left[missing] = trace.reached[rows[missing], later]
        missing = missing[np.isnan(left[missing])]
        if not len(missing):
            return left
    left[missing] = server_end(trace)[rows[missing]]
    return left
