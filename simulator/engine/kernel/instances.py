"""Processes that die and come back, with everything that they hold.

What to watch: ``kill``. All who are inside leave their queues first, then the acceptor dies, then each is lost, in the
order of their rows. Where each of them waits says what it has to leave.
"""

from simulator.engine.kernel.cores import stop
from simulator.engine.kernel.events import push
from simulator.engine.kernel.life import forget, turn_away
from simulator.engine.kernel.locks import let_go, note_grant, note_wait
from simulator.engine.kernel.numbers import (
    AGAIN,
    BAD_GATEWAY,
    BOOT,
    CRASHED,
    GRANTED,
    HOLD,
    LEAVING,
    LOCKRUN,
    NOWHERE,
    QUEUED,
    RUN,
    SEIZE,
    SEND,
    SETTLED,
)
from simulator.engine.kernel.queues import leave_queue
from simulator.engine.kernel.state import Kernel
from simulator.engine.kernel.stations import copy_of, rearrange
from simulator.engine.kernel.storage import LOST, lengthen
from simulator.engine.uncompiled import cython


def kill(k: Kernel, instance: cython.int, boot: cython.double) -> cython.void:
    """The process dies. If it was booting, it starts all over again."""
    alive: cython.bint = not k.instances[instance].down
    lost: cython.int
    i: cython.int
    k.instances[instance].down = 1
    rearrange(k)
    lost = collect(k, instance)
    if k.failed:
        return
    for i in range(lost):
        leave_queues(k, k.lost[i])
    if k.acceptor_start > 0 and alive:
        lose_acceptor(k, instance)
    for i in range(lost):
        lose(k, k.lost[i])
    k.instances[instance].seq = push(k, k.now + boot, cython.cast(cython.longlong, instance) << 2 | BOOT)


def come_back(k: Kernel, instance: cython.int, seq: cython.longlong) -> cython.bint:
    """The process has booted, unless it was killed again meanwhile."""
    if seq != k.instances[instance].seq:
        return False
    k.instances[instance].down = 0
    rearrange(k)
    return True


def collect(k: Kernel, instance: cython.int) -> cython.int:
    """How many are lost with a process; they stand in ``lost`` by row."""
    count: cython.int = 0
    w: cython.int = k.instances[instance].first
    while w >= 0:
        if not k.walkers[w].flags & LEAVING:
            if count == len(k.lost) and not lengthen(k, LOST):
                return 0
            k.lost[count] = w
            count += 1
        w = k.members[w].after
    sort(k, count)
    return count


def sort(k: Kernel, count: cython.int) -> cython.void:
    """Put ``lost`` in order, by heaps: they may be thousands, nearly in the opposite order."""
    end: cython.int
    top: cython.int
    for top in range(count // 2 - 1, -1, -1):
        sift(k, top, count)
    for end in range(count - 1, 0, -1):
        top = k.lost[0]
        k.lost[0] = k.lost[end]
        k.lost[end] = top
        sift(k, 0, end)


def sift(k: Kernel, i: cython.int, size: cython.int) -> cython.void:
    """Let one entry sink to where no larger one is below it."""
    row: cython.int = k.lost[i]
    child: cython.int = 2 * i + 1
    while child < size:
        if child + 1 < size and k.lost[child + 1] > k.lost[child]:
            child += 1
        if k.lost[child] <= row:
            break
        k.lost[i] = k.lost[child]
        i = child
        child = 2 * i + 1
    k.lost[i] = row


@cython.inline
def waits_at(k: Kernel, w: cython.int) -> cython.int:
    """The step at which a walker waits, also if it will have given up when it wakes."""
    return k.walkers[w].pc if k.walkers[w].pc > 0 else -k.walkers[w].pc


def leave_queues(k: Kernel, w: cython.int) -> cython.void:
    """It stops waiting for a slot or a lock."""
    pc: cython.int = waits_at(k, w)
    op: cython.int = k.code[pc].op
    if op == SEIZE and k.walkers[w].flags & QUEUED:
        k.walkers[w].flags &= ~QUEUED
        leave_queue(k, copy_of(k, w, k.code[pc].a), w)
    elif op == AGAIN and k.copies[copy_of(k, w, k.code[pc].c)].holder != w:
        leave_lock_queue(k, w, pc)


def leave_lock_queue(k: Kernel, w: cython.int, pc: cython.int) -> cython.void:
    """Somebody will never have the lock. Where nobody waits any more, the holder is not interrupted."""
    copy: cython.int = copy_of(k, w, k.code[pc].c)
    leave_queue(k, copy, w)
    if k.code[pc].op == AGAIN:
        note_wait(k, w, pc)
    if k.copies[copy].size == 0:
        k.copies[copy].switch_seq = 0


def lose(k: Kernel, w: cython.int) -> cython.void:
    """Its process is down, and the connection with it. What was handed over completely still arrives."""
    pc: cython.int = waits_at(k, w)
    stop_computing(k, w, pc)
    forget(k, w, pc)
    if k.code[pc].op == SEND and k.code[pc].a:
        unsettle(k, w)
    turn_away(k, w, pc, loss(k, pc))


def stop_computing(k: Kernel, w: cython.int, pc: cython.int) -> cython.void:
    """It leaves the cores at once, and lets go of its lock."""
    op: cython.int = k.code[pc].op
    copy: cython.int
    if op in (RUN, GRANTED):
        stop(k, k.code[pc].a, w)
    if op != LOCKRUN and op != AGAIN and op != GRANTED and op != HOLD:
        return
    copy = copy_of(k, w, k.code[pc].c)
    if op in (LOCKRUN, GRANTED):
        note_grant(k, w, pc)
    elif op == AGAIN and k.copies[copy].holder == w:
        note_wait(k, w, pc)  # it was given the lock at this very moment
    if k.copies[copy].holder == w:
        let_go(k, copy)


def unsettle(k: Kernel, w: cython.int) -> cython.void:
    """The answer that was under way will not be complete, so the client's next request comes at another time."""
    if k.finished[w] > k.now:
        k.walkers[w].flags &= ~SETTLED
        if k.loop_clients > 0 and w + k.loop_clients < k.rows:
            k.start_seq[w + k.loop_clients] = 0


def loss(k: Kernel, pc: cython.int) -> cython.int:
    """A proxy answers for a server that died, unless the client has a part of the response already."""
    return BAD_GATEWAY if k.behind_proxy and (k.send_place < 0 or k.place_of[pc] < k.send_place) else CRASHED


def lose_acceptor(k: Kernel, acceptor: cython.int) -> cython.void:
    """The acceptor of a process that died."""
    w: cython.int = k.rows + acceptor
    pc: cython.int = k.walkers[w].pc
    op: cython.int = k.code[pc].op
    i: cython.int
    awake: cython.int = 0
    for i in range(k.asleep):
        if k.sleepers[i] != acceptor:
            k.sleepers[awake] = k.sleepers[i]
            awake += 1
    k.asleep = awake
    if (op in (HOLD, AGAIN)) and k.copies[copy_of(k, w, k.code[pc].c)].holder != w:
        leave_lock_queue(k, w, pc)
    stop_computing(k, w, pc)
    k.walkers[w].pc = NOWHERE
