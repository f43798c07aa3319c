"""Computing in micro-steps: on cores, under a lock or not."""

from dataclasses import replace

from simulator.engine.kernel import numbers as ops
from simulator.engine.lowering.program import Micro, Program
from simulator.plan import Lock


def add_locked_work(program: Program, place: int, lock: Lock, keep: int, phase: int, work_s: float) -> None:
    """Computing under a lock. Its first step notes nothing: who may note that the place is reached does so."""
    column = [i for i, p in enumerate(program.walk) if p.lock is not None].index(place)
    station = program.stations.number(lock)
    for op in (ops.LOCKRUN, ops.AGAIN, ops.GRANTED):
        program.emit(Micro(op=op, b=phase, c=station, d=column, x=work_s), place)
    program.emit(Micro(op=ops.DONE, c=station, d=keep), place)


def keep_lock(program: Program, done: int) -> None:
    """Whoever is done computes on at the next step, under the same lock: only waiting lets go of it."""
    following = program.code[done + 1]
    always = ops.ALWAYS if following.x > 0 else ops.NEVER
    keep = ops.IF_NEXT_COMPUTES if following.b >= 0 else always
    program.code[done] = replace(program.code[done], d=keep)
