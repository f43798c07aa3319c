"""Averages over columns of time, from running integrals: the cost does not depend on how long a column is."""

import numpy as np
from numpy.typing import NDArray

from simulator.trace.levels import Level

Floats = NDArray[np.float64]

ROUNDING = 1e-9
"""An average below this is zero."""


class Average:
    """The averages of a step function."""

    def __init__(self, height: Level, capacity: float = 1.0) -> None:
        """Divided by the capacity."""
        area = np.diff(height.at, append=height.at[-1:]) * height.height
        self._at = height.at
        self._area = np.concatenate(([0.0], np.cumsum(area)))[: len(height.at)] / capacity

    def __call__(self, edges: Floats) -> Floats:
        """Between each two neighbouring edges."""
        if not len(self._at):
            return np.zeros(len(edges) - 1)
        mean: Floats = np.diff(np.interp(edges, self._at, self._area)) / np.diff(edges)
        return np.where(mean < ROUNDING, 0.0, mean)


class Rate:
    """How many of some moments fall into each second."""

    def __init__(self, times: Floats) -> None:
        """In any order; nan is never."""
        self._times = np.sort(times[~np.isnan(times)])

    def __call__(self, edges: Floats) -> Floats:
        """Between each two neighbouring edges: the earlier one belongs to it, the later one to the next."""
        rate: Floats = np.diff(np.searchsorted(self._times, edges)) / np.diff(edges)
        return rate
