"""The lives of many requests cut into segments: from when to when each did what, one thing at a time.

What to watch: this is ``simulator.trace.request_life`` for thousands of requests at once, and keeps its convention:
where every hold of a lock was recorded, the stays under the GIL are exact; elsewhere a stay at a computing place is
first all the waiting, then all the computing.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Lock
from simulator.plan.words import IN_TURNS, State
from simulator.trace.playback.activity import OF_STATE, Activities
from simulator.trace.request_life import NOTHING_S, ORDER, taken_away
from simulator.trace.residence import ALWAYS, Span, Stretch
from simulator.trace.table import Grants, Trace
from simulator.trace.throttling import Throttled, pieces, spans, throttled

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
            if len(which) == len(self):
                return self
        return Segments(
            self.request[which], self.place[which], self.activity[which], self.start[which], self.end[which]
        )

    def seconds_in(self, start: float, end: float) -> Floats:
        """How much of each lies between two moments, which all of them touch."""
        return np.minimum(self.end, end) - np.maximum(self.start, start)

    def by_request(self, seconds: Floats) -> tuple[NDArray[np.int32], Floats]:
        """The requests and the sums of their segments' seconds, the longest first."""
        requests, which = np.unique(self.request, return_inverse=True)
        total: Floats = np.bincount(which, weights=seconds).astype(np.float64)
        order = np.argsort(-total, kind="stable")
        return requests[order], total[order]

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
    """Every hold of a lock that threads take turns at, as it was recorded, request by request."""

    def __init__(self, grants: Grants, locks: tuple[Lock, ...]) -> None:
        """Sorted by request; those of one request stay in order of time. ``locks``: those of the plan."""
        grants = grants.take(np.flatnonzero(np.isin(grants.lock, taken_away(locks))))
        order = np.argsort(grants.request, kind="stable")
        self._request, self._place = grants.request[order], grants.place[order]
        self._start, self._end = grants.start[order], grants.end[order]

    def at(self, place: int, rows: NDArray[np.intp]) -> tuple[NDArray[np.intp], Floats, Floats]:
        """Holds at a place by some requests (ascending): index into ``rows``, start and end, in order of both."""
        first, last = self._request.searchsorted(np.array([rows[0], rows[-1] + 1], np.int32))
        here = np.flatnonzero(self._place[first:last] == place) + first
        index = np.searchsorted(rows, self._request[here])
        known = rows[index] == self._request[here]
        return index[known], self._start[here][known], self._end[here][known]


def segments(trace: Trace, rows: slice | NDArray[np.intp], holds: Holds | None, between: Stretch = ALWAYS) -> Segments:
    """The segments of some rows of a trace, in ascending order; ``holds`` are those of its grants.

    At least those that share some time with ``between``.
    """
    collected = _Collected()
    for span in spans(trace, rows, between):
        waits = next((state for state in IN_TURNS if state in span.shares), None)
        if holds is not None and waits is not None:
            _around_holds(collected, span, waits, holds, throttled(trace))
        elif len(span.shares) == 1:
            collected.add(span, span.rows, next(iter(span.shares)), span.start, span.end)
        else:
            _one_after_another(collected, span, slice(None))
    return collected.table()


class _Collected:
    """Segments, piece by piece: what is the same in all of a piece is written down once."""

    def __init__(self) -> None:
        self._rows: list[NDArray[np.intp]] = []
        self._start: list[Floats] = []
        self._end: list[Floats] = []
        self._place: list[int] = []
        self._activity: list[int] = []

    def add(self, span: Span, rows: NDArray[np.intp], state: State, start: Floats, end: Floats) -> None:
        """One segment for each of some requests of a span; those shorter than nothing are left out."""
        long = np.flatnonzero(end - start > NOTHING_S)
        if len(long) < len(rows):
            rows, start, end = rows[long], start[long], end[long]
        self._rows.append(rows)
        self._start.append(start)
        self._end.append(end)
        self._place.append(span.place)
        self._activity.append(OF_STATE[state])

    def table(self) -> Segments:
        """All of them."""
        counts = [len(rows) for rows in self._rows]
        return Segments(
            np.concatenate([*self._rows, np.empty(0, np.intp)]).astype(np.int32),
            np.repeat(np.array(self._place, np.int16), counts),
            np.repeat(np.array(self._activity, np.uint8), counts),
            np.concatenate([*self._start, np.empty(0)]),
            np.concatenate([*self._end, np.empty(0)]),
        )


def _one_after_another(collected: _Collected, span: Span, stays: slice | NDArray[np.intp]) -> None:
    """First all of one state, then all of the next, in all or some of the stays of a span."""
    rows, start, end = span.rows[stays], span.start[stays], span.end[stays]
    lengths = []
    states = [state for state in ORDER if state in span.shares]
    for state in states:
        share = span.shares[state]
        seconds = (share[stays] if isinstance(share, np.ndarray) else share) * (end - start)
        lengths.append(np.where(seconds > NOTHING_S, seconds, 0.0))
    left = np.sum(lengths, axis=0)
    now = start
    for state, seconds in zip(states, lengths, strict=True):
        left = left - seconds
        until = np.where(left > NOTHING_S, now + seconds, end)  # the last one takes what rounding left over
        until = np.where(seconds > 0.0, until, now)
        collected.add(span, rows, state, now, until)
        now = until


def _around_holds(collected: _Collected, span: Span, waits: State, holds: Holds, still: Throttled) -> None:
    """Waiting for the GIL, or a P, between the holds; a hold is part waiting for a core, part computing."""
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
    rows = span.rows[stay]
    collected.add(span, rows, waits, asked, taken)
    core = share[stay]
    for part in pieces(Span(span.place, rows, taken, given, {State.CORE: core, State.COMPUTING: 1.0 - core}), still):
        if State.THROTTLED in part.shares:
            collected.add(span, part.rows, State.THROTTLED, part.start, part.end)
            continue
        runs = part.start + np.asarray(part.shares[State.CORE]) * (part.end - part.start)
        collected.add(span, part.rows, State.CORE, part.start, runs)
        collected.add(span, part.rows, State.COMPUTING, runs, part.end)
    collected.add(span, rows[last], waits, given[last], span.end[stay[last]])
