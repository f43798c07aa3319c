"""One pass over all spans: where requests spent their time, and what every resource was used for.

What to watch: a request's time and a slot's time are cut from the same spans. The first are clipped to the life of the
request as its client sees it, the second to the window in which resources are measured.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Backlog, Bucket, Lock, Pool
from simulator.plan.walk import Place
from simulator.plan.words import Outcome, State
from simulator.trace.availability import CORES, away_by_name, capacity, cores
from simulator.trace.demands import lock_copies
from simulator.trace.holding import Held, held_parts, held_until, holdings
from simulator.trace.intervals import overlap
from simulator.trace.outcomes import arrived_in_window
from simulator.trace.queues import LockQueue, Queue, Reader, Runnable, settle
from simulator.trace.residence import Floats, Rows, Span, blocks, client_end, in_time, server_end
from simulator.trace.table import Trace
from simulator.trace.throttling import spans

STATES = tuple(State)
INDEX = {state: i for i, state in enumerate(STATES)}
OUTSIDE, NOT_COMPLETED, COMPLETED, SLOWEST = range(4)


@dataclass(frozen=True, eq=False, kw_only=True)
class Measures:
    """Sums over a trace; seconds throughout. A ``time`` array has one column for each of ``STATES``."""

    trace: Trace
    places: tuple[Place, ...]
    held: tuple[Held, ...]
    window: tuple[float, float]
    category: NDArray[np.int8]
    """[n] OUTSIDE the window, NOT_COMPLETED, COMPLETED, or among the SLOWEST completed ones."""
    counts: NDArray[np.intp]
    """[categories] requests in each."""
    life: Floats
    """[categories, places + 1, states] seconds of requests."""
    slot_time: dict[str, Floats]
    """By pool: [states] seconds of slots within the window."""
    lock_time: dict[str, Floats]
    """By lock: [copies, states] seconds within the window; waiting is of requests, the rest of the lock."""
    cores_time: Floats
    """[states] seconds within the window that requests computed, and that they waited for a core."""
    waiting: dict[str, Queue]
    """By backlog, pool or bucket: who waited for it."""
    at_lock: dict[str, LockQueue]
    """By lock: who waited for it or held it."""
    runnable: Runnable
    """Who computed, or waited for a core."""

    def count(self, *categories: int) -> int:
        """Requests in these categories."""
        return int(self.counts[list(categories)].sum())

    def mean_life(self, *categories: int) -> Floats:
        """[places + 1, states] mean seconds over the requests in these categories; zeros if there are none."""
        total: Floats = self.life[list(categories)].sum(axis=0)
        return total / max(self.count(*categories), 1)

    def queue(self, name: str) -> Queue | LockQueue:
        """Those who wait for a backlog, pool or lock."""
        return self.at_lock[name] if name in self.at_lock else self.waiting[name]

    def available(self, name: str, size: float) -> float:
        """The share of the window, and of its size, in which a resource was there to be used."""
        if name == CORES:
            return capacity(self.trace).mean(*self.window) / size
        away = away_by_name(self.trace).get(name)
        return 1.0 if away is None else 1.0 - away.mean(*self.window) / size

    def in_hand(self, index: int) -> float:
        """How many requests came to an acceptor's place and are not finished, on average, as a share of their limit."""
        place = self.places[index]
        if place.most_in_hand is None or place.lock is None:
            return 0.0
        low, high = self.window
        seconds = sum(
            overlap(self.trace.reached[block, index], server_end(self.trace, block), low, high)
            for block in blocks(self.trace)
        )
        return seconds / (high - low) / (place.most_in_hand * place.lock.processes) if high > low else 0.0


def measure(trace: Trace, between: tuple[float, float] | None = None, reader: Reader | None = None) -> Measures:
    """Add everything up; resources between the two moments, or in the window if none are given.

    ``reader`` is given each part of that time, one after the other, with what happened to the queues in it.
    """
    measures = _blank(trace, trace.window[:2] if between is None else between)
    low, high = measures.window
    settled = low
    for block, later in in_time(trace):
        lives = _Lives(block.start, client_end(trace, block), measures.category[block].astype(np.intp))
        for span in spans(trace, block):
            _add_life(measures, span, lives)
            _add_resources(measures, span)
        _add_held(measures, block)
        last, until = later == np.inf, min(later, high)
        if until > settled or last:
            part = settle(measures.waiting, measures.at_lock, measures.runnable, (settled, until), last=last)
            settled = until
            if reader is not None:
                reader(part)
    _bound(measures)
    return measures


