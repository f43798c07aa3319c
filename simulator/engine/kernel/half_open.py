"""Half-open connections: what a client repeats whose ACK was dropped, and how long the server remembers it.

What to watch: the server's timer decides alone whether it repeats its SYN-ACK or forgets; what the client hears of that
comes a round trip later. See ``HandshakeTimers``.
"""

from simulator.engine.kernel.events import wake_later
from simulator.engine.kernel.life import forget, turn_away
from simulator.engine.kernel.numbers import (
    ALMOST,
    BROKEN,
    COARSER,
    CROWD,
    DATA_LATE,
    FINEST,
    FORGOTTEN,
    HALF_OPEN,
    HALF_OPEN_RINGS,
    HARDLY,
    INFINITY,
    MOST_TICKS,
    PASSED_ON_LATE,
)
from simulator.engine.kernel.state import Kernel
from simulator.engine.kernel.stations import copy_of
from simulator.engine.uncompiled import cython


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


def stay_half_open(k: Kernel, w: cython.int, pc: cython.int, trip: cython.double) -> cython.int:
    """The client believes that it is connected; only what is repeated can still find a place.

    So many are remembered, and with them whoever got the last place just now, of the same bunch of SYNs.

    ``pc``: the step before the one that says which timers there are.
    """
    copy: cython.int = copy_of(k, w, k.code[pc].a)
    timers: cython.int = k.code[pc + 1].c
    seated: cython.int = k.handshakes[w].tries > 0 and k.copies[copy].full_since == k.now
    k.handshakes[w].tries = k.handshakes[w].timeouts = 0
    k.handshakes[w].dropped = k.now
    k.handshakes[w].data_after = trip + max(k.timers[timers].least_timeout, 2.0 * trip)
    k.handshakes[w].data_sent = on_wheel(k, timers, k.now - trip / 2, k.handshakes[w].data_after)
    k.handshakes[w].timer = k.handshakes[w].answer = INFINITY
    k.walkers[w].flags &= ~FORGOTTEN
    if k.copies[copy].half_open + seated < k.code[pc].b:  # otherwise it was given a cookie
        k.copies[copy].half_open += 1
        k.copies[copy].young += 1
        k.walkers[w].flags |= HALF_OPEN
        k.handshakes[w].timer_after = k.timers[timers].syn_ack
        k.handshakes[w].timer = on_wheel(k, timers, k.now - trip, k.timers[timers].syn_ack)
        while k.handshakes[w].timer <= k.now:
            time_out(k, w, pc - 1, trip)
    return wait_half_open(k, w, pc - 2)


