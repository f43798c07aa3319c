"""The lock of a process: a GIL that changes hands every switch interval, or an event loop that never does.

``holder`` is the walker that has it; of a lock with several permits it is the first of a list. Somebody who has waited
a whole interval makes the holder stop and queue again. Of CPython's GIL every waiter has a clock of its own, see
``expire``; otherwise there is one for all, see ``switch``.
"""

from simulator.engine.kernel.cores import run, stop
from simulator.engine.kernel.events import hop, push, set_ring
from simulator.engine.kernel.layout import Grant
from simulator.engine.kernel.luck import draw
from simulator.engine.kernel.numbers import ALWAYS, GRANTED, HOLDING, IF_NEXT_COMPUTES, RESUME
from simulator.engine.kernel.queues import dequeue, enqueue, leave_queue
from simulator.engine.kernel.state import Kernel
from simulator.engine.kernel.stations import copy_of
from simulator.engine.kernel.storage import GRANTS, lengthen
from simulator.engine.uncompiled import cython


@cython.inline
def work_at(k: Kernel, w: cython.int, pc: cython.int) -> cython.double:
    """Seconds of computing at a step: a fixed cost, and a phase of the request if there is one."""
    if k.code[pc].b < 0:
        return k.code[pc].x
    return k.phases[cython.cast(cython.longlong, w) * k.phase_step + k.code[pc].b] + k.code[pc].x


@cython.inline
def hold(k: Kernel, w: cython.int, copy: cython.int) -> cython.bint:
    """True if the lock was free and is now held; otherwise the walker queues for it."""
    k.workers[w].since = k.now
    if has_lock(k, w, copy):  # kept from the step before
        return True
    if k.copies[copy].holder < 0 or k.copies[copy].held < k.copies[copy].permits:
        give(k, w, copy)
        return True
    wait_for_lock(k, w, copy)
    return False


@cython.inline
def wait_for_lock(k: Kernel, w: cython.int, copy: cython.int) -> cython.void:
    """Join the queue; somebody will have to let go, in one interval."""
    enqueue(k, copy, w)
    if k.copies[copy].asker >= 0:
        start_clock(k, w, copy)
    elif k.copies[copy].switch_seq == 0:
        set_switch(k, copy)


@cython.inline
def start_clock(k: Kernel, w: cython.int, copy: cython.int) -> cython.void:
    """From now on it waits a whole interval."""
    k.clocks[w].copy, k.clocks[w].switches = copy, k.copies[copy].switches
    k.clocks[w].seq = set_ring(k, k.copies[copy].ring, w)


@cython.inline
def set_switch(k: Kernel, copy: cython.int) -> cython.void:
    """In one interval, the holder will have to let somebody else compute. No entry has the number 0."""
    if k.copies[copy].ring >= 0:
        k.copies[copy].switch_seq = set_ring(k, k.copies[copy].ring, copy)


@cython.inline
def has_lock(k: Kernel, w: cython.int, copy: cython.int) -> cython.bint:
    """Whether a walker has the lock."""
    return k.copies[copy].holder == w or (k.copies[copy].permits > 1 and k.walkers[w].flags & HOLDING != 0)


@cython.inline
def give(k: Kernel, w: cython.int, copy: cython.int) -> cython.void:
    """From now on a walker has the lock."""
    if k.copies[copy].permits > 1:
        join_holders(k, w, copy)
    else:
        k.copies[copy].holder = w


def join_holders(k: Kernel, w: cython.int, copy: cython.int) -> cython.void:
    """One more has it. Who has a lock stands in no queue, so the same links serve."""
    last: cython.int = k.copies[copy].last_holder
    k.walkers[w].flags |= HOLDING
    k.walkers[w].back, k.walkers[w].link = last, -1
    if last < 0:
        k.copies[copy].holder = w
    else:
        k.walkers[last].link = w
    k.copies[copy].last_holder = w
    k.copies[copy].held += 1


