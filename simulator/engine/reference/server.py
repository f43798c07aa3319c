"""The reference engine: the plan interpreted on SimPy, every request a process. It defines what each step means.

Read ``Server.live`` first: a request goes from place to place and notes when it reached each. Ties in time are broken
by one rule: first come interventions, then arrivals of an open loop in the order of their rows; everything else happens
in the order in which it was scheduled, and whoever is given something has it at once, and goes on after the giver has
paused.
"""

from collections.abc import Callable, Iterator, Sequence
from math import inf

import simpy

from simulator.engine.record import Record, Shortage, grants_table
from simulator.engine.reference.acceptors import Acceptor
from simulator.engine.reference.blocks import Blocks, left_to_chance
from simulator.engine.reference.computing import Computing
from simulator.engine.reference.interventions import Intervening
from simulator.engine.reference.jobs import Jobs
from simulator.engine.reference.lifetimes import Lifetimes
from simulator.engine.reference.locks import Turn
from simulator.engine.reference.luck import Streams
from simulator.engine.reference.network import Network
from simulator.engine.reference.request import Life, LostError, Request
from simulator.engine.reference.rows import Rows
from simulator.engine.reference.slots import Scaling
from simulator.engine.reference.stock import Stock
from simulator.engine.transfer_times import Floats, Timed, seconds_of
from simulator.plan import (
    Accept,
    AcceptEagerly,
    Allocate,
    Branch,
    Choose,
    Compute,
    Connect,
    Crash,
    End,
    Enqueue,
    Handle,
    Limit,
    Linger,
    Lock,
    Outcome,
    Plan,
    Receive,
    Release,
    Retire,
    Seize,
    Send,
    Within,
)
from simulator.plan.walk import Outline, Place, Stretch, outline
from simulator.trace.table import Trace
from simulator.workload.table import Work, Workload


