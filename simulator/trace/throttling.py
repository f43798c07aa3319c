"""When a container's quota was used up, and what that adds to the time of requests: ``State.THROTTLED``.

What to watch: nobody records it. The quota is spent by whoever is runnable, on as many cores as there are, and is there
anew in every period; so the moments follow from the stays, and stays are cut where they meet them. A run without a
quota pays nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import QUOTA_CLOSE, QUOTA_PERIOD_S
from simulator.plan.words import State
from simulator.trace.availability import quotas
from simulator.trace.demands import lock_copies
from simulator.trace.intervals import StepFunction, overlap
from simulator.trace.queues import LockQueue, Runnable
from simulator.trace.residence import ALWAYS, Floats, Rows, Span, Stretch, whole_spans
from simulator.trace.table import Trace

CLOSE_S = 1e-9
"""Shorter stretches are rounding errors."""


@dataclass(frozen=True, eq=False, slots=True)
class Throttled:
    """From when to when nobody computed, in order of time."""

    start: Floats
    end: Floats

    def __len__(self) -> int:
        return len(self.start)

    def seconds(self, low: float, high: float) -> float:
        """How much of a stretch that is."""
        return overlap(self.start, self.end, low, high)

    def before(self, moments: Floats) -> Floats:
        """How much of the time before each moment that is."""
        passed = np.append(0.0, np.cumsum(self.end - self.start))
        index = self.start.searchsorted(moments, "right")
        begun = np.maximum(index - 1, 0)
        over = np.where(index > 0, np.maximum(self.end[begun] - moments, 0.0), 0.0) if len(self) else 0.0
        return np.asarray(passed[index] - over)

    def within(self, start_s: float, end_s: float) -> list[Stretch]:
        """What of it lies between two moments."""
        first, last = int(self.end.searchsorted(start_s, "right")), int(self.start.searchsorted(end_s, "left"))
        found = zip(self.start[first:last].tolist(), self.end[first:last].tolist(), strict=True)
        return [(max(start, start_s), min(end, end_s)) for start, end in found]

    def at(self, t_s: float) -> float | None:
        """Until when nobody computes, at a moment at which that is so."""
        index = int(self.start.searchsorted(t_s, "right")) - 1
        return float(self.end[index]) if index >= 0 and t_s < self.end[index] else None

    def running(self, level: StepFunction, end: float) -> StepFunction:
        """A level of use until some moment, which is zero meanwhile."""
        if not len(self) or not len(level.at):
            return level
        begin = float(level.at[0])
        edges = np.concatenate((self.start, self.end))
        at = np.union1d(level.at, edges[(edges > begin) & (edges < end)])
        index = self.start.searchsorted(at, "right") - 1
        still = (index >= 0) & (at < self.end[np.maximum(index, 0)])
        return StepFunction(at, np.where(still, 0.0, level.values(at)))


NEVER = Throttled(np.empty(0), np.empty(0))
# What is known of a trace goes when the trace goes.
_known: "WeakKeyDictionary[Trace, Throttled]" = WeakKeyDictionary()


def throttled(trace: Trace) -> Throttled:
    """When the quota of a run's cores was used up."""
    if not any(quota for _, _, quota in quotas(trace)):
        return NEVER
    if trace not in _known:
        _known[trace] = _used_up(trace, _runnable(trace))
    return _known[trace]


def spans(trace: Trace, rows: slice | Rows | None = None, between: Stretch = ALWAYS) -> Iterator[Span]:
    """Every stretch of every request, cut where the quota was used up; see ``residence.whole_spans``."""
    found, still = whole_spans(trace, rows, between), throttled(trace)
    return found if still is NEVER else _cut(trace, found, still)


def _runnable(trace: Trace) -> StepFunction:
    """How many threads want a core at each moment."""
    runnable, locks = Runnable(), {lock.name: LockQueue(lock) for lock in trace.plan.locks}
    for span in whole_spans(trace):
        place = trace.places[span.place] if span.place < len(trace.places) else None
        if place is None or place.cores is not None:
            continue
        for lock in span.locks:
            locks[lock.name].add(span.start, span.end, lock_copies(trace, place, span.rows))
        if State.BLOCKS in span.shares or len(span.locks) > 1:
            runnable.add_blocked(span.start, span.end)
        if span.locks:
            continue
        if State.COMPUTING in span.shares:
            runnable.add(span.start, span.end)
    time = (0.0, trace.horizon_s)
    used = [copy for lock in locks.values() for copy in lock.settle(*time, last=True)[1].values()]
    return runnable.settle(*time, used, last=True).step_function()


