"""What interventions leave to be used, moment by moment, for the laws: the table is replayed, one entry after another.

Written anew, apart from ``simulator.trace.availability``, and much slower.
"""

import numpy as np
from numpy.typing import NDArray

from simulator.plan import Pool
from simulator.plan.processes import main_pool, process_count, slots_in_each, slots_of_each
from simulator.trace.table import Trace
from simulator.workload.interventions import Do
from tests.engine.stays import Floats


def cores_at(trace: Trace, moments: Floats) -> NDArray[np.int64]:
    """How many cores there are just after each moment."""
    count = np.full(len(moments), trace.plan.cores.count)
    for entry in trace.workload.interventions:
        if entry.do is Do.CORES:
            count[moments >= entry.at] = entry.number
    return count


def changes(trace: Trace) -> Floats:
    """When something is taken away, or comes back."""
    entries = trace.workload.interventions
    return np.array([moment for entry in entries for moment in (entry.at, entry.until)], np.float64)


def open_slots(trace: Trace, pool: Pool, copy: int, moment: float) -> set[int]:
    """The slots of a copy that somebody may be given just after a moment."""
    size, back = slots_in_each(trace.plan, pool), dict.fromkeys(range(process_count(trace.plan)), 0.0)
    for entry in trace.workload.interventions:
        if entry.at > moment:
            break
        if entry.do is Do.SLOTS and pool == main_pool(trace.plan):
            size = entry.number
        if entry.do is Do.KILL and entry.number in back:
            back[entry.number] = entry.until
    width, mortal = slots_in_each(trace.plan, pool), slots_of_each(trace.plan, pool)
    slots = range(copy * pool.size, (copy + 1) * pool.size)
    return {s for s in slots if s % width < size and not (mortal and back[s // mortal] > moment)}


def lost(trace: Trace) -> NDArray[np.bool_]:
    """[n] whether the process of each request died at the moment at which the server was through with it."""
    gone = np.zeros(len(trace), np.bool_)
    for entry in trace.workload.interventions:
        if entry.do is Do.KILL:
            gone |= (trace.process == entry.number) & (trace.left == entry.at)
    return gone
