"""Computing in micro-steps: on cores, under a lock or not."""

from dataclasses import replace

from simulator.engine.kernel import numbers as ops
from simulator.engine.lowering.program import Micro, Program
from simulator.plan import Gil, Lock


def add_locked_work(program: Program, column: int, keep: int, phase: int, work_s: float, calls: int) -> None:
    """Computing under a lock. Its first step notes nothing: who may note that the place is reached does so.

    ``calls``: how many at its end let go of the lock for a moment.
    """
    lock = program.walk[column].lock
    assert lock is not None  # or it would not be computing under one
    place, loss = [i for i, p in enumerate(program.walk) if p.lock is not None].index(column), _loss(lock)
    station, calls = program.stations.number(lock), calls if loss else 0
    for op in (ops.LOCKRUN, ops.AGAIN, ops.GRANTED):
        program.emit(Micro(op=op, b=phase, c=station, d=place, x=work_s), column)
    program.emit(Micro(op=ops.DONE, c=station, d=ops.ALWAYS if calls else keep), column)
    if calls:
        program.emit(Micro(op=ops.CALLS, a=calls, c=station, d=place, x=loss), column)
        program.emit(Micro(op=ops.RETAKEN, c=station, d=place), column)
        program.emit(Micro(op=ops.LET_GO, c=station, d=keep), column)


def _loss(lock: Lock) -> float:
    """How often a call loses it."""
    return lock.release_loss if isinstance(lock, Gil) else 0.0


def add_blocking_wait(program: Program, place: int, lock: Lock, phase: int, cpu: int) -> None:
    """Waiting under a lock, for what cores of another machine do or, with -1, only for some time."""
    column = [i for i, p in enumerate(program.walk) if p.lock is not None].index(place)
    station = program.stations.number(lock)
    for op in (ops.BLOCK, ops.STAND):
        program.emit(Micro(op=op, a=cpu, b=phase, c=station, d=column), place)
    program.emit(Micro(op=ops.DONE, c=station, d=ops.NEVER), place)


def keep_lock(program: Program, done: int) -> None:
    """Whoever is done computes on at the next step, under the same lock: only waiting lets go of it."""
    following = program.code[done + 1]
    always = ops.ALWAYS if following.x > 0 else ops.NEVER
    keep = ops.IF_NEXT_COMPUTES if following.b >= 0 else always
    program.code[done] = replace(program.code[done], d=keep)
