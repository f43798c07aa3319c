"""When every request of a run is on a way, read from its trace once: sorted columns, in which a moment is looked up.

What to watch: a way lies before or after one moment of the request, when it joins the queue, say, or gets a worker. How
long it takes depends on how fast the run is played, so a way knows only how much time its request has for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, auto
from math import floor, inf
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from simulator.stage.street.stages import Stages, stages
from simulator.trace.playback import Playback

Floats = NDArray[np.float64]
Rows = NDArray[np.int32]
Order = NDArray[np.intp]


class Way(IntEnum):
    """Between which places a request is under way."""

    IN = auto()
    """From its client to the tail of the queue, or to the room before it."""
    IN_VAIN = auto()
    """The same, and there is no place."""
    TO_AGAIN = auto()
    """From the tail to those who will try again."""
    FROM_ROOM = auto()
    """From the room to the tail of the queue."""
    TO_DESK = auto()
    TO_ROOM = auto()
    """From the desk to the room, with the answer."""
    BACK = auto()
    """From the desk to its client, with the answer."""
    BACK_FROM_ROOM = auto()
    LOST = auto()


class Gap(IntEnum):
    """Which requests take a way, by the time they have for it."""

    ANY = auto()
    LONG = auto()
    """Those who can be seen on it."""
    SHORT = auto()
    """The others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """How long a way takes; one unit is the time of a glance on the wall."""

    units: float
    ahead: bool = False
    """Whether the moment is the end of the way rather than its beginning: a trace is known ahead."""
    early: float = 0.0
    """Units between that end and the moment, for another way."""
    gap: Gap = Gap.ANY
    long: float = 1.0
    """Units from which on a gap is long."""
    share: float = 0.5
    """Of a gap, at most so much is spent on the way."""


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """One way, and everybody who ever takes it, in order of time."""

    way: Way
    length: Length
    rows: Rows
    at_s: Floats
    gap_s: Floats | None
    """Until or since the other moment of the same stay; None where nothing else is near."""

    def under_way(self, t_s: float, unit_s: float, most: int, always: int) -> "UnderWay":
        """Who is on it at a moment; of more than about ``most``, every second, fourth, eighth ... request.

        Which ones depends on how many share the stretch of time in which a request starts, so that nobody appears or
        vanishes half-way. ``always``: a request that is never left out.
        """
        whole_s = self.length.units * unit_s
        t_s += self.length.early * unit_s
        first, last = (t_s, t_s + whole_s) if self.length.ahead else (t_s - whole_s, t_s)
        number = floor(first / whole_s)
        start, stop = self.at_s.searchsorted((number * whole_s, (floor(last / whole_s) + 1) * whole_s)).tolist()
        at_s, rows = self.at_s[start:stop], self.rows[start:stop]
        takes_s = np.full(len(rows), whole_s)
        if self.gap_s is not None:
            gap_s = self.gap_s[start:stop]
            if self.length.gap is not Gap.ANY:
                is_long = gap_s >= self.length.long * unit_s
                taken = np.flatnonzero(is_long if self.length.gap is Gap.LONG else ~is_long)
                at_s, rows, takes_s, gap_s = at_s[taken], rows[taken], takes_s[taken], gap_s[taken]
            if self.length.gap is not Gap.SHORT:
                takes_s = np.minimum(takes_s, gap_s * self.length.share)
        each = _every(at_s, whole_s, number, most)
        done = 1.0 - (at_s - t_s) / takes_s if self.length.ahead else (t_s - at_s) / takes_s
        seen = np.flatnonzero((done >= 0.0) & (done < 1.0) & ((rows & (each - 1) == 0) | (rows == always)))
        return UnderWay(rows[seen], done[seen], at_s[seen], bool((each[seen] > 1).any()))


@dataclass(frozen=True, slots=True, eq=False)
class UnderWay:
    """Who is on one way at a moment, in order of time."""

    rows: Rows
    done: Floats
    """How far each of them is, from 0 to 1."""
    at_s: Floats
    """The moment that the way is about."""
    thinned: bool
    """Whether there are more of them."""


def _every(at_s: Floats, bin_s: float, first: int, most: int) -> NDArray[np.int32]:
    """For each, whether every request is shown of those around it (1), every second, every fourth ..."""
    bins = np.floor(at_s / bin_s).astype(np.intp) - first
    counts = np.bincount(bins, minlength=1)
    return (1 << np.ceil(np.log2(np.maximum(counts / most, 1.0))).astype(np.int32))[bins]


