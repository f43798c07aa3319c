"""Processes that die and come back, with everything that they hold.

What to watch: ``die``. All who are inside leave their queues first, then the acceptor dies, then each is lost, in the
order of their rows.
"""

from simulator.engine.kernel.acceptors import lose_acceptor
from simulator.engine.kernel.events import push
from simulator.engine.kernel.further import send_off
from simulator.engine.kernel.leaving import leave_queues, stop_computing
from simulator.engine.kernel.life import first_sent, forget, turn_away
from simulator.engine.kernel.numbers import (
    BAD_GATEWAY,
    BOOT,
    CRASHED,
    JOB,
    LEAVING,
    NOWHERE,
    REDELIVERED,
    SEND,
    SETTLED,
)
from simulator.engine.kernel.state import Kernel
from simulator.engine.kernel.stations import rearrange
from simulator.engine.kernel.storage import LOST, lengthen
from simulator.engine.kernel.under_lock import work_at
from simulator.engine.kernel.walkers import waits_at
from simulator.engine.uncompiled import cython


def kill(k: Kernel, instance: cython.int, boot: cython.double) -> cython.void:
    """A process dies, or a group with all of its processes. Who was booting starts all over again."""
    first: cython.int = k.instances[instance].from_process
    last: cython.int = k.instances[instance].to_process
    lost: cython.int = 0
    i: cython.int
    for i in range(first, last + 1):
        k.instances[i].was_down = k.instances[i].down
        k.instances[i].down, k.instances[i].retiring, k.instances[i].served = 1, 0, 0
    k.instances[instance].down = 1
    rearrange(k)
    for i in range(first, last + 1):
        lost = collect(k, i, lost)
    if instance > last:
        lost = collect(k, instance, lost)
    if k.failed:
        return
    sort(k, lost)
    for i in range(lost):
        leave_queues(k, k.lost[i])
    for i in range(first, last + 1):
        if i < k.acceptors and not k.instances[i].was_down:
            lose_acceptor(k, i)
    for i in range(lost):
        lose(k, k.lost[i])
    boot_again(k, instance, boot)


def boot_again(k: Kernel, instance: cython.int, boot: cython.double) -> cython.void:
    """All that died together is back at one moment."""
    seq: cython.longlong = push(k, k.now + boot, BOOT, instance)
    i: cython.int
    for i in range(k.instances[instance].from_process, k.instances[instance].to_process + 1):
        k.instances[i].seq = seq
    k.instances[instance].seq = seq


def come_back(k: Kernel, instance: cython.int, seq: cython.longlong) -> cython.bint:
    """Whatever of it was not killed again meanwhile has booted. True if its acceptor has."""
    i: cython.int
    for i in range(k.instances[instance].from_process, k.instances[instance].to_process + 1):
        revive(k, i, seq)
    revive(k, instance, seq)
    rearrange(k)
    return instance < k.acceptors and k.instances[instance].seq == seq


def revive(k: Kernel, instance: cython.int, seq: cython.longlong) -> cython.void:
    """It is up again, if this is the event that it waits for."""
    if k.instances[instance].seq == seq:
        k.instances[instance].down = 0


def crash(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """The request's process dies of it. Who is not inside any more goes on."""
    kill(k, k.process[w], work_at(k, w, pc))
    return 0 if k.walkers[w].pc == NOWHERE else pc + 1


def retire(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """The process has served one more; after so many it takes no other, and starts anew when the last one has left."""
    process: cython.int = k.process[w]
    k.instances[process].served += 1
    if k.instances[process].served >= k.code[pc].a and not k.instances[process].retiring:
        k.instances[process].retiring = 1
        k.instances[process].boot = k.code[pc].x
        rearrange(k)
    return pc + 1


def collect(k: Kernel, instance: cython.int, count: cython.int) -> cython.int:
    """Note in ``lost``, behind so many others, who is lost with a process or a group; how many there are then."""
    w: cython.int = k.instances[instance].first
    while w >= 0:
        if not k.walkers[w].flags & LEAVING:
            if count == len(k.lost) and not lengthen(k, LOST):
                return 0
            k.lost[count] = w
            count += 1
        w = k.members[w].after
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


def lose(k: Kernel, w: cython.int) -> cython.void:
    """Its process is down, and the connection with it. What nobody has acknowledged comes again."""
    again: cython.bint = False
    row: cython.int
    if k.walkers[w].flags & JOB and k.walkers[w].held & k.unacknowledged[k.job_of[w]]:
        again = True
    throw_out(k, w, loss(k, w), again)
    if again:
        row = send_off(k, w, k.job_of[w], k.attempt[w] + 1)
        if k.joining and row >= 0:
            k.joined_by[row] = k.joined_by[w]


def throw_out(k: Kernel, w: cython.int, outcome: cython.int, again: cython.bint) -> cython.void:
    """It stops what it is at. What was handed over to its client completely still arrives."""
    pc: cython.int = waits_at(k, w)
    stop_computing(k, w, pc)
    forget(k, w, pc)
    if k.code[pc].op == SEND and k.code[pc].a:
        unsettle(k, w)
    if again:
        k.walkers[w].flags |= REDELIVERED
    turn_away(k, w, pc, outcome)


def unsettle(k: Kernel, w: cython.int) -> cython.void:
    """The answer that was under way will not be complete, so what follows it comes at another time."""
    if k.finished[w] > k.now:
        k.walkers[w].flags &= ~SETTLED
        if k.voidable and k.followed_by[w] > 0:
            k.start_seq[k.followed_by[w] - 1] = 0
            k.followed_by[w] = 0


def loss(k: Kernel, w: cython.int) -> cython.int:
    """A proxy answers for a server that died, unless the client has a part of the response already."""
    if k.walkers[w].flags & JOB:
        return CRASHED
    return BAD_GATEWAY if k.behind_proxy and first_sent(k, w) < 0 else CRASHED
