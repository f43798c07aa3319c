"""Eager accepting: a thread or a loop that takes connections out of the backlog before there is a slot."""

from simulator.engine.kernel.events import hop
from simulator.engine.kernel.lock import hold, let_go, work_on
from simulator.engine.kernel.numbers import ACCEPTED, EAGER, WAKE
from simulator.engine.kernel.queues import dequeue, enqueue
from simulator.engine.kernel.state import Kernel
from simulator.engine.uncompiled import cython


def put(k: Kernel, row: cython.int) -> cython.void:
    """A connection joins the backlog and wakes all who may take it, a random one first."""
    able: cython.int = 0
    first: cython.int
    i: cython.int
    turn: cython.int
    k.flags[row] |= EAGER
    enqueue(k, k.accept_queue, row)
    for i in range(k.sleepers):
        able += k.in_hand[k.asleep[i]] < k.accept_limit
    first = cython.cast(cython.int, k.coin[row] * able)
    for turn in range(2):  # from the first one to the end, then from the start to the first one
        able = 0
        for i in range(k.sleepers):
            if k.in_hand[k.asleep[i]] < k.accept_limit:
                if (able >= first) == (turn == 0):
                    hop(k, k.n + k.asleep[i], WAKE)
                able += 1
    able = 0
    for i in range(k.sleepers):
        if k.in_hand[k.asleep[i]] >= k.accept_limit:
            k.asleep[able] = k.asleep[i]
            able += 1
    k.sleepers = able


@cython.inline
def has_work_for(k: Kernel, acceptor: cython.int) -> cython.bint:
    return k.queue_size[k.accept_queue] > 0 and k.in_hand[acceptor] < k.accept_limit


def fall_asleep(k: Kernel, acceptor: cython.int) -> cython.void:
    k.asleep[k.sleepers] = acceptor
    k.sleepers += 1


def finished_one(k: Kernel, process: cython.int) -> cython.void:
    """A connection was closed; its process may take another one."""
    i: cython.int
    at: cython.int = 0
    k.in_hand[process] -= 1
    while at < k.sleepers and k.asleep[at] != process:
        at += 1
    if at < k.sleepers and has_work_for(k, process):
        k.sleepers -= 1
        for i in range(at, k.sleepers):
            k.asleep[i] = k.asleep[i + 1]
        hop(k, k.n + process, WAKE)


def look_for_work(k: Kernel, walker: cython.int) -> cython.void:
    """The acceptor is awake; perhaps there is still something to accept."""
    acceptor: cython.int = walker - k.n
    if not has_work_for(k, acceptor):
        fall_asleep(k, acceptor)
        return
    k.visit[acceptor] = 0
    if hold(k, walker):
        take_next(k, walker)


def take_next(k: Kernel, walker: cython.int) -> cython.void:
    """The acceptor has its lock: it takes the oldest connection, if nobody else has."""
    k.taken[walker - k.n] = 0
    take_another(k, walker)


def take_another(k: Kernel, walker: cython.int) -> cython.void:
    acceptor: cython.int = walker - k.n
    turn: cython.int = k.accept_lock + acceptor
    row: cython.int
    if k.holder[turn] == walker and k.taken[acceptor] < k.accept_batch and has_work_for(k, acceptor):
        row = dequeue(k, k.accept_queue)
        k.in_hand[acceptor] += 1
        k.taken[acceptor] += 1
        k.process[row] = acceptor
        k.reached[cython.cast(cython.longlong, row) * k.places + k.accept_place] = k.now
        k.serving[acceptor], k.visit[acceptor] = row, 1
        k.left_over[walker] = k.accept_work
        work_on(k, walker)
        return
    if k.holder[turn] == walker:
        let_go(k, turn)
    look_for_work(k, walker)


def visited(k: Kernel, walker: cython.int) -> cython.void:
    """One visit's work is done; after the last one, the connection is handed over."""
    acceptor: cython.int = walker - k.n
    turn: cython.int = k.accept_lock + acceptor
    if k.visit[acceptor] < k.accept_visits:
        k.visit[acceptor] += 1
        if k.holder[turn] == walker:
            let_go(k, turn)
        k.left_over[walker] = k.accept_work
        if hold(k, walker):
            work_on(k, walker)
        return
    hop(k, k.serving[acceptor], ACCEPTED)
    take_another(k, walker)
