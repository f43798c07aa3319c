"""How long every request waited for others, and when the long waits were.

What to watch: only waits that are long beside the longest are kept, for they are what somebody asks about. So this
costs one look at the trace, however many requests there are.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.plan.walk import Place
from simulator.plan.words import Need, State, needing
from simulator.trace.attribution import HANDSHAKE_ROUND_TRIPS
from simulator.trace.availability import CORES
from simulator.trace.demands import computes_at, needs_lock_at, work_at
from simulator.trace.intervals import StepFunction, concurrency
from simulator.trace.measures import INDEX, Measures
from simulator.trace.residence import Floats, Rows, blocks, client_end

Column = NDArray[Any]
LONG_PART = 0.1
"""Waits of at least this part of the longest are kept."""
HARDLY_ANY = 0.01
"""Of all waiting; places with less are not looked at."""
LINES = (State.CONNECTING, State.BACKLOG, State.QUEUED)
WAITING = (*LINES, *needing(Need.LOCK, Need.CORE))


class Waits:
    """One row for every long wait of a request at a place; and how long every request waited in all."""

    def __init__(self, measures: Measures) -> None:
        """One pass over the trace."""
        trace = measures.trace
        self._measures, self._places = measures, _where(measures)
        self.total = np.zeros(len(trace))
        """[n] seconds that each request waited for slots, locks and cores, until it was over for its client."""
        self.longest = 0.0
        kept: list[list[Column]] = [[], [], [], []]
        for block in blocks(trace):
            for i, rows, start, seconds in _waits(measures, block, self._places):
                self.total[rows] += seconds
                self.longest = max(self.longest, float(seconds.max(initial=0.0)))
                long = np.flatnonzero(seconds >= LONG_PART * self.longest)
                which, where = rows[long].astype(np.int32), np.full(len(long), i, np.int16)  # there may be millions
                values: list[Column] = [which, start[long], seconds[long], where]
                for column, more in zip(kept, values, strict=True):
                    column.append(more)
        still = [np.flatnonzero(seconds >= LONG_PART * self.longest) for seconds in kept[2]]
        self.rows = _joined(kept[0], still)
        self.start, self.seconds = _joined(kept[1], still), _joined(kept[2], still)
        self.place = _joined(kept[3], still)

    def crowd(self, begin: float, end: float) -> StepFunction:
        """How many requests waited at each moment of a stretch, however short."""
        starts, ends = [], []
        for block in blocks(self._measures.trace):
            for _, _, start, seconds in _waits(self._measures, block, self._places):
                seen = (start < end) & (start + seconds > begin)
                starts.append(start[seen])
                ends.append(start[seen] + seconds[seen])
        return concurrency(np.concatenate(starts), np.concatenate(ends))


def _joined(parts: list[Column], which: Sequence[Rows]) -> Column:
    """Some of each part as one column; the parts are given up one after the other, because all may be millions."""
    for number, chosen in enumerate(which):
        parts[number] = parts[number][chosen]
    found = np.concatenate(parts) if parts else np.zeros(0)
    parts.clear()
    return found


def _where(measures: Measures) -> frozenset[int]:
    """The places at which requests wait for others."""
    waiting = [INDEX[state] for state in WAITING]
    seconds = measures.life.sum(axis=0)[: len(measures.places), waiting].sum(axis=1)
    return frozenset(np.flatnonzero(seconds > HARDLY_ANY * seconds.sum()).tolist())


def waiting_part(measures: Measures) -> float:
    """The share of the requests' time in which they wait for others, or for a place in the backlog."""
    seconds = measures.life.sum(axis=(0, 1))
    return float(seconds[[INDEX[state] for state in WAITING]].sum() / max(seconds.sum(), 1e-300))


def _waits(measures: Measures, block: slice, among: frozenset[int]) -> Iterator[tuple[int, Rows, Floats, Floats]]:
    """Place by place: which requests waited there for others, from when, and for how long."""
    trace = measures.trace
    over = client_end(trace, block)
    left = trace.left[block]
    end = np.where(np.isnan(left), over, left)
    first = block.start
    for i in reversed(range(len(measures.places))):
        start = trace.reached[block, i]
        never = np.isnan(start)
        if i not in among:
            end = np.where(never, end, start)
            continue
        there = np.flatnonzero(~never & (end > start))
        seconds, start_there = _waited(measures, i, there + first, start[there], end[there])
        seconds = np.minimum(seconds, np.maximum(over[there] - start_there, 0.0))
        seen = np.flatnonzero(seconds > 0.0)
        yield i, there[seen] + first, start_there[seen], seconds[seen]
        end = np.where(never, end, start)


def _waited(measures: Measures, i: int, rows: Rows, start: Floats, end: Floats) -> tuple[Floats, Floats]:
    """Of the stays at a place: how much was waiting, and when that began."""
    trace, place = measures.trace, measures.places[i]
    if place.state is State.CONNECTING:
        due = HANDSHAKE_ROUND_TRIPS * trace.workload.rtt[rows]
        return end - start - due, start
    if place.state in LINES:
        return end - start, start
    if place.state is not State.COMPUTING:
        return np.zeros(len(rows)), start
    computes = computes_at(trace, i, rows)
    waited = np.where(computes, end - start - work_at(trace, i, rows), 0.0)
    if place.lock is not None and place.phase is not None:
        stands = needs_lock_at(trace, i, place.lock, rows) & ~computes
        waited[stands] = trace.lock_wait[rows[stands], trace.lock_places.index(i)]
    return waited, start


def short_of(places: tuple[Place, ...], i: int) -> str:
    """What somebody waits for at a place: the name of a pool, a lock, or the cores."""
    place = places[i]
    if place.takes is not None:
        return place.takes.name
    if place.by is not None:
        return place.by.name
    if place.lock is not None:
        return place.lock.name
    if place.waits_for is not None and place.knocks_at is None:
        return place.waits_for.name
    return short_of(places, i + 1) if place.state is State.CONNECTING and i + 1 < len(places) else CORES
