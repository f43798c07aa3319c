"""Which hold of a lock each column of the tapes belongs to, and where the lock changes hands.

What to watch: a column belongs to one hold, the one that had most of it; so of the lanes under one lock at most one is
drawn as computing in any column, however the columns lie.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from simulator.stage.street.columns import Columns
from simulator.trace.playback.lock_holds import LockHolds

MOST_HAND_OVERS = 2
"""In a column; one with more of them shows shares."""
LEAST_S = 1e-3
"""Of a column: the newest one is looked at for at least so long."""


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of columns in which one hold has most of the time."""

    first: int
    stop: int
    lane: int
    """Counted through the pools that make lanes; -1: a thread that has none."""
    request: int
    hold: int
    """Index into the holds in sight."""


@dataclass(frozen=True, slots=True, eq=False)
class Owners:
    """Which hold each column belongs to."""

    holds: LockHolds
    """Those in sight."""
    owner: NDArray[np.intp]
    """[columns] index into ``holds``; -1: nobody had it."""
    share: NDArray[np.float64]
    """[columns] for how much of the column anybody had it."""
    hand_overs: tuple[tuple[int, int, int], ...]
    """Column, and the lanes from and to which the baton went."""
    crowded: NDArray[np.bool_]
    """[columns] with more hand-overs than can be drawn."""

    @property
    def lane(self) -> NDArray[np.intp]:
        """[columns] the lane of the owner; -1: nobody, or a thread that has none."""
        return np.append(self.holds.lane, -1)[self.owner].astype(np.intp)

    @property
    def other(self) -> NDArray[np.bool_]:
        """[columns] whether it has the other shade, because the hold before it touches it in the same lane."""
        lane, owner = self.lane, self.owner
        next_to = np.append(False, (owner[1:] != owner[:-1]) & (lane[1:] == lane[:-1]))
        count = np.cumsum(next_to)
        from_here = np.append(True, lane[1:] != lane[:-1])
        odd: NDArray[np.bool_] = (count - np.maximum.accumulate(np.where(from_here, count, 0))) % 2 == 1
        return odd

    def blocks(self, *, least: int = 1, least_s: float = 0.0) -> Iterator[Block]:
        """From left to right, at least so wide; of holds that are at least so long, or else not in crowded columns."""
        owner = np.where(self.crowded, -1, self.owner)
        if least_s:
            long = np.append(self.holds.end - self.holds.start >= least_s, False)
            owner = np.where(long[self.owner], self.owner, -1)
        cuts = [0, *(np.flatnonzero(owner[1:] != owner[:-1]) + 1).tolist(), len(owner)]
        for first, stop in pairwise(cuts):
            if stop - first >= least and owner[first] >= 0:
                hold = int(owner[first])
                yield Block(first, stop, int(self.holds.lane[hold]), int(self.holds.request[hold]), hold)


def owners(holds: LockHolds, columns: Columns) -> Owners:
    """The holds of one copy of the GIL on some columns; a hold that ends later counts up to the moment."""
    now_s = max(columns.t_s, columns.newest_s + LEAST_S * columns.column_s)
    seen = holds.within(max(columns.start_s, 0.0), now_s)
    start, end = np.maximum(seen.start, columns.start_s), np.minimum(seen.end, now_s)
    owner, share = np.full(columns.count, -1, np.intp), np.zeros(columns.count)
    edges = (columns.first + np.arange(columns.count + 1)) * columns.column_s
    cuts = np.sort(np.concatenate((np.minimum(edges, now_s), start, end)))
    seconds, middle = np.diff(cuts), (cuts[1:] + cuts[:-1]) / 2.0
    hold = start.searchsorted(middle, "right") - 1
    some = np.flatnonzero((hold >= 0) & (seconds > 0.0) & (len(end) > 0))
    some = some[middle[some] < end[hold[some]]]
    column = np.minimum(edges.searchsorted(middle[some], "right") - 1, columns.count - 1)
    order = np.lexsort((seconds[some], column))
    owner[column[order]] = hold[some][order]  # of several the last, who had it longest
    long_s = np.full(columns.count, columns.column_s)
    long_s[-1] = now_s - columns.newest_s
    share += np.bincount(column, seconds[some], minlength=columns.count) / long_s
    if len(seen) and seen.end[-1] > columns.t_s >= seen.start[-1]:
        owner[-1] = len(seen) - 1  # whoever has it at this moment
    over = seen.handed_over()
    at = columns.of(seen.start[over])
    inside = (at >= 0) & (at < columns.count) & (seen.start[over] <= columns.t_s)
    at, over = at[inside], over[inside]
    crowded = np.bincount(at, minlength=columns.count) > MOST_HAND_OVERS
    pairs = zip(at.tolist(), seen.lane[over - 1].tolist(), seen.lane[over].tolist(), strict=True)
    changes = tuple((c, a, b) for c, a, b in pairs if a != b and a >= 0 and b >= 0 and not crowded[c])
    return Owners(seen, owner, np.minimum(share, 1.0), changes, crowded)