def leave_holders(k: Kernel, w: cython.int, copy: cython.int) -> cython.void:
    """One less has it."""
    before: cython.int = k.walkers[w].back
    after: cython.int = k.walkers[w].link
    k.walkers[w].flags &= ~HOLDING
    if before < 0:
        k.copies[copy].holder = after
    else:
        k.walkers[before].link = after
    if after < 0:
        k.copies[copy].last_holder = before
    else:
        k.walkers[after].back = before
    k.copies[copy].held -= 1


def let_go(k: Kernel, w: cython.int, copy: cython.int) -> cython.void:
    """The next in the queue holds the lock from now on."""
    following: cython.int
    k.copies[copy].switch_seq = 0
    if k.copies[copy].permits > 1:
        leave_holders(k, w, copy)
    else:
        k.copies[copy].holder = -1
    if k.copies[copy].size > 0:
        following = dequeue(k, copy)
        if k.copies[copy].asker >= 0:
            hand_on(k, following, copy)
            return
        give(k, following, copy)
        hop(k, following)
    if k.copies[copy].size > 0:
        set_switch(k, copy)


def hand_on(k: Kernel, w: cython.int, copy: cython.int) -> cython.void:
    """Somebody who has left the queue has the lock: that is a switch, of which the others' clocks will know."""
    k.clocks[w].seq = 0
    k.copies[copy].switches += 1
    k.copies[copy].holder = w
    hop(k, w)


def expire(k: Kernel, w: cython.int, seq: cython.longlong) -> cython.void:
    """A waiter's clock has run out: it waits anew, behind the others; if there was no switch, it asks for the lock."""
    copy: cython.int = k.clocks[w].copy
    before: cython.longlong = k.clocks[w].switches
    if seq != k.clocks[w].seq:
        return
    leave_queue(k, copy, w)
    enqueue(k, copy, w)
    start_clock(k, w, copy)
    if before == k.copies[copy].switches and interrupt(k, copy):
        w = chosen(k, w, copy)
        leave_queue(k, copy, w)
        hand_on(k, w, copy)


def chosen(k: Kernel, asker: cython.int, copy: cython.int) -> cython.int:
    """Who of those who wait gets the lock: often the one that asked, who stands last."""
    others: cython.int = k.copies[copy].size - 1
    wins: cython.double = k.copies[copy].asker
    drawn: cython.double
    ahead: cython.int
    w: cython.int = asker
    if others > 0:
        drawn = draw(k, asker)
        if drawn >= wins:
            ahead = cython.cast(cython.int, (drawn - wins) / (1.0 - wins) * others)
            w = k.copies[copy].head
            for _ in range(min(ahead, others - 1)):
                w = k.walkers[w].link
    return w


def switch(k: Kernel, copy: cython.int, seq: cython.longlong) -> cython.void:
    """The first in the queue has waited a whole interval: the holder has to stop computing and to queue again."""
    w: cython.int = k.copies[copy].holder
    if seq != k.copies[copy].switch_seq:
        return
    k.copies[copy].switch_seq = 0
    if interrupt(k, copy):
        let_go(k, w, copy)
    elif k.copies[copy].size > 0:  # between two pieces of work at this very moment
        set_switch(k, copy)


@cython.inline
def interrupt(k: Kernel, copy: cython.int) -> cython.bint:
    """The holder stops computing, and will queue again. False if it does not compute at this very moment."""
    w: cython.int = k.copies[copy].holder
    pc: cython.int
    left: cython.double
    if w < 0:
        return False
    pc = k.walkers[w].pc
    if k.code[pc].op != GRANTED:
        return False
    left = stop(k, k.code[pc].a, w)
    if left < 0:
        return False
    k.workers[w].left = left
    k.walkers[w].pc = pc - 2
    hop(k, w)
    return True


