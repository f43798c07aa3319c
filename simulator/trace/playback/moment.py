"""One moment of a run: who is where, who holds what, who waits for whom. Everything is read from the trace.

What to watch: the arrays of ``Present`` are the moment; the rest is looked up when somebody asks for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Backlog, Lock, Pool
from simulator.plan.words import Outcome
from simulator.trace.playback.activity import Activities, Activity, among

Floats = NDArray[np.float64]
Rows = NDArray[np.int32]


@dataclass(frozen=True, eq=False, slots=True)
class Present:
    """The requests that are in the system, in order of the place they are at, and at a place in order of coming."""

    request: Rows
    place: NDArray[np.int16]
    """Index into the walk; one more than the last for those whose response is on its way."""
    activity: Activities
    """An ``Activity``; never IDLE."""
    since_s: Floats
    """When this activity began."""
    came_s: Floats
    """When the request came to this place."""
    process: Rows
    """-1 while it has none."""

    def __len__(self) -> int:
        return len(self.request)

    def take(self, which: NDArray[np.bool_] | NDArray[np.intp] | slice) -> "Present":
        """Some of them, in the same order."""
        if isinstance(which, np.ndarray) and which.dtype == np.bool_:
            which = np.flatnonzero(which)  # once instead of six times
            if len(which) == len(self):
                return self
        return Present(
            self.request[which],
            self.place[which],
            self.activity[which],
            self.since_s[which],
            self.came_s[which],
            self.process[which],
        )

    def at(self, *places: int) -> "Present":
        """Those at one place of the walk, or at several: who came first stands first."""
        if len(places) == 1:
            return self.take(slice(*self.place.searchsorted((places[0], places[0] + 1)).tolist()))
        here = np.flatnonzero(np.isin(self.place, places))
        return self.take(here[np.lexsort((self.request[here], self.came_s[here]))])

    def doing(self, *activities: Activity) -> "Present":
        """Those who do one of these."""
        return self.take(among(*activities)[self.activity])

    def counts(self) -> Mapping[Activity, int]:
        """How many do what; only what somebody does."""
        numbers = np.bincount(self.activity, minlength=len(Activity)).tolist()
        return {activity: numbers[activity] for activity in reversed(Activity) if numbers[activity]}


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class PoolNow:
    """A pool: one entry a slot, through all copies (copy * size + slot)."""

    pool: Pool
    request: Rows
    """[slots] who holds it; -1: nobody."""
    activity: Activities
    """[slots] what the holder does there; IDLE where there is none, DOWN where there is no slot at present."""
    since_s: Floats
    """[slots] since when; nan where free."""
    queue: Present
    """Who waits for a slot inside the server. Those who wait to be accepted are in the backlog."""

    @property
    def taken(self) -> int:
        """Slots that are held."""
        return int(np.count_nonzero(self.request >= 0))

    @property
    def free(self) -> int:
        """Slots that could be taken at once."""
        return int(np.count_nonzero(self.activity == Activity.IDLE))

    @property
    def down(self) -> int:
        """Slots that are not there at present."""
        return int(np.count_nonzero(self.activity == Activity.DOWN))

    def counts(self) -> Mapping[Activity, int]:
        """How many slots are used for what, IDLE included."""
        numbers = np.bincount(self.activity, minlength=len(Activity)).tolist()
        return {activity: numbers[activity] for activity in reversed(Activity) if numbers[activity]}


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class LockNow:
    """The GIL or the event loop of every process."""

    lock: Lock
    holder: Rows
    """[copies] the request that has it; -1: nobody. Where several may, copies are units, of each process in turn."""
    activity: Activities
    """[copies] COMPUTING, or CORE while its holder waits for one; IDLE where it is free, DOWN where its process is."""
    since_s: Floats
    """[copies] since when the holder has it without a break; nan where free."""
    waiting: tuple[Present, ...]
    """[processes] who waits for it, in order of coming to their place."""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class BacklogNow:
    """An accept queue."""

    backlog: Backlog
    waiting: Present
    """Connections that stand and were not accepted yet."""
    retrying: Present
    """Those whose SYN was dropped and who will repeat it."""

    @property
    def room(self) -> int:
        """How many fit: one more than the limit passed to listen()."""
        return self.backlog.places

    @property
    def full(self) -> bool:
        """Whether the next SYN is dropped or refused."""
        return len(self.waiting) >= self.room


@dataclass(frozen=True, eq=False, kw_only=True)
class Moment:
    """What is going on at one moment. Seconds from the start of the run."""

    t_s: float
    present: Present
    """Everybody in the system."""
    pools: tuple[PoolNow, ...]
    """In the order of ``plan.pools``."""
    locks: tuple[LockNow, ...]
    """In the order of ``plan.locks``."""
    backlogs: tuple[BacklogNow, ...]
    """In the order of ``plan.backlogs``."""
    cores: int
    """How many there are."""
    runnable: int
    """Threads that compute or want to: each gets an equal share of the cores."""
    throttled: bool
    """Threads want to compute, and none does: the quota of the container is spent."""
    parked: Present
    """Requests that a process has in hand while they hold no lock and no slot, but for a proxy's connection."""
    for_nobody: Present
    """Requests that the server works on though their client is gone."""
    ended: Mapping[Outcome, int]
    """Requests so far; every outcome but OPEN."""

    @property
    def cores_in_use(self) -> float:
        """Cores that are at work."""
        return 0.0 if self.throttled else float(min(self.runnable, self.cores))

    @property
    def completed(self) -> int:
        """Requests that were answered so far."""
        return self.ended[Outcome.COMPLETED]

    @property
    def goodput_rps(self) -> float:
        """Answered requests per second since the start."""
        return self.completed / self.t_s if self.t_s > 0.0 else 0.0

    def pool(self, name: str) -> PoolNow:
        """The pool of that name. KeyError if the plan has none."""
        return {now.pool.name: now for now in self.pools}[name]

    def lock(self, name: str) -> LockNow:
        """The lock of that name. KeyError if the plan has none."""
        return {now.lock.name: now for now in self.locks}[name]

    def backlog(self, name: str) -> BacklogNow:
        """The backlog of that name. KeyError if the plan has none."""
        return {now.backlog.name: now for now in self.backlogs}[name]
