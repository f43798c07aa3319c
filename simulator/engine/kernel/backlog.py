"""Connecting: what TCP does while a backlog is full."""

from simulator.engine.kernel.endings import abort, turn_away, until
from simulator.engine.kernel.numbers import (
    ABORTED,
    BROKEN,
    COOKIE_VALID,
    DATA_LATE,
    HALF_OPEN,
    INFINITY,
    LAST_SYN_ACK,
    LEAST_TIMEOUT,
    REFUSED,
    REMEMBERED,
    REPEATED,
    RETRY,
    SYN_ACK,
    SYN_TIMEOUT,
)
from simulator.engine.kernel.queues import was_full
from simulator.engine.kernel.state import Kernel
from simulator.engine.uncompiled import cython


def connect(k: Kernel, row: cython.int, i: cython.int) -> cython.bint:
    """The SYN, and the ACK that comes now, have to find a place in the backlog. True if connected, or aborted."""
    queue: cython.int = k.resource[i]
    full: cython.bint = k.queue_size[queue] > k.limit[i]
    trip: cython.double
    at: cython.int
    before: cython.double
    last: cython.double
    if k.flags[row] & ABORTED or (not full and k.log_size == 0):
        return True
    if k.refuses[i]:
        if full:
            abort(k, row, REFUSED, k.now)
        return True
    trip = k.rtt[row] if k.on_client[i] else 0.0
    while was_full(k, queue, k.now - trip):
        at = k.retry_from[i] + k.tries[row]
        before = k.retries[at - 1] if k.tries[row] > 0 else 0.0
        if at + 1 == k.retry_to[i]:
            last = k.reached[cython.cast(cython.longlong, row) * k.places + i] + k.retries[at]
            if not until(k, row, last, SYN_TIMEOUT):
                return False
            abort(k, row, k.on_timeout[i], k.now)
            return True
        if not until(k, row, k.now + (k.retries[at] - before), RETRY):
            return False
        if k.flags[row] & ABORTED:
            return True
        count_retry(k, row)
    return not full or stay_half_open(k, row, i, trip)


@cython.inline
def count_retry(k: Kernel, row: cython.int) -> cython.void:
    if not k.flags[row] & ABORTED:
        k.tries[row] += 1
        k.syn_retries[row] += 1


def stay_half_open(k: Kernel, row: cython.int, i: cython.int, trip: cython.double) -> cython.bint:
    """The client believes that it is connected; only what is repeated can still find a place."""
    queue: cython.int = k.resource[i]
    k.dropped[row] = k.now
    k.data_after[row], k.ack_after[row] = trip + max(LEAST_TIMEOUT, 2.0 * trip), INFINITY
    if k.half_open[queue] <= k.limit[i]:  # otherwise it was given a cookie
        k.half_open[queue] += 1
        k.flags[row] |= HALF_OPEN
        k.ack_after[row] = SYN_ACK
    return wait_half_open(k, row)


def wait_half_open(k: Kernel, row: cython.int) -> cython.bint:
    """Wait for the next repetition of the data or of the SYN-ACK. True if seated, or aborted."""
    while until(k, row, k.dropped[row] + min(k.data_after[row], k.ack_after[row]), REPEATED):
        if k.flags[row] & ABORTED:
            forget(k, row)
            return True
        if repeated(k, row):
            return True
    return False


def repeated(k: Kernel, row: cython.int) -> cython.bint:
    """Data, or an ACK without, have arrived once more. True if seated, or aborted."""
    i: cython.int = k.at[row]
    data: cython.double = k.data_after[row]
    ack: cython.double = k.ack_after[row]
    after: cython.double = min(data, ack)
    valid: cython.double = REMEMBERED if k.flags[row] & HALF_OPEN else COOKIE_VALID
    if ack == after:
        k.ack_after[row] = 2.0 * ack + 1.0 if ack < LAST_SYN_ACK else INFINITY
    if data <= ack:
        k.data_after[row] = 2.0 * data
        k.data_retries[row] += 1
    if after + k.rtt[row] >= valid:
        forget(k, row)
        turn_away(k, row, BROKEN)
        return True
    if k.queue_size[k.resource[i]] > k.limit[i]:
        return False
    forget(k, row)
    if data > ack:
        k.flags[row] |= DATA_LATE
        k.data_at[row] = k.dropped[row] + data
        k.data_retries[row] += 1
    return True


def forget(k: Kernel, row: cython.int) -> cython.void:
    """The server has one handshake less to remember, if this was one."""
    if k.flags[row] & HALF_OPEN:
        k.flags[row] &= ~HALF_OPEN
        k.half_open[k.resource[k.at[row]]] -= 1
