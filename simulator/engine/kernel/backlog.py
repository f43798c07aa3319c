"""Connecting: a SYN and, a round trip later, an ACK have to find a place in the backlog.

What to watch: only a backlog that is or was full costs anything. What it drops is repeated ever more rarely, and a
client whose ACK was dropped believes that it is connected.
"""

from simulator.engine.kernel.events import wake_later
from simulator.engine.kernel.life import forget, leave, settle, turn_away
from simulator.engine.kernel.lines import until
from simulator.engine.kernel.numbers import (
    BROKEN,
    DATA_LATE,
    HALF_OPEN,
    HALF_OPEN_RINGS,
    INFINITY,
    REFUSED,
)
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
        return pc + 5
    if k.code[pc].b:
        if full:
            settle(k, w, REFUSED, k.now)
            return leave(k, w, pc)
        return pc + 5
    return knock_again(k, w, pc, full)


def knock_again(k: Kernel, w: cython.int, pc: cython.int, full: cython.bint) -> cython.int:
    """The backlog is full, or was: a SYN that was dropped is repeated, until it gets through or the client stops."""
    copy: cython.int = copy_of(k, w, k.code[pc].a)
    trip: cython.double = k.rtt[w * k.rtt_step] if k.code[pc].c else 0.0
    at: cython.int
    before: cython.double
    while was_full(k, copy, k.now - trip):
        at = k.code[pc + 4].a + cython.cast(cython.int, k.handshakes[w].tries)
        before = k.retries[at - 1] if k.handshakes[w].tries > 0 else 0.0
        if at + 1 == k.code[pc + 4].b:
            before = k.reached[cell(k, w, k.place_of[pc])] + k.retries[at]
            if until_repeated(k, w, pc + 1, before, k.first_syn_ring + at) == 1:
                late_syn(k, w, pc + 2)
            return 0
        if until_repeated(k, w, pc, k.now + (k.retries[at] - before), k.first_syn_ring + at) == 0:
            return 0
        count_retry(k, w)
    if full:
        return stay_half_open(k, w, pc, trip)
    k.handshakes[w].tries = 0
    return pc + 5


@cython.inline
def until_repeated(k: Kernel, w: cython.int, pc: cython.int, moment: cython.double, ring: cython.int) -> cython.int:
    """Wait with those who wait about equally long, as the same number of repetitions came before. 1 if it is now."""
    if moment <= k.now or moment > k.arrival[w] + k.patience[w * k.patience_step]:
        return until(k, w, pc, moment, 1)
    k.walkers[w].pc = pc
    wake_later(k, ring, k.now + (moment - k.now), w)
    return 0


def knock_with_repeated_syn(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """The SYN is sent again. Who gets in has no more SYNs to count; a further backlog begins from none."""
    then: cython.int
    count_retry(k, w)
    then = knock(k, w, pc - 1)
    if then > 0:
        k.handshakes[w].tries = 0
    return then


@cython.inline
def count_retry(k: Kernel, w: cython.int) -> cython.void:
    """The SYN is sent again."""
    k.handshakes[w].tries += 1
    k.syn_retries[w] += 1


def late_syn(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """No SYN was answered in all this time."""
    settle(k, w, k.code[pc].b, k.now)
    return leave(k, w, pc)


def stay_half_open(k: Kernel, w: cython.int, pc: cython.int, trip: cython.double) -> cython.int:
    """The client believes that it is connected; only what is repeated can still find a place."""
    copy: cython.int = copy_of(k, w, k.code[pc].a)
    timers: cython.int = k.code[pc + 4].c
    k.handshakes[w].tries = 0
    k.handshakes[w].dropped = k.now
    k.handshakes[w].data_after = trip + max(k.timers[timers].least_timeout, 2.0 * trip)
    k.handshakes[w].ack_after = INFINITY
    if k.copies[copy].half_open < k.copies[copy].fills:  # otherwise it was given a cookie
        k.copies[copy].half_open += 1
        k.walkers[w].flags |= HALF_OPEN
        k.handshakes[w].ack_after = k.timers[timers].syn_ack
    return wait_half_open(k, w, pc + 2)


def wait_half_open(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """Wait for the next repetition of the data or of the SYN-ACK. ``pc`` is the step before ``repeated``."""
    then: cython.int
    ring: cython.int
    while True:
        after: cython.double = min(k.handshakes[w].data_after, k.handshakes[w].ack_after)
        ring = k.first_half_open_ring + min(cython.cast(cython.int, k.handshakes[w].tries), HALF_OPEN_RINGS - 1)
        k.handshakes[w].tries += 1
        if until_repeated(k, w, pc, k.handshakes[w].dropped + after, ring) == 0:
            return 0
        then = repeated(k, w, pc + 1)
        if then != pc + 1:
            return then


def repeated_in_time(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """What was waited for is here: in, gone, or to be waited for again."""
    then: cython.int = repeated(k, w, pc)
    return wait_half_open(k, w, pc - 1) if then == pc else then


def repeated(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """Data, or an ACK without, have arrived once more. The same step if the backlog is still full."""
    copy: cython.int = copy_of(k, w, k.code[pc].a)
    data: cython.double = k.handshakes[w].data_after
    ack: cython.double = k.handshakes[w].ack_after
    after: cython.double = min(data, ack)
    timers: cython.int = k.code[pc + 1].c
    valid: cython.double = k.timers[timers].remembered
    if not k.walkers[w].flags & HALF_OPEN:
        valid = k.timers[timers].cookie_valid
    if ack == after:
        k.handshakes[w].ack_after = INFINITY
        if ack < k.timers[timers].last_syn_ack:
            k.handshakes[w].ack_after = 2.0 * ack + k.timers[timers].syn_ack
    if data <= ack:
        k.handshakes[w].data_after = 2.0 * data
        k.data_retries[w] += 1
    if after + k.rtt[w * k.rtt_step] >= valid:
        forget(k, w, pc)
        return turn_away(k, w, pc, BROKEN)
    if k.copies[copy].size >= k.copies[copy].fills:
        return pc
    forget(k, w, pc)
    k.handshakes[w].tries = 0
    if data > ack:
        k.walkers[w].flags |= DATA_LATE
        k.handshakes[w].data_at = k.handshakes[w].dropped + data
        k.data_retries[w] += 1
    return pc + 2
