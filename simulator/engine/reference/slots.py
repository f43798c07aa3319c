"""Slots in time, for the reference engine: who gets one, who waits, and how a pool grows and shrinks by itself.

What to watch: ``give_back``. The next in the queue holds the slot from that moment on, though it only goes on after
whoever gave it has paused.
"""

from collections import deque
from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING, Any

import simpy

from simulator.engine.reference.request import Request
from simulator.plan import Pool, Scale

if TYPE_CHECKING:
    from simulator.engine.reference.acceptors import Acceptor
    from simulator.engine.reference.server import Server

Wait = simpy.Event


class Slots:
    """One copy of a pool: free slots, longest idle first, and the queue of requests that wait for one."""

    def __init__(self, server: "Server", pool: Pool, copy: int) -> None:
        """All slots are free at the start; they are numbered through all copies."""
        self.server, self.pool = server, pool
        self.free = deque(range(copy * pool.size, (copy + 1) * pool.size))
        self.queue: deque[Any] = deque()
        """Of requests, and of acceptors whose threads have other work too."""
        self.away: set[int] = set()
        """Slots that nobody holds, and nobody may have."""
        self.shut: Callable[[int], bool] = lambda _: False
        """Whether the process that a slot belongs to takes nobody."""
        self.width = self.allowed = pool.size
        """Of so many slots, the first so many may be used."""

    def closed(self, slot: int) -> bool:
        """Whether its process is down, or the pool has become too small for it."""
        return self.shut(slot) or slot % self.pool.size % self.width >= self.allowed

    @property
    def full(self) -> bool:
        """Whether somebody who has to wait would be turned away."""
        return self.pool.queue_limit is not None and len(self.queue) >= self.pool.queue_limit

    @property
    def in_use(self) -> int:
        """How many slots somebody holds."""
        return self.pool.size - len(self.free) - len(self.away)

    def wait(self, request: "Request | Acceptor") -> Wait:
        """Join the queue. Who goes on has a slot, unless the event's value says that it left the queue."""
        request.queued, request.seat = self, self.server.env.event()
        if self.pool.order == "lifo":
            self.queue.appendleft(request)
        elif not self.pool.first:
            self.queue.append(request)
        else:
            rank = self.rank(request)
            self.queue.insert(sum(self.rank(other) <= rank for other in self.queue), request)
        return request.seat

    def rank(self, request: "Request | Acceptor") -> int:
        """Whose class has the lowest one is served first."""
        assert isinstance(request, Request)  # where some go first there is no acceptor
        first, name = self.pool.first, self.server.class_of(request)
        return first.index(name) if name in first else len(first)

    def give_back(self, slot: int) -> None:
        """The slot passes to the next in the queue, or becomes the one that will have been idle longest, last."""
        if self.closed(slot):
            self.away.add(slot)
        elif self.queue:
            request = self._next()
            request.queued = None
            self.server.stock.hold(request, self.pool, slot)
            assert request.seat is not None  # it waits for it
            request.seat.succeed(True)
        else:
            self.free.append(slot)

    def _next(self) -> "Request | Acceptor":
        """The first in the queue; but an acceptor goes last."""
        request: Request | Acceptor = self.queue[0]
        if isinstance(request, Request) or len(self.queue) == 1:
            self.queue.popleft()
        else:
            request = self.queue[1]
            self.queue.remove(request)
        return request

    def rearrange(self) -> None:
        """What is closed has changed: idle slots go away, or come back in their order."""
        self.away.update(filter(self.closed, self.free))
        self.free = deque(slot for slot in self.free if slot not in self.away)
        for slot in sorted(self.away):
            if not self.closed(slot):
                self.away.remove(slot)
                self.give_back(slot)

    def leave_queue(self, request: "Request | Acceptor") -> None:
        """A waiting request goes away with nothing."""
        self.queue.remove(request)
        request.queued = None


class Scaling:
    """A pool that is looked at every so often, and grows or shrinks by one slot."""

    def __init__(self, server: "Server", scale: Scale) -> None:
        """It starts with as many slots as it says."""
        self.server, self.env, self.scale = server, server.env, scale
        self.slots = server.stock.slots[scale.pool][0]
        self.slots.width, self.slots.allowed = scale.pool.size, scale.start
        self.slots.rearrange()
        self._after(scale.every_s, self.look)

    def look(self) -> None:
        """Too much is in use, or too little; or nothing will be any more."""
        slots, scale = self.slots, self.scale
        if (self.env.now >= self.server.load.duration and not self.server.alive) or self._nobody_moves_any_more():
            self.server.scalings.remove(self)
            return
        if slots.in_use >= scale.grow_at * slots.allowed and slots.allowed < scale.pool.size:
            if scale.boot_s > 0:
                self._after(scale.boot_s, lambda: self.change(1))
                return
            self.change(1)
        elif slots.in_use <= scale.shrink_at * slots.allowed and slots.allowed > scale.least:
            self.change(-1)
        else:
            self._after(scale.every_s, self.look)

    def _nobody_moves_any_more(self) -> bool:
        """Nothing but looks is to come, and none of them frees anybody: who is still here is stuck for ever."""
        looks = len(self.server.scalings) - 1  # each has one event to come, and this one happens now
        to_come = sum(at < inf for at, *_ in self.env._queue)  # SimPy only says when the next is
        return to_come <= looks and not any(each.frees_somebody() for each in self.server.scalings)

    def frees_somebody(self) -> bool:
        """Whether the next look gives a slot to somebody who waits."""
        slots = self.slots
        may_grow = slots.allowed < self.scale.pool.size and slots.in_use >= self.scale.grow_at * slots.allowed
        return may_grow and bool(slots.queue)

    def change(self, by: int) -> None:
        """One slot more, or less; in the latter case whoever has it finishes first."""
        self.slots.allowed += by
        self.slots.rearrange()
        self._after(self.scale.every_s, self.look)

    def _after(self, seconds: float, action: Callable[[], None]) -> None:
        def act(_: Any) -> None:
            action()

        timer = self.env.timeout(seconds)
        assert timer.callbacks is not None  # the event is fresh
        timer.callbacks.append(act)
