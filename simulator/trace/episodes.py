"""The stretch of a run in which most of the waiting is: from when to when, how deep it went, and what set it off.

What to watch: an average over the run is no answer to somebody who waited for a minute. Where the long waits lie in
one stretch, that stretch is told. A run that waits all the time has none, unless something set it off.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from simulator.plan.processes import main_pool
from simulator.plan.words import State
from simulator.trace.availability import interventions, slots_away
from simulator.trace.finding import Kind, Party
from simulator.trace.holding import Held, holdings
from simulator.trace.intervals import StepFunction, concurrency, union
from simulator.trace.measures import Measures
from simulator.trace.residence import Floats, Rows, blocks, spans
from simulator.trace.waits import Waits, short_of
from simulator.workload.interventions import Do, Intervention

MOST_WAITING = 0.5
"""Of all waiting; a stretch with less is not what the run is about."""
SHORT_PART = 0.5
"""Of the run; a longer stretch is told only if something set it off."""
GAP = 0.05
"""Of the longest stretch: shorter pauses between two stretches do not end one."""
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
FULL = 0.98
"""Of the stretch: slots that were all taken for so long were taken all the time."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """Seconds from the start of the run."""

    begin_s: float
    end_s: float
    """When nobody waited long any more."""
    resource: str
    """What was waited for."""
    full: bool
    """Whether it is a pool of which all slots were taken all the time."""
    most: int
    """The most requests that waited at once."""
    longest_s: float
    row: int
    """Who waited longest."""
    rows: Rows
    """All who waited long."""
    share: float
    """Of all waiting in the run."""
    trigger: Trigger | None

    @property
    def length_s(self) -> float:
        """How long it took."""
        return self.end_s - self.begin_s


def episode(measures: Measures, waits: Waits) -> Episode | None:
    """The stretch with most of the waiting of the run, if that is a story of its own."""
    if not len(waits.start):
        return None
    begin, end = _stretch(waits)
    inside = (waits.start >= begin) & (waits.start < end)
    share = float(waits.seconds[inside].sum() / max(waits.total.sum(), 1e-300))
    if share < MOST_WAITING:
        return None
    names, number = np.unique(waits.place[inside].astype(np.intp), return_inverse=True)
    weight = np.bincount(number, weights=waits.seconds[inside])
    resource = short_of(measures.places, int(names[weight.argmax()]))
    part = next((part for part in measures.held if part.pool.name == resource), None)
    full = False
    if part is not None:
        begin, full = _taken(measures, part, begin, end)
    rows = np.unique(waits.rows[inside])
    crowd = waits.crowd(begin, end)
    trigger = _trigger(measures, part if full else None, rows, (begin, end), crowd)
    if trigger is not None and trigger.entry is not None:
        begin = max(begin, trigger.entry.at)
    if trigger is None and end - begin > SHORT_PART * measures.trace.horizon_s:
        return None
    longest = int(rows[waits.total[rows].argmax()])
    return Episode(
        begin_s=begin,
        end_s=end,
        resource=resource,
        full=full,
        most=int(crowd.height.max()),
        longest_s=float(waits.total[longest]),
        row=longest,
        rows=rows,
        share=share,
        trigger=trigger,
    )


def _stretch(waits: Waits) -> tuple[float, float]:
    """Where the long waits touch one another: the stretch with most of them, by seconds waited."""
    begin, end = union(waits.start, waits.start + waits.seconds)
    apart = begin[1:] - end[:-1] > GAP * float((end - begin).max())
    begin, end = begin[np.append(True, apart)], end[np.append(apart, True)]
    of = np.searchsorted(begin, waits.start, side="right") - 1
    best = int(np.bincount(of, weights=waits.seconds, minlength=len(begin)).argmax())
    return float(begin[best]), float(end[best])


def _taken(measures: Measures, part: Held, begin: float, end: float) -> tuple[float, bool]:
    """From when on all slots were taken, and whether they were for the whole stretch; what was down is not there."""
    starts, ends = [], []
    for block in blocks(measures.trace):
        held = holdings(measures.trace, part, block)
        starts.append(held.start)
        ends.append(held.end)
    away = slots_away(measures.trace, part.pool)
    taken = concurrency(np.concatenate([*starts, away.start]), np.concatenate([*ends, away.end]))
    full = StepFunction(taken.at, (taken.height >= part.pool.size * part.pool.processes).astype(np.float64))
    if full.mean(begin, end) < FULL:
        return begin, False
    free = full.at[(full.height == 0.0) & (full.at <= begin)]
    since = full.at[(full.height > 0.0) & (full.at > free[-1])] if len(free) else full.at[full.height > 0.0]
    return min(begin, float(since[0])), True


# --- what set it off --------------------------------------------------------------------------------------------------


def _trigger(
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
    trace, near = measures.trace, (end - begin) * 0.1
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
    if len(rows) < 2 or waited < MOST_WAITING * len(rows):
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
    trace, (begin, end), (low, high) = measures.trace, stretch, (0.0, measures.trace.workload.duration)
    came = int(np.count_nonzero((trace.arrival >= begin) & (trace.arrival < peak)))
    outside = int(np.count_nonzero((trace.arrival < begin) | (trace.arrival >= end)))
    rest = (begin - low) + max(high - end, 0.0)
    if came < ENOUGH or peak <= begin or rest < SHORT_PART * (peak - begin):
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
