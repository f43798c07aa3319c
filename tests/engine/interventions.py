"""What interventions leave to be used, moment by moment, for the laws: the table is replayed, one entry after another.

Written anew, apart from ``simulator.trace.availability``, and much slower.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.plan import Pool
from simulator.plan.processes import every_process, main_pool, process_count, slots_in_each, slots_of_each
from simulator.trace.table import Trace
from simulator.workload.interventions import Do
from simulator.workload.table import Work
from tests.engine.stays import Floats


@dataclass(frozen=True)
class Kill:
    """A process dies, and is back after some time."""

    process: int
    at: float
    until: float


def kills(trace: Trace) -> list[Kill]:
    """By the timeline, and by requests at a place of theirs that is the end of a process; in order of time."""
    found = [Kill(e.number, e.at, e.until) for e in trace.workload.interventions if e.do is Do.KILL]
    load, inside = trace.workload, every_process(trace.plan, trace.places)[0]
    for column, place in enumerate(trace.places):
        if place.phase is None or not inside.first <= column < inside.end:
            continue
        for row in range(len(trace)):
            kind, boot = load.phase_kinds[load.request_class[row], place.phase], load.phases[row, place.phase]
            at = float(trace.reached[row, column])
            if kind == Work.CRASH and boot > 0 and not np.isnan(at) and trace.process[row] >= 0:
                found.append(Kill(int(trace.process[row]), at, at + float(boot)))
    return sorted(found, key=lambda kill: kill.at)


def cores_at(trace: Trace, moments: Floats) -> NDArray[np.int64]:
    """How many cores there are just after each moment."""
    count = np.full(len(moments), trace.plan.cores.count)
    for entry in trace.workload.interventions:
        if entry.do is Do.CORES:
            count[moments >= entry.at] = entry.number
    return count


def changes(trace: Trace) -> Floats:
    """When something is taken away, or comes back."""
    moments = [(entry.at, entry.until) for entry in trace.workload.interventions]
    return np.array([*moments, *((kill.at, kill.until) for kill in kills(trace))], np.float64).ravel()


def open_slots(trace: Trace, pool: Pool, copy: int, moment: float) -> set[int]:
    """The slots of a copy that somebody may be given just after a moment."""
    size, back = slots_in_each(trace.plan, pool), dict.fromkeys(range(process_count(trace.plan)), 0.0)
    for entry in trace.workload.interventions:
        if entry.at > moment:
            break
        if entry.do is Do.SLOTS and pool == main_pool(trace.plan):
            size = entry.number
    for kill in kills(trace):
        if kill.at <= moment and kill.process in back:
            back[kill.process] = kill.until
    width, mortal = slots_in_each(trace.plan, pool), slots_of_each(trace.plan, pool)
    slots = range(copy * pool.size, (copy + 1) * pool.size)
    return {s for s in slots if s % width < size and not (mortal and back[s // mortal] > moment)}


def lost(trace: Trace) -> NDArray[np.bool_]:
    """[n] whether the process of each request died at the moment at which the server was through with it."""
    gone = np.zeros(len(trace), np.bool_)
    for kill in kills(trace):
        gone |= (trace.process == kill.process) & (trace.left == kill.at)
    return gone
