"""The line between a client and the server: what takes time because bytes travel, and a client that may leave."""

from simulator.engine.kernel.events import push
from simulator.engine.kernel.life import connected_at, first_sent, give_up, settle
from simulator.engine.kernel.numbers import (
    COMPLETED,
    DATA_LATE,
    GAVE_UP,
    INFINITY,
    PASSED_ON_LATE,
    RECEIVE,
    RESUME,
    SETTLED,
)
from simulator.engine.kernel.state import Kernel
from simulator.engine.kernel.walkers import cell
from simulator.engine.uncompiled import cython


@cython.inline
def wait_until(k: Kernel, w: cython.int, pc: cython.int, moment: cython.double) -> cython.void:
    """Wait at a step for a moment that is still to come."""
    k.walkers[w].pc = pc
    push(k, k.now + (moment - k.now), RESUME, w)


@cython.inline
def until(k: Kernel, w: cython.int, pc: cython.int, moment: cython.double, then: cython.int) -> cython.int:
    """Wait for a moment that the client has to see; it may leave before. ``then`` if there is nothing to wait for."""
    return until_noticed(k, w, pc, moment, then, k.arrival[w] + k.patience[w * k.patience_step])


@cython.inline
def until_noticed(
    k: Kernel, w: cython.int, pc: cython.int, moment: cython.double, then: cython.int, leaves: cython.double
) -> cython.int:
    """The same where the server notices at another moment that the client leaves."""
    if moment > leaves:
        if leaves > k.now:
            wait_until(k, w, -pc, leaves)
            return 0
        return give_up(k, w, pc)
    if moment > k.now:
        wait_until(k, w, pc, moment)
        return 0
    return then


def receive(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """Wait until the last byte of the request is here, if it is read from now on.

    The client has been sending since the connection stood, until the receive buffer was full.
    """
    size: cython.double = k.upload[w * k.upload_step]
    rate: cython.double = k.up_rate[k.client[w * k.client_step]]
    buffer: cython.double = k.code[pc].x
    start: cython.double = k.arrival[w]
    place: cython.int
    if k.walkers[w].flags & (DATA_LATE | PASSED_ON_LATE):
        return receive_late(k, w, pc)
    if len(k.connects) > 0:
        place = connected_at(k, w)
        if place < 0:
            return pc + 1
        start = k.reached[cell(k, w, place)]
    if size > buffer and k.now > start + buffer / rate:
        return until(k, w, pc, k.now + (size - buffer) / rate, pc + 1)
    return until(k, w, pc, start + size / rate, pc + 1)


def receive_late(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """The same where the first data were lost. Who leaves meanwhile is not noticed before they have come."""
    size: cython.double = k.upload[w * k.upload_step]
    rate: cython.double = k.up_rate[k.client[w * k.client_step]]
    buffer: cython.double = k.code[pc].x
    start: cython.double = k.arrival[w]
    arrives: cython.double = -INFINITY
    leaves: cython.double = k.arrival[w] + k.patience[w * k.patience_step]
    if k.code[pc].op == RECEIVE and (len(k.connects) == 0 or connected_at(k, w) >= 0):
        if len(k.connects) > 0:
            start = k.reached[cell(k, w, connected_at(k, w))]
        if k.walkers[w].flags & DATA_LATE:
            start = k.handshakes[w].data_at
            leaves = max(leaves, start + min(size, buffer) / rate)
        arrives = start + size / rate
        if size > buffer and k.now > start + buffer / rate:
            arrives = k.now + (size - buffer) / rate
    if k.walkers[w].flags & PASSED_ON_LATE:
        arrives = max(arrives, k.handshakes[w].passed_on_at)
        leaves = max(leaves, k.handshakes[w].passed_on_at)
    if arrives == -INFINITY:
        return pc + 1
    return until_noticed(k, w, pc, arrives, pc + 1, leaves)


def send(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """Blocked until the rest fits the buffer, or the client is gone. The last byte arrives later."""
    size: cython.double = k.response[w * k.response_step]
    rate: cython.double = k.down_rate[k.client[w * k.client_step]]
    first: cython.int = first_sent(k, w)
    start: cython.double = k.reached[cell(k, w, first)]
    if k.code[pc].a:
        settle(k, w, COMPLETED, start + k.rtt[w * k.rtt_step] / 2 + size / rate)
    return keep(k, w, pc, min(start + known(k, w, pc), k.arrival[w] + k.patience[w * k.patience_step]))


def linger(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """Until the other side has closed, but not for ever. A client that gives up is gone at once."""
    first: cython.int = first_sent(k, w)
    closed: cython.double
    if first < 0:
        return pc + 1
    closed = k.reached[cell(k, w, first)] + known(k, w, pc)
    if not k.walkers[w].flags & SETTLED or k.outcome[w] == GAVE_UP:
        closed = min(closed, k.arrival[w] + k.patience[w * k.patience_step])
    return keep(k, w, pc, min(closed, k.now + k.code[pc].x))


@cython.inline
def known(k: Kernel, w: cython.int, pc: cython.int) -> cython.double:
    """Seconds at a step that are known before the run: a column behind those of the phases."""
    if k.code[pc].b < 0:
        return 0.0
    return k.phases[cython.cast(cython.longlong, w) * k.phase_step + k.code[pc].b]


@cython.inline
def keep(k: Kernel, w: cython.int, pc: cython.int, end: cython.double) -> cython.int:
    """Wait for a moment, if it is still to come."""
    if end > k.now:
        wait_until(k, w, pc, end)
        return 0
    return pc + 1


@cython.inline
def wait_for_io(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """One phase of the request's own work that needs no core."""
    work: cython.double = k.phases[cython.cast(cython.longlong, w) * k.phase_step + k.code[pc].b]
    if work > 0:
        k.walkers[w].pc = pc
        push(k, k.now + (work * k.io_factor + k.code[pc].x), RESUME, w)
        return 0
    return pc + 1
