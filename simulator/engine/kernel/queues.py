"""Queues: a list of walkers before each copy of a station. A backlog also remembers when it was full.

Links are two-way, because some leave from the middle.
"""

from simulator.engine.kernel.entries import Stretch
from simulator.engine.kernel.numbers import INFINITY
from simulator.engine.kernel.state import Kernel
from simulator.engine.kernel.storage import STRETCHES, lengthen
from simulator.engine.uncompiled import cython


@cython.inline
def enqueue(k: Kernel, copy: cython.int, w: cython.int) -> cython.void:
    """Join at the end."""
    last: cython.int = k.copies[copy].tail
    k.walkers[w].link = -1
    k.walkers[w].back = last
    if last < 0:
        k.copies[copy].head = w
    else:
        k.walkers[last].link = w
    k.copies[copy].tail = w
    note_longer(k, copy)


def enqueue_first(k: Kernel, copy: cython.int, w: cython.int) -> cython.void:
    """Jump the queue."""
    first: cython.int = k.copies[copy].head
    k.walkers[w].link = first
    k.walkers[w].back = -1
    if first < 0:
        k.copies[copy].tail = w
    else:
        k.walkers[first].back = w
    k.copies[copy].head = w
    note_longer(k, copy)


@cython.inline
def dequeue(k: Kernel, copy: cython.int) -> cython.int:
    """The first leaves the queue."""
    w: cython.int = k.copies[copy].head
    after: cython.int = k.walkers[w].link
    k.copies[copy].head = after
    if after < 0:
        k.copies[copy].tail = -1
    else:
        k.walkers[after].back = -1
    note_shorter(k, copy)
    return w


def leave_queue(k: Kernel, copy: cython.int, w: cython.int) -> cython.void:
    """Somebody leaves from wherever it stands."""
    before: cython.int = k.walkers[w].back
    after: cython.int = k.walkers[w].link
    if before < 0:
        k.copies[copy].head = after
    else:
        k.walkers[before].link = after
    if after < 0:
        k.copies[copy].tail = before
    else:
        k.walkers[after].back = before
    note_shorter(k, copy)


@cython.inline
def first_goes_last(k: Kernel, copy: cython.int) -> cython.void:
    """The first goes behind all others."""
    w: cython.int = k.copies[copy].head
    after: cython.int = k.walkers[w].link
    if after >= 0:
        k.copies[copy].head, k.walkers[after].back = after, -1
        k.walkers[w].link, k.walkers[w].back = -1, k.copies[copy].tail
        k.walkers[k.copies[copy].tail].link = w
        k.copies[copy].tail = w


def enqueue_by_rank(k: Kernel, copy: cython.int, w: cython.int, rank: cython.int, tails: cython.int) -> cython.void:
    """Stand behind all of one's own rank and of those before it. ``tails``: the last one of each rank begins there."""
    before: cython.int = -1
    after: cython.int
    i: cython.int
    for i in range(rank, -1, -1):
        if before < 0:
            before = k.rank_tails[tails + i]
    k.rank_tails[tails + rank] = w
    if before < 0:
        enqueue_first(k, copy, w)
        return
    after = k.walkers[before].link
    if after < 0:
        enqueue(k, copy, w)
        return
    k.walkers[w].back, k.walkers[w].link = before, after
    k.walkers[before].link = w
    k.walkers[after].back = w
    note_longer(k, copy)


def leave_rank(k: Kernel, w: cython.int, rank: cython.int, tails: cython.int) -> cython.void:
    """Somebody is about to leave the queue: the last one of its rank is another one then."""
    before: cython.int = k.walkers[w].back
    i: cython.int
    if k.rank_tails[tails + rank] != w:
        return
    k.rank_tails[tails + rank] = before
    for i in range(rank):
        if before >= 0 and k.rank_tails[tails + i] == before:
            k.rank_tails[tails + rank] = -1


@cython.inline
def note_longer(k: Kernel, copy: cython.int) -> cython.void:
    """One more; the backlog may be full now."""
    k.copies[copy].size += 1
    if k.copies[copy].size == k.copies[copy].fills:
        k.copies[copy].full_since = k.now


@cython.inline
def note_shorter(k: Kernel, copy: cython.int) -> cython.void:
    """One less; the backlog may have been full until now."""
    if k.copies[copy].size == k.copies[copy].fills:
        note_full(k, copy)
    k.copies[copy].size -= 1


def note_full(k: Kernel, copy: cython.int) -> cython.void:
    """A backlog has been full until now; whoever has a handshake under way may yet ask for that."""
    at: cython.int
    while k.stretch_size > 0 and k.stretches[k.stretch_head].end <= k.now - k.longest_trip:
        k.stretch_head = (k.stretch_head + 1) & k.stretch_mask
        k.stretch_size -= 1
    if k.copies[copy].full_since < k.now and (k.stretch_size <= k.stretch_mask or lengthen(k, STRETCHES)):
        at = (k.stretch_head + k.stretch_size) & k.stretch_mask
        k.stretches[at] = Stretch(k.copies[copy].full_since, k.now, copy)
        k.stretch_size += 1
    k.copies[copy].full_since = INFINITY


@cython.inline
def was_full(k: Kernel, copy: cython.int, moment: cython.double) -> cython.bint:
    """Whether a backlog was full when all that happened at this moment had happened."""
    return k.copies[copy].full_since <= moment or (k.stretch_size > 0 and was_full_before(k, copy, moment))


def was_full_before(k: Kernel, copy: cython.int, moment: cython.double) -> cython.bint:
    """The same, if it is known not to have been full from then until now."""
    left: cython.int = k.stretch_size
    at: cython.int
    while left > 0:
        left -= 1
        at = (k.stretch_head + left) & k.stretch_mask
        if k.stretches[at].end <= moment:
            return False
        if k.stretches[at].copy == copy and k.stretches[at].start <= moment:
            return True
    return False
