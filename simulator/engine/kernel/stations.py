"""Stations with slots: who takes one, who waits, who is next.

The slot that has been idle longest is given first. A slot that is closed, because its process is down or the pool has
become smaller, goes away instead of being given.
"""

from simulator.engine.kernel.events import hop
from simulator.engine.kernel.members import join
from simulator.engine.kernel.numbers import GROUP, JOB, NOTHING, PROCESS, QUEUED
from simulator.engine.kernel.queues import dequeue, enqueue, enqueue_by_rank, enqueue_first, leave_queue, leave_rank
from simulator.engine.kernel.state import Kernel
from simulator.engine.kernel.walkers import holds, note_freed, note_held
from simulator.engine.uncompiled import cython


@cython.inline
def copy_of(k: Kernel, w: cython.int, station: cython.int) -> cython.int:
    """The copy that a walker uses: the only one, or that of its process, or of its group."""
    first: cython.int = k.stations[station].first
    if k.stations[station].copies == 1:
        return first
    if w >= k.rows:
        return first + w - k.rows
    return first + own_number(k, w, k.stations[station].copies)


@cython.inline
def walk_of(k: Kernel, w: cython.int) -> cython.int:
    """Whose steps it goes through: 0 for requests, then the jobs."""
    return k.job_of[w] + 1 if k.walkers[w].flags & JOB else 0


@cython.inline
def own_number(k: Kernel, w: cython.int, copies: cython.int) -> cython.int:
    """Its group, if there are as many of them as copies; otherwise its process. Both as counted in its own walk."""
    walk: cython.int = walk_of(k, w)
    if copies == k.walks[walk].groups:
        return k.group[w] - k.walks[walk].groups_before
    return k.process[w] - k.walks[walk].before


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
def take(k: Kernel, w: cython.int, pc: cython.int, station: cython.int, slot: cython.int) -> cython.void:
    """From this moment the walker holds a slot, which may decide its process."""
    if w >= k.rows:
        note_held(k, w, station)
        k.instances[w - k.rows].slot = slot
        return
    k.slot[w * k.pools + k.code[pc].c] = slot
    note_held(k, w, station)
    if k.stations[station].decides == PROCESS and k.stations[station].copies == 1:
        belong(k, w, PROCESS, slot // k.stations[station].span)
    elif k.stations[station].decides != NOTHING:
        belong(k, w, k.stations[station].decides, owner(k, station, slot))


@cython.inline
def owner(k: Kernel, station: cython.int, slot: cython.int) -> cython.int:
    """Whose the slot is, counted from the first one that slots of this station belong to."""
    copy: cython.int = slot // k.stations[station].size
    return copy * k.stations[station].per_copy + slot % k.stations[station].size // k.stations[station].span


@cython.inline
def belong(k: Kernel, w: cython.int, decides: cython.int, number: cython.int) -> cython.void:
    """It belongs to this process, or to this group, of its own walk from now on."""
    walk: cython.int = walk_of(k, w)
    if decides == GROUP:
        k.group[w] = number + k.walks[walk].groups_before
        number = k.group[w] + k.processes
    else:
        number += k.walks[walk].before
        k.process[w] = number
    if k.mortal:
        join(k, w, number)


@cython.inline
def release(k: Kernel, w: cython.int, station: cython.int) -> cython.void:
    """Give the slot back, unless it is gone already; the next in the queue gets it."""
    if holds(k, w, station):
        note_freed(k, w, station)
        give_back(k, station, slot_of(k, w, station))


@cython.inline
def slot_of(k: Kernel, w: cython.int, station: cython.int) -> cython.int:
    """The slot that it holds: what was taken last stands last."""
    column: cython.int = k.stations[station].column + k.stations[station].columns - 1
    while k.slot[w * k.pools + column] < 0:
        column -= 1
    return k.slot[w * k.pools + column]


def give_back(k: Kernel, station: cython.int, slot: cython.int) -> cython.void:
    """The slot passes to the next in the queue, becomes idle, or goes away."""
    copy: cython.int = k.stations[station].first + slot // k.stations[station].size
    w: cython.int
    if k.mortal and closed(k, station, slot):
        k.away[k.stations[station].slots + slot] = 1
    elif k.copies[copy].size > 0:
        w = k.copies[copy].head
        if k.stations[station].ranks > 0:
            forget_rank(k, w, station, copy)
        if w >= k.rows and k.copies[copy].size > 1:  # an acceptor goes last
            w = k.walkers[w].link
            leave_queue(k, copy, w)
        else:
            dequeue(k, copy)
        k.walkers[w].flags &= ~QUEUED
        take(k, w, k.walkers[w].pc, station, slot)
        hop(k, w)
    else:
        push_idle(k, copy, slot)


@cython.inline
def wait_in_queue(k: Kernel, w: cython.int, pc: cython.int, copy: cython.int) -> cython.void:
    """Join the queue of a copy."""
    station: cython.int = k.copies[copy].station
    k.walkers[w].pc = pc
    k.walkers[w].flags |= QUEUED
    if k.stations[station].ranks > 0:
        enqueue_by_rank(k, copy, w, rank_of(k, w, station), rank_tails(k, station, copy))
    elif k.stations[station].lifo:
        enqueue_first(k, copy, w)
    else:
        enqueue(k, copy, w)


def stop_waiting(k: Kernel, w: cython.int, station: cython.int) -> cython.void:
    """Leave the queue, with nothing."""
    copy: cython.int = copy_of(k, w, station)
    k.walkers[w].flags &= ~QUEUED
    if k.stations[station].ranks > 0:
        forget_rank(k, w, station, copy)
    leave_queue(k, copy, w)


def forget_rank(k: Kernel, w: cython.int, station: cython.int, copy: cython.int) -> cython.void:
    """Somebody is about to leave a queue in which some go first."""
    leave_rank(k, w, rank_of(k, w, station), rank_tails(k, station, copy))


@cython.inline
def rank_of(k: Kernel, w: cython.int, station: cython.int) -> cython.int:
    """How many ranks go before that of the walker's class."""
    return k.rank_of[k.stations[station].rank_from + k.request_class[w * k.request_class_step]]


@cython.inline
def rank_tails(k: Kernel, station: cython.int, copy: cython.int) -> cython.int:
    """Where the last waiting ones of each rank stand for this copy."""
    return k.stations[station].tails_from + (copy - k.stations[station].first) * k.stations[station].ranks


def closed(k: Kernel, station: cython.int, slot: cython.int) -> cython.bint:
    """Whether the slot's process is down, or retiring, or the pool has become too small for it."""
    instance: cython.int
    if k.stations[station].span > 0:
        instance = owner(k, station, slot) + k.stations[station].dies_with
        if k.instances[instance].down or (k.instances[instance].retiring and k.stations[station].decides == PROCESS):
            return True
    return slot % k.stations[station].size % k.stations[station].width >= k.stations[station].allowed


def in_use(k: Kernel, station: cython.int, copy: cython.int) -> cython.int:
    """How many slots of a copy somebody holds."""
    used: cython.int = k.stations[station].size - k.copies[copy].idle
    first: cython.int = k.stations[station].slots + (copy - k.stations[station].first) * k.stations[station].size
    slot: cython.int
    if k.mortal:
        for slot in range(first, first + k.stations[station].size):
            used -= k.away[slot]
    return used


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
