"""Cores and locks in time, for the reference engine: who gets one, and when.

What to watch: nothing here runs a request. A resource only lets a waiting process go on (``event.succeed()``), and
SimPy resumes it after whatever is running now has paused.
"""

from collections import deque
from collections.abc import Callable, Container
from dataclasses import dataclass
from functools import partial
from heapq import heapify, heappop, heappush
from math import inf
from typing import Any

import simpy
from simpy.events import NORMAL, EventPriority

from simulator.plan import Cores, Gil, Lock
from simulator.plan.resources import QUOTA_CLOSE, QUOTA_PERIOD_S, QUOTA_SPENT_S

Wait = simpy.Event


class Job:
    """A thread on some cores: ``done`` succeeds with the seconds of work left over, 0 when it could finish."""

    def __init__(self, processor: "Processor") -> None:
        """A job that has just become runnable."""
        self.processor = processor
        self.done: Wait = processor.env.event()


class Processor:
    """Processor sharing: every job gets ``cores.rate(jobs)``.

    ``virtual`` is the work that a job present all the time would have got so far; a job is through when it reaches
    the job's mark. So one number ages all jobs at once.
    """

    def __init__(self, env: simpy.Environment, cores: Cores) -> None:
        """No job yet."""
        self.env, self.cores = env, cores
        self.jobs: list[tuple[float, int, Job]] = []
        self.number = self.version = 0
        self.virtual = self.updated = 0.0
        self.period, self.budget = 0, cores.quota * QUOTA_PERIOD_S
        self.throttled = False
        """The quota of this period is used up: nobody computes until the next one begins."""

    def run(self, work_s: float) -> Job:
        """Start a job of so many seconds."""
        self._catch_up()
        job = Job(self)
        heappush(self.jobs, (self.virtual + work_s, self.number, job))
        self.number += 1
        self._expect()
        return job

    def stop(self, job: Job) -> bool:
        """Take a job off the cores before its end. False if it is not there (any more)."""
        for entry in self.jobs:
            if entry[2] is job:
                self._catch_up()
                self.jobs.remove(entry)
                heapify(self.jobs)
                left = max(entry[0] - self.virtual, 0.0)
                self._expect()
                job.done.succeed(left)
                return True
        return False

    def resize(self, cores: Cores) -> None:
        """Go on with another number of cores, or another quota, which is there at once.

        So does Linux (tg_set_cfs_bandwidth): it hands out the new quota and wakes whoever was throttled; periods go on.
        """
        self._catch_up()
        self.cores, self.throttled = cores, False
        self.period, self.budget = int(self.env.now / QUOTA_PERIOD_S + QUOTA_CLOSE), cores.quota * QUOTA_PERIOD_S
        self._expect()

    def _catch_up(self) -> None:
        elapsed, self.updated = self.env.now - self.updated, self.env.now
        if not self.throttled:
            self.virtual += elapsed * self.cores.rate(len(self.jobs))
        if self.cores.quota > 0:
            self._count(elapsed)

    def _count(self, elapsed: float) -> None:
        """Count what was computed against the quota, which is there anew in every period; nothing can be saved."""
        if not self.throttled:
            self.budget -= elapsed * min(len(self.jobs), self.cores.count)
        period = int(self.env.now / QUOTA_PERIOD_S + QUOTA_CLOSE)
        if period > self.period:
            self.period, self.budget = period, self.cores.quota * QUOTA_PERIOD_S
        self.throttled = self.budget <= QUOTA_SPENT_S

    def _turns_in(self) -> float:
        """Seconds until the quota of this period is used up if nothing changes, or the next period begins."""
        until_next = (self.period + 1) * QUOTA_PERIOD_S - self.env.now
        if self.throttled:
            return max(until_next, 0.0)
        return max(min(until_next, self.budget / min(len(self.jobs), self.cores.count)), 0.0)

    def _turn(self, version: int) -> None:
        if version == self.version:
            self._catch_up()
            self._expect()

    def _expect(self) -> None:
        """Set the timer for the next job that will finish if nothing changes before."""
        self.version += 1
        if not self.jobs:
            self.virtual = 0.0
            return
        delay = max((self.jobs[0][0] - self.virtual) / self.cores.rate(len(self.jobs)), 0.0)
        if self.cores.quota > 0:
            turn = self._turns_in()
            if self.throttled or turn < delay - QUOTA_SPENT_S:  # who is through at that very moment is through
                _after(self.env, turn, self._turn, self.version)
                return
        _after(self.env, delay, self._finish, self.version)

    def _finish(self, version: int) -> None:
        if version != self.version:
            return
        self._catch_up()
        mark, _, job = heappop(self.jobs)
        self.virtual = mark
        self._expect()
        job.done.succeed(0.0)


class Wakefulness:
    """Which processes compute, and since when the others have not: who has slept needs a little more to begin.

    Whoever has no process, such as a proxy that stands in front, counts as one, with the number -1.
    """

    def __init__(self, env: simpy.Environment, cores: Cores) -> None:
        """Everybody has slept for long."""
        self.env, self.cores = env, cores
        self.busy: dict[int, int] = {}
        self.asleep_since: dict[int, float] = {}

    def begins(self, process: int) -> float:
        """Somebody of the process computes from now on; the seconds that this takes more."""
        busy = self.busy.get(process, 0)
        self.busy[process] = busy + 1
        return 0.0 if busy else self.cores.waking_s(self.env.now - self.asleep_since.get(process, -inf))

    def ends(self, process: int) -> None:
        """One of the process less computes."""
        self.busy[process] -= 1
        self.asleep_since[process] = self.env.now


