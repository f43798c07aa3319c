"""The moments in the life of each request that the street shows: when it joined the queue, got a desk, and was through.

What to watch: with a proxy in front there are two queues; the last one is the queue of the street, and before it lies a
room. Where no slots are held, an event loop is the desk of everybody.
"""

from dataclasses import dataclass
from enum import IntEnum, auto

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Backlog, Pool
from simulator.plan.walk import Place, connected_at, freed_at, sent_at, slot_column, taken_at
from simulator.plan.words import Loss, lost_by
from simulator.trace.playback import GroupKind, Playback
from simulator.trace.residence import server_end
from simulator.trace.table import Trace

Floats = NDArray[np.float64]

NOTHING_S = 1e-9
LATER_S = 0.5
"""Whoever is lost so long after its first try has tried again."""


class From(IntEnum):
    """Where a request is when it is lost, in the order of a life."""

    TAIL = auto()
    AGAIN = auto()
    ROOM = auto()
    QUEUE = auto()
    DESK = auto()
    ANSWERS = auto()


@dataclass(frozen=True, slots=True, eq=False)
class Stages:
    """[rows] The moments of the life of each request; nan where it has no such moment."""

    room_s: Floats | None
    """Came to the room before the queue; None where there is none."""
    joined_s: Floats
    """Joined the queue before the desks."""
    got_s: Floats
    """Left the queue: for a desk where ``served``."""
    served: NDArray[np.bool_]
    done_s: Floats
    """The desk was through with it."""
    over_s: Floats
    """The server was."""
    finished_s: Floats
    """Its client was."""
    answered: NDArray[np.bool_]
    """Whether an answer went back, be it for nobody."""
    dropped: NDArray[np.intp]
    """The requests that came for the first time and found no place."""
    dropped_s: Floats
    """When each of those came."""
    lost: NDArray[np.intp]
    """The requests that were lost."""

    def lost_from(self) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        """Where those who were lost were then, and whether the server did not know it."""
        where, stays = np.full(len(self.finished_s), From.TAIL, np.uint8), np.zeros(len(self.finished_s), np.bool_)
        where[self.dropped[self.finished_s[self.dropped] - self.dropped_s > LATER_S]] = From.AGAIN
        rows = self.lost
        end, joined, got, done = (t[rows] for t in (self.finished_s, self.joined_s, self.got_s, self.done_s))
        at = where[rows]
        if self.room_s is not None:
            at[self.room_s[rows] <= end] = From.ROOM
        at[joined <= end] = From.QUEUE
        at[self.served[rows] & (got <= end)] = From.DESK
        at[self.served[rows] & (done <= end)] = From.ANSWERS
        where[rows] = at
        stays[rows] = (
            self.answered[rows] | (at == From.ANSWERS) | (self.over_s[rows] > end + NOTHING_S) & (at > From.AGAIN)
        )
        return where, stays


def stages(playback: Playback) -> Stages:
    """From the columns of the trace of a run."""
    trace, places = playback.trace, playback.trace.places
    queues = [i for i, place in enumerate(places) if isinstance(place.queue, Backlog)]
    joined = trace.reached[:, queues[-1]] if queues else np.full(len(trace), np.nan)
    has_room = len(queues) > 1 and any(group.kind is GroupKind.COUNT for group in playback.groups)
    room = trace.reached[:, queues[0]] if has_room else None
    over = server_end(trace)
    pool = _desks(playback)
    takes = queues[-1] if queues else 0
    if pool is not None:
        takes = max(taken_at(places, pool), takes)
    got = _next_reached(trace, takes)
    served = ~np.isnan(got) & ~np.isnan(joined)
    if pool is not None:
        served &= trace.slot[:, slot_column(trace.plan, places, pool)] >= 0
    done = _done_at_loop(trace, takes) if pool is None else trace.reached[:, freed_at(places, pool)]
    lost = np.flatnonzero(np.isin(trace.outcome, lost_by(*Loss)))
    instead = np.flatnonzero(~served)
    got[instead] = np.where(np.isnan(joined[instead]), np.nan, over[instead])
    answered = served & ~np.isnan(done)
    answered[lost[~np.isin(trace.outcome[lost], lost_by(Loss.CLIENT_LEFT))]] = False
    dropped, dropped_s = _dropped(trace, places, joined if room is None else room, lost)
    return Stages(
        room_s=room,
        joined_s=joined,
        got_s=got,
        served=served,
        done_s=done,
        over_s=over,
        finished_s=trace.finished,
        answered=answered,
        dropped=dropped,
        dropped_s=dropped_s,
        lost=lost,
    )


def _desks(playback: Playback) -> Pool | None:
    """The pool whose slots are lanes; None where requests are served by event loops, whoever helps them."""
    groups = (group for group in playback.groups if group.kind is GroupKind.SLOTS and not group.helps)
    return next((group.resource for group in groups if isinstance(group.resource, Pool)), None)


def _done_at_loop(trace: Trace, takes: int) -> Floats:
    """When responses had been sent of those whom a loop serves from after this place on."""
    sent = sent_at(trace.places, takes + 1)
    if sent is None:
        return np.full(len(trace), np.nan)
    return trace.reached[:, sent + 1] if sent + 1 < len(trace.places) else trace.left


def _next_reached(trace: Trace, place: int) -> Floats:
    """When requests came to any place after this one; nan where they never did, or were never here."""
    found = np.full(len(trace), np.nan)
    missing = np.flatnonzero(~np.isnan(trace.reached[:, place]))
    for later in range(place + 1, trace.reached.shape[1]):
        found[missing] = trace.reached[:, later][missing]
        missing = missing[np.isnan(found[missing])]
        if not len(missing):
            break
    return found


def _dropped(
    trace: Trace, places: tuple[Place, ...], comes: Floats, lost: NDArray[np.intp]
) -> tuple[NDArray[np.intp], Floats]:
    """Who found no place, and when they came for the first time: half a round trip after they set out."""
    first = next((place.knocks_at for place in places if place.knocks_at is not None), None)
    at = None if first is None else connected_at(places, first)
    if at is None:
        return np.empty(0, np.intp), np.empty(0)
    found = trace.syn_retries > 0
    found[lost[np.isnan(comes[lost])]] = True
    rows = np.flatnonzero(found)
    came = trace.reached[:, at][rows] + trace.workload.rtt[rows] / 2
    return rows, np.fmin(came, trace.finished[rows])
