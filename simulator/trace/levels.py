"""How many there are at each moment: step functions of time, built from the moments at which something changes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Level:
    """``height[i]`` holds from ``at[i]`` until ``at[i + 1]``; zero before the first. No two moments are the same."""

    at: Floats
    height: Floats

    def values(self, times: Floats) -> Floats:
        """The level just after each of the given moments."""
        heights = np.concatenate(([0.0], self.height))
        return heights[np.searchsorted(self.at, times, side="right")]

    def integral(self, low: float, high: float) -> float:
        """Level times seconds between two moments."""
        if high <= low or not len(self.at):
            return 0.0
        until = np.append(self.at[1:], np.inf)
        return float(np.dot(self.height, np.clip(until, low, high) - np.clip(self.at, low, high)))

    def mean(self, low: float, high: float) -> float:
        """Average over the time between two moments; 0 if there is none."""
        return self.integral(low, high) / (high - low) if high > low else 0.0

    def maximum(self, low: float, high: float) -> float:
        """The highest level that lasted for any time at all between two moments."""
        until = np.append(self.at[1:], np.inf)
        seen = self.height[(until > low) & (self.at < high)]
        return float(seen.max(initial=0.0))


def overlap(starts: Floats, ends: Floats, low: float, high: float) -> float:
    """Seconds that the intervals have in common with the one from ``low`` to ``high``; those of which one end is not
    known (nan) have none.
    """
    inside = np.minimum(ends, high) - np.maximum(starts, low)
    return float(inside[inside > 0.0].sum())


def level(starts: Floats, ends: Floats) -> Level:
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
    return Level(at[last], height[last])


def union(starts: Floats, ends: Floats) -> tuple[Floats, Floats]:
    """The intervals merged where they touch or overlap, in order of time."""
    if not len(starts):
        return starts, ends
    order = np.argsort(starts, kind="stable")
    begin, reach = starts[order], np.maximum.accumulate(ends[order])
    opens = np.append(True, begin[1:] > reach[:-1])
    closes = np.append(opens[1:], True)
    return begin[opens], reach[closes]
