"""What slots are held for over a whole run, and who computed on them in a stretch of it.

What to watch: a slot that listens to its client is as taken as one that computes, and only what it is held for tells
the two apart. While it is in its handler it may as well wait for I/O, for a lock or for a core.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from simulator.plan.walk import Place
from simulator.plan.words import State
from simulator.trace.holding import Held
from simulator.trace.intervals import StepFunction
from simulator.trace.playback.activity import AT_WORK
from simulator.trace.playback.place_map import PlaceMap
from simulator.trace.playback.segment_index import SegmentIndex
from simulator.trace.table import Trace
from simulator.trace.throttling import spans

Floats = NDArray[np.float64]

WAITS_FOR = {
    State.GIL: (State.GIL, State.GIL_OR_CORE),
    State.PROCESSOR: (State.PROCESSOR,),
    State.LOOP: (State.LOOP,),
}
"""By what a lock is waited for in: what of a stay there can be."""


def held_for(trace: Trace, place_map: PlaceMap, part: Held) -> Iterator[tuple[str, Callable[[], StepFunction]]]:
    """By state, under names such as ``worker: UPLOAD``: how many slots of a pool are held for it at each moment."""
    mask = place_map.of_pool[part.number]
    places = [place for place, held in zip(place_map.places, mask.tolist(), strict=False) if held]
    for state in dict.fromkeys(state for place in places for state in _states(place)):
        yield series_of(part.pool.name, state), partial(_held_at, trace, mask, state)


def series_of(pool: str, state: State) -> str:
    """The name of such a series."""
    return f"{pool}: {state.name}"


def _states(place: Place) -> tuple[State, ...]:
    """What a stay at a place can be divided into: computing has its own waits, and I/O between its phases."""
    if place.state is not State.COMPUTING:
        return (place.state,)
    return (
        State.COMPUTING,
        State.IO,
        State.BLOCKS,
        State.CORE,
        State.THROTTLED,
        *(WAITS_FOR.get(place.lock_state, ()) if place.lock_state is not None else ()),
    )


def _held_at(trace: Trace, mask: NDArray[np.bool_], state: State) -> StepFunction:
    pieces = [
        (span.start, span.end, np.broadcast_to(span.shares[state], span.start.shape))
        for span in spans(trace)
        if mask[span.place] and state in span.shares
    ]
    if not pieces:
        return StepFunction(np.empty(0), np.empty(0))
    return _heights(*map(np.concatenate, zip(*pieces, strict=True)))


def seconds_held_for(trace: Trace, place_map: PlaceMap, part: Held) -> Mapping[State, float]:
    """For how long slots of a pool were held for what in a whole run, all of them together."""
    mask, seconds = place_map.of_pool[part.number], dict[State, float]()
    for span in spans(trace):
        for state, share in span.shares.items() if mask[span.place] else ():
            seconds[state] = seconds.get(state, 0.0) + float((share * (span.end - span.start)).sum())
    return seconds


def _heights(start: Floats, end: Floats, share: Floats) -> StepFunction:
    """The sum of the shares of all intervals that contain a moment."""
    at, change = np.concatenate([start, end]), np.concatenate([share, -share])
    del start, end, share  # of a million requests each of these is large
    order = np.argsort(at, kind="stable")
    at, change = at[order], change[order]
    del order
    height = np.cumsum(change, out=change)
    last = np.append(at[1:] != at[:-1], True)[: len(at)]
    return StepFunction(at[last], height[last])


def seconds_computed(index: SegmentIndex, part: Held, place_map: PlaceMap, start_s: float, end_s: float) -> Floats:
    """[slots] for how long who held each slot of a pool computed there between two moments."""
    size = part.pool.size * part.pool.processes
    found = np.zeros(size)
    for cut in index.busy(start_s, end_s):
        these = cut.take(
            AT_WORK[cut.activity]
            & place_map.of_pool[part.number][cut.place]
            & (cut.start < end_s)
            & (cut.end > start_s)
        )
        slot = part.slots(index.trace, these.request, these.place)
        on = np.flatnonzero((slot >= 0) & (slot < size))
        found += np.bincount(slot[on], these.seconds_in(start_s, end_s)[on], minlength=size)[:size]
    return found
