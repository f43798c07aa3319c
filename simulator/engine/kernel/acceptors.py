"""Eager accepting: every process has an acceptor, a walker of its own that takes connections into its hand.

Its program: REST (asleep), LOOK, BY (its thread's slot, if it has other work too), HOLD (its process's lock), TAKE,
computing, HANDOVER, and again from TAKE.
The bell beside the backlog is the list of who sleeps; the backlog itself is the queue of who waits to be taken.
"""

from simulator.engine.kernel.events import hop
from simulator.engine.kernel.leaving import leave_lock_queue, stop_computing
from simulator.engine.kernel.locks import has_lock, hold, let_go
from simulator.engine.kernel.members import join
from simulator.engine.kernel.numbers import AGAIN, CALLS, ENTER, HOLD, NOWHERE, QUEUED
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
    able: cython.int = 0
    first: cython.int
    i: cython.int
    part: cython.int
    k.walkers[w].pc = pc
    enqueue(k, queue_before(k, k.process[w]), w)
    if k.own_queues:
        wake_up(k, k.process[w])
        return 0
    if k.code[pc].b:
        for i in range(k.asleep - 1, -1, -1):
            if may_take(k, k.sleepers[i]):
                hop(k, k.rows + k.sleepers[i])
        keep_asleep(k)
        return 0
    for i in range(k.asleep):
        able += may_take(k, k.sleepers[i])
    first = cython.cast(cython.int, k.coin[w * k.coin_step] * able)
    for part in range(1, 3):  # from the first one to the end, then from the start to the first one
        able = 0
        for i in range(k.asleep):
            if may_take(k, k.sleepers[i]):
                if (able >= first) == (part == 1):
                    hop(k, k.rows + k.sleepers[i])
                able += 1
    keep_asleep(k)
    return 0


def keep_asleep(k: Kernel) -> cython.void:
    """Those who may not take anything sleep on."""
    left: cython.int = 0
    i: cython.int
    for i in range(k.asleep):
        if not may_take(k, k.sleepers[i]):
            k.sleepers[left] = k.sleepers[i]
            left += 1
    k.asleep = left


def wake_up(k: Kernel, acceptor: cython.int) -> cython.void:
    """One acceptor, if it sleeps and has work now."""
    i: cython.int
    at: cython.int = 0
    while at < k.asleep and k.sleepers[at] != acceptor:
        at += 1
    if at < k.asleep and has_work(k, acceptor):
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
    if (op in (HOLD, AGAIN, CALLS, ENTER)) and not has_lock(k, w, copy_of(k, w, k.code[pc].c)):
        leave_lock_queue(k, w, pc)
    stop_computing(k, w, pc)
    if k.walkers[w].flags & QUEUED:
        stop_waiting(k, w, k.accept_by)
    let_thread_go(k, w)
    k.walkers[w].pc = NOWHERE
