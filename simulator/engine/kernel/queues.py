"""Waiting lines, linked through their walkers, and since when a backlog has been full."""

from simulator.engine.kernel.numbers import INFINITY
from simulator.engine.kernel.state import Kernel
from simulator.engine.kernel.storage import FULL_LOG, lengthen
from simulator.engine.uncompiled import cython


@cython.inline
def enqueue(k: Kernel, queue: cython.int, walker: cython.int) -> cython.void:
    k.link[walker] = -1
    if k.queue_size[queue] == 0:
        k.queue_head[queue] = walker
    else:
        k.link[k.queue_tail[queue]] = walker
        if k.two_way:
            k.back[walker] = k.queue_tail[queue]
    k.queue_tail[queue] = walker
    grow(k, queue)


def enqueue_first(k: Kernel, queue: cython.int, walker: cython.int) -> cython.void:
    k.link[walker] = k.queue_head[queue]
    if k.queue_size[queue] == 0:
        k.link[walker] = -1
        k.queue_tail[queue] = walker
    elif k.two_way:
        k.back[k.queue_head[queue]] = walker
    k.queue_head[queue] = walker
    grow(k, queue)


@cython.inline
def dequeue(k: Kernel, queue: cython.int) -> cython.int:
    walker: cython.int = k.queue_head[queue]
    k.queue_head[queue] = k.link[walker]
    shrink(k, queue)
    return walker


def leave_queue(k: Kernel, walker: cython.int, queue: cython.int) -> cython.void:
    """Take a walker out of the middle of a queue."""
    before: cython.int = k.back[walker]
    after: cython.int = k.link[walker]
    if k.queue_head[queue] == walker:
        k.queue_head[queue] = after
    else:
        k.link[before] = after
    if k.queue_tail[queue] == walker:
        k.queue_tail[queue] = before
    else:
        k.back[after] = before
    shrink(k, queue)


@cython.inline
def grow(k: Kernel, queue: cython.int) -> cython.void:
    k.queue_size[queue] += 1
    if k.queue_size[queue] == k.fills_at[queue]:
        k.full_since[queue] = k.now


@cython.inline
def shrink(k: Kernel, queue: cython.int) -> cython.void:
    if k.queue_size[queue] == k.fills_at[queue]:
        note_full(k, queue)
    k.queue_size[queue] -= 1


def note_full(k: Kernel, queue: cython.int) -> cython.void:
    """A backlog has been full until now; whoever has a handshake under way may yet ask for that."""
    at: cython.int
    while k.log_size > 0 and k.log_to[k.log_head] <= k.now - k.longest_trip:
        k.log_head = (k.log_head + 1) & k.log_mask
        k.log_size -= 1
    if k.full_since[queue] < k.now:
        if k.log_size > k.log_mask and not lengthen(k, FULL_LOG):
            return
        at = (k.log_head + k.log_size) & k.log_mask
        k.log_from[at], k.log_to[at], k.log_queue[at] = k.full_since[queue], k.now, queue
        k.log_size += 1
    k.full_since[queue] = INFINITY


@cython.inline
def was_full(k: Kernel, queue: cython.int, moment: cython.double) -> cython.bint:
    """Whether a backlog was full when all that happened at this moment had happened."""
    return k.full_since[queue] <= moment or (k.log_size > 0 and was_full_before(k, queue, moment))


def was_full_before(k: Kernel, queue: cython.int, moment: cython.double) -> cython.bint:
    """The same, if it is known not to have been full from then until now."""
    left: cython.int = k.log_size
    at: cython.int
    while left > 0:
        left -= 1
        at = (k.log_head + left) & k.log_mask
        if k.log_to[at] <= moment:
            return False
        if k.log_queue[at] == queue and k.log_from[at] <= moment:
            return True
    return False
