"""A run made ready to be looked at, at any moment and over any stretch of time.

What to watch: making one costs next to nothing, because it is made anew at every turn of a knob. Everything else is
worked out when it is asked for, from the requests that were there at the time, and kept.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.trace.playback.activity import Activities
from simulator.trace.playback.curves import Curves
from simulator.trace.playback.events import Event, Events
from simulator.trace.playback.groups import LaneGroup, lane_groups
from simulator.trace.playback.lanes import Lanes, Resource, paint_locks, paint_slots
from simulator.trace.playback.latest import Latest
from simulator.trace.playback.ledger import Ledger
from simulator.trace.playback.log import Log
from simulator.trace.playback.moment import Moment, PoolNow
from simulator.trace.playback.notable import Notable, most_crowded
from simulator.trace.playback.outages import Outages
from simulator.trace.playback.reading import Reader
from simulator.trace.playback.sites import Sites, sites
from simulator.trace.playback.steps import next_change, previous_change
from simulator.trace.playback.uses import Window, uses_of_lock, uses_of_pool
from simulator.trace.playback.why import why
from simulator.trace.playback.why_waiting import Now
from simulator.trace.table import Trace

Floats = NDArray[np.float64]
LanesKey = tuple[str, int, int, tuple[float, float], int]

MOMENTS_KEPT = 4
LANES_KEPT = 16


class Playback:
    """A trace, simulated or measured, that can be asked about any moment. Seconds from the start of the run."""

    def __init__(self, trace: Trace) -> None:
        """The trace is not copied."""
        self.trace = trace
        self._ledger = Ledger(trace)
        self._moments: Latest[float, Moment] = Latest(MOMENTS_KEPT)
        self._painted: Latest[LanesKey, Activities] = Latest(LANES_KEPT)
        self._resources: dict[str, Resource] = {}

    @property
    def end_s(self) -> float:
        """When the last thing of the run happened; never before the run's duration."""
        return self._ledger.end_s

    @cached_property
    def _sites(self) -> Sites:
        return sites(self.trace)

    @cached_property
    def _outages(self) -> Outages:
        return Outages(self.trace, self._sites)

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self._ledger, self._sites, self._outages)

    @cached_property
    def groups(self) -> tuple[LaneGroup, ...]:
        """What makes lanes."""
        return lane_groups(self.trace.plan)

    def at(self, t_s: float) -> Moment:
        """What is going on at a moment: what begins at it has begun, what ends at it is over."""
        found = self._moments.get(t_s)
        if found is None:
            found = self._moments[t_s] = self._reader.at(t_s)
        return found

    def why(self, t_s: float) -> str:
        """One sentence about this moment: what most requests wait for, and because of whom."""
        return why(Now(self.at(t_s), self.trace, self._sites))

    def lanes(self, name: str, first_lane: int, count: int, span_s: tuple[float, float], columns: int) -> Lanes:
        """Lanes of a pool or lock. Column i covers the i-th of ``columns`` equal parts of ``span_s``.

        Fewer than ``count`` where the resource has no more. Ends are as at ``span_s[1]``, whatever comes after.
        KeyError if the plan has no pool or lock of that name.
        """
        now = self.at(span_s[1])
        entry = now.pool(name) if name in self._pool_names else now.lock(name)
        part = slice(first_lane, first_lane + count)
        holder = (entry.request if isinstance(entry, PoolNow) else entry.holder)[part]
        shown = self.painted(name, first_lane, count, span_s, columns)
        return Lanes(shown, holder, entry.activity[part], entry.since_s[part])

    def painted(self, name: str, first_lane: int, count: int, span_s: tuple[float, float], columns: int) -> Activities:
        """[lanes, columns] the ``activity`` of ``lanes`` alone, which costs less: nobody asks whose they are."""
        key = (name, first_lane, count, span_s, columns)
        found = self._painted.get(key)
        if found is None:
            found = self._painted[key] = self._paint(*key)
        return found

    def _paint(self, name: str, first_lane: int, count: int, span_s: tuple[float, float], columns: int) -> Activities:
        group = next((each for each in self.groups if each.name == name and each.resource is not None), None)
        if group is None:
            raise KeyError(name)
        lanes = min(count, group.lanes - first_lane)
        window = Window(first_lane=first_lane, lanes=lanes, start_s=span_s[0], end_s=span_s[1], columns=columns)
        resource = self._resources.get(name)
        if resource is None:
            resource = self._resources[name] = self._resource(name)
        paint = paint_slots if name in self._pool_names else paint_locks
        return paint(self._ledger, self._sites, resource, window)

    def _resource(self, name: str) -> Resource:
        if name in self._pool_names:
            number = self._pool_names.index(name)
            uses, away = uses_of_pool(self._ledger, self._sites, number), self._outages.pool(number)
        else:
            number = [lock.name for lock in self._sites.locks].index(name)
            uses, away = uses_of_lock(self._ledger, self._sites, number), self._outages.lock(number)
        return Resource(number=number, uses=uses, away=away)

    @cached_property
    def _pool_names(self) -> tuple[str, ...]:
        return tuple(part.pool.name for part in self._sites.held)

    @property
    def series_names(self) -> Sequence[str]:
        """What ``series`` knows in this run."""
        return self._curves.names

    @cached_property
    def _curves(self) -> Curves:
        return Curves(self._ledger, self._sites, self._outages)

    def series(self, name: str, start_s: float, end_s: float, columns: int, window_s: float = 5.0) -> Floats:
        """[columns] a figure over time, averaged within each column.

        ``arrivals_rps``, ``completions_rps``, ``failures_rps``; ``in_system``; ``<queue>: waiting`` for each backlog,
        pool and lock and for the ``cores``; ``<resource>: in use`` (share of its capacity) for each pool and lock and
        for the ``cores``; ``p50_s``, ``p95_s``, ``p99_s`` of what was completed in the ``window_s`` seconds before the
        end of the column, nan where nothing was. KeyError for any other name.

        Windows of percentiles end at whole multiples of a column's length: while the picture moves, most are known.
        """
        return self._curves.between(name, np.linspace(start_s, end_s, columns + 1), window_s)

    def log(self, t_s: float, count: int) -> list[Event]:
        """The last few things worth telling up to a moment, the latest first."""
        return self._log.upto(t_s, count)

    def next_event(self, t_s: float) -> float | None:
        """The first moment after this one at which anything changes for anybody; None after the last."""
        return next_change(self._ledger, t_s)

    def previous_event(self, t_s: float) -> float | None:
        """The last moment before this one at which anything changed for anybody; None before the first."""
        return previous_change(self._ledger, t_s)

    def next_interesting(self, t_s: float) -> Event | None:
        """The next of the moments that one should see, by ``look_s``; None after the last."""
        return next((event for event in self.interesting if event.look_s > t_s), None)

    @cached_property
    def interesting(self) -> tuple[Event, ...]:
        """The moments that one should see, in order of ``look_s``.

        The first dropped SYN, the first request that failed in each way, the longest block of a loop, the slowest
        request, and the largest crowd; of these what there is.
        """
        return tuple(self._log.highlights(self._crowded))

    @property
    def blocks(self) -> Events:
        """Every callback that had an event loop for long while others waited, when it let go; in order of time."""
        return self._notable.blocked

    def lost(self, start_s: float, end_s: float, columns: int) -> NDArray[np.bool_]:
        """[columns] whether a SYN was dropped or a request failed in each of so many equal parts of a stretch."""
        return self._notable.lost(np.linspace(start_s, end_s, columns + 1))

    @cached_property
    def _notable(self) -> Notable:
        return Notable(self._ledger, self._sites)

    @cached_property
    def _crowded(self) -> Events:
        return most_crowded(self._ledger.in_system)

    @cached_property
    def _log(self) -> Log:
        return Log(self.trace, self._sites, self._notable)
