"""Residence times: how every request spends its life, each stay at a place divided into the states of ``State``.

Everything that is measured after a run comes from these spans, so that no two figures can contradict each other.
A stay at a computing place is waiting for the lock (recorded), computing (known from the workload), and what is left:
waiting for a core.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import inf

import numpy as np
from numpy.typing import NDArray

from simulator.plan.place import state_of
from simulator.plan.resources import Lock, Loop
from simulator.plan.walk import Place
from simulator.plan.words import State
from simulator.trace.demands import kinds_at, work_at
from simulator.trace.table import Trace
from simulator.workload.table import Work

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
Stretch = tuple[float, float]
"""From when to when, in seconds."""
ALWAYS: Stretch = (-inf, inf)
BLOCK_ROWS = 1 << 17
"""Rows looked at together: memory does not grow with the run. Another number adds up sums in another order, which shows
in the last of the digits that are exported.
"""


@dataclass(frozen=True, eq=False, slots=True)
class Span:
    """One stretch in the life of each of some requests. All stretches are longer than zero."""

    place: int
    """Index into ``trace.places``; one more than the last for the time between leaving the server and the last byte."""
    rows: Rows
    """Which requests; all other arrays have this length."""
    start: Floats
    end: Floats
    """Seconds from the start of the run."""
    shares: Mapping[State, Floats | float]
    """The part of the stretch that belongs to each state, spread evenly over it; the parts sum to 1."""
    locks: tuple[Lock, ...] = ()
    """Those of the place's locks that it wants or has: none of them where it waits for I/O, or computes in native code
    beside a GIL; of a loop and the GIL of its threads only the loop, until it has that."""

    def some(self, which: NDArray[np.bool_]) -> "Span":
        """Some of the stretches, of which no shares are known yet."""
        return replace(self, rows=self.rows[which], start=self.start[which], end=self.end[which])

    def within(self, low: float, high: float) -> "Span":
        """What of the stretches lies between two moments."""
        if self.start.min() >= low and self.end.max() <= high:
            return self
        start, end = np.maximum(self.start, low), np.minimum(self.end, high)
        seen = np.flatnonzero(end > start)
        shares = {state: share if isinstance(share, float) else share[seen] for state, share in self.shares.items()}
        return Span(self.place, self.rows[seen], start[seen], end[seen], shares, self.locks)


def client_end(trace: Trace, rows: slice | Rows = slice(None)) -> Floats:
    """When each request was over for its client; the horizon while it is open."""
    finished = trace.finished[rows]
    return np.where(np.isnan(finished), trace.horizon_s, finished)


def server_end(trace: Trace, rows: slice | Rows = slice(None)) -> Floats:
    """When the server was through with each request; where it never had it, when it was over for the client."""
    left = trace.left[rows]
    unknown = np.isnan(left)
    return np.where(unknown, client_end(trace, rows), left) if unknown.any() else left.copy()


def blocks(trace: Trace, size: int | None = None) -> Iterator[slice]:
    """The rows of a trace in blocks of bounded size."""
    size = BLOCK_ROWS if size is None else size
    for start in range(0, len(trace), size):
        yield slice(start, min(start + size, len(trace)))


def in_time(trace: Trace) -> Iterator[tuple[slice, float]]:
    """The same, each with the moment before which nothing begins in any later block; inf for the last one."""
    rows = list(blocks(trace))
    columns = (trace.arrival, trace.reached)
    earliest = [min(float(np.fmin.reduce(c[row], axis=None, initial=inf)) for c in columns) for row in rows]
    later = [*np.minimum.accumulate(earliest[:0:-1])[::-1].tolist(), inf][: len(rows)]
    yield from zip(rows, later, strict=True)


def whole_spans(trace: Trace, rows: slice | Rows | None = None, between: Stretch = ALWAYS) -> Iterator[Span]:
    """Every stretch of every request, place by place from the last to the first; of the given rows, or of all.

    Only stretches that share some time with ``between``; their ends are not cut off.
    """
    if rows is None:
        for block in blocks(trace):
            yield from whole_spans(trace, block, between)
        return
    numbers = np.arange(*rows.indices(len(trace))) if isinstance(rows, slice) else rows
    start, end = server_end(trace, rows), trace.finished[rows]
    under_way = _seen(start, end, between)  # false where still open
    if len(under_way):
        share = {State.DELIVERY: 1.0}
        yield Span(len(trace.places), *_at(under_way, numbers, start, end), share)
    yield from _at_the_server(trace, rows, numbers, start, between)


def _at_the_server(trace: Trace, rows: slice | Rows, numbers: Rows, end: Floats, between: Stretch) -> Iterator[Span]:
    """What comes before the ends."""
    reached = np.ascontiguousarray(trace.reached[rows].T)
    for index, place in reversed(list(enumerate(trace.places))):
        start, until = reached[index], end
        never = np.isnan(start)
        end = np.where(never, until, start) if never.any() else start
        stayed = _seen(start, until, between)
        if len(stayed):
            yield from _at_place(trace, index, place, *_at(stayed, numbers, start, until))
    # A measured client may start later than it meant to; that is part of its latency.
    arrival = trace.arrival[rows]
    late = _seen(arrival, end, between)
    if len(late):
        yield Span(0, numbers[late], arrival[late], end[late], {State.CONNECTING: 1.0})


def _at(places: Rows, numbers: Rows, start: Floats, end: Floats) -> tuple[Rows, Floats, Floats]:
    """Some of the rows; where they are all of them, nothing is copied."""
    if len(places) == len(numbers):
        return numbers, start, end
    return numbers[places], start[places], end[places]


def _seen(start: Floats, end: Floats, between: Stretch) -> Rows:
    """Which of some stretches are longer than nothing and share some time with another one."""
    longer = end > start
    if between != ALWAYS:
        longer &= (start < between[1]) & (end > between[0])
    return np.flatnonzero(longer)


def _at_place(trace: Trace, index: int, place: Place, rows: Rows, start: Floats, end: Floats) -> Iterator[Span]:
    if place.state is not State.COMPUTING:
        yield Span(index, rows, start, end, {place.state: 1.0})
        return
    if place.phase is not None:
        kinds = kinds_at(trace, place.phase, rows)
        for kind in np.unique(kinds).tolist():
            of_kind = kinds == kind
            stays = (rows, start, end) if of_kind.all() else (rows[of_kind], start[of_kind], end[of_kind])
            yield from _own_work(trace, index, Work(kind), *stays)
        return
    yield from _computing(trace, Span(index, rows, start, end, {}, place.locks))


def _own_work(trace: Trace, index: int, kind: Work, rows: Rows, start: Floats, end: Floats) -> Iterator[Span]:
    """Stays for one phase of the request's own work, all of one kind."""
    place = trace.places[index]
    locks = kind.locks(place)
    if kind.computes:
        yield from _computing(trace, Span(index, rows, start, end, {}, locks))
    elif locks and place.lock_state is not None:
        wait = _waited(trace, index, locks[0], rows)
        begun = start + np.minimum(np.where(wait > 0.0, wait, 0.0), end - start)
        yield from _wait_then_block(Span(index, rows, start, end, {}, locks), place.lock_state, begun)
    else:
        yield Span(index, rows, start, end, {State.IO: 1.0})


