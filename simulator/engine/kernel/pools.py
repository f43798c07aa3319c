"""Slots: taken, given back, and gone while their process is down."""

from simulator.engine.kernel.endings import turn_away
from simulator.engine.kernel.events import hop
from simulator.engine.kernel.numbers import QUEUED, SEATED
from simulator.engine.kernel.queues import dequeue, enqueue, enqueue_first
from simulator.engine.kernel.state import Kernel
from simulator.engine.uncompiled import cython


@cython.inline
def queue_of(k: Kernel, row: cython.int, pool: cython.int) -> cython.int:
    return k.pool_first[pool] + (k.process[row] if k.pool_copies[pool] > 1 else 0)


@cython.inline
def pop_free(k: Kernel, pool: cython.int, copy: cython.int) -> cython.int:
    """The slot of this copy that has been idle longest: the first of a ring."""
    first: cython.int = k.pool_slots[pool] + (copy - k.pool_first[pool]) * k.pool_size[pool]
    slot: cython.int = k.free[first + k.free_head[copy]]
    k.free_size[copy] -= 1
    k.free_head[copy] += 1
    if k.free_head[copy] == k.pool_size[pool]:
        k.free_head[copy] = 0
    return slot


@cython.inline
def push_free(k: Kernel, pool: cython.int, copy: cython.int, slot: cython.int) -> cython.void:
    first: cython.int = k.pool_slots[pool] + (copy - k.pool_first[pool]) * k.pool_size[pool]
    last: cython.int = k.free_head[copy] + k.free_size[copy]
    if last >= k.pool_size[pool]:
        last -= k.pool_size[pool]
    k.free[first + last] = slot
    k.free_size[copy] += 1


def closed(k: Kernel, pool: cython.int, slot: cython.int) -> cython.bint:
    """Whether the slot's process is down, or the pool has become too small for it."""
    if k.pool_mortal[pool] > 0 and k.down[slot // k.pool_mortal[pool]]:
        return True
    return pool == k.main_pool and slot % k.pool_width[pool] >= k.allowed


def take(k: Kernel, row: cython.int, pool: cython.int) -> cython.void:
    """The request holds the slot that is noted in its record."""
    k.held[row] |= 1 << pool
    if k.pool_span[pool] > 0:
        k.process[row] = k.slot[row * k.pools + pool] // k.pool_span[pool]


def seize(k: Kernel, row: cython.int, i: cython.int) -> cython.bint:
    """Take the slot that has been idle longest, or queue for one."""
    pool: cython.int = k.resource[i]
    queue: cython.int = queue_of(k, row, pool)
    if k.free_size[queue] > 0:
        k.slot[row * k.pools + pool] = pop_free(k, pool, queue)
        take(k, row, pool)
        return True
    if k.queue_size[queue] >= k.pool_limit[pool]:
        turn_away(k, row, k.pool_full[pool])
        return True
    k.flags[row] |= QUEUED
    if k.pool_lifo[pool]:
        enqueue_first(k, queue, row)
    else:
        enqueue(k, queue, row)
    return False


def release(k: Kernel, row: cython.int, pool: cython.int) -> cython.void:
    """Give the slot back, unless it is gone already; the next in the queue gets it."""
    if k.held[row] >> pool & 1:
        k.held[row] &= ~(1 << pool)
        give_back(k, pool, k.slot[row * k.pools + pool])


@cython.inline
def give_back(k: Kernel, pool: cython.int, slot: cython.int) -> cython.void:
    """The slot passes to the next in the queue, or becomes the one that will have been idle longest, last."""
    queue: cython.int = k.pool_first[pool] + slot // k.pool_size[pool]
    waiting: cython.int
    if k.intervened and closed(k, pool, slot):
        k.away[k.pool_slots[pool] + slot] = 1
    elif k.queue_size[queue] > 0:
        waiting = dequeue(k, queue)
        k.slot[waiting * k.pools + pool] = slot
        k.flags[waiting] &= ~QUEUED
        hop(k, waiting, SEATED)
    else:
        push_free(k, pool, queue, slot)


def rearrange(k: Kernel) -> cython.void:
    """What is closed has changed: idle slots go away, or come back in their order."""
    pool: cython.int
    copy: cython.int
    slot: cython.int
    i: cython.int
    _i: cython.int
    for pool in range(k.pools):
        for copy in range(k.pool_first[pool], k.pool_first[pool] + k.pool_copies[pool]):
            for _i in range(k.free_size[copy]):
                give_back_idle(k, pool, pop_free(k, pool, copy), copy)
        for slot in range(k.pool_size[pool] * k.pool_copies[pool]):
            i = k.pool_slots[pool] + slot
            if k.away[i] and not closed(k, pool, slot):
                k.away[i] = 0
                give_back(k, pool, slot)


def give_back_idle(k: Kernel, pool: cython.int, slot: cython.int, copy: cython.int) -> cython.void:
    """An idle slot keeps its place in the order, or goes away."""
    if closed(k, pool, slot):
        k.away[k.pool_slots[pool] + slot] = 1
    else:
        push_free(k, pool, copy, slot)
