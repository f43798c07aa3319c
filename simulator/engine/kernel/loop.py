"""The loop: the earliest of all that may happen next, again and again.

Sources of events: what is known before the run (the timeline, then arrivals of an open loop), hops of this moment, the
heap, the job that leaves the cores next, and the rings. At equal times what is known before goes first; everything
else in the order in which it was scheduled.
"""

from simulator.engine.kernel.acceptors import sleep_on
from simulator.engine.kernel.blocks import time_is_over
from simulator.engine.kernel.cores import finish_job
from simulator.engine.kernel.events import fill_hole, hop, nothing_else_now, pop_ring
from simulator.engine.kernel.instances import come_back
from simulator.engine.kernel.life import lose_patience
from simulator.engine.kernel.limits import give_token
from simulator.engine.kernel.locks import look_at_clocks, switch
from simulator.engine.kernel.numbers import BEGIN, CLOCKS, HERD, INFINITY, PATIENCE, REFILL, RESUME, SWITCHES, WAKES
from simulator.engine.kernel.program import go, resume
from simulator.engine.kernel.state import Kernel
from simulator.engine.uncompiled import cython

KNOWN, NOW, SCHEDULED, COMPUTED, ALWAYS_AS_LONG = range(5)
"""The sources: before the run, hops, heap, cores, rings."""


def happen(k: Kernel, budget: cython.longlong) -> cython.bint:
    """Let up to ``budget`` events happen. False when nothing is left to happen."""
    best: cython.double
    seq: cython.longlong
    source: cython.int
    w: cython.int
    while budget > 0 and not k.failed and k.shortage == 0:
        budget -= 1
        source, best, seq = KNOWN, INFINITY, 0
        if k.hop_size > 0:
            source, best, seq = NOW, k.now, k.hops[k.hop_head].seq
        if k.heap_size > 0 and (k.heap[0].time < best or (k.heap[0].time == best and k.heap[0].seq < seq)):
            source, best, seq = SCHEDULED, k.heap[0].time, k.heap[0].seq
        if k.cpu_due < best or (k.cpu_due == best and k.cpus[k.cpu_next].jobs > 0 and k.cpu_seq < seq):
            source, best, seq = COMPUTED, k.cpu_due, k.cpu_seq
        if k.ring_due < best or (k.ring_due == best and k.ring_seq < seq):
            source, best, seq = ALWAYS_AS_LONG, k.ring_due, k.ring_seq
        if k.coming <= best:
            source, best = KNOWN, k.coming
            if best == INFINITY:
                return False
        k.now = best
        if source == NOW:
            w = cython.cast(cython.int, k.hops[k.hop_head].walker)
            k.hop_head = (k.hop_head + 1) & k.hop_mask
            k.hop_size -= 1
            if w == HERD:
                stampede(k)
            else:
                resume(k, w)
        elif source == SCHEDULED:
            happen_now(k, k.heap[0].what, seq)
            if k.heap_hole:
                fill_hole(k)
        elif source == COMPUTED:
            let_compute(k)
        elif source == ALWAYS_AS_LONG:
            ring_out(k, k.ring_order[0], seq)
        else:
            come(k)
    return k.shortage == 0


def stampede(k: Kernel) -> cython.void:
    """Acceptors that were woken together look for something to take, until nothing is left; the others sleep on."""
    at: cython.int = k.herd_first
    end: cython.int = at + k.herds[0]
    i: cython.int
    while at < end and k.copies[k.accept_queue].size > 0:
        at += 1
        resume(k, k.rows + k.herd[at - 1])
    sleep_on(k, at, end)
    k.herd_first = end
    k.herd_count -= 1
    for i in range(k.herd_count):
        k.herds[i] = k.herds[i + 1]
    if k.herd_count == 0:
        k.herd_first, k.herd_end = 0, 0


@cython.inline
def let_compute(k: Kernel) -> cython.void:
    """The job that is due is done, and whose it was goes on; or only the quota is used up, or there anew."""
    w: cython.int = finish_job(k)
    if w >= 0:
        if nothing_else_now(k):  # then the hop would be the next event: spare it the way there
            resume(k, w)
        else:
            hop(k, w)


@cython.inline
def happen_now(k: Kernel, what: cython.longlong, seq: cython.longlong) -> cython.void:
    """The first entry of the heap is due; its place is free for the next one that is pushed."""
    kind: cython.int = cython.cast(cython.int, what & 7)
    subject: cython.int = cython.cast(cython.int, what >> 3)
    k.heap_hole = True
    if kind == RESUME:
        resume(k, subject)
    elif kind == PATIENCE:
        lose_patience(k, subject)
    elif kind == BEGIN:
        if not k.voidable or seq == k.start_seq[subject]:
            begin(k, subject)
    elif kind == REFILL:
        if seq == k.copies[subject].switch_seq:
            give_token(k, subject)
    elif come_back(k, subject, seq):
        go(k, k.rows + subject, k.acceptor_start + 1)


def begin(k: Kernel, row: cython.int) -> cython.void:
    """A request begins. Where clients share the rows of a closed loop, it is the next one that nobody has taken.

    Such a client is known by the row that it sent last, or by a number beyond all rows if it has not sent any.
    """
    if k.limited and (row < k.requests or row >= k.rows):
        if k.next_row >= k.requests:
            return
        row = k.next_row
        k.next_row += 1
    go(k, row, k.starts[k.request_class[row * k.request_class_step]])


def ring_out(k: Kernel, ring: cython.int, seq: cython.longlong) -> cython.void:
    """What always lasts equally long is over: an interval of a lock, until a SYN is repeated, or a time limit."""
    guard: cython.int = k.rings[ring].guard
    subject: cython.int
    if guard == CLOCKS:
        look_at_clocks(k, ring)
        return
    subject = cython.cast(cython.int, pop_ring(k))
    if guard == SWITCHES:
        switch(k, subject, seq)
    elif guard == WAKES:
        resume(k, subject)
    else:
        time_is_over(k, guard, subject, seq)


@cython.inline
def come(k: Kernel) -> cython.void:
    """An entry of the timeline, or the next arrival."""
    row: cython.int
    pc: cython.int
    if k.timeline_at <= k.coming:
        pc = k.timeline
        k.timeline = pc + 2
        k.timeline_at = k.code[pc + 2].x
        look_ahead(k)
        go(k, -1, pc + 1)
        return
    row = k.next_row
    k.next_row += 1
    look_ahead(k)
    go(k, row, k.starts[k.request_class[row * k.request_class_step]])


@cython.inline
def look_ahead(k: Kernel) -> cython.void:
    """When the next arrival comes, or an entry of the timeline before it."""
    k.coming = k.due[k.next_row] if k.next_row < k.open_rows else INFINITY
    k.coming = min(k.coming, k.timeline_at)


def advance(k: Kernel, budget: cython.longlong) -> bool:
    """Let up to ``budget`` events happen, without Python's lock. False when nothing is left to happen.

    Raises MemoryError where an array could not grow; such a run never goes on.
    """
    with cython.nogil:
        more: cython.bint = happen(k, budget)
    if k.failed:
        raise k.error
    return bool(more)
