"""The reference engine: the plan interpreted on SimPy, every request a process. It defines what each step means.

Read ``Server.live`` first: a request goes from place to place and notes when it reached each. Ties in time are broken
by one rule: first come interventions, then arrivals of an open loop in the order of their rows; everything else happens
in the order in which it was scheduled, and whoever is given something has it at once, and goes on after the giver has
paused.
"""

from collections.abc import Callable
from math import inf
from typing import Any

import simpy

from simulator.engine.record import Record, grants_table
from simulator.engine.simpy_acceptors import Acceptor, Acceptors
from simulator.engine.simpy_backlog import AcceptQueue
from simulator.engine.simpy_computing import Computing, Life
from simulator.engine.simpy_interventions import Intervening
from simulator.engine.simpy_network import Network
from simulator.engine.simpy_request import Arrival, LostError, Request, Run
from simulator.engine.simpy_resources import Slots
from simulator.plan import (
    Accept,
    AcceptEagerly,
    Backlog,
    Compute,
    Connect,
    Handle,
    Link,
    Outcome,
    Plan,
    Pool,
    Receive,
    Release,
    Seize,
    Send,
)
from simulator.plan.walk import Place
from simulator.trace.table import Trace
from simulator.workload.table import Work, Workload


class Server:
    """A plan at work on a workload. Let its events happen, then read its record."""

    def __init__(self, plan: Plan, workload: Workload) -> None:
        """Everything is idle, and the arrivals are scheduled."""
        self.env = env = simpy.Environment()
        self.plan, self.load, self.record = plan, workload, Record.blank(plan, workload)
        self.alive: dict[int, Request] = {}
        self.next_start: dict[int, simpy.Event] = {}
        self.rows_ran_out = False
        self.computing = Computing(env, plan, self.record)
        self.slots = {
            pool: [Slots(env, pool, copy, self.hold) for copy in range(pool.processes)] for pool in plan.pools
        }
        self.eager = {step.backlog: Acceptors(env, step) for step in plan.steps if isinstance(step, AcceptEagerly)}
        self.queues: dict[Backlog, AcceptQueue[Any]] = {}
        for step in plan.steps:
            if isinstance(step, Accept):
                self.queues[step.backlog] = self.slots[step.pool][0].queue = AcceptQueue(env, step.backlog)
            elif isinstance(step, AcceptEagerly):
                self.queues[step.backlog] = self.eager[step.backlog].backlog
        self.pool_column = {pool: i for i, pool in enumerate(plan.pools)}
        self.timed = bool(workload.clients_in_loop) or any(
            pool.renege or pool.frees_when_client_leaves for pool in plan.pools
        )
        for acceptors in self.eager.values():
            for acceptor in acceptors.all:
                self.start_acceptor(acceptors, acceptor)
        self.network, self.intervening = Network(self), Intervening(self)
        self._schedule_arrivals()

    def start_acceptor(self, acceptors: Acceptors, acceptor: Acceptor) -> None:
        """Its process starts, or has booted."""
        acceptor.run = Run(self.env, self.computing.accept_until_lost(acceptors, acceptor))

    def _schedule_arrivals(self) -> None:
        if self.load.clients_in_loop:
            for row in range(min(self.load.clients_in_loop, len(self.load))):
                self._send_later(row, 0.0)
        else:
            for row, at_s in enumerate(self.load.arrival.tolist()):
                self._start_at(Arrival(self.env, at_s), row)

    def _start_at(self, event: simpy.Event, row: int) -> None:
        assert event.callbacks is not None  # the event is fresh

        def begin(_: simpy.Event) -> None:
            request = self.alive[row] = Request(row, self.env.now, float(self.load.patience[row]))
            request.run = Run(self.env, self.live(request))

        event.callbacks.append(begin)

    # --- the life of a request ------------------------------------------------------------------------------------

    def live(self, request: Request) -> Life:
        """From place to place. A request that was aborted only gives back what it holds."""
        env, record, row = self.env, self.record, request.row
        record.arrival[row] = env.now
        if self.timed and request.deadline < inf:
            timer = env.timeout(float(self.load.patience[row]))
            assert timer.callbacks is not None  # the event is fresh
            timer.callbacks.append(lambda _: self.lose_patience(request))
        for column, place in enumerate(record.places):
            if not self.passes(request, place):
                record.reached[row, column], request.at = env.now, column
                try:
                    yield from self.perform(request, place, column)
                except LostError:
                    self.intervening.lose(request, place)
        del self.alive[row]
        record.left[row] = env.now
        if not request.settled:
            self.settle(request, Outcome.COMPLETED, env.now)
        if request.taken_by is not None:
            request.taken_by.finished_one(request.process)

    def passes(self, request: Request, place: Place) -> bool:
        """Whether the request has no business at this place."""
        if request.aborted:
            return place.frees not in request.held
        if place.phase is not None:
            return self.kind_of(request, place.phase) is Work.NONE
        return place.acceptor  # it notes the request itself

    def perform(self, request: Request, place: Place, column: int) -> Life:
        """Do, or wait for, what this place is about."""
        match place.step:
            case Connect():
                yield from self.network.connect(request, place.step)
            case AcceptEagerly():
                request.taken_by = self.eager[place.step.backlog]
                request.process = yield request.taken_by.put(request.row, float(self.load.coin[request.row]))
            case Accept(pool=pool) | Seize(pool=pool):
                yield from self.seize(request, pool)
            case Release(pool=pool):
                self.release(request, pool)
            case Receive(link=link, buffer_bytes=buffer):
                if link is Link.CLIENT:
                    yield from self.network.until(request, self.network.arrived_at(request, buffer))
            case Compute(work_s=work_s):
                yield from self.compute(request, place, column, work_s)
            case Handle(visit_cost_s=visit_cost_s):
                yield from self.handle(request, place, column, visit_cost_s)
            case Send():
                yield from self.network.send(request, place.step)

    def settle(self, request: Request, outcome: Outcome, finished: float) -> None:
        """The client has its answer, or none; whatever the server still does for this request is for nobody."""
        if request.settled:
            return
        request.settled = True
        if outcome is Outcome.GAVE_UP or finished > request.deadline:
            outcome, finished = Outcome.GAVE_UP, request.deadline
        self.record.outcome[request.row], self.record.finished[request.row] = outcome, finished
        if self.load.clients_in_loop:
            self._send_later(request.row + self.load.clients_in_loop, finished)

    def _send_later(self, row: int, since_s: float) -> None:
        """A client of a closed loop thinks, then sends its next request, unless the time is over."""
        assert self.load.think is not None  # a closed loop has think times
        if row >= len(self.load):
            self.rows_ran_out = True
            return
        at_s = since_s + float(self.load.think[row])
        if at_s < self.load.duration:
            self.next_start[row] = self.env.timeout(max(at_s - self.env.now, 0.0))
            self._start_at(self.next_start[row], row)

    def abort(self, request: Request, outcome: Outcome, finished: float) -> None:
        """Nothing more is done for this request."""
        request.aborted = True
        self.settle(request, outcome, finished)

    def turn_away(self, request: Request, outcome: Outcome) -> None:
        """The server answers with an error, which takes half a round trip."""
        self.abort(request, outcome, self.env.now + self.load.rtt[request.row] / 2)

    def lose_patience(self, request: Request) -> None:
        """The client leaves; most servers do not notice."""
        if request.settled and self.record.outcome[request.row] != Outcome.GAVE_UP:
            return
        self.settle(request, Outcome.GAVE_UP, request.deadline)
        if request.queued is not None and request.queued.pool.renege:
            assert request.seat is not None  # who queues waits for it
            request.queued.leave_queue(request)
            request.seat.succeed(False)
        for pool in [pool for pool in self.slots if pool.frees_when_client_leaves and pool in request.held]:
            self.release(request, pool)

    # --- steps ----------------------------------------------------------------------------------------------------

    def seize(self, request: Request, pool: Pool) -> Life:
        """Take the slot that has been idle longest, or queue for one."""
        slots = self.slots[pool][request.process if pool.processes > 1 else 0]
        if slots.free:
            self.hold(request, pool, slots.free.popleft())
        elif slots.full:
            self.turn_away(request, pool.when_full)
        else:
            given = yield slots.wait(request)
            request.seat = None
            if not given:
                self.abort(request, Outcome.GAVE_UP, request.deadline)

    def hold(self, request: Request, pool: Pool, slot: int) -> None:
        """The slot is the request's from this moment on, and may decide on its process."""
        request.held[pool] = slot
        self.record.slot[request.row, self.pool_column[pool]] = slot
        if pool.slots_per_process is not None:
            request.process = self.record.process[request.row] = slot // pool.slots_per_process

    def release(self, request: Request, pool: Pool) -> None:
        """Give the slot back, unless it is gone already."""
        slot = request.held.pop(pool, None)
        if slot is not None:
            self.slots[pool][slot // pool.size].give_back(slot)

    def kind_of(self, request: Request, phase: int) -> Work:
        """What this phase is for the request's class."""
        return Work(self.load.phase_kinds[self.load.request_class[request.row], phase])

    def compute(self, request: Request, place: Place, column: int, work_s: float) -> Life:
        """So many seconds on a core, under the lock that the place needs."""
        following = next((p for p in self.record.places[column + 1 :] if not self.passes(request, p)), None)
        goes_on = following is not None and following.lock == place.lock and self.work_at(request, following) > 0
        yield from self.computing.compute(request.row, column, work_s, place.lock, request.process, goes_on)

    def work_at(self, request: Request, place: Place) -> float:
        """Seconds of computing at a place."""
        if place.phase is None:
            return place.work_s
        computing = self.kind_of(request, place.phase) is Work.CPU
        return float(self.load.phases[request.row, place.phase]) + place.work_s if computing else 0.0

    def handle(self, request: Request, place: Place, column: int, visit_cost_s: float) -> Life:
        """One phase of the request's own work."""
        assert place.phase is not None  # every place of a Handle step has one
        seconds = float(self.load.phases[request.row, place.phase])
        if self.kind_of(request, place.phase) is Work.CPU:
            yield from self.compute(request, place, column, seconds + visit_cost_s)
        elif seconds > 0:
            yield self.env.timeout(seconds * self.intervening.io_factor())


def simulate(
    plan: Plan, workload: Workload, *, detail: bool, progress: Callable[[float], None] | None = None
) -> Trace | None:
    """Run to the end. None if a closed loop needed more rows than the workload has."""
    server = Server(plan, workload)
    events = 0
    while server.env.peek() < inf:
        server.env.step()
        events += 1
        if progress is not None and events % 10_000 == 0:
            progress(server.env.now)
    if server.rows_ran_out:
        return None
    grants = server.computing.grants
    columns = zip(*grants, strict=True) if grants else ((), (), (), ())
    return server.record.trace(plan, workload, grants_table(columns) if detail else None)
