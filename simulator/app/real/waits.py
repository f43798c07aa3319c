"""From when on a measured request could have gone on, and for how long it waited then for its turn to compute.

What to watch: a server marks when it goes on, and not since when it could have: while it computes for one request, it
sees nothing of the others. But that moment is known without it. A request is complete when its last byte has been sent,
and a sleep is over when its time has passed. What lies between is waiting.

On an event loop that is waiting for the loop (also what a timer is late, 1 ms at most where epoll counts milliseconds).
Without a lock it is waiting for a core. Under a GIL it can be either, and it is not known: nan.
"""

import numpy as np
from numpy.typing import NDArray

from simulator.plan import Gil, Link, State
from simulator.plan.walk import Place, Way
from simulator.trace.table import Floats, Trace
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
            unknown = isinstance(place.lock, Gil)
            trace.lock_wait[:, trace.lock_places.index(index)] = np.nan if unknown else np.nan_to_num(wait)


def _until_begun(trace: Trace, index: int, work_s: float) -> Floats:
    """[n] From the accept to the first thing that the loop does with the connection, less the accept's own work."""
    return np.maximum(trace.reached[:, index + 1] - trace.reached[:, index] - work_s, 0.0)


def _ready(trace: Trace, index: int, place: Place, sent: Floats) -> Floats:
    """[n] Since when the request could be computed at this place; nan where only the server's own mark says it."""
    before = trace.places[index - 1]
    earlier = trace.reached[:, index - 1]
    if before.way is Way.UP and before.link is Link.CLIENT:
        return np.maximum(earlier, sent)
    if place.phase and place.state is State.COMPUTING:
        slept = _kind(trace, place.phase - 1) == Work.IO
        computes = _kind(trace, place.phase) == Work.CPU
        return np.where(slept & computes, earlier + trace.workload.phases[:, place.phase - 1], np.nan)
    return np.full(len(trace), np.nan)


def _kind(trace: Trace, phase: int) -> NDArray[np.int8]:
    kinds: NDArray[np.int8] = trace.workload.phase_kinds[trace.workload.request_class, phase]
    return kinds
