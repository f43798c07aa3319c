"""Finding what stands out in a run: the first of each kind of failure, blocks of event loops, the largest crowd.

What to watch: of what an overloaded run has millions of, only the first is made into an event. Nothing is looked for
before it is asked for.
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
from simulator.trace.playback.place_map import PlaceMap, by_client
from simulator.trace.playback.segment_index import SegmentIndex
from simulator.trace.playback.waiting_lines import LockTurns, WaitingLine, when_left
from simulator.trace.table import Trace
from simulator.workload.interventions import Do

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

SLOW = 3.0
"""The slowest request of a run is worth a word if it takes so many times the median."""
ROUNDING_S = 1e-9
BLOCKS_S = 0.05
"""A callback that keeps others waiting for less than this is not worth a word."""


class NotableEvents:
    """The notable events of one run."""

    def __init__(self, segment_index: SegmentIndex, place_map: PlaceMap) -> None:
        """Nothing is looked for yet."""
        self._index, self._trace, self._map = segment_index, segment_index.trace, place_map

    @cached_property
    def highlights(self) -> Events:
        """The first dropped SYN, the first failure of each kind, all interventions, the longest block, the slowest."""
        rows = self._failures[0]
        _, firsts = np.unique(self._trace.outcome[rows], return_index=True)
        connects = [place for place in self._map.connects if place >= 0]
        dropped = joined([first_drop(self._trace, self._map, self._index.lines[place]) for place in connects])
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

    @cached_property
    def blocked(self) -> Events:
        """Every callback that had an event loop for long while others waited, when it let go; in order of time."""
        return joined(list(_blocked(self._index, self._map)))

    @cached_property
    def _interventions(self) -> Events:
        return joined(list(self._intervened()))

    @cached_property
    def _failures(self) -> tuple[Rows, Floats]:
        """Requests that ended and were not completed, in order of their end, and when that was."""
        rows, times = self._index.by_end
        failed = np.flatnonzero(self._trace.outcome[rows] != Outcome.COMPLETED)
        return rows[failed], times[failed]

    def _failed(self, which: Rows) -> Events:
        rows, times = self._failures[0][which], self._failures[1][which]
        details = Details(seconds=times - self._trace.arrival[rows])
        return events_of(EventKind.FAILED, times, rows, details)

    def _intervened(self) -> Iterator[Events]:
        for number, entry in enumerate(self._trace.interventions):
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
    told = np.zeros(len(trace))  # until when the callback of a request has been told about
    for number, turn in enumerate(turns):
        long = np.flatnonzero(turn.ended - turn.granted >= BLOCKS_S)
        long = long[turn.granted[long] >= told[turn.rows[long]]]
        let_go = _end_of_callback(turn, long, turns[number + 1 :])
        told[turn.rows[long]] = let_go
        end = let_go + turn.copy[long] * apart
        behind = asked.searchsorted(end) - granted.searchsorted(end)  # just before the end
        if lock.processes == 1 and len(long):
            behind += _not_accepted(trace, place_map, lock, end)
        some = behind > 0
        long, let_go = long[some], let_go[some]
        details = Details(place=turn.place, seconds=let_go - turn.granted[long], others=behind[some])
        yield events_of(EventKind.BLOCKED, let_go, turn.rows[long], details)


def _end_of_callback(turn: LockTurns, which: Rows, later: Sequence[LockTurns]) -> Floats:
    """When some let go: a callback that computes at the next places too, without a wait between, keeps the loop."""
    end = turn.ended[which].copy()
    for further in later if len(which) else ():
        at = np.minimum(further.rows.searchsorted(turn.rows[which]), len(further.rows) - 1)
        if len(further.rows):
            goes_on = (further.rows[at] == turn.rows[which]) & (np.abs(further.granted[at] - end) <= ROUNDING_S)
            end = np.where(goes_on, further.ended[at], end)
    return end


def _not_accepted(trace: Trace, place_map: PlaceMap, lock: Lock, times: Floats) -> NDArray[np.intp]:
    """How many connections waited, just before some moments, for an acceptor that needs this lock."""
    count = np.zeros(len(times), np.intp)
    for place in place_map.of_backlog:
        if place_map.places[place].waits_for == lock:
            rows = np.flatnonzero(~np.isnan(trace.reached[:, place]))
            came, left = np.sort(trace.reached[rows, place]), np.sort(when_left(trace, place, rows))
            count += came.searchsorted(times) - left.searchsorted(times)
    return count


def first_drop(trace: Trace, place_map: PlaceMap, line: WaitingLine) -> Events:
    """The earliest drop of a connect; none where there is none.

    A SYN was dropped if it was repeated, or if it was the last one of a connect that failed with no SYN answered.
    """
    in_vain = ~line.went_on & (trace.data_retries == 0)
    rows = np.flatnonzero(~np.isnan(line.came) & ((trace.syn_retries > 0) | in_vain))
    trip = trace.workload.rtt[rows] if by_client(place_map.places[line.place]) else np.zeros(len(rows))
    came = line.came[rows] + trip / 2
    dropped = np.flatnonzero(came + trip < line.left[rows] - ROUNDING_S)
    earliest = dropped[np.argmin(came[dropped], keepdims=True)] if len(dropped) else dropped
    return events_of(EventKind.SYN_DROPPED, came[earliest], rows[earliest], Details(place=line.place))