@dataclass(eq=False, slots=True)
class Waiter:
    """Somebody who queues for a lock."""

    who: object
    event: Wait
    since: float
    """When it joined, or its clock ran out last."""


class Turn:
    """One process's lock: an event loop, or what is taken away from who has it long when somebody waits."""

    def __init__(self, env: simpy.Environment, lock: Lock, processor: Processor) -> None:
        """Free at the start."""
        self.env, self.processor = env, processor
        self.interval_s = lock.switch_interval_s if isinstance(lock, Gil) else None
        self.permits = lock.permits if isinstance(lock, Gil) else 1
        self.release_loss = lock.release_loss if isinstance(lock, Gil) else 0.0
        self.holders: dict[object, Job | None] = {}
        """Who has it, in the order in which they got it, and what each computes."""
        self.queue: deque[Waiter] = deque()
        self.version, self.timer_set = 0, False

    def wait(self, who: object) -> Wait | None:
        """Join the queue; None if the lock was free and is now held."""
        if len(self.holders) < self.permits:
            self.holders[who] = None
            return None
        waiter = Waiter(who, self.env.event(), self.env.now)
        self.queue.append(waiter)
        self._joined(waiter)
        return waiter.event

    def run(self, who: object, work_s: float) -> Job:
        """A holder computes."""
        self.holders[who] = job = self.processor.run(work_s)
        return job

    def release(self, who: object) -> None:
        """The next in the queue holds the lock from now on."""
        del self.holders[who]
        if self.queue:
            self._hand_on(self.queue[0])
        self._released()

    def leave_queue(self, gone: Container[object]) -> None:
        """Some will never have the lock. Where nobody waits any more, the holder is not interrupted."""
        before = len(self.queue)
        self.queue = deque(waiter for waiter in self.queue if waiter.who not in gone)
        if before and not self.queue:
            self.version += 1
            self.timer_set = False

    def _hand_on(self, waiter: Waiter) -> None:
        self.queue.remove(waiter)
        self.holders[waiter.who] = None
        waiter.event.succeed()

    def _joined(self, _: Waiter) -> None:
        if not self.timer_set:
            self._set_timer()

    def _released(self) -> None:
        self.version += 1
        self.timer_set = False
        if self.queue:
            self._set_timer()

    def _set_timer(self) -> None:
        if self.interval_s is not None:
            self.timer_set = True
            _after(self.env, self.interval_s, self._interrupt, self.version)

    def _interrupt(self, version: int) -> None:
        """The first in the queue has waited a whole interval: who has held it longest has to let go."""
        if version != self.version:
            return
        self.timer_set = False
        who = self._interrupted()
        if who is not None:
            self.release(who)
        elif self.queue:  # between two pieces of work at this very moment
            self._set_timer()

    def _interrupted(self) -> object | None:
        """Who has held it longest stops computing, and will queue again. None if it does not compute just now."""
        who, job = next(iter(self.holders.items()), (None, None))
        return who if job is not None and self.processor.stop(job) else None


class ClockedTurn(Turn):
    """CPython's GIL: every waiter has a clock of its own, and whoever asks for the lock often gets it."""

    def __init__(
        self, env: simpy.Environment, lock: Gil, processor: Processor, draw: Callable[[object], float], number: int
    ) -> None:
        """``draw``: somebody's next number of luck. ``number``: of this lock among all."""
        super().__init__(env, lock, processor)
        self.wins, self.draw, self.number = lock.asker_wins or 0.0, draw, number
        self.switched_at = 0.0

    def _hand_on(self, waiter: Waiter) -> None:
        super()._hand_on(waiter)
        self.switched_at = self.env.now

    def _joined(self, waiter: Waiter) -> None:
        assert self.interval_s is not None  # a GIL has one
        Clock(self.env, self.interval_s, self.number, partial(self._expire, waiter))

    def _released(self) -> None:
        """The clocks go on."""

    def _expire(self, waiter: Waiter, _: simpy.Event) -> None:
        """It has waited a whole interval: it waits anew, behind the others; if there was no switch, it asks."""
        if waiter not in self.queue:
            return
        asks = waiter.since >= self.switched_at
        waiter.since = self.env.now
        self.queue.remove(waiter)
        self.queue.append(waiter)
        self._joined(waiter)
        holder = self._interrupted() if asks else None
        if holder is not None:
            del self.holders[holder]
            self._hand_on(self._chosen(waiter))

    def _chosen(self, asker: Waiter) -> Waiter:
        """Who of those who wait gets the lock: often the one that asked, who stands last."""
        others = len(self.queue) - 1
        drawn = self.draw(asker.who) if others else 0.0
        if not others or drawn < self.wins:
            return asker
        return self.queue[min(int((drawn - self.wins) / (1.0 - self.wins) * others), others - 1)]


class Clock(simpy.Event):
    """Runs out behind all else of that moment: who computes no longer need not be interrupted."""

    def __init__(
        self, env: simpy.Environment, delay_s: float, number: int, action: Callable[[simpy.Event], None]
    ) -> None:
        """``number``: which lock's clocks run out before those of which other."""
        super().__init__(env)
        self._ok, self._value, self.callbacks = True, None, [action]
        env.schedule(self, EventPriority(NORMAL + 1 + number), delay_s)


def _after(env: simpy.Environment, delay_s: float, action: Callable[[int], None], version: int) -> None:
    """Call ``action(version)`` later; the version lets it find out that it came too late."""

    def fire(_: Any) -> None:
        action(version)

    timer = env.timeout(delay_s)
    assert timer.callbacks is not None  # a fresh timeout always has the list
    timer.callbacks.append(fire)