def wait_half_open(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """Wait for what comes next. ``pc`` is the step before ``repeated``."""
    then: cython.int
    ring: cython.int
    when: cython.double
    while True:
        when = next_moment(k, w, pc)
        ring = k.first_half_open_ring + min(cython.cast(cython.int, k.handshakes[w].tries), HALF_OPEN_RINGS - 1)
        k.handshakes[w].tries += 1
        if when > k.now:
            k.walkers[w].pc = pc
            wake_later(k, ring, when, w)
            return 0
        then = repeated(k, w, pc + 1)
        if then != pc + 1:
            return then


def next_moment(k: Kernel, w: cython.int, pc: cython.int) -> cython.double:
    """When something happens next. A client that leaves sends its FIN once; what it repeats, it goes on repeating."""
    trip: cython.double = trip_of(k, w, pc)
    fin: cython.double = fin_at(k, w, trip)
    when: cython.double = min(k.handshakes[w].data_sent + trip / 2, k.handshakes[w].timer, k.handshakes[w].answer)
    if k.now < fin < when and is_known(k, w, pc, fin):
        return fin
    return when


@cython.inline
def fin_at(k: Kernel, w: cython.int, trip: cython.double) -> cython.double:
    """When the FIN of a client that leaves is there."""
    return k.arrival[w] + k.patience[w * k.patience_step] + trip / 2


@cython.inline
def trip_of(k: Kernel, w: cython.int, pc: cython.int) -> cython.double:
    """The round trip to where it connects. ``pc`` is the step before ``repeated``."""
    return k.rtt[w * k.rtt_step] if k.code[pc - 2].d else 0.0


@cython.inline
def is_known(k: Kernel, w: cython.int, pc: cython.int, moment: cython.double) -> cython.bint:
    """Whether the server knows of the handshake, itself or by a cookie. ``pc`` is the step before ``repeated``."""
    if k.walkers[w].flags & HALF_OPEN:
        return True
    if k.walkers[w].flags & FORGOTTEN:
        return False
    return moment < k.handshakes[w].dropped - trip_of(k, w, pc) + k.timers[k.code[pc + 3].c].cookie_valid


def repeated_in_time(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """What was waited for is here: in, gone, or to be waited for again."""
    then: cython.int = repeated(k, w, pc)
    return wait_half_open(k, w, pc - 1) if then == pc else then


def repeated(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """The server's timer, or data, or an ACK or a FIN without data. The same step if the request still has no place."""
    copy: cython.int = copy_of(k, w, k.code[pc].a)
    timers: cython.int = k.code[pc + 2].c
    trip: cython.double = trip_of(k, w, pc - 1)
    data: cython.double = k.handshakes[w].data_sent + trip / 2
    something: cython.bint = k.now == fin_at(k, w, trip)
    if k.handshakes[w].timer == k.now:
        time_out(k, w, pc, trip)
    if k.handshakes[w].answer == k.now:
        k.handshakes[w].answer = INFINITY
        something = True
    if data == k.now:
        k.handshakes[w].data_sent = on_wheel(k, timers, k.handshakes[w].data_sent, k.handshakes[w].data_after)
        k.handshakes[w].data_after *= 2.0
        k.data_retries[w] += 1
        something = True
    if something and not is_known(k, w, pc - 1, k.now):
        return turn_away(k, w, pc, BROKEN)
    if not something or k.copies[copy].size >= k.copies[copy].fills:
        return pc
    forget(k, w, pc)
    k.handshakes[w].tries = 0
    enter(k, w, pc, data, k.now == data)
    return pc + 3


def time_out(k: Kernel, w: cython.int, pc: cython.int, trip: cython.double) -> cython.void:
    """The server repeats its SYN-ACK, or forgets the handshake, or goes on waiting for the data it was promised.

    ``pc``: the step ``repeated``.
    """
    copy: cython.int = copy_of(k, w, k.code[pc].a)
    timers: cython.int = k.code[pc + 2].c
    deferred: cython.int = k.code[pc].b
    fired: cython.double = k.handshakes[w].timer
    k.handshakes[w].timer = INFINITY
    if k.handshakes[w].timeouts >= max(syn_acks_for(k, copy, timers), deferred):
        forget(k, w, pc)
        k.walkers[w].flags |= FORGOTTEN
        return
    if k.handshakes[w].timeouts >= deferred - 1:
        k.handshakes[w].answer = min(k.handshakes[w].answer, fired + trip)
    k.copies[copy].young -= k.handshakes[w].timeouts == 0
    k.handshakes[w].timeouts += 1
    k.handshakes[w].timer_after *= 2.0
    k.handshakes[w].timer = on_wheel(k, timers, fired, k.handshakes[w].timer_after)


def syn_acks_for(k: Kernel, copy: cython.int, timers: cython.int) -> cython.int:
    """How many times a SYN-ACK is repeated: see ``HandshakeTimers``."""
    most: cython.int = cython.cast(cython.int, k.timers[timers].syn_acks)
    young: cython.int = k.copies[copy].young
    if 2 * k.copies[copy].half_open > max(CROWD, k.copies[copy].fills - 1):
        while most > k.timers[timers].fewest_syn_acks and k.copies[copy].half_open >= 2 * young:
            most, young = most - 1, 2 * young
    return most


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
