"""Curves of a whole run, each made once and kept as its running integral.

What to watch: the average of any stretch of time is then the difference of two values, however long the stretch is.
"""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Loop
from simulator.plan.words import Outcome
from simulator.trace.demands import carried_through
from simulator.trace.holding import Held, holdings
from simulator.trace.intervals import StepFunction, concurrency
from simulator.trace.playback.place_map import PlaceMap
from simulator.trace.playback.segment_index import SegmentIndex
from simulator.trace.playback.slot_uses import held_for
from simulator.trace.residence import server_end
from simulator.trace.table import Trace

Floats = NDArray[np.float64]
Curve = Callable[[Floats], Floats]
"""From the edges of n columns to the n averages between them."""

ROUNDING = 1e-9
"""An average below this is zero."""


class Average:
    """The averages of a step function, from its running integral: a long column costs no more than a short one."""

    def __init__(self, function: StepFunction, capacity: float = 1.0) -> None:
        """Divided by the capacity."""
        area = np.diff(function.at, append=function.at[-1:]) * function.height
        self._at = function.at
        self._area = np.concatenate(([0.0], np.cumsum(area)))[: len(function.at)] / capacity

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


def of_whole_run(segment_index: SegmentIndex, place_map: PlaceMap) -> Iterator[tuple[str, Callable[[], Curve]]]:
    """By name, how each is made."""
    trace = segment_index.trace
    completed = trace.outcome == Outcome.COMPLETED
    yield "arrivals_rps", lambda: Rate(trace.arrival)
    yield "completions_rps", lambda: Rate(trace.finished[completed])
    yield "failures_rps", lambda: Rate(trace.finished[~completed])
    yield "for_nobody_rps", lambda: Rate(server_end(trace)[carried_through(trace) & ~completed])
    yield "in_system", lambda: Average(segment_index.in_system)
    for backlog, place in zip(place_map.backlogs, place_map.of_backlog, strict=True):
        yield f"{backlog.name}: waiting", partial(_waiting_at, segment_index, place)
    for part in place_map.held:
        lines = [place for place in part.waits_at if place_map.places[place].queue == part.pool]
        if lines:
            yield f"{part.pool.name}: waiting", partial(_waiting_at, segment_index, *lines)
        yield f"{part.pool.name}: in use", partial(_slots_in_use, trace, part)
        for name, held in held_for(trace, place_map, part):
            yield name, partial(_share_of, held, part)
    for lock in place_map.locks:
        if isinstance(lock, Loop):
            yield f"{lock.name}: waiting", partial(_loop_waiting, segment_index, lock)
            yield f"{lock.name}: in use", partial(_loop_in_use, segment_index, lock)


def _waiting_at(segment_index: SegmentIndex, *places: int) -> Curve:
    """Requests at places where they only wait."""
    lines = [segment_index.lines[place] for place in places]
    return Average(_between([line.came for line in lines], [line.left for line in lines]))


def _slots_in_use(trace: Trace, part: Held) -> Curve:
    held = holdings(trace, part)
    return Average(concurrency(held.start, held.end), part.pool.size * part.pool.processes)


def _share_of(held: Callable[[], StepFunction], part: Held) -> Curve:
    return Average(held(), part.pool.size * part.pool.processes)


def _loop_waiting(segment_index: SegmentIndex, loop: Loop) -> Curve:
    """A loop is never interrupted, so that the columns of a trace say all about it."""
    turns = segment_index.turns(loop)
    return Average(_between([turn.asked for turn in turns], [turn.granted for turn in turns]))


def _loop_in_use(segment_index: SegmentIndex, loop: Loop) -> Curve:
    turns = segment_index.turns(loop)
    return Average(_between([turn.granted for turn in turns], [turn.ended for turn in turns]), loop.processes)


def _between(starts: list[Floats], ends: list[Floats]) -> StepFunction:
    start, end = np.concatenate([np.empty(0), *starts]), np.concatenate([np.empty(0), *ends])
    longer = np.flatnonzero(end > start)  # false for those who never came
    return concurrency(start[longer], end[longer])
