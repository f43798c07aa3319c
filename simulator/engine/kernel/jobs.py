"""Jobs that requests send off, and those who wait for the end of theirs."""

from simulator.engine.kernel.further import send_off
from simulator.engine.kernel.life import turn_away
from simulator.engine.kernel.numbers import COMPLETED
from simulator.engine.kernel.state import Kernel
from simulator.engine.uncompiled import cython


def enqueue_job(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """Send a job off, and wait for its end if that is asked for."""
    row: cython.int = send_off(k, w, k.code[pc].a, 0)
    if not k.code[pc].c:
        return pc + 1
    k.walkers[w].pc = pc
    if row >= 0:
        k.joined_by[row] = w + 1
    return 0


def joined(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """The job is done; if it failed, so does the request."""
    if k.answer[w] == COMPLETED:
        return pc + 1
    return turn_away(k, w, pc, k.answer[w])
