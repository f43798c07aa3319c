"""What was there to be used, and when: slots of processes that were down, of pools that became smaller, and cores.

What to watch: a slot is away from the moment at which nobody holds it any more and nobody may have it. A worker that
has to go while it is busy finishes first; one whose process dies does not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.plan.processes import main_pool, process_count, slots_in_each, slots_of_each
from simulator.plan.resources import Lock, Pool
from simulator.trace.holding import held_parts, holdings
from simulator.trace.intervals import StepFunction, concurrency, union
from simulator.trace.residence import Floats, Rows
from simulator.trace.running_counts import Changes
from simulator.trace.table import Trace
from simulator.workload.interventions import Do, Intervention

CORES = "cores"
Stretches = list[tuple[float, float]]
"""Pairs of start and end in seconds."""


@dataclass(frozen=True, eq=False, slots=True)
class Away:
    """When slots of one pool, or copies of one lock, were away: one row for every stretch of time of each of them."""

    slot: NDArray[np.int32]
    start: Floats
    end: Floats


def interventions(trace: Trace, *kinds: Do) -> list[Intervention]:
    """The entries of some kinds, in order of time."""
    return [entry for entry in trace.interventions if entry.do in kinds]


def lost(trace: Trace, kill: Intervention) -> Rows:
    """The requests that a process, or a group of them, took along when it died."""
    killed = trace.process if kill.do is Do.KILL else trace.group
    return np.flatnonzero((killed == kill.number) & (trace.left == kill.at))


def processes_down(trace: Trace) -> dict[int, Stretches]:
    """For every process that died: from its death to the end of its boot."""
    down: dict[int, Stretches] = {}
    for entry in interventions(trace, Do.KILL):
        if entry.number < process_count(trace.plan):
            down.setdefault(entry.number, []).append((entry.at, entry.until))
    return {process: _restarted(stretches) for process, stretches in down.items()}


def _restarted(kills: Stretches) -> Stretches:
    """A process that is killed while it boots is back when the last boot is over, be it earlier."""
    merged: Stretches = []
    for start, end in kills:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def slots_away(trace: Trace, pool: Pool) -> Away:
    """When slots of the pool were away."""
    closed = dict(_closed(trace, pool))
    part = held_parts(trace, trace.places)[trace.plan.pools.index(pool)]
    held = holdings(trace, part) if closed else None
    found: list[tuple[int, float, float]] = []
    for slot, stretches in closed.items():
        assert held is not None  # there is something closed
        here = held.slot == slot
        for start, end in stretches:
            busy = here & (held.start <= start) & (held.end > start)  # it finishes first
            free = max(start, float(held.end[busy].max(initial=start)))
            if free < end:
                found.append((slot, free, end))
    slot_column, starts, ends = zip(*found, strict=True) if found else ((), (), ())
    return Away(np.array(slot_column, np.int32), np.array(starts, np.float64), np.array(ends, np.float64))


def _closed(trace: Trace, pool: Pool) -> Iterator[tuple[int, Stretches]]:
    """The slots that nobody may have for some time, and when."""
    down, of_each = processes_down(trace), slots_of_each(trace.plan, pool)
    width = slots_in_each(trace.plan, pool)
    sizes = interventions(trace, Do.SLOTS) if pool == main_pool(trace.plan) else []
    if not sizes and not (down and of_each):
        return
    end = trace.horizon_s
    too_small = {place: _too_small(sizes, place, end) for place in range(width)}
    for slot in range(pool.size * pool.processes):
        stretches = too_small[slot % pool.size % width] + (down.get(slot // of_each, []) if of_each else [])
        if not stretches:
            continue
        starts, ends = np.array(stretches, np.float64).reshape(-1, 2).T
        starts, ends = union(starts, np.minimum(ends, end))
        yield slot, [(float(a), float(b)) for a, b in zip(starts, ends, strict=True) if b > a]


def _too_small(sizes: list[Intervention], place: int, end: float) -> Stretches:
    """When the pool was too small for the slot at this place of each copy."""
    moments = [*(entry.at for entry in sizes), end]
    return [(entry.at, until) for entry, until in zip(sizes, moments[1:], strict=True) if place >= entry.number]


def copies_away(trace: Trace, lock: Lock) -> Away:
    """When the processes of a lock's copies were down; where each process has one. The last may end after the run."""
    down = processes_down(trace) if lock.processes == process_count(trace.plan) else {}
    each = lock.units // lock.processes
    rows = [
        (copy * each + unit, *stretch)
        for copy, stretches in down.items()
        for stretch in stretches
        for unit in range(each)
    ]
    copies, starts, ends = zip(*rows, strict=True) if rows else ((), (), ())
    return Away(np.array(copies, np.int32), np.array(starts, np.float64), np.array(ends, np.float64))


