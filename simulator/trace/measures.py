"""One pass over all spans: where requests spent their time, and what every resource was used for.

What to watch: a request's time and a slot's time are cut from the same spans. The first are clipped to the life of the
request as its client sees it, the second to the window in which resources are measured.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from simulator.plan.walk import Place
from simulator.plan.words import Outcome, State
from simulator.trace import availability
from simulator.trace.availability import away_by_name, cores
from simulator.trace.holding import Held, held_parts
from simulator.trace.levels import Level, difference, level, union_by_copy
from simulator.trace.outcomes import arrived_in_window, window
from simulator.trace.stays import Floats, Span, client_end, server_end, spans
from simulator.trace.table import Trace

STATES = tuple(State)
INDEX = {state: i for i, state in enumerate(STATES)}
CORES = availability.CORES
OUTSIDE, NOT_COMPLETED, COMPLETED, SLOWEST = range(4)


@dataclass(eq=False)
class Intervals:
    """Many intervals, collected piece by piece."""

    starts: list[Floats] = field(default_factory=list)
    ends: list[Floats] = field(default_factory=list)
    copies: list[NDArray[np.int32]] = field(default_factory=list)

    def add(self, start: Floats, end: Floats, copies: NDArray[np.int32] | None = None) -> None:
        """Add some; ``copies`` says which copy of the resource each belongs to."""
        self.starts.append(start)
        self.ends.append(end)
        self.copies.append(np.zeros(len(start), np.int32) if copies is None else copies)

    def joined(self) -> tuple[Floats, Floats, NDArray[np.int32]]:
        """All of them: starts, ends, copies."""
        if not self.starts:
            return np.empty(0), np.empty(0), np.empty(0, np.int32)
        return np.concatenate(self.starts), np.concatenate(self.ends), np.concatenate(self.copies)


@dataclass(frozen=True, eq=False, kw_only=True)
class Measures:
    """Sums over a trace; seconds throughout. A ``time`` array has one column for each of ``STATES``."""

    trace: Trace
    places: tuple[Place, ...]
    held: tuple[Held, ...]
    window: tuple[float, float]
    category: NDArray[np.int8]
    """[n] OUTSIDE the window, NOT_COMPLETED, COMPLETED, or among the SLOWEST completed ones."""
    life: Floats
    """[categories, places + 1, states] seconds of requests."""
    slot_time: dict[str, Floats]
    """By pool: [states] seconds of slots within the window."""
    lock_time: dict[str, Floats]
    """By lock: [copies, states] seconds within the window; waiting is of requests, the rest of the lock."""
    cores_time: Floats
    """[states] seconds within the window that requests computed, and that they waited for a core."""
    waiting: dict[str, Intervals]
    """By backlog or pool: when requests waited for it."""
    at_lock: dict[str, Intervals]
    """By lock: when requests waited for it or held it."""
    unlocked: Intervals
    """When requests computed, or waited for a core, without a lock."""

    def count(self, *categories: int) -> int:
        """Requests in these categories."""
        return int(np.isin(self.category, categories).sum())

    def mean_life(self, *categories: int) -> Floats:
        """[places + 1, states] mean seconds over the requests in these categories; zeros if there are none."""
        total: Floats = self.life[list(categories)].sum(axis=0)
        return total / max(self.count(*categories), 1)

    def lock_in_use(self, name: str) -> Level:
        """How many copies of a lock are in use at each moment: it is in use whenever anybody is at it."""
        return level(*union_by_copy(*self.at_lock[name].joined()))

    def queue(self, name: str) -> Level:
        """How many requests wait for a backlog, pool or lock at each moment."""
        if name in self.at_lock:
            starts, ends, _ = self.at_lock[name].joined()
            return difference(level(starts, ends), self.lock_in_use(name))
        starts, ends, _ = self.waiting[name].joined()
        return level(starts, ends)

    def runnable(self) -> Level:
        """How many requests compute or wait for a core at each moment."""
        holders = [union_by_copy(*intervals.joined()) for intervals in self.at_lock.values()]
        starts, ends, _ = self.unlocked.joined()
        return level(
            np.concatenate([starts, *(h[0] for h in holders)]), np.concatenate([ends, *(h[1] for h in holders)])
        )

    def cores_in_use(self) -> Level:
        """Seconds of computing done in each second, as the numbers of runnable threads and of cores allow."""
        runnable, there, plan = self.runnable(), cores(self.trace), self.trace.plan
        at = np.union1d(runnable.at, there.at) if len(there.at) > 1 else runnable.at
        threads, count = np.round(runnable.values(at)).astype(np.intp), there.values(at).astype(np.intp)
        done = np.zeros((int(count.max(initial=0)) + 1, int(threads.max(initial=0)) + 1))
        for number in np.unique(count).tolist():
            machine = replace(plan.cores, count=number)
            done[number] = [many * machine.rate(many) for many in range(done.shape[1])]
        return Level(at, done[count, threads])

    def available(self, name: str, size: int) -> float:
        """The share of the window, and of its size, in which a resource was there to be used."""
        away = away_by_name(self.trace).get(name)
        return 1.0 if away is None else 1.0 - away.mean(*self.window) / size

    def in_hand(self, index: int) -> float:
        """How many requests came to an acceptor's place and are not finished, on average, as a share of their limit."""
        place = self.places[index]
        if place.most_in_hand is None or place.lock is None:
            return 0.0
        taken = np.flatnonzero(~np.isnan(self.trace.reached[:, index]))
        many = level(self.trace.reached[taken, index], server_end(self.trace)[taken])
        return many.mean(*self.window) / (place.most_in_hand * place.lock.processes)


