"""The programs of walkers that are no requests: the timeline, pools that grow and shrink by themselves, acceptors.

The timeline is pairs of micro-steps, when and what. It is known before the run, and goes first.
"""

from math import inf

from simulator.engine.kernel import numbers as ops
from simulator.engine.lowering.computing import Piece, add_locked_work
from simulator.engine.lowering.program import Micro, Program, Scaler
from simulator.plan import AcceptEagerly, Scale
from simulator.plan.resources import gil_of
from simulator.workload.interventions import Do, Intervention, Interventions


def add_timeline(program: Program, entries: Interventions) -> None:
    """What is done to the server, in order of time; at equal times in the order of the entries."""
    program.timeline = program.end
    done = [(entry.at, micro) for entry in entries if (micro := _done(program, entry)) is not None]
    for at, micro in sorted([*done, *_slow(entries)], key=lambda pair: pair[0]):
        program.emit(Micro(op=ops.AT, x=at), word=Intervention)
        program.emit(micro, word=Intervention)
    program.emit(Micro(op=ops.AT, x=inf), word=Intervention)


def _done(program: Program, entry: Intervention) -> Micro | None:
    """What an entry does at its moment, if it concerns this plan."""
    match entry.do:
        case Do.KILL if entry.number < program.processes:
            return Micro(op=ops.KILL, a=entry.number, x=entry.lasting)
        case Do.KILL_GROUP if entry.number < sum(each.groups for each in program.every_inside):
            return Micro(op=ops.KILL, a=program.processes + entry.number, x=entry.lasting)
        case Do.SLOTS if program.main_station >= 0 and not program.main_is_scaled:
            return Micro(op=ops.SLOTS, a=entry.number)
        case Do.CORES:
            return Micro(op=ops.CORES, a=entry.number, x=entry.quota)
        case _:
            return None


def _slow(entries: Interventions) -> list[tuple[float, Micro]]:
    """How many times as long I/O takes, from each moment at which that changes."""
    slow = [entry for entry in entries if entry.do is Do.SLOW_IO]
    moments = []
    for moment in sorted({moment for entry in slow for moment in (entry.at, entry.until)}):
        factor = 1.0
        for entry in slow:
            factor *= entry.factor if entry.at <= moment < entry.until else 1.0
        moments.append((moment, Micro(op=ops.FACTOR, x=factor)))
    return moments


def add_scalers(program: Program) -> None:
    """Wait, look, and grow if that is called for; shrinking takes no time."""
    for number, scale in enumerate(program.plan.scales):
        program.emit(Micro(op=ops.END))
        program.scalers.append(
            Scaler(
                station=program.stations.number(scale.pool),
                least=scale.least,
                every_s=scale.every_s,
                grow_at=scale.grow_at,
                shrink_at=scale.shrink_at,
                boot_s=scale.boot_s,
                begins=program.end,
            )
        )
        for op in (ops.TICK, ops.CHECK, ops.GROW):
            program.emit(Micro(op=op, a=number), word=Scale)


# The program of an acceptor: it sleeps, waits for its lock, takes what is in the backlog, hands it over.


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
    program.own_queues = step.backlog.processes > 1
    queue = stations.queue_of(step.backlog)
    program.emit(Micro(op=ops.REST), word=AcceptEagerly)
    program.emit(Micro(op=ops.LOOK, a=queue), word=AcceptEagerly)
    if step.by is not None:
        program.accept_by = stations.number(step.by)
        program.emit(Micro(op=ops.BY, a=program.accept_by), word=AcceptEagerly)
    program.emit(Micro(op=ops.HOLD, c=station), word=AcceptEagerly)
    take = program.end
    inner = gil_of(step.lock)
    beside = -1 if inner in (None, step.lock) else stations.number(inner)
    program.emit(Micro(op=ops.TAKE, a=step.batch, b=beside, c=station), place)
    for visit in range(step.visits):
        last = visit == step.visits - 1
        keep, calls = (ops.ALWAYS, step.releases) if last else (ops.NEVER, 0)
        add_locked_work(program, Piece(place, -1, step.work_s / step.visits, calls), keep)
    program.emit(Micro(op=ops.HANDOVER, a=take), place)
