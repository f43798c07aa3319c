"""What is counted without slots: tokens that come in at a steady rate, bytes of memory, upstreams in hand."""

from simulator.engine.kernel.events import hop, push
from simulator.engine.kernel.numbers import GROUP, HASHED, LEAST_IN_HAND, PUT_BACK, QUEUED, RANDOM, REFILL
from simulator.engine.kernel.queues import dequeue, enqueue
from simulator.engine.kernel.state import Kernel
from simulator.engine.kernel.stations import belong, copy_of, walk_of
from simulator.engine.kernel.walkers import holds, note_freed, note_held
from simulator.engine.uncompiled import cython


def refill(k: Kernel, copy: cython.int) -> cython.void:
    """The tokens that have come in until now. Both engines compute the level in this way, or they would differ."""
    station: cython.int = k.copies[copy].station
    level: cython.double = k.copies[copy].level + (k.now - k.copies[copy].at) * k.stations[station].rate
    k.copies[copy].level = min(k.stations[station].most, level)
    k.copies[copy].at = k.now


def take_token(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """Take one, or wait for one in the queue; the same step if there is no room to wait."""
    station: cython.int = k.code[pc].a
    copy: cython.int = k.stations[station].first
    refill(k, copy)
    if k.copies[copy].size == 0 and k.copies[copy].level >= 1.0:
        k.copies[copy].level -= 1.0
        return pc + 1
    if k.copies[copy].size >= k.stations[station].limit:
        return pc
    k.walkers[w].pc = pc
    k.walkers[w].flags |= QUEUED
    enqueue(k, copy, w)
    if k.copies[copy].switch_seq == 0:
        expect_token(k, copy)
    return 0


def expect_token(k: Kernel, copy: cython.int) -> cython.void:
    """Set the timer for the next token."""
    at: cython.double = k.now + max(1.0 - k.copies[copy].level, 0.0) / k.stations[k.copies[copy].station].rate
    k.copies[copy].switch_seq = push(k, at, REFILL, copy)


def give_token(k: Kernel, copy: cython.int) -> cython.void:
    """A token is there, whatever rounding says; the first who waits gets it."""
    w: cython.int
    k.copies[copy].switch_seq = 0
    refill(k, copy)
    if k.copies[copy].size == 0:
        return
    k.copies[copy].level = max(k.copies[copy].level - 1.0, 0.0)
    w = dequeue(k, copy)
    k.walkers[w].flags &= ~QUEUED
    hop(k, w)
    if k.copies[copy].size > 0:
        expect_token(k, copy)


def allocate(k: Kernel, w: cython.int, pc: cython.int) -> cython.bint:
    """Take memory. False if there is not as much left."""
    station: cython.int = k.code[pc].a
    copy: cython.int = copy_of(k, w, station)
    if k.copies[copy].level + k.code[pc].x > k.stations[station].most:
        return False
    k.copies[copy].level += k.code[pc].x
    note_held(k, w, station)
    return True


def pick(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """Choose an upstream, which has one more in hand from now on."""
    station: cython.int = k.code[pc].a
    first: cython.int = k.stations[station].first
    count: cython.int = k.stations[station].copies
    chosen: cython.int = k.stations[station].turn
    i: cython.int
    if k.code[pc].b == RANDOM:
        chosen = cython.cast(cython.int, luck_of(k, w, k.code[pc].c) * count)
    elif k.code[pc].b == HASHED:
        chosen = one_that_is_up(k, w, station, luck_of(k, w, k.code[pc].c))
    elif k.code[pc].b == LEAST_IN_HAND:
        for i in range(k.stations[station].turn, k.stations[station].turn + count):
            if k.copies[first + i % count].load < k.copies[first + chosen].load:
                chosen = i % count
    k.stations[station].turn = (chosen + 1) % count
    k.copies[first + chosen].load += 1
    note_held(k, w, station)
    belong(k, w, k.stations[station].decides, chosen)
    return pc + 1


def one_that_is_up(k: Kernel, w: cython.int, station: cython.int, luck: cython.double) -> cython.int:
    """By chance one of those that are up; one of all, if none is."""
    count: cython.int = k.stations[station].copies
    first: cython.int = k.walks[walk_of(k, w)].before
    up: cython.int = 0
    left: cython.int
    i: cython.int
    if not k.mortal:  # nobody is ever down
        return cython.cast(cython.int, luck * count)
    if k.stations[station].decides == GROUP:
        first = k.processes + k.walks[walk_of(k, w)].groups_before
    for i in range(count):
        up += not k.instances[first + i].down
    if up == 0:
        return cython.cast(cython.int, luck * count)
    left = cython.cast(cython.int, luck * up)
    for i in range(count):
        if not k.instances[first + i].down:
            if left == 0:
                return i
            left -= 1
    return count - 1


@cython.inline
def luck_of(k: Kernel, w: cython.int, number: cython.int) -> cython.double:
    """What was drawn for this choice."""
    return k.luck[cython.cast(cython.longlong, number) * k.rows + w]


def put_back(k: Kernel, w: cython.int, pc: cython.int) -> cython.void:
    """Give memory back, or an upstream, unless it is given back already."""
    station: cython.int = k.code[pc].a
    copy: cython.int
    if holds(k, w, station):
        note_freed(k, w, station)
        copy = copy_of(k, w, station)
        if k.code[pc].op == PUT_BACK:
            k.copies[copy].load -= 1
        else:
            k.copies[copy].level -= k.code[pc].x