class Itinerary:
    """All ways of a run."""

    def __init__(self, playback: Playback) -> None:
        """Looks at every request once."""
        its = stages(playback)
        self.has_room = its.room_s is not None
        """Whether there is a room before the queue."""
        self._joined_s = its.joined_s
        joined = _order(its.joined_s)
        self.joined_s = its.joined_s[joined]
        """When requests joined the queue, in order."""
        ends = its.got_s[joined]
        self.gone_s = np.sort(ends[~np.isnan(ends)])
        """When requests left it, in order."""
        self.lost_from, self.stays = its.lost_from()
        """[rows] a ``From``, and whether the server goes on working for who was lost; of meaning for those alone."""
        self.ways = tuple(moments for moments in _ways(its, joined) if len(moments.rows))

    def joined_at(self, rows: Rows) -> Floats:
        """When some requests joined the queue."""
        return self._joined_s[rows]

    def ahead(self, t_s: Floats, joined_s: Floats) -> NDArray[np.intp]:
        """How many are ahead of some requests at some moments."""
        number: NDArray[np.intp] = self.joined_s.searchsorted(joined_s) - self.gone_s.searchsorted(t_s, "right")
        return np.maximum(number, 0)

    def entry(self, joined_s: Floats) -> NDArray[np.intp]:
        """How many joined before them."""
        number: NDArray[np.intp] = self.joined_s.searchsorted(joined_s)
        return number

    def waiting(self, t_s: float) -> int:
        """How many wait at a moment."""
        return int(self.joined_s.searchsorted(t_s, "right") - self.gone_s.searchsorted(t_s, "right"))


def _ways(its: Stages, order: Order) -> Iterator[Moments]:
    """``order``: of joining the queue."""
    if its.room_s is None:
        yield _moments(Way.IN, Length(units=1.6, ahead=True, share=1.0), its.joined_s, order, _since(its))
        if len(its.dropped):
            yield from _in_vain(its)
    else:
        yield from _through_room(its, its.room_s, order)
    served = _order(its.got_s, its.served)
    held = np.fmin(its.done_s, its.over_s) - its.got_s
    yield _moments(Way.TO_DESK, Length(units=1.0, gap=Gap.LONG), its.got_s, served, held)
    answered = _order(its.done_s, its.answered)
    if its.room_s is None:
        yield _moments(Way.BACK, Length(units=3.2), its.done_s, answered)
    else:
        kept = its.over_s - its.done_s
        yield _moments(Way.BACK, Length(units=3.2, gap=Gap.SHORT, long=2.0), its.done_s, answered, kept)
        yield _moments(Way.TO_ROOM, Length(units=1.6, gap=Gap.LONG, long=2.0), its.done_s, answered, kept)
        over = _order(its.over_s, its.answered)
        yield _moments(Way.BACK_FROM_ROOM, Length(units=2.2, gap=Gap.LONG, long=2.0, share=inf), its.over_s, over, kept)
    lost = its.lost[np.argsort(its.finished_s[its.lost], kind="stable")]
    yield _moments(Way.LOST, Length(units=1.6), its.finished_s, lost)


def _since(its: Stages) -> Floats | None:
    """How long before they found a place they had found none."""
    if not len(its.dropped):
        return None
    since = np.full(len(its.joined_s), inf)
    since[its.dropped] = its.joined_s[its.dropped] - its.dropped_s
    return since


def _in_vain(its: Stages) -> Iterator[Moments]:
    order = np.argsort(its.dropped_s, kind="stable")
    rows, at_s = its.dropped[order].astype(np.int32), its.dropped_s[order]
    yield Moments(Way.IN_VAIN, Length(units=1.6, ahead=True), rows, at_s, None)
    until_s = np.fmin(its.joined_s[rows], its.finished_s[rows]) - at_s
    yield Moments(Way.TO_AGAIN, Length(units=1.0, gap=Gap.LONG, long=2.6), rows, at_s, until_s)


def _through_room(its: Stages, room_s: Floats, order: Order) -> Iterator[Moments]:
    """Who stays there for no longer than a glance walks in early enough to walk on as well."""
    inside = np.where(np.isnan(its.joined_s), inf, its.joined_s - room_s)
    yield _moments(Way.IN, Length(units=1.6, ahead=True, gap=Gap.LONG, share=inf), room_s, _order(room_s), inside)
    yield _moments(Way.IN, Length(units=1.6, ahead=True, gap=Gap.SHORT, early=1.0), its.joined_s, order, inside)
    yield _moments(Way.FROM_ROOM, Length(units=1.0, ahead=True, gap=Gap.LONG), its.joined_s, order, inside)
    yield _moments(Way.FROM_ROOM, Length(units=1.0, ahead=True, gap=Gap.SHORT), its.joined_s, order, inside)


def _order(times: Floats, which: NDArray[np.bool_] | None = None) -> Order:
    """Those who have such a moment, in order of time."""
    rows = np.flatnonzero(~np.isnan(times) if which is None else which)
    return rows[np.argsort(times[rows], kind="stable")]


def _moments(way: Way, length: Length, times: Floats, order: Order, gap_s: Floats | None = None) -> Moments:
    return Moments(way, length, order.astype(np.int32), times[order], None if gap_s is None else gap_s[order])


_KNOWN: WeakKeyDictionary[Playback, Itinerary] = WeakKeyDictionary()
"""Forgotten with the run, and not before: making one takes as long as many frames."""


def itinerary(playback: Playback) -> Itinerary:
    """The ways of a run."""
    known = _KNOWN.get(playback)
    if known is None:
        known = _KNOWN[playback] = Itinerary(playback)
    return known
