"""Rows that are made during a run: attempts that clients repeat, jobs that requests send off.

Row ``s * requests + r`` is the s-th further one that is made on behalf of request ``r``. Where the workload has no such
row, the run is for nothing: it is drawn anew with more of them.
"""

from simulator.engine.kernel.events import hop, push
from simulator.engine.kernel.numbers import BEGIN, INFINITY, JOB, OF_FURTHER
from simulator.engine.kernel.state import Kernel
from simulator.engine.uncompiled import cython


def make_row(k: Kernel, w: cython.int, attempt: cython.int) -> cython.int:
    """The next row on behalf of the request of this one; -1 if there is none left."""
    request: cython.int = w % k.requests
    row: cython.int
    k.made[request] += 1
    if k.made[request] >= k.rows // k.requests:
        k.shortage = OF_FURTHER
        return -1
    row = k.made[request] * k.requests + request
    k.parent[row] = w
    k.attempt[row] = attempt
    return row


def repeat(k: Kernel, w: cython.int, finished: cython.double) -> cython.void:
    """The client tries once more, later."""
    row: cython.int = make_row(k, w, k.attempt[w] + 1)
    backoff: cython.double
    if row >= 0:
        backoff = k.retry_backoff[k.attempt[w]] * (1.0 - k.retry_jitter * k.coin[row * k.coin_step])
        begin_later(k, row, max(finished, k.now) + backoff)
        note_following(k, w, row)


@cython.inline
def note_following(k: Kernel, w: cython.int, row: cython.int) -> cython.void:
    """One row follows another, unless that turns out to have ended otherwise."""
    if k.voidable:
        k.followed_by[w] = row + 1


def begin_later(k: Kernel, row: cython.int, at: cython.double) -> cython.void:
    """A request begins at this time."""
    seq: cython.longlong = push(k, k.now + max(at - k.now, 0.0), BEGIN, row)
    if k.voidable:
        k.start_seq[row] = seq


def send_off(k: Kernel, w: cython.int, job: cython.int, attempt: cython.int) -> cython.int:
    """A job begins at this moment, behind what is running; its row, or -1."""
    row: cython.int = make_row(k, w, attempt)
    if row >= 0:
        k.job_of[row] = job
        k.patience[row * k.patience_step], k.rtt[row * k.rtt_step] = INFINITY, 0.0
        k.walkers[row].flags |= JOB
        k.walkers[row].pc = k.job_starts[k.request_class[row * k.request_class_step] * k.job_count + job] - 1
        hop(k, row)
    return row