class Server:
    """A plan at work on a workload. Let its events happen, then read its record."""

    def __init__(self, plan: Plan, workload: Workload) -> None:
        """Everything is idle, and the arrivals are scheduled."""
        self.env = simpy.Environment()
        self.plan, self.load, self.record = plan, workload, Record.blank(plan, workload)
        self.outline = outline(plan, workload.phase_count)
        self.luck = {part: workload.luck(i) for i, part in enumerate(left_to_chance(self.outline, self.record.places))}
        self.alive: dict[int, Request] = {}
        self.seconds: dict[Timed, Floats] = {}
        self.stock, self.computing = Stock(self), Computing(self.env, plan, self.record, Streams(workload))
        self.network, self.blocks, self.rows = Network(self), Blocks(self), Rows(self)
        self.lifetimes, self.jobs = Lifetimes(self), Jobs(self)
        for process in range(self.lifetimes.regions[0].count):
            self.start_acceptor(process)
        self.intervening = Intervening(self)
        self.rows.schedule_arrivals()
        self.scalings = [Scaling(self, scale) for scale in plan.scales]

    def acceptors_of(self, processes: Sequence[int]) -> Iterator[Acceptor]:
        """Those of some processes; only processes that serve requests can have one."""
        for acceptors in self.stock.eager.values():
            yield from (acceptors.all[process] for process in processes if process < len(acceptors.all))

    def start_acceptor(self, process: int) -> None:
        """The process starts, or has booted; it may have an acceptor."""
        for acceptors in self.stock.eager.values():
            if process < len(acceptors.all):
                self.computing.start(acceptors, acceptors.all[process])

    # --- the life of a request ------------------------------------------------------------------------------------

    def live(self, request: Request) -> Life:
        """From place to place. A request that was aborted only gives back what it holds."""
        row = request.row
        self.record.arrival[row] = self.env.now
        self.rows.watch(request)
        yield from self.walk(request, self.outline if request.job is None else request.job.way)
        del self.alive[row]
        self.record.left[row] = self.env.now
        if not request.settled:
            self.rows.settle(request, Outcome.COMPLETED, self.env.now)
        self.stock.part_from(request)
        self.lifetimes.moved(request)
        self.jobs.ended(request)

    def walk(self, request: Request, parts: Outline) -> Life:
        """Through places and blocks. What a branch takes it gives back itself: who is aborted need not enter one."""
        for number, part in enumerate(parts, start=1):
            if isinstance(part, int):
                yield from self.visit(request, part, parts[number:])
                continue
            match part.block:
                case Within():
                    yield from self.blocks.within(request, part.block, part.ways[0])
                case Branch():
                    if not request.aborted:
                        passes = self.blocks.passes(request, part.block, self.luck_of(request, part))
                        yield from self.walk(request, part.ways[0 if passes else 1])
                case Enqueue():
                    pass  # its steps are those of the job, which was sent off at the place before

    def visit(self, request: Request, column: int, rest: Outline) -> Life:
        """One place; ``rest`` is what follows it on the same straight way."""
        place = self.record.places[column]
        if self.passes(request, place):
            return
        self.record.reached[request.row, column], request.at = self.env.now, column
        self.lifetimes.moved(request)
        try:
            yield from self.perform(request, place, rest)
        except LostError as lost:
            if self.network.answers(request):
                self.rows.unsettle(request)
            if lost.outcome is None:
                self.lifetimes.lose(request)
            else:
                self.rows.turn_away(request, lost.outcome)

    def passes(self, request: Request, place: Place) -> bool:
        """Whether the request has no business at this place."""
        if request.aborted:
            frees = place.frees in request.held or place.leaves in request.upstream
            return not frees and place.deallocates not in request.memory
        if place.piece is not None:
            return not self.kind_of(request, place.piece).is_done_at(place)
        return place.acceptor  # it notes the request itself

    def perform(self, request: Request, place: Place, rest: Outline) -> Life:
        """Do, or wait for, what this place is about."""
        match place.step:
            case Connect() | Receive() | Send() | Linger():
                yield from self.network.use_line(request, place.step)
            case Accept() | AcceptEagerly() | Seize() | Limit():
                yield from self.stock.wait_for(request, place.step)
            case Choose() | Allocate() | Release():
                yield from self.stock.trade(request, place.step)
            case Compute():
                yield from self.compute(request, place, self.work_at(request, place), rest)
            case Handle():
                yield from self.handle(request, place, place.step, rest)
            case Enqueue():
                yield from self.jobs.send_off(request)
            case Crash(boot_s=boot_s):
                yield from self.lifetimes.die_of(request, boot_s)
            case Retire(after=after, boot_s=boot_s):
                self.lifetimes.served_one_more(request, after, boot_s)
            case End(outcome=outcome):
                self.rows.turn_away(request, outcome)

    def throw_out(
        self, requests: Sequence[Request], outcome: Outcome | None = None, processes: Sequence[int] = ()
    ) -> None:
        """First all of them leave whatever they wait for, then one after the other hears of it; so do acceptors."""
        acceptors = [acceptor for acceptor in self.acceptors_of(processes) if acceptor.run is not None]
        for request in requests:
            if request.queued is not None:
                request.queued.leave_queue(request)
        self.computing.leave_queues([*(request.row for request in requests), *acceptors])
        for acceptor in acceptors:
            self.computing.stop(acceptor)
        for request in requests:
            assert request.run is not None  # it is alive
            request.run.lose(outcome)

    # --- work -----------------------------------------------------------------------------------------------------

    def compute(self, request: Request, place: Place, work_s: float, rest: Outline) -> Life:
        """So many seconds on a core, under the lock that is needed for it."""
        turns = [self.turn_at(request, lock) for lock in self.locks_at(request, place)]
        if not turns:
            yield from self.computing.compute(place.cores or self.plan.cores, request.row, request.at, work_s)
            return
        kept = self.kept(request, place, rest)
        yield from self.computing.compute_locked(turns, request.row, request.at, work_s, place.releases, kept)

    def turn_at(self, request: Request, lock: Lock) -> Turn:
        """The lock of its process."""
        return self.computing.turns[lock][self.stock.copy_of(request, lock.processes)]

    def locks_at(self, request: Request, place: Place) -> Sequence[Lock]:
        """The locks that it needs at a place: for its own work, that depends on what kind of work it is."""
        if place.phase is None:
            return place.locks
        return self.kind_of(request, place.phase).locks(place)

    def kept(self, request: Request, place: Place, rest: Outline) -> Sequence[Lock]:
        """The locks that it needs for what it does next, if that is under the same lock: it does not let go of them."""
        following = self.following(request, rest)
        if following is None or following.lock != place.lock or self.work_at(request, following) <= 0:
            return ()
        return self.locks_at(request, following)

    def following(self, request: Request, rest: Outline) -> Place | None:
        """Where it goes next, if that is on the same straight way."""
        for part in rest:
            if isinstance(part, Stretch):
                return None
            if not self.passes(request, self.record.places[part]):
                return self.record.places[part]
        return None

    def work_at(self, request: Request, place: Place) -> float:
        """Seconds of computing at a place, or of standing still under its lock."""
        if place.phase is None:
            assert isinstance(place.step, Compute)  # nothing else computes without a phase
            return self.known(place.step, request) + place.work_s if place.mebibyte_s else place.work_s
        kind, seconds = self.kind_of(request, place.phase), self.seconds_of_phase(request, place)
        if kind.computes:
            return seconds + place.work_s
        return seconds if kind.needs_lock(place) else 0.0

    def handle(self, request: Request, place: Place, step: Handle, rest: Outline) -> Life:
        """One phase of the request's own work."""
        assert place.phase is not None  # every place of a Handle step has one
        seconds, kind = self.seconds_of_phase(request, place), self.kind_of(request, place.phase)
        if kind.computes:
            yield from self.compute(request, place, seconds + step.visit_cost_s, rest)
        elif seconds <= 0:
            return
        elif kind is Work.CRASH:
            yield from self.lifetimes.die_of(request, seconds)
        elif locks := self.locks_at(request, place):
            kept, waiting = self.kept(request, place, rest), self.wait_for_io(request, step, seconds)
            turn = self.turn_at(request, locks[0])
            yield from self.computing.keep_loop(turn, request.row, request.at, waiting, locks[0] in kept)
        else:
            yield from self.wait_for_io(request, step, seconds, step.io_late_s)

    def seconds_of_phase(self, request: Request, place: Place) -> float:
        """What the load says; code that is slowed down takes longer for it."""
        assert place.phase is not None
        seconds = float(self.load.phases[request.row, place.phase])
        return seconds * place.cpu_factor if self.kind_of(request, place.phase) is Work.CPU else seconds

    def wait_for_io(self, request: Request, step: Handle, seconds: float, late_s: float = 0.0) -> Life:
        """Nothing is done for it here. How long it takes is known when it begins."""
        seconds *= self.intervening.io_factor()
        if step.io_on is None:
            yield self.env.timeout(seconds + late_s)
        else:
            yield from self.computing.compute(step.io_on, request.row, request.at, seconds)

    def known(self, step: Timed, request: Request) -> float:
        """Seconds at a step that are known before the run."""
        if step not in self.seconds:
            self.seconds[step] = seconds_of(step, self.load)
        column = self.seconds[step]
        return float(column[request.row if len(column) > 1 else 0])

    def kind_of(self, request: Request, phase: int) -> Work:
        """What this phase is for the request's class."""
        return Work(self.load.phase_kinds[self.load.request_class[request.row], phase])

    def class_of(self, request: Request) -> str:
        """The name of its class."""
        name: str = self.load.class_names[self.load.request_class[request.row]]
        return name

    def luck_of(self, request: Request, part: int | Stretch) -> float:
        """What decides there, if that is left to chance."""
        return float(self.luck[part][request.row]) if part in self.luck else 0.0


def simulate(
    plan: Plan, workload: Workload, *, detail: bool, progress: Callable[[float], None] | None = None
) -> Trace | Shortage:
    """Run to the end, or say of which rows the workload has too few."""
    server = Server(plan, workload)
    events = 0
    while server.env.peek() < inf and server.rows.shortage is None:
        server.env.step()
        events += 1
        if progress is not None and events % 10_000 == 0:
            progress(server.env.now)
    if server.rows.shortage is not None:
        return server.rows.shortage
    grants = server.computing.grants
    columns = zip(*grants, strict=True) if grants else ((), (), (), (), ())
    return server.record.trace(plan, workload, grants_table(columns) if detail else None)
