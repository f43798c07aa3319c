"""What a walker does with a lock: it computes, waits for something else and keeps it, or makes calls that let go of it.

Its steps: wait for the lock, have it and work, be interrupted and wait again, be through and let go of it, or keep it
for the next step.
"""

from simulator.engine.kernel.cores import run
from simulator.engine.kernel.entries import Grant
from simulator.engine.kernel.events import push
from simulator.engine.kernel.locks import has_lock, hold, let_go, wait_for_lock
from simulator.engine.kernel.luck import draw
from simulator.engine.kernel.numbers import ALWAYS, IF_NEXT_COMPUTES, RESUME
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
def note_wait(k: Kernel, w: cython.int, pc: cython.int) -> cython.void:
    """So long has the request, or its acceptor, waited for the lock."""
    row: cython.int = w if w < k.rows else k.instances[w - k.rows].serving
    k.lock_wait[cython.cast(cython.longlong, row) * k.lock_columns + k.code[pc].d] += k.now - k.workers[w].since


@cython.inline
def note_grant(k: Kernel, w: cython.int, pc: cython.int) -> cython.void:
    """It has had the lock until now."""
    if k.detail and (k.grant_count < len(k.grants) or lengthen(k, GRANTS)):
        k.grants[k.grant_count] = Grant(
            k.workers[w].since,
            k.now,
            w if w < k.rows else k.instances[w - k.rows].serving,
            cython.cast(cython.short, k.place_of[pc]),
            cython.cast(cython.short, k.code[pc].c),
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


# A loop beside which threads compute: its callbacks enter it, compute under the GIL like those threads, and leave it.


def enter_loop(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """Have the loop, and then do what follows; wait for it first, unless it is free."""
    if work_at(k, w, pc) <= 0 and w < k.rows:
        return pc + k.code[pc].a
    if not hold(k, w, copy_of(k, w, k.code[pc].c)):
        k.walkers[w].pc = pc
        return 0
    k.entered[w] = k.now
    return pc + 2


def loop_granted(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """The loop is free for this walker at last."""
    note_wait(k, w, pc)
    k.entered[w] = k.now
    return pc + 1


def note_turn(k: Kernel, w: cython.int, pc: cython.int, loop: cython.int) -> cython.void:
    """It has had the loop until now, whatever it did meanwhile."""
    if k.detail and (k.grant_count < len(k.grants) or lengthen(k, GRANTS)):
        k.grants[k.grant_count] = Grant(
            k.entered[w],
            k.now,
            w if w < k.rows else k.instances[w - k.rows].serving,
            cython.cast(cython.short, k.place_of[pc]),
            cython.cast(cython.short, loop),
        )
        k.grant_count += 1


def leave_loop(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """The GIL is let go, and then the loop; unless the next step needs them too."""
    keep: cython.int = k.code[pc].d
    goes_on: cython.bint = keep == ALWAYS or (keep == IF_NEXT_COMPUTES and work_at(k, w, pc + 1) > 0)
    gil: cython.int = copy_of(k, w, k.code[pc].a)
    loop: cython.int = copy_of(k, w, k.code[pc].c)
    note_turn(k, w, pc, k.code[pc].c)
    if has_lock(k, w, gil) and not (goes_on and k.code[pc].b > 0):
        let_go(k, w, gil)
    if not goes_on:
        let_go(k, w, loop)
    return pc + 1


def lose_loop(k: Kernel, w: cython.int, pc: cython.int) -> cython.void:
    """It will never be through with what it entered the loop for."""
    loop: cython.int = k.loop_of[k.place_of[pc] + 1]
    copy: cython.int
    if loop >= 0:
        copy = copy_of(k, w, loop)
        if has_lock(k, w, copy):
            note_turn(k, w, pc, loop)
            let_go(k, w, copy)
