"""Finding what happened in a trace: routine events, and those worth telling.

What to watch: nothing here looks at a request by itself. Every kind of event is found with a few operations on whole
columns, because this is done again at every turn of a knob.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simulator.plan.steps import Connect
from simulator.plan.words import Outcome
from simulator.trace.availability import lost
from simulator.trace.levels import level
from simulator.trace.outcomes import percentiles
from simulator.trace.playback.blocking import blocked
from simulator.trace.playback.events import Details, EventKind, Events, events_of, joined
from simulator.trace.playback.sites import Sites, by_client, when_left
from simulator.trace.table import Trace
from simulator.workload.interventions import Do

Floats = NDArray[np.float64]

SLOW = 3.0
"""A request that takes so many times the median is worth a word, if none before it took as long."""
ROUNDING_S = 1e-9


def routine_events(trace: Trace, sites: Sites) -> Events:
    """Arrivals, accepts and completed requests; none of them important."""
    everybody = np.arange(len(trace))
    parts = [events_of(EventKind.ARRIVED, trace.arrival, everybody, Details())]
    if sites.of_backlog:
        place = max(sites.of_backlog)
        accepted = everybody[_came_further(trace, place)]
        left = when_left(trace, place, accepted)
        parts.append(events_of(EventKind.ACCEPTED, left, accepted, Details(place=place)))
    done = np.flatnonzero(trace.outcome == Outcome.COMPLETED)
    took = Details(seconds=trace.finished[done] - trace.arrival[done])
    return joined([*parts, events_of(EventKind.COMPLETED, trace.finished[done], done, took)])


def _came_further(trace: Trace, place: int) -> NDArray[np.bool_]:
    """[n] whether a request reached any later place."""
    further = np.zeros(len(trace), np.bool_)
    for later in range(place + 1, trace.reached.shape[1]):
        further |= ~np.isnan(trace.reached[:, later])
        if further.all():
            break
    return further


def notable_events(trace: Trace, sites: Sites) -> Events:
    """What is worth telling."""
    parts = (_failed(trace), _syn_dropped(trace, sites), blocked(trace, sites), _slowest(trace), _intervened(trace))
    return joined([table for part in parts for table in part])


def _failed(trace: Trace) -> Iterator[Events]:
    rows = np.flatnonzero((trace.outcome != Outcome.COMPLETED) & (trace.outcome != Outcome.OPEN))
    seconds = trace.finished[rows] - trace.arrival[rows]
    yield events_of(EventKind.FAILED, trace.finished[rows], rows, Details(importance=2.0, seconds=seconds))


def _syn_dropped(trace: Trace, sites: Sites) -> Iterator[Events]:
    """A SYN was dropped if it was repeated, or if it was the last one of a connect that failed with no SYN answered."""
    for place in sites.connects:
        if place < 0:
            continue
        step = sites.places[place].step
        assert isinstance(step, Connect)  # sites say where requests connect
        in_vain = ~_came_further(trace, place) & (trace.data_retries == 0)
        repeated = (trace.syn_retries > 0) | in_vain
        rows = np.flatnonzero(~np.isnan(trace.reached[:, place]) & repeated)
        trip = trace.workload.rtt[rows] if by_client(sites.places[place]) else np.zeros(len(rows))
        came, left = trace.reached[rows, place] + trip / 2, when_left(trace, place, rows)
        for before, after in enumerate((0.0, *step.retries_s)):
            unanswered = in_vain[rows] | (before < trace.syn_retries[rows])
            dropped = np.flatnonzero(unanswered & (came + trip + after < left - ROUNDING_S))
            details = Details(place=place, importance=1.0)
            yield events_of(EventKind.SYN_DROPPED, came[dropped] + after, rows[dropped], details)


def _slowest(trace: Trace) -> Iterator[Events]:
    """Requests that took longer than every one completed before them, and much longer than most."""
    rows = np.flatnonzero(trace.outcome == Outcome.COMPLETED)
    if not len(rows):
        return
    rows = rows[np.argsort(trace.finished[rows], kind="stable")]
    seconds = trace.finished[rows] - trace.arrival[rows]
    before = np.maximum.accumulate(np.append(0.0, seconds[:-1]))
    told = np.flatnonzero((seconds > before) & (seconds >= SLOW * percentiles(seconds, [50.0])[0]))
    details = Details(importance=1.0, seconds=seconds[told])
    yield events_of(EventKind.SLOWEST, trace.finished[rows[told]], rows[told], details)


def _intervened(trace: Trace) -> Iterator[Events]:
    for number, entry in enumerate(trace.workload.interventions):
        taken_along = len(lost(trace, entry)) if entry.do is Do.KILL else 0
        details = Details(place=number, importance=3.0, others=taken_along)
        yield events_of(EventKind.INTERVENED, np.array([entry.at]), np.array([-1]), details)


def most_crowded(trace: Trace, life_end: Floats) -> Events:
    """The moment with most requests in the system; none where nobody came."""
    many = level(trace.arrival, life_end)
    top = np.array([int(np.argmax(many.height))] if len(many.at) else [], np.intp)
    details = Details(importance=1.0, others=many.height[top].astype(np.intp))
    return events_of(EventKind.CROWDED, many.at[top], np.full(len(top), -1), details)
