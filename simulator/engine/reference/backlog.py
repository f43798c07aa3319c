"""The accept queue, for the reference engine: it remembers when it was full, and which handshakes hang half done.

What to watch: a handshake meets the queue twice, with its SYN and, one round trip later, with its ACK. A request has
its event when the ACK arrives, and asks then what the SYN had found.
"""

from collections import deque
from math import inf
from typing import Any, TypeVar

import simpy

from simulator.plan import Backlog, HandshakeTimers

T = TypeVar("T")


class AcceptQueue(deque[T]):
    """Connections that nobody has accepted yet. Whoever looks at it is told whether it is, or was, full."""

    def __init__(self, env: simpy.Environment, backlog: Backlog) -> None:
        """Nobody waits."""
        super().__init__()
        self.env, self.limit = env, backlog.limit
        self.defer_s = backlog.defer_s
        self.remembers = backlog.limit + 1 if backlog.remembers is None else backlog.remembers
        self.half_open = self.young = 0
        """Handshakes that the server remembers though it dropped their last packet; for how many of them it has not yet
        repeated its SYN-ACK."""
        self.full_since = -inf if self.full else inf
        """Infinite where it is not."""
        self._past: list[tuple[float, float]] = []

    @property
    def full(self) -> bool:
        """Linux tests with `>`, so there is one place more than was asked for."""
        return len(self) > self.limit

    def was_full(self, moment: float) -> bool:
        """Whether it was full when all that happened at this moment had happened."""
        if self.full_since <= moment:
            return True
        for since, until in reversed(self._past):
            if until <= moment:
                return False
            if since <= moment:
                return True
        return False

    def append(self, item: T) -> None:
        """Join at the end."""
        super().append(item)
        self._note()

    def appendleft(self, item: T) -> None:
        """Jump the queue."""
        super().appendleft(item)
        self._note()

    def insert(self, place: int, item: T) -> None:
        """Join before some others."""
        super().insert(place, item)
        self._note()

    def popleft(self) -> T:
        """Accept the first."""
        item = super().popleft()
        self._note()
        return item

    def remove(self, item: T) -> None:
        """One goes away from wherever it waits."""
        super().remove(item)
        self._note()

    def _note(self) -> None:
        now = self.env.now
        if self.full and self.full_since == inf:
            self.full_since = now
        elif not self.full and self.full_since < inf:
            if self.full_since < now:
                self._past.append((self.full_since, now))
            self.full_since = inf


class HalfOpen:
    """A handshake of which the last packet was dropped: what comes next, and whether the server still knows of it.

    The client's data are repeated by a timeout that starts with one sample of the round trip: after R, 2R, 4R, 8R ...,
    where the first is the tail loss probe. (The gap is capped at 120 s, when no server remembers any more.) The
    server's SYN-ACKs are repeated too, unless a cookie was all it kept, and each is answered with an ACK without data.
    """

    def __init__(
        self, queue: AcceptQueue[Any], timers: HandshakeTimers, dropped_at: float, rtt_s: float, *, in_bunch: bool
    ) -> None:
        """The SYN was answered one round trip ago. Of these so many are remembered; the others were given cookies.

        ``in_bunch``: together with the SYN of whoever got the last place just now, who had to be remembered till then.
        """
        self.queue, self.timers, self.rtt_s = queue, timers, rtt_s
        self.cookie = queue.half_open + (in_bunch and queue.full_since == dropped_at) >= queue.remembers
        self.valid_until = dropped_at - rtt_s + timers.cookie_valid_s if self.cookie else inf
        self.remembered, self.timeouts = not self.cookie, 0
        self.deferred = timers.syn_acks_in(queue.defer_s)
        self.data_s = rtt_s + max(timers.least_timeout_s, 2.0 * rtt_s)
        self.data_sent = timers.on_wheel(dropped_at - rtt_s / 2, self.data_s)
        self.timer_s, self.answer_at = timers.syn_ack_s, inf
        self.timer_at = inf if self.cookie else timers.on_wheel(dropped_at - rtt_s, self.timer_s)
        queue.half_open += self.remembered
        queue.young += self.remembered
        while self.timer_at <= dropped_at:
            self._time_out()

    @property
    def data_at(self) -> float:
        """When data come next."""
        return self.data_sent + self.rtt_s / 2

    @property
    def next_at(self) -> float:
        """When something happens next."""
        return min(self.data_at, self.timer_at, self.answer_at)

    def known(self, now: float) -> bool:
        """Whether what arrives now is not answered with a reset."""
        return now < self.valid_until if self.cookie else self.remembered

    def happen(self, now: float) -> tuple[bool, bool]:
        """What happens now: whether anything has arrived, and whether that is data."""
        if self.timer_at == now:
            self._time_out()
        answer, data = self.answer_at == now, self.data_at == now
        if answer:
            self.answer_at = inf
        if data:
            self.data_sent = self.timers.on_wheel(self.data_sent, self.data_s)
            self.data_s *= 2.0
        return answer or data, data

    def _time_out(self) -> None:
        """The server repeats its SYN-ACK, or forgets the handshake, or goes on waiting for the data it was promised.

        Of answers that are under way together the first counts.
        """
        queue, fired_at, self.timer_at = self.queue, self.timer_at, inf
        most = self.timers.syn_acks_for(queue.half_open, queue.young, queue.limit)
        if self.timeouts >= max(most, self.deferred):
            self.forget()
            return
        if self.timeouts >= self.deferred - 1:
            self.answer_at = min(self.answer_at, fired_at + self.rtt_s)
        queue.young -= self.timeouts == 0
        self.timeouts += 1
        self.timer_s *= 2.0
        self.timer_at = self.timers.on_wheel(fired_at, self.timer_s)

    def forget(self) -> None:
        """The server has one less to remember, if it remembered this one."""
        if self.remembered:
            self.queue.half_open -= 1
            self.queue.young -= self.timeouts == 0
        self.remembered = False
