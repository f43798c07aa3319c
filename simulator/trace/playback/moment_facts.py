"""What the rules about a moment look at, and the turns of phrase in which they answer."""

from dataclasses import dataclass

from simulator.trace.playback.activity import Activity
from simulator.trace.playback.moment import BacklogNow, Moment
from simulator.trace.playback.place_map import PlaceMap
from simulator.trace.table import Trace
from simulator.words.phrases import all_of, count, duration, is_or_are, plural


@dataclass(frozen=True, eq=False)
class MomentFacts:
    """A moment, and the run that it is one of."""

    moment: Moment
    trace: Trace
    place_map: PlaceMap

    def backlogs_of(self, name: str) -> list[BacklogNow]:
        """The backlogs from which a pool or a lock (by name) is fed."""
        takers = [self.place_map.places[place].waits_for for place in self.place_map.of_backlog]
        fed = zip(self.moment.backlogs, takers, strict=True)
        return [now for now, taker in fed if taker is not None and taker.name == name]

    def class_of(self, request: int) -> str:
        """The class of a request, by name."""
        load = self.trace.workload
        name: str = load.class_names[load.request_class[request]]
        return name


def does(activity: Activity, number: int) -> str:
    """``wait for their clients to send``, ``is down``."""
    if activity.state is None:
        return f"{is_or_are(number)} {activity.name.lower()}"
    return activity.state.one if number == 1 else activity.state.several


def some_of(number: int, size: int, name: str) -> str:
    """``the worker``, ``both workers``, ``all 8 workers``, ``7 of 8 workers``."""
    if number == size:
        return all_of(name, size) if size <= 2 else f"all {count(size)} {plural(name)}"
    return f"{count(number)} of {count(size)} {plural(name, size)}"


def so_many(number: int, name: str) -> str:
    """``1 request``, ``1 234 requests``."""
    return f"{count(number)} {plural(name, number)}"


def for_long(moment: Moment, request: int, since_s: float) -> str:
    """``#1041 for 640 ms already``."""
    return f"#{request} for {duration(moment.t_s - since_s)} already"


def idle_cores(moment: Moment) -> str:
    """``while 1 of 2 cores is idle``, with a blank before it; nothing where all are at work."""
    idle = moment.cores - round(moment.cores_in_use)
    if not idle:
        return ""
    verb = is_or_are(idle)
    return f" while {some_of(idle, moment.cores, 'core')} {verb} idle"


def in_line(parts: list[str]) -> str:
    """``one``, ``one and two``, ``one, two and three``."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
