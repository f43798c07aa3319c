"""What the rules about a moment look at, and the turns of phrase in which they answer."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import floor

import numpy as np

from simulator.trace.availability import CORES, quota_at
from simulator.trace.playback.activity import Activity
from simulator.trace.playback.congestion import FOR_CLIENT, Cause, Congestion
from simulator.trace.playback.moment import BacklogNow, Moment, Present
from simulator.trace.playback.place_map import PlaceMap
from simulator.trace.table import Trace
from simulator.words.kinds import kind_name
from simulator.words.language import tell_many, translated
from simulator.words.numbers import count, short_duration
from simulator.words.phrases import is_or_are, some_of

NEARLY_IDLE = 0.1
"""A core that is at work for no larger part of the time is called idle."""


@dataclass(frozen=True, eq=False)
class MomentFacts:
    """A moment, and the run that it is one of."""

    moment: Moment
    trace: Trace
    place_map: PlaceMap
    congestion: Congestion
    memory_s: float
    """How far back a cause counts."""
    mean: Callable[[str], float]
    """The average of a series in that time."""

    @property
    def start_s(self) -> float:
        """Since when causes count."""
        return max(self.moment.t_s - self.memory_s, 0.0)

    @property
    def window(self) -> str:
        """How long that is, in words."""
        return short_duration(self.moment.t_s - self.start_s)

    def backlogs_of(self, name: str) -> list[BacklogNow]:
        """The backlogs from which a pool or a lock (by name) is fed."""
        takers = [self.place_map.places[place].waits_for for place in self.place_map.of_backlog]
        fed = zip(self.moment.backlogs, takers, strict=True)
        return [now for now, taker in fed if taker is not None and taker.name == name]

    def class_of(self, request: int) -> str:
        """The class of a request, by name."""
        load = self.trace.workload
        return kind_name(load.class_names[load.request_class[request]])

    def name_of(self, cause: Cause) -> str:
        """The class or the client that a cause is about; empty where there is only one."""
        load = self.trace.workload
        names = load.client_names if cause.use in FOR_CLIENT else load.class_names
        return kind_name(names[cause.who]) if len(names) > 1 else ""

    def ago(self, moment_s: float) -> str:
        """How long it is since then."""
        return short_duration(self.moment.t_s - moment_s)


def does(activity: Activity, number: int) -> str:
    """``wait for their clients to send``, ``is down``."""
    if activity.state is None:
        return f"{is_or_are(number)} {activity.name.lower()}"
    return translated(activity.state.one if number == 1 else activity.state.several)


def idle_cores(now: MomentFacts) -> Iterator[str]:
    """``1 of 2 cores is idle meanwhile.``; nothing where all are at work, now or most of the time before."""
    moment = now.moment
    if quota_at(now.trace, moment.t_s):
        return  # a container has no core of its own
    idle = min(
        moment.cores - round(moment.cores_in_use), floor(moment.cores * (1.0 - now.mean("cores: in use")) + NEARLY_IDLE)
    )
    if idle > 0:
        cores = some_of(idle, moment.cores, "core")
        yield tell_many("{cores} is idle meanwhile.", "{cores} are idle meanwhile.", idle, cores=cores)


def queue_in(now: MomentFacts, backlogs: list[BacklogNow]) -> Iterator[str]:
    """Who stands in front of the server, a sentence each: in a backlog, and those who found no room in it."""
    for backlog in backlogs:
        waiting, retrying = len(backlog.waiting), len(backlog.retrying)
        name = translated(backlog.backlog.name)
        if waiting:
            first = now.ago(float(backlog.waiting.came_s.min()))
            fields = {"n": count(waiting), "backlog": name, "time": first, "room": count(backlog.room)}
            if backlog.full:
                yield tell_many(
                    "{n} connection queues in the {backlog} (full: {n} of {room}), for {time} already.",
                    "{n} connections queue in the {backlog} (full: {n} of {room}), the first for {time}.",
                    waiting,
                    **fields,
                )
            else:
                yield tell_many(
                    "{n} connection queues in the {backlog}, for {time} already.",
                    "{n} connections queue in the {backlog}, the first for {time}.",
                    waiting,
                    **fields,
                )
        if retrying:
            yield tell_many(
                "{n} client found the {backlog} full and will try again: its SYN was dropped.",
                "{n} clients found the {backlog} full and will try again: their SYN was dropped.",
                retrying,
                n=count(retrying),
                backlog=name,
            )


def victims(now: MomentFacts, waiting: Present) -> tuple[str, int]:
    """The class that most of those who wait are of, and how many of them; no name where there is only one class."""
    load = now.trace.workload
    if len(load.class_names) < 2 or len(waiting) < 2:
        return "", 0
    numbers = np.bincount(load.request_class[waiting.request], minlength=len(load.class_names))
    return kind_name(load.class_names[int(numbers.argmax())]), int(numbers.max())


def is_cores(cause: Cause) -> bool:
    """Whether the cores are what is waited for."""
    return cause.resource == CORES
