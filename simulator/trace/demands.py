"""What requests need at the places of the walk: seconds of a core, the lock of the place, and which copy of it.

What to watch: this is the service demand, known from plan and workload. How long a request stayed is something else.
"""

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Lock, Loop
from simulator.plan.steps import MEBIBYTE
from simulator.plan.walk import Place
from simulator.plan.words import Outcome, State
from simulator.trace.table import Trace
from simulator.workload.table import Work

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]


def kinds_at(trace: Trace, phase: int, rows: slice | Rows) -> NDArray[np.int8]:
    """What kind of work each of the requests has as one of its phases."""
    return np.asarray(trace.workload.phase_kinds[trace.workload.request_class[rows], phase])


def work_at(trace: Trace, index: int, rows: Rows) -> Floats:
    """Seconds on a core that each of the requests needs at a computing place, waking its process included."""
    place = trace.places[index]
    woken = trace.woken[rows, index] if trace.woken.ndim > 1 else 0.0
    if place.phase is None:
        fixed = np.full(len(rows), place.work_s) + woken
        return fixed if not place.mebibyte_s else fixed + trace.workload.upload[rows] * place.mebibyte_s / MEBIBYTE
    own = trace.workload.phases[rows, place.phase]
    if place.cpu_factor != 1.0:
        own = own * np.where(kinds_at(trace, place.phase, rows) == Work.CPU, place.cpu_factor, 1.0)
    return np.asarray(own + place.work_s + woken)


def computes_at(trace: Trace, index: int, rows: Rows) -> NDArray[np.bool_]:
    """Which of the requests came to a place of the walk and computed there."""
    place = trace.places[index]
    there: NDArray[np.bool_] = ~np.isnan(trace.reached[rows, index])
    if place.state is not State.COMPUTING:
        return np.zeros(len(rows), np.bool_)
    if place.phase is not None:
        there &= np.isin(kinds_at(trace, place.phase, rows), [work for work in Work if work.computes])
    return there


def needs_lock_at(trace: Trace, index: int, lock: Lock | None, rows: Rows) -> NDArray[np.bool_]:
    """Which of the requests came to a place of the walk and needed this one of its locks there."""
    place = trace.places[index]
    there: NDArray[np.bool_] = ~np.isnan(trace.reached[rows, index])
    if place.phase is not None:
        there &= np.isin(kinds_at(trace, place.phase, rows), [work for work in Work if lock in work.locks(place)])
    return there


def blocked(trace: Trace, lock: Lock) -> bool:
    """Whether requests may wait while they have a lock: a loop, in calls that do not let go of it."""
    under = [place for place in trace.places if place.phase is not None and place.lock == lock]
    kinds = [Work(kind) for kind in np.unique(trace.workload.phase_kinds)] if under else []
    standing = [kind for kind in kinds if not kind.computes]
    return any(kind.is_done_at(place) and kind.needs_lock(place) for kind in standing for place in under)


def lock_held_at(trace: Trace, index: int, rows: Rows) -> Floats:
    """Seconds for which each of the requests needs the lock of a place: computing, and standing still with it."""
    place = trace.places[index]
    if place.phase is None:
        return work_at(trace, index, rows)
    computes = np.isin(kinds_at(trace, place.phase, rows), [work for work in Work if work.computes])
    return work_at(trace, index, rows) - np.where(computes, 0.0, place.work_s)


def lock_copies(trace: Trace, place: Place, rows: Rows) -> NDArray[np.int32]:
    """Which copy of a place's lock each request uses: that of its process."""
    if place.lock is None or place.lock.processes == 1:
        return np.zeros(len(rows), np.int32)
    return np.maximum(trace.process[rows], 0)


def carried_through(trace: Trace) -> NDArray[np.bool_]:
    """[n] whether the server did all of the request's work, be it for a client who had gone."""
    done: NDArray[np.bool_] = (trace.outcome == Outcome.COMPLETED) | ~np.isnan(trace.left)
    ends = [i for i, place in enumerate(trace.places) if place.state is not State.DELIVERY]
    if not ends or trace.places[ends[-1]].phase is None:
        return done & ~np.isnan(trace.reached[:, ends[-1]]) if ends else done
    kinds = trace.workload.phase_kinds
    phases = np.array([max(np.flatnonzero(row), default=-1) for row in kinds])[trace.workload.request_class]
    for index in (i for i in ends if trace.places[i].phase is not None):
        due = (phases == trace.places[index].phase) & (trace.workload.phases[:, trace.places[index].phase or 0] > 0.0)
        done &= ~due | ~np.isnan(trace.reached[:, index])
    return done


def runs_native_code(trace: Trace, lock: Lock, name: str) -> bool:
    """Whether what a class computes under a loop is mostly native code, which a thread could do beside it."""
    load = trace.workload
    if not isinstance(lock, Loop) or name not in load.class_names:
        return False
    number = load.class_names.index(name)
    seconds = load.phases[load.request_class == number].sum(axis=0)
    of: dict[Work, float] = {Work.CPU: 0.0, Work.NATIVE: 0.0}
    for phase, kind in enumerate(Work(each) for each in load.phase_kinds[number]):
        here = (place for place in trace.places if place.phase == phase and kind.is_done_at(place))
        if kind in of and any(lock in kind.locks(place) for place in here):
            of[kind] += float(seconds[phase])
    return of[Work.NATIVE] > of[Work.CPU]
