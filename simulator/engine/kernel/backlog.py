"""Connecting: a SYN and, a round trip later, an ACK have to find a place in the backlog.

What to watch: only a backlog that is or was full costs anything. What it drops is repeated ever more rarely, and a
client whose ACK was dropped believes that it is connected.
"""

from simulator.engine.kernel.events import hop, wake_later
from simulator.engine.kernel.life import forget, leave, settle, turn_away
from simulator.engine.kernel.lines import until
from simulator.engine.kernel.numbers import (
    ALMOST,
    BROKEN,
    COARSER,
    DATA_LATE,
    FINEST,
    HALF_OPEN,
    HALF_OPEN_RINGS,
    HARDLY,
    INFINITY,
    MOST_TICKS,
    PASSED_ON_LATE,
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
    trip: cython.double = k.rtt[w * k.rtt_step] if k.code[pc].c else 0.0
    began: cython.double
    timeout: cython.double
    at: cython.int
    while was_full(k, copy, k.now - trip):
        at = k.code[data].a + cython.cast(cython.int, k.handshakes[w].tries)
        began = k.reached[cell(k, w, k.place_of[pc])]
        timeout = k.retries[k.code[data].b - 1]
        if k.handshakes[w].tries == 0:
            k.handshakes[w].sent = began
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


def on_wheel(k: Kernel, timers: cython.int, since: cython.double, delay: cython.double) -> cython.double:
    """When a timer fires that is set at a moment: on a tick, the later the coarser. See ``HandshakeTimers``."""
    tick: cython.double = k.timers[timers].tick
    ticks: cython.longlong
    end: cython.longlong
    step: cython.longlong = 1
    if tick <= 0.0 or delay > MOST_TICKS * tick:
        return since + delay
    ticks = cython.cast(cython.longlong, delay / tick + ALMOST)
    end = cython.cast(cython.longlong, since / tick + HARDLY) + ticks
    while ticks >= FINEST * step:
        step *= COARSER
    return (end // step + 1) * step * tick


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


def stay_half_open(k: Kernel, w: cython.int, pc: cython.int, trip: cython.double) -> cython.int:
    """The client believes that it is connected; only what is repeated can still find a place.

    ``pc``: the step before the one that says which timers there are.
    """
    copy: cython.int = copy_of(k, w, k.code[pc].a)
    timers: cython.int = k.code[pc + 1].c
    k.handshakes[w].tries = 0
    k.handshakes[w].dropped = k.now
    k.handshakes[w].data_after = trip + max(k.timers[timers].least_timeout, 2.0 * trip)
    k.handshakes[w].data_sent = on_wheel(k, timers, k.now - trip / 2, k.handshakes[w].data_after)
    k.handshakes[w].ack_after = k.timers[timers].syn_ack
    k.handshakes[w].ack_sent = INFINITY
    if k.copies[copy].half_open < k.copies[copy].fills:  # otherwise it was given a cookie
        k.copies[copy].half_open += 1
        k.walkers[w].flags |= HALF_OPEN
        k.handshakes[w].ack_sent = on_wheel(k, timers, k.now - trip, k.timers[timers].syn_ack)
    return wait_half_open(k, w, pc - 2)


def wait_half_open(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """Wait for what comes next: data, the answer to a SYN-ACK, or the FIN. ``pc`` is the step before ``repeated``."""
    then: cython.int
    ring: cython.int
    when: cython.double
    while True:
        when = next_arrival(k, w, pc)
        ring = k.first_half_open_ring + min(cython.cast(cython.int, k.handshakes[w].tries), HALF_OPEN_RINGS - 1)
        k.handshakes[w].tries += 1
        if when > k.now:
            k.walkers[w].pc = pc
            wake_later(k, ring, when, w)
            return 0
        then = repeated(k, w, pc + 1)
        if then != pc + 1:
            return then


def next_arrival(k: Kernel, w: cython.int, pc: cython.int) -> cython.double:
    """When something arrives next. A client that leaves sends its FIN once; what it repeats, it goes on repeating."""
    trip: cython.double = trip_of(k, w, pc)
    when: cython.double = min(k.handshakes[w].data_sent + trip / 2, k.handshakes[w].ack_sent + trip)
    fin: cython.double = k.arrival[w] + k.patience[w * k.patience_step] + trip / 2
    if k.now < fin < when and fin - k.handshakes[w].dropped + trip < valid_for(k, w, pc):
        return fin
    return when


@cython.inline
def trip_of(k: Kernel, w: cython.int, pc: cython.int) -> cython.double:
    """The round trip to where it connects. ``pc`` is the step before ``repeated``."""
    return k.rtt[w * k.rtt_step] if k.code[pc - 2].c else 0.0


@cython.inline
def valid_for(k: Kernel, w: cython.int, pc: cython.int) -> cython.double:
    """Seconds for which the server knows of the handshake, itself or by a cookie."""
    timers: cython.int = k.code[pc + 3].c
    return k.timers[timers].remembered if k.walkers[w].flags & HALF_OPEN else k.timers[timers].cookie_valid


def repeated_in_time(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """What was waited for is here: in, gone, or to be waited for again."""
    then: cython.int = repeated(k, w, pc)
    return wait_half_open(k, w, pc - 1) if then == pc else then


def repeated(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """Data, or an ACK or a FIN without, have arrived. The same step if the backlog is still full."""
    copy: cython.int = copy_of(k, w, k.code[pc].a)
    timers: cython.int = k.code[pc + 2].c
    trip: cython.double = trip_of(k, w, pc - 1)
    valid: cython.double = valid_for(k, w, pc - 1)
    data: cython.double = k.handshakes[w].data_sent + trip / 2
    ack: cython.double = k.handshakes[w].ack_sent + trip
    gap: cython.double
    if k.now >= min(data, ack):
        if ack <= data:
            gap = k.handshakes[w].ack_after + k.timers[timers].syn_ack
            if k.handshakes[w].ack_after < k.timers[timers].last_syn_ack:
                k.handshakes[w].ack_sent = on_wheel(k, timers, k.handshakes[w].ack_sent, gap)
            else:
                k.handshakes[w].ack_sent = INFINITY
            k.handshakes[w].ack_after += gap
        if data <= ack:
            gap = k.handshakes[w].data_after
            k.handshakes[w].data_sent = on_wheel(k, timers, k.handshakes[w].data_sent, gap)
            k.handshakes[w].data_after += gap
            k.data_retries[w] += 1
        if min(data, ack) - k.handshakes[w].dropped + trip >= valid:
            forget(k, w, pc)
            return turn_away(k, w, pc, BROKEN)
    if k.copies[copy].size >= k.copies[copy].fills:
        return pc
    forget(k, w, pc)
    k.handshakes[w].tries = 0
    enter(k, w, pc, data, data <= ack and k.now >= data)
    return pc + 3


@cython.inline
def enter(k: Kernel, w: cython.int, pc: cython.int, data: cython.double, with_data: cython.bint) -> cython.void:
    """The connection is there; its first data, too, or they come with their next repetition."""
    k.data_retries[w] += not with_data
    if k.code[pc - 3].c:
        k.walkers[w].flags |= DATA_LATE
        k.handshakes[w].data_at = data
    else:
        k.walkers[w].flags |= PASSED_ON_LATE
        k.handshakes[w].passed_on_at = data
