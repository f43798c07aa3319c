"""The log of a run in words, and the few moments of it that one should see."""

from functools import cached_property
from math import inf

import numpy as np
from numpy.typing import NDArray

from simulator.plan.processes import main_pool
from simulator.plan.words import Outcome
from simulator.trace.playback.events import Event, EventKind, Events
from simulator.trace.playback.notable_events import NotableEvents
from simulator.trace.playback.place_map import PlaceMap
from simulator.trace.table import Trace
from simulator.words.numbers import count, short_duration
from simulator.words.phrases import counted
from simulator.workload.interventions import Do, Intervention

Rows = NDArray[np.intp]

TOGETHER_S = 1.0
"""Events of one kind that happen in a row within this time are told as one."""
LONGER = 8.0
"""Where too little happened in the last seconds, the log looks back so many times as long."""


class EventLog:
    """Tells events of one run."""

    def __init__(self, trace: Trace, place_map: PlaceMap, notable: NotableEvents) -> None:
        """``notable`` is what may be told."""
        self._trace, self._map, self._notable = trace, place_map, notable

    def upto(self, t_s: float, most: int) -> list[Event]:
        """The last ``most`` things that had happened by a moment, the latest first."""
        if self._notable.few:
            return self._told(self._notable.all, self._all_firsts, self._notable.all.upto(t_s), most)
        seconds = 2 * TOGETHER_S
        while True:
            start_s = t_s - seconds if seconds < t_s else -inf
            table = self._notable.between(start_s, t_s)
            told = self._told(table, self._firsts(table), len(table), most)
            if start_s == -inf or (len(told) == most and told[-1].time_s - TOGETHER_S >= start_s):
                return told
            seconds *= LONGER

    def _told(self, table: Events, firsts: Rows, count: int, most: int) -> list[Event]:
        """The last of so many events, the latest first."""
        told: list[Event] = []
        at = count - 1
        while at >= 0 and len(told) < most:
            in_a_row = int(firsts[firsts.searchsorted(at, "right") - 1])
            together = int(table.time_s.searchsorted(float(table.time_s[at]) - TOGETHER_S, "right"))
            until = max(in_a_row, together)
            told.append(self.event(table, at, alike=at - until))
            at = until - 1
        return told

    @cached_property
    def _all_firsts(self) -> Rows:
        return self._firsts(self._notable.all)

    def _firsts(self, table: Events) -> Rows:
        """Where events begin that are unlike those before them; every block and every intervention is told."""
        told = np.isin(table.kind, (EventKind.BLOCKED, EventKind.INTERVENED))
        outcome = np.where(table.kind == EventKind.FAILED, self._trace.outcome[table.request], np.int8(-1))
        unlike = (table.kind[1:] != table.kind[:-1]) | (outcome[1:] != outcome[:-1]) | told[1:]
        return np.flatnonzero(np.append(True, unlike)[: len(table)])

    def highlights(self) -> list[Event]:
        """The first of every kind of failure, the longest block, the slowest request, the largest crowd; by time."""
        tables = (self._notable.highlights, self._notable.crowded)
        found = [self.event(table, index) for table in tables for index in range(len(table))]
        return sorted(found, key=lambda event: event.look_s)

    def event(self, table: Events, index: int, alike: int = 0) -> Event:
        """A row of a table, with its words."""
        kind, request = EventKind(int(table.kind[index])), int(table.request[index])
        seconds, others = float(table.seconds[index]), int(table.others[index])
        return Event(
            time_s=float(table.time_s[index]),
            kind=kind,
            request=request,
            seconds=seconds,
            others=others,
            words=self._words(kind, request, int(table.place[index]), seconds, others),
            alike=alike,
        )

    def _words(self, kind: EventKind, request: int, place: int, seconds: float, others: int) -> str:
        match kind:
            case EventKind.SYN_DROPPED:
                return f"SYN dropped: {self._full(place)}"
            case EventKind.FAILED:
                return self._failure(request, seconds)
            case EventKind.BLOCKED:
                lock = self._map.places[place].lock
                name = "the lock" if lock is None else f"the {lock.name}"
                return f"had {name} for {short_duration(seconds)} while {count(others)} waited behind it"
            case EventKind.SLOWEST:
                return f'completed after {short_duration(seconds)}: the slowest so far ("{self._class_of(request)}")'
            case EventKind.CROWDED:
                return f"{counted(others, 'request')} in the system: the most of the whole run"
            case EventKind.INTERVENED:
                return self._intervention(self._trace.workload.interventions[place], others)

    def _class_of(self, request: int) -> str:
        load = self._trace.workload
        name: str = load.class_names[load.request_class[request]]
        return name

    def _failure(self, request: int, seconds: float) -> str:
        outcome = Outcome(int(self._trace.outcome[request]))
        if outcome is Outcome.REFUSED:
            connects = [place for place in self._map.connects if self._trace.reached[request, place] >= 0.0]
            return f"{outcome.words}: {self._full(max(connects, default=-1))}"
        return f"{outcome.words} after {short_duration(seconds)}"

    def _intervention(self, entry: Intervention, taken_along: int) -> str:
        match entry.do:
            case Do.KILL | Do.KILL_GROUP:
                what = "process" if entry.do is Do.KILL else "group"
                back = f"back after {short_duration(entry.lasting)}"
                return f"{what} {entry.number} was killed and took {counted(taken_along, 'request')} along; {back}"
            case Do.SLOW_IO:
                return f"I/O takes {entry.factor:g} times as long for {short_duration(entry.lasting)}"
            case Do.BURST:
                return f"a burst of {counted(entry.number, 'request')} within {short_duration(entry.lasting)}"
            case Do.SLOTS:
                pool = main_pool(self._trace.plan)
                name = "slot" if pool is None else pool.name
                return f"from now on {counted(entry.number, name)}"
            case Do.CORES:
                return f"from now on {counted(entry.number, 'core')}"

    def _full(self, place: int) -> str:
        backlog = self._map.places[place].knocks_at
        limit, name = (0, "backlog") if backlog is None else (backlog.limit + 1, backlog.name)
        return f"the {name} was full ({count(limit)} of {count(limit)})"
