"""The program of one class of requests: what every place of the walk means for it, in micro-steps."""

from dataclasses import astuple, replace

from simulator.engine.kernel import numbers as ops
from simulator.engine.lowering.blocks import Blocks, Jobs
from simulator.engine.lowering.computing import Piece, add_blocking_wait, add_locked_work, add_work_under, keep_lock
from simulator.engine.lowering.program import Micro, Program
from simulator.engine.transfer_times import Slowed
from simulator.plan import (
    Accept,
    AcceptEagerly,
    Allocate,
    Choose,
    Compute,
    Connect,
    Crash,
    Die,
    End,
    Enqueue,
    Handle,
    Limit,
    Linger,
    Link,
    Lock,
    Pool,
    Receive,
    Release,
    Retire,
    Seize,
    Send,
)
from simulator.plan.walk import Outline, Place, outline
from simulator.workload.table import Work

POLICIES = {"in turn": ops.IN_TURN, "least in hand": ops.LEAST_IN_HAND, "random": ops.RANDOM, "hashed": ops.HASHED}


def add_class(program: Program, name: str, kinds: list[int]) -> None:
    """The programs of one class: that of its requests, and one for each job. ``kinds``: what each phase is."""
    jobs: Jobs = {}
    program.starts.append(_add_walk(program, name, kinds, 0, outline(program.plan, len(kinds)), jobs))
    starts = [0] * len(program.plan.jobs)  # a job that the class does not send off has no program
    while jobs:  # a job may send off others
        number, way = jobs.popitem()
        starts[number] = _add_walk(program, name, kinds, number + 1, way, jobs)
    program.job_starts += starts


def _add_walk(program: Program, name: str, kinds: list[int], number: int, parts: Outline, jobs: Jobs) -> int:
    """One program, and where it begins."""
    program.emit(Micro(op=ops.END))  # before the first step there is one to wait at
    begins = program.end
    if program.starting:
        program.emit(Micro(op=ops.START))
    ClassProgram(program, name, kinds, number, jobs).add(parts)
    program.emit(Micro(op=ops.END))
    return begins