def measure(trace: Trace, between: tuple[float, float] | None = None) -> Measures:
    """Add everything up; resources between the two moments, or in the window if none are given."""
    measures = _blank(trace, window(trace) if between is None else between)
    end = client_end(trace)
    for span in spans(trace):
        _add_life(measures, span, end)
        _add_resources(measures, span)
    _bound(measures)
    return measures


def _bound(measures: Measures) -> None:
    """Nothing is used more than it can be.

    A stay's computing is spread evenly over it. Where a growing crowd shares a resource, that puts too much of the work
    of those who are half through at the window's end inside the window: the excess was waiting.
    """
    length = max(measures.window[1] - measures.window[0], 0.0)
    computing, core = INDEX[State.COMPUTING], INDEX[State.CORE]
    for time in measures.lock_time.values():
        used = time[:, computing] + time[:, core]
        kept = np.where(used > length, length / np.maximum(used, length or 1.0), 1.0)
        measures.cores_time[[computing, core]] -= ((1.0 - kept)[:, None] * time[:, [computing, core]]).sum(axis=0)
        time[:, [computing, core]] *= kept[:, None]
    there = cores(measures.trace).integral(*measures.window)
    excess = max(float(measures.cores_time[computing]) - there, 0.0)
    measures.cores_time[computing] -= excess
    measures.cores_time[core] += excess


def _blank(trace: Trace, between: tuple[float, float]) -> Measures:
    places, plan = trace.places, trace.plan
    return Measures(
        trace=trace,
        places=places,
        held=held_parts(trace, places),
        window=between,
        category=_categories(trace),
        life=np.zeros((4, len(places) + 1, len(STATES))),
        slot_time={pool.name: np.zeros(len(STATES)) for pool in plan.pools},
        lock_time={lock.name: np.zeros((lock.processes, len(STATES))) for lock in plan.locks},
        cores_time=np.zeros(len(STATES)),
        waiting={name: Intervals() for name in [r.name for r in plan.backlogs] + [r.name for r in plan.pools]},
        at_lock={lock.name: Intervals() for lock in plan.locks},
        unlocked=Intervals(),
    )


def _categories(trace: Trace) -> NDArray[np.int8]:
    inside = arrived_in_window(trace)
    category = inside.astype(np.int8)  # NOT_COMPLETED is 1
    rows = np.flatnonzero(inside & (trace.outcome == Outcome.COMPLETED))
    category[rows] = COMPLETED
    if len(rows):
        seconds = trace.finished[rows] - trace.arrival[rows]
        slowest = max(len(rows) // 100, 1)
        category[rows[np.argpartition(seconds, len(rows) - slowest)[-slowest:]]] = SLOWEST
    return category


def _add_life(measures: Measures, span: Span, client_ends: Floats) -> None:
    until = client_ends[span.rows]
    seconds = np.maximum(np.minimum(span.end, until) - span.start, 0.0)
    category = measures.category[span.rows]
    for state, share in span.shares.items():
        added = np.bincount(category, weights=seconds * share, minlength=4)
        measures.life[:, span.place, INDEX[state]] += added


def _add_resources(measures: Measures, span: Span) -> None:
    low, high = measures.window
    inside = np.minimum(span.end, high) - np.maximum(span.start, low)
    if span.place == len(measures.places) or not (inside > 0.0).any():
        return
    seconds = np.maximum(inside, 0.0)
    _add_slots(measures, span, seconds)
    place = measures.places[span.place]
    seen = inside > 0.0
    starts, ends, rows = span.start[seen], span.end[seen], span.rows[seen]
    if place.queue is not None and place.state in span.shares:
        measures.waiting[place.queue.name].add(starts, ends)
    for state in (State.COMPUTING, State.CORE):
        measures.cores_time[INDEX[state]] += float((seconds * span.shares.get(state, 0.0)).sum())
    if place.lock is not None and State.IO not in span.shares:
        copies = lock_copies(measures.trace, place, rows)
        measures.at_lock[place.lock.name].add(starts, ends, copies)
        _add_lock(measures, span, seconds)
    elif State.COMPUTING in span.shares:
        measures.unlocked.add(starts, ends)


def _add_slots(measures: Measures, span: Span, seconds: Floats) -> None:
    for part in measures.held:
        if span.place not in part:
            continue
        held = seconds
        if part.pool.frees_when_client_leaves:
            gone = measures.trace.arrival[span.rows] + measures.trace.workload.patience[span.rows]
            low, high = measures.window
            held = np.maximum(np.minimum(np.minimum(span.end, gone), high) - np.maximum(span.start, low), 0.0)
        for state, share in span.shares.items():
            measures.slot_time[part.pool.name][INDEX[state]] += float((held * share).sum())


def _add_lock(measures: Measures, span: Span, seconds: Floats) -> None:
    place = measures.places[span.place]
    assert place.lock is not None  # the caller has looked
    copies = lock_copies(measures.trace, place, span.rows)
    for state, share in span.shares.items():
        added = np.bincount(copies, weights=seconds * share, minlength=place.lock.processes)
        measures.lock_time[place.lock.name][:, INDEX[state]] += added[: place.lock.processes]


def lock_copies(trace: Trace, place: Place, rows: NDArray[np.intp]) -> NDArray[np.int32]:
    """Which copy of a place's lock each request uses: that of its process."""
    if place.lock is None or place.lock.processes == 1:
        return np.zeros(len(rows), np.int32)
    return np.maximum(trace.process[rows], 0)
