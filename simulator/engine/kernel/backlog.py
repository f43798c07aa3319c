"""Connecting: a SYN and, a round trip later, an ACK have to find a place in the backlog.

What to watch: only a backlog that is or was full costs anything. What it drops is repeated ever more rarely, and a
client whose ACK was dropped believes that it is connected.
"""

from simulator.engine.kernel.events import hop, wake_later
from simulator.engine.kernel.half_open import on_wheel, stay_half_open
from simulator.engine.kernel.life import leave, settle
from simulator.engine.kernel.lines import until
from simulator.engine.kernel.numbers import REFUSED
from simulator.engine.kernel.queues import was_full
from simulator.engine.kernel.state import Kernel
from simulator.engine.kernel.stations import copy_of
from simulator.engine.kernel.walkers import cell
from simulator.engine.uncompiled import cython


def shake(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """The handshake takes one and a half round trips."""
    return until(k, w, pc, k.now + k.code[pc].x * k.rtt[w * k.rtt_step], pc + 1)


def knock(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """The SYN, and the ACK that comes now, have to find a place in the backlog."""
    copy: cython.int = copy_of(k, w, k.code[pc].a)
    full: cython.bint = k.copies[copy].size >= k.copies[copy].fills
    if not full and k.stretch_size == 0:
        return pc + 6
    if k.code[pc].b:
        if full:
            settle(k, w, REFUSED, k.now)
            return leave(k, w, pc)
        return pc + 6
    return knock_again(k, w, pc, full)


def knock_again(k: Kernel, w: cython.int, pc: cython.int, full: cython.bint) -> cython.int:
    """The backlog is full, or was: a SYN that was dropped is repeated, until it gets through or the client stops.

    All who repeat it at one moment find what was there before any of them: where there is no round trip, their ACKs
    come after all their SYNs.
    """
    copy: cython.int = copy_of(k, w, k.code[pc].a)
    data: cython.int = pc + 5
    timers: cython.int = k.code[data].c
    trip: cython.double = k.rtt[w * k.rtt_step] if k.code[pc].d else 0.0
    began: cython.double
    timeout: cython.double
    at: cython.int
    while was_full(k, copy, k.now - trip):
        at = k.code[data].a + cython.cast(cython.int, k.handshakes[w].tries)
        if k.handshakes[w].tries == 0:
            k.handshakes[w].began = k.reached[cell(k, w, k.place_of[pc])] if k.code[pc].c == k.code[pc].d else k.now
            k.handshakes[w].sent = k.handshakes[w].began
        began = k.handshakes[w].began
        timeout = k.retries[k.code[data].b - 1]
        if at + 1 < k.code[data].b:
            before: cython.double = k.retries[at - 1] if k.handshakes[w].tries > 0 else 0.0
            k.handshakes[w].sent = on_wheel(k, timers, k.handshakes[w].sent, k.retries[at] - before)
        if at + 1 == k.code[data].b or k.handshakes[w].sent - began >= timeout:
            if until(k, w, pc + 1, began + timeout, 1) == 1:
                late_syn(k, w, pc + 2)
            return 0
        if until_repeated(k, w, pc, k.handshakes[w].sent + 1.5 * trip, k.first_syn_ring + at) == 0:
            return 0
        count_retry(k, w)
    if k.handshakes[w].tries > 0 and trip == 0.0:
        k.walkers[w].pc = pc + 3
        hop(k, w)
        return 0
    if full:
        return stay_half_open(k, w, pc + 4, trip)
    k.handshakes[w].tries = 0
    return pc + 6


@cython.inline
def until_repeated(k: Kernel, w: cython.int, pc: cython.int, moment: cython.double, ring: cython.int) -> cython.int:
    """Wait with those who wait about equally long, as the same number of repetitions came before. 1 if it is now."""
    if moment <= k.now or moment > k.arrival[w] + k.patience[w * k.patience_step]:
        return until(k, w, pc, moment, 1)
    k.walkers[w].pc = pc
    wake_later(k, ring, moment, w)
    return 0


def knock_with_repeated_syn(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """The SYN is sent again. Who gets in has no more SYNs to count; a further backlog begins from none."""
    copy: cython.int = copy_of(k, w, k.code[pc].a)
    count_retry(k, w)
    return knock_again(k, w, pc - 1, k.copies[copy].size >= k.copies[copy].fills)


def admitted(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """The SYNs of all who repeated theirs at this moment are answered, and here is the ACK."""
    copy: cython.int = copy_of(k, w, k.code[pc].a)
    if k.copies[copy].size >= k.copies[copy].fills:
        return stay_half_open(k, w, pc, 0.0)
    k.handshakes[w].tries = 0
    return pc + 2


@cython.inline
def count_retry(k: Kernel, w: cython.int) -> cython.void:
    """The SYN is sent again."""
    k.handshakes[w].tries += 1
    k.syn_retries[w] += 1


def late_syn(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """No SYN was answered in all this time."""
    settle(k, w, k.code[pc].b, k.now)
    return leave(k, w, pc)
