"""What took the columns of the tapes: how much of each a lane computed, and what took most of the rest.

What to watch: columns lie on whole multiples of their duration, counted from the start of the run. As time goes on, the
newest column fills and then everything moves left by one; no other column ever changes. The shares are exact, however
short what was done: 3 ms of computing are 3 ms, in columns of 5 ms as in columns of 50 ms.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.stage.cache import kept
from simulator.stage.inventory import Inventory
from simulator.stage.snapshot import ROUNDING, Snapshot
from simulator.trace.playback import Activity, GroupKind, LaneGroup

STRETCH = 16
"""Columns that are worked out together."""
DIGITS = 6
"""Of shares: sums in another order must not look different."""
WHOLE = 0.97
"""Who computes for so much of a column does nothing else."""
NEWEST_PART = 1 / 16
"""Of a column: the newest one shows at least so much, even in the moment when it begins."""

Floats = NDArray[np.float64]
Shown = NDArray[np.uint8]
"""[lanes, columns] an ``Activity`` each."""


@dataclass(frozen=True, slots=True)
class Columns:
    """So many columns, the last of them with the moment in it."""

    first: int
    """The number of the column at the left edge; negative before the run."""
    count: int
    column_s: float
    t_s: float

    @property
    def start_s(self) -> float:
        """The left edge."""
        return self.first * self.column_s

    @property
    def newest_s(self) -> float:
        """Where the newest column begins."""
        return (self.first + self.count - 1) * self.column_s

    def at(self, t_s: float) -> int:
        """The column of a moment, from 0 at the left edge; outside of 0 to ``count`` it is not in sight."""
        return int(np.floor(t_s / self.column_s + ROUNDING)) - self.first

    def of(self, times_s: Floats) -> NDArray[np.intp]:
        """The columns of many moments."""
        return np.floor(times_s / self.column_s + ROUNDING).astype(np.intp) - self.first

    def middle(self, column: int) -> float:
        """A moment of that column, not later than now."""
        return min(max((self.first + column + 0.5) * self.column_s, 0.0), self.t_s)


def columns_of(snapshot: Snapshot, count: int) -> Columns:
    """The columns up to the moment."""
    return Columns(snapshot.newest - count + 1, count, snapshot.column_s, snapshot.t_s)


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """What took the columns of some lanes."""

    most: Shown
    """What took most of the time beside computing; COMPUTING where hardly anything else was done."""
    computing: Floats
    """[lanes, columns] for which part of it the lane computed, from 0 to 1."""
    begun: int
    """The first column of the run; what lies before it has no meaning."""


def taken(snapshot: Snapshot, group: LaneGroup, lanes: range, columns: Columns) -> Taken:
    """What took the columns of some lanes of a group."""
    most = np.zeros((len(lanes), columns.count), np.uint8)
    computing = np.zeros((len(lanes), columns.count))
    for whole in _stretches(max(columns.first, 0), snapshot.newest):
        if whole.stop <= columns.first:
            continue
        hidden = max(columns.first - whole.start, 0)
        seen = np.s_[:, whole.start + hidden - columns.first : whole.stop - columns.first]
        known = _stretch(snapshot, group, lanes, whole)
        most[seen], computing[seen] = known[0][:, hidden:], known[1][:, hidden:]
    most[:, -1], computing[:, -1] = _newest(snapshot, group, lanes, columns)
    down = _doing(snapshot, group, lanes) == Activity.DOWN
    most[down, -1] = Activity.DOWN  # from this very moment on: the column may show what was
    _mark_deaths(most, snapshot.inventory, group, lanes, columns)
    computing[np.isin(most, _ENDS)] = 0.0
    return Taken(most, computing, max(-columns.first, 0))


def _newest(snapshot: Snapshot, group: LaneGroup, lanes: range, columns: Columns) -> tuple[Shown, Floats]:
    """The column with the moment in it: what took most of it so far, and the computing of one column's length.

    So a bar does not jump up and down while columns begin; and when this one is over, it is what it will stay.
    """
    column_s = columns.column_s
    end_s = max(columns.t_s, column_s * NEWEST_PART)

    def shares(seconds: float) -> Floats:
        span_s = end_s - seconds, end_s
        return snapshot.playback.shares(group.name, lanes.start, len(lanes), span_s, 1)

    so_far, recent = shares(max(end_s - columns.newest_s, column_s * NEWEST_PART)), shares(column_s)
    most = _most(so_far)[:, 0]
    most = np.where((most == Activity.COMPUTING) & (_most(recent)[:, 0] < Activity.DOWN), _most(recent)[:, 0], most)
    return most, np.round(recent[Activity.COMPUTING, :, 0], DIGITS)


_ENDS = (Activity.DOWN, Activity.DROPPED, Activity.CRASHED)
"""What fills a column, whatever else was done in it."""


def _doing(snapshot: Snapshot, group: LaneGroup, lanes: range) -> Shown:
    now = snapshot.now
    entry = now.pool(group.name) if group.kind is GroupKind.SLOTS else now.lock(group.name)
    return entry.activity[lanes.start : lanes.stop]


def _stretches(first: int, stop: int) -> Iterator[range]:
    """Columns from ``first`` (or somewhat before) up to ``stop``, cut at fixed places, so that most were needed before.

    After the last whole stretch come a half, a quarter and so on: a new column adds one piece, and keeps the others.
    """
    at, size = first - first % STRETCH, STRETCH
    while at < stop:
        if at + size <= stop:
            yield range(at, at + size)
            at += size
        else:
            size //= 2


def _stretch(snapshot: Snapshot, group: LaneGroup, lanes: range, whole: range) -> tuple[Shown, Floats]:
    def worked_out() -> tuple[Shown, Floats]:
        span_s = whole.start * snapshot.column_s, whole.stop * snapshot.column_s
        shares = snapshot.playback.shares(group.name, lanes.start, len(lanes), span_s, len(whole))
        return _most(shares), np.round(shares[Activity.COMPUTING], DIGITS)

    return kept(snapshot.playback, ("taken", group.name, lanes, whole, snapshot.column_s), worked_out)


def _most(shares: Floats) -> Shown:
    """[lanes, columns] from [activities, lanes, columns]; of two equal ones the higher-ranking one."""
    others = np.round(shares, DIGITS)
    others[Activity.COMPUTING] = 0.0
    most = len(others) - 1 - others[::-1].argmax(axis=0)
    alone = (shares[Activity.COMPUTING] >= WHOLE) & (most < Activity.DROPPED) | (others.max(axis=0) <= 0.0)
    return np.where(alone, Activity.COMPUTING, most).astype(np.uint8)


def _mark_deaths(most: Shown, inventory: Inventory, group: LaneGroup, lanes: range, columns: Columns) -> None:
    """The column in which a process died; from the next one on, its lanes are down."""
    for each in inventory.kills:
        column = columns.at(each.at)
        if not 0 <= column < columns.count:
            continue
        for row, lane in enumerate(lanes):
            if group.process(lane) == each.number and Activity.DOWN in most[row, column : column + 2]:
                most[row, column] = Activity.CRASHED
