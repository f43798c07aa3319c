"""The resource that limits the throughput, found by the utilisation law: utilisation = rate x seconds each / size.

What to watch: a slot that waits for a core, a lock or another slot is in use, but it is not what limits; it would be
free sooner if the other one were. So a pool is judged by the part of its time that no other resource could shorten.
"""

from collections.abc import Iterator

from simulator.plan.resources import Gil
from simulator.plan.words import State
from simulator.trace.figures import Bottleneck
from simulator.trace.measures import CORES, INDEX, Measures

BINDING = 0.8
"""From this utilisation on a resource is called the bottleneck; below it, nothing limits the throughput yet."""
OWN = (State.COMPUTING, State.IO, State.UPLOAD, State.DOWNLOAD)
"""What a slot is needed for; everything else is waiting for another resource."""


def bottleneck(measures: Measures, throughput_rps: float) -> Bottleneck | None:
    """The most utilised resource, or None if nothing is near its limit."""
    low, high = measures.window
    if high <= low or throughput_rps <= 0.0:
        return None
    found = max(_candidates(measures), default=None, key=lambda c: c[0] / (c[4] * (high - low)))
    if found is None or found[0] / (found[4] * (high - low)) < BINDING:
        return None
    _, used, resource, kind, size = found
    return Bottleneck(
        resource=resource,
        kind=kind,
        size=size,
        utilisation=used / (size * (high - low)),
        rate_rps=throughput_rps,
        seconds_each=used / (high - low) / throughput_rps,
    )


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
