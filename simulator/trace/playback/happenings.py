"""Finding what happened in a trace: the routine of every request, and the largest crowd.

What to watch: nothing here looks at a request by itself. Every kind of event is found with a few operations on whole
columns, because this is done again at every turn of a knob.
"""

import numpy as np
from numpy.typing import NDArray

from simulator.plan.words import Outcome
from simulator.trace.levels import Level
from simulator.trace.playback.events import Details, EventKind, Events, events_of, joined
from simulator.trace.playback.sites import Sites, when_left
from simulator.trace.table import Trace


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


def most_crowded(in_system: Level) -> Events:
    """The moment with most requests in the system; none where nobody came."""
    top = np.array([int(np.argmax(in_system.height))] if len(in_system.at) else [], np.intp)
    details = Details(importance=1.0, others=in_system.height[top].astype(np.intp))
    return events_of(EventKind.CROWDED, in_system.at[top], np.full(len(top), -1), details)
