"""Many intervals of time: how many contain each moment, what they cover, and which are under way in a stretch.

What to watch: nothing here knows of requests. How long a queue is, how many slots are held and how many threads are
runnable are all the same question, and its answer is a step function.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

BLOCK_ROWS = 1024
"""Small against what is looked through without being noticed, large enough that there are few blocks."""
STEPS = 1 << 16
"""Of a run, in which intervals are counted."""


@dataclass(frozen=True, eq=False, slots=True)
class StepFunction:
    """``height[i]`` holds from ``at[i]`` until ``at[i + 1]``; zero before the first. No two moments are the same."""

    at: Floats
    height: Floats

    def values(self, times: Floats) -> Floats:
        """The height just after each of the given moments."""
        heights = np.concatenate(([0.0], self.height))
        return heights[np.searchsorted(self.at, times, side="right")]

    def integral(self, low: float, high: float) -> float:
        """Height times seconds between two moments.

        Not by ``numpy.dot``: of long columns each thread of BLAS adds up a part, so the last digits would depend on the
        number of cores; and on a busy machine it waits a time slice for the other threads.
        """
        if high <= low or not len(self.at):
            return 0.0
        until = np.append(self.at[1:], np.inf)
        areas = np.clip(until, low, high) - np.clip(self.at, low, high)
        areas *= self.height
        return float(areas.sum())

    def mean(self, low: float, high: float) -> float:
        """Average over the time between two moments; 0 if there is none."""
        return self.integral(low, high) / (high - low) if high > low else 0.0

    def maximum(self, low: float, high: float) -> float:
        """The largest height that lasted for any time at all between two moments."""
        until = np.append(self.at[1:], np.inf)
        seen = self.height[(until > low) & (self.at < high)]
        return float(seen.max(initial=0.0))


def concurrency(starts: Floats, ends: Floats) -> StepFunction:
    """How many of the intervals [start, end) contain each moment.

    Each side is sorted by itself, and the two are merged: sorting numbers is many times as quick as finding an order.
    """
    starts, ends = np.sort(starts), np.sort(ends)
    end_at = starts.searchsorted(ends, side="right") + np.arange(len(ends))
    begins = np.ones(len(starts) + len(ends), np.bool_)
    begins[end_at] = False
    at = np.empty(len(begins))
    at[end_at], at[begins] = ends, starts
    height = np.cumsum(np.where(begins, 1.0, -1.0))
    last = np.append(at[1:] != at[:-1], True)[: len(at)]
    return StepFunction(at[last], height[last])


def most_at_once(starts: Floats, ends: Floats, end_s: float) -> int:
    """No moment up to the end is within more of the intervals [start, end) than this; often far fewer are.

    Found by counting, without sorting: intervals count in all of the steps that they begin, end or last in.
    """
    step_s = max(end_s, 1e-9) / STEPS
    begun, over = (np.bincount(_steps(times, step_s), minlength=STEPS + 1) for times in (starts, ends))
    there = np.cumsum(begun) - np.cumsum(over) + over
    return int(there.max(initial=0))


def _steps(times: Floats, step_s: float) -> Rows:
    return np.clip(np.nan_to_num(times / step_s, nan=STEPS), 0, STEPS).astype(np.intp)


def union(starts: Floats, ends: Floats) -> tuple[Floats, Floats]:
    """The intervals merged where they touch or overlap, in order of time."""
    if not len(starts):
        return starts, ends
    order = np.argsort(starts, kind="stable")
    begin, reach = starts[order], np.maximum.accumulate(ends[order])
    opens = np.append(True, begin[1:] > reach[:-1])
    closes = np.append(opens[1:], True)
    return begin[opens], reach[closes]


def overlap(starts: Floats, ends: Floats, low: float, high: float) -> float:
    """Seconds that the intervals have in common with the one from ``low`` to ``high``; those of which one end is not
    known (nan) have none.
    """
    inside = np.minimum(ends, high) - np.maximum(starts, low)
    return float(inside[inside > 0.0].sum())


class BlockIndex:
    """Finds the intervals that share time with a stretch, where they are nearly in order of time.

    Requests are in order of arrival, and what happens to them is nearly so. To sort a million of them by something else
    costs more than all that is then asked; so they are cut into blocks, and of each block the extent is known.
    """

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
