"""When something happens next: the heap of what was scheduled, the hops of this moment, what is known before."""

from simulator.engine.kernel.numbers import INFINITY
from simulator.engine.kernel.state import Kernel
from simulator.engine.kernel.storage import HEAP, HOPS, lengthen
from simulator.engine.uncompiled import cython


def push(k: Kernel, time: cython.double, walker: cython.int, kind: cython.int) -> cython.longlong:
    """Schedule an event. Its number is given back."""
    i: cython.int = k.heap_size
    parent: cython.int
    seq: cython.longlong = k.seq
    if i == len(k.heap_time) and not lengthen(k, HEAP):
        return 0
    k.seq += 1
    k.heap_size = i + 1
    while i > 0:  # a new entry has the highest seq, so at equal times it stays below
        parent = (i - 1) >> 1
        if k.heap_time[parent] <= time:
            break
        move(k, parent, i)
        i = parent
    k.heap_time[i], k.heap_seq[i] = time, seq
    k.heap_what[i] = cython.cast(cython.longlong, walker) << 4 | kind
    return seq


@cython.inline
def move(k: Kernel, source: cython.int, target: cython.int) -> cython.void:
    k.heap_time[target], k.heap_seq[target] = k.heap_time[source], k.heap_seq[source]
    k.heap_what[target] = k.heap_what[source]


def pop(k: Kernel) -> cython.void:
    """Drop the first entry of the heap."""
    k.heap_size -= 1
    size: cython.int = k.heap_size
    i: cython.int = 0
    child: cython.int = 1
    time: cython.double = k.heap_time[size]
    seq: cython.longlong = k.heap_seq[size]
    what: cython.longlong = k.heap_what[size]
    while child < size:
        if child + 1 < size and (
            k.heap_time[child + 1] < k.heap_time[child]
            or (k.heap_time[child + 1] == k.heap_time[child] and k.heap_seq[child + 1] < k.heap_seq[child])
        ):
            child += 1
        if time < k.heap_time[child] or (time == k.heap_time[child] and seq < k.heap_seq[child]):
            break
        move(k, child, i)
        i = child
        child = 2 * i + 1
    k.heap_time[i], k.heap_seq[i], k.heap_what[i] = time, seq, what


def hop(k: Kernel, walker: cython.int, kind: cython.int) -> cython.void:
    """Let a walker go on at this moment, after what is running now and what was scheduled before."""
    at: cython.int
    if k.hop_size > k.hop_mask and not lengthen(k, HOPS):
        return
    at = (k.hop_head + k.hop_size) & k.hop_mask
    k.hop_seq[at], k.hop_walker[at], k.hop_kind[at] = k.seq, walker, kind
    k.seq += 1
    k.hop_size += 1


@cython.inline
def nothing_else_now(k: Kernel) -> cython.bint:
    """Whether no other event is due at this very moment."""
    if k.hop_size > 0 or k.core_due <= k.now:
        return False
    if k.heap_size > 0 and k.heap_time[0] <= k.now:
        return False
    return k.coming > k.now


@cython.inline
def look_ahead(k: Kernel) -> cython.void:
    """When the next arrival comes, or an intervention before it."""
    k.coming = k.arrival[k.next_row] if k.next_row < k.open_rows else INFINITY
    if k.intervened and k.next_intervention < k.interventions:
        k.coming = min(k.coming, k.done_at[k.next_intervention])


@cython.inline
def next_arrival(k: Kernel) -> cython.int:
    """The row that arrives now; the one after it is looked up."""
    row: cython.int = k.next_row
    k.next_row += 1
    look_ahead(k)
    return row
