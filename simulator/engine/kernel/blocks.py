"""Blocks: time limits around a stretch of steps, branches, jobs that are sent off.

What to watch: a time limit is set on entering its stretch and forgotten on leaving it; each waits in a ring of its own.
"""

from simulator.engine.kernel.events import set_ring
from simulator.engine.kernel.further import send_off
from simulator.engine.kernel.instances import kill, throw_out
from simulator.engine.kernel.leaving import leave_queues
from simulator.engine.kernel.life import free_for_nobody, settle, turn_away
from simulator.engine.kernel.limits import luck_of
from simulator.engine.kernel.members import is_inside
from simulator.engine.kernel.numbers import COMPLETED, GOES_ON, KILLS, LEAVING, NOWHERE
from simulator.engine.kernel.state import Kernel
from simulator.engine.kernel.stations import copy_of, in_use
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


@cython.inline
def by_luck(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """A share of the requests goes straight on."""
    return pc + 1 if luck_of(k, w, k.code[pc].a) < k.code[pc].x else k.code[pc].b


def if_busy(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """Who comes when so many slots are in use goes straight on."""
    station: cython.int = k.code[pc].a
    return pc + 1 if in_use(k, station, copy_of(k, w, station)) >= k.code[pc].c else k.code[pc].b


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