def _bound(measures: Measures) -> None:
    """Nothing is used more than it can be.

    A stay's computing is spread evenly over it. Where a growing crowd shares a resource, that puts too much of the work
    of those who are half through at the window's end inside the window: the excess was waiting.
    """
    length = max(measures.window[1] - measures.window[0], 0.0)
    computing, core, still = INDEX[State.COMPUTING], INDEX[State.CORE], INDEX[State.THROTTLED]
    for lock in measures.trace.plan.locks:
        time, most = measures.lock_time[lock.name], length * (lock.units // lock.processes)
        used = time[:, computing] + time[:, core] + time[:, still]
        kept = np.where(used > most, most / np.maximum(used, most or 1.0), 1.0)
        used_for = [computing, core, still]
        measures.cores_time[used_for] -= ((1.0 - kept)[:, None] * time[:, used_for]).sum(axis=0)
        time[:, used_for] *= kept[:, None]
    there = cores(measures.trace).integral(*measures.window)
    excess = max(float(measures.cores_time[computing]) - there, 0.0)
    measures.cores_time[computing] -= excess
    measures.cores_time[core] += excess


def _blank(trace: Trace, between: tuple[float, float]) -> Measures:
    places, plan, category = trace.places, trace.plan, _categories(trace)
    return Measures(
        trace=trace,
        places=places,
        held=held_parts(trace, places),
        window=between,
        category=category,
        counts=np.array([np.count_nonzero(category == number) for number in range(4)]),
        life=np.zeros((4, len(places) + 1, len(STATES))),
        slot_time={pool.name: np.zeros(len(STATES)) for pool in plan.pools},
        lock_time={lock.name: np.zeros((lock.processes, len(STATES))) for lock in plan.locks},
        cores_time=np.zeros(len(STATES)),
        waiting={r.name: Queue() for r in plan.resources if isinstance(r, Backlog | Bucket)}
        | {queue.name: Queue(pool.processes * pool.size) for pool, queue in _own_queues(places)}
        | {pool.name: Queue(pool.size * pool.processes if pool.processes > 1 else 0) for pool in plan.pools},
        at_lock={lock.name: LockQueue(lock) for lock in plan.locks},
        runnable=Runnable(),
    )


def _categories(trace: Trace) -> NDArray[np.int8]:
    inside = arrived_in_window(trace)
    category = inside.astype(np.int8)  # NOT_COMPLETED is 1
    completed = inside & (trace.outcome == Outcome.COMPLETED)
    category[completed] = COMPLETED
    seconds = trace.finished[completed] - trace.arrival[completed]
    if len(seconds):
        slowest = max(len(seconds) // 100, 1)
        among = np.argpartition(seconds, len(seconds) - slowest)[-slowest:].copy()
        category[np.flatnonzero(completed)[among]] = SLOWEST
    return category


@dataclass(frozen=True, eq=False, slots=True)
class _Lives:
    """What is needed of each request of a block, of which ``first`` is the first row."""

    first: int
    ends: Floats
    """When it was over for its client."""
    category: Rows


def _add_life(measures: Measures, span: Span, lives: _Lives) -> None:
    ends, category = lives.ends, lives.category
    if len(span.rows) < len(ends):
        rows = span.rows - lives.first
        ends, category = ends[rows], category[rows]
    seconds = np.maximum(np.minimum(span.end, ends) - span.start, 0.0)
    for state, share in span.shares.items():
        added = np.bincount(category, weights=_part(seconds, share), minlength=4)
        measures.life[:, span.place, INDEX[state]] += added


def _part(seconds: Floats, share: Floats | float) -> Floats:
    return seconds if isinstance(share, float) and share == 1.0 else seconds * share


def _add_resources(measures: Measures, span: Span) -> None:
    span = span.within(*measures.window)
    if span.place == len(measures.places) or not len(span.rows):
        return
    starts, ends, seconds = span.start, span.end, span.end - span.start
    _add_slots(measures, span, seconds)
    place = measures.places[span.place]
    if place.queue is not None and place.state in span.shares:
        measures.waiting[place.queue.name].add(starts, ends)
    if place.cores is not None:  # not of this machine
        return
    for state in (State.COMPUTING, State.CORE, State.THROTTLED):
        if state in span.shares:
            measures.cores_time[INDEX[state]] += float(_part(seconds, span.shares[state]).sum())
    copies = lock_copies(measures.trace, place, span.rows) if span.locks else None
    for lock in span.locks:
        assert copies is not None  # there is a lock
        measures.at_lock[lock.name].add(starts, ends, copies)
        _add_lock(measures, lock, copies, span, seconds)
    if State.BLOCKS in span.shares or len(span.locks) > 1:  # has a loop that waits, or under which the GIL counts
        measures.runnable.add_blocked(starts, ends)
    if not span.locks and (State.COMPUTING in span.shares or State.THROTTLED in span.shares):
        measures.runnable.add(starts, ends)


def _add_slots(measures: Measures, span: Span, seconds: Floats) -> None:
    for part in measures.held:
        if span.place not in part:
            continue
        until = held_until(measures.trace, part, span)
        held = seconds if until is span.end else until - span.start
        for state, share in span.shares.items():
            measures.slot_time[part.pool.name][INDEX[state]] += float(_part(held, share).sum())


def _own_queues(places: Sequence[Place]) -> Iterator[tuple[Pool, Backlog]]:
    """Slots before which connections wait in a queue of each process, and that queue."""
    for place in places:
        if isinstance(place.queue, Backlog) and place.queue.processes > 1 and place.takes is not None:
            yield place.takes, place.queue


def _add_held(measures: Measures, block: slice) -> None:
    """Where a request waits for a slot of its own process, others may be free."""
    low, high = measures.window
    for part in measures.held:
        if part.pool.processes > 1:
            held = holdings(measures.trace, part, block)
            starts, ends = np.maximum(held.start, low), np.minimum(held.end, high)
            seen = ends > starts
            measures.waiting[part.pool.name].add_held(starts[seen], ends[seen])
            for _, queue in _own_queues([measures.places[place] for place in part.waits_at]):
                measures.waiting[queue.name].add_held(starts[seen], ends[seen])


def _add_lock(measures: Measures, lock: Lock, copies: NDArray[np.int32], span: Span, seconds: Floats) -> None:
    for state, share in span.shares.items():
        added = np.bincount(copies, weights=_part(seconds, share), minlength=lock.processes)
        measures.lock_time[lock.name][:, INDEX[state]] += added[: lock.processes]
