"""Interventions, for the reference engine: a process dies and comes back, slots and cores come and go, I/O is slow.

What to watch: ``kill``. Whatever the process holds is lost at that moment: ``LostError`` is thrown into the lives of
its requests, and each then only gives back what it holds outside of the process. Backlog and proxy go on.
"""

from collections import Counter
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

from simulator.engine.simpy_request import Arrival, Request
from simulator.plan import Link, Outcome
from simulator.plan.processes import main_pool, processes, slots_in_each, slots_of_each
from simulator.plan.walk import Place, Way
from simulator.workload.interventions import Do, Intervention

if TYPE_CHECKING:
    from simulator.engine.reference import Server


class Intervening:
    """What is done to a server, and which of its processes are down."""

    def __init__(self, server: "Server") -> None:
        """Everything is scheduled. At equal times it comes before the arrivals, in order."""
        self.server, self.env = server, server.env
        plan, record = server.plan, server.record
        self.inside = processes(plan, record.places)
        self.down: set[int] = set()
        self.deaths: Counter[int] = Counter()
        self.slow = [entry for entry in server.load.interventions if entry.do is Do.SLOW_IO]
        self.main_pool = main_pool(plan)
        for pool, copies in server.slots.items():
            for slots in copies:
                slots.of_each_process, slots.down = slots_of_each(plan, pool), self.down
                slots.width = slots.allowed = slots_in_each(plan, pool)
        for entry in server.load.interventions:
            self._schedule(entry)

    def _schedule(self, entry: Intervention) -> None:
        event = Arrival(self.env, entry.at)
        assert event.callbacks is not None  # the event is fresh
        event.callbacks.append(lambda _: self.intervene(entry))

    def intervene(self, entry: Intervention) -> None:
        """It is time."""
        if entry.do is Do.KILL and entry.number < self.inside.count:
            self.kill(entry.number, entry.lasting)
        elif entry.do is Do.SLOTS and self.main_pool is not None:
            for slots in self.server.slots[self.main_pool]:
                slots.allowed = entry.number
            self.rearrange()
        elif entry.do is Do.CORES:
            processor = self.server.computing.processor
            processor.resize(replace(processor.cores, count=entry.number))

    def io_factor(self) -> float:
        """How many times as long I/O takes that starts now."""
        return prod((entry.factor for entry in self.slow if entry.at <= self.env.now < entry.until), start=1.0)

    def kill(self, process: int, boot_s: float) -> None:
        """The process dies. If it was booting, it starts all over again."""
        self.down.add(process)
        self.deaths[process] += 1
        self.rearrange()
        lost = self._inside(process)
        acceptors = [acceptors.all[process] for acceptors in self.server.eager.values()]
        for request in lost:
            if request.queued is not None:
                request.queued.leave_queue(request)
        self.server.computing.leave_queues([*(request.row for request in lost), *acceptors])
        for acceptor in acceptors:
            if acceptor.run is not None:
                acceptor.run.lose()
                acceptor.run = None
        for request in lost:
            assert request.run is not None  # it is alive
            request.run.lose()
        back = self.env.timeout(boot_s)
        death = self.deaths[process]
        assert back.callbacks is not None  # the event is fresh
        back.callbacks.append(lambda _: self.come_back(process, death))

    def come_back(self, process: int, death: int) -> None:
        """The process has booted, unless it was killed again meanwhile."""
        if death != self.deaths[process]:
            return
        self.down.remove(process)
        self.rearrange()
        for acceptors in self.server.eager.values():
            self.server.start_acceptor(acceptors, acceptors.all[process])

    def lose(self, request: Request, place: Place) -> None:
        """Its process is down, and the connection with it. What was handed over completely still arrives."""
        request.process = int(self.server.record.process[request.row])
        if place.way is Way.DOWN and place.link is Link.CLIENT:
            self.unsettle(request)
        self.server.turn_away(request, self.loss(request))

    def unsettle(self, request: Request) -> None:
        """The answer that was under way will not be complete, so the client's next request comes at another time."""
        if self.server.record.finished[request.row] > self.env.now:
            request.settled = False
            following = self.server.next_start.pop(request.row + self.server.load.clients_in_loop, None)
            if following is not None and following.callbacks is not None:
                following.callbacks.clear()

    def loss(self, request: Request) -> Outcome:
        """A proxy answers for a server that died, unless the client has a part of the response already."""
        first_send = self.server.network.first_send
        begun = first_send is not None and first_send <= request.at
        return Outcome.BAD_GATEWAY if self.inside.behind_proxy and not begun else Outcome.CRASHED

    def rearrange(self) -> None:
        """Idle slots that are closed now go away, those that are open again come back."""
        for copies in self.server.slots.values():
            for slots in copies:
                slots.rearrange()

    def _inside(self, process: int) -> list[Request]:
        """The requests that the process holds, in the order of their rows."""
        record, inside = self.server.record, self.inside
        return [
            request
            for row, request in sorted(self.server.alive.items())
            if record.process[row] == process and inside.first <= request.at < inside.end and not request.leaving
        ]
