"""What must hold on every run, whatever the plan: each violation is a sentence, and a sound trace has none.

What to watch: every law is checked with two computations that share nothing but the trace. A queue's length comes from
a sweep over the moments at which it changes, its waiting times from the spans; Little's law says that they must agree.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simulator.plan.words import Outcome, State
from simulator.trace import availability
from simulator.trace.holding import Held, holdings
from simulator.trace.intervals import concurrency
from simulator.trace.measures import INDEX, Measures, lock_copies, measure
from simulator.trace.queues import QueueHistory
from simulator.trace.residence import Floats, client_end, server_end
from simulator.trace.table import Trace
from simulator.workload.interventions import Do

EQUAL_S = 1e-9
"""Two moments closer than this are the same."""
EQUAL_SHARE = 1e-6
"""Two sums that differ by less than this share of them are the same."""


def check(trace: Trace) -> list[str]:
    """Sentences about what cannot be true in this trace; none if it is sound."""
    if not len(trace):
        return []
    history = QueueHistory()
    measures = measure(trace, (0.0, trace.horizon_s), history.read)
    laws = (
        _outcomes(trace),
        _order(trace),
        _pools(measures, history),
        _backlogs(measures, history),
        _locks(trace),
        _cores(measures, history),
        _little(measures, history),
    )
    return [violation for law in laws for violation in law]


def check_measured(trace: Trace) -> list[str]:
    """What must hold for a measured run too: one end for each request, and no place before the one in front of it.

    The other laws are about the plan. A real server need not follow it: that is why it is measured.
    """
    return [violation for law in (_outcomes(trace), _order(trace)) for violation in law]


def _rows(wrong: NDArray[np.bool_]) -> str:
    first, number = int(np.argmax(wrong)), int(wrong.sum())
    return f"request {first}" if number == 1 else f"request {first} and {number - 1} more"


def _outcomes(trace: Trace) -> Iterator[str]:
    known = np.isin(trace.outcome, [int(outcome) for outcome in Outcome])
    if not known.all():
        yield f"{_rows(~known)} ended in no known way"
    still_open = trace.outcome == Outcome.OPEN
    wrong = still_open != np.isnan(trace.finished)
    if wrong.any():
        yield f"{_rows(wrong)} must have either an outcome and an end, or neither"
    early = trace.finished < trace.arrival
    if early.any():
        yield f"{_rows(early)} finished before it arrived"


def _order(trace: Trace) -> Iterator[str]:
    before = trace.arrival
    wrong = np.zeros(len(trace), np.bool_)
    for index in range(len(trace.places)):
        reached = trace.reached[:, index]
        wrong |= reached < before - EQUAL_S
        before = np.where(np.isnan(reached), before, reached)
    wrong |= trace.left < before - EQUAL_S
    if wrong.any():
        yield f"{_rows(wrong)} reached a place before the one in front of it"


def _pools(measures: Measures, history: QueueHistory) -> Iterator[str]:
    for part in measures.held:
        yield from _pool(measures.trace, part)
        if part.pool.queue_limit is not None and part.pool.processes == 1:
            most = history.queue(part.pool.name).maximum(*measures.window)
            if most > part.pool.queue_limit:
                yield f"{most:.0f} requests waited for a {part.pool.name}, and {part.pool.queue_limit} may"


def _backlogs(measures: Measures, history: QueueHistory) -> Iterator[str]:
    for backlog in measures.trace.plan.backlogs:
        most = history.queue(backlog.name).maximum(*measures.window)
        if most > backlog.limit + 1:
            yield f"the {backlog.name} held {most:.0f} connections, and has {backlog.limit + 1} places"


def _pool(trace: Trace, part: Held) -> Iterator[str]:
    pool, held = part.pool, holdings(trace, part)
    size = pool.size * pool.processes
    most = concurrency(held.start, held.end).maximum(0.0, np.inf)
    if most > size:
        yield f"{most:.0f} {pool.name} slots were held at once, and there are {size}"
    if len(held.slot) and held.slot.max() >= size:
        yield f"{pool.name} {held.slot.max()} was held, and the last one is {size - 1}"
    twice = _overlaps(held.slot, held.start, held.end)
    if twice is not None:
        row, moment = twice
        yield f"{pool.name} {held.slot[row]} was held by two requests at {moment:.6f} s"


def _overlaps(key: NDArray[np.int32], start: Floats, end: Floats) -> tuple[int, float] | None:
    """The first row whose interval overlaps the one before it with the same key, and when."""
    order = np.lexsort((start, key))
    same = key[order][1:] == key[order][:-1]
    wrong = np.flatnonzero(same & (start[order][1:] < end[order][:-1] - EQUAL_S))
    if not len(wrong):
        return None
    row = int(order[wrong[0] + 1])
    return row, float(start[row])


def _locks(trace: Trace) -> Iterator[str]:
    grants = trace.grants
    if grants is None:
        return
    for lock in trace.plan.locks:
        rows = np.array([i for i, place in enumerate(trace.places) if place.lock == lock])
        of_lock = np.flatnonzero(np.isin(grants.place, rows))
        copies = lock_copies(trace, trace.places[rows[0]], grants.request[of_lock].astype(np.intp))
        twice = _overlaps(copies, grants.start[of_lock], grants.end[of_lock])
        if twice is not None:
            yield f"{lock.name} {copies[twice[0]]} was held by two requests at {twice[1]:.6f} s"


def _cores(measures: Measures, history: QueueHistory) -> Iterator[str]:
    """The cores do neither more nor less than the runnable threads and their number allow."""
    work = float(measures.cores_time[INDEX[State.COMPUTING]])
    there = availability.cores(measures.trace).integral(*measures.window)
    if work > there * (1.0 + EQUAL_S) + EQUAL_S:
        yield f"{work:.6f} s of computing were done, and the cores have {there:.6f} s"
    possible = sum(
        availability.cores_in_use(measures.trace, part).integral(part.begin, part.end) for part in history.runnable()
    )
    still_open = (measures.trace.outcome == Outcome.OPEN).any()
    if not still_open and abs(work - possible) > _cut_short(measures.trace) and _differ(work, possible):
        yield f"{work:.6f} s of computing were done while threads were runnable for {possible:.6f} s of the cores' time"


def _cut_short(trace: Trace) -> float:
    """Seconds of computing that a crash interrupted: how much of the work was done by then is not recorded."""
    seconds = 0.0
    for kill in availability.interventions(trace, Do.KILL):
        rows = availability.lost(trace, kill)
        if len(rows):
            since = np.nan_to_num(np.where(trace.reached[rows] < kill.at, trace.reached[rows], np.nan), nan=0.0)
            seconds += float((kill.at - since.max(axis=1)).sum())
    return seconds


def _little(measures: Measures, history: QueueHistory) -> Iterator[str]:
    """Mean number = arrival rate x mean time, for the whole system and for every queue."""
    trace = measures.trace
    inside = concurrency(trace.arrival, client_end(trace)).integral(*measures.window)
    lives = float(measures.life.sum())
    if _differ(inside, lives):
        yield f"Little's law: {inside:.6f} request-seconds in the system by counting, {lives:.6f} by adding up lives"
    for name, seconds in _waits(measures):
        counted = history.queue(name).integral(*measures.window)
        if _differ(counted, seconds):
            sums = f"{counted:.6f} request-seconds by counting, {seconds:.6f} by adding up"
            yield f"Little's law: waiting for {name} took {sums}"


def _waits(measures: Measures) -> Iterator[tuple[str, float]]:
    """For every queue, the sum of the times that requests waited in it, from the columns of the trace."""
    trace = measures.trace
    for index, place in enumerate(measures.places):
        if place.queue is not None:
            yield place.queue.name, _stays(trace, index)
    for lock in trace.plan.locks:
        columns = [i for i, place in enumerate(trace.lock_places) if measures.places[place].lock == lock]
        yield lock.name, float(np.nansum(trace.lock_wait[:, columns]))


def _stays(trace: Trace, place: int) -> float:
    here = np.flatnonzero(~np.isnan(trace.reached[:, place]))
    later = np.fmin.reduce(trace.reached[here, place + 1 :], axis=1, initial=np.inf)
    return float((np.minimum(later, server_end(trace)[here]) - trace.reached[here, place]).sum())


def _differ(one: float, other: float) -> bool:
    return abs(one - other) > 1e-6 + EQUAL_SHARE * max(abs(one), abs(other))
