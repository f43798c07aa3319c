"""Who stands in line, and from when to when: two plain columns for every place where requests only wait their turn.

What to watch: in an overloaded run hundreds of thousands wait while a handful is served. Whoever stands in one line all
through a stretch of time is found by two comparisons; only the others have to be followed from place to place.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.plan.words import IN_LINE, State
from simulator.trace.playback.activity import OF_STATE
from simulator.trace.playback.segments import Segments
from simulator.trace.stays import server_end
from simulator.trace.table import Trace

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

ROWS_AT_A_TIME = 1 << 14
"""All places of so many requests fit into the processor's cache: the columns of ``reached`` are not side by side."""


@dataclass(frozen=True, eq=False, slots=True)
class Line:
    """One place where requests only wait."""

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


def lines(trace: Trace) -> dict[int, Line]:
    """By place, in the order of the walk."""
    size, states = len(trace), [place.state for place in trace.places]
    found = {
        index: Line(index, state, np.empty(size), np.empty(size), np.empty(size, np.bool_))
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
