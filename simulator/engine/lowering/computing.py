"""Computing in micro-steps, and waiting: under a lock, or under a loop and the GIL of its threads."""

from dataclasses import dataclass, replace

from simulator.engine.kernel import numbers as ops
from simulator.engine.lowering.program import Micro, Program
from simulator.plan import Gil, Lock, Loop
from simulator.plan.resources import gil_of
from simulator.plan.walk import locked


@dataclass(frozen=True, slots=True)
class Piece:
    """Some computing at a place of the walk."""

    column: int
    phase: int
    """Of the request; -1: of none."""
    work_s: float
    """A fixed cost, be it added to a phase."""
    calls: int = 0
    """How many calls at its end let go of a GIL for a moment."""


def add_locked_work(program: Program, piece: Piece, keep: int) -> None:
    """Computing under the lock of a place. Its first step notes nothing: who may note that it is reached does so."""
    lock = program.walk[piece.column].lock
    assert lock is not None  # or it would not be computing under one
    if isinstance(lock, Loop) and lock.gil is not None:
        _add_work_on_loop(program, piece, lock, keep)
    else:
        add_work_under(program, piece, lock, keep)


def add_work_under(program: Program, piece: Piece, lock: Lock, keep: int) -> None:
    """Computing under one lock, be it without the other one that the place has."""
    column, place, loss = piece.column, locked(program.walk).index((piece.column, lock)), _loss(lock)
    station, calls = program.stations.number(lock), piece.calls if loss else 0
    for op in (ops.LOCKRUN, ops.AGAIN, ops.GRANTED):
        program.emit(Micro(op=op, b=piece.phase, c=station, d=place, x=piece.work_s), column)
    program.emit(Micro(op=ops.DONE, c=station, d=ops.ALWAYS if calls else keep), column)
    if calls:
        program.emit(Micro(op=ops.CALLS, a=calls, c=station, d=place, x=loss), column)
        program.emit(Micro(op=ops.RETAKEN, c=station, d=place), column)
        program.emit(Micro(op=ops.LET_GO, c=station, d=keep), column)


def _add_work_on_loop(program: Program, piece: Piece, loop: Loop, keep: int) -> None:
    """A callback of a loop beside which threads compute: it has the loop, and then the GIL as one of them."""
    column, gil, first = piece.column, gil_of(loop), program.end
    assert gil is not None  # there are such threads
    station, place = program.stations.number(loop), locked(program.walk).index((column, loop))
    program.emit(Micro(op=ops.ENTER, b=piece.phase, c=station, d=place, x=piece.work_s), column)
    program.emit(Micro(op=ops.ENTERED, c=station, d=place), column)
    add_work_under(program, piece, gil, ops.ALWAYS)
    kept = 1 if keep == ops.ALWAYS else 0
    program.emit(Micro(op=ops.LEAVE, a=program.stations.number(gil), b=kept, c=station, d=keep), column)
    program.code[first] = replace(program.code[first], a=program.end - first)


def _loss(lock: Lock) -> float:
    """How often a call loses it."""
    return lock.release_loss if isinstance(lock, Gil) else 0.0


def add_blocking_wait(program: Program, place: int, lock: Lock, phase: int, cpu: int) -> None:
    """Waiting under a lock, for what cores of another machine do or, with -1, only for some time."""
    column, station = locked(program.walk).index((place, lock)), program.stations.number(lock)
    for op in (ops.BLOCK, ops.STAND):
        program.emit(Micro(op=op, a=cpu, b=phase, c=station, d=column), place)
    program.emit(Micro(op=ops.DONE, c=station, d=ops.NEVER), place)


def keep_lock(program: Program, done: int) -> None:
    """Whoever is done computes on at the next step, under the same lock: only waiting lets go of it."""
    following = program.code[done + 1]
    always = ops.ALWAYS if following.x > 0 else ops.NEVER
    keep = ops.IF_NEXT_COMPUTES if following.b >= 0 else always
    program.code[done] = replace(program.code[done], d=keep)
    if program.code[done].op == ops.LEAVE:  # with the loop, it keeps the GIL if it needs it next
        program.code[done] = replace(program.code[done], b=int(following.op == ops.ENTER))
