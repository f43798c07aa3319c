"""What the columns of a trace say about stays, processes and work, and arithmetic on intervals, for the laws.

Written anew, apart from ``simulator.trace``: a mistake there and one here would have to be the same one to go unseen.
"""

import numpy as np
from numpy.typing import NDArray

from simulator.plan import Handle, Lock, Loop
from simulator.trace.table import Trace
from simulator.workload.table import Work

Floats = NDArray[np.float64]
EQUAL_S = 1e-7
"""Sums over thousands of requests are compared, so the rounding errors of thousands of additions are let pass."""


def next_place(trace: Trace) -> Floats:
    """[n, places] when each request left each place that it reached: the next place it reached, or the server."""
    until, result = trace.left, np.full_like(trace.reached, np.nan)
    for column in reversed(range(trace.reached.shape[1])):
        reached = trace.reached[:, column]
        result[:, column] = np.where(np.isnan(reached), np.nan, until)
        until = np.where(np.isnan(reached), until, reached)
    return result


def work(trace: Trace) -> Floats:
    """[n, places] seconds of computing that each request was given at each place."""
    load, seconds = trace.workload, np.zeros_like(trace.reached)
    for column, place in enumerate(trace.places):
        seconds[:, column] = place.work_s + place.mebibyte_s * load.upload / 2**20
        if place.phase is not None:
            kinds = load.phase_kinds[load.request_class, place.phase]
            own = load.phases[:, place.phase] * np.where(kinds == Work.CPU, place.cpu_factor, 1.0)
            seconds[:, column] = np.where(np.isin(kinds, (Work.CPU, Work.NATIVE)), own + place.work_s, 0.0)
    return np.where(np.isnan(trace.reached), 0.0, seconds) + (trace.woken if trace.woken.ndim > 1 else 0.0)


def process_at(trace: Trace, column: int) -> NDArray[np.int64]:
    """[n] the process that serves each request at a place: what the last step before it that chooses one has chosen."""
    for place in reversed(trace.places[:column]):
        if place.decides_among is not None and place.takes is None:
            return trace.process.astype(np.int64)
        if place.takes is not None and place.takes.slots_per_process is not None:
            pools = [pool for pool in trace.plan.pools for p in trace.places if p.takes == pool]
            slot = trace.slot[:, pools.index(place.takes)]
            return np.where(slot >= 0, slot // place.takes.slots_per_process, -1).astype(np.int64)
    return np.zeros(len(trace), np.int64)


def concerned(trace: Trace, column: int) -> NDArray[np.bool_]:
    """[n] whether a place is for the kind of work that each request has as the phase that the place is about."""
    place, load = trace.places[column], trace.workload
    kinds = load.phase_kinds[load.request_class, place.piece]
    names = [each.name.lower() for each in Work if each is not Work.NONE]
    return np.isin(kinds, [Work[name.upper()] for name in names if place.kinds is None or name in place.kinds])


def doing(trace: Trace, column: int, *kinds: Work) -> NDArray[np.bool_]:
    """[n] whether each request came to a place, and if it is for its own work, for one of these kinds."""
    here: NDArray[np.bool_] = ~np.isnan(trace.reached[:, column])
    phase, load = trace.places[column].phase, trace.workload
    return here if phase is None else here & np.isin(load.phase_kinds[load.request_class, phase], kinds)


def locked(trace: Trace, column: int, lock: Lock | None = None) -> NDArray[np.bool_]:
    """[n] whether each request came to a place, and needs its lock there: a loop for all that computes, and for the
    waiting that its step says. ``lock``: one of two, the other of which is the GIL of threads, for Python alone.
    """
    place = trace.places[column]
    if lock not in (None, place.lock):
        return doing(trace, column, Work.CPU)
    on_loop, kept = isinstance(place.lock, Loop), place.step.keeps if isinstance(place.step, Handle) else ()
    waits = [work for name, work in (("io", Work.IO), ("block", Work.BLOCK)) if name in kept]
    return doing(trace, column, *((Work.CPU, Work.NATIVE, *waits) if on_loop else (Work.CPU,)))


def alone(trace: Trace, column: int) -> NDArray[np.bool_]:
    """[n] whether each request came to a place, and computes there without any lock."""
    needs = locked(trace, column) if trace.places[column].lock is not None else False
    computes: NDArray[np.bool_] = doing(trace, column, Work.CPU, Work.NATIVE) & ~np.asarray(needs)
    return computes


def how_many(intervals: Floats, moments: Floats) -> NDArray[np.int64]:
    """How many of the intervals (rows start, end) last at each moment; an interval has its start and not its end."""
    begun = np.searchsorted(np.sort(intervals[:, 0]), moments, side="right")
    return begun - np.searchsorted(np.sort(intervals[:, 1]), moments, side="right")


def first_overlap(intervals: Floats) -> float | None:
    """The first moment at which two of the intervals last."""
    order = intervals[np.lexsort((intervals[:, 1], intervals[:, 0]))]
    wrong = np.flatnonzero(order[1:, 0] < order[:-1, 1] - EQUAL_S)
    return float(order[wrong[0] + 1, 0]) if len(wrong) else None


def merged(intervals: Floats) -> Floats:
    """The intervals joined where they touch."""
    if not len(intervals):
        return intervals
    order = intervals[np.argsort(intervals[:, 0], kind="stable")]
    reach = np.maximum.accumulate(order[:, 1])
    opens = np.append(True, order[1:, 0] > reach[:-1] + EQUAL_S)
    return np.column_stack((order[opens, 0], reach[np.append(opens[1:], True)]))
