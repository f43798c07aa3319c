"""The columns of lanes: which stretch of time each stands for, and what shows in it.

What to watch: columns lie on whole multiples of their duration, counted from the start of the run. As time goes on, the
newest column fills and then everything moves left by one; no other column ever changes. A column shows what took most
of its time, not the rarest thing in it: a worker that computes for 3 ms and waits for 30 ms must not look like one that
computes. What ends a request shows in any case.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.app.stage.activities import styles_of
from simulator.app.stage.grid import Styles
from simulator.app.stage.kept import kept
from simulator.app.stage.sight import ROUNDING, Sight
from simulator.app.stage.style import Style
from simulator.trace.playback import Activity, GroupKind, LaneGroup, Lanes

PARTS = 8
"""Looks at each column; what is seen in most of them is shown."""
PARTS_OF_LOCK = 32
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


def columns_of(sight: Sight, count: int) -> Columns:
    """The columns up to the moment."""
    return Columns(sight.newest - count + 1, count, sight.column_s, sight.t_s)


@dataclass(frozen=True, slots=True, eq=False)
class Painted:
    """Lanes as they are shown."""

    styles: Styles
    """[lanes, columns] TEXT where the run had not begun."""
    share: Floats
    """[lanes, columns] for how much of the column the lane was in use, from 0 to 1."""
    now: Lanes
    """Who has each lane at the moment."""


def painted(sight: Sight, group: LaneGroup, lanes: range, columns: Columns) -> Painted:
    """Some lanes of a group."""
    styles = np.full((len(lanes), columns.count), Style.TEXT, np.uint8)
    share = np.zeros((len(lanes), columns.count))
    parts = PARTS_OF_LOCK if group.kind is GroupKind.LOCK else PARTS
    for whole in _stretches(max(columns.first, 0), sight.newest):
        seen = np.s_[:, whole.start - columns.first : whole.stop - columns.first]
        styles[seen], share[seen] = _stretch(sight, group, lanes, whole, parts)
    part_s = columns.column_s / parts
    into_s = min(max(columns.t_s - columns.newest_s, part_s), max(columns.t_s, part_s))
    newest = sight.playback.lanes(group.name, lanes.start, len(lanes), (columns.t_s - into_s, columns.t_s), parts)
    looks = newest.activity[:, None, :]
    styles[:, -1:], share[:, -1:] = styles_of(dominant(looks)), _used(looks)
    _mark_deaths(styles, sight, group, lanes, columns)
    return Painted(styles, share, newest)


def _mark_deaths(styles: Styles, sight: Sight, group: LaneGroup, lanes: range, columns: Columns) -> None:
    """The column in which a process died; from the next one on, its lanes are down."""
    for each in sight.fittings.kills:
        column = columns.at(each.at)
        if not 0 <= column < columns.count:
            continue
        for row, lane in enumerate(lanes):
            if group.process(lane) == each.number and Style.DOWN in styles[row, column : column + 2]:
                styles[row, column] = Style.CRASHED


def _stretches(first: int, stop: int) -> Iterator[range]:
    """Columns from ``first`` up to ``stop``, cut at fixed places, so that most of them were needed before."""
    while first < stop:
        then = min(first - first % STRETCH + STRETCH, stop)
        yield range(first, then)
        first = then


def _stretch(sight: Sight, group: LaneGroup, lanes: range, whole: range, parts: int) -> tuple[Styles, Floats]:
    def worked_out() -> tuple[Styles, Floats]:
        span_s = whole.start * sight.column_s, whole.stop * sight.column_s
        shown = sight.playback.lanes(group.name, lanes.start, len(lanes), span_s, len(whole) * parts)
        looks = shown.activity.reshape(len(lanes), len(whole), parts)
        return styles_of(dominant(looks)), _used(looks)

    return kept(sight.playback, ("lanes", group.name, lanes, whole, sight.column_s), worked_out)


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
