"""What will happen: the heap, the hops of this moment, and rings of events with one lag each.

Every entry has a number from one sequence, which decides at equal times, and by which its owner knows it again: an
entry that its owner has forgotten means nothing.
"""

from simulator.engine.kernel.entries import Event, Hop
from simulator.engine.kernel.numbers import INFINITY, RESUME
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
    if time == INFINITY:  # what never happens need not be remembered
        return seq
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
    return append(k, ring, k.now + k.rings[ring].lag, what)


def wake_later(k: Kernel, ring: cython.int, time: cython.double, w: cython.int) -> cython.void:
    """Wake a walker after about the time after which all of this ring come. Who comes earlier goes to the heap."""
    if k.rings[ring].size > 0 and time < k.ring_events[place_in_ring(k, ring, k.rings[ring].size - 1)].time:
        push(k, time, RESUME, w)
    else:
        append(k, ring, time, w)


def append(k: Kernel, ring: cython.int, time: cython.double, what: cython.longlong) -> cython.longlong:
    """Schedule the last event of a ring; its number."""
    seq: cython.longlong = k.seq
    k.seq += 1
    if k.rings[ring].size == k.ring_room and not lengthen(k, RINGS):
        return seq
    k.ring_events[place_in_ring(k, ring, k.rings[ring].size)] = Event(time, seq, what)
    k.rings[ring].size += 1
    if k.rings[ring].size == 1:
        k.rings[ring].due, k.rings[ring].seq = time, seq
        line_up_last(k, ring)
    return seq


@cython.inline
def place_in_ring(k: Kernel, ring: cython.int, number: cython.int) -> cython.int:
    """Where an event of a ring lies, counted from its first."""
    return ring * k.ring_room + ((k.rings[ring].head + number) & (k.ring_room - 1))


def pop_ring(k: Kernel) -> cython.longlong:
    """Take the next event of all rings; what it says."""
    ring: cython.int = k.ring_order[0]
    at: cython.int = place_in_ring(k, ring, 0)
    what: cython.longlong = k.ring_events[at].what
    k.rings[ring].head = (k.rings[ring].head + 1) & (k.ring_room - 1)
    k.rings[ring].size -= 1
    if k.rings[ring].size > 0:
        at = place_in_ring(k, ring, 0)
        k.rings[ring].due, k.rings[ring].seq = k.ring_events[at].time, k.ring_events[at].seq
    else:
        k.rings[ring].due, k.rings[ring].seq = INFINITY, k.seq  # later than anything
    line_up_first(k, ring)
    return what


@cython.inline
def set_clocks(k: Kernel, ring: cython.int, time: cython.double) -> cython.void:
    """Look at the clocks of a lock at this time, behind all else that happens then. Nothing is stored in its ring."""
    k.rings[ring].due, k.rings[ring].size = time, 1
    line_up_last(k, ring)


def line_up_first(k: Kernel, ring: cython.int) -> cython.void:
    """The first of the rings has got another event: it goes behind those that come before that."""
    i: cython.int = 0
    due: cython.double = k.rings[ring].due
    while i + 1 < k.rings_waiting and (
        k.rings[k.ring_order[i + 1]].due < due
        or (k.rings[k.ring_order[i + 1]].due == due and k.rings[k.ring_order[i + 1]].seq < k.rings[ring].seq)
    ):
        k.ring_order[i] = k.ring_order[i + 1]
        i += 1
    k.ring_order[i] = ring
    k.rings_waiting -= k.rings[ring].size == 0
    look_at_rings(k)


def line_up_last(k: Kernel, ring: cython.int) -> cython.void:
    """A ring that was empty goes before those that come after it."""
    i: cython.int = k.rings_waiting
    while i > 0 and (
        k.rings[k.ring_order[i - 1]].due > k.rings[ring].due
        or (
            k.rings[k.ring_order[i - 1]].due == k.rings[ring].due
            and k.rings[k.ring_order[i - 1]].seq > k.rings[ring].seq
        )
    ):
        k.ring_order[i] = k.ring_order[i - 1]
        i -= 1
    k.ring_order[i] = ring
    k.rings_waiting += 1
    look_at_rings(k)


@cython.inline
def look_at_rings(k: Kernel) -> cython.void:
    """When the next event of all rings comes."""
    k.ring_due, k.ring_seq = INFINITY, 0
    if k.rings_waiting > 0:
        k.ring_due, k.ring_seq = k.rings[k.ring_order[0]].due, k.rings[k.ring_order[0]].seq


@cython.inline
def nothing_else_now(k: Kernel) -> cython.bint:
    """Whether no other event is due at this very moment."""
    if k.hop_size > 0 or k.cpu_due <= k.now or k.ring_due <= k.now or k.coming <= k.now:
        return False
    if k.heap_hole:
        fill_hole(k)
    return k.heap_size == 0 or k.heap[0].time > k.now