def _used_up(trace: Trace, runnable: StepFunction) -> Throttled:
    """The first moment of each period at which as much was computed as the quota allows, until the period is over."""
    sizes = quotas(trace)
    changed, counts, allowed = (np.array(column, np.float64) for column in zip(*sizes, strict=True))
    periods = np.arange(np.floor(trace.horizon_s / QUOTA_PERIOD_S) + 2) * QUOTA_PERIOD_S
    at = np.union1d(np.union1d(runnable.at, periods), changed)
    lengths = np.diff(at)
    size = changed.searchsorted(at[:-1], "right") - 1
    cores = np.minimum(np.round(runnable.values(at[:-1])), counts[size])
    share = np.floor(at[:-1] / QUOTA_PERIOD_S + QUOTA_CLOSE) + size * (len(periods) + 1)  # a new quota is there at once
    begins = np.append(True, share[1:] != share[:-1])
    number = np.cumsum(begins) - 1
    got = np.cumsum(cores * lengths)
    before = np.append(0.0, got)[:-1][begins]
    budget = np.where(allowed[size] > 0.0, allowed[size] * QUOTA_PERIOD_S, np.inf)
    over = got - before[number] - budget
    spent = np.flatnonzero((over >= -CLOSE_S) & (cores > 0.0))
    spent = spent[np.unique(number[spent], return_index=True)[1]]
    start = at[spent + 1] - np.maximum(over[spent], 0.0) / cores[spent]
    until = np.append(at[:-1][begins], at[-1])[number[spent] + 1]
    longer = until - start > CLOSE_S
    return Throttled(start[longer], until[longer])


# --- cutting stays ----------------------------------------------------------------------------------------------------


def _cut(trace: Trace, found: Iterator[Span], still: Throttled) -> Iterator[Span]:
    for span in found:
        if State.CORE not in span.shares or trace.places[span.place].cores is not None:
            yield span
            continue
        inside = still.before(span.end) - still.before(span.start)
        if not inside.any():
            yield span
        elif span.shares.keys() <= {State.CORE, State.COMPUTING}:
            yield from pieces(_at_work(span, inside), still)
        else:
            yield _told_apart(span, inside)


def _at_work(span: Span, inside: Floats) -> Span:
    """The same stays, with the shares that their states have of the time in which the quota lasts."""
    length = span.end - span.start
    free = np.maximum(length - inside, CLOSE_S)
    computing = np.minimum(np.asarray(span.shares[State.COMPUTING]) * length / free, 1.0)
    computing = np.where((1.0 - computing) * free < CLOSE_S, 1.0, computing)
    return Span(
        span.place,
        span.rows,
        span.start,
        span.end,
        {State.COMPUTING: computing, State.CORE: 1.0 - computing},
        span.locks,
    )


def pieces(span: Span, still: Throttled) -> Iterator[Span]:
    """Stays cut where the quota was used up; their shares are those of the rest."""
    first, last = still.end.searchsorted(span.start, "right"), still.start.searchsorted(span.end, "left")
    many = np.maximum(last - first, 0)
    starts, ends = np.append(still.start, np.inf), np.append(-np.inf, still.end)
    for k in range(int(many.max(initial=0)) + 1):
        here = first + k
        begin = np.maximum(span.start, ends[np.minimum(here, len(still))]) if k else span.start
        until = np.where(k < many, starts[np.minimum(here, len(still))], span.end)
        yield from _part(span, np.flatnonzero((k <= many) & (until > begin)), begin, until, None)
        some = np.flatnonzero(k < many)
        begin = np.maximum(span.start, starts[np.minimum(here, len(still))])
        until = np.minimum(span.end, ends[np.minimum(here + 1, len(still))])
        yield from _part(span, some[until[some] > begin[some]], begin, until, State.THROTTLED)


def _part(span: Span, some: NDArray[np.intp], begin: Floats, until: Floats, state: State | None) -> Iterator[Span]:
    if not len(some):
        return
    shares = {each: share if isinstance(share, float) else share[some] for each, share in span.shares.items()}
    if state is not None:
        shares = {state: 1.0}
    yield Span(span.place, span.rows[some], begin[some], until[some], shares, span.locks)


def _told_apart(span: Span, inside: Floats) -> Span:
    """Threads take turns at a lock all through their stay: of the waiting for a core, what the quota may explain."""
    core = np.asarray(span.shares[State.CORE])
    still = np.minimum(core, inside / (span.end - span.start))
    shares = {**span.shares, State.CORE: core - still, State.THROTTLED: still}
    return Span(span.place, span.rows, span.start, span.end, shares, span.locks)