@cython.inline
def note_wait(k: Kernel, w: cython.int, pc: cython.int) -> cython.void:
    """So long has the request, or its acceptor, waited for the lock."""
    row: cython.int = w if w < k.rows else k.instances[w - k.rows].serving
    k.lock_wait[cython.cast(cython.longlong, row) * k.lock_columns + k.code[pc].d] += k.now - k.workers[w].since


@cython.inline
def note_grant(k: Kernel, w: cython.int, pc: cython.int) -> cython.void:
    """It has had the lock until now."""
    if k.detail and (k.grant_count < len(k.grants) or lengthen(k, GRANTS)):
        k.grants[k.grant_count] = Grant(
            k.workers[w].since, k.now, w if w < k.rows else k.instances[w - k.rows].serving, k.place_of[pc]
        )
        k.grant_count += 1


def lock_and_run(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """Compute under the lock; wait for it first, unless it is free."""
    work: cython.double = work_at(k, w, pc)
    if work <= 0 and w < k.rows:
        return pc + 4
    k.workers[w].left = work
    return hold_and_run(k, w, pc + 1)


def hold_and_run(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """With the lock, compute; without it, queue. ``pc`` is where those wait who queue."""
    if not hold(k, w, copy_of(k, w, k.code[pc].c)):
        k.walkers[w].pc = pc
        return 0
    return work_on(k, w, pc + 1)


def work_on(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """Compute while holding the lock."""
    k.workers[w].since = k.now
    k.walkers[w].pc = pc
    run(k, k.code[pc].a, w, k.workers[w].left)
    return 0


def block(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """Wait under the lock; wait for the lock first, unless it is free."""
    if work_at(k, w, pc) <= 0:
        return pc + 3
    if not hold(k, w, copy_of(k, w, k.code[pc].c)):
        k.walkers[w].pc = pc
        return 0
    return stand(k, w, pc + 1)


def stand_granted(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """The lock is free for this walker at last, to stand still with it."""
    note_wait(k, w, pc)
    return stand(k, w, pc)


def stand(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """Nobody else has the lock until what is waited for has come."""
    wait: cython.double = work_at(k, w, pc) * k.io_factor
    k.workers[w].since = k.now
    k.walkers[w].pc = pc
    if k.code[pc].a >= 0:
        run(k, k.code[pc].a, w, wait)
    else:
        push(k, k.now + wait, RESUME, w)
    return 0


def again(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """The lock was taken away; what is left of the work needs it again."""
    note_grant(k, w, pc)
    if k.workers[w].left <= 0:
        return go_on_without(k, w, pc + 2)
    return hold_and_run(k, w, pc)


def granted(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """The lock is free for this walker at last."""
    note_wait(k, w, pc)
    return work_on(k, w, pc)


def done(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """The work is done."""
    note_grant(k, w, pc)
    return go_on_without(k, w, pc)


@cython.inline
def go_on_without(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """The lock is let go, unless the next step computes under it too: only waiting lets go of it."""
    copy: cython.int
    keep: cython.int = k.code[pc].d
    if keep != ALWAYS:
        copy = copy_of(k, w, k.code[pc].c)
        if has_lock(k, w, copy) and not (keep == IF_NEXT_COMPUTES and work_at(k, w, pc + 1) > 0):
            let_go(k, w, copy)
    return pc + 1


def make_calls(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """Calls that let go of the lock for a moment: each may lose it, if somebody waits. Who lost it waits here."""
    copy: cython.int = copy_of(k, w, k.code[pc].c)
    while has_lock(k, w, copy) and k.clocks[w].calls < k.code[pc].a:
        k.clocks[w].calls += 1
        if k.copies[copy].size > 0 and draw(k, w) < k.code[pc].x:
            k.workers[w].since = k.now
            let_go(k, w, copy)
            wait_for_lock(k, w, copy)
            k.walkers[w].pc = pc
            return 0
    k.clocks[w].calls = 0
    return pc + 2


def retaken(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """It has the lock back, and makes the calls that are left."""
    note_wait(k, w, pc)
    return pc - 1
