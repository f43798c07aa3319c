"""The life of a request, from place to place."""

from simulator.engine.kernel.acceptors import finished_one, put, take_next, visited
from simulator.engine.kernel.backlog import connect
from simulator.engine.kernel.endings import settle, until
from simulator.engine.kernel.events import hop, push
from simulator.engine.kernel.line import arrived_at, send
from simulator.engine.kernel.lock import (
    compute,
    goes_on,
    hold,
    kind_of,
    let_go,
    note_grant,
    note_wait,
    passes,
    turn_of,
    work_on,
)
from simulator.engine.kernel.numbers import (
    ABORTED,
    COMPLETED,
    CPU,
    EAGER,
    GAVE_UP,
    GO_ON,
    INFINITY,
    PATIENCE,
    QUEUED,
    SETTLED,
    SHAKEN,
    SLOW_IO,
)
from simulator.engine.kernel.pools import queue_of, release, seize
from simulator.engine.kernel.queues import leave_queue
from simulator.engine.kernel.state import Kernel
from simulator.engine.operations import COMPUTE, CONNECT, PHASE, RECEIVE, RELEASE, SEIZE, SEND
from simulator.engine.uncompiled import cython


def start(k: Kernel, row: cython.int) -> cython.void:
    """The client starts to connect."""
    k.arrival[row] = k.now
    if k.timed and k.patience[row] < INFINITY:
        push(k, k.now + k.patience[row], row, PATIENCE)
    k.at[row] = -1
    go_on(k, row)


def go_on(k: Kernel, row: cython.int) -> cython.void:
    """From the place where the request is to the next ones, until it has to wait."""
    i: cython.int = k.at[row]
    first: cython.longlong = cython.cast(cython.longlong, row) * k.places
    while True:
        i += 1
        if i == k.places:
            break
        if passes(k, row, i):
            continue
        k.reached[first + i] = k.now
        k.at[row] = i
        if not perform(k, row, i):
            return
    k.at[row] = i
    k.left[row] = k.now
    if not k.flags[row] & SETTLED:
        settle(k, row, COMPLETED, k.now)
    if k.flags[row] & EAGER:
        finished_one(k, k.process[row])


def perform(k: Kernel, row: cython.int, i: cython.int) -> cython.bint:
    """Do what the place is about. False if the request has to wait there."""
    op: cython.int = k.op[i]
    if op == COMPUTE:
        return compute(k, row, i, k.seconds[i])
    elif op == PHASE:
        return handle(k, row, i)
    elif op == SEIZE:
        return seize(k, row, i)
    elif op == RELEASE:
        release(k, row, k.resource[i])
        return True
    elif op == RECEIVE:
        return not k.on_client[i] or until(k, row, arrived_at(k, row, i), GO_ON)
    elif op == SEND:
        return send(k, row, i)
    elif op == CONNECT:
        k.tries[row] = 0
        if not until(k, row, k.now + 1.5 * k.rtt[row] if k.on_client[i] else k.now, SHAKEN):
            return False
        return connect(k, row, i)
    put(k, row)
    return False


def io_factor(k: Kernel) -> cython.double:
    """How many times as long I/O takes that starts now."""
    factor: cython.double = 1.0
    i: cython.int
    for i in range(k.interventions):
        if k.done_what[i] == SLOW_IO and k.done_at[i] <= k.now and k.now < k.done_until[i]:
            factor *= k.done_factor[i]
    return factor


def handle(k: Kernel, row: cython.int, i: cython.int) -> cython.bint:
    """One phase of the request's own work."""
    work: cython.double = k.phases[cython.cast(cython.longlong, row) * k.phase_count + k.phase[i]]
    if kind_of(k, row, i) == CPU:
        return compute(k, row, i, work + k.seconds[i])
    if work > 0:
        if k.slow_io:
            work = work * io_factor(k)
        push(k, k.now + work, row, GO_ON)
        return False
    return True


def retry(k: Kernel, row: cython.int) -> cython.void:
    """The SYN is sent again, or for the first time got through."""
    if connect(k, row, k.at[row]):
        go_on(k, row)


def lose_patience(k: Kernel, row: cython.int) -> cython.void:
    """The client leaves; most servers do not notice."""
    i: cython.int = k.at[row]
    pool: cython.int
    if k.flags[row] & SETTLED and k.outcome[row] != GAVE_UP:
        return
    settle(k, row, GAVE_UP, k.now)
    if k.flags[row] & QUEUED and k.pool_renege[k.resource[i]]:
        k.flags[row] = (k.flags[row] & ~QUEUED) | ABORTED
        leave_queue(k, row, queue_of(k, row, k.resource[i]))
        hop(k, row, GO_ON)
    for pool in range(k.pools):
        if k.pool_frees[pool]:
            release(k, row, pool)


def computed(k: Kernel, walker: cython.int) -> cython.void:
    """The job has left the cores, finished."""
    if walker < k.n and k.resource[k.at[walker]] < 0:
        go_on(k, walker)
        return
    note_grant(k, walker)
    worked(k, walker)


def granted(k: Kernel, walker: cython.int) -> cython.void:
    """The lock is free for this walker at last."""
    if walker >= k.n and k.visit[walker - k.n] == 0:
        take_next(k, walker)
        return
    note_wait(k, walker)
    work_on(k, walker)


def interrupted(k: Kernel, walker: cython.int) -> cython.void:
    """The lock was taken away; what is left of the work needs it again."""
    note_grant(k, walker)
    if k.left_over[walker] <= 0:
        worked(k, walker)
    elif hold(k, walker):
        work_on(k, walker)


def worked(k: Kernel, walker: cython.int) -> cython.void:
    """The work is done; the lock is let go if it is still held."""
    turn: cython.int
    if walker >= k.n:
        visited(k, walker)
        return
    turn = turn_of(k, walker)
    if k.holder[turn] == walker and not goes_on(k, walker):
        let_go(k, turn)
    go_on(k, walker)
