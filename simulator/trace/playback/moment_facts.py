"""What the rules about a moment look at, and the turns of phrase in which they answer."""

from dataclasses import dataclass

from simulator.trace.playback.activity import Activity
from simulator.trace.playback.moment import BacklogNow, Moment
from simulator.trace.playback.place_map import PlaceMap
from simulator.trace.table import Trace
from simulator.words.numbers import short_duration
from simulator.words.phrases import is_or_are, some_of


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


def for_long(moment: Moment, request: int, since_s: float) -> str:
    """``#1041 for 640 ms already``."""
    return f"#{request} for {short_duration(moment.t_s - since_s)} already"


def idle_cores(moment: Moment) -> str:
    """``while 1 of 2 cores is idle``, with a blank before it; nothing where all are at work."""
    idle = moment.cores - round(moment.cores_in_use)
    if not idle:
        return ""
    verb = is_or_are(idle)
    return f" while {some_of(idle, moment.cores, 'core')} {verb} idle"
