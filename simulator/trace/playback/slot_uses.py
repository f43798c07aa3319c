"""What slots are held for over a whole run, and who computed on them in a stretch of it.

What to watch: a slot that listens to its client is as taken as one that computes, and only what it is held for tells
the two apart.
"""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from simulator.plan.words import State
from simulator.trace.holding import Held
from simulator.trace.intervals import StepFunction, concurrency
from simulator.trace.playback.activity import AT_WORK
from simulator.trace.playback.place_map import PlaceMap
from simulator.trace.playback.segment_index import SegmentIndex
from simulator.trace.playback.waiting_lines import when_left
from simulator.trace.table import Trace

Floats = NDArray[np.float64]


def held_for(trace: Trace, place_map: PlaceMap, part: Held) -> Iterator[tuple[str, Callable[[], StepFunction]]]:
    """By state, under names such as ``worker: UPLOAD``: how many slots of a pool are held for it at each moment."""
    mask = place_map.of_pool[part.column]
    places = [index for index in range(len(place_map.places)) if mask[index]]
    for state in dict.fromkeys(place_map.places[index].state for index in places):
        these = [index for index in places if place_map.places[index].state is state]
        yield f"{part.pool.name}: {state.name}", lambda these=these: _held_at(trace, these)  # type: ignore[misc]


def series_of(pool: str, state: State) -> str:
    """The name of such a series."""
    return f"{pool}: {state.name}"


def _held_at(trace: Trace, places: list[int]) -> StepFunction:
    starts, ends = [np.empty(0)], [np.empty(0)]
    for place in places:
        rows = np.flatnonzero(~np.isnan(trace.reached[:, place]))
        start, end = trace.reached[rows, place], when_left(trace, place, rows)
        longer = np.flatnonzero(end > start)
        starts.append(start[longer])
        ends.append(end[longer])
    return concurrency(np.concatenate(starts), np.concatenate(ends))


def seconds_computed(index: SegmentIndex, part: Held, place_map: PlaceMap, start_s: float, end_s: float) -> Floats:
    """[slots] for how long who held each slot of a pool computed there between two moments."""
    size = part.pool.size * part.pool.processes
    found = np.zeros(size)
    for cut in index.busy(start_s, end_s):
        these = cut.take(
            AT_WORK[cut.activity]
            & place_map.of_pool[part.column][cut.place]
            & (cut.start < end_s)
            & (cut.end > start_s)
        )
        slot = index.trace.slot[these.request, part.column]
        on = np.flatnonzero((slot >= 0) & (slot < size))
        found += np.bincount(slot[on], these.seconds_in(start_s, end_s)[on], minlength=size)[:size]
    return found
