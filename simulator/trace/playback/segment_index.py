"""Finding the segments of a stretch of time, and the next change, without looking at the whole run.

What to watch: only the requests that were there are cut into segments, and of their lives only the stretch. Where they
are very many, nearly all of them stand in line, and those are found by their line.
"""

from collections.abc import Iterable, Iterator
from functools import cache, cached_property, partial
from math import floor

import numpy as np
from numpy.typing import NDArray

from simulator.plan.words import Outcome
from simulator.trace.intervals import StepFunction, concurrency
from simulator.trace.playback.cache import BoundedCache
from simulator.trace.playback.lock_units import lock_units
from simulator.trace.playback.segments import Holds, Segments, segments
from simulator.trace.playback.waiting_lines import WaitingLine, turns_at, waiting_lines
from simulator.trace.residence import ALWAYS, Stretch, server_end
from simulator.trace.table import Trace

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

CROWD_ROWS = 8192
"""With more requests than this in the system, those who stand in line are set aside first."""
PIECE_ROWS = 1 << 15
"""Requests that are cut into segments together."""
STRETCH_S = 0.25
"""While a run plays, frame after frame asks about moments that are closer together than this."""
STRETCHES_KEPT = 4


class SegmentIndex:
    """The segments of a run, by time."""

    def __init__(self, trace: Trace) -> None:
        """Nothing is cut yet."""
        self.trace = trace
        self.end_s = trace.horizon_s
        """When the last thing of the run happened."""
        self.life_end: Floats = np.fmax(server_end(trace), trace.finished)
        """[n] when each request was over for the server and its client; the end of the run while open."""
        self.turns = cache(partial(turns_at, trace))
        """Every stay that needs a lock of the plan, place by place."""
        self.units = cache(partial(lock_units, trace))
        """Every hold of a lock that several may have at once, and which of its units that is."""
        self._longest_end: Floats = np.maximum.accumulate(self.life_end)
        self._stretches: BoundedCache[int, Segments] = BoundedCache(STRETCHES_KEPT)

    # --- segments -----------------------------------------------------------------------------------------------------

    def at(self, t_s: float) -> Segments:
        """What everybody does at a moment: segments that have begun and not ended."""
        cut = self._stretch(floor(t_s / STRETCH_S))
        return cut.take((cut.start <= t_s) & (cut.end > t_s))

    def at_hand(self, start_s: float, end_s: float) -> Segments | None:
        """Segments that share some time with a short stretch, and others, if those of its moments are known and few."""
        numbers = range(floor(start_s / STRETCH_S), floor(end_s / STRETCH_S) + 1)
        if not all(number in self._stretches for number in numbers):
            return None
        known = [self._stretches[number] for number in numbers]
        if sum(map(len, known)) > CROWD_ROWS:
            return None
        # what began before the end of a stretch and reaches into the next one is known from there already
        new = [known[0], *(self._stretches[n].take(self._stretches[n].start >= _ends(n - 1)) for n in numbers[1:])]
        return Segments.joined(new)

    def _stretch(self, number: int) -> Segments:
        if number not in self._stretches:
            self._stretches[number] = self.between((number - 0.01) * STRETCH_S, _ends(number))
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

    def _crowded(self, rows: Rows) -> Iterable[WaitingLine]:
        """The lines, if so many were there that it is worth to look at them first."""
        return self.lines.values() if len(rows) > CROWD_ROWS else ()

    def _cut(self, rows: Rows, start_s: float, end_s: float) -> Iterator[Segments]:
        for first in range(0, len(rows), PIECE_ROWS):
            yield self.of_rows(rows[first : first + PIECE_ROWS], (start_s, end_s))

    def there(self, start_s: float, end_s: float) -> Rows:
        """Requests that were in the system at any time of a stretch, and perhaps some more."""
        begun = int(self.trace.arrival.searchsorted(end_s, "right"))
        over = int(self._longest_end[:begun].searchsorted(start_s))  # of all these the last one was over before
        return np.flatnonzero(self.life_end[over:begun] >= start_s) + over

    def of_rows(self, rows: Rows, between: Stretch = ALWAYS) -> Segments:
        """The segments of some requests, in ascending order; at least those that share some time with a stretch."""
        return segments(self.trace, rows, self._holds, between)

    @cached_property
    def _holds(self) -> Holds | None:
        return None if self.trace.grants is None else Holds(self.trace.grants, self.trace.plan.locks)

    # --- columns of the whole run -------------------------------------------------------------------------------------

    @cached_property
    def lines(self) -> dict[int, WaitingLine]:
        """Where requests only wait their turn, by place."""
        return waiting_lines(self.trace)

    @cached_property
    def in_system(self) -> StepFunction:
        """How many requests were in the system at each moment."""
        return concurrency(self.trace.arrival, self.life_end)

    @cached_property
    def by_end(self) -> tuple[Rows, Floats]:
        """Requests in the order in which they were over for their clients, and when that was."""
        rows = np.flatnonzero(~np.isnan(self.trace.finished))
        rows = rows[np.argsort(self.trace.finished[rows], kind="stable")]
        return rows, self.trace.finished[rows]

    @cached_property
    def completed(self) -> tuple[Rows, Floats]:
        """Of these the requests that were completed."""
        rows, times = self.by_end
        done = np.flatnonzero(self.trace.outcome[rows] == Outcome.COMPLETED)
        return rows[done], times[done]

    # --- stepping: between two arrivals only requests that are in the system can change -------------------------------

    def next_change(self, t_s: float) -> float | None:
        """The first moment after this one at which a request comes, goes, or does something else; None after the last.

        It is found among the segments of the requests that are there, wherever in the run that is.
        """
        arrival = self.trace.arrival
        coming = int(arrival.searchsorted(t_s, "right"))
        first = float(arrival[coming]) if coming < len(arrival) else np.inf
        for times in self._changes(t_s, first):
            first = min(first, float(np.min(times, initial=np.inf, where=times > t_s)))
        return first if first < np.inf else None

    def previous_change(self, t_s: float) -> float | None:
        """The last moment before this one at which a request did any of these; None before the first."""
        arrival = self.trace.arrival
        come = int(arrival.searchsorted(t_s, "left"))
        if not come:
            return None
        last = float(arrival[come - 1])
        for times in self._changes(last, t_s):
            last = max(last, float(np.max(times, initial=-np.inf, where=times < t_s)))
        return last

    def _changes(self, start_s: float, end_s: float) -> Iterator[Floats]:
        """When anything changed, at least within a stretch: nan is never.

        A client may give up while its request stays where it is.
        """
        for cut in self.pieces(start_s, end_s):
            yield cut.start
            yield cut.end
        yield self.trace.finished[self.there(start_s, end_s)]


def _ends(number: int) -> float:
    """Where a stretch ends; somewhat later, so that rounding cannot leave anything out."""
    return (number + 1.01) * STRETCH_S
