"""What is worth telling in a run, for any stretch of it.

What to watch: in most runs that is one small table. In an overloaded one it would have many millions of rows, while
the log shows the last few and the time bar asks only whether anything was lost; so nothing is made before it is asked
for, and then only for the time in question.
"""

from collections.abc import Iterator
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from simulator.plan.words import Outcome
from simulator.trace.availability import lost
from simulator.trace.levels import Level
from simulator.trace.outcomes import percentiles
from simulator.trace.playback.blocking import blocked
from simulator.trace.playback.drops import Drops
from simulator.trace.playback.events import Details, EventKind, Events, events_of, joined
from simulator.trace.playback.ledger import Ledger
from simulator.trace.playback.sites import Sites
from simulator.workload.interventions import Do

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

SLOW = 3.0
"""A request that takes so many times the median is worth a word, if none before it took as long."""
FEW = 50_000
"""Requests lost, or in danger of it: so few make a table that costs less than to ask for a part of it twice."""


class Notable:
    """The notable events of one run."""

    def __init__(self, ledger: Ledger, sites: Sites) -> None:
        """Nothing is looked for yet."""
        self._ledger, self._trace, self._sites = ledger, ledger.trace, sites

    @cached_property
    def all(self) -> Events:
        """All of them, in order of time."""
        dropped = (events for drops in self._drops for events in drops.all())
        return joined([self._failed(slice(None)), *dropped, self.blocked, self._others])

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
        rest = (events.take(events.within(start_s, end_s)) for events in (self.blocked, self._others))
        return joined([self._failed(slice(first, last)), *dropped, *rest])

    @cached_property
    def highlights(self) -> Events:
        """The first dropped SYN, the first failure of each kind, all interventions, the longest block, the slowest."""
        rows = self._failures[0]
        _, firsts = np.unique(self._trace.outcome[rows], return_index=True)
        dropped = joined([drops.first for drops in self._drops])
        others = self._others
        parts = [
            dropped.take(slice(1)),
            self._failed(firsts),
            others.take(np.flatnonzero(others.kind == EventKind.INTERVENED)),
            _longest(self.blocked),
            _longest(others.take(np.flatnonzero(others.kind == EventKind.SLOWEST))),
        ]
        return joined(parts)

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
        return joined(list(blocked(self._trace, self._sites, partial(self._ledger.turns, self._sites))))

    @cached_property
    def _others(self) -> Events:
        return joined([*_slowest(self._ledger), *self._intervened()])

    @cached_property
    def _drops(self) -> tuple[Drops, ...]:
        connects = [place for place in self._sites.connects if place >= 0]
        return tuple(Drops(self._trace, self._sites, self._ledger.lines[place]) for place in connects)

    @cached_property
    def _failures(self) -> tuple[Rows, Floats]:
        """Requests that ended and were not completed, in order of their end, and when that was."""
        rows, times = self._ledger.by_end
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


def _slowest(ledger: Ledger) -> Iterator[Events]:
    """Requests that took longer than every one completed before them, and much longer than most."""
    rows, finished = ledger.completed
    if not len(rows):
        return
    seconds = finished - ledger.trace.arrival[rows]
    before = np.maximum.accumulate(np.append(0.0, seconds[:-1]))
    told = np.flatnonzero((seconds > before) & (seconds >= SLOW * percentiles(seconds, [50.0])[0]))
    details = Details(seconds=seconds[told])
    yield events_of(EventKind.SLOWEST, finished[told], rows[told], details)


def _any(times: Floats, edges: Floats) -> NDArray[np.bool_]:
    """Whether any of some moments, in order, is between each two neighbouring edges."""
    before = times.searchsorted(edges)
    before[-1] = times.searchsorted(edges[-1], "right")
    some: NDArray[np.bool_] = np.diff(before) > 0
    return some


def _longest(events: Events) -> Events:
    return events.take(np.array([int(np.argmax(events.seconds))] if len(events) else [], np.intp))


def most_crowded(in_system: Level) -> Events:
    """The moment with most requests in the system; none where nobody came."""
    top = np.array([int(np.argmax(in_system.height))] if len(in_system.at) else [], np.intp)
    details = Details(others=in_system.height[top].astype(np.intp))
    return events_of(EventKind.CROWDED, in_system.at[top], np.full(len(top), -1), details)
