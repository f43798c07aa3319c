"""What set an episode off: an entry of the timeline, many at once, a burst, or a few that hold what is short.

What to watch: of these the first that fits is told, because each explains those behind it: a burst of the timeline is
a burst, and whoever comes in it comes nearly at once.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from simulator.plan.processes import main_pool
from simulator.plan.words import State
from simulator.trace.availability import interventions
from simulator.trace.finding import Kind, Party
from simulator.trace.holding import Held, holdings
from simulator.trace.intervals import StepFunction
from simulator.trace.measures import Measures
from simulator.trace.residence import Floats, Rows, blocks
from simulator.trace.throttling import spans
from simulator.workload.interventions import Do, Intervention

NEAR = 0.1
"""Of the stretch: an entry that is so much later set it off all the same, for somebody waits at other times too."""
AT_ONCE = 0.01
"""Of the stretch: what comes within it comes at once."""
ALL_ALONG = 0.3
"""Of the stretch: whoever holds a slot from its start on for so long set it off."""
NEARLY_ALL = 0.9
"""Of those that came at once: they are called by the name of their class."""
DENSER = 1.5
"""So many times as many requests a second as at other times are a burst."""
ENOUGH = 20
"""Fewer requests are no rate."""
MOST = 0.5
"""Of those who waited; fewer that came at once did not set it off."""
REST = 0.5
"""Of a burst: other times that are shorter are nothing to compare it with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """What set an episode off. Which of these are known depends on the kind."""

    party: Party
    mostly: Party | None = None
    """The class of nearly all that came at once, where there are others."""
    entry: Intervention | None = None
    number: int = 0
    """Of requests: that came at once, that came in the burst, or that held slots."""
    until_s: float = 0.0
    """When it was over."""
    rate_rps: float = 0.0
    """Of the burst; and at other times."""
    usual_rps: float = 0.0
    each_s: float = 0.0
    """How long each of them held a slot, and what for most of that time."""
    doing: State | None = None

    @property
    def parties(self) -> tuple[Party, ...]:
        """Who did it."""
        return (self.party,) if self.mostly is None else (self.party, self.mostly)


def trigger_of(
    measures: Measures, part: Held | None, rows: Rows, stretch: tuple[float, float], crowd: StepFunction
) -> Trigger | None:
    """An entry of the timeline, many at once, a burst, or a few that hold what is short; the first that fits."""
    peak = float(crowd.at[crowd.height.argmax()])
    return (
        _entry(measures, *stretch)
        or _at_once(measures, rows, *stretch)
        or (_holders(measures, part, *stretch) if part is not None else None)
        or _burst(measures, stretch, peak)
    )


def _entry(measures: Measures, begin: float, end: float) -> Trigger | None:
    """The latest entry that was under way when it began."""
    trace, near = measures.trace, NEAR * (end - begin)
    sizes = [Do.CORES] if main_pool(trace.plan) is None else [Do.SLOTS, Do.CORES]
    lasting = interventions(trace, Do.KILL, Do.KILL_GROUP, Do.SLOW_IO, Do.BURST)
    changes = [(entry, entry.until) for entry in lasting]
    for kind in sizes:
        entries = interventions(trace, kind)
        changes += [(entry, later.at) for entry, later in pairwise(entries)]
        changes += [(entry, trace.horizon_s) for entry in entries[-1:]]
    found = [(entry, until) for entry, until in changes if entry.at <= begin + near and until >= begin]
    if not found:
        return None
    entry, until = max(found, key=lambda each: each[0].at)
    return Trigger(party=Party(Kind.ENTRY, entry.do.name.lower().replace("_", "-")), entry=entry, until_s=until)


def _at_once(measures: Measures, rows: Rows, begin: float, end: float) -> Trigger | None:
    """Most of those who waited came at one moment."""
    arrival = measures.trace.arrival
    first = float(arrival[rows].min())
    then = np.flatnonzero((arrival >= first) & (arrival <= first + AT_ONCE * (end - begin)))
    came = len(then)
    waited = int(np.count_nonzero(arrival[rows] <= first + AT_ONCE * (end - begin)))
    if len(rows) < 2 or waited < MOST * len(rows):
        return None
    load = measures.trace.workload
    of_class = np.bincount(load.request_class[then])
    most = int(of_class.argmax())
    alike = len(load.class_names) > 1 and of_class[most] >= NEARLY_ALL * came
    return Trigger(
        party=Party(Kind.ARRIVALS, "at once"),
        mostly=Party(Kind.CLASS, load.class_names[most]) if alike else None,
        number=int(of_class[most]) if alike else came,
        until_s=first,
    )


def _burst(measures: Measures, stretch: tuple[float, float], peak: float) -> Trigger | None:
    """Until the queue was longest, many more came than at other times."""
    if measures.trace.workload.clients_in_loop:
        return None  # whoever asks again once there is an answer comes as often as the server lets him
    trace, (begin, end), (low, high) = measures.trace, stretch, (0.0, measures.trace.workload.duration)
    came = int(np.count_nonzero((trace.arrival >= begin) & (trace.arrival < peak)))
    outside = int(np.count_nonzero((trace.arrival < begin) | (trace.arrival >= end)))
    rest = (begin - low) + max(high - end, 0.0)
    if came < ENOUGH or peak <= begin or rest < REST * (peak - begin):
        return None
    rate, usual = came / (peak - begin), outside / rest
    if rate < DENSER * usual:
        return None
    party = Party(Kind.ARRIVALS, "burst")
    return Trigger(party=party, number=came, until_s=peak, rate_rps=rate, usual_rps=usual)


def _holders(measures: Measures, part: Held, begin: float, end: float) -> Trigger | None:
    """Those who held the slots when it began, if they did so for much of the stretch."""
    trace = measures.trace
    kept: list[tuple[Rows, Floats]] = []
    for block in blocks(trace):
        held = holdings(trace, part, block)
        then = (held.start <= begin) & (held.end > begin) & (held.end - begin >= ALL_ALONG * (end - begin))
        kept.append((held.rows[then], (held.end - held.start)[then]))
    rows, seconds = (np.concatenate(column) for column in zip(*kept, strict=True))
    if len(rows) * 2 <= part.pool.size * part.pool.processes:
        return None
    of_class = np.bincount(trace.workload.request_class[rows])
    who = trace.workload.class_names[int(of_class.argmax())]
    alike = trace.workload.request_class[rows] == of_class.argmax()
    return Trigger(
        party=Party(Kind.CLASS, who),
        number=int(of_class.max()),
        until_s=begin + float(seconds.min()),
        each_s=float(seconds[alike].mean()),
        doing=_doing(measures, part, rows[alike]),
    )


def _doing(measures: Measures, part: Held, rows: Rows) -> State:
    """What some requests did for most of the time in which they held a slot."""
    seconds = dict.fromkeys(State, 0.0)
    for span in spans(measures.trace, rows):
        if span.place in part:
            for state, share in span.shares.items():
                seconds[state] += float((share * (span.end - span.start)).sum())
    return max(seconds, key=lambda state: seconds[state])
