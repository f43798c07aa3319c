"""What will happen: the heap, the hops of this moment, and rings of events with one lag each.

Every entry has a number from one sequence, which decides at equal times, and by which its owner knows it again: an
entry that its owner has forgotten means nothing.
"""

from simulator.engine.kernel.layout import Event, Hop
from simulator.engine.kernel.numbers import INFINITY
from simulator.engine.kernel.state import Kernel
from simulator.engine.kernel.storage import HEAP, HOPS, RINGS, lengthen
from simulator.engine.uncompiled import cython


def push(k: Kernel, time: cython.double, kind: cython.int, subject: cython.int) -> cython.longlong:
    """Schedule an event, of a kind, for a walker, an instance or a copy; its number."""
    what: cython.longlong = cython.cast(cython.longlong, subject) << 3 | kind
    seq: cython.longlong = k.seq
    i: cython.int
    parent: cython.int
    k.seq += 1
    if k.heap_hole:  # whoever was just woken schedules again, mostly: its entry goes where the first one was
        k.heap_hole = False
        sink(k, time, seq, what)
        return seq
    if k.heap_size == len(k.heap) and not lengthen(k, HEAP):
        return seq
    i = k.heap_size
    k.heap_size = i + 1
    while i > 0:  # a new entry has the highest number, so at equal times it stays below
        parent = (i - 1) >> 1
        if k.heap[parent].time <= time:
            break
        k.heap[i] = k.heap[parent]
        i = parent
    k.heap[i] = Event(time, seq, what)
    return seq


def sink(k: Kernel, time: cython.double, seq: cython.longlong, what: cython.longlong) -> cython.void:
    """Put an entry into the hole at the top, or below."""
    i: cython.longlong = 0
    child: cython.longlong = 1
    size: cython.longlong = k.heap_size
    while child < size:
        if child + 1 < size:
            if k.heap[child + 1].time == k.heap[child].time:
                child += k.heap[child + 1].seq < k.heap[child].seq
            else:  # anybody's guess: a number to be added leaves the processor nothing to guess wrong
                child += k.heap[child + 1].time < k.heap[child].time
        if time < k.heap[child].time or (time == k.heap[child].time and seq < k.heap[child].seq):
            break
        k.heap[i] = k.heap[child]
        i = child
        child = 2 * i + 1
    k.heap[i] = Event(time, seq, what)


def fill_hole(k: Kernel) -> cython.void:
    """Nobody used the place of the first entry: the last one goes there."""
    k.heap_hole = False
    k.heap_size -= 1
    if k.heap_size > 0:
        sink(k, k.heap[k.heap_size].time, k.heap[k.heap_size].seq, k.heap[k.heap_size].what)


def hop(k: Kernel, walker: cython.int) -> cython.void:
    """Let a walker go on at this moment, after what is running now and what was scheduled before."""
    if k.hop_size > k.hop_mask and not lengthen(k, HOPS):
        return
    k.hops[(k.hop_head + k.hop_size) & k.hop_mask] = Hop(k.seq, walker)
    k.seq += 1
    k.hop_size += 1


def set_ring(k: Kernel, ring: cython.int, what: cython.longlong) -> cython.longlong:
    """Schedule an event for the time after which all of this ring come; its number."""
    seq: cython.longlong = k.seq
    at: cython.int
    k.seq += 1
    if k.rings[ring].size == k.ring_room and not lengthen(k, RINGS):
        return seq
    at = ring * k.ring_room + ((k.rings[ring].head + k.rings[ring].size) & (k.ring_room - 1))
    k.ring_events[at] = Event(k.now + k.rings[ring].lag, seq, what)
    k.rings[ring].size += 1
    if k.rings[ring].size == 1:
        look_at_rings(k)
    return seq


def look_at_rings(k: Kernel) -> cython.void:
    """Which ring has the next event."""
    ring: cython.int
    at: cython.int
    k.ring_due, k.ring_seq = INFINITY, 0
    for ring in range(k.ring_count):
        if k.rings[ring].size > 0:
            at = ring * k.ring_room + k.rings[ring].head
            if k.ring_events[at].time < k.ring_due or (
                k.ring_events[at].time == k.ring_due and k.ring_events[at].seq < k.ring_seq
            ):
                k.ring_due, k.ring_seq, k.ring_next = k.ring_events[at].time, k.ring_events[at].seq, ring


def pop_ring(k: Kernel) -> cython.longlong:
    """Take the next event of all rings; what it says."""
    ring: cython.int = k.ring_next
    what: cython.longlong = k.ring_events[ring * k.ring_room + k.rings[ring].head].what
    k.rings[ring].head = (k.rings[ring].head + 1) & (k.ring_room - 1)
    k.rings[ring].size -= 1
    look_at_rings(k)
    return what


@cython.inline
def nothing_else_now(k: Kernel) -> cython.bint:
    """Whether no other event is due at this very moment."""
    if k.hop_size > 0 or k.cpu_due <= k.now or k.ring_due <= k.now or k.coming <= k.now:
        return False
    if k.heap_hole:
        fill_hole(k)
    return k.heap_size == 0 or k.heap[0].time > k.now
