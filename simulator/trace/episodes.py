"""The stretch of a run in which most of the waiting is: from when to when, how deep it went, and what set it off.

What to watch: an average over the run is no answer to somebody who waited for a minute. Where the long waits lie in
one stretch, that stretch is told. A run that waits all the time has none, unless something set it off.
"""

from dataclasses import dataclass

import numpy as np

from simulator.trace.availability import slots_away
from simulator.trace.holding import Held, holdings
from simulator.trace.intervals import StepFunction, concurrency, union
from simulator.trace.measures import Measures
from simulator.trace.residence import Rows, blocks
from simulator.trace.triggers import Trigger, trigger_of
from simulator.trace.waits import Waits, short_of

MOST_WAITING = 0.5
"""Of all waiting; a stretch with less is not what the run is about."""
SHORT_PART = 0.5
"""Of the run; a longer stretch is told only if something set it off."""
GAP = 0.05
"""Of the longest stretch: shorter pauses between two stretches do not end one."""
FULL = 0.98
"""Of the stretch: slots that were all taken for so long were taken all the time."""


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
    weight = np.bincount(waits.place[inside].astype(np.intp), weights=waits.seconds[inside])
    resource = short_of(measures.places, int(weight.argmax()))
    part = next((part for part in measures.held if part.pool.name == resource), None)
    full = False
    if part is not None:
        begin, full = _taken(measures, part, begin, end)
    waited = np.zeros(len(measures.trace), np.bool_)
    waited[waits.rows[inside]] = True
    rows = np.flatnonzero(waited)  # each once; np.unique would sort millions
    crowd = waits.crowd(begin, end)
    trigger = trigger_of(measures, part if full else None, rows, (begin, end), crowd)
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
