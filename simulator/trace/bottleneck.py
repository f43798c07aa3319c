"""Which resource limits the throughput, and for how long each request occupies it.

What to watch: the utilisation law says utilisation = rate x seconds each / size. A slot that waits for a core, a lock
or another slot is in use, but it is not what limits; it would be free sooner if the other one were. So as a bottleneck
a pool is judged by the part of its time that no other resource could shorten.
"""

from collections.abc import Iterator
from math import inf
from typing import NamedTuple

import numpy as np

from simulator.plan.place import having
from simulator.plan.resources import Processors
from simulator.plan.words import OWN, State
from simulator.trace.availability import CORES, capacity
from simulator.trace.demands import carried_through, computes_at, lock_held_at, needs_lock_at, work_at
from simulator.trace.figures import Bottleneck, Hold, lock_kind
from simulator.trace.holding import Held, holdings, needing
from simulator.trace.measures import COMPLETED, INDEX, OUTSIDE, Measures
from simulator.trace.residence import Floats, Rows, blocks

BINDING = 0.8
"""From this utilisation on a resource is called the bottleneck; below it, nothing limits the throughput yet."""


def bottleneck(measures: Measures, throughput_rps: float) -> Bottleneck | None:
    """The most utilised resource, or None if nothing is near its limit."""
    low, high = measures.window
    if high <= low:
        return None
    found = max(_candidates(measures), key=lambda each: each.own_s / (each.capacity * (high - low)))
    if found.own_s / (found.capacity * (high - low)) < BINDING:
        return None
    holds = class_holds(measures, found.resource)
    number = sum(each.number for each in holds.values())
    if not number:
        return None
    needed, completed = needing(measures.trace, measures.held, found.resource), measures.category >= COMPLETED
    share = float(needed[completed].mean()) if needed.any() and completed.any() else 1.0
    return Bottleneck(
        resource=found.resource,
        kind=found.kind,
        size=found.size,
        utilisation=found.used_s / (found.capacity * (high - low)),
        rate_rps=throughput_rps * share,
        seconds_each=sum(each.number * each.seconds for each in holds.values()) / number,
        holds=holds,
        for_some=not needed.all(),
    )


class _Candidate(NamedTuple):
    """A resource that may be the bottleneck."""

    resource: str
    kind: str
    size: float
    capacity: float
    """The size, but for what was down."""
    own_s: float
    """Seconds of use that no other resource could shorten."""
    used_s: float


def _candidates(measures: Measures) -> Iterator[_Candidate]:
    """The cores come first: equals are decided for them."""

    def candidate(resource: str, kind: str, size: float, own_s: float, used_s: float) -> _Candidate:
        capacity = size * (measures.available(resource, size) or 1.0)
        return _Candidate(resource, kind, size, capacity, own_s, used_s)

    work = float(measures.cores_time[INDEX[State.COMPUTING]])
    yield candidate(CORES, "cores", float(capacity(measures.trace).height.max()), work, work)
    for lock in measures.trace.plan.locks:
        if isinstance(lock, Processors) and lock.units >= measures.trace.plan.cores.count:
            continue  # the cores limit
        time = measures.lock_time[lock.name].sum(axis=0)
        computing = float(time[[INDEX[State.COMPUTING], INDEX[State.BLOCKS]]].sum())
        used = float(time[[INDEX[state] for state in having(lock)]].sum())
        yield candidate(lock.name, lock_kind(lock), lock.units, computing, used)
    for pool in reversed(measures.trace.plan.pools):
        slots = measures.slot_time[pool.name]
        own = sum(float(slots[INDEX[state]]) for state in OWN)
        yield candidate(pool.name, "pool", pool.size * pool.processes, own, float(slots.sum()))


# --- for how long each request occupies a resource --------------------------------------------------------------------


def class_holds(measures: Measures, resource: str) -> dict[str, Hold]:
    """By class: how many requests occupied a resource, and for how long each, on average; nobody's time is cut off.

    Of a pool: from getting the slot to giving it back, over those that got it in the window, be it that they gave it
    back later; if nobody did, over those that held it then. Of cores and locks: what a request needs of them in all,
    over those that arrived in the window and were carried through.
    """
    part = next((part for part in measures.held if part.pool.name == resource), None)
    if part is None:
        scale = _held_per_computing(measures, resource)
        return _by_class(measures, _work_times(measures, resource), scale)
    low, high = measures.window
    return _by_class(measures, _slot_times(measures, part, low, high)) or _by_class(
        measures, _slot_times(measures, part, -inf, high)
    )


def _by_class(measures: Measures, times: Iterator[tuple[Rows, Floats]], scale: float = 1.0) -> dict[str, Hold]:
    """Means, of rows and what each took."""
    names = measures.trace.workload.class_names
    seconds, counts = np.zeros(len(names)), np.zeros(len(names))
    for rows, each in times:
        of_class = measures.trace.workload.request_class[rows]
        seconds += np.bincount(of_class, weights=each, minlength=len(names))
        counts += np.bincount(of_class, minlength=len(names))
    return {
        name: Hold(number=int(counts[i]), seconds=float(seconds[i] / counts[i]) * scale)
        for i, name in enumerate(names)
        if counts[i]
    }


def _slot_times(measures: Measures, part: Held, since: float, until: float) -> Iterator[tuple[Rows, Floats]]:
    for block in blocks(measures.trace):
        held = holdings(measures.trace, part, block)
        got = (held.start >= since) & (held.start <= until) & (held.end > measures.window[0])
        rows, seconds = held.rows[got], (held.end - held.start)[got]
        if len(part.takings) > 1:  # some took one again and again
            rows, of = np.unique(rows, return_inverse=True)
            seconds = np.bincount(of, weights=seconds, minlength=len(rows)).astype(np.float64)
        yield rows, seconds


def _work_times(measures: Measures, resource: str) -> Iterator[tuple[Rows, Floats]]:
    """Seconds of computing, on any core or under one lock: known from the workload."""
    trace = measures.trace
    counted = carried_through(trace) & (measures.category != OUTSIDE)
    for block in blocks(trace):
        rows = np.flatnonzero(counted[block]) + block.start
        yield rows, _work_of(measures, resource, rows)


def _work_of(measures: Measures, resource: str, rows: Rows) -> Floats:
    trace = measures.trace
    each = np.zeros(len(rows))
    for i, place in enumerate(measures.places):
        if resource == CORES and place.cores is None:
            computes = computes_at(trace, i, rows)
            each[computes] += work_at(trace, i, rows[computes])
        for lock in place.locks:
            if lock.name == resource:
                needs = needs_lock_at(trace, i, lock, rows)
                each[needs] += lock_held_at(trace, i, rows[needs])
    return each


def _held_per_computing(measures: Measures, resource: str) -> float:
    """A lock is also held while its holder waits for a core, a loop also while it waits for the GIL."""
    lock = next((lock for lock in measures.trace.plan.locks if lock.name == resource), None)
    if lock is None:
        return 1.0
    time = measures.lock_time[resource].sum(axis=0)
    computing = float(time[[INDEX[State.COMPUTING], INDEX[State.BLOCKS]]].sum())
    used = float(time[[INDEX[state] for state in having(lock)]].sum())
    return used / computing if computing > 0.0 else 1.0