def _waited(trace: Trace, index: int, lock: Lock, rows: Rows) -> Floats:
    """How long each of some requests waited at a place for one of its locks; nan: not known."""
    return np.asarray(trace.lock_wait[rows, trace.locked.index((index, lock))])


def _computing(trace: Trace, whole: Span) -> Iterator[Span]:
    """Stays in which a place computes, under the locks of the span."""
    if not len(whole.rows):
        return
    place, elapsed, work = trace.places[whole.place], whole.end - whole.start, work_at(trace, whole.place, whole.rows)
    if not whole.locks:
        computing = np.minimum(work, elapsed) / elapsed
        yield replace(whole, shares={State.COMPUTING: computing, State.CORE: 1.0 - computing})
        return
    wait = _waited(trace, whole.place, whole.locks[0], whole.rows)
    unknown = np.isnan(wait)
    if unknown.any():
        yield from _not_told_apart(whole.some(unknown), work[unknown])
        yield from _computing(trace, whole.some(~unknown))
        return
    wait = np.minimum(np.where(wait > 0.0, wait, 0.0), elapsed)
    if isinstance(whole.locks[0], Loop) and place.visits == 1:
        yield from _wait_then_compute(trace, whole, whole.start + wait, work)
        return
    # Threads take turns at the GIL: waiting and computing alternate all through the stay.
    computing = np.minimum(work, elapsed - wait) / elapsed
    waiting = wait / elapsed
    core = np.maximum(1.0 - waiting - computing, 0.0)
    yield replace(whole, shares={state_of(whole.locks[0]): waiting, State.COMPUTING: computing, State.CORE: core})


def _not_told_apart(whole: Span, work: Floats) -> Iterator[Span]:
    """A measured thread under the GIL: what is not computing is waiting, and nobody knows for which of the two."""
    elapsed = whole.end - whole.start
    computing = np.minimum(work, elapsed) / elapsed
    waiting = State.GIL_OR_CORE if state_of(whole.locks[0]) is State.GIL else State.CORE
    yield replace(whole, shares={State.COMPUTING: computing, waiting: 1.0 - computing})


def _wait_then_compute(trace: Trace, whole: Span, begun: Floats, work: Floats) -> Iterator[Span]:
    """A loop is never interrupted, so the order is known: first all the waiting, then all the computing.

    Where threads compute beside it, that is under their GIL, at which it takes turns with them.
    """
    loop, *beside = whole.locks
    yield from _cut(replace(whole, locks=(loop,)), whole.start, np.minimum(begun, whole.end), state_of(loop))
    ran = np.flatnonzero(whole.end > begun)
    if not len(ran):
        return
    held = (whole.end - begun)[ran]
    having = replace(whole, rows=whole.rows[ran], start=begun[ran], end=whole.end[ran])
    if not beside:
        computing = np.minimum(work[ran], held) / held
        yield replace(having, shares={State.COMPUTING: computing, State.CORE: 1.0 - computing})
        return
    for span in _computing(trace, replace(having, locks=tuple(beside))):
        yield replace(span, locks=whole.locks)


def _wait_then_block(whole: Span, waiting: State, begun: Floats) -> Iterator[Span]:
    """First all the waiting for the loop, then it stands still."""
    yield from _cut(whole, whole.start, np.minimum(begun, whole.end), waiting)
    yield from _cut(whole, begun, whole.end, State.BLOCKS)


def _cut(whole: Span, start: Floats, end: Floats, state: State) -> Iterator[Span]:
    """What of some stays lies between these moments, for those in which that is longer than nothing."""
    some = np.flatnonzero(end > start)
    if len(some):
        yield Span(whole.place, whole.rows[some], start[some], end[some], {state: 1.0}, whole.locks)
