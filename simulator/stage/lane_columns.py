"""The columns of lanes: which stretch of time each stands for, where they lie in a row, and what shows in them.

What to watch: columns lie on whole multiples of their duration, counted from the start of the run. As time goes on, the
newest column fills and then everything moves left by one; no other column ever changes. A column shows what took most
of its time, not the rarest thing in it: a worker that computes for 3 ms and waits for 30 ms must not look like one that
computes. What ends a request shows in any case.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Gil
from simulator.stage.activities import styles_of
from simulator.stage.cache import kept
from simulator.stage.canvas.grid import Styles
from simulator.stage.canvas.style import Style
from simulator.stage.snapshot import ROUNDING, Snapshot
from simulator.trace.playback import Activity, GroupKind, LaneGroup, Lanes
from simulator.trace.playback.activity import FOR_LOCK

PARTS = 8
"""Looks at each column; what is seen in most of them is shown."""
PARTS_OF_LOCK = 32
PARTS_UNDER_GIL = 16
"""Of a column of 50 ms one is shorter than the 5 ms for which a thread keeps the GIL."""
STRETCH = 16
"""Columns that are worked out together."""
ENDS = (Activity.DROPPED, Activity.CRASHED)

Floats = NDArray[np.float64]
Looks = NDArray[np.uint8]
"""[lanes, columns, parts] activities."""


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

    def middle(self, column: int) -> float:
        """A moment of that column, not later than now."""
        return min(max((self.first + column + 0.5) * self.column_s, 0.0), self.t_s)


def columns_of(snapshot: Snapshot, count: int) -> Columns:
    """The columns up to the moment."""
    return Columns(snapshot.newest - count + 1, count, snapshot.column_s, snapshot.t_s)


@dataclass(frozen=True, slots=True, eq=False)
class Painted:
    """Lanes as they are shown."""

    styles: Styles
    """[lanes, columns] TEXT where the run had not begun."""
    share: Floats
    """[lanes, columns] for how much of the column the lane was in use, from 0 to 1."""
    now: Lanes
    """Who has each lane at the moment."""


def painted(snapshot: Snapshot, group: LaneGroup, lanes: range, columns: Columns) -> Painted:
    """Some lanes of a group."""
    styles = np.full((len(lanes), columns.count), Style.TEXT, np.uint8)
    share = np.zeros((len(lanes), columns.count))
    parts = _parts(snapshot, group)
    for whole in _stretches(max(columns.first, 0), snapshot.newest):
        if whole.stop <= columns.first:
            continue
        hidden = max(columns.first - whole.start, 0)
        seen = np.s_[:, whole.start + hidden - columns.first : whole.stop - columns.first]
        shown, used = _stretch(snapshot, group, lanes, whole, parts)
        styles[seen], share[seen] = shown[:, hidden:], used[:, hidden:]
    part_s = columns.column_s / parts
    into_s = min(max(columns.t_s - columns.newest_s, part_s), max(columns.t_s, part_s))
    newest = snapshot.playback.lanes(group.name, lanes.start, len(lanes), (columns.t_s - into_s, columns.t_s), parts)
    looks = newest.activity[:, None, :]
    styles[:, -1:], share[:, -1:] = styles_of(_shown(snapshot, group, lanes, looks)), _used(looks)
    styles[newest.doing == Activity.DOWN, -1] = Style.DOWN  # from this very moment on: the column may show what was
    _mark_deaths(styles, snapshot, group, lanes, columns)
    return Painted(styles, share, newest)


def _mark_deaths(styles: Styles, snapshot: Snapshot, group: LaneGroup, lanes: range, columns: Columns) -> None:
    """The column in which a process died; from the next one on, its lanes are down."""
    for each in snapshot.inventory.kills:
        column = columns.at(each.at)
        if not 0 <= column < columns.count:
            continue
        for row, lane in enumerate(lanes):
            if group.process(lane) == each.number and Style.DOWN in styles[row, column : column + 2]:
                styles[row, column] = Style.CRASHED


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


def _stretch(snapshot: Snapshot, group: LaneGroup, lanes: range, whole: range, parts: int) -> tuple[Styles, Floats]:
    def worked_out() -> tuple[Styles, Floats]:
        span_s = whole.start * snapshot.column_s, whole.stop * snapshot.column_s
        shown = snapshot.playback.painted(group.name, lanes.start, len(lanes), span_s, len(whole) * parts)
        looks = shown.reshape(len(lanes), len(whole), parts)
        return styles_of(_shown(snapshot, group, lanes, looks)), _used(looks)

    return kept(snapshot.playback, ("lanes", group.name, lanes, whole, snapshot.column_s), worked_out)


def _parts(snapshot: Snapshot, group: LaneGroup) -> int:
    if group.kind is GroupKind.LOCK:
        return PARTS_OF_LOCK
    return PARTS_UNDER_GIL if _under_gil(snapshot) else PARTS


def _under_gil(snapshot: Snapshot) -> bool:
    return any(isinstance(lock, Gil) for lock in snapshot.inventory.locks)


def _shown(snapshot: Snapshot, group: LaneGroup, lanes: range, looks: Looks) -> NDArray[np.uint8]:
    shown = dominant(looks)
    if group.kind is GroupKind.SLOTS and _under_gil(snapshot):
        give_to_holders(shown, looks, np.array([group.process(lane) for lane in lanes]))
    return shown


def give_to_holders(shown: NDArray[np.uint8], looks: Looks, process: NDArray[np.intp]) -> None:
    """Where all lanes of a process show that they wait for the GIL, the one that computed most shows that.

    Of many threads each has the GIL for a small part of a column; but nobody ever waits for a GIL that nobody has.
    """
    computed = np.count_nonzero(looks == Activity.COMPUTING, axis=2) * FOR_LOCK[shown]
    for each in range(int(process.min()), int(process.max()) + 1):  # lanes in sight are neighbours
        rows = np.flatnonzero(process == each)
        idle = ~(shown[rows] == Activity.COMPUTING).any(axis=0)
        columns = np.flatnonzero(idle & (computed[rows].max(axis=0) > 0))
        shown[rows[computed[rows].argmax(axis=0)[columns]], columns] = Activity.COMPUTING


def dominant(looks: Looks) -> NDArray[np.uint8]:
    """[lanes, columns] what took most of the time: idle if that was more than half, else the longest of the others."""
    best = np.zeros(looks.shape[:2], np.uint8)
    most = np.ones(looks.shape[:2], np.intp)
    for activity in np.flatnonzero(np.bincount(looks.ravel())).tolist():  # of two equal ones the higher-ranking one
        if activity == Activity.IDLE:
            continue
        count = np.count_nonzero(looks == activity, axis=2)
        wins = count >= most
        best[wins], most[wins] = activity, count[wins]
    idle = np.count_nonzero(looks == Activity.IDLE, axis=2)
    best[idle * 2 > looks.shape[2]] = Activity.IDLE
    for end in ENDS:
        best[(looks == end).any(axis=2)] = end
    return best


def _used(looks: Looks) -> Floats:
    used: Floats = np.count_nonzero(looks, axis=2) / looks.shape[2]
    return used
