"""All clients in one thread: an epoll, a heap of moments, and the columns that are filled in on the way.

What to watch: the driver has to be on time while the servers take all cores, so nothing here is done twice or for
beauty. ``epoll`` counts in milliseconds, so that ``select`` on the epoll itself does the waiting: it counts in
microseconds.
"""

import os
import select
from contextlib import suppress
from heapq import heapify, heappop, heappush
from math import inf, nan
from socket import socket
from time import monotonic, process_time
from typing import Any

import numpy as np

from simulator.real.conversation import connect
from simulator.real.exchange import Action, Exchange, Line, network_rtt_s
from simulator.real.job import Ending, Job, Result
from simulator.real.messages import Requests

LEAD_S = 0.1
"""Between the decision to start and the start."""
SAMPLE_S = 1.0


class ParentGoneError(Exception):
    """Whoever started the driver has ended."""


class Crowd:
    """The clients of one job."""

    def __init__(self, job: Job, parent: int | None = None) -> None:
        """Nobody has started. ``parent``: a file descriptor that comes to its end when the parent does."""
        load, n = job.workload, len(job.workload)
        self.job, self.load = job, load
        self.address = ("127.0.0.1", job.port)
        # Lists, because taking single numbers out of arrays is slow.
        self.network_rtt = network_rtt_s()
        self.rtt, self.patience = np.maximum(load.rtt - self.network_rtt, 0.0).tolist(), load.patience.tolist()
        self.client, self.think = load.client.tolist(), None if load.think is None else load.think.tolist()
        self.rates = list(zip(load.up_rate.tolist(), load.down_rate.tolist(), strict=True))
        self.requests = Requests(load)
        self.arrival = [nan] * n
        self.columns = {name: [nan] * n for name in ("attempted", "stood", "sent", "finished")}
        self.ending, self.status, self.syn_retries = [0] * n, [0] * n, [0] * n
        self.cpu_at: list[float] = []
        self.cpu_used: list[float] = []
        self.moments: list[tuple[float, int, Action | None, Exchange | socket | int]] = []
        self.number = 0
        self.under_way: dict[int, Exchange] = {}
        self.epoll, self.parent = select.epoll(), parent
        self.unfinished = load.clients_in_loop or n
        self.taken = 0
        """Rows of a closed loop with a number of requests, which its clients share."""
        self.ran_out = False

    # --- the run --------------------------------------------------------------------------------------------------

    def run(self) -> Result:
        """From the first arrival to the last answer, or until the time is over."""
        if self.parent is not None:
            with suppress(PermissionError):  # a plain file cannot be watched, and never ends
                self.epoll.register(self.parent, select.EPOLLIN)
        self.start = monotonic() + LEAD_S
        self.latest = self.start + self.job.workload.duration + self.job.grace_s
        self._schedule()
        self._sample_at(self.start)
        try:
            self._loop()
        finally:
            now = monotonic()
            self._sample(now)
            for *_, what in self.moments:
                if isinstance(what, socket):
                    what.close()
            for exchange in list(self.under_way.values()):
                self._note(exchange)
                exchange.connection().close()
            self.epoll.close()
        return self._result()

    def _schedule(self) -> None:
        if self.load.clients_in_loop:
            begins = self.load.begins()
            self.unfinished = len(begins)
            for client, moment in enumerate(begins):
                self._send_at(client, self.start + moment)
            return
        self.arrival = (self.load.arrival + self.start).tolist()
        begins = (self.load.arrival + 1.5 * np.array(self.rtt) + self.start).tolist()
        self.moments = [(moment, row, None, row) for row, moment in enumerate(begins)]
        heapify(self.moments)
        self.number = len(begins)

    def _loop(self) -> None:
        moments, epoll, wait = self.moments, self.epoll, select.select
        descriptor = [epoll.fileno()]
        while True:
            now = monotonic()
            while moments and moments[0][0] <= now:
                moment, _, action, what = heappop(moments)
                self._do(action, what, moment, now)
                now = monotonic()
            if now >= self.latest or self.unfinished <= 0 or self.ran_out:
                return
            pause = min(moments[0][0] if moments else inf, self.latest) - now
            if pause > 0 and not wait(descriptor, (), (), pause)[0]:
                continue
            for number, _ in epoll.poll(0):
                exchange = self.under_way.get(number)
                if exchange is not None and exchange.react is not None:
                    exchange.react(exchange, monotonic())
                elif number == self.parent and not os.read(number, 1):
                    raise ParentGoneError

    def _do(self, action: Action | None, what: Exchange | socket | int, moment: float, now: float) -> None:
        if isinstance(what, Exchange):
            if not what.over and action is not None:
                action(what, now)
        elif isinstance(what, socket):
            what.close()
        elif what < 0:
            self._sample_at(moment)
        elif what >= len(self.load):
            self._take_next(moment)
        else:
            self._begin(what, now)

    def _begin(self, row: int, now: float) -> None:
        """The connection of this row's client would stand now."""
        deadline = self.arrival[row] + self.patience[row]
        up, down = (Line(rate) if rate < inf else None for rate in self.rates[self.client[row]])
        exchange = Exchange(self, row, self.requests.message(row), up, down)
        if deadline <= now:
            self._lose_patience(exchange, now)
            return
        if deadline < inf:
            self.at(deadline, self._lose_patience, exchange)
        connect(exchange, now)
        if not exchange.stands and not exchange.over:
            self.at(now + self.job.connect_timeout_s, self._stop_connecting, exchange)

    def _lose_patience(self, exchange: Exchange, _: float) -> None:
        self.settle(exchange, Ending.GAVE_UP, self.arrival[exchange.row] + self.patience[exchange.row])

    def _stop_connecting(self, exchange: Exchange, _: float) -> None:
        if not exchange.stands:
            self.settle(exchange, Ending.CONNECT_TIMEOUT, exchange.attempted + self.job.connect_timeout_s)

    # --- what an exchange asks for --------------------------------------------------------------------------------

    def watch(self, exchange: Exchange, mask: int) -> None:
        """Call ``exchange.react`` when the socket is ready for this."""
        number = exchange.connection().fileno()
        if exchange.watched:
            self.epoll.modify(number, mask)
        else:
            self.epoll.register(number, mask)
            self.under_way[number] = exchange
            exchange.watched = True

    def at(self, moment: float, action: Action | None, what: Exchange | socket | int, /) -> None:
        """Call the action at a moment of time.monotonic(), unless the exchange is over by then; or ``_do`` the rest."""
        self.number += 1
        heappush(self.moments, (moment, self.number, action, what))

    def settle(self, exchange: Exchange, ending: Ending, now: float) -> None:
        """It is over: note it, close, and let a client of a closed loop think about its next request."""
        row = exchange.row
        exchange.over = True
        half_trip = self.rtt[row] / 2 if ending in (Ending.ANSWERED, Ending.BROKEN) else 0.0
        finished = now + half_trip
        if finished >= self.arrival[row] + self.patience[row]:
            finished, ending = self.arrival[row] + self.patience[row], Ending.GAVE_UP
        self._note(exchange)
        self.columns["finished"][row], self.ending[row] = finished, int(ending)
        if exchange.socket is not None:
            self.under_way.pop(exchange.socket.fileno(), None)
            self._close(exchange, exchange.socket, now + self.rtt[row] if ending is Ending.ANSWERED else now)
        if self.load.clients_in_loop:
            self._think_again(row + self.load.clients_in_loop, finished)
        else:
            self.unfinished -= 1

    def _close(self, exchange: Exchange, connection: socket, moment: float) -> None:
        """Close when a client so far away would be heard: a server that lingers waits for that."""
        if moment <= monotonic():
            connection.close()
            return
        if exchange.watched:
            self.epoll.unregister(connection)
        self.at(moment, None, connection)

    def _think_again(self, row: int, since: float) -> None:
        """A client of a closed loop thinks, then sends its next request."""
        assert self.think is not None  # a closed loop has think times
        if row >= len(self.load) and not self.load.limit:
            self.ran_out = True
            return
        self._send_at(row, since + self.think[row % len(self.load)])

    def _send_at(self, row: int, arrival: float) -> None:
        """A client of a closed loop sends its next request, unless the time is over."""
        if arrival >= self.start + self.load.duration:
            self.unfinished -= 1
        elif self.load.limit:  # which one that is, is known when it is sent
            self.at(arrival, None, len(self.load))
        else:
            self._send(row, arrival)

    def _take_next(self, arrival: float) -> None:
        """A client of a closed loop sends the next of the requests that all share, if there is one left."""
        if self.taken >= len(self.load):
            self.unfinished -= 1
            return
        self.taken += 1
        self._send(self.taken - 1, arrival)

    def _send(self, row: int, arrival: float) -> None:
        self.arrival[row] = arrival
        self.at(arrival + 1.5 * self.rtt[row], None, row)

    # --- what comes out -------------------------------------------------------------------------------------------

    def _note(self, exchange: Exchange) -> None:
        row, columns = exchange.row, self.columns
        columns["attempted"][row], columns["stood"][row] = exchange.attempted, exchange.stood
        columns["sent"][row], self.status[row] = exchange.sent_at, exchange.status
        if not exchange.stands:
            exchange.count_retries(monotonic())
        self.syn_retries[row] = exchange.retries

    def _sample_at(self, moment: float) -> None:
        self._sample(monotonic())
        self.at(moment + SAMPLE_S, None, -1)

    def _sample(self, now: float) -> None:
        self.cpu_at.append(now - self.start)
        self.cpu_used.append(process_time())

    def _result(self) -> Result:
        columns: dict[str, Any] = {name: np.array(values) - self.start for name, values in self.columns.items()}
        return Result(
            start=self.start,
            ran_out=self.ran_out,
            network_rtt=self.network_rtt,
            arrival=np.array(self.arrival) - self.start,
            ending=np.array(self.ending, np.int8),
            status=np.array(self.status, np.int16),
            syn_retries=np.array(self.syn_retries, np.int16),
            cpu_at=np.array(self.cpu_at),
            cpu_used=np.array(self.cpu_used),
            **columns,
        )
