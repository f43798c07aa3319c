"""The bursts of a scenario's timeline: additional requests, drawn so that all others stay exactly the same.

What to watch: a burst has a seed of its own, which follows from the scenario's seed and from when the burst comes. So
adding, moving or removing one leaves the other requests as they were, and a comparison with and without it is fair.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from simulator.workload.arrivals import Poisson
from simulator.workload.distribution import Floats
from simulator.workload.interventions import Interventions
from simulator.workload.scenario import Scenario
from simulator.workload.streams import Source, stream
from simulator.workload.timeline_table import Burst
from simulator.workload.times import arrival_times

Columns = dict[str, Any]
"""The columns of a workload that have one entry a request, by their names."""


@dataclass(frozen=True, eq=False, kw_only=True)
class DrawnBurst:
    """When its requests come, and the seed for everything else about them."""

    arrival: Floats
    """Seconds, ascending, all before the end of the scenario."""
    seed: int


def drawn_bursts(scenario: Scenario, seed: int) -> Iterator[DrawnBurst]:
    """Every burst of the timeline, in the order of the scenario."""
    earlier: Counter[float] = Counter()
    for burst in (entry for entry in scenario.timeline if isinstance(entry, Burst)):
        own = int(stream(seed, Source.BURST, repr(burst.at), earlier[burst.at]).integers(2**63))
        earlier[burst.at] += 1
        at = burst.at + _within(burst, own)
        yield DrawnBurst(arrival=at[: np.searchsorted(at, scenario.duration)], seed=own)


def _within(burst: Burst, seed: int) -> Floats:
    """Seconds after the beginning of the burst."""
    if burst.requests is None:
        assert burst.rate is not None  # one of the two is given
        return arrival_times(Poisson(kind="poisson", rate=burst.rate), burst.lasting, seed)
    return np.sort(stream(seed, Source.ARRIVAL).random(burst.requests)) * burst.lasting


def joined(levels: Sequence[Sequence[Columns]]) -> Columns:
    """Level behind level, and of each all rows in order of arrival; at the same instant those of an earlier part first.

    Only the first level knows when its rows come; the others go by it, row by row.
    """
    if len(levels) == len(levels[0]) == 1:
        return levels[0][0]
    order = np.argsort(np.concatenate([part["arrival"] for part in levels[0]]), kind="stable")
    names = levels[0][0]
    return {
        name: np.concatenate([np.concatenate([part[name] for part in parts])[order] for parts in levels])
        for name in names
    }


def interventions(scenario: Scenario, drawn: Sequence[int]) -> Interventions:
    """The timeline in order of time; ``drawn`` says how many requests each of its bursts became."""
    sizes = iter(drawn)
    entries = [
        replace(entry.intervention(), number=next(sizes)) if isinstance(entry, Burst) else entry.intervention()
        for entry in scenario.timeline
    ]
    return tuple(sorted(entries, key=lambda entry: entry.at))
