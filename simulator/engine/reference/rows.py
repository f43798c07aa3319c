"""Rows, for the reference engine: when each begins, how it ends for its client, and what then follows.

What to watch: ``settle``. A client has its answer, or none, at one moment, be the server through with the request or
not; then it may try again, or think and send its next request.
"""

from collections import Counter
from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING

import simpy

from simulator.engine.record import Shortage
from simulator.engine.reference.request import Arrival, Request, Run
from simulator.engine.reference.slots import Slots
from simulator.plan import Outcome

if TYPE_CHECKING:
    from simulator.engine.reference.server import Server


class Rows:
    """The rows of a workload, as far as they have begun."""

    def __init__(self, server: "Server") -> None:
        """None has."""
        self.server, self.env, self.load, self.record = server, server.env, server.load, server.record
        self.retry = server.plan.retry
        self.made: Counter[int] = Counter()
        """Further rows of each request."""
        self.taken = 0
        """Of a closed loop with a number of requests."""
        self.shortage: Shortage | None = None
        self.timed = (
            bool(self.load.clients_in_loop)
            or any(pool.renege or pool.frees_when_client_leaves for pool in server.plan.pools)
            or (self.retry is not None and Outcome.GAVE_UP in self.retry.outcomes)
        )
        """Whether anybody notices that a client leaves."""

    # --- beginning ------------------------------------------------------------------------------------------------

    def schedule_arrivals(self) -> None:
        """Of an open loop all, of a closed one the first of each client."""
        if self.load.clients_in_loop:
            for client, at_s in enumerate(self.load.begins()):
                self._send_at(client, at_s)
        else:
            for row, at_s in enumerate(self.load.arrival[: self.load.requests].tolist()):
                self._start_at(Arrival(self.env, at_s), row)

    def start_at(self, event: simpy.Event, request_at: Callable[[float], Request | None]) -> None:
        """A life begins with this event, if there is one."""
        assert event.callbacks is not None  # the event is fresh

        def begin(_: simpy.Event) -> None:
            request = request_at(self.env.now)
            if request is None:
                return
            self.server.alive[request.row] = request
            request.run = Run(self.env, self.server.live(request))

        event.callbacks.append(begin)

    def _start_at(self, event: simpy.Event, row: int) -> None:
        self.start_at(event, lambda now: self._request(row, now))

    def _request(self, row: int, now: float) -> Request:
        return Request(row, now, float(self.load.patience[row]), float(self.load.rtt[row]))

    def _next_of_all(self, now: float) -> Request | None:
        """Where clients share the rows of a closed loop: the first one that nobody has taken."""
        row, self.taken = self.taken, self.taken + 1
        return self._request(row, now) if row < self.load.requests else None

    def _start_later(self, row: int, at_s: float) -> simpy.Event:
        event = self.env.timeout(max(at_s - self.env.now, 0.0))
        self._start_at(event, row)
        return event

    def further(self, parent: int, attempt: int) -> int | None:
        """One more row on behalf of the same request; None if there is none left, which ends the run."""
        request = parent % self.load.requests
        self.made[request] += 1
        row = self.made[request] * self.load.requests + request
        if row >= len(self.load):
            self.shortage = Shortage.FURTHER
            return None
        self.record.parent[row], self.record.attempt[row] = parent, attempt
        return row

    def watch(self, request: Request) -> None:
        """Its client leaves at the deadline, if that makes a difference to anybody."""
        if self.timed and request.deadline < inf:
            timer = self.env.timeout(float(self.load.patience[request.row]))
            assert timer.callbacks is not None  # the event is fresh
            timer.callbacks.append(lambda _: self.lose_patience(request))

    # --- ending ---------------------------------------------------------------------------------------------------

    def settle(self, request: Request, outcome: Outcome, finished: float) -> None:
        """The client has its answer, or none; whatever the server still does for this request is for nobody."""
        if request.settled:
            return
        request.settled = True
        if outcome is Outcome.GAVE_UP or finished > request.deadline:
            outcome, finished = Outcome.GAVE_UP, request.deadline
        self.record.outcome[request.row], self.record.finished[request.row] = outcome, finished
        if request.job is None:
            self._go_on(request, outcome, finished)

    def _go_on(self, request: Request, outcome: Outcome, finished: float) -> None:
        """The client repeats what it has asked for, or sends the next request of a closed loop."""
        retry, attempt = self.retry, int(self.record.attempt[request.row])
        if retry is not None and outcome in retry.outcomes and attempt < len(retry.backoff_s):
            row = self.further(request.row, attempt + 1)
            if row is not None:
                backoff_s = retry.backoff_s[attempt] * (1.0 - retry.jitter * float(self.load.coin[row]))
                request.following = self._start_later(row, max(finished, self.env.now) + backoff_s)
        elif self.load.clients_in_loop:
            request.following = self._think_again(request.row, finished)

    def _think_again(self, row: int, since_s: float) -> simpy.Event | None:
        """A client of a closed loop thinks, then sends its next request."""
        assert self.load.think is not None  # a closed loop has think times
        following = row % self.load.requests + self.load.clients_in_loop
        if self.load.limit:
            following %= self.load.requests
        elif following >= self.load.requests:
            self.shortage = Shortage.ROUNDS
            return None
        return self._send_at(following, since_s + float(self.load.think[following]))

    def _send_at(self, row: int, at_s: float) -> simpy.Event | None:
        """A client of a closed loop sends its next request, unless the time is over."""
        if at_s >= self.load.duration:
            return None
        if not self.load.limit:
            return self._start_later(row, at_s)
        event = self.env.timeout(max(at_s - self.env.now, 0.0))
        self.start_at(event, self._next_of_all)
        return event

    def unsettle(self, request: Request) -> None:
        """The answer that was under way will not be complete, so what follows comes at another time."""
        if self.record.finished[request.row] > self.env.now:
            request.settled = False
            if request.following is not None and request.following.callbacks is not None:
                request.following.callbacks.clear()

    def abort(self, request: Request, outcome: Outcome, finished: float) -> None:
        """Nothing more is done for this request."""
        request.aborted = True
        self.settle(request, outcome, finished)

    def turn_away(self, request: Request, outcome: Outcome) -> None:
        """The server answers with an error, which takes half a round trip."""
        self.abort(request, outcome, self.env.now + request.rtt / 2)

    def lose_patience(self, request: Request) -> None:
        """The client leaves; most servers do not notice."""
        if request.settled and self.record.outcome[request.row] != Outcome.GAVE_UP:
            return
        self.settle(request, Outcome.GAVE_UP, request.deadline)
        slots = request.queued
        if isinstance(slots, Slots) and slots.pool.renege:
            assert request.seat is not None  # who queues waits for it
            slots.leave_queue(request)
            request.seat.succeed(False)
        self.server.stock.free_for_who_left(request)
