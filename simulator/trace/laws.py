"""The laws that a run keeps through time: nothing is used beyond its size, and Little's law holds for every queue.

What to watch: every law is checked with two computations that share nothing but the trace. A queue's length comes from
a sweep over the moments at which it changes, its waiting times from the columns; Little's law says that they must
agree. Of a stay that is only partly between the two moments nobody knows what was done when: a law that asks allows for
it, and for the whole run there is no such stay.
"""

from collections.abc import Iterator
from math import inf

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import QUOTA_PERIOD_S, Lock, Loop
from simulator.plan.walk import Place
from simulator.plan.words import Outcome, State
from simulator.trace import availability
from simulator.trace.demands import computes_at, lock_copies, work_at
from simulator.trace.holding import Held, holdings
from simulator.trace.intervals import concurrency
from simulator.trace.measures import Measures, measure
from simulator.trace.queues import QueueHistory
from simulator.trace.residence import Floats, Rows, client_end, server_end
from simulator.trace.table import Trace
from simulator.workload.interventions import Do

EQUAL_S = 1e-9
"""Two moments closer than this are the same ..."""
ROUNDED = 8
"""... or that differ by so many of the smallest steps that a number as large as the end of the run can take: each is
the sum of a few others, which were rounded. That is less than a nanosecond in any run that is over after ten days."""
EQUAL_SHARE = 1e-6
"""Two sums that differ by less than this share of them are the same."""


def rounding_s(trace: Trace) -> float:
    """How far any moment of a run may be off because numbers have 53 bits."""
    return ROUNDED * float(np.spacing(trace.horizon_s))


def equal_s(trace: Trace) -> float:
    """Two moments of a run that are closer than this are the same."""
    return max(EQUAL_S, rounding_s(trace))


def broken_laws(trace: Trace, between: tuple[float, float]) -> list[str]:
    """Sentences about what cannot be true; ``trace`` has every request that was there between the two moments."""
    history = QueueHistory()
    measures = measure(trace, between, history.read)
    laws = (
        _pools(measures, history),
        _backlogs(measures, history),
        _locks(trace),
        _cores(measures, history),
        _little(measures, history),
    )
    return [violation for law in laws for violation in law]


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
        if most > backlog.places:
            yield f"the {backlog.name} held {most:.0f} connections, and has {backlog.places} places"


def _pool(trace: Trace, part: Held) -> Iterator[str]:
    pool, held = part.pool, holdings(trace, part)
    size = pool.size * pool.processes
    most = concurrency(held.start, held.end).maximum(0.0, np.inf)
    if most > size:
        yield f"{most:.0f} {pool.name} slots were held at once, and there are {size}"
    twice = _overlaps(held.slot, held.start, held.end, equal_s(trace))
    if twice is not None:
        row, moment = twice
        yield f"{pool.name} {held.slot[row]} was held by two requests at {moment:.6f} s"


def _overlaps(key: NDArray[np.int32], start: Floats, end: Floats, equal: float) -> tuple[int, float] | None:
    """The first row whose interval overlaps the one before it with the same key, and when."""
    order = np.lexsort((start, key))
    same = key[order][1:] == key[order][:-1]
    wrong = np.flatnonzero(same & (start[order][1:] < end[order][:-1] - equal))
    if not len(wrong):
        return None
    row = int(order[wrong[0] + 1])
    return row, float(start[row])


def _locks(trace: Trace) -> Iterator[str]:
    grants = trace.grants
    if grants is None:
        return
    for number, lock in enumerate(trace.plan.locks):
        of_lock = np.flatnonzero(grants.lock == number)
        place = next(place for place in trace.places if lock in place.locks)
        copies = lock_copies(trace, place, grants.request[of_lock].astype(np.intp))
        if lock.units > lock.processes:
            yield from _at_once(trace, lock, copies, grants.start[of_lock], grants.end[of_lock])
            continue
        twice = _overlaps(copies, grants.start[of_lock], grants.end[of_lock], equal_s(trace))
        if twice is not None:
            yield f"{lock.name} {copies[twice[0]]} was held by two requests at {twice[1]:.6f} s"


def _at_once(trace: Trace, lock: Lock, copies: NDArray[np.int32], start: Floats, end: Floats) -> Iterator[str]:
    """No more have it than may."""
    permits = lock.units // lock.processes
    for copy in range(lock.processes):
        mine, equal = copies == copy, equal_s(trace)
        most = concurrency(start[mine] + equal, np.maximum(end[mine], start[mine] + equal)).maximum(0.0, np.inf)
        if most > permits:
            yield f"{lock.name} {copy} was held by {most:.0f} requests at once, and {permits} may"


def _cores(measures: Measures, history: QueueHistory) -> Iterator[str]:
    """The cores do neither more nor less than the runnable threads and their number allow."""
    trace, between = measures.trace, measures.window
    work, doubt = 0.0, _cut_short(trace)
    for index, place in enumerate(measures.places):
        if place.state is State.COMPUTING and place.cores is None:  # of this machine
            done, unknown = _computed(trace, index, place, between)
            work, doubt = work + done, doubt + unknown
    there = sum(_allowed(trace, between))
    if work - doubt > there * (1.0 + EQUAL_S) + equal_s(trace):
        yield f"{work:.6f} s of computing were done, and the cores have {there:.6f} s"
    possible = sum(availability.cores_in_use(trace, part).integral(part.begin, part.end) for part in history.runnable())
    still_open = (trace.outcome == Outcome.OPEN).any()
    quota = any(quota for _, _, quota in availability.quotas(trace))
    if not still_open and not quota and _differ(work, possible, doubt):
        yield f"{work:.6f} s of computing were done while threads were runnable for {possible:.6f} s of the cores' time"


