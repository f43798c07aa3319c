"""How much every resource was used and waited for, and what for.

What to watch: what was down is not there to be used, so a utilisation is a share of what was up.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simulator.plan.place import having
from simulator.plan.resources import Backlog, Gil, Lock, Loop, Pool
from simulator.plan.words import State
from simulator.trace.availability import CORES, capacity
from simulator.trace.figures import ResourceSummary, lock_kind
from simulator.trace.measures import INDEX, STATES, Measures

IDLE = "idle"
DOWN = "down"
"""Not there: its process has died, or the pool has become smaller."""
NOTHING_S = 1e-12
"""Shorter sums are rounding errors."""


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
    line = next((place.queue for place in measures.places if place.takes == pool), None)
    return ResourceSummary(
        kind="pool",
        size=size,
        utilisation=_utilisation(split),
        split=split,
        queue_mean=mean,
        queue_max=most,
        queue_in=line.name if isinstance(line, Backlog) else None,
    )


def _lock(measures: Measures, lock: Lock) -> ResourceSummary:
    times, length = measures.lock_time[lock.name], _length(measures)
    seconds = times.sum(axis=0)
    used = {state: float(seconds[INDEX[state]]) for state in having(lock)}
    split = _split(used, lock.units * length, measures.available(lock.name, lock.units))
    mean, most = _queue(measures, lock.name)
    return ResourceSummary(
        kind=lock_kind(lock),
        size=lock.units,
        utilisation=_utilisation(split),
        split=split,
        each=_each(times[:, [INDEX[state] for state in having(lock)]].sum(axis=1), lock, length),
        queue_mean=mean,
        queue_max=most,
    )


def _each(used_s: NDArray[np.float64], lock: Lock, length: float) -> tuple[float, ...]:
    """For how much of the time each process used its own, whether or not it was up."""
    whole = length * lock.units / lock.processes
    return tuple(min(float(s) / whole, 1.0) for s in used_s) if lock.processes > 1 and whole > 0.0 else ()


def _backlog(measures: Measures, backlog: Backlog) -> ResourceSummary:
    size = backlog.places
    mean, most = _queue(measures, backlog.name)
    split = _split({State.BACKLOG: mean}, size)
    return ResourceSummary(
        kind="backlog", size=size, utilisation=_utilisation(split), split=split, queue_mean=mean, queue_max=most
    )


def _cores(measures: Measures) -> ResourceSummary:
    """Computing lost to switching between threads is not counted as computing."""
    count, length = measures.trace.plan.cores.count, _length(measures)
    computing = {State.COMPUTING: float(measures.cores_time[INDEX[State.COMPUTING]])}
    most = float(capacity(measures.trace).height.max())
    split = _split(computing, most * length, measures.available(CORES, most))
    waiting = float(measures.cores_time[[INDEX[State.CORE], INDEX[State.THROTTLED]]].sum())
    queue_max = float(measures.runnable.most - count)
    return ResourceSummary(
        kind="cores",
        size=count,
        utilisation=_utilisation(split),
        split=split,
        queue_mean=waiting / length if length else 0.0,
        queue_max=max(queue_max, 0.0),
    )
