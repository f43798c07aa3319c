"""The network, for the reference engine: connecting, and the bytes between a client and the server.

What to watch: ``connect``. A full backlog is met twice, by the SYN and by the ACK a round trip later, and what is
dropped comes again ever more rarely; the client may give up at any of these moments.
"""

from collections.abc import Generator
from math import inf
from typing import TYPE_CHECKING, Any

import simpy

from simulator.engine.reference.backlog import AcceptQueue, HalfOpen
from simulator.engine.reference.request import Life, Moment, Request
from simulator.plan import Connect, Linger, Link, Outcome, Receive, Send
from simulator.plan.walk import Way

if TYPE_CHECKING:
    from simulator.engine.reference.server import Server

Answer = Generator[simpy.Event, Any, bool]


class Network:
    """What lies between the clients and a server."""

    def __init__(self, server: "Server") -> None:
        """Nothing is on its way."""
        self.server, self.env, self.load, self.record = server, server.env, server.load, server.record
        self.connects = any(place.knocks_at is not None and place.link is Link.CLIENT for place in self.record.places)
        """Whether clients connect; otherwise their connections stand when they come."""

    def use_line(self, request: Request, step: Connect | Receive | Send | Linger) -> Life:
        """Connect, or wait for bytes."""
        match step:
            case Connect():
                yield from self.connect(request, step)
                if step.link is Link.CLIENT and request.connected_at is None:
                    request.connected_at = self.env.now
            case Receive():
                yield from self.receive(request, step)
            case Send():
                yield from self.send(request, step)
            case Linger():
                yield from self.linger(request, step)

    def answers(self, request: Request) -> bool:
        """Whether its response is being handed over to the client, at the place where it is."""
        place = self.record.places[request.at]
        return place.way is Way.DOWN and place.link is Link.CLIENT

    def until(self, request: Request, moment: float, noticed: float = -inf, *, exactly: bool = False) -> Answer:
        """Wait for a moment that the client has to see. False if it left before.

        ``noticed``: the server does not know before this that it has left.
        """
        leaves = max(request.deadline, noticed)
        end = min(moment, leaves)
        if end > self.env.now:
            yield Moment(self.env, end) if exactly and moment <= leaves else self.env.timeout(end - self.env.now)
        if moment > leaves:
            self.server.rows.abort(request, Outcome.GAVE_UP, request.deadline)
            return False
        return True

    def connect(self, request: Request, step: Connect) -> Life:
        """The SYN and, a round trip later, the ACK have to find a place in the backlog; the request acts at the second.

        A full backlog refuses, or drops the SYN, which is then repeated, or drops the ACK.
        """
        queue, began = self.server.stock.backlog_of(request, step.backlog), self.env.now
        rtt = request.rtt if step.link is Link.CLIENT else 0.0
        if not (yield from self.until(request, began + 1.5 * rtt)):
            return
        if step.at_once:
            began, rtt = self.env.now, 0.0
        if step.backlog.refuses:
            if queue.full:
                self.server.rows.abort(request, Outcome.REFUSED, self.env.now)
            return
        repeated_before = int(self.record.syn_retries[request.row])
        admitted = yield from self.knock(request, step, queue, began, rtt)
        if admitted and queue.full:
            in_bunch = int(self.record.syn_retries[request.row]) > repeated_before
            half_open = HalfOpen(queue, step.timers, self.env.now, rtt, in_bunch=in_bunch)
            yield from self.wait_half_open(request, step, half_open)

    def knock(self, request: Request, step: Connect, queue: AcceptQueue[Any], began: float, rtt: float) -> Answer:
        """Repeat the SYN until the backlog has a place for it; False if it never had.

        All who repeat it at one moment find what was there before any of them: where there is no round trip, their
        ACKs come after all their SYNs.
        """
        sent, before = began, 0.0
        for again in step.retries_s:
            if not queue.was_full(self.env.now - rtt):
                break
            sent = step.timers.on_wheel(sent, again - before)
            if sent - began >= step.timeout_s:
                break
            if not (yield from self.until(request, sent + 1.5 * rtt, exactly=True)):
                return False
            before = again
            self.record.syn_retries[request.row] += 1
        if queue.was_full(self.env.now - rtt):
            if (yield from self.until(request, began + step.timeout_s)):
                self.server.rows.abort(request, step.on_timeout, self.env.now)
            return False
        if before > 0 and rtt == 0:
            yield self.env.timeout(0)
        return True

    def wait_half_open(self, request: Request, step: Connect, half_open: HalfOpen) -> Life:
        """The client believes that it is connected; only what is repeated can still find a place."""
        try:
            yield from self.repeat_until_seated(request, step, half_open)
        finally:
            half_open.forget()

    def repeat_until_seated(self, request: Request, step: Connect, half_open: HalfOpen) -> Life:
        """Data take their place with them; who got in by an ACK without data waits for the data's next repetition.

        A client that leaves meanwhile stays: its FIN comes, once, and its data come on and on.
        """
        queue, fin = half_open.queue, request.deadline + half_open.rtt_s / 2
        while True:
            when, data_at = half_open.next_at, half_open.data_at
            if self.env.now < fin < when and half_open.known(fin):
                when = fin
            yield Moment(self.env, when)
            something, with_data = half_open.happen(when)
            self.record.data_retries[request.row] += with_data
            if not something and when != fin:
                continue
            if not half_open.known(when):
                return self.server.rows.turn_away(request, Outcome.BROKEN)
            if not queue.full:
                return self.enter(request, step, data_at, with_data=with_data)

    def enter(self, request: Request, step: Connect, data_at: float, *, with_data: bool) -> None:
        """The connection is there; its first data, too, or they come with their next repetition."""
        self.record.data_retries[request.row] += not with_data
        if step.link is Link.CLIENT:
            request.data_at = data_at
        else:
            request.passed_on_at = data_at

    def receive(self, request: Request, step: Receive) -> Life:
        """Wait until the whole request is here. Who leaves is not noticed before the first data, if those were lost."""
        arrives = noticed = -inf
        if step.link is Link.CLIENT and not (self.connects and request.connected_at is None):
            arrives = self.arrived_at(request, step.buffer_bytes)
            if request.data_at is not None:
                rate = float(self.load.up_rate[self.load.client[request.row]])
                size = min(float(self.load.upload[request.row]), step.buffer_bytes)
                noticed = request.data_at + size / rate
        if request.passed_on_at is not None:
            arrives, noticed = max(arrives, request.passed_on_at), max(noticed, request.passed_on_at)
        if arrives > -inf:
            yield from self.until(request, arrives, noticed)

    def arrived_at(self, request: Request, buffer: float) -> float:
        """When the last byte of the request is here, if it is read from now on.

        The client has been sending since the connection stood, until the receive buffer was full.
        """
        size = float(self.load.upload[request.row])
        rate = float(self.load.up_rate[self.load.client[request.row]])
        start = self.upload_start(request)
        if size > buffer and self.env.now > start + buffer / rate:
            return self.env.now + (size - buffer) / rate
        return start + size / rate

    def upload_start(self, request: Request) -> float:
        """When the client's connection stood; or later, if its first data were lost."""
        if request.data_at is not None:
            return request.data_at
        return float(self.record.arrival[request.row]) if request.connected_at is None else request.connected_at

    def send(self, request: Request, step: Send) -> Life:
        """Blocked until the rest fits the buffer, or the client is gone. The last byte arrives later.

        The client's line has been at work since the response was first handed over, be it to a proxy. What a job
        sends, nobody waits for.
        """
        if request.job is not None:
            return
        if request.answered_at is None:
            request.answered_at = self.env.now
        size = float(self.load.response[request.row])
        rate = float(self.load.down_rate[self.load.client[request.row]])
        start = request.answered_at
        if step.link is Link.CLIENT:
            self.server.rows.settle(request, Outcome.COMPLETED, start + request.rtt / 2 + size / rate)
        yield from self.keep(min(start + self.server.known(step, request), request.deadline))

    def linger(self, request: Request, step: Linger) -> Life:
        """Until the other side has closed, but not for ever. A client that gives up is gone at once."""
        if request.answered_at is None or request.job is not None:
            return
        closed = request.answered_at + self.server.known(step, request)
        if not request.settled or self.record.outcome[request.row] == Outcome.GAVE_UP:
            closed = min(closed, request.deadline)
        yield from self.keep(min(closed, self.env.now + step.most_s))

    def keep(self, end: float) -> Life:
        """Wait for a moment, if it is still to come."""
        if end > self.env.now:
            yield self.env.timeout(end - self.env.now)
