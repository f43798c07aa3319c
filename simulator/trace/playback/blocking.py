"""Who blocked an event loop: one long computation, and everybody who waited behind it.

What to watch: a loop is never interrupted, so a stay on it is first all the waiting, then all the holding. That needs
no record of every hold, only the columns of the trace.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Lock, Loop
from simulator.trace.measures import lock_copies
from simulator.trace.playback.events import Details, EventKind, Events, events_of
from simulator.trace.playback.sites import Sites, when_left
from simulator.trace.stays import computes_at
from simulator.trace.table import Trace

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

BLOCKS_S = 0.05
"""A callback that keeps others waiting for less than this is not worth a word."""


@dataclass(frozen=True, eq=False, slots=True)
class Turns:
    """Every stay at one place that needs a loop or a GIL."""

    rows: Rows
    asked: Floats
    granted: Floats
    ended: Floats
    copy: NDArray[np.int32]
    place: int


def blocked(trace: Trace, sites: Sites, turns_of: Callable[[int], Sequence[Turns]]) -> Iterator[Events]:
    """Every callback that had a loop for long while others waited, at the moment when it let go.

    ``turns_of`` a lock, by its number in the plan: what ``turns_at`` finds.
    """
    for number, lock in enumerate(sites.locks):
        if isinstance(lock, Loop):
            yield from _blocks(trace, sites, lock, turns_of(number))


def turns_at(trace: Trace, sites: Sites, lock: int) -> Iterator[Turns]:
    """Every stay that needs a lock (by its number in the plan), place by place."""
    for place in np.flatnonzero(sites.of_lock[lock]).tolist():
        yield _turns(trace, sites, place)


def _turns(trace: Trace, sites: Sites, place: int) -> Turns:
    rows = np.flatnonzero(computes_at(trace, place, np.arange(len(trace))))
    asked = trace.reached[rows, place]
    waited = np.nan_to_num(trace.lock_wait[rows, trace.lock_places.index(place)])
    copies = lock_copies(trace, sites.places[place], rows)
    return Turns(rows, asked, asked + waited, when_left(trace, place, rows), copies, place)


def _blocks(trace: Trace, sites: Sites, lock: Lock, turns: Sequence[Turns]) -> Iterator[Events]:
    """The copies of a loop are laid one after another in time, so that all are searched at once."""
    apart = trace.horizon_s + 1.0
    asked = np.sort(np.concatenate([turn.asked + turn.copy * apart for turn in turns]))
    granted = np.sort(np.concatenate([turn.granted + turn.copy * apart for turn in turns]))
    for turn in turns:
        long = np.flatnonzero(turn.ended - turn.granted >= BLOCKS_S)
        end = turn.ended[long] + turn.copy[long] * apart
        behind = asked.searchsorted(end) - granted.searchsorted(end)  # just before the end
        if lock.processes == 1 and len(long):
            behind += _not_accepted(trace, sites, lock, end)
        some = behind > 0
        long, seconds = long[some], (turn.ended - turn.granted)[long[some]]
        details = Details(place=turn.place, seconds=seconds, others=behind[some])
        yield events_of(EventKind.BLOCKED, turn.ended[long], turn.rows[long], details)


def _not_accepted(trace: Trace, sites: Sites, lock: Lock, times: Floats) -> NDArray[np.intp]:
    """How many connections waited, just before some moments, for an acceptor that needs this lock."""
    count = np.zeros(len(times), np.intp)
    for place in sites.of_backlog:
        if sites.places[place].waits_for == lock:
            rows = np.flatnonzero(~np.isnan(trace.reached[:, place]))
            came, left = np.sort(trace.reached[rows, place]), np.sort(when_left(trace, place, rows))
            count += came.searchsorted(times) - left.searchsorted(times)
    return count
