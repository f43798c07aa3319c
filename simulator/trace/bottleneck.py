"""The resource that limits the throughput, found by the utilisation law: utilisation = rate x seconds each / size.

What to watch: a slot that waits for a core, a lock or another slot is in use, but it is not what limits; it would be
free sooner if the other one were. So a pool is judged by the part of its time that no other resource could shorten.
"""

from collections.abc import Iterator

import numpy as np

from simulator.plan.resources import Gil
from simulator.plan.words import OWN, State
from simulator.trace.figures import Bottleneck
from simulator.trace.measures import CORES, INDEX, OUTSIDE, Measures
from simulator.trace.stays import blocks, carried_through, computes_at, work_at

BINDING = 0.8
"""From this utilisation on a resource is called the bottleneck; below it, nothing limits the throughput yet."""


def bottleneck(measures: Measures, throughput_rps: float) -> Bottleneck | None:
    """The most utilised resource, or None if nothing is near its limit."""
    low, high = measures.window
    if high <= low or throughput_rps <= 0.0:
        return None
    there = {name: measures.available(name, size) or 1.0 for _, _, name, _, size in _candidates(measures)}
    found = max(_candidates(measures), default=None, key=lambda c: c[0] / (c[4] * there[c[2]] * (high - low)))
    if found is None or found[0] / (found[4] * there[found[2]] * (high - low)) < BINDING:
        return None
    _, used, resource, kind, size = found
    return Bottleneck(
        resource=resource,
        kind=kind,
        size=size,
        utilisation=used / (size * there[resource] * (high - low)),
        rate_rps=throughput_rps,
        seconds_each=_work_each(measures, resource) or used / (high - low) / throughput_rps,
    )


def _work_each(measures: Measures, resource: str) -> float:
    """Mean seconds that a request carried through needs of the cores or a GIL; 0 for resources that are not shared.

    Known from the workload, over those that arrived in the window: what many have used together, divided by how many
    were through, also counts the work of those who were still half done when the window ended.
    """
    trace = measures.trace
    shared = {lock.name for lock in trace.plan.locks if isinstance(lock, Gil)} | {CORES}
    counted = carried_through(trace) & (measures.category != OUTSIDE)
    number = int(np.count_nonzero(counted))
    if resource not in shared or not number:
        return 0.0
    total = 0.0
    for block in blocks(trace):
        rows = np.flatnonzero(counted[block]) + block.start
        for i, place in enumerate(measures.places):
            if resource == CORES or (place.lock is not None and place.lock.name == resource):
                total += float(work_at(trace, place, rows[computes_at(trace, i, rows)]).sum())
    if resource == CORES:
        return total / number
    time = measures.lock_time[resource].sum(axis=0)  # it is also held while its holder waits for a core
    computing, core = float(time[INDEX[State.COMPUTING]]), float(time[INDEX[State.CORE]])
    return total / number * ((computing + core) / computing if computing > 0.0 else 1.0)


def _candidates(measures: Measures) -> Iterator[tuple[float, float, str, str, int]]:
    """Seconds that count, seconds in use, name, kind and size. The cores come first: equals are decided for them."""
    work = float(measures.cores_time[INDEX[State.COMPUTING]])
    yield work, work, CORES, "cores", measures.trace.plan.cores.count
    for lock in measures.trace.plan.locks:
        time = measures.lock_time[lock.name].sum(axis=0)
        computing = float(time[INDEX[State.COMPUTING]])
        used = computing + float(time[INDEX[State.CORE]])
        yield computing, used, lock.name, "gil" if isinstance(lock, Gil) else "loop", lock.processes
    for pool in reversed(measures.trace.plan.pools):
        slots = measures.slot_time[pool.name]
        own = sum(float(slots[INDEX[state]]) for state in OWN)
        yield own, float(slots.sum()), pool.name, "pool", pool.size * pool.processes
