"""The program of an acceptor: it sleeps, waits for its lock, takes what is in the backlog, hands it over."""

from simulator.engine.kernel import numbers as ops
from simulator.engine.lowering.computing import add_locked_work
from simulator.engine.lowering.program import Micro, Program
from simulator.plan import AcceptEagerly


def add_acceptors(program: Program) -> None:
    """One program for all of them, if somebody accepts eagerly."""
    place = next((i for i, place in enumerate(program.walk) if place.acceptor), None)
    if place is None:
        return
    step = program.walk[place].step
    assert isinstance(step, AcceptEagerly)  # nothing else has an acceptor
    stations = program.stations
    station = stations.number(step.lock)
    program.acceptors, program.acceptor_start = step.lock.processes, program.end
    program.accept_limit = ops.NO_LIMIT if step.limit is None else step.limit
    queue = stations.queue_of(step.backlog)
    program.emit(Micro(op=ops.REST), word=AcceptEagerly)
    program.emit(Micro(op=ops.LOOK, a=queue), word=AcceptEagerly)
    program.emit(Micro(op=ops.HOLD, c=station), word=AcceptEagerly)
    take = program.end
    program.emit(Micro(op=ops.TAKE, a=step.batch, c=station), place)
    for visit in range(step.visits):
        keep = ops.ALWAYS if visit == step.visits - 1 else ops.NEVER
        add_locked_work(program, place, step.lock, keep, -1, step.work_s / step.visits)
    program.emit(Micro(op=ops.HANDOVER, a=take), place)
