"""Finding the notable events of a run, in any stretch of it.

What to watch: in most runs that is one small table. In an overloaded one it would have many millions of rows, while
the log shows the last few and the time bar asks only whether anything was lost; so nothing is made before it is asked
for, and then only for the time in question.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Lock, Loop
from simulator.plan.words import Outcome
from simulator.trace.availability import lost
from simulator.trace.outcomes import percentiles
from simulator.trace.playback.events import Details, EventKind, Events, events_of, joined
from simulator.trace.playback.place_map import PlaceMap
from simulator.trace.playback.segment_index import SegmentIndex
from simulator.trace.playback.syn_drops import SynDrops
from simulator.trace.playback.waiting_lines import LockTurns, when_left
from simulator.trace.table import Trace
from simulator.workload.interventions import Do

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

SLOW = 3.0
"""The slowest request of a run is worth a word if it takes so many times the median."""
BLOCKS_S = 0.05
"""A callback that keeps others waiting for less than this is not worth a word."""
FEW = 50_000
"""Requests lost, or in danger of it: so few make a table that costs less than to ask for a part of it twice."""


class NotableEvents:
    """The notable events of one run."""

    def __init__(self, segment_index: SegmentIndex, place_map: PlaceMap) -> None:
        """Nothing is looked for yet."""
        self._index, self._trace, self._map = segment_index, segment_index.trace, place_map

    @cached_property
    def all(self) -> Events:
        """All of them, in order of time."""
        dropped = (events for drops in self._drops for events in drops.all())
        return joined([self._failed(slice(None)), *dropped, self.blocked, self._interventions])

    @property
    def few(self) -> bool:
        """Whether all of them together are soon made."""
        return len(self._failures[0]) + sum(map(len, self._drops)) <= FEW

    def between(self, start_s: float, end_s: float) -> Events:
        """Those after the one moment and up to the other, in order of time."""
        if self.few:
            return self.all.take(self.all.within(start_s, end_s))
        first, last = self._failures[1].searchsorted((start_s, end_s), "right").tolist()
        dropped = (events for drops in self._drops for events in drops.between(start_s, end_s))
        rest = (events.take(events.within(start_s, end_s)) for events in (self.blocked, self._interventions))
        return joined([self._failed(slice(first, last)), *dropped, *rest])

    @cached_property
    def highlights(self) -> Events:
        """The first dropped SYN, the first failure of each kind, all interventions, the longest block, the slowest."""
        rows = self._failures[0]
        _, firsts = np.unique(self._trace.outcome[rows], return_index=True)
        dropped = joined([drops.first for drops in self._drops])
        parts = [
            dropped.take(slice(1)),
            self._failed(firsts),
            self._interventions,
            _longest(self.blocked),
            _slowest(self._index),
        ]
        return joined(parts)

    @cached_property
    def crowded(self) -> Events:
        """The moment with most requests in the system; none where nobody came."""
        in_system = self._index.in_system
        top = np.array([int(np.argmax(in_system.height))] if len(in_system.at) else [], np.intp)
        details = Details(others=in_system.height[top].astype(np.intp))
        return events_of(EventKind.CROWDED, in_system.at[top], np.full(len(top), -1), details)

    def lost(self, edges: Floats) -> NDArray[np.bool_]:
        """Whether a SYN was dropped or a request failed between each two neighbouring edges, the last one included."""
        found = _any(self._failures[1], edges)
        for times in (times for drops in self._drops for times in drops.times()):
            if found.all():
                break
            found |= _any(np.sort(times), edges)
        return found

    @cached_property
    def blocked(self) -> Events:
        """Every callback that had an event loop for long while others waited, when it let go; in order of time."""
        return joined(list(_blocked(self._index, self._map)))

    @cached_property
    def _interventions(self) -> Events:
        return joined(list(self._intervened()))

    @cached_property
    def _drops(self) -> tuple[SynDrops, ...]:
        connects = [place for place in self._map.connects if place >= 0]
        return tuple(SynDrops(self._trace, self._map, self._index.lines[place]) for place in connects)

    @cached_property
    def _failures(self) -> tuple[Rows, Floats]:
        """Requests that ended and were not completed, in order of their end, and when that was."""
        rows, times = self._index.by_end
        failed = np.flatnonzero(self._trace.outcome[rows] != Outcome.COMPLETED)
        return rows[failed], times[failed]

    def _failed(self, which: slice | Rows) -> Events:
        rows, times = self._failures[0][which], self._failures[1][which]
        details = Details(seconds=times - self._trace.arrival[rows])
        return events_of(EventKind.FAILED, times, rows, details)

    def _intervened(self) -> Iterator[Events]:
        for number, entry in enumerate(self._trace.workload.interventions):
            taken_along = len(lost(self._trace, entry)) if entry.do in (Do.KILL, Do.KILL_GROUP) else 0
            details = Details(place=number, others=taken_along)
            yield events_of(EventKind.INTERVENED, np.array([entry.at]), np.array([-1]), details)


def _slowest(segment_index: SegmentIndex) -> Events:
    """The request that took longest, if that is much longer than most."""
    rows, finished = segment_index.completed
    seconds = finished - segment_index.trace.arrival[rows]
    told = np.array([int(np.argmax(seconds))] if len(rows) else [], np.intp)
    told = told[seconds[told] >= SLOW * percentiles(seconds, [50.0])[0]] if len(rows) else told
    return events_of(EventKind.SLOWEST, finished[told], rows[told], Details(seconds=seconds[told]))


def _any(times: Floats, edges: Floats) -> NDArray[np.bool_]:
    """Whether any of some moments, in order, is between each two neighbouring edges."""
    before = times.searchsorted(edges)
    before[-1] = times.searchsorted(edges[-1], "right")
    some: NDArray[np.bool_] = np.diff(before) > 0
    return some


def _longest(events: Events) -> Events:
    return events.take(np.array([int(np.argmax(events.seconds))] if len(events) else [], np.intp))


# --- who blocked an event loop: one long computation, and everybody who waited behind it ------------------------------


def _blocked(segment_index: SegmentIndex, place_map: PlaceMap) -> Iterator[Events]:
    """Every callback that had a loop for long while others waited, at the moment when it let go."""
    for lock in place_map.locks:
        if isinstance(lock, Loop):
            yield from _blocks(segment_index.trace, place_map, lock, segment_index.turns(lock))


def _blocks(trace: Trace, place_map: PlaceMap, lock: Lock, turns: Sequence[LockTurns]) -> Iterator[Events]:
    """The copies of a loop are laid one after another in time, so that all are searched at once."""
    apart = trace.horizon_s + 1.0
    asked = np.sort(np.concatenate([turn.asked + turn.copy * apart for turn in turns]))
    granted = np.sort(np.concatenate([turn.granted + turn.copy * apart for turn in turns]))
    for turn in turns:
        long = np.flatnonzero(turn.ended - turn.granted >= BLOCKS_S)
        end = turn.ended[long] + turn.copy[long] * apart
        behind = asked.searchsorted(end) - granted.searchsorted(end)  # just before the end
        if lock.processes == 1 and len(long):
            behind += _not_accepted(trace, place_map, lock, end)
        some = behind > 0
        long, seconds = long[some], (turn.ended - turn.granted)[long[some]]
        details = Details(place=turn.place, seconds=seconds, others=behind[some])
        yield events_of(EventKind.BLOCKED, turn.ended[long], turn.rows[long], details)


def _not_accepted(trace: Trace, place_map: PlaceMap, lock: Lock, times: Floats) -> NDArray[np.intp]:
    """How many connections waited, just before some moments, for an acceptor that needs this lock."""
    count = np.zeros(len(times), np.intp)
    for place in place_map.of_backlog:
        if place_map.places[place].waits_for == lock:
            rows = np.flatnonzero(~np.isnan(trace.reached[:, place]))
            came, left = np.sort(trace.reached[rows, place]), np.sort(when_left(trace, place, rows))
            count += came.searchsorted(times) - left.searchsorted(times)
    return count
