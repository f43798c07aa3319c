"""The accept queue, for the reference engine: it remembers when it was full, and which handshakes hang half done.

What to watch: a handshake meets the queue twice, with its SYN and, one round trip later, with its ACK. A request has
its event when the ACK arrives, and asks then what the SYN had found.
"""

from collections import deque
from collections.abc import Iterator
from math import inf
from typing import TypeVar

import simpy

from simulator.plan import Backlog, HandshakeTimers

T = TypeVar("T")


class AcceptQueue(deque[T]):
    """Connections that nobody has accepted yet. Whoever looks at it is told whether it is, or was, full."""

    def __init__(self, env: simpy.Environment, backlog: Backlog) -> None:
        """Nobody waits."""
        super().__init__()
        self.env, self.limit = env, backlog.limit
        self.half_open = 0
        """Handshakes that the server remembers though it dropped their last packet."""
        self._since = -inf if self.full else inf
        self._past: list[tuple[float, float]] = []

    @property
    def full(self) -> bool:
        """Linux tests with `>`, so there is one place more than was asked for."""
        return len(self) > self.limit

    def was_full(self, moment: float) -> bool:
        """Whether it was full when all that happened at this moment had happened."""
        if self._since <= moment:
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
        if self.full and self._since == inf:
            self._since = now
        elif not self.full and self._since < inf:
            if self._since < now:
                self._past.append((self._since, now))
            self._since = inf


def repetitions(
    timers: HandshakeTimers, dropped_at: float, rtt_s: float, *, cookie: bool
) -> Iterator[tuple[float, float, bool]]:
    """What arrives after a dropped ACK: (when, when data come next, whether this is data).

    The client's data are repeated by a timeout that starts with one sample of the round trip: after R, 2R, 4R, 8R ...,
    where the first is the tail loss probe. (The gap is capped at 120 s, when no server remembers any more.) The
    server's SYN-ACKs are repeated too, unless a cookie was all it kept, and each is answered with an ACK without data.
    """
    data_s, ack_s = rtt_s + max(timers.least_timeout_s, 2.0 * rtt_s), timers.syn_ack_s
    data = timers.on_wheel(dropped_at - rtt_s / 2, data_s)
    ack = inf if cookie else timers.on_wheel(dropped_at - rtt_s, ack_s)
    while True:
        data_at, ack_at = data + rtt_s / 2, ack + rtt_s
        when, with_data = min(data_at, ack_at), data_at <= ack_at
        if ack_at == when:
            ack = timers.on_wheel(ack, ack_s + timers.syn_ack_s) if ack_s < timers.last_syn_ack_s else inf
            ack_s = 2.0 * ack_s + timers.syn_ack_s
        if with_data:
            data = timers.on_wheel(data, data_s)
            data_s *= 2.0
        yield when, data_at, with_data
