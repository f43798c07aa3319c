"""Finding the segments of a stretch of time without looking at the whole run.

What to watch: only the requests that were there are cut into segments, and of their lives only the stretch. Where they
are very many, nearly all of them stand in line, and those are found by their line.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from math import floor

import numpy as np
from numpy.typing import NDArray

from simulator.plan.words import Outcome
from simulator.trace.levels import Level, level
from simulator.trace.playback.blocking import Turns, turns_at
from simulator.trace.playback.latest import Latest
from simulator.trace.playback.lines import Line, lines
from simulator.trace.playback.segments import Holds, Segments, segments
from simulator.trace.playback.sites import Sites
from simulator.trace.stays import ALWAYS, Stretch, server_end
from simulator.trace.table import Trace

Floats = NDArray[np.float64]

CROWD_ROWS = 8192
"""With more requests than this in the system, those who stand in line are set aside first."""
PIECE_ROWS = 1 << 15
"""Requests that are cut into segments together."""
STRETCH_S = 0.25
"""While a run plays, frame after frame asks about moments that are closer together than this."""
STRETCHES_KEPT = 4


class Ledger:
    """The segments of a run, by time."""

    def __init__(self, trace: Trace) -> None:
        """Nothing is cut yet."""
        self.trace = trace
        self.end_s = trace.horizon_s
        """When the last thing of the run happened."""
        self.life_end: Floats = np.fmax(server_end(trace), trace.finished)
        """[n] when each request was over for the server and its client; the end of the run while open."""
        self._holds: Holds | None = None
        self._turns: dict[int, tuple[Turns, ...]] = {}
        self._stretches: Latest[int, Segments] = Latest(STRETCHES_KEPT)
        self._longest_end: Floats = np.maximum.accumulate(self.life_end)

    def turns(self, sites: Sites, lock: int) -> tuple[Turns, ...]:
        """Every stay that needs a lock (by its number in the plan), place by place."""
        if lock not in self._turns:
            self._turns[lock] = tuple(turns_at(self.trace, sites, lock))
        return self._turns[lock]

    def at(self, t_s: float) -> Segments:
        """What everybody does at a moment: segments that have begun and not ended."""
        cut = self._stretch(floor(t_s / STRETCH_S))
        return cut.take((cut.start <= t_s) & (cut.end > t_s))

    def at_hand(self, start_s: float, end_s: float) -> Segments | None:
        """Segments that share some time with a short stretch, and others, if those of its moments are known and few.

        Some may come twice.
        """
        numbers = range(floor(start_s / STRETCH_S), floor(end_s / STRETCH_S) + 1)
        if not all(number in self._stretches for number in numbers):
            return None
        known = [self._stretches[number] for number in numbers]
        return Segments.joined(known) if sum(map(len, known)) <= CROWD_ROWS else None

    def _stretch(self, number: int) -> Segments:
        if number not in self._stretches:
            # somewhat longer, so that rounding cannot leave anything out
            start, end = (number - 0.01) * STRETCH_S, (number + 1.01) * STRETCH_S
            self._stretches[number] = self.between(start, end)
        return self._stretches[number]

    def between(self, start_s: float, end_s: float) -> Segments:
        """Segments that share some time with the stretch."""
        cuts = list(self.pieces(start_s, end_s))
        return Segments.joined([cut.take((cut.start < end_s) & (cut.end > start_s)) for cut in cuts])

    def pieces(self, start_s: float, end_s: float) -> Iterator[Segments]:
        """The same in pieces of bounded size, with some segments that do not share any time with the stretch."""
        rows = self.there(start_s, end_s)
        for line in self._crowded(rows):
            stands = line.throughout(rows, start_s, end_s)
            yield line.segments(rows[stands])
            rows = rows[~stands]
        yield from self._cut(rows, start_s, end_s)

    def busy(self, start_s: float, end_s: float) -> Iterator[Segments]:
        """The same without those who stand in one line all the time."""
        rows = self.there(start_s, end_s)
        for line in self._crowded(rows):
            rows = rows[~line.throughout(rows, start_s, end_s)]
        yield from self._cut(rows, start_s, end_s)

    def _crowded(self, rows: NDArray[np.intp]) -> Iterable[Line]:
        """The lines, if so many were there that it is worth to look at them first."""
        return self.lines.values() if len(rows) > CROWD_ROWS else ()

    def _cut(self, rows: NDArray[np.intp], start_s: float, end_s: float) -> Iterator[Segments]:
        for first in range(0, len(rows), PIECE_ROWS):
            yield self.of_rows(rows[first : first + PIECE_ROWS], (start_s, end_s))

    def there(self, start_s: float, end_s: float) -> NDArray[np.intp]:
        """Requests that were in the system at any time of a stretch, and perhaps some more."""
        begun = int(self.trace.arrival.searchsorted(end_s, "right"))
        over = int(self._longest_end[:begun].searchsorted(start_s))  # of all these the last one was over before
        return np.flatnonzero(self.life_end[over:begun] >= start_s) + over

    def of_rows(self, rows: NDArray[np.intp], between: Stretch = ALWAYS) -> Segments:
        """The segments of some requests, in ascending order; at least those that share some time with a stretch."""
        return segments(self.trace, rows, self._recorded(), between)

    @cached_property
    def lines(self) -> dict[int, Line]:
        """Where requests only wait their turn, by place."""
        return lines(self.trace)

    @cached_property
    def in_system(self) -> Level:
        """How many requests were in the system at each moment."""
        return level(self.trace.arrival, self.life_end)

    @cached_property
    def by_end(self) -> tuple[NDArray[np.intp], Floats]:
        """Requests in the order in which they were over for their clients, and when that was."""
        rows = np.flatnonzero(~np.isnan(self.trace.finished))
        rows = rows[np.argsort(self.trace.finished[rows], kind="stable")]
        return rows, self.trace.finished[rows]

    @cached_property
    def completed(self) -> tuple[NDArray[np.intp], Floats]:
        """Of these the requests that were completed."""
        rows, times = self.by_end
        done = np.flatnonzero(self.trace.outcome[rows] == Outcome.COMPLETED)
        return rows[done], times[done]

    def _recorded(self) -> Holds | None:
        if self._holds is None and self.trace.grants is not None:
            self._holds = Holds(self.trace.grants)
        return self._holds
