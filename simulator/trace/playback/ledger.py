"""Finding the segments of a stretch of time without looking at the whole run.

What to watch: requests are in order of arrival, so a block of them covers a stretch of time that ends with the longest
of its lives. Blocks are cut into segments when they are first looked at, and only the latest are kept.
"""

from collections.abc import Iterator
from math import floor

import numpy as np
from numpy.typing import NDArray

from simulator.trace.playback.latest import Latest
from simulator.trace.playback.segments import Holds, Segments, segments, segments_of
from simulator.trace.stays import blocks, horizon, server_end
from simulator.trace.table import Trace

Floats = NDArray[np.float64]

BLOCK_ROWS = 2048
"""Small enough that cutting one is not noticed, large enough that there are few."""
STRETCH_S = 0.25
"""While a run plays, frame after frame asks about moments that are closer together than this."""
STRETCHES_KEPT = 4
BLOCKS_KEPT = 160
"""A third of a million requests, in less than 100 MB."""


class Ledger:
    """The segments of a run, by time."""

    def __init__(self, trace: Trace) -> None:
        """Nothing is cut yet."""
        self.trace = trace
        self.end_s = horizon(trace)
        """When the last thing of the run happened."""
        self.life_end: Floats = np.fmax(server_end(trace), trace.finished)
        """[n] when each request was over for the server and its client; the end of the run while open."""
        self._holds: Holds | None = None
        self._kept: dict[int, Segments] = {}
        self._stretches: Latest[int, Segments] = Latest(STRETCHES_KEPT)
        firsts = np.arange(0, len(trace), BLOCK_ROWS)
        self._block_start = trace.arrival[firsts]
        self._block_end = np.maximum.reduceat(self.life_end, firsts) if len(trace) else np.empty(0)

    def at(self, t_s: float) -> Segments:
        """What everybody does at a moment: segments that have begun and not ended."""
        cut = self._stretch(floor(t_s / STRETCH_S))
        return cut.take((cut.start <= t_s) & (cut.end > t_s))

    def around(self, start_s: float, end_s: float) -> Segments:
        """At least the segments that share some time with a short stretch; some of them may come twice."""
        numbers = range(floor(start_s / STRETCH_S), floor(end_s / STRETCH_S) + 1)
        return Segments.joined([self._stretch(number) for number in numbers])

    def _stretch(self, number: int) -> Segments:
        if number not in self._stretches:
            # somewhat longer, so that rounding cannot leave anything out
            start, end = (number - 0.01) * STRETCH_S, (number + 1.01) * STRETCH_S
            self._stretches[number] = self.between(start, end)
        return self._stretches[number]

    def between(self, start_s: float, end_s: float) -> Segments:
        """Segments that share some time with the stretch."""
        cuts = [self.block(number) for number in self.blocks(start_s, end_s)]
        return Segments.joined([cut.take((cut.start < end_s) & (cut.end > start_s)) for cut in cuts])

    def of_rows(self, rows: NDArray[np.intp]) -> Segments:
        """The segments of some requests, in ascending order."""
        return segments_of(self.trace, rows, self._recorded(), self.end_s)

    def all(self) -> Iterator[Segments]:
        """The segments of the whole run, cut into large pieces that are not kept."""
        for rows in blocks(self.trace):
            yield segments(self.trace, rows, self._recorded())

    def of_request(self, request: int) -> Segments:
        """The segments of one request, in no particular order."""
        cut = self.block(request // BLOCK_ROWS)
        return cut.take(cut.request == request)

    def blocks(self, start_s: float, end_s: float) -> list[int]:
        """Blocks with a request that arrived by ``end_s`` and was not over before ``start_s``."""
        begun = int(np.searchsorted(self._block_start, end_s, side="right"))
        found: list[int] = np.flatnonzero(self._block_end[:begun] >= start_s).tolist()
        return found

    def rows(self, number: int) -> slice:
        """The requests of one block."""
        return slice(number * BLOCK_ROWS, min((number + 1) * BLOCK_ROWS, len(self.trace)))

    def block(self, number: int) -> Segments:
        """The segments of one block of requests."""
        cut = self._kept.pop(number, None)
        if cut is None:
            cut = segments(self.trace, self.rows(number), self._recorded())
            if len(self._kept) >= BLOCKS_KEPT:
                del self._kept[next(iter(self._kept))]
        self._kept[number] = cut  # the latest used is the last
        return cut

    def _recorded(self) -> Holds | None:
        if self._holds is None and self.trace.grants is not None:
            self._holds = Holds(self.trace.grants)
        return self._holds