def _allowed(trace: Trace, between: tuple[float, float]) -> Iterator[float]:
    """Seconds of computing that the cores have between two moments, from one change of their number to the next."""
    sizes = availability.quotas(trace)
    for (at, count, quota), end in zip(sizes, [*(at for at, _, _ in sizes[1:]), inf], strict=True):
        low, high = max(at, between[0]), min(end, between[1])
        periods = high // QUOTA_PERIOD_S - low // QUOTA_PERIOD_S + 1  # the first and the last may have it whole
        if high > low:
            yield min(count * (high - low), quota * QUOTA_PERIOD_S * periods if quota else inf)


def _computed(trace: Trace, index: int, place: Place, between: tuple[float, float]) -> tuple[float, float]:
    """Seconds of computing at a place between two moments, and how many of them are in doubt."""
    rows, start, end = _stays(trace, index)
    computes = computes_at(trace, index, rows)
    rows, start, end = rows[computes], start[computes], end[computes]
    work, rounded = work_at(trace, index, rows), len(rows) * rounding_s(trace)
    for lock in place.locks:
        wait = _waited(trace, index, lock, rows)
        if _waits_first(place, lock):
            start = np.minimum(start + wait, end)
        else:
            work = np.minimum(work, np.maximum(end - start - wait, 0.0))
    done, unknown = _between(np.minimum(work, end - start), start, end, between)
    return done, unknown + rounded


def _waits_first(place: Place, lock: Lock) -> bool:
    """Whether all the waiting for a lock comes before all that it is wanted for: nobody takes turns at a loop."""
    return isinstance(lock, Loop) and place.visits == 1


def _waited(trace: Trace, index: int, lock: Lock, rows: Rows) -> Floats:
    """How long each of some requests waited at a place for one of its locks."""
    return np.asarray(np.fmax(trace.lock_wait[rows, trace.locked.index((index, lock))], 0.0))


def _between(seconds: Floats, start: Floats, end: Floats, between: tuple[float, float]) -> tuple[float, float]:
    """How many of the seconds that each stay has of something lie between two moments, if they are spread evenly; and
    how far that may be wrong, where a stay is cut and they are not.
    """
    low, high = between
    length, inside = end - start, np.minimum(end, high) - np.maximum(start, low)
    whole, cut = inside >= length, (inside > 0.0) & (inside < length)
    seconds, inside, length, complete = seconds[cut], inside[cut], length[cut], float(seconds[whole].sum())
    doubt = np.minimum(seconds, np.minimum(inside, length - inside)).sum()
    return complete + float((seconds * inside / length).sum()), float(doubt)


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
    inside = concurrency(trace.arrival, client_end(trace)).integral(
        0.0, trace.horizon_s
    )  # of all whom we know, all their life
    lives = float(measures.life.sum())
    rounded = len(trace) * rounding_s(trace)
    if _differ(inside, lives, rounded):
        yield f"Little's law: {inside:.6f} request-seconds in the system by counting, {lives:.6f} by adding up lives"
    for name, (seconds, doubt) in _waits(measures):
        counted = history.queue(name).integral(*measures.window)
        if _differ(counted, seconds, doubt):
            sums = f"{counted:.6f} request-seconds by counting, {seconds:.6f} by adding up"
            yield f"Little's law: waiting for {name} took {sums}"


def _waits(measures: Measures) -> Iterator[tuple[str, tuple[float, float]]]:
    """For every queue, the sum of the times that requests waited in it, from the columns; and the doubt."""
    trace, between = measures.trace, measures.window
    lines = [(index, place.queue.name) for index, place in enumerate(measures.places) if place.queue is not None]
    for name in dict.fromkeys(name for _, name in lines):
        _, start, end = (
            np.concatenate(each) for each in zip(*(_stays(trace, i) for i, n in lines if n == name), strict=True)
        )
        seconds = np.minimum(end, between[1]) - np.maximum(start, between[0])
        yield name, (float(seconds[seconds > 0.0].sum()), len(seconds) * rounding_s(trace))
    for lock in trace.plan.locks:
        found = [_locked_out(trace, index, lock, between) for index, needed in trace.locked if needed == lock]
        yield lock.name, (sum(seconds for seconds, _ in found), sum(doubt for _, doubt in found))


def _locked_out(trace: Trace, index: int, lock: Lock, between: tuple[float, float]) -> tuple[float, float]:
    """Seconds of waiting for a lock at a place between two moments, and how many of them are in doubt."""
    rows, start, end = _stays(trace, index)
    place, wait = trace.places[index], _waited(trace, index, lock, rows)
    if place.lock is not None and lock != place.lock:  # before that it waited for the loop
        start = start + _waited(trace, index, place.lock, rows)
    if _waits_first(place, lock):
        end = start + wait
    seconds, doubt = _between(wait, start, end, between)
    return seconds, doubt + len(rows) * rounding_s(trace)


def _stays(trace: Trace, place: int) -> tuple[Rows, Floats, Floats]:
    """Who came to a place, when, and when they left it."""
    here = np.flatnonzero(~np.isnan(trace.reached[:, place]))
    later = np.fmin.reduce(trace.reached[here, place + 1 :], axis=1, initial=np.inf)
    return here, trace.reached[here, place], np.minimum(later, server_end(trace)[here])


def _differ(one: float, other: float, doubt: float = 0.0) -> bool:
    return abs(one - other) > 1e-6 + EQUAL_SHARE * max(abs(one), abs(other)) + doubt
