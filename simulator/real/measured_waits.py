"""How long each measured request waited for its turn to compute, worked out from what the server marked.

What to watch: a server marks when it goes on, and not since when it could have: while it computes for one request, it
sees nothing of the others. But a request is complete when its last byte has been sent, and a sleep is over when its
time has passed. What lies between is waiting: on an event loop for the loop (also what a timer is late, 1 ms at most
where epoll counts milliseconds), without a lock for a core. Under a GIL it can be either, and it is not known: nan.
"""

import numpy as np
from numpy.typing import NDArray

from simulator.plan import Gil, Link, State
from simulator.plan.walk import Place, Way
from simulator.trace.columns import Floats
from simulator.trace.table import Trace
from simulator.workload.table import Work


def enter_waits(trace: Trace, sent: Floats) -> None:
    """Move each place that computes to where its request was ready for it, and write what it waited for a loop.

    ``sent``: [n] seconds from the start of the run when the last byte of the request was under way; nan: never.
    """
    for index, place in enumerate(trace.places):
        if place.state is not State.COMPUTING:
            continue
        reached = trace.reached[:, index].copy()
        trace.reached[:, index] = ready = np.fmin(_ready(trace, index, place, sent), reached)
        if place.lock is not None:
            wait = reached - ready
            if place.acceptor:
                wait = _until_begun(trace, index, place.work_s)
            for lock in place.locks:
                column = trace.locked.index((index, lock))
                trace.lock_wait[:, column] = np.nan if isinstance(lock, Gil) else np.nan_to_num(wait)


def _until_begun(trace: Trace, index: int, work_s: float) -> Floats:
    """[n] From the accept to the first thing that the loop does with the connection, less the accept's own work."""
    return np.maximum(trace.reached[:, index + 1] - trace.reached[:, index] - work_s, 0.0)


def _ready(trace: Trace, index: int, place: Place, sent: Floats) -> Floats:
    """[n] Since when the request could be computed at this place; nan where only the server's own mark says it."""
    before = trace.places[index - 1]
    earlier = trace.reached[:, index - 1]
    if before.way is Way.UP and before.link is Link.CLIENT:
        return np.maximum(earlier, sent)
    ready = _end_of_piece(trace, index)
    if place.phase is None:
        return ready
    worked = [work for work in Work if work.computes or work.needs_lock(place)]
    return np.where(np.isin(_kinds(trace)[:, place.phase], worked), ready, np.nan)


def _end_of_piece(trace: Trace, index: int) -> Floats:
    """[n] When the last phase before a place was over, if it was waiting beside others, or a helper did it; nan where
    it was computing, or kept the loop.
    """
    ready, unknown = np.full(len(trace), np.nan), np.ones(len(trace), np.bool_)
    for at in range(index - 1, -1, -1):
        place = trace.places[at]
        if place.piece is None and place.frees is None:
            break  # what comes before is no work of the request's own
        here = unknown & ~np.isnan(trace.reached[:, at])
        unknown &= ~here
        if place.frees is not None:
            ready[here] = trace.reached[here, at]
        elif place.phase is not None:
            sleeps = [work for work in (Work.IO, Work.BLOCK) if not work.needs_lock(place)]
            slept = here & np.isin(_kinds(trace)[:, place.phase], sleeps)
            ready[slept] = trace.reached[slept, at] + trace.workload.phases[slept, place.phase]
    return ready


def _kinds(trace: Trace) -> NDArray[np.int8]:
    """[n, phase] Of each request."""
    kinds: NDArray[np.int8] = trace.workload.phase_kinds[trace.workload.request_class]
    return kinds


def put_in_order(reached: Floats) -> None:
    """No place before the one in front of it.

    The client learns some microseconds after the server that the connection stands; its moment gives way.
    """
    later = np.full(len(reached), np.inf)
    for column in range(reached.shape[1] - 1, -1, -1):
        here = reached[:, column]
        later = np.fmin(here, later)
        reached[:, column] = np.where(np.isnan(here), np.nan, later)