class ClassProgram(Blocks):
    """One class on its way through the walk."""

    def __init__(self, program: Program, name: str, kinds: list[int], number: int, jobs: Jobs) -> None:
        """Nothing is added yet. ``number``: of the walk, 0 for requests. ``jobs`` collects those that are met."""
        super().__init__(program, name, jobs)
        self.kinds, self.is_job, inside = kinds, number > 0, program.every_inside[number]
        self.ends = [(inside.end, False)] if inside.count and program.mortal else []
        if self.ends and inside.groups:
            self.ends = sorted({(inside.end, True), (inside.group_end, False)}, key=lambda end: (end[0], end[1]))
        self.done: int | None = None
        """The step before, if it ends computing under a lock."""

    def visit(self, column: int) -> None:
        """One place, if the class has any business there."""
        place = self.program.walk[column]
        if self._passes(place):
            return
        while self.ends and column >= self.ends[0][0]:
            self.program.emit(Micro(op=ops.PART, a=self.ends.pop(0)[1]))
            self.done = None
        first, before, self.done = self.program.end, self.done, None
        self._add_place(column, place)
        self.program.code[first] = replace(self.program.code[first], col=column)
        if before is not None and self._same_lock(before, first):
            keep_lock(self.program, before)

    def apart(self) -> None:
        """Something stands between two places: a lock is not kept over it."""
        self.done = None

    def _passes(self, place: Place) -> bool:
        """Whether the class has no business there; where its acceptor computes, the acceptor notes it."""
        done = place.piece is None or Work(self.kinds[place.piece]).is_done_at(place)
        return place.acceptor or not done

    def _same_lock(self, before: int, first: int) -> bool:
        code = self.program.code
        return code[first].op in (ops.LOCKRUN, ops.BLOCK, ops.ENTER) and code[first].c == code[before].c

    def _add_place(self, column: int, place: Place) -> None:
        number = self.program.stations.number
        match place.step:
            case Connect():
                self._add_connect(column, place.step)
            case Accept(pool=pool) | Seize(pool=pool):
                self._emit(ops.SEIZE, column, a=number(pool), c=self.program.stations.column_at[column])
            case Release():
                self._add_release(column, place.step)
            case AcceptEagerly(backlog=backlog, order=order):
                self._emit(ops.WAIT, column, a=self.program.stations.queue_of(backlog), b=order == "warm")
            case Compute() | Handle():
                self._add_work(column, place)
            case Receive() | Send() | Linger():
                self._add_bytes(column, place.step)
            case Limit() | Choose() | Enqueue():
                self._add_choice(column, place.step)
            case Allocate() | End() | Crash() | Retire():
                self._add_end(column, place.step)

    def _emit(self, op: int, column: int, *, a: int = 0, b: int = -1, c: int = 0, x: float = 0.0) -> None:
        self.program.emit(Micro(op=op, a=a, b=b, c=c, x=x), column)

    def _add_release(self, column: int, step: Release) -> None:
        op, size = ops.RELEASE, 0.0
        if not isinstance(step.pool, Pool):
            sizes = [
                p.step.size for p in self.program.walk if isinstance(p.step, Allocate) and p.allocates == step.pool
            ]
            op, size = (ops.FREE, sizes[0]) if sizes else (ops.PUT_BACK, 0.0)
        self._emit(op, column, a=self.program.stations.number(step.pool), x=size)

    def _add_end(self, column: int, step: Allocate | End | Crash | Retire) -> None:
        """What may be the end of a request, or of its process."""
        match step:
            case End(outcome=outcome):
                self._emit(ops.STOP, column, a=outcome)
            case Crash(boot_s=boot_s):
                self._emit(ops.DOOM, column)
                self._emit(ops.DIE, column, x=boot_s)
            case Retire(after=after, boot_s=boot_s):
                self._emit(ops.RETIRE, column, a=after, x=boot_s)
            case Allocate():
                self._add_allocation(column, step)

    def _add_allocation(self, column: int, step: Allocate) -> None:
        allocate = Micro(op=ops.ALLOCATE, a=self.program.stations.number(step.memory), x=step.size)
        if isinstance(step.when_full, Die):
            self.program.emit(replace(allocate, b=ops.NO_OUTCOME, d=1), column)  # who has its memory skips what follows
            self._emit(ops.DIE, column, x=step.when_full.boot_s)
        else:
            self.program.emit(replace(allocate, b=step.when_full), column)

    def _add_choice(self, column: int, step: Limit | Choose | Enqueue) -> None:
        """What a request waits for, or is given, or gives away, without a slot."""
        number = self.program.stations.number
        match step:
            case Limit(bucket=bucket):
                self._emit(ops.TOKEN, column, a=number(bucket), b=bucket.when_empty)
            case Choose(upstreams=upstreams, policy=policy):
                luck = self.next_luck(step) if policy in ("random", "hashed") else 0
                self._emit(ops.PICK, column, a=number(upstreams), b=POLICIES[policy], c=luck)
            case Enqueue(joined=joined):
                self._emit(ops.ENQUEUE, column, a=self.number_of(step), c=joined)
                if joined:
                    self._emit(ops.JOINED, column)

    def _add_bytes(self, column: int, step: Receive | Send | Linger) -> None:
        """Bytes on a line; between two programs of one machine they are there at once, if they were not lost."""
        client = step.link is Link.CLIENT
        if self.is_job:
            self._emit(ops.NOTE, column)
        elif isinstance(step, Send):
            self._emit(ops.SEND, column, a=client, b=self.program.column_of(step))
        elif isinstance(step, Linger):
            self._emit(ops.LINGER, column, b=self.program.column_of(step), x=step.most_s)
        else:
            passed_on = ops.RECEIVE_LATE if self.program.passing_on else ops.NOTE
            self._emit(ops.RECEIVE if client else passed_on, column, x=step.buffer_bytes)

    def _add_connect(self, column: int, step: Connect) -> None:
        program = self.program
        first, station = len(program.retries_s), program.stations.number(step.backlog)
        client = step.link is Link.CLIENT
        program.retries_s += [*step.retries_s, step.timeout_s]
        program.timers_s.append(astuple(step.timers))
        self._emit(ops.SHAKE, column, a=station, x=1.5 if client else 0.0)
        knock = Micro(op=ops.KNOCK, a=station, b=step.backlog.refuses, c=client, d=client and not step.at_once)
        self.program.emit(knock, column)
        self._emit(ops.COUNT, column, a=station)
        self._emit(ops.LATE_SYN, column, a=station, b=step.on_timeout)
        self._emit(ops.REPEATED, column, a=station, b=step.timers.syn_acks_in(step.backlog.defer_s))
        remembers = step.backlog.limit + 1 if step.backlog.remembers is None else step.backlog.remembers
        self._emit(ops.ADMITTED, column, a=station, b=remembers)
        self._emit(ops.NOTE, column, a=first, b=len(program.retries_s), c=len(program.timers_s) - 1)

    def _add_work(self, column: int, place: Place) -> None:
        phase = -1 if place.phase is None else place.phase
        kind = Work.CPU if phase < 0 else Work(self.kinds[phase])
        if isinstance(place.step, Compute) and place.mebibyte_s:
            phase = self.program.column_of(place.step)
        if phase >= 0 and kind is Work.CPU and place.cpu_factor != 1.0:
            phase = self.program.column_of(Slowed(phase, place.cpu_factor))
        lock = place.lock if kind.needs_lock(place) else None
        if kind is Work.CRASH:
            self._emit(ops.STRIKE, column, b=phase)
            self._emit(ops.DIE, column, b=phase)
        elif not kind.computes:
            self._add_wait(column, place, phase, lock)
        elif lock is None:
            self._emit(ops.RUN, column, a=self._cpu(place), b=phase, x=place.work_s)
        elif kind is Work.NATIVE:  # on a loop, which it keeps
            add_work_under(self.program, Piece(column, phase, place.work_s), lock, ops.NEVER)
            self.done = self.program.end - 1
        else:
            add_locked_work(self.program, Piece(column, phase, place.work_s, place.releases), ops.NEVER)
            self.done = self.program.end - 1

    def _add_wait(self, column: int, place: Place, phase: int, lock: Lock | None) -> None:
        """For something else, perhaps with the lock."""
        assert isinstance(place.step, Handle)  # nothing else has phases
        cpu = -1 if place.step.io_on is None else self.program.plan.processors.index(place.step.io_on)
        if lock is not None:
            add_blocking_wait(self.program, column, lock, phase, cpu)
            self.done = self.program.end - 1
        elif cpu < 0:
            self._emit(ops.IO, column, b=phase, x=place.step.io_late_s)
        else:
            self._emit(ops.IO_RUN, column, a=cpu, b=phase)

    def _cpu(self, place: Place) -> int:
        """The number of the cores that it computes on."""
        return 0 if place.cores is None else self.program.plan.processors.index(place.cores)
