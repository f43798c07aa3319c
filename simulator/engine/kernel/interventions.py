"""What the timeline does: a process dies and comes back, a pool or the machine gets another size."""

from simulator.engine.kernel.acceptors import look_for_work
from simulator.engine.kernel.backlog import forget
from simulator.engine.kernel.cores import catch_up, expect, stop
from simulator.engine.kernel.endings import turn_away
from simulator.engine.kernel.events import look_ahead, push
from simulator.engine.kernel.life import go_on
from simulator.engine.kernel.lock import kind_of, let_go, note_grant, note_wait, turn_of
from simulator.engine.kernel.numbers import (
    ABORTED,
    BACK,
    BAD_GATEWAY,
    CORES,
    CPU,
    CRASHED,
    KILL,
    QUEUED,
    SETTLED,
    SLOTS,
    START,
    SWITCH,
)
from simulator.engine.kernel.pools import queue_of, rearrange
from simulator.engine.kernel.queues import leave_queue
from simulator.engine.kernel.state import Kernel
from simulator.engine.operations import COMPUTE, PHASE, SEIZE, SEND
from simulator.engine.uncompiled import cython


def intervention_is_next(k: Kernel) -> cython.bint:
    """Whether it is an intervention, and not an arrival, that comes now; at equal times it goes first."""
    return k.next_intervention < k.interventions and k.done_at[k.next_intervention] <= k.coming


def is_void(k: Kernel, walker: cython.int, kind: cython.int, order: cython.longlong) -> cython.bint:
    """Whether the event was for somebody whose process has died meanwhile."""
    if kind in (SWITCH, BACK):  # these are about a lock, and a process
        return False
    if walker >= k.n:
        return k.down[walker - k.n] != 0
    if kind == START:
        return order != k.start_seq[walker]
    return k.at[walker] == k.places


def intervene(k: Kernel) -> cython.void:
    """It is time."""
    entry: cython.int = k.next_intervention
    number: cython.int = k.done_number[entry]
    what: cython.int = k.done_what[entry]
    k.next_intervention += 1
    look_ahead(k)
    if what == KILL and number < k.processes:
        kill(k, number, k.done_lasting[entry])
    elif what == SLOTS:
        k.allowed = number
        rearrange(k)
    elif what == CORES:
        catch_up(k)
        k.cores = number
        expect(k)


@cython.inline
def is_inside(k: Kernel, row: cython.int, process: cython.int) -> cython.bint:
    """Whether a request is inside of this process, and not only leaving it."""
    at: cython.int = k.at[row]
    if k.process[row] != process or k.flags[row] & ABORTED:
        return False
    return k.inside_from <= at and at < k.inside_to


def kill(k: Kernel, process: cython.int, boot: cython.double) -> cython.void:
    """The process dies. If it was booting, it starts all over again."""
    alive: cython.bint = k.down[process] == 0
    row: cython.int
    k.down[process] = 1
    rearrange(k)
    for row in range(k.n):
        if is_inside(k, row, process):
            leave_queues(k, row)
    if k.acceptors > 0 and alive:
        lose_acceptor(k, process)
    for row in range(k.n):
        if is_inside(k, row, process):
            lose(k, row)
    k.back_seq[process] = push(k, k.now + boot, process, BACK)


def come_back(k: Kernel, process: cython.int, order: cython.longlong) -> cython.void:
    """The process has booted, unless it was killed again meanwhile."""
    if order != k.back_seq[process]:
        return
    k.down[process] = 0
    rearrange(k)
    if k.acceptors > 0:
        look_for_work(k, k.n + process)


def lose(k: Kernel, row: cython.int) -> cython.void:
    """Its process is down, and the connection with it. What was handed over completely still arrives."""
    i: cython.int = k.at[row]
    if k.op[i] == COMPUTE or k.op[i] == PHASE:
        stop_computing(k, row)
    forget(k, row)
    if k.op[i] == SEND and k.on_client[i]:
        unsettle(k, row)
    turn_away(k, row, loss(k, i))
    go_on(k, row)


def unsettle(k: Kernel, row: cython.int) -> cython.void:
    """The answer that was under way will not be complete, so the client's next request comes at another time."""
    if k.finished[row] > k.now:
        k.flags[row] &= ~SETTLED
        if k.loop_clients > 0 and row + k.loop_clients < k.n:
            k.start_seq[row + k.loop_clients] = 0


def loss(k: Kernel, i: cython.int) -> cython.int:
    """A proxy answers for a server that died, unless the client has a part of the response already."""
    return BAD_GATEWAY if k.behind_proxy and (k.send_place < 0 or i < k.send_place) else CRASHED


def look_after_process(k: Kernel, row: cython.int) -> cython.void:
    """A slot was just given; if its process died at this very moment, the request is lost."""
    if k.down[k.process[row]]:
        turn_away(k, row, loss(k, k.at[row]))


def leave_queues(k: Kernel, row: cython.int) -> cython.void:
    """It stops waiting for a slot or a lock, or gives back the slot that it has just been given."""
    i: cython.int = k.at[row]
    if k.op[i] == SEIZE:
        if k.flags[row] & QUEUED:
            k.flags[row] &= ~QUEUED
            leave_queue(k, row, queue_of(k, row, k.resource[i]))
        else:
            k.held[row] |= 1 << k.resource[i]
    elif waits_for_lock(k, row, i):
        leave_lock_queue(k, row)


def waits_for_lock(k: Kernel, row: cython.int, i: cython.int) -> cython.bint:
    """Whether a request at this place is in the queue for its lock."""
    if k.op[i] != COMPUTE and (k.op[i] != PHASE or kind_of(k, row, i) != CPU):
        return False
    return k.resource[i] >= 0 and k.since[row] < 0 and k.holder[turn_of(k, row)] != row


def leave_lock_queue(k: Kernel, walker: cython.int) -> cython.void:
    """Somebody will never have the lock. Where nobody waits any more, the holder is not interrupted."""
    turn: cython.int = turn_of(k, walker)
    leave_queue(k, walker, k.lock_queue + turn)
    if walker < k.n or k.visit[walker - k.n] > 0:
        note_wait(k, walker)
    if k.queue_size[k.lock_queue + turn] == 0:
        k.switch_seq[turn] = 0


def stop_computing(k: Kernel, walker: cython.int) -> cython.void:
    """It leaves the cores at once, and lets go of its lock."""
    turn: cython.int
    stop(k, walker)
    if walker < k.n and k.resource[k.at[walker]] < 0:
        return
    turn = turn_of(k, walker)
    if k.since[walker] >= 0:
        note_grant(k, walker)
    elif k.holder[turn] == walker and (walker < k.n or k.visit[walker - k.n] > 0):
        note_wait(k, walker)  # it was given the lock at this very moment
    if k.holder[turn] == walker:
        let_go(k, turn)


def lose_acceptor(k: Kernel, acceptor: cython.int) -> cython.void:
    """The acceptor of a process that died."""
    walker: cython.int = k.n + acceptor
    waiting: cython.int = k.queue_head[k.lock_queue + k.accept_lock + acceptor]
    left: cython.int = k.queue_size[k.lock_queue + k.accept_lock + acceptor]
    i: cython.int
    awake: cython.int = 0
    for i in range(k.sleepers):
        if k.asleep[i] != acceptor:
            k.asleep[awake] = k.asleep[i]
            awake += 1
    k.sleepers = awake
    while left > 0 and waiting != walker:
        waiting = k.link[waiting]
        left -= 1
    if left > 0:
        leave_lock_queue(k, walker)
    stop_computing(k, walker)
