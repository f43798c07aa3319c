"""A run made ready to be looked at, at any moment and over any stretch of time.

What to watch: making one costs next to nothing, because it is made anew at every turn of a knob. Everything else is
worked out when it is asked for, from the requests that were there at the time, and kept.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, cached_property, lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from simulator.plan.words import State
from simulator.trace.availability import Outages
from simulator.trace.holding import Held
from simulator.trace.playback.claims import Claims, Named
from simulator.trace.playback.congestion import Congestion
from simulator.trace.playback.event_log import EventLog
from simulator.trace.playback.events import Event, Events
from simulator.trace.playback.lane_groups import LaneGroup
from simulator.trace.playback.lane_uses import LaneUses
from simulator.trace.playback.lanes import LaneReader
from simulator.trace.playback.lock_holds import LockHolds, lock_holds
from simulator.trace.playback.moment import Moment
from simulator.trace.playback.moment_facts import MomentFacts
from simulator.trace.playback.moment_reader import MomentReader
from simulator.trace.playback.notable_events import NotableEvents
from simulator.trace.playback.place_map import PlaceMap, place_map
from simulator.trace.playback.segment_index import SegmentIndex
from simulator.trace.playback.slot_uses import seconds_computed, seconds_held_for
from simulator.trace.playback.story import Story
from simulator.trace.playback.time_series import TimeSeries
from simulator.trace.playback.why import Why, why
from simulator.trace.table import Trace

Floats = NDArray[np.float64]

MOMENT_S = 1e-6
"""A stretch so short that hardly anything happens in it."""
MOMENTS_KEPT = 4


class Playback:
    """A trace, simulated or measured, that can be asked about any moment. Seconds from the start of the run."""

    def __init__(self, trace: Trace) -> None:
        """The trace is not copied."""
        self.trace = trace
        self._index = SegmentIndex(trace)

    @property
    def end_s(self) -> float:
        """When the last thing of the run happened; never before the run's duration."""
        return self._index.end_s

    @cached_property
    def _map(self) -> PlaceMap:
        return place_map(self.trace)

    @cached_property
    def _outages(self) -> Outages:
        return Outages(self.trace)

    @property
    def groups(self) -> tuple[LaneGroup, ...]:
        """What makes lanes."""
        return self._map.groups

    # --- one moment ---------------------------------------------------------------------------------------------------

    def at(self, t_s: float) -> Moment:
        """What is going on at a moment: what begins at it has begun, what ends at it is over."""
        return self._moment_at(t_s)

    @cached_property
    def _moment_at(self) -> Callable[[float], Moment]:
        return lru_cache(MOMENTS_KEPT)(MomentReader(self._index, self._map, self._outages).at)

    def why(self, t_s: float, speed: float = 1.0) -> str:
        """The same as ``reason``, in one text."""
        return str(self.reason(t_s, speed))

    def reason(self, t_s: float, speed: float = 1.0) -> Why:
        """Who keeps others waiting at this moment, for whoever watches at this speed.

        The cause stays the same until another one takes over, whether one plays up to the moment or goes there at once.
        """
        memory_s = self._claims.memory_s(speed)
        mean = partial(self._mean, start_s=max(t_s - memory_s, 0.0), end_s=t_s)
        facts = MomentFacts(self.at(t_s), self.trace, self._map, self._congestion, memory_s, mean)
        return why(facts, self._claims.at(t_s, speed))

    def _mean(self, series: str, *, start_s: float, end_s: float) -> float:
        return float(self.series(series, start_s, end_s, 1)[0]) if end_s > start_s else 0.0

    def cause(self, t_s: float, speed: float = 1.0) -> Named:
        """The cause that ``why`` is about."""
        return self._claims.at(t_s, speed)

    @cached_property
    def _congestion(self) -> Congestion:
        return Congestion(self._index, self._map)

    @cached_property
    def _claims(self) -> Claims:
        return Claims(self._congestion)

    def next_event(self, t_s: float) -> float | None:
        """The first moment after this one at which anything changes for anybody; None after the last."""
        return self._index.next_change(t_s)

    def previous_event(self, t_s: float) -> float | None:
        """The last moment before this one at which anything changed for anybody; None before the first."""
        return self._index.previous_change(t_s)

    # --- lanes --------------------------------------------------------------------------------------------------------

    def shares(self, name: str, first_lane: int, count: int, span_s: tuple[float, float], columns: int) -> Floats:
        """[activities, lanes, columns] for which part of each column a lane did what; they add up to 1.

        Column i covers the i-th of ``columns`` equal parts of ``span_s``. Fewer lanes than ``count`` where the resource
        has no more; KeyError if the plan has no pool or lock of that name. Where a request ended without an answer,
        DROPPED or CRASHED is 1 beside the others.
        """
        return self._lanes.shares(name, first_lane, count, span_s, columns)

    def shares_together(
        self, name: str, first_lane: int, count: int, span_s: tuple[float, float], columns: int
    ) -> Floats:
        """[activities, columns] for which part of their time so many lanes did what, all together."""
        return self._lanes.shares_together(name, first_lane, count, span_s, columns)

    def spent(self, name: str) -> Floats:
        """[activities] for which part of the whole run the lanes of a pool or lock did what, about.

        DROPPED and CRASHED are how many requests ended there, of those that are looked at. KeyError if there is none.
        """
        return self._lanes.spent(name, self.end_s)

    def uses(self, name: str, first_lane: int, count: int, span_s: tuple[float, float]) -> LaneUses:
        """Who had the lanes of a pool or lock in a stretch of time, and from when to when."""
        return self._lanes.uses(name, first_lane, count, span_s)

    @cached_property
    def _lanes(self) -> LaneReader:
        return LaneReader(self._index, self._map, self._outages)

    def held_since(self, pool: str, first_slot: int, count: int, t_s: float) -> Floats:
        """[slots] since when slots of a pool are held for whoever holds them at a moment, whatever was done there."""
        now = self.at(t_s).pool(pool)
        part = slice(first_slot, first_slot + count)
        requests, since_s = now.request[part], now.since_s[part].copy()
        uses = self.uses(pool, first_slot, len(requests), (t_s, t_s + MOMENT_S))
        slot = uses.lane - first_slot
        present = requests[slot] == uses.request
        since_s[slot[present]] = uses.start_s[present]
        return since_s

    def holds(self, name: str) -> tuple[LockHolds, ...]:
        """Who had each copy of a lock from when to when; empty ones where that was not recorded. KeyError if none."""
        return self._holds(name)

    @cached_property
    def _holds(self) -> Callable[[str], tuple[LockHolds, ...]]:
        locks = {lock.name: lock for lock in self.trace.plan.locks}
        return cache(lambda name: lock_holds(self._index, self._map, locks[name]))

    # --- time series --------------------------------------------------------------------------------------------------

    @property
    def series_names(self) -> Sequence[str]:
        """What ``series`` knows in this run."""
        return self._time_series.names

    @cached_property
    def _time_series(self) -> TimeSeries:
        return TimeSeries(self._index, self._map, self._outages)

    def series(self, name: str, start_s: float, end_s: float, columns: int, window_s: float = 5.0) -> Floats:
        """[columns] a figure over time, averaged within each column.

        ``arrivals_rps``, ``completions_rps``, ``failures_rps``; ``in_system``; ``<queue>: waiting`` for each backlog,
        pool and lock and for the ``cores``; ``<resource>: in use`` (share of its capacity) for each pool and lock and
        for the ``cores``; ``cores: <n> in use`` for each core, where the first ones are used first; ``p50_s``,
        ``p95_s``, ``p99_s`` of what was completed in the ``window_s`` seconds before the end of the column, nan where
        nothing was. KeyError for any other name.

        Windows of percentiles end at whole multiples of a column's length: while the picture moves, most are known.
        """
        return self._time_series.between(name, np.linspace(start_s, end_s, columns + 1), window_s)

    def seconds_computed(self, pool: str, start_s: float, end_s: float) -> Floats:
        """[slots] for how long who held each slot of a pool computed between two moments. KeyError for another name."""
        return seconds_computed(self._index, self._part(pool), self._map, start_s, end_s)

    def seconds_held_for(self, pool: str) -> Mapping[State, float]:
        """For how long all slots of a pool together were held for what in the whole run. KeyError as above."""
        return seconds_held_for(self.trace, self._map, self._part(pool))

    def _part(self, pool: str) -> Held:
        part = next((part for part in self._map.held if part.pool.name == pool), None)
        if part is None:
            raise KeyError(pool)
        return part

    # --- events -------------------------------------------------------------------------------------------------------

    def log(self, t_s: float, count: int) -> list[Event]:
        """The last few things that the run tells up to a moment, the latest first."""
        return self._log.upto(t_s, count)

    def log_length(self, t_s: float) -> int:
        """How many things it tells up to a moment."""
        return self._log.length(t_s)

    @cached_property
    def interesting(self) -> tuple[Event, ...]:
        """The dozen moments that one should see, in order of ``look_s``: those of ``Story.moments``."""
        return tuple(self._log.highlights())

    @property
    def blocks(self) -> Events:
        """Every callback that had an event loop for long while others waited, when it let go; in order of time."""
        return self._notable.blocked

    @cached_property
    def _notable(self) -> NotableEvents:
        return NotableEvents(self._index, self._map)

    @cached_property
    def _log(self) -> EventLog:
        return EventLog(self.trace, self._map, Story(self._index, self._map, self._notable))
