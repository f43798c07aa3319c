"""Time limits: set on entering a stretch of steps, forgotten on leaving it. Each waits in a ring of its own."""

from simulator.engine.kernel.events import set_ring
from simulator.engine.kernel.instances import kill, throw_out
from simulator.engine.kernel.leaving import leave_queues
from simulator.engine.kernel.life import free_for_nobody, settle
from simulator.engine.kernel.members import is_inside
from simulator.engine.kernel.numbers import GOES_ON, KILLS, LEAVING, NOWHERE
from simulator.engine.kernel.state import Kernel
from simulator.engine.uncompiled import cython


@cython.inline
def arm(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """From now on there is only so much time."""
    at: cython.longlong = cython.cast(cython.longlong, w) * k.guard_count + k.code[pc].b
    k.guard_seq[at] = set_ring(k, k.code[pc].a, w)
    return pc + 1


@cython.inline
def disarm(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """It was enough."""
    k.guard_seq[cython.cast(cython.longlong, w) * k.guard_count + k.code[pc].b] = 0
    return pc + 1


def time_is_over(k: Kernel, guard: cython.int, w: cython.int, seq: cython.longlong) -> cython.void:
    """It was not enough, if the request is still there."""
    if k.guard_seq[cython.cast(cython.longlong, w) * k.guard_count + guard] != seq:
        return
    if k.walkers[w].pc == NOWHERE or k.walkers[w].flags & LEAVING:
        return
    if k.guards[guard].work == GOES_ON:
        settle(k, w, k.guards[guard].outcome, k.now + k.rtt[w * k.rtt_step] / 2)
        free_for_nobody(k, w)
    elif k.guards[guard].work == KILLS:
        if is_inside(k, w):
            kill(k, k.members[w].of - 1, k.guards[guard].boot)
    else:
        leave_queues(k, w)
        throw_out(k, w, k.guards[guard].outcome, False)
