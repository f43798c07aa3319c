"""How many stand in line over a whole run: for each slot and lock, before a full backlog, and slow ones at a proxy.

What to watch: each curve is made once and kept with its integral, so that what any stretch of time amounts to is the
difference of two values.
"""

from collections.abc import Mapping
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.trace.intervals import StepFunction, concurrency
from simulator.trace.playback.place_map import PlaceMap, by_client
from simulator.trace.playback.segment_index import SegmentIndex
from simulator.trace.playback.waiting_lines import when_left

Floats = NDArray[np.float64]

LEAST_S = 1e-9


class Curve:
    """A step function whose integral can be asked for at any moment."""

    def __init__(self, function: StepFunction) -> None:
        """Zero before its first step."""
        self._at, self._height = function.at, function.height
        area = np.diff(function.at, append=function.at[-1:]) * function.height
        self._area = np.concatenate(([0.0], np.cumsum(area)))[: len(function.at)]
        self._gaps: dict[float, tuple[Floats, Floats]] = {}

    def integral(self, times: Floats) -> Floats:
        """From the beginning to each of some moments."""
        if not len(self._at):
            return np.zeros(len(times))
        return np.interp(times, self._at, self._area)

    def mean(self, start_s: float, end_s: float) -> float:
        """Between two moments."""
        low, high = self.integral(np.array([start_s, end_s])).tolist()
        return float((high - low) / max(end_s - start_s, LEAST_S))

    def value(self, t_s: float) -> float:
        """Just after a moment."""
        step = int(self._at.searchsorted(t_s, "right")) - 1
        return float(self._height[step]) if step >= 0 else 0.0

    def began(self, t_s: float, gap_s: float) -> float | None:
        """Since when it has not been zero, but for gaps shorter than this; None where it is zero."""
        if gap_s not in self._gaps:
            self._gaps[gap_s] = self._long_gaps(gap_s)
        starts, ends = self._gaps[gap_s]
        began = float(ends[int(starts.searchsorted(t_s, "right")) - 1])
        return began if began <= t_s else None

    def _long_gaps(self, gap_s: float) -> tuple[Floats, Floats]:
        """From when to when it is zero for so long; before its first step it always was."""
        until = np.append(self._at[1:], np.inf)[: len(self._at)]
        long = (self._height == 0.0) & (until - self._at >= gap_s)
        first = self._at[:1] if len(self._at) else np.array([np.inf])
        return np.append(-np.inf, self._at[long]), np.append(first, until[long])


def curve_of(start: Floats, end: Floats) -> Curve:
    """How many of some stretches of time there are at each moment; those that are shorter than nothing do not count."""
    longer = np.flatnonzero(end > start)
    return Curve(concurrency(start[longer], end[longer]))


class WaitingCurves:
    """The curves of one run; each is made when it is first asked for."""

    def __init__(self, segment_index: SegmentIndex, place_map: PlaceMap) -> None:
        """None is made yet."""
        self._index, self._map = segment_index, place_map

    @cached_property
    def lines(self) -> Mapping[str, list[Curve]]:
        """By pool or lock: those who stand in line for it, in a backlog or inside of the server."""
        lines: dict[str, list[Curve]] = {lock.name: [] for lock in self._map.locks}
        lines |= {part.pool.name: [] for part in self._map.held}
        for index, line in self._index.lines.items():
            taker = self._map.places[index].waits_for
            if taker is not None and taker.name in lines:
                lines[taker.name].append(curve_of(line.came, line.left))
        return lines

    def anybody(self, t_s: float) -> bool:
        """Whether anybody stands in line for a slot or a lock at a moment."""
        return any(curve.value(t_s) > 0.0 for curves in self.lines.values() for curve in curves)

    def began(self, resource: str, t_s: float, gap_s: float) -> float | None:
        """Since when somebody has stood in line for a resource, but for gaps shorter than this; None: nobody does."""
        starts = [curve.began(t_s, gap_s) for curve in self.lines.get(resource, ())]
        return min((start for start in starts if start is not None), default=None)

    @cached_property
    def retrying(self) -> tuple[Curve, ...]:
        """By backlog: clients whose SYN was dropped and who will repeat it."""
        return tuple(self._retrying(place) for place in self._map.connects)

    def _retrying(self, place: int) -> Curve:
        if place < 0:
            return curve_of(np.empty(0), np.empty(0))
        line, trace = self._index.lines[place], self._index.trace
        rows = np.flatnonzero(trace.syn_retries > 0)
        shake = 1.5 * trace.workload.rtt[rows] if by_client(self._map.places[place]) else 0.0
        return curve_of(line.came[rows] + shake, line.left[rows])

    @cached_property
    def slow_clients(self) -> Curve:
        """Those whom a proxy deals with: their lines are waited for, and nobody of the server behind does it."""
        trace, starts, ends = self._index.trace, [np.empty(0)], [np.empty(0)]
        for index, place in enumerate(self._map.places):
            if place.way is not None and not self._map.served[index] and any(mask[index] for mask in self._map.of_pool):
                rows = np.flatnonzero(~np.isnan(trace.reached[:, index]))
                starts.append(trace.reached[rows, index])
                ends.append(when_left(trace, index, rows))
        return curve_of(np.concatenate(starts), np.concatenate(ends))
