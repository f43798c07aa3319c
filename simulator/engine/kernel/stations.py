"""Stations with slots: who takes one, who waits, who is next.

The slot that has been idle longest is given first. A slot that is closed, because its process is down or the pool has
become smaller, goes away instead of being given.
"""

from simulator.engine.kernel.events import hop
from simulator.engine.kernel.members import join
from simulator.engine.kernel.numbers import QUEUED
from simulator.engine.kernel.queues import dequeue, enqueue, enqueue_first
from simulator.engine.kernel.state import Kernel
from simulator.engine.uncompiled import cython


@cython.inline
def copy_of(k: Kernel, w: cython.int, station: cython.int) -> cython.int:
    """The copy that a walker uses: the only one, or that of its process."""
    if k.stations[station].copies == 1:
        return k.stations[station].first
    return k.stations[station].first + (k.process[w] if w < k.rows else w - k.rows)


@cython.inline
def pop_idle(k: Kernel, copy: cython.int) -> cython.int:
    """The slot that has been idle longest: the first of a ring."""
    station: cython.int = k.copies[copy].station
    size: cython.int = k.stations[station].size
    first: cython.int = k.stations[station].slots + (copy - k.stations[station].first) * size
    slot: cython.int = k.idle[first + k.copies[copy].idle_first]
    k.copies[copy].idle -= 1
    k.copies[copy].idle_first += 1
    if k.copies[copy].idle_first == size:
        k.copies[copy].idle_first = 0
    return slot


@cython.inline
def push_idle(k: Kernel, copy: cython.int, slot: cython.int) -> cython.void:
    """It will have been idle longest, last."""
    station: cython.int = k.copies[copy].station
    size: cython.int = k.stations[station].size
    first: cython.int = k.stations[station].slots + (copy - k.stations[station].first) * size
    last: cython.int = k.copies[copy].idle_first + k.copies[copy].idle
    if last >= size:
        last -= size
    k.idle[first + last] = slot
    k.copies[copy].idle += 1


@cython.inline
def take(k: Kernel, w: cython.int, station: cython.int, slot: cython.int) -> cython.void:
    """From this moment the walker holds a slot, which may decide its process."""
    k.slot[w * k.pools + k.stations[station].column] = slot
    k.walkers[w].held |= cython.cast(cython.longlong, 1) << station
    if k.stations[station].span > 0:
        k.process[w] = slot // k.stations[station].span
        if k.mortal:
            join(k, w, k.process[w])


@cython.inline
def release(k: Kernel, w: cython.int, station: cython.int) -> cython.void:
    """Give the slot back, unless it is gone already; the next in the queue gets it."""
    if k.walkers[w].held >> station & 1:
        k.walkers[w].held &= ~(cython.cast(cython.longlong, 1) << station)
        give_back(k, station, k.slot[w * k.pools + k.stations[station].column])


def give_back(k: Kernel, station: cython.int, slot: cython.int) -> cython.void:
    """The slot passes to the next in the queue, becomes idle, or goes away."""
    copy: cython.int = k.stations[station].first + slot // k.stations[station].size
    w: cython.int
    if k.mortal and closed(k, station, slot):
        k.away[k.stations[station].slots + slot] = 1
    elif k.copies[copy].size > 0:
        w = dequeue(k, copy)
        k.walkers[w].flags &= ~QUEUED
        take(k, w, station, slot)
        hop(k, w)
    else:
        push_idle(k, copy, slot)


@cython.inline
def wait_in_queue(k: Kernel, w: cython.int, pc: cython.int, copy: cython.int) -> cython.void:
    """Join the queue of a copy."""
    k.walkers[w].pc = pc
    k.walkers[w].flags |= QUEUED
    if k.stations[k.copies[copy].station].lifo:
        enqueue_first(k, copy, w)
    else:
        enqueue(k, copy, w)


def closed(k: Kernel, station: cython.int, slot: cython.int) -> cython.bint:
    """Whether the slot's process is down, or the pool has become too small for it."""
    if k.stations[station].mortal > 0 and k.instances[slot // k.stations[station].mortal].down:
        return True
    return slot % k.stations[station].width >= k.stations[station].allowed


def rearrange(k: Kernel) -> cython.void:
    """What is closed has changed: idle slots go away, or come back in their order."""
    station: cython.int
    copy: cython.int
    slot: cython.int
    for station in range(k.station_count):
        if k.stations[station].column < 0:
            continue
        for copy in range(k.stations[station].first, k.stations[station].first + k.stations[station].copies):
            for _ in range(k.copies[copy].idle):
                slot = pop_idle(k, copy)
                if closed(k, station, slot):
                    k.away[k.stations[station].slots + slot] = 1
                else:
                    push_idle(k, copy, slot)
        for slot in range(k.stations[station].size * k.stations[station].copies):
            if k.away[k.stations[station].slots + slot] and not closed(k, station, slot):
                k.away[k.stations[station].slots + slot] = 0
                give_back(k, station, slot)
