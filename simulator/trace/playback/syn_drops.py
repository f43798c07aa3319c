"""SYNs that found the backlog full: when each of them was dropped, and whose it was.

What to watch: under overload a client sends its SYN up to a dozen times, so that a million requests come to many
million drops. They are worked out for the stretch of time that somebody looks at; nobody ever looks at all of them.
"""

from collections.abc import Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.trace.intervals import BlockIndex
from simulator.trace.playback.events import Details, EventKind, Events, events_of
from simulator.trace.playback.place_map import PlaceMap, by_client
from simulator.trace.playback.waiting_lines import WaitingLine
from simulator.trace.table import Trace

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

ROUNDING_S = 1e-9


class SynDrops:
    """The drops of one connect.

    A SYN was dropped if it was repeated, or if it was the last one of a connect that failed with no SYN answered.
    """

    def __init__(self, trace: Trace, place_map: PlaceMap, line: WaitingLine) -> None:
        """Only requests that can have lost a SYN are looked at: all columns are theirs, in order of arrival."""
        place = place_map.places[line.place]
        in_vain = ~line.went_on & (trace.data_retries == 0)
        rows = np.flatnonzero(~np.isnan(line.came) & ((trace.syn_retries > 0) | in_vain))
        trip = trace.workload.rtt[rows] if by_client(place) else np.zeros(len(rows))
        self._place, self._rows, self._trip = line.place, rows, trip
        self._came, self._left = line.came[rows] + trip / 2, line.left[rows]
        self._in_vain, self._repeated = in_vain[rows], trace.syn_retries[rows]
        self._after_s = (0.0, *place.retries_s)
        self._by_time = BlockIndex(self._came, self._came)

    def __len__(self) -> int:
        """How many requests lost a SYN, or may have."""
        return len(self._rows)

    def all(self) -> Iterator[Events]:
        """Every drop; the first SYNs of all requests, then the second ones, and so on."""
        for attempt in range(len(self._after_s)):
            yield self._events(self._everybody(attempt), attempt)

    def between(self, start_s: float, end_s: float) -> Iterator[Events]:
        """Those after the one moment and up to the other, in the same order."""
        for attempt, after_s in enumerate(self._after_s):
            near = self._by_time.near(start_s - after_s - ROUNDING_S, end_s - after_s + ROUNDING_S)
            at = self._came[near] + after_s
            near = near[(at > start_s) & (at <= end_s)]
            yield self._events(near[self._dropped(near, attempt)], attempt)

    @cached_property
    def first(self) -> Events:
        """The earliest of all; none where there is none."""
        dropped = self._everybody(0)
        earliest = np.argmin(self._came[dropped], keepdims=True) if len(dropped) else slice(0)
        return self._events(dropped[earliest], 0)

    def times(self) -> Iterator[Floats]:
        """When all of them were, one array for each attempt."""
        for attempt, after_s in enumerate(self._after_s):
            yield self._came[self._everybody(attempt)] + after_s

    def _events(self, dropped: Rows, attempt: int) -> Events:
        times, details = self._came[dropped] + self._after_s[attempt], Details(place=self._place)
        return events_of(EventKind.SYN_DROPPED, times, self._rows[dropped], details)

    def _everybody(self, attempt: int) -> Rows:
        return np.flatnonzero(self._dropped(slice(None), attempt))

    def _dropped(self, some: slice | Rows, attempt: int) -> NDArray[np.bool_]:
        """Whose SYN was dropped at this attempt, of some of those who can have lost one."""
        unanswered = self._in_vain[some] | (attempt < self._repeated[some])
        due = self._came[some] + self._trip[some] + self._after_s[attempt]
        dropped: NDArray[np.bool_] = unanswered & (due < self._left[some] - ROUNDING_S)
        return dropped
