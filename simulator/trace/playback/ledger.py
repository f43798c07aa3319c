"""Finding the segments of a stretch of time without looking at the whole run.

What to watch: requests are in order of arrival, so a block of them covers a stretch of time that ends with the longest
of its lives. Blocks are cut into segments when they are first looked at, and only the latest are kept.
"""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from simulator.trace.playback.segments import Holds, Segments, segments
from simulator.trace.stays import blocks, horizon, server_end
from simulator.trace.table import Trace

Floats = NDArray[np.float64]

BLOCK_ROWS = 2048
"""Small enough that cutting one is not noticed, large enough that there are few."""
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
        firsts = np.arange(0, len(trace), BLOCK_ROWS)
        self._block_start = trace.arrival[firsts]
        self._block_end = np.maximum.reduceat(self.life_end, firsts) if len(trace) else np.empty(0)

    def at(self, t_s: float) -> Segments:
        """What everybody does at a moment: segments that have begun and not ended."""
        return self._found(t_s, t_s, lambda cut: (cut.start <= t_s) & (cut.end > t_s))

    def between(self, start_s: float, end_s: float) -> Segments:
        """Segments that share some time with the stretch."""
        return self._found(start_s, end_s, lambda cut: (cut.start < end_s) & (cut.end > start_s))

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

    def _found(self, start_s: float, end_s: float, wanted: Callable[[Segments], NDArray[np.bool_]]) -> Segments:
        cuts = [self.block(number) for number in self.blocks(start_s, end_s)]
        return Segments.joined([cut.take(wanted(cut)) for cut in cuts])
