"""Swim lanes: for which part of each column of time a slot or a lock did what, and who had it.

What to watch: shares are added up exactly from all that was done. A stretch adds to the column in which it begins what
is left of that, and 1 to all further ones; its end takes the same away. So all are added up at once, however many
columns they cover.
"""

from dataclasses import dataclass, field, replace
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from simulator.plan.words import Outcome
from simulator.trace.availability import Away, Outages
from simulator.trace.outcomes import failed
from simulator.trace.playback.activity import Activities, Activity
from simulator.trace.playback.cache import BoundedCache
from simulator.trace.playback.lane_uses import LaneUses, Rows, Uses, Window, uses_of_lock, uses_of_pool
from simulator.trace.playback.place_map import PlaceMap
from simulator.trace.playback.segment_index import STRETCH_S, SegmentIndex
from simulator.trace.playback.segments import Segments

Floats = NDArray[np.float64]
Seen = tuple[Segments, Floats, NDArray[np.int32]]
"""What was done in the lanes in sight, until when, and in which of them."""

TOGETHER = 4
"""Windows of the same length that are cut into segments together: one is asked for after the other."""
ROWS_TOGETHER = 16384
"""Where there are more uses than this, each window is cut by itself."""
CUTS_KEPT = 4
LOOKED_AT = 4096
"""Uses that tell what lanes do all through a run."""
ROUNDING = 1e-9
"""Of a column: what ends where the next one begins is not in that."""
DIGITS = 9
"""Of shares: sums in another order must not look different."""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Resource:
    """A pool or a lock: when it was used by whom, and when it was not there."""

    number: int
    """Among the pools, or among the locks, of the plan."""
    lanes: int
    """Slots in all copies of the pool, or how many may have the lock."""
    uses: Uses
    away: Away
    cuts: BoundedCache[Window, Segments] = field(default_factory=lambda: BoundedCache(CUTS_KEPT))
    """Who used it in the windows that were last in sight, and around them."""


