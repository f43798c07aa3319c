"""Which way a request goes, and which upstream it is given."""

from simulator.engine.kernel.numbers import LEAST_IN_HAND, RANDOM
from simulator.engine.kernel.state import Kernel
from simulator.engine.kernel.stations import belong, copy_of, in_use
from simulator.engine.uncompiled import cython


def pick(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """Choose an upstream, which has one more in hand from now on."""
    station: cython.int = k.code[pc].a
    first: cython.int = k.stations[station].first
    count: cython.int = k.stations[station].copies
    chosen: cython.int = k.stations[station].turn
    i: cython.int
    if k.code[pc].b == RANDOM:
        chosen = cython.cast(cython.int, luck_of(k, w, k.code[pc].c) * count)
    elif k.code[pc].b == LEAST_IN_HAND:
        for i in range(k.stations[station].turn, k.stations[station].turn + count):
            if k.copies[first + i % count].load < k.copies[first + chosen].load:
                chosen = i % count
    k.stations[station].turn = (chosen + 1) % count
    k.copies[first + chosen].load += 1
    k.walkers[w].held |= cython.cast(cython.longlong, 1) << station
    belong(k, w, k.stations[station].decides, chosen)
    return pc + 1


@cython.inline
def luck_of(k: Kernel, w: cython.int, number: cython.int) -> cython.double:
    """What was drawn for this choice."""
    return k.luck[cython.cast(cython.longlong, number) * k.rows + w]


@cython.inline
def by_luck(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """A share of the requests goes straight on."""
    return pc + 1 if luck_of(k, w, k.code[pc].a) < k.code[pc].x else k.code[pc].b


def if_busy(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """Who comes when so many slots are in use goes straight on."""
    station: cython.int = k.code[pc].a
    return pc + 1 if in_use(k, station, copy_of(k, w, station)) >= k.code[pc].c else k.code[pc].b