def away_by_name(trace: Trace) -> dict[str, StepFunction]:
    """How much was away at each moment: slots of pools, locks of processes, cores; only what was away at all."""
    found: dict[str, StepFunction] = {}
    if not trace.interventions:
        return found
    for pool in trace.plan.pools:
        stretches = slots_away(trace, pool)
        found[pool.name] = concurrency(stretches.start, stretches.end)
    for lock in trace.plan.locks:
        stretches = copies_away(trace, lock)
        found[lock.name] = concurrency(stretches.start, np.minimum(stretches.end, trace.horizon_s))
    there = cores(trace)
    missing = trace.plan.cores.count - there.height
    found[CORES] = StepFunction(there.at, missing) if missing.any() else concurrency(np.empty(0), np.empty(0))
    return {name: each for name, each in found.items() if len(each.at)}


def cores_in_use(trace: Trace, part: Changes) -> StepFunction:
    """Seconds of computing done in each second of a part, as the numbers of runnable threads and of cores allow."""
    there, plan, runnable = cores(trace), trace.plan, part.step_function()
    changes = there.at[(there.at >= part.begin) & (there.at < part.end)]
    at = np.union1d(runnable.at, changes)
    threads, count = np.round(runnable.values(at)).astype(np.intp), there.values(at).astype(np.intp)
    done = np.zeros((int(count.max(initial=0)) + 1, int(threads.max(initial=0)) + 1))
    for number in np.unique(count).tolist():
        machine = replace(plan.cores, count=number)
        done[number] = [many * machine.rate(many) for many in range(done.shape[1])]
    return StepFunction(at, done[count, threads])


def quotas(trace: Trace) -> list[tuple[float, int, float]]:
    """From when on there were how many cores, and of how many of them a container had the time; 0: of all."""
    changes = [(entry.at, entry.number, entry.quota) for entry in interventions(trace, Do.CORES)]
    return [(0.0, trace.plan.cores.count, trace.plan.cores.quota), *changes]


def quota_at(trace: Trace, t_s: float) -> float:
    """Of how many cores a container had the time at a moment; 0: there was no quota."""
    return [quota for at, _, quota in quotas(trace) if at <= t_s][-1]


def capacity(trace: Trace) -> StepFunction:
    """How many cores could compute at each moment: those of a container's quota, where there was one."""
    steps = {at: quota or float(count) for at, count, quota in quotas(trace)}
    return StepFunction(np.array(list(steps)), np.array(list(steps.values())))


def cores(trace: Trace) -> StepFunction:
    """How many cores there were at each moment."""
    steps = {0.0: float(trace.plan.cores.count)}
    steps |= {entry.at: float(entry.number) for entry in interventions(trace, Do.CORES)}
    return StepFunction(np.array(list(steps)), np.array(list(steps.values())))


class Outages:
    """What is away at any one moment of a run."""

    def __init__(self, trace: Trace) -> None:
        """Nothing is looked for yet."""
        self._trace = trace

    @cached_property
    def pools(self) -> tuple[Away, ...]:
        """By the number of the pool in the plan: when which of its slots were away."""
        return tuple(slots_away(self._trace, pool) for pool in self._trace.plan.pools)

    @cached_property
    def locks(self) -> tuple[Away, ...]:
        """By the number of the lock in the plan: when the process of which copy was down."""
        return tuple(copies_away(self._trace, lock) for lock in self._trace.plan.locks)

    @cached_property
    def cores(self) -> StepFunction:
        """How many cores there are at each moment."""
        return cores(self._trace)

    def slots_down(self, pool: int, t_s: float) -> NDArray[np.int32]:
        """The slots of a pool that are away at a moment."""
        away = self.pools[pool]
        return away.slot[(away.start <= t_s) & ((away.end > t_s) | (away.end >= self._over_s))]  # also at the very end

    def copies_down(self, lock: int, t_s: float) -> NDArray[np.int32]:
        """The copies of a lock whose process is down at a moment."""
        away = self.locks[lock]
        return away.slot[(away.start <= t_s) & (away.end > t_s)]

    def cores_at(self, t_s: float) -> int:
        """How many cores there are at a moment."""
        return int(self.cores.values(np.array([t_s]))[0])

    @cached_property
    def _over_s(self) -> float:
        """Where stretches of slots are cut off: what is away then does not come back."""
        return self._trace.horizon_s
