"""Eager accepting: every process has an acceptor, a walker of its own that takes connections into its hand.

Its program: REST (asleep), LOOK, BY (its thread's slot, if it has other work too), HOLD (its process's lock), TAKE,
computing, HANDOVER, and again from TAKE.
The bell beside the backlog is the list of who sleeps; the backlog itself is the queue of who waits to be taken.
"""

from simulator.engine.kernel.events import hop
from simulator.engine.kernel.leaving import leave_lock_queue, stop_computing
from simulator.engine.kernel.locks import has_lock, hold, let_go
from simulator.engine.kernel.members import join
from simulator.engine.kernel.numbers import AGAIN, CALLS, ENTER, HERD, HOLD, NO_LIMIT, NOWHERE, QUEUED
from simulator.engine.kernel.queues import dequeue, enqueue
from simulator.engine.kernel.state import Kernel
from simulator.engine.kernel.stations import copy_of, give_back, pop_idle, stop_waiting, take, wait_in_queue
from simulator.engine.kernel.walkers import cell, holds, note_freed
from simulator.engine.uncompiled import cython


@cython.inline
def may_take(k: Kernel, acceptor: cython.int) -> cython.bint:
    """Whether its process takes one more."""
    return k.instances[acceptor].load < k.accept_limit and not k.instances[acceptor].retiring


@cython.inline
def queue_before(k: Kernel, acceptor: cython.int) -> cython.int:
    """Where the connections of a process wait: with those of all, or in a queue of its own."""
    return k.accept_queue + acceptor if k.own_queues else k.accept_queue


