"""Who is in a proxy's own hands, and on which seat: whoever comes takes the first free one and keeps it.

What to watch: a seat is worked out for the whole run at once, so it depends on no frame; a request that goes to the
server behind leaves its seat, and takes another one when its answer comes back.
"""

from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Pool
from simulator.plan.walk import Place, Way, freed_at, while_held
from simulator.plan.words import Outcome
from simulator.stage.cache import kept
from simulator.stage.snapshot import Snapshot
from simulator.trace.playback import Playback
from simulator.trace.table import Trace

Rows = NDArray[np.int32]
Floats = NDArray[np.float64]
MOST_STAYS = 400_000
"""In runs with more, seats are counted from whoever has been there longest: giving them out would take seconds."""


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """The connections of a proxy at a moment."""

    rows: Rows
    """Those that it deals with itself: it takes them in, or feeds their clients."""
    seats: NDArray[np.intp]
    """[rows] counted from 0; no two are the same."""
    coming: NDArray[np.bool_]
    """[rows] whether a request is on its way in, rather than an answer on its way out."""
    behind: int
    """How many others are with the server behind."""

    @property
    def total(self) -> int:
        """Connections in use."""
        return len(self.rows) + self.behind


def held(snapshot: Snapshot, pool: Pool) -> Held:
    """Who holds a connection, and where they are."""
    playback = snapshot.playback
    first, last = kept(playback, ("behind", pool), lambda: behind(playback.trace.places, pool))
    there = snapshot.now.pool(pool.name).request
    there = there[there >= 0]
    present = snapshot.now.present
    order = np.argsort(present.request, kind="stable")
    found = order[np.minimum(present.request[order].searchsorted(there), max(len(order) - 1, 0))]
    place = present.place[found] if len(order) else np.zeros(len(there), np.int16)
    inside = (place < first) | (place > last)
    rows, coming = there[inside], place[inside] < first
    seats = kept(playback, ("seats", pool), lambda: _seats(playback, pool, first, last))
    wanted = np.arange(len(rows)) if seats is None else np.where(coming, seats[0][rows], seats[1][rows])
    return Held(rows, _one_each(wanted), coming, len(there) - len(rows))


def within(seats: NDArray[np.intp], number: int) -> NDArray[np.intp]:
    """Seats below some number for all, who are not more: whoever sits further back takes a free one from the end.

    Newcomers take the first ones, so that these are seldom driven away again.
    """
    back = np.flatnonzero(seats >= number)
    if not len(back):
        return seats
    free = np.setdiff1d(np.arange(number), seats)[::-1]
    found = seats.copy()
    found[back[np.argsort(seats[back], kind="stable")]] = free[: len(back)]
    return found


def behind(places: tuple[Place, ...], pool: Pool) -> tuple[int, int]:
    """The first and the last place at which a request that holds a slot of the pool is with another server."""
    inside = while_held(places, pool)
    first = next((i for i in inside if places[i].knocks_at is not None), freed_at(places, pool))
    sends = [i for i in inside if places[i].way is Way.DOWN]
    ends = [i for i in inside if places[i].frees is not None] + sends[:1]
    return first, max(ends, default=first)


def _one_each(wanted: NDArray[np.intp]) -> NDArray[np.intp]:
    """Where two want the same seat, the later one takes the next that is free."""
    seats = wanted.copy()
    taken: set[int] = set()
    for i, first in enumerate(wanted.tolist()):
        seats[i] = next(seat for seat in count(max(first, 0)) if seat not in taken)
        taken.add(int(seats[i]))
    return seats


def _seats(playback: Playback, pool: Pool, first: int, last: int) -> tuple[NDArray[np.intp], NDArray[np.intp]] | None:
    """[rows] the seat of each request, and of its answer; -1 where it has none."""
    trace = playback.trace
    if 2 * len(trace) > MOST_STAYS:
        return None
    inside = while_held(trace.places, pool)
    gone = np.where(trace.outcome == Outcome.COMPLETED, np.inf, trace.finished)
    end = np.fmin(_first_reached(trace, range(freed_at(trace.places, pool), len(trace.places))), gone)
    came = _first_reached(trace, range(inside[0], first + 1))
    away = np.fmin(_first_reached(trace, range(first, len(trace.places))), end)
    back = _first_reached(trace, range(last + 1, len(trace.places)))
    stays = [(came, away), (back, end)]
    number = len(trace)
    start, stop = (np.concatenate([stay[side] for stay in stays]) for side in (0, 1))
    stop = np.where(np.isnan(stop), np.inf, stop)
    given = np.full(2 * number, -1, np.intp)
    _give(given, start, stop)
    return given[:number], given[number:]


def _first_reached(trace: Trace, places: range) -> Floats:
    """When each request reached the first of some places that it reached at all; nan: none."""
    found = np.full(len(trace), np.nan)
    for place in places:
        found = np.where(np.isnan(found), trace.reached[:, place], found)
    return found


def _give(given: NDArray[np.intp], start: Floats, stop: Floats) -> None:
    """The first free seat to each stay, in order of coming."""
    order = np.argsort(start, kind="stable")
    order = order[stop[order] > start[order]]  # false where it never came
    taken: list[tuple[float, int]] = []
    free: list[int] = []
    most = 0
    for i, came, leaves in zip(order.tolist(), start[order].tolist(), stop[order].tolist(), strict=True):
        while taken and taken[0][0] <= came:
            heappush(free, heappop(taken)[1])
        if free:
            seat = heappop(free)
        else:
            seat, most = most, most + 1
        given[i] = seat
        heappush(taken, (leaves, seat))
