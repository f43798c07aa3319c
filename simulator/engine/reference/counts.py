"""What is counted, for the reference engine: requests in hand at upstreams, bytes in use, tokens of a rate limit.

What to watch: only a token is waited for. Of upstreams there is always one, and of memory there is enough or not.
"""

from collections import deque
from collections.abc import Sequence
from typing import Any

import simpy

from simulator.engine.reference.request import Request
from simulator.plan import Bucket, Memory, Upstreams
from simulator.plan.steps import Policy


class Balancer:
    """How many requests each upstream has in hand, and which of them was chosen last."""

    def __init__(self, upstreams: Upstreams) -> None:
        """Nobody has any; the first one is the next in turn."""
        self.in_hand = [0] * upstreams.count
        self.last = -1

    def take(self, policy: Policy, luck: float, up: Sequence[int] = ()) -> int:
        """One more is in hand at the upstream that is returned. ``up``: those that are."""
        self.last = self._choose(policy, luck, up)
        self.in_hand[self.last] += 1
        return self.last

    def _choose(self, policy: Policy, luck: float, up: Sequence[int]) -> int:
        count = len(self.in_hand)
        in_turn = [(self.last + 1 + i) % count for i in range(count)]
        match policy:
            case "in turn":
                return in_turn[0]
            case "least in hand":
                return min(in_turn, key=lambda upstream: self.in_hand[upstream])
            case "random":
                return int(luck * count)
            case "hashed":
                return up[int(luck * len(up))] if up else int(luck * count)


class Store:
    """One copy of a memory."""

    def __init__(self, memory: Memory) -> None:
        """What is needed before any request comes is in use."""
        self.size, self.used = memory.size, memory.in_use

    def take(self, size: float) -> bool:
        """Take so many bytes; False if there are not as many."""
        if self.used + size > self.size:
            return False
        self.used += size
        return True


class Tokens:
    """A bucket of tokens, and the line of those who wait for one."""

    def __init__(self, env: simpy.Environment, bucket: Bucket) -> None:
        """It is full."""
        self.env, self.bucket = env, bucket
        self.level, self.at = bucket.burst, 0.0
        self.line: deque[Request] = deque()
        self.timer_set = False

    def take(self) -> bool:
        """Take one that nobody waits for; False if there is none."""
        self._refill()
        if self.line or self.level < 1:
            return False
        self.level -= 1
        return True

    @property
    def full(self) -> bool:
        """Whether somebody who has to wait would be turned away."""
        return self.bucket.queue_limit is not None and len(self.line) >= self.bucket.queue_limit

    def wait(self, request: Request) -> simpy.Event:
        """Join the line."""
        request.queued, request.seat = self, self.env.event()
        self.line.append(request)
        if not self.timer_set:
            self._set_timer()
        return request.seat

    def leave_queue(self, request: Request) -> None:
        """A waiting request goes away with nothing; the next token may come for nobody."""
        self.line.remove(request)
        request.queued = None

    def _refill(self) -> None:
        self.level = min(self.bucket.burst, self.level + (self.env.now - self.at) * self.bucket.rate)
        self.at = self.env.now

    def _set_timer(self) -> None:
        """For the moment at which there will be a whole token."""
        self.timer_set = True
        timer = self.env.timeout(max(1 - self.level, 0.0) / self.bucket.rate)
        assert timer.callbacks is not None  # the event is fresh
        timer.callbacks.append(self._give)

    def _give(self, _: Any) -> None:
        """There is one, whatever rounding says; the first in line has it."""
        self.timer_set = False
        self._refill()
        if not self.line:
            return
        self.level = max(self.level - 1, 0.0)
        request = self.line.popleft()
        request.queued = None
        assert request.seat is not None  # it waits for it
        request.seat.succeed(True)
        if self.line:
            self._set_timer()
