"""Finding the requests that had some slots or locks during a stretch of time, however many others only wait.

What to watch: in an overloaded run a hundred thousand requests are in the system at any time, and a handful of them
holds something. So the uses of a resource are kept in order of time by themselves.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Loop
from simulator.trace.holding import holdings
from simulator.trace.playback.blocking import turns_at
from simulator.trace.playback.ledger import Ledger
from simulator.trace.playback.sites import Sites

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

ROWS_IN_SIGHT = 100_000
"""Where a window shows more uses than this, only those are looked at that are under way at the end of a column."""


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

    def column(self, times: Floats) -> Floats:
        """Where moments lie, counted in columns from the left edge."""
        return (times - self.start_s) / self.column_s


class Uses:
    """Uses of one resource by requests, each from when to when."""

    def __init__(self, rows: Rows, lane: NDArray[np.int32], start: Floats, end: Floats) -> None:
        """In any order; the lane is the slot of a pool, or the copy of a lock."""
        order = np.argsort(start, kind="stable")
        self._rows, self._lane, self._start, self._end = rows[order], lane[order], start[order], end[order]
        self._reach = np.maximum.accumulate(self._end)

    def rows(self, window: Window) -> Rows:
        """The requests whose uses a window shows, in ascending order."""
        first = int(self._reach.searchsorted(window.start_s, "right"))
        last = max(int(self._start.searchsorted(window.end_s, "left")), first)
        lane, start, end = self._lane[first:last], self._start[first:last], self._end[first:last]
        seen = (end > window.start_s) & (lane >= window.first_lane) & (lane < window.first_lane + window.lanes)
        if np.count_nonzero(seen) > ROWS_IN_SIGHT:
            seen &= np.ceil(window.column(end)) > np.floor(window.column(start)) + 1.0
        found: Rows = np.unique(self._rows[first:last][seen])
        return found


def uses_of_pool(ledger: Ledger, sites: Sites, number: int) -> Uses:
    """Who held the slots of a pool."""
    held = holdings(ledger.trace, sites.held[number])
    return Uses(held.rows, held.slot, held.start, np.fmin(held.end, ledger.life_end[held.rows]))


def uses_of_lock(ledger: Ledger, sites: Sites, number: int) -> Uses:
    """Who had a lock, as far as that is known: threads take turns at a GIL from when they ask for it to the end."""
    turns = list(turns_at(ledger.trace, sites, number))
    starts = [turn.granted if isinstance(sites.locks[number], Loop) else turn.asked for turn in turns]
    return Uses(
        np.concatenate([turn.rows for turn in turns] or [np.empty(0, np.intp)]),
        np.concatenate([turn.copy for turn in turns] or [np.empty(0, np.int32)]),
        np.concatenate(starts or [np.empty(0)]),
        np.concatenate([turn.ended for turn in turns] or [np.empty(0)]),
    )
