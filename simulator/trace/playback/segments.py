"""The lives of many requests cut into segments: from when to when each did what, one thing at a time.

What to watch: this is ``simulator.trace.lives`` for thousands of requests at once, and keeps its convention: where
every hold of a lock was recorded, the stays under the GIL are exact; elsewhere a stay at a computing place is first all
the waiting, then all the computing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.plan.words import State
from simulator.trace.lives import NOTHING_S, ORDER
from simulator.trace.playback.activity import OF_STATE, Activities
from simulator.trace.stays import Span, spans
from simulator.trace.table import Grants, Trace

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Segments:
    """One row for each segment, in no particular order. Those of one request do not overlap. Times in seconds."""

    request: NDArray[np.int32]
    place: NDArray[np.int16]
    """Index into the walk; one more than the last while the response is on its way."""
    activity: Activities
    start: Floats
    end: Floats

    def __len__(self) -> int:
        return len(self.request)

    def take(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> "Segments":
        """Some of them."""
        if which.dtype == np.bool_:
            which = np.flatnonzero(which)  # once instead of five times
        return Segments(
            self.request[which], self.place[which], self.activity[which], self.start[which], self.end[which]
        )

    @classmethod
    def joined(cls, parts: "list[Segments]") -> "Segments":
        """All of several tables."""
        if len(parts) == 1:
            return parts[0]
        return cls(
            np.concatenate([p.request for p in parts] or [np.empty(0, np.int32)]),
            np.concatenate([p.place for p in parts] or [np.empty(0, np.int16)]),
            np.concatenate([p.activity for p in parts] or [np.empty(0, np.uint8)]),
            np.concatenate([p.start for p in parts] or [np.empty(0)]),
            np.concatenate([p.end for p in parts] or [np.empty(0)]),
        )


class Holds:
    """Every hold of a lock that was recorded, request by request."""

    def __init__(self, grants: Grants) -> None:
        """Sorted by request; those of one request stay in order of time."""
        order = np.argsort(grants.request, kind="stable")
        self._request, self._place = grants.request[order], grants.place[order]
        self._start, self._end = grants.start[order], grants.end[order]

    def at(self, place: int, rows: NDArray[np.intp]) -> tuple[NDArray[np.intp], Floats, Floats]:
        """Holds at a place by some requests (ascending): index into ``rows``, start and end, in order of both."""
        first, last = np.searchsorted(self._request, [rows[0], rows[-1] + 1])
        here = np.flatnonzero(self._place[first:last] == place) + first
        index = np.searchsorted(rows, self._request[here])
        known = rows[index] == self._request[here]
        return index[known], self._start[here][known], self._end[here][known]


def segments(trace: Trace, rows: slice, holds: Holds | None) -> Segments:
    """Every segment of these rows of a trace; ``holds`` are those of its grants."""
    return _cut(spans(trace, rows), holds)


def segments_of(trace: Trace, rows: NDArray[np.intp], holds: Holds | None, end_s: float) -> Segments:
    """Every segment of any rows of a trace, in ascending order; what is open ends with the run, at ``end_s``."""
    some = trace.take(rows)
    some = replace(some, workload=replace(some.workload, duration=end_s))
    return _cut((replace(span, rows=rows[span.rows]) for span in spans(some)), holds)


def _cut(cut_from: Iterable[Span], holds: Holds | None) -> Segments:
    collected = _Collected()
    for span in cut_from:
        if holds is not None and State.GIL in span.shares:
            _around_holds(collected, span, holds)
        else:
            _one_after_another(collected, span, np.arange(len(span.rows)))
    return Segments.joined(collected.parts)


class _Collected:
    """Segments, piece by piece."""

    def __init__(self) -> None:
        self.parts: list[Segments] = []

    def add(self, span: Span, stays: NDArray[np.intp], state: State, start: Floats, end: Floats) -> None:
        """One segment in each of some stays of a span; those shorter than nothing are left out."""
        long = np.flatnonzero(end - start > NOTHING_S)
        count = len(long)
        if count == len(stays):
            rows = span.rows[stays]
        else:
            rows, start, end = span.rows[stays[long]], start[long], end[long]
        self.parts.append(
            Segments(
                rows.astype(np.int32),
                np.full(count, span.place, np.int16),
                np.full(count, OF_STATE[state], np.uint8),
                start,
                end,
            )
        )


def _one_after_another(collected: _Collected, span: Span, stays: NDArray[np.intp]) -> None:
    """First all of one state, then all of the next."""
    start, end = span.start[stays], span.end[stays]
    if len(span.shares) == 1:
        collected.add(span, stays, next(iter(span.shares)), start, end)
        return
    lengths = []
    states = [state for state in ORDER if state in span.shares]
    for state in states:
        share = np.broadcast_to(np.asarray(span.shares[state], np.float64), len(span.rows))[stays]
        seconds = share * (end - start)
        lengths.append(np.where(seconds > NOTHING_S, seconds, 0.0))
    left = np.sum(lengths, axis=0)
    now = start
    for state, seconds in zip(states, lengths, strict=True):
        left = left - seconds
        until = np.where(left > NOTHING_S, now + seconds, end)  # the last one takes what rounding left over
        until = np.where(seconds > 0.0, until, now)
        collected.add(span, stays, state, now, until)
        now = until


def _around_holds(collected: _Collected, span: Span, holds: Holds) -> None:
    """Waiting for the GIL between the holds; a hold is part waiting for a core, part computing."""
    stay, taken, given = holds.at(span.place, span.rows)
    held = np.bincount(stay, minlength=len(span.rows)) > 0
    if not held.all():
        _one_after_another(collected, span, np.flatnonzero(~held))
    if not len(stay):
        return
    first = np.append(True, stay[1:] != stay[:-1])
    last = np.append(first[1:], True)
    asked = np.where(first, span.start[stay], np.append(0.0, given[:-1]))
    core = np.asarray(span.shares[State.CORE])
    busy = core + np.asarray(span.shares[State.COMPUTING])
    share = np.where(busy > 0.0, core / np.where(busy > 0.0, busy, 1.0), 0.0)
    runs = taken + share[stay] * (given - taken)
    collected.add(span, stay, State.GIL, asked, taken)
    collected.add(span, stay, State.CORE, taken, runs)
    collected.add(span, stay, State.COMPUTING, runs, given)
    collected.add(span, stay[last], State.GIL, given[last], span.end[stay[last]])
