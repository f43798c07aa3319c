"""Cores in time, for the reference engine: who gets one, and when.

What to watch: nothing here runs a request. A resource only lets a waiting process go on (``event.succeed()``), and
SimPy resumes it after whatever is running now has paused.
"""

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from math import inf
from typing import Any

import simpy

from simulator.plan import Cores
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
                after(self.env, turn, self._turn, self.version)
                return
        after(self.env, delay, self._finish, self.version)

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


def after(env: simpy.Environment, delay_s: float, action: Callable[[int], None], version: int) -> None:
    """Call ``action(version)`` later; the version lets it find out that it came too late."""

    def fire(_: Any) -> None:
        action(version)

    timer = env.timeout(delay_s)
    assert timer.callbacks is not None  # a fresh timeout always has the list
    timer.callbacks.append(fire)
