"""The lock of a process in time, for the reference engine: a GIL that is taken away, or an event loop that never is.

What to watch: ``ClockedTurn``. Of CPython's GIL every waiter has a clock of its own, and asks when it has run out.
"""

from collections import deque
from collections.abc import Callable, Container
from dataclasses import dataclass
from functools import partial

import simpy
from simpy.events import NORMAL, EventPriority

from simulator.engine.reference.processors import Job, Processor, Wait, after
from simulator.plan import Gil, Lock, Processors

AT_A_LOOK = 1e-9
"""Of an interval: rounding must not make a look come before itself."""


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
        self.env, self.lock, self.processor = env, lock, processor
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
            after(self.env, self.interval_s, self._interrupt, self.version)

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


class LookedAtTurn(Turn):
    """Go's Ps: somebody looks every interval, and whoever is seen for the second time makes room.

    The first look notes that another goroutine computes than at the one before; the second finds it there for a whole
    interval. Where nobody waits it is started anew at once, which the look after that notes again.
    """

    def __init__(self, env: simpy.Environment, lock: Processors, processor: Processor, number: int) -> None:
        """``number``: of this lock among all."""
        super().__init__(env, lock, processor)
        self.every_s, self.number = lock.switch_interval_s, number
        self.seen: dict[object, int] = {}
        """By holder: how often somebody had looked when it got the lock."""

    @property
    def looks(self) -> int:
        """How often somebody has looked up to now."""
        return int(self.env.now / self.every_s + AT_A_LOOK)

    def wait(self, who: object) -> Wait | None:
        """Join the queue; None if the lock was free and is now held."""
        self.seen[who] = self.looks
        return super().wait(who)

    def leave_queue(self, gone: Container[object]) -> None:
        """Some will never have the lock."""
        self.queue = deque(waiter for waiter in self.queue if waiter.who not in gone)

    def _hand_on(self, waiter: Waiter) -> None:
        self.seen[waiter.who] = self.looks
        super()._hand_on(waiter)

    def _released(self) -> None:
        """Somebody will look all the same."""

    def _set_timer(self) -> None:
        self.timer_set = True
        again = (self.looks + 1) * self.every_s
        Clock(self.env, again - self.env.now, self.number, self._look)

    def _look(self, _: simpy.Event) -> None:
        """Whoever computes for the second interval makes room, as long as somebody waits."""
        self.timer_set = False
        for who, job in list(self.holders.items()):
            looks = self.looks - self.seen[who]
            due = looks > 0 and looks % 2 == 0
            if self.queue and due and job is not None and self.processor.stop(job):
                self.release(who)
        if self.queue:
            self._set_timer()


class Clock(simpy.Event):
    """Runs out behind all else of that moment: who computes no longer need not be interrupted."""

    def __init__(
        self, env: simpy.Environment, delay_s: float, number: int, action: Callable[[simpy.Event], None]
    ) -> None:
        """``number``: which lock's clocks run out before those of which other."""
        super().__init__(env)
        self._ok, self._value, self.callbacks = True, None, [action]
        env.schedule(self, EventPriority(NORMAL + 1 + number), delay_s)
