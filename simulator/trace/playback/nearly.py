"""Finding what is under way during a stretch of time among intervals that are nearly in order of time.

What to watch: requests are in order of arrival, and what happens to them is nearly so. To sort a million of them by
something else costs more than all that is then asked; so they are cut into blocks, and each block knows its extent.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

BLOCK_ROWS = 1024
"""Small against what is looked through without being noticed, large enough that there are few blocks."""


class NearlyInOrder:
    """The extents of blocks of intervals."""

    def __init__(self, start: Floats, end: Floats) -> None:
        """In any order; the more it is one of time, the less is looked through in vain."""
        firsts = np.arange(0, len(start), BLOCK_ROWS)
        self._count = len(start)
        self._earliest = np.minimum.reduceat(start, firsts) if len(start) else start
        self._latest = np.maximum.reduceat(end, firsts) if len(end) else end

    def near(self, start_s: float, end_s: float) -> Rows:
        """Where all those are that share some time with a stretch or touch it, and others; in ascending order."""
        blocks = np.flatnonzero((self._earliest <= end_s) & (self._latest >= start_s))
        near: Rows = (blocks[:, None] * BLOCK_ROWS + np.arange(BLOCK_ROWS)).ravel()
        return near[: near.searchsorted(self._count)]