class LaneReader:
    """What was done in the lanes of one run."""

    def __init__(self, segment_index: SegmentIndex, place_map: PlaceMap, outages: Outages) -> None:
        """Who used what is looked for when it is first asked for."""
        self._index, self._map = segment_index, place_map
        known = segment_index, place_map, outages
        self._pools = {part.pool.name: cache(partial(_pool, *known, i)) for i, part in enumerate(place_map.held)}
        self._locks = {lock.name: cache(partial(_lock, *known, i)) for i, lock in enumerate(place_map.locks)}

    def shares(self, name: str, first_lane: int, count: int, span_s: tuple[float, float], columns: int) -> Floats:
        """[activities, lanes, columns] for which part of each column a lane did what; what ended there counts as 1.

        KeyError if the plan has no pool or lock of that name.
        """
        resource, window = self._window(name, first_lane, count, span_s, columns)
        (held, end, lane), fine, parts = self._seen(name, resource, window)
        shares, away = _added_up(held.activity, held.start, end, lane, fine), resource.away
        down = np.full(len(away.slot), Activity.DOWN, np.uint8)
        shares += _added_up(down, away.start, away.end, away.slot - window.first_lane, fine)
        shares = shares[:, :, parts // 2 :: parts]
        shares[Activity.IDLE] = np.maximum(1.0 - shares.sum(axis=0), 0.0)
        if name in self._pools:
            ends = np.zeros((window.lanes, window.columns), np.uint8)
            _mark_endings(ends, self._index, held, lane, window)
            for activity in (Activity.DROPPED, Activity.CRASHED):
                shares[activity] = ends == activity
        return shares

    def shares_together(
        self, name: str, first_lane: int, count: int, span_s: tuple[float, float], columns: int
    ) -> Floats:
        """[activities, columns] the same of many lanes at once: which part of their time they did what, all together.

        What ended there is not told.
        """
        resource, window = self._window(name, first_lane, count, span_s, columns)
        (held, end, _), fine, parts = self._seen(name, resource, window)
        one, away = replace(fine, first_lane=0, lanes=1), resource.away
        lane = np.zeros(len(held), np.int32)
        shares = _added_up(held.activity, held.start, end, lane, one, most=float(window.lanes))
        gone = np.flatnonzero((away.slot >= first_lane) & (away.slot < first_lane + window.lanes))
        down, lane = np.full(len(gone), Activity.DOWN, np.uint8), np.zeros(len(gone), np.int32)
        shares += _added_up(down, away.start[gone], away.end[gone], lane, one, most=float(window.lanes))
        together: Floats = shares[:, 0, parts // 2 :: parts] / max(window.lanes, 1)
        together[Activity.IDLE] = np.maximum(1.0 - together.sum(axis=0), 0.0)
        return together

    def _seen(self, name: str, resource: Resource, window: Window) -> tuple[Seen, Window, int]:
        """What was done there, in which finer columns, and how many of these a column has; its middle one counts."""
        parts = resource.uses.parts(window)
        fine = replace(window, columns=window.columns * parts)
        rows = None
        if parts > 1 or resource.uses.crowds(window):
            rows = resource.uses.sampled(fine, parts, failed(self._index.trace.outcome))
        find = _slots_in_sight if name in self._pools else _locks_in_sight
        return find(self._index, self._map, resource, fine, rows), fine, parts

    def spent(self, name: str, end_s: float) -> Floats:
        """[activities] for which part of their time the lanes of a pool or a lock did what, up to a moment.

        Of a long run every so-manieth use is looked at; DROPPED and CRASHED are how many of these ended so.
        """
        resource = self._resource(name)
        window = Window(first_lane=0, lanes=resource.lanes, start_s=0.0, end_s=end_s, columns=1)
        step = len(resource.uses) // LOOKED_AT + 1
        find = _slots_in_sight if name in self._pools else _locks_in_sight
        held, end, _ = find(self._index, self._map, resource, window, resource.uses.every(step))
        seconds = np.maximum(np.minimum(end, end_s) - held.start, 0.0)
        shares: Floats = float(step) * np.bincount(held.activity, seconds, len(Activity)).astype(np.float64)
        away = resource.away
        shares[Activity.DOWN] += np.maximum(np.minimum(away.end, end_s) - away.start, 0.0).sum()
        shares /= max(resource.lanes * end_s, np.finfo(np.float64).tiny)
        ended = _ended(self._index, held) if name in self._pools else np.empty(0, np.intp)
        crashed = np.count_nonzero(self._index.trace.outcome[held.request[ended]] == Outcome.CRASHED)
        shares[Activity.CRASHED], shares[Activity.DROPPED] = crashed, len(ended) - crashed
        return shares

    def uses(self, name: str, first_lane: int, count: int, span_s: tuple[float, float]) -> LaneUses:
        """Who had slots of a pool, or copies of a lock, and from when to when."""
        resource, window = self._window(name, first_lane, count, span_s, 1)
        return resource.uses.between(window)

    def _resource(self, name: str) -> Resource:
        return self._pools[name]() if name in self._pools else self._locks[name]()

    def _window(
        self, name: str, first_lane: int, count: int, span_s: tuple[float, float], columns: int
    ) -> tuple[Resource, Window]:
        resource = self._resource(name)
        lanes = min(count, resource.lanes - first_lane)
        return resource, Window(first_lane=first_lane, lanes=lanes, start_s=span_s[0], end_s=span_s[1], columns=columns)


def _pool(segment_index: SegmentIndex, place_map: PlaceMap, outages: Outages, number: int) -> Resource:
    uses, pool = uses_of_pool(segment_index, place_map, number), place_map.held[number].pool
    return Resource(number=number, lanes=pool.size * pool.processes, uses=uses, away=outages.pools[number])


def _lock(segment_index: SegmentIndex, place_map: PlaceMap, outages: Outages, number: int) -> Resource:
    uses, lock = uses_of_lock(segment_index, place_map, number), place_map.locks[number]
    return Resource(number=number, lanes=lock.units, uses=uses, away=outages.locks[number])


def _slots_in_sight(
    segment_index: SegmentIndex, place_map: PlaceMap, resource: Resource, window: Window, rows: Rows | None = None
) -> Seen:
    trace, pool = segment_index.trace, resource.number
    held = _in_sight(segment_index, resource, window, rows)
    held = held.take(place_map.of_pool[pool][held.place])
    lane = place_map.held[pool].slots(trace, held.request, held.place) - window.first_lane
    inside = (lane >= 0) & (lane < window.lanes)
    held, lane = held.take(inside), lane[inside]
    end = held.end
    if place_map.held[pool].pool.frees_when_client_leaves:
        gone = trace.outcome[held.request] == Outcome.GAVE_UP
        end = np.where(gone, np.fmin(end, trace.finished[held.request]), end)
    return held, end, lane


def _locks_in_sight(
    segment_index: SegmentIndex, place_map: PlaceMap, resource: Resource, window: Window, rows: Rows | None = None
) -> Seen:
    number, lock = resource.number, place_map.locks[resource.number]
    held = _in_sight(segment_index, resource, window, rows)
    held = held.take(place_map.has(number, held))
    lane = np.zeros(len(held), np.int32)
    if lock.units > lock.processes:
        lane = segment_index.units(lock).of(held.request, held.start)
    elif lock.processes > 1:
        lane = np.maximum(segment_index.trace.process[held.request], 0)
    lane = lane - window.first_lane
    inside = (lane >= 0) & (lane < window.lanes)
    held = held.take(inside)
    return held, held.end, lane[inside]


def _in_sight(segment_index: SegmentIndex, resource: Resource, window: Window, rows: Rows | None) -> Segments:
    """At least the segments that the window shows; of a short one perhaps everybody's. Or those of some requests."""
    if rows is not None:
        return segment_index.of_rows(rows, (window.start_s, window.end_s))
    if window.end_s - window.start_s <= STRETCH_S:
        known = segment_index.at_hand(window.start_s, window.end_s)
        if known is not None:
            return known
    for wide, cut in resource.cuts.items():
        if wide.contains(window):
            return cut
    wide = window.wider(TOGETHER)
    rows = resource.uses.few(wide, ROWS_TOGETHER)
    if rows is None:
        return segment_index.of_rows(resource.uses.rows(window), (window.start_s, window.end_s))
    cut = resource.cuts[wide] = segment_index.of_rows(rows, (wide.start_s, wide.end_s))
    return cut


def _added_up(
    activity: Activities, start: Floats, end: Floats, lane: NDArray[np.int32], window: Window, most: float = 1.0
) -> Floats:
    """[activities, lanes, columns]; lanes count from the first one in the window, and do at most so much at once."""
    width = window.columns + 2
    begin, stop = (np.clip(window.column(times), 0.0, window.columns) for times in (start, end))
    seen = np.flatnonzero((stop > begin) & (lane >= 0) & (lane < window.lanes))
    row = (activity[seen].astype(np.intp) * window.lanes + lane[seen]) * width
    change = np.zeros(len(Activity) * window.lanes * width)
    for edge, sign in ((begin[seen], 1.0), (stop[seen], -1.0)):
        whole = np.floor(edge)
        part, cell = edge - whole, row + whole.astype(np.intp)
        change += sign * np.bincount(cell, 1.0 - part, len(change))
        change += sign * np.bincount(cell + 1, part, len(change))
    shares = np.cumsum(change.reshape(len(Activity), window.lanes, width), axis=2)[:, :, : window.columns]
    return np.clip(np.round(shares, DIGITS), 0.0, most)


def _mark_endings(
    shown: Activities, segment_index: SegmentIndex, held: Segments, lane: NDArray[np.int32], window: Window
) -> None:
    """Where a client was lost while the slot was held for it."""
    trace = segment_index.trace
    here = _ended(segment_index, held)
    column = np.floor(window.column(trace.finished[held.request[here]]) - ROUNDING).astype(np.intp)
    visible = (column >= 0) & (column < window.columns)
    here, column = here[visible], column[visible]
    died = trace.outcome[held.request[here]] == Outcome.CRASHED
    shown[lane[here], column] = np.where(died, Activity.CRASHED, Activity.DROPPED).astype(np.uint8)


def _ended(segment_index: SegmentIndex, held: Segments) -> Rows:
    """The segments in which a client was lost."""
    trace = segment_index.trace
    over = trace.finished[held.request]
    return np.flatnonzero(failed(trace.outcome[held.request]) & (held.start < over) & (over <= held.end))
