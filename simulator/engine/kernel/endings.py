"""How a request ends for its client, and what its client does then."""

from simulator.engine.kernel.events import push
from simulator.engine.kernel.numbers import ABORTED, GAVE_UP, GIVE_UP, SETTLED, START
from simulator.engine.kernel.state import Kernel
from simulator.engine.uncompiled import cython


def settle(k: Kernel, row: cython.int, outcome: cython.int, finished: cython.double) -> cython.void:
    """The client has its answer, or none."""
    deadline: cython.double = k.arrival[row] + k.patience[row]
    if k.flags[row] & SETTLED:
        return
    k.flags[row] |= SETTLED
    if outcome == GAVE_UP or finished > deadline:
        outcome, finished = GAVE_UP, deadline
    k.outcome[row], k.finished[row] = outcome, finished
    if k.loop_clients > 0:
        send_later(k, row + k.loop_clients, finished)


def send_later(k: Kernel, row: cython.int, since: cython.double) -> cython.void:
    """A client of a closed loop thinks, then sends its next request, unless the time is over."""
    at: cython.double
    if row >= k.n:
        k.rows_ran_out = True
        return
    at = since + k.think[row]
    if at < k.duration:
        at = k.now + max(at - k.now, 0.0)
        if k.intervened:
            k.start_seq[row] = push(k, at, row, START)
        else:
            push(k, at, row, START)


def abort(k: Kernel, row: cython.int, outcome: cython.int, finished: cython.double) -> cython.void:
    """Nothing more is done for this request."""
    k.flags[row] |= ABORTED
    settle(k, row, outcome, finished)


def turn_away(k: Kernel, row: cython.int, outcome: cython.int) -> cython.void:
    """The server answers with an error, which takes half a round trip."""
    abort(k, row, outcome, k.now + k.rtt[row] / 2)


def until(k: Kernel, row: cython.int, moment: cython.double, kind: cython.int) -> cython.bint:
    """Wait for a moment that the client has to see; it may leave before. True if there is nothing to wait for."""
    deadline: cython.double = k.arrival[row] + k.patience[row]
    end: cython.double = min(moment, deadline)
    if moment > deadline:
        kind = GIVE_UP
    if end > k.now:
        push(k, k.now + (end - k.now), row, kind)
        return False
    if kind == GIVE_UP:
        abort(k, row, GAVE_UP, k.now)
    return True
