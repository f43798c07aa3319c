"""Who waits for what, and who computes, followed through a run from part to part.

What to watch: a lock is in use whenever anybody is at it, so those who wait for it are all who are there but one. And
whoever has a lock, or computes without one, is runnable.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Lock
from simulator.trace.intervals import StepFunction
from simulator.trace.running_counts import Changes, RunningCount, joined, total

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Part:
    """What happened in one part of the time. By name of the backlog, pool or lock."""

    waiting: dict[str, Changes]
    in_use: dict[str, dict[int, Changes]]
    """By lock and copy: whether it was in use."""
    runnable: Changes


Reader = Callable[[Part], None]


class Queue:
    """Those who wait for a backlog or a pool."""

    def __init__(self, slots: int = 0) -> None:
        """``slots``: how many the pool has, if it is to be known who waits while one of them is free."""
        self.most, self.seconds, self.beside_free = 0, 0.0, 0.0
        """``seconds`` of waiting, and those of them during which some slot was free."""
        self._slots = slots
        self._waiting, self._held = RunningCount(), RunningCount()

    def add(self, starts: Floats, ends: Floats) -> None:
        """Some wait."""
        self.seconds += float((ends - starts).sum())
        self._waiting.add(starts, ends)

    def add_held(self, starts: Floats, ends: Floats) -> None:
        """Some have a slot."""
        self._held.add(starts, ends)

    def settle(self, begin: float, end: float, *, last: bool) -> Changes:
        """What happens in the next part."""
        waiting = self._waiting.settle(begin, end, last=last)
        self.most = waiting.highest(self.most)
        if self._slots:
            held = self._held.settle(begin, end, last=last)
            self.beside_free += _beside_free(waiting, held, self._slots)
        return waiting


class LockQueue:
    """Those who are at a lock: in each of its copies as many have it as may, usually one, and the others wait."""

    def __init__(self, lock: Lock) -> None:
        """Nobody is there."""
        self.most, self.beside_free = 0, 0.0
        """The most that waited; the seconds of waiting during which some copy was free."""
        self._there, self._used = 0.0, 0.0
        self._copies, self._permits = lock.processes, lock.units // lock.processes
        self._counts = {copy: RunningCount() for copy in range(lock.processes)}

    @property
    def seconds(self) -> float:
        """Of waiting."""
        return max(self._there - self._used, 0.0) if self.most else 0.0

    def add(self, starts: Floats, ends: Floats, copies: NDArray[np.int32]) -> None:
        """Some are there, each at its copy."""
        self._there += float((ends - starts).sum())
        if self._copies == 1:
            self._counts[0].add(starts, ends)
            return
        for copy in np.flatnonzero(np.bincount(copies)).tolist():
            here = copies == copy
            self._counts.setdefault(copy, RunningCount()).add(starts[here], ends[here])

    def settle(self, begin: float, end: float, *, last: bool) -> tuple[Changes, dict[int, Changes]]:
        """What happens in the next part: who waits, and which copies are in use."""
        there = {copy: count.settle(begin, end, last=last) for copy, count in self._counts.items()}
        used = {copy: self._in_use(changes) for copy, changes in there.items()}
        for changes in used.values():
            self._used += changes.seconds()
        in_use = total(used.values())
        waiting = total(there.values()).without(in_use)
        self.most = waiting.highest(self.most)
        if self._copies > 1:
            self.beside_free += _beside_free(waiting, in_use, self._copies * self._permits)
        return waiting, used

    def _in_use(self, there: Changes) -> Changes:
        return there.merged() if self._permits == 1 else there.limited(self._permits)


class Runnable:
    """Those who compute or wait for a core."""

    def __init__(self) -> None:
        """Nobody."""
        self.most = 0
        self._unlocked, self._blocked = RunningCount(), RunningCount()

    def add(self, starts: Floats, ends: Floats) -> None:
        """Some do so without a lock."""
        self._unlocked.add(starts, ends)

    def add_blocked(self, starts: Floats, ends: Floats) -> None:
        """Some have a lock and do not: whoever waits for it does not either."""
        self._blocked.add(starts, ends)

    def settle(self, begin: float, end: float, in_use: list[Changes], *, last: bool) -> Changes:
        """What happens in the next part, when the locks are in use as given."""
        runnable = total([self._unlocked.settle(begin, end, last=last), *in_use])
        runnable = runnable.without(self._blocked.settle(begin, end, last=last))
        self.most = runnable.highest(self.most)
        return runnable


def settle(
    waiting: dict[str, Queue],
    at_lock: dict[str, LockQueue],
    runnable: Runnable,
    time: tuple[float, float],
    *,
    last: bool,
) -> Part:
    """What happens in the next part of the time; ``last``: nothing comes after it."""
    in_line = {name: queue.settle(*time, last=last) for name, queue in waiting.items()}
    locks = {name: lock.settle(*time, last=last) for name, lock in at_lock.items()}
    in_use = {name: used for name, (_, used) in locks.items()}
    computing = runnable.settle(*time, [used for copies in in_use.values() for used in copies.values()], last=last)
    return Part(in_line | {name: at_lock for name, (at_lock, _) in locks.items()}, in_use, computing)


class QueueHistory:
    """Keeps all parts, and puts them together: for runs that are not long."""

    def __init__(self) -> None:
        """Nothing happened yet; ``read`` is given the parts."""
        self._parts: list[Part] = []
        self.read = self._parts.append

    def queue(self, name: str) -> StepFunction:
        """How many requests wait for a backlog, pool or lock at each moment."""
        return joined([part.waiting[name] for part in self._parts])

    def runnable(self) -> list[Changes]:
        """How many requests compute or wait for a core, part by part."""
        return [part.runnable for part in self._parts]


def _beside_free(waiting: Changes, used: Changes, size: int) -> float:
    """Seconds of waiting while less than ``size`` is used."""
    return waiting.seconds() - waiting.seconds_within(*used.stretches(size))
