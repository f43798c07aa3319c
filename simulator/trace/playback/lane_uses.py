"""Finding the requests that had some slots or locks during a stretch of time, however many others only wait.

What to watch: in an overloaded run a hundred thousand requests are in the system at any time, and a handful of them
holds something. So the uses of a resource are kept by themselves.
"""

from dataclasses import dataclass, replace
from math import floor

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Loop
from simulator.trace.holding import holdings
from simulator.trace.intervals import BlockIndex
from simulator.trace.playback.place_map import PlaceMap
from simulator.trace.playback.segment_index import SegmentIndex

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

ROUNDING = 1e-9
ROWS_IN_SIGHT = 100_000
"""Where a window shows more uses than this, shares are those of the middle part of each column."""
PARTED_FROM = 4000
"""From so many uses in an average column on, shares are those of a part of each: there are still thousands in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The part of a group that is in sight."""

    first_lane: int
    lanes: int
    start_s: float
    end_s: float
    columns: int

    @property
    def column_s(self) -> float:
        """Seconds that a column stands for."""
        return (self.end_s - self.start_s) / self.columns

    def contains(self, other: "Window") -> bool:
        """Whether it shows all that another one shows."""
        lanes = self.first_lane <= other.first_lane and other.first_lane + other.lanes <= self.first_lane + self.lanes
        return lanes and self.start_s <= other.start_s and other.end_s <= self.end_s

    def wider(self, times: int) -> "Window":
        """A window around it, about so many times as long; neighbours that are as long as this one have the same."""
        length_s = (self.end_s - self.start_s) * times
        start_s = floor(self.start_s / length_s + ROUNDING) * length_s
        end_s = max(start_s + length_s, self.end_s)
        return replace(self, start_s=min(start_s, self.start_s), end_s=end_s, columns=self.columns * times)

    def column(self, times: Floats) -> Floats:
        """Where moments lie, counted in columns from the left edge."""
        return (times - self.start_s) / self.column_s


@dataclass(frozen=True, eq=False, slots=True)
class LaneUses:
    """Who used the lanes of a window, each use from when to when; in order of their beginnings."""

    request: NDArray[np.int32]
    lane: NDArray[np.int32]
    """Counted through the whole group."""
    start_s: Floats
    end_s: Floats

    def __len__(self) -> int:
        return len(self.request)


class Uses:
    """Uses of one resource by requests, each from when to when."""

    def __init__(self, rows: Rows, lane: NDArray[np.int32], start: Floats, end: Floats) -> None:
        """In any order; the lane is the slot of a pool, or the copy of a lock."""
        self._rows, self._lane, self._start, self._end = rows, lane, start, end
        self._by_time = BlockIndex(start, end)

    def between(self, window: Window) -> LaneUses:
        """The uses that a window shows."""
        seen = self._seen(window)
        seen = seen[np.argsort(self._start[seen], kind="stable")]
        return LaneUses(self._rows[seen].astype(np.int32), self._lane[seen], self._start[seen], self._end[seen])

    def few(self, window: Window, most: int) -> Rows | None:
        """The requests whose uses a window shows, in ascending order; None where these are more uses than so many."""
        seen = self._seen(window)
        return _distinct(self._rows[seen]) if len(seen) <= most else None

    def parts(self, window: Window) -> int:
        """Into how many parts to cut columns of this length, so that one part of each shows few enough uses.

        It is the same all through the run, so that a column looks the same in every window.
        """
        if not len(self._rows):
            return 1
        seconds = max(float(self._end.max() - self._start.min()), window.column_s)
        return int(len(self._rows) * window.column_s / seconds) // PARTED_FROM + 1

    def crowds(self, window: Window) -> bool:
        """Whether a window shows too many uses to look at each."""
        return len(self._seen(window)) > ROWS_IN_SIGHT

    def sampled(self, fine: Window, parts: int, also: NDArray[np.bool_]) -> Rows:
        """The requests that the middle part of every column shows, and those of some others that any part shows."""
        seen = self._seen(fine)
        first = np.floor(fine.column(self._start[seen]))
        middle = first + (parts // 2 - first) % parts  # the first that it could show in
        rows = self._rows[seen]
        return _distinct(rows[(middle < fine.column(self._end[seen])) | also[rows]])

    def every(self, step: int) -> Rows:
        """The requests of every so-manieth use."""
        return _distinct(self._rows[::step])

    def __len__(self) -> int:
        return len(self._rows)

    def rows(self, window: Window) -> Rows:
        """The requests whose uses a window shows, in ascending order."""
        return _distinct(self._rows[self._seen(window)])

    def _seen(self, window: Window) -> Rows:
        near = self._by_time.near(window.start_s, window.end_s)
        lane, start, end = self._lane[near], self._start[near], self._end[near]
        seen = (start < window.end_s) & (end > window.start_s)
        seen &= (lane >= window.first_lane) & (lane < window.first_lane + window.lanes)
        inside: Rows = near[seen]
        return inside


def _distinct(rows: Rows) -> Rows:
    """As ``numpy.unique``, which would first load all of numpy.ma: a fiftieth of the time to the first picture."""
    rows = np.sort(rows)
    distinct: Rows = rows[np.append(True, rows[1:] != rows[:-1])[: len(rows)]]
    return distinct


def uses_of_pool(segment_index: SegmentIndex, place_map: PlaceMap, number: int) -> Uses:
    """Who held the slots of a pool."""
    held = holdings(segment_index.trace, place_map.held[number])
    return Uses(held.rows, held.slot, held.start, np.fmin(held.end, segment_index.life_end[held.rows]))


def uses_of_lock(segment_index: SegmentIndex, place_map: PlaceMap, number: int) -> Uses:
    """Who had a lock, as far as that is known: threads take turns at a GIL from when they ask for it to the end."""
    lock = place_map.locks[number]
    if lock.units > lock.processes:
        known = segment_index.units(lock)
        return Uses(known.request, known.unit, known.start, known.end)
    turns = segment_index.turns(lock)
    starts = [turn.granted if isinstance(lock, Loop) else turn.asked for turn in turns]
    return Uses(
        np.concatenate([turn.rows for turn in turns] or [np.empty(0, np.intp)]),
        np.concatenate([turn.copy for turn in turns] or [np.empty(0, np.int32)]),
        np.concatenate(starts or [np.empty(0)]),
        np.concatenate([turn.ended for turn in turns] or [np.empty(0)]),
    )