def wait_to_be_taken(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """A connection joins the backlog and wakes all who may take it, a random one first, or the one that is warm."""
    woken: cython.int
    k.walkers[w].pc = pc
    enqueue(k, queue_before(k, k.process[w]), w)
    if k.own_queues:
        wake_up(k, k.process[w])
    elif k.asleep > 0:
        woken = wake_all(k, w, k.code[pc].b != 0)
        if woken == 1:
            k.herd_end -= 1
            hop(k, k.rows + k.herd[k.herd_end])
        elif woken > 1:
            k.herds[k.herd_count] = woken
            k.herd_count += 1
            hop(k, HERD)
    return 0


def wake_all(k: Kernel, w: cython.int, warm: cython.bint) -> cython.int:
    """Those who may take something stand in the herd, behind whoever is there already; how many they are.

    All hops of a herd would be one behind the other, so it has one together: see ``loop.stampede``.
    """
    able: cython.longlong = k.asleep  # with 64 bits the C compiler copies several at a time
    first: cython.longlong
    chosen: cython.longlong
    end: cython.longlong
    i: cython.longlong
    make_room(k)
    if k.mortal or k.accept_limit != NO_LIMIT:
        able = part_those_who_may(k)
    first, end = k.asleep - able, k.herd_end
    k.asleep = cython.cast(cython.int, first)
    if warm:
        for i in range(able):
            k.herd[end + i] = k.sleepers[first + able - 1 - i]
    else:
        chosen = cython.cast(cython.longlong, k.coin[w * k.coin_step] * able)
        for i in range(able - chosen):  # from the chosen one to the end, then from the start to the chosen one
            k.herd[end + i] = k.sleepers[first + chosen + i]
        for i in range(chosen):
            k.herd[end + able - chosen + i] = k.sleepers[first + i]
    k.herd_end = cython.cast(cython.int, end + able)
    return cython.cast(cython.int, able)


def make_room(k: Kernel) -> cython.void:
    """Nobody is in the herd twice, so there is room for all if it begins at the start."""
    i: cython.int
    if k.herd_end + k.acceptors > len(k.herd):
        for i in range(k.herd_end - k.herd_first):
            k.herd[i] = k.herd[k.herd_first + i]
        k.herd_end -= k.herd_first
        k.herd_first = 0


def part_those_who_may(k: Kernel) -> cython.int:
    """Those who may not take anything sleep on, in front of those who may; how many these are. All keep their order."""
    able: cython.int = 0
    left: cython.int = 0
    i: cython.int
    for i in range(k.asleep):
        if may_take(k, k.sleepers[i]):
            k.herd[k.herd_end + able] = k.sleepers[i]
            able += 1
        else:
            k.sleepers[left] = k.sleepers[i]
            left += 1
    for i in range(able):
        k.sleepers[left + i] = k.herd[k.herd_end + i]
    return able


def sleep_on(k: Kernel, first: cython.longlong, end: cython.longlong) -> cython.void:
    """Nothing is left to take for these of the herd; those whose processes have died are gone."""
    i: cython.longlong
    asleep: cython.longlong = k.asleep
    if not k.mortal:
        for i in range(end - first):
            k.sleepers[asleep + i] = k.herd[first + i]
        k.asleep = cython.cast(cython.int, asleep + end - first)
        return
    for i in range(first, end):
        if k.walkers[k.rows + k.herd[i]].pc != NOWHERE:
            k.sleepers[k.asleep] = k.herd[i]
            k.asleep += 1


def wake_up(k: Kernel, acceptor: cython.int) -> cython.void:
    """One acceptor, if it sleeps and has work now."""
    i: cython.int
    at: cython.int = 0
    if not has_work(k, acceptor):
        return
    if k.own_queues:  # nobody else is woken, so the order in which they sleep is no matter
        if k.instances[acceptor].asleep:
            k.instances[acceptor].asleep = 0
            hop(k, k.rows + acceptor)
        return
    while at < k.asleep and k.sleepers[at] != acceptor:
        at += 1
    if at < k.asleep:
        k.asleep -= 1
        for i in range(at, k.asleep):
            k.sleepers[i] = k.sleepers[i + 1]
        hop(k, k.rows + acceptor)


@cython.inline
def has_work(k: Kernel, acceptor: cython.int) -> cython.bint:
    """Whether a connection waits and the process may take one more."""
    return k.copies[queue_before(k, acceptor)].size > 0 and may_take(k, acceptor)


def look(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """The acceptor is awake; perhaps there is still something to accept."""
    acceptor: cython.int = w - k.rows
    k.instances[acceptor].taken = 0
    if has_work(k, acceptor):
        return pc + 1
    k.walkers[w].pc = pc - 1
    if k.own_queues:
        k.instances[acceptor].asleep = 1
    else:
        k.sleepers[k.asleep] = acceptor
        k.asleep += 1
    return 0


def seize_to_accept(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """An acceptor whose thread has other work too takes its turn with that."""
    station: cython.int = k.code[pc].a
    copy: cython.int = copy_of(k, w, station)
    if k.copies[copy].idle > 0:
        take(k, w, pc, station, pop_idle(k, copy))
        return pc + 1
    wait_in_queue(k, w, pc, copy)
    return 0


def let_thread_go(k: Kernel, w: cython.int) -> cython.void:
    """Its thread may do something else now."""
    if k.accept_by >= 0 and holds(k, w, k.accept_by):
        note_freed(k, w, k.accept_by)
        give_back(k, k.accept_by, k.instances[w - k.rows].slot)


def hold_to_accept(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """An acceptor needs the lock like everybody else; nobody is told how long it waited."""
    if hold(k, w, copy_of(k, w, k.code[pc].c)):
        return pc + 1
    k.walkers[w].pc = pc
    return 0


def take_connection(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """While it has its lock, the acceptor takes the oldest connection, if nobody else has; otherwise it looks again."""
    acceptor: cython.int = w - k.rows
    lock: cython.int = copy_of(k, w, k.code[pc].c)
    gil: cython.int
    row: cython.int
    if has_lock(k, w, lock) and k.instances[acceptor].taken < k.code[pc].a and has_work(k, acceptor):
        row = dequeue(k, queue_before(k, acceptor))
        k.instances[acceptor].load += 1
        k.instances[acceptor].taken += 1
        k.instances[acceptor].serving = row
        k.process[row] = acceptor
        k.walkers[row].held |= k.in_hand
        k.reached[cell(k, row, k.place_of[pc])] = k.now
        if k.mortal:
            join(k, row, acceptor)
        return pc + 1
    if k.code[pc].b >= 0:  # beside the loop it may have the GIL of the threads
        gil = copy_of(k, w, k.code[pc].b)
        if has_lock(k, w, gil):
            let_go(k, w, gil)
    if has_lock(k, w, lock):
        let_go(k, w, lock)
    let_thread_go(k, w)
    return k.acceptor_start + 1


@cython.inline
def hand_over(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """The connection is accepted; perhaps there is another one."""
    hop(k, k.instances[w - k.rows].serving)
    return k.code[pc].a


def finished_one(k: Kernel, process: cython.int) -> cython.void:
    """A connection was closed; its process may take another one."""
    k.instances[process].load -= 1
    wake_up(k, process)


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
    k.instances[acceptor].asleep = 0
    if (op in (HOLD, AGAIN, CALLS, ENTER)) and not has_lock(k, w, copy_of(k, w, k.code[pc].c)):
        leave_lock_queue(k, w, pc)
    stop_computing(k, w, pc)
    if k.walkers[w].flags & QUEUED:
        stop_waiting(k, w, k.accept_by)
    let_thread_go(k, w)
    k.walkers[w].pc = NOWHERE
