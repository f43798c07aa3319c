"""How a walker stops waiting, wherever it waits: the step at which it waits says what it has to leave."""

from simulator.engine.kernel.cores import stop
from simulator.engine.kernel.locks import has_lock, let_go
from simulator.engine.kernel.numbers import (
    AGAIN,
    BLOCK,
    CALLS,
    ENTER,
    GRANTED,
    HOLD,
    IO_RUN,
    LOCKRUN,
    QUEUED,
    RUN,
    STAND,
    WAIT,
)
from simulator.engine.kernel.queues import leave_queue
from simulator.engine.kernel.state import Kernel
from simulator.engine.kernel.stations import copy_of, stop_waiting
from simulator.engine.kernel.under_lock import lose_loop, note_grant, note_wait
from simulator.engine.kernel.walkers import waits_at
from simulator.engine.uncompiled import cython


def leave_queues(k: Kernel, w: cython.int) -> cython.void:
    """It stops waiting for a slot, a token or a lock, or to be accepted."""
    pc: cython.int = waits_at(k, w)
    op: cython.int = k.code[pc].op
    if k.walkers[w].flags & QUEUED:
        stop_waiting(k, w, k.code[pc].a)
    elif (op in (AGAIN, BLOCK, CALLS, ENTER)) and not has_lock(k, w, copy_of(k, w, k.code[pc].c)):
        leave_lock_queue(k, w, pc)
    elif op == WAIT and not k.walkers[w].held & k.in_hand:
        leave_queue(k, k.accept_queue + k.process[w] if k.own_queues else k.accept_queue, w)


def leave_lock_queue(k: Kernel, w: cython.int, pc: cython.int) -> cython.void:
    """Somebody will never have the lock. Where nobody waits any more, the holder is not interrupted."""
    copy: cython.int = copy_of(k, w, k.code[pc].c)
    leave_queue(k, copy, w)
    if k.code[pc].op in (AGAIN, BLOCK, CALLS, ENTER):
        note_wait(k, w, pc)
    if k.copies[copy].size == 0:
        k.copies[copy].switch_seq = 0


def stop_computing(k: Kernel, w: cython.int, pc: cython.int) -> cython.void:
    """It leaves the cores at once, and lets go of its lock."""
    op: cython.int = k.code[pc].op
    copy: cython.int
    if op in (RUN, IO_RUN, GRANTED) or (op == STAND and k.code[pc].a >= 0):
        stop(k, k.code[pc].a, w)
    if op not in (LOCKRUN, AGAIN, GRANTED, CALLS, HOLD, BLOCK, STAND, ENTER):
        return
    copy = copy_of(k, w, k.code[pc].c)
    if op in (LOCKRUN, GRANTED, STAND):
        note_grant(k, w, pc)
    elif (op in (AGAIN, BLOCK, CALLS, ENTER)) and has_lock(k, w, copy):
        note_wait(k, w, pc)  # it was given the lock at this very moment
    if has_lock(k, w, copy):
        let_go(k, w, copy)
    if len(k.entered) > 0:
        lose_loop(k, w, pc)
