"""Computing under a lock, which is taken away after an interval."""

from simulator.engine.kernel.cores import run, stop
from simulator.engine.kernel.events import hop, push
from simulator.engine.kernel.numbers import ABORTED, CPU, GRANTED, INTERRUPTED, NOTHING, SWITCH
from simulator.engine.kernel.queues import dequeue, enqueue
from simulator.engine.kernel.state import Kernel
from simulator.engine.kernel.storage import GRANTS, lengthen
from simulator.engine.operations import COMPUTE, PHASE, RELEASE, TAKEN
from simulator.engine.uncompiled import cython


@cython.inline
def kind_of(k: Kernel, row: cython.int, i: cython.int) -> cython.int:
    return k.phase_kinds[k.request_class[row] * k.phase_count + k.phase[i]]


@cython.inline
def passes(k: Kernel, row: cython.int, i: cython.int) -> cython.bint:
    """Whether the request has no business at this place."""
    op: cython.int = k.op[i]
    if k.flags[row] & ABORTED:
        return not (op == RELEASE and k.held[row] >> k.resource[i] & 1)
    if op == PHASE:
        return kind_of(k, row, i) == NOTHING
    return op == TAKEN


def compute(k: Kernel, row: cython.int, i: cython.int, work: cython.double) -> cython.bint:
    """So many seconds on a core, under the lock if the place needs one. True if there is nothing to do."""
    if work <= 0:
        return True
    if k.resource[i] < 0:
        run(k, row, work)
    else:
        k.left_over[row] = work
        if hold(k, row):
            work_on(k, row)
    return False


@cython.inline
def turn_of(k: Kernel, walker: cython.int) -> cython.int:
    """Which copy of which lock a walker computes under."""
    lock: cython.int
    if walker >= k.n:
        return k.accept_lock + walker - k.n
    lock = k.resource[k.at[walker]]
    return k.lock_first[lock] + (k.process[walker] if k.lock_copies[lock] > 1 else 0)


def hold(k: Kernel, walker: cython.int) -> cython.bint:
    """True if the lock was free and is now held; otherwise the walker queues for it."""
    turn: cython.int = turn_of(k, walker)
    k.asked[walker] = k.now
    if k.holder[turn] == walker:  # kept from the place before
        return True
    if k.holder[turn] < 0:
        k.holder[turn] = walker
        return True
    enqueue(k, k.lock_queue + turn, walker)
    if k.switch_seq[turn] == 0:
        set_switch(k, turn)
    return False


def set_switch(k: Kernel, turn: cython.int) -> cython.void:
    """In one interval, the holder will have to let somebody else compute. No entry has the number 0."""
    if k.interval[turn] > 0:
        k.switch_seq[turn] = push(k, k.now + k.interval[turn], turn, SWITCH)


def let_go(k: Kernel, turn: cython.int) -> cython.void:
    """The next in the queue holds the lock from now on."""
    queue: cython.int = k.lock_queue + turn
    k.switch_seq[turn] = 0
    k.holder[turn] = -1
    if k.queue_size[queue] > 0:
        k.holder[turn] = dequeue(k, queue)
        hop(k, k.holder[turn], GRANTED)
    if k.queue_size[queue] > 0:
        set_switch(k, turn)


def switch(k: Kernel, turn: cython.int, order: cython.longlong) -> cython.void:
    """Somebody has waited a whole interval: the holder has to stop computing and to queue again."""
    walker: cython.int = k.holder[turn]
    if order != k.switch_seq[turn]:
        return
    k.switch_seq[turn] = 0
    if walker >= 0 and stop(k, walker):
        hop(k, walker, INTERRUPTED)
        let_go(k, turn)
    elif k.queue_size[k.lock_queue + turn] > 0:  # between two pieces of work at this very moment
        set_switch(k, turn)


def note_wait(k: Kernel, walker: cython.int) -> cython.void:
    row: cython.int = walker if walker < k.n else k.serving[walker - k.n]
    i: cython.int = k.at[walker] if walker < k.n else k.accept_place
    at: cython.longlong = cython.cast(cython.longlong, row) * k.lock_columns + k.lock_column[i]
    k.lock_wait[at] += k.now - k.asked[walker]


def work_on(k: Kernel, walker: cython.int) -> cython.void:
    """Compute while holding the lock."""
    k.since[walker] = k.now
    run(k, walker, k.left_over[walker])


def note_grant(k: Kernel, walker: cython.int) -> cython.void:
    row: cython.int = walker if walker < k.n else k.serving[walker - k.n]
    if k.detail and (k.grants < len(k.grant_row) or lengthen(k, GRANTS)):
        k.grant_row[k.grants] = row
        k.grant_place[k.grants] = k.at[walker] if walker < k.n else k.accept_place
        k.grant_from[k.grants], k.grant_to[k.grants] = k.since[walker], k.now
        k.grants += 1
    k.since[walker] = -1.0


def goes_on(k: Kernel, row: cython.int) -> cython.bint:
    """Whether the next place computes under the same lock; then it is kept, for only waiting lets go of it."""
    i: cython.int = k.at[row] + 1
    lock: cython.int = k.resource[i - 1]
    while i < k.places and passes(k, row, i):
        i += 1
    if i == k.places or k.resource[i] != lock:
        return False
    if k.op[i] == PHASE and kind_of(k, row, i) == CPU:
        at: cython.longlong = cython.cast(cython.longlong, row) * k.phase_count + k.phase[i]
        return k.phases[at] + k.seconds[i] > 0
    return k.op[i] == COMPUTE and k.seconds[i] > 0
