"""The loop over all events, in slices."""

from typing import Any

import numpy as np

from simulator.engine.kernel.acceptors import look_for_work
from simulator.engine.kernel.backlog import count_retry, forget, repeated, wait_half_open
from simulator.engine.kernel.cores import catch_up, drop_job, expect
from simulator.engine.kernel.endings import abort
from simulator.engine.kernel.events import hop, next_arrival, nothing_else_now, pop
from simulator.engine.kernel.interventions import (
    come_back,
    intervene,
    intervention_is_next,
    is_void,
    look_after_process,
)
from simulator.engine.kernel.life import computed, go_on, granted, interrupted, lose_patience, retry, start
from simulator.engine.kernel.lock import switch
from simulator.engine.kernel.numbers import (
    ACCEPTED,
    BACK,
    COMPUTED,
    GAVE_UP,
    GIVE_UP,
    GO_ON,
    GRANTED,
    INFINITY,
    INTERRUPTED,
    REPEATED,
    RETRY,
    SEATED,
    SHAKEN,
    START,
    SWITCH,
    SYN_TIMEOUT,
    WAKE,
)
from simulator.engine.kernel.pools import take
from simulator.engine.kernel.state import Kernel
from simulator.engine.uncompiled import cython


def happen(k: Kernel, walker: cython.int, kind: cython.int, order: cython.longlong) -> cython.void:
    """An event has come: the walker goes on from where it waited."""
    if k.intervened and is_void(k, walker, kind, order):
        return
    if kind == GO_ON:
        go_on(k, walker)
    elif kind == COMPUTED:
        computed(k, walker)
    elif kind == GRANTED:
        granted(k, walker)
    elif kind == SHAKEN:
        retry(k, walker)
    elif kind == SEATED:
        take(k, walker, k.resource[k.at[walker]])
        if k.intervened and k.pool_span[k.resource[k.at[walker]]] > 0:
            look_after_process(k, walker)
        go_on(k, walker)
    elif kind == RETRY:
        count_retry(k, walker)
        retry(k, walker)
    elif kind == START:
        start(k, walker)
    elif kind == INTERRUPTED:
        interrupted(k, walker)
    elif kind == SWITCH:
        switch(k, walker, order)
    elif kind == REPEATED:
        if repeated(k, walker) or wait_half_open(k, walker):
            go_on(k, walker)
    elif kind == GIVE_UP:
        forget(k, walker)
        abort(k, walker, GAVE_UP, k.now)
        go_on(k, walker)
    elif kind == SYN_TIMEOUT:
        abort(k, walker, k.on_timeout[k.at[walker]], k.now)
        go_on(k, walker)
    elif kind == WAKE:
        look_for_work(k, walker)
    elif kind == ACCEPTED:
        go_on(k, walker)
    elif kind == BACK:
        come_back(k, walker, order)
    else:
        lose_patience(k, walker)


def finish_job(k: Kernel) -> cython.void:
    """The job with the lowest mark has got all its work done."""
    walker: cython.int = k.job_walker[0]
    mark: cython.double = k.job_mark[0]
    catch_up(k)
    drop_job(k, 0)
    k.virtual = mark
    expect(k)
    if nothing_else_now(k):  # then the hop would be the next event: spare it the way there
        computed(k, walker)
    else:
        hop(k, walker, COMPUTED)


def go_through(k: Kernel, budget: cython.longlong) -> cython.bint:
    """Let up to ``budget`` events happen. False when nothing is left to happen."""
    best: cython.double
    order: cython.longlong
    source: cython.int
    walker: cython.int
    kind: cython.int
    while budget > 0 and not k.failed:
        budget -= 1
        source, best, order = 4, INFINITY, 0
        if k.hop_size > 0:
            source, best, order = 1, k.now, k.hop_seq[k.hop_head]
        if k.heap_size > 0 and (k.heap_time[0] < best or (k.heap_time[0] == best and k.heap_seq[0] < order)):
            source, best, order = 2, k.heap_time[0], k.heap_seq[0]
        if k.core_due < best or (k.core_due == best and k.jobs > 0 and k.core_seq < order):
            source, best = 3, k.core_due
        if k.coming <= best:
            source, best = 4, k.coming
            if best == INFINITY:
                return False
        k.now = best
        if source == 1:
            walker, kind = k.hop_walker[k.hop_head], k.hop_kind[k.hop_head]
            k.hop_head = (k.hop_head + 1) & k.hop_mask
            k.hop_size -= 1
            happen(k, walker, kind, 0)
        elif source == 2:
            walker = cython.cast(cython.int, k.heap_what[0] >> 4)
            kind = cython.cast(cython.int, k.heap_what[0] & 15)
            pop(k)
            happen(k, walker, kind, order)
        elif source == 3:
            finish_job(k)
        elif k.intervened and intervention_is_next(k):
            intervene(k)
        else:
            start(k, next_arrival(k))
    return True


def advance(k: Kernel, budget: cython.longlong) -> bool:
    """Let up to ``budget`` events happen, while other threads run. False when nothing is left to happen.

    Raises what kept a column from growing, most likely MemoryError; what is recorded until then means nothing.
    """
    more: cython.bint
    with cython.nogil:
        more = go_through(k, budget)
    if k.failed:
        raise k.error
    return more


def time(k: Kernel) -> float:
    """Simulated seconds so far."""
    return k.now


def ran_out(k: Kernel) -> bool:
    """Whether a closed loop needed more rows than the workload has."""
    return k.rows_ran_out


def columns(k: Kernel) -> dict[str, Any]:
    """The columns as they are now, by the names of the record; needed when they are lists."""
    return {
        "arrival": k.arrival,
        "reached": k.reached,
        "left": k.left,
        "finished": k.finished,
        "outcome": k.outcome,
        "process": k.process,
        "slot": k.slot,
        "syn_retries": k.syn_retries,
        "data_retries": k.data_retries,
        "lock_wait": k.lock_wait,
    }


def grants_so_far(k: Kernel) -> tuple[Any, Any, Any, Any]:
    """Every time that a lock was held: columns of requests, places, starts and ends, in order of their ends."""
    return (
        np.asarray(k.grant_row)[: k.grants],
        np.asarray(k.grant_place)[: k.grants],
        np.asarray(k.grant_from)[: k.grants],
        np.asarray(k.grant_to)[: k.grants],
    )
