"""Counting how many there are, part by part in order of time: what is over becomes figures, only what goes on is kept.

What to watch: nothing is merged to find a maximum. Where the moments of coming and of going are sorted, each by
themselves, there are ``k`` from the k-th coming on, until one has gone whom no later coming makes up for. So every
question is a comparison of the two columns, one of them moved by k.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.trace.intervals import StepFunction, concurrency

Floats = NDArray[np.float64]


class Changes:
    """What happens to a count between two moments, in seconds."""

    __slots__ = ("before", "begin", "down", "end", "up")

    def __init__(self, begin: float, end: float, before: int, up: Floats, down: Floats) -> None:
        """``before`` are there at the beginning; ``up``: when one more comes, ``down``: when one goes, both sorted."""
        self.begin, self.end = begin, end
        self.before, self.up, self.down = before, up, down

    def highest(self, known: int = 0) -> int:
        """The most that are there for any time at all; ``known`` if they are not more."""
        low, high = known, self.before + len(self.up)
        while low < high:
            middle = low + 1 if low == known else (low + high + 1) // 2  # a new maximum is rare
            came, gone = self._paired(middle)
            low, high = (middle, high) if (gone > came).any() else (low, middle - 1)
        return low

    def stretches(self, number: int) -> tuple[Floats, Floats]:
        """From when to when at least ``number`` are there, in order of time; some of them touch."""
        came, gone = self._paired(number)
        start = np.maximum(came, np.concatenate(([self.begin], gone))[: len(came)])
        longer = gone > start
        return start[longer], gone[longer]

    def _paired(self, number: int) -> tuple[Floats, Floats]:
        """Every coming that may make it ``number``, and until when it does if nobody comes afterwards."""
        came = self.up[max(number - 1 - self.before, 0) :]
        if self.before >= number:
            came = np.concatenate(([self.begin], came))
        first = max(self.before - number, 0)
        gone = self.down[first : first + len(came)]
        return came, np.concatenate((gone, np.full(len(came) - len(gone), self.end)))

    def merged(self) -> "Changes":
        """Whether anybody is there, as a count. A going and a coming at the same moment leave it as it is."""
        emptied = np.full(len(self.up), np.inf)  # when all who had come before were gone; never: somebody still is
        first = 0 if self.before else 1
        emptied[:first] = -np.inf
        known = self.down[max(self.before - 1, 0) :][: max(len(self.up) - first, 0)]
        emptied[first : first + len(known)] = known
        opens = emptied < self.up
        closes = emptied[opens]
        if len(self.up) and not self.before:
            closes = closes[1:]
        if len(self.down) and len(self.down) == self.before + len(self.up):
            closes = np.append(closes, self.down[-1])
        return Changes(self.begin, self.end, min(self.before, 1), self.up[opens], closes)

    def limited(self, number: int) -> "Changes":
        """How many of them are there at most ``number`` of."""
        at, change = np.concatenate((self.up, self.down)), np.repeat((1, -1), (len(self.up), len(self.down)))
        order = np.lexsort((-change, at))  # at one moment first who comes: then it stays as it is where all are taken
        counts = np.minimum(self.before + np.cumsum(change[order]), number)
        change, at = np.diff(counts, prepend=min(self.before, number)), at[order]
        return Changes(self.begin, self.end, min(self.before, number), at[change > 0], at[change < 0])

    def seconds(self) -> float:
        """The count times the time that it lasts."""
        return float(self.before * (self.end - self.begin) + (self.end - self.up).sum() - (self.end - self.down).sum())

    def seconds_within(self, starts: Floats, ends: Floats) -> float:
        """The same within some stretches of this part, given in order of time."""
        if not len(starts):
            return 0.0
        edges = np.stack((starts, ends), axis=1).reshape(-1)
        passed = np.concatenate(([0.0], np.cumsum(ends - starts))).repeat(2)[1:-1]
        left_up, left_down = (passed[-1] - np.interp(moments, edges, passed) for moments in (self.up, self.down))
        return float(self.before * passed[-1] + left_up.sum() - left_down.sum())

    def step_function(self) -> StepFunction:
        """The count from the beginning of this part on."""
        found = concurrency(self.up, self.down)
        at, height = np.append(self.begin, found.at), np.append(0.0, found.height)
        distinct = np.append(at[1:] > at[:-1], True)
        return StepFunction(at[distinct], height[distinct] + self.before)

    def without(self, other: "Changes") -> "Changes":
        """How many more there are than of another count in the same part."""
        return total([self, Changes(other.begin, other.end, -other.before, other.down, other.up)])


def joined(parts: Sequence[Changes]) -> StepFunction:
    """The count over all parts of a run."""
    functions = [part.step_function() for part in parts] or [StepFunction(np.empty(0), np.empty(0))]
    return StepFunction(
        np.concatenate([each.at for each in functions]), np.concatenate([each.height for each in functions])
    )


def total(summands: Iterable[Changes]) -> Changes:
    """The sum of at least one count in the same part."""
    counts = list(summands)
    if len(counts) == 1:
        return counts[0]
    up, down = (np.sort(np.concatenate(columns)) for columns in zip(*((c.up, c.down) for c in counts), strict=True))
    return Changes(counts[0].begin, counts[0].end, sum(c.before for c in counts), up, down)


class RunningCount:
    """Follows one count through a run. Intervals are added in any order; a part can be settled when none is missing."""

    def __init__(self) -> None:
        """Nobody is there."""
        self._count = 0
        self._up, self._down = _Moments(), _Moments()

    def add(self, starts: Floats, ends: Floats) -> None:
        """Somebody is there during each of some intervals, which begin in no part that is settled."""
        self._up.add(starts)
        self._down.add(ends)

    def settle(self, begin: float, end: float, *, last: bool) -> Changes:
        """What happens from ``begin`` until just before ``end``; in the last part at ``end`` too."""
        before = np.inf if last else end
        up, down = self._up.taken(before), self._down.taken(before)
        changes = Changes(begin, end, self._count, up, down)
        self._count += len(up) - len(down)
        return changes


class _Moments:
    """Moments that come in any order and are taken in order of time."""

    def __init__(self) -> None:
        self._new: list[Floats] = []
        self._later: list[Floats] = []
        """Each sorted: those that are far away are not looked at again and again."""

    def add(self, moments: Floats) -> None:
        self._new.append(moments)

    def taken(self, before: float) -> Floats:
        """All that are before a moment, sorted; they are not kept."""
        found, kept = [], []
        for moments in self._later:
            number = int(moments.searchsorted(before))
            found.append(moments[:number])
            kept.append(moments[number:].copy() if number else moments)
        for moments in self._new:
            now = moments < before
            found.append(moments[now])
            kept.append(np.sort(moments[~now]))
        self._new, self._later = [], [moments for moments in kept if len(moments)]
        return np.sort(np.concatenate(found)) if found else np.empty(0)
