"""How much every resource was used and waited for, and which of them limits the throughput.

What to watch: the utilisation law says utilisation = rate x seconds each / size. A slot that waits for a core, a lock
or another slot is in use, but it is not what limits; it would be free sooner if the other one were. So as a bottleneck
a pool is judged by the part of its time that no other resource could shorten.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from simulator.plan.resources import Backlog, Gil, Lock, Loop, Pool
from simulator.plan.words import OWN, State
from simulator.trace.figures import Bottleneck, ResourceSummary
from simulator.trace.measures import CORES, INDEX, OUTSIDE, STATES, Measures
from simulator.trace.residence import blocks, carried_through, computes_at, work_at

IDLE = "idle"
DOWN = "down"
"""Not there: its process has died, or the pool has become smaller."""
NOTHING_S = 1e-12
"""Shorter sums are rounding errors."""
BINDING = 0.8
"""From this utilisation on a resource is called the bottleneck; below it, nothing limits the throughput yet."""


def resource_summaries(measures: Measures) -> Iterator[tuple[str, ResourceSummary]]:
    """By name: pools, locks and backlogs in the order of the plan, then the cores."""
    for resource in measures.trace.plan.resources:
        match resource:
            case Pool():
                yield resource.name, _pool(measures, resource)
            case Backlog():
                yield resource.name, _backlog(measures, resource)
            case Gil() | Loop():
                yield resource.name, _lock(measures, resource)
            case _:
                pass
    yield CORES, _cores(measures)


def _length(measures: Measures) -> float:
    low, high = measures.window
    return max(high - low, 0.0)


def _split(seconds: dict[State, float], capacity: float, available: float = 1.0) -> dict[str, float]:
    """Shares of a capacity in seconds; what is left of it was down, or idle."""
    if capacity <= 0.0:
        return {IDLE: 1.0}
    shares = {state.value: used / capacity for state, used in seconds.items() if used > NOTHING_S}
    total = max(sum(shares.values()), 1.0)  # above 1 only by rounding
    shares = {state: share / total for state, share in shares.items()}
    down = min(1.0 - available, 1.0 - sum(shares.values()))
    if down > NOTHING_S:
        shares[DOWN] = down
    return {**shares, IDLE: max(1.0 - sum(shares.values()), 0.0)}


def _utilisation(split: dict[str, float]) -> float:
    """Of what was there to be used, the share that was."""
    down = split.get(DOWN, 0.0)
    return (1.0 - split[IDLE] - down) / (1.0 - down) if down < 1.0 else 0.0


def _queue(measures: Measures, name: str) -> tuple[float, float]:
    queue, length = measures.queue(name), _length(measures)
    return queue.seconds / length if length else 0.0, float(queue.most)


def _pool(measures: Measures, pool: Pool) -> ResourceSummary:
    size = pool.size * pool.processes
    seconds = dict(zip(STATES, measures.slot_time[pool.name].tolist(), strict=True))
    split = _split(seconds, size * _length(measures), measures.available(pool.name, size))
    mean, most = _queue(measures, pool.name)
    return ResourceSummary(
        kind="pool", size=size, utilisation=_utilisation(split), split=split, queue_mean=mean, queue_max=most
    )


def _lock(measures: Measures, lock: Lock) -> ResourceSummary:
    seconds = measures.lock_time[lock.name].sum(axis=0)
    used = {state: float(seconds[INDEX[state]]) for state in (State.COMPUTING, State.CORE)}
    split = _split(used, lock.processes * _length(measures), measures.available(lock.name, lock.processes))
    mean, most = _queue(measures, lock.name)
    return ResourceSummary(
        kind="gil" if isinstance(lock, Gil) else "loop",
        size=lock.processes,
        utilisation=_utilisation(split),
        split=split,
        queue_mean=mean,
        queue_max=most,
    )


def _backlog(measures: Measures, backlog: Backlog) -> ResourceSummary:
    size = backlog.limit + 1  # Linux's test for "full" is `>`
    mean, most = _queue(measures, backlog.name)
    split = _split({State.BACKLOG: mean}, size)
    return ResourceSummary(
        kind="backlog", size=size, utilisation=_utilisation(split), split=split, queue_mean=mean, queue_max=most
    )


def _cores(measures: Measures) -> ResourceSummary:
    """Computing lost to switching between threads is not counted as computing."""
    count, length = measures.trace.plan.cores.count, _length(measures)
    computing = {State.COMPUTING: float(measures.cores_time[INDEX[State.COMPUTING]])}
    split = _split(computing, count * length, measures.available(CORES, count))
    waiting = float(measures.cores_time[INDEX[State.CORE]])
    most = float(measures.runnable.most - count)
    return ResourceSummary(
        kind="cores",
        size=count,
        utilisation=_utilisation(split),
        split=split,
        queue_mean=waiting / length if length else 0.0,
        queue_max=max(most, 0.0),
    )


# --- the bottleneck ---------------------------------------------------------------------------------------------------


def bottleneck(measures: Measures, throughput_rps: float) -> Bottleneck | None:
    """The most utilised resource, or None if nothing is near its limit."""
    low, high = measures.window
    if high <= low or throughput_rps <= 0.0:
        return None
    found = max(_candidates(measures), key=lambda each: each.own_s / (each.capacity * (high - low)))
    if found.own_s / (found.capacity * (high - low)) < BINDING:
        return None
    return Bottleneck(
        resource=found.resource,
        kind=found.kind,
        size=found.size,
        utilisation=found.used_s / (found.capacity * (high - low)),
        rate_rps=throughput_rps,
        seconds_each=_work_each(measures, found.resource) or found.used_s / (high - low) / throughput_rps,
    )


class _Candidate(NamedTuple):
    """A resource that may be the bottleneck."""

    resource: str
    kind: str
    size: int
    capacity: float
    """The size, but for what was down."""
    own_s: float
    """Seconds of use that no other resource could shorten."""
    used_s: float


def _candidates(measures: Measures) -> Iterator[_Candidate]:
    """The cores come first: equals are decided for them."""

    def candidate(resource: str, kind: str, size: int, own_s: float, used_s: float) -> _Candidate:
        capacity = size * (measures.available(resource, size) or 1.0)
        return _Candidate(resource, kind, size, capacity, own_s, used_s)

    work = float(measures.cores_time[INDEX[State.COMPUTING]])
    yield candidate(CORES, "cores", measures.trace.plan.cores.count, work, work)
    for lock in measures.trace.plan.locks:
        time = measures.lock_time[lock.name].sum(axis=0)
        computing = float(time[INDEX[State.COMPUTING]])
        used = computing + float(time[INDEX[State.CORE]])
        yield candidate(lock.name, "gil" if isinstance(lock, Gil) else "loop", lock.processes, computing, used)
    for pool in reversed(measures.trace.plan.pools):
        slots = measures.slot_time[pool.name]
        own = sum(float(slots[INDEX[state]]) for state in OWN)
        yield candidate(pool.name, "pool", pool.size * pool.processes, own, float(slots.sum()))


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
