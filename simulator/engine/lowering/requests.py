"""The program of one class of requests: what every place of the walk means for it, in micro-steps."""

from dataclasses import astuple, replace

from simulator.engine.kernel import numbers as ops
from simulator.engine.lowering.program import Micro, Program
from simulator.engine.lowering.stations import Stations
from simulator.plan import Accept, AcceptEagerly, Compute, Connect, Handle, Link, Lock, Receive, Release, Seize, Send
from simulator.plan.walk import Place
from simulator.workload.table import Work


def add_locked_work(program: Program, place: int, lock: Lock, keep: int, phase: int, work_s: float) -> None:
    """Computing under a lock. Its first step notes nothing: who may note that the place is reached does so."""
    column = [i for i, p in enumerate(program.walk) if p.lock is not None].index(place)
    station = program.stations.number(lock)
    for op in (ops.LOCKRUN, ops.AGAIN, ops.GRANTED):
        program.emit(Micro(op=op, b=phase, c=station, d=column, x=work_s), place)
    program.emit(Micro(op=ops.DONE, c=station, d=keep), place)


class ClassProgram:
    """One class on its way through the walk."""

    def __init__(self, program: Program, stations: Stations, kinds: list[int]) -> None:
        """``kinds``: what each phase of its requests is."""
        self.program, self.stations, self.kinds = program, stations, kinds

    def add(self) -> None:
        """Its whole program."""
        program = self.program
        program.starts.append(program.end)
        if program.timed:
            program.emit(Micro(op=ops.START))
        left = program.inside.count == 0 or not program.mortal
        for column, place in enumerate(program.walk):
            if self._passes(place):
                continue
            if not left and column >= program.inside.end:
                program.emit(Micro(op=ops.PART))
                left = True
            first = program.end
            self._add_place(column, place)
            program.code[first] = replace(program.code[first], col=column)
        program.emit(Micro(op=ops.END))
        self._keep_locks(program.starts[-1])

    def _passes(self, place: Place) -> bool:
        """Whether the class has no business there; where its acceptor computes, the acceptor notes it."""
        return place.acceptor or (place.phase is not None and self.kinds[place.phase] == Work.NONE)

    def _add_place(self, column: int, place: Place) -> None:
        match place.step:
            case Connect():
                self._add_connect(column, place.step)
            case Accept(pool=pool) | Seize(pool=pool):
                self._emit(ops.SEIZE, column, a=self.stations.number(pool))
            case Release(pool=pool):
                self._emit(ops.RELEASE, column, a=self.stations.number(pool))
            case AcceptEagerly(backlog=backlog):
                self._emit(ops.WAIT, column, a=self.stations.queue_of(backlog))
            case Compute() | Handle():
                self._add_work(column, place)
            case Receive() | Send():
                self._add_bytes(column, place.step)

    def _emit(self, op: int, column: int, *, a: int = 0, b: int = -1, c: int = 0, x: float = 0.0) -> None:
        self.program.emit(Micro(op=op, a=a, b=b, c=c, x=x), column)

    def _add_bytes(self, column: int, step: Receive | Send) -> None:
        """Bytes on a line; between two programs of one machine they are there at once."""
        client = step.link is Link.CLIENT
        if isinstance(step, Send):
            self._emit(ops.SEND, column, a=client, x=step.buffer_bytes)
        else:
            self._emit(ops.RECEIVE if client else ops.NOTE, column, x=step.buffer_bytes)

    def _add_connect(self, column: int, step: Connect) -> None:
        retries_s = self.program.retries_s
        first, copy, client = len(retries_s), self.stations.queue_of(step.backlog), step.link is Link.CLIENT
        retries_s += [*step.retries_s, step.timeout_s]
        self.program.timers_s.append(astuple(step.timers))
        self._emit(ops.SHAKE, column, a=copy, x=1.5 if client else 0.0)
        self._emit(ops.KNOCK, column, a=copy, b=step.backlog.refuses, c=client)
        self._emit(ops.COUNT, column, a=copy)
        self._emit(ops.LATE_SYN, column, a=copy, b=step.on_timeout)
        self._emit(ops.REPEATED, column, a=copy)
        self._emit(ops.NOTE, column, a=first, b=len(retries_s), c=len(self.program.timers_s) - 1)

    def _add_work(self, column: int, place: Place) -> None:
        phase = -1 if place.phase is None else place.phase
        if phase >= 0 and self.kinds[phase] == Work.IO:
            self._emit(ops.IO, column, b=phase)
        elif place.lock is None:
            self._emit(ops.RUN, column, b=phase, x=place.work_s)
        else:
            add_locked_work(self.program, column, place.lock, ops.NEVER, phase, place.work_s)

    def _keep_locks(self, first: int) -> None:
        """A lock is kept where the next step computes under it: only waiting lets go of it."""
        code = self.program.code
        for at in range(first, self.program.end - 1):
            done, following = code[at], code[at + 1]
            if done.op == ops.DONE and following.op == ops.LOCKRUN and following.c == done.c:
                always = ops.ALWAYS if following.x > 0 else ops.NEVER
                code[at] = replace(done, d=ops.IF_NEXT_COMPUTES if following.b >= 0 else always)
