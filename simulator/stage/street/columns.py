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
    over, last = taken_before(snapshot, group, lanes, columns), taken_now(snapshot, group, lanes, columns)
    most, computing = over.most.copy(), over.computing.copy()
    most[:, -1:], computing[:, -1:] = last.most, last.computing
    _mark_deaths(most, snapshot.inventory, group, lanes, columns)
    return _without_ends(Taken(most, computing, over.begun))


def taken_before(snapshot: Snapshot, group: LaneGroup, lanes: range, columns: Columns) -> Taken:
    """All but the newest column, which is left empty; as it will stay, but for the deaths of processes."""
    most = np.zeros((len(lanes), columns.count), np.uint8)
    computing = np.zeros((len(lanes), columns.count))
    for whole in stretches_of(max(columns.first, 0), columns.first + columns.count - 1):
        if whole.stop <= columns.first:
            continue
        hidden = max(columns.first - whole.start, 0)
        seen = np.s_[:, whole.start + hidden - columns.first : whole.stop - columns.first]
        known = _stretch(snapshot, group, lanes, whole)
        most[seen], computing[seen] = known[0][:, hidden:], known[1][:, hidden:]
    return _without_ends(Taken(most, computing, max(-columns.first, 0)))


def taken_now(snapshot: Snapshot, group: LaneGroup, lanes: range, columns: Columns) -> Taken:
    """The newest column alone: what was done for as long as a column lasts, up to the moment.

    So nothing flickers while a column begins; and when it is over, it is what it will stay.
    """
    end_s = max(columns.t_s, columns.column_s * NEWEST_PART)

    def shares(seconds: float) -> Floats:
        span_s = end_s - seconds, end_s
        return snapshot.playback.shares(group.name, lanes.start, len(lanes), span_s, 1)

    recent = shares(columns.column_s)
    most = most_of(recent)
    if (most >= Activity.DROPPED).any():  # it shows in the column in which it happened, and in no other
        most = most_of(shares(max(end_s - columns.newest_s, columns.column_s * NEWEST_PART)))
    most[_doing(snapshot, group, lanes) == Activity.DOWN] = Activity.DOWN  # from this very moment on
    return _without_ends(Taken(most, np.round(recent[Activity.COMPUTING], DIGITS), max(-columns.first, 0)))


def sees_deaths(snapshot: Snapshot, columns: Columns) -> bool:
    """Whether a process dies in the columns in sight: which lanes that concerns shows only in the column after it."""
    return any(0 <= columns.at(each.at) < columns.count for each in snapshot.inventory.kills)


_ENDS = np.isin(np.arange(len(Activity)), (Activity.DOWN, Activity.DROPPED, Activity.CRASHED))
"""What fills a column, whatever else was done in it."""


def _without_ends(what: Taken) -> Taken:
    what.computing[_ENDS[what.most]] = 0.0
    return what


def _doing(snapshot: Snapshot, group: LaneGroup, lanes: range) -> Shown:
    now = snapshot.now
    entry = now.pool(group.name) if group.kind is GroupKind.SLOTS else now.lock(group.name)
    return entry.activity[lanes.start : lanes.stop]


def stretches_of(first: int, stop: int) -> Iterator[range]:
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
        return most_of(shares), np.round(shares[Activity.COMPUTING], DIGITS)

    return kept(snapshot.playback, ("taken", group.name, lanes, whole, snapshot.column_s), worked_out)


def most_of(shares: Floats) -> Shown:
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
