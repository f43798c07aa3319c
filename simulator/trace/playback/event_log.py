"""The log of a run in words, and the few moments of it that one should see."""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from simulator.plan.processes import main_pool
from simulator.plan.words import Outcome
from simulator.trace.playback.events import Event, EventKind, Events
from simulator.trace.playback.place_map import PlaceMap
from simulator.trace.playback.story import Story
from simulator.trace.table import Trace
from simulator.words.kinds import kind_name
from simulator.words.language import Said, later, said, said_many, translated
from simulator.words.numbers import count, short_duration
from simulator.words.phrases import cores_of, counted, some_of
from simulator.workload.interventions import Death, Do, Intervention

Rows = NDArray[np.intp]
Field = str | Callable[[], str]

PROCESS_BACK, GROUP_BACK = later("process {number} is back"), later("group {number} is back")


class EventLog:
    """Tells events of one run."""

    def __init__(self, trace: Trace, place_map: PlaceMap, story: Story) -> None:
        """``story`` is what is told."""
        self._trace, self._map, self._story = trace, place_map, story

    def highlights(self) -> list[Event]:
        """The moments of the story that one should see, by time."""
        found = [self.event(self._story.all, row) for row in self._story.moments.tolist()]
        return sorted(found, key=lambda event: event.look_s)

    def length(self, t_s: float) -> int:
        """How many things of the story had happened by a moment."""
        return self._story.all.upto(t_s)

    def upto(self, t_s: float, most: int) -> list[Event]:
        """The last things of the story that had happened by a moment, the latest first."""
        table = self._story.all
        until = table.upto(t_s)
        return [self.event(table, row) for row in range(until - 1, max(until - most, 0) - 1, -1)]

    def event(self, table: Events, index: int) -> Event:
        """A row of a table, with its words."""
        kind, request = EventKind(int(table.kind[index])), int(table.request[index])
        seconds, others = float(table.seconds[index]), int(table.others[index])
        return Event(
            time_s=float(table.time_s[index]),
            kind=kind,
            request=request,
            seconds=seconds,
            others=others,
            said=self._said(kind, request, int(table.place[index]), seconds, others),
        )

    def _said(self, kind: EventKind, request: int, place: int, seconds: float, others: int) -> Said:
        time = partial(short_duration, seconds)
        match kind:
            case EventKind.SYN_DROPPED:
                return said("SYN dropped: the {backlog} was full ({n} of {n})", **self._full(place))
            case EventKind.FAILED:
                return self._failure(request, seconds)
            case EventKind.BLOCKED:
                return said_many(
                    "kept {n} other waiting for {time}",
                    "kept {n} others waiting for {time}",
                    others,
                    n=count(others),
                    time=time,
                )
            case EventKind.SLOWEST:
                name = partial(kind_name, self._class_of(request))
                return said('answered after {time}: the slowest of the whole run ("{name}")', time=time, name=name)
            case EventKind.CROWDED:
                return said_many(
                    "{n} request in the system: the most of the whole run",
                    "{n} requests in the system: the most of the whole run",
                    others,
                    n=count(others),
                )
            case EventKind.INTERVENED:
                return self._intervention(self._trace.interventions[place], others)
            case _:
                return self._told(kind, place, seconds, others)

    def _told(self, kind: EventKind, place: int, seconds: float, others: int) -> Said:
        """What is found for the story only."""
        match kind:
            case EventKind.HELD:
                return self._all_held(place, others)
            case EventKind.LONGER:
                return said("more than {n} wait", n=count(others))
            case EventKind.GONE:
                return said("nobody waits any more")
            case EventKind.SPIKE:
                return said("{factor} times as many requests as usual", factor=count(seconds))
            case EventKind.SPIKE_OVER:
                return said("the spike is over: {n} wait", n=count(others))
            case EventKind.BACK:
                entry = self._trace.interventions[place]
                message = PROCESS_BACK if entry.do is Do.KILL else GROUP_BACK
                return said(message, number=entry.number)
            case _:
                return said("{n} by now: {outcome}", n=count(others), outcome=partial(translated, Outcome(place).words))

    def _all_held(self, client: int, slots: int) -> Said:
        pool = main_pool(self._trace.plan)
        workers = partial(some_of, slots, slots, "slot" if pool is None else pool.name)
        if client < 0:
            return said("slow clients hold {workers}", workers=workers)
        name = partial(kind_name, self._trace.workload.client_names[client])
        return said('{workers} held by "{name}"', name=name, workers=workers)

    def _class_of(self, request: int) -> str:
        load = self._trace.workload
        name: str = load.class_names[load.request_class[request]]
        return name

    def _failure(self, request: int, seconds: float) -> Said:
        outcome = Outcome(int(self._trace.outcome[request]))
        words = partial(translated, outcome.words)
        if outcome is Outcome.REFUSED:
            connects = [place for place in self._map.connects if self._trace.reached[request, place] >= 0.0]
            full = self._full(max(connects, default=-1))
            return said("{outcome}: the {backlog} was full ({n} of {n})", outcome=words, **full)
        return said("{outcome} after {time}", outcome=words, time=short_duration(seconds))

    def _intervention(self, entry: Intervention, taken_along: int) -> Said:
        match entry.do:
            case Do.KILL | Do.KILL_GROUP:
                fields = {"number": entry.number, "n": count(taken_along), "time": short_duration(entry.lasting)}
                if isinstance(entry, Death):
                    return said_many(
                        "process {number} died of #{request}, and {n} request was lost with it; back after {time}",
                        "process {number} died of #{request}, and {n} requests were lost with it; back after {time}",
                        taken_along,
                        request=entry.request,
                        **fields,
                    )
                if entry.do is Do.KILL:
                    return said_many(
                        "process {number} was killed, and {n} request was lost with it; back after {time}",
                        "process {number} was killed, and {n} requests were lost with it; back after {time}",
                        taken_along,
                        **fields,
                    )
                return said_many(
                    "group {number} was killed, and {n} request was lost with it; back after {time}",
                    "group {number} was killed, and {n} requests were lost with it; back after {time}",
                    taken_along,
                    **fields,
                )
            case Do.SLOW_IO:
                factor, time = f"{entry.factor:g}", short_duration(entry.lasting)
                return said("I/O takes {factor} times as long for {time}", factor=factor, time=time)
            case Do.BURST:
                time = short_duration(entry.lasting)
                return said(
                    "a burst of {requests} within {time}", requests=_counted(entry.number, "request"), time=time
                )
            case Do.SLOTS:
                pool = main_pool(self._trace.plan)
                name = "slot" if pool is None else pool.name
                return said("from now on {slots}", slots=_counted(entry.number, name))
            case Do.CORES:
                return said("from now on {slots}", slots=partial(cores_of, entry.number, entry.quota))

    def _full(self, place: int) -> dict[str, Field]:
        backlog = self._map.places[place].knocks_at
        limit, name = (0, "backlog") if backlog is None else (backlog.limit + 1, backlog.name)
        return {"backlog": partial(translated, name), "n": count(limit)}


def _counted(number: int, name: str) -> Field:
    """Worded when it is read."""
    return partial(counted, number, name)
