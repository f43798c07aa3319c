"""When requests come and how many: the instants of an open loop, the bursts of a timeline, and what is to be expected.

Every kind of Poisson arrivals is one and the same unit-rate process, stretched by the inverse of its cumulative rate
(time change). With the same seed, twice the rate is therefore the same sequence of gaps at half the length.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.workload.arrivals import Closed, ConstantRate, GeometricBatch, Mmpp, OpenLoop, Poisson, Ramp, Spike
from simulator.workload.column_draws import BLOCK
from simulator.workload.csv_file import Replay
from simulator.workload.distribution import Floats, standard_exponential
from simulator.workload.interventions import Interventions
from simulator.workload.random_streams import Source, stream
from simulator.workload.scenario import Scenario
from simulator.workload.timeline_table import Burst


def arrival_times(arrivals: OpenLoop, duration: float, seed: int) -> Floats:
    """Seconds, ascending, all before the duration."""
    match arrivals:
        case ConstantRate(rate=rate):
            return _before(np.arange(np.ceil(duration * rate)) / rate, duration)
        case Replay(file=recorded):
            return _before(recorded.time_s, duration)
        case Ramp(start=start, end=end):
            return _ramp(start, end, duration, seed)
        case Poisson(rate=rate):
            instants = _stepwise(np.zeros(1), np.array([rate / arrivals.mean_batch]), duration, seed)
            return instants if arrivals.batch == 1 else _batched(instants, arrivals.batch, seed)
        case Spike(rate=rate, peak=peak, at=at):
            starts = np.array([0.0, at, min(at + arrivals.lasting, duration)])
            return _stepwise(starts, np.array([rate, peak, rate]), duration, seed)
        case Mmpp():
            return _stepwise(*_states(arrivals, duration, seed), duration, seed)


def _before(times: Floats, duration: float) -> Floats:
    return times[: np.searchsorted(times, duration, side="left")]


def _unit_process(total: float, seed: int) -> Iterator[Floats]:
    """The points of a Poisson process of rate 1 before ``total``, in blocks."""
    random = stream(seed, Source.ARRIVAL)
    last = 0.0
    while last < total:
        gaps = standard_exponential(random.random(BLOCK))
        gaps[0] += last
        points = np.cumsum(gaps)
        last = points[-1]
        yield points if last < total else _before(points, total)


def _stepwise(starts: Floats, rates: Floats, duration: float, seed: int) -> Floats:
    """Arrivals at a rate that is constant from each start to the next."""
    cumulative = np.concatenate(([0.0], np.cumsum(rates * np.diff(starts, append=duration))))
    end = np.nextafter(duration, 0.0)
    blocks = []
    for points in _unit_process(float(cumulative[-1]), seed):
        piece = np.searchsorted(cumulative, points, side="right") - 1
        times = starts[piece] + (points - cumulative[piece]) / rates[piece]
        blocks.append(np.minimum(times, end))
    return np.concatenate(blocks) if blocks else np.empty(0)


def _ramp(start: float, end: float, duration: float, seed: int) -> Floats:
    """Cumulative rate start * t + (end - start) * t**2 / (2 * duration), solved for t without cancellation."""
    slope = (end - start) / duration
    last = np.nextafter(duration, 0.0)
    blocks = []
    for points in _unit_process((start + end) / 2 * duration, seed):
        root = np.sqrt(np.maximum(start * start + 2 * slope * points, 0.0))
        blocks.append(np.minimum(2 * points / (start + root), last))
    return np.concatenate(blocks) if blocks else np.empty(0)


def _states(arrivals: Mmpp, duration: float, seed: int) -> tuple[Floats, Floats]:
    """When each stay in a state starts, and the rate during it."""
    random = stream(seed, Source.STATE)
    stays = np.array(arrivals.stay)
    ends = [np.zeros(1)]
    while ends[-1][-1] < duration:
        drawn = standard_exponential(random.random((1024, len(stays)))) * stays
        ends.append(ends[-1][-1] + np.cumsum(drawn))
    starts = _before(np.concatenate(ends), duration)
    return starts, np.resize(np.array(arrivals.rates), len(starts))


def _batched(instants: Floats, batch: int | GeometricBatch, seed: int) -> Floats:
    if not isinstance(batch, GeometricBatch):
        return np.repeat(instants, batch)
    if batch.geometric == 1:
        return instants
    lucky = np.log1p(-1 / batch.geometric)
    more: NDArray[np.int64] = (-standard_exponential(stream(seed, Source.BATCH).random(len(instants))) / lucky).astype(
        np.int64
    )
    return np.repeat(instants, 1 + more)


# Bursts: additional requests, drawn so that all others stay exactly the same.
# A burst has a seed of its own, which follows from the scenario's seed and from when the burst comes. So
# adding, moving or removing one leaves the other requests as they were, and a comparison with and without it is fair.

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


# How many requests a scenario will have, and how many rows a closed loop needs to be drawn.


def expected_requests(scenario: Scenario) -> float:
    """Mean number of requests; in a closed loop the most that its clients and the cores could get through."""
    arrivals = scenario.arrivals
    if not isinstance(arrivals, Closed):
        bursts = sum(entry.expected for entry in scenario.timeline if isinstance(entry, Burst))
        return arrivals.expected(scenario.duration) + bursts
    weight = sum(c.weight for c in scenario.requests)
    service = sum(c.weight * c.mean_time_s for c in scenario.requests) / weight
    computing = sum(c.weight * c.mean_cpu_s for c in scenario.requests) / weight
    by_clients = _rounds(scenario.duration, arrivals.think.mean + service)
    by_cores = scenario.duration * scenario.machine.cores / computing if computing > 0 else math.inf
    share = sum(c.share for c in scenario.clients)
    gone = sum(
        c.share / share * _rounds(scenario.duration, arrivals.think.mean + c.patience.mean)
        for c in scenario.clients
        if c.patience is not None and c.share
    )  # whoever gives up comes again, and no core has worked for that
    by_time = arrivals.clients * (1 + min(by_clients + gone, by_cores / arrivals.clients + gone))
    return by_time if arrivals.requests is None else min(arrivals.requests, by_time)


def _rounds(duration: float, cycle: float) -> float:
    return duration / cycle if cycle > 0 else math.inf


def drawn_rows(scenario: Scenario) -> float:
    """How many rows are drawn for it, roughly; of a closed loop, as many as its clients will hardly need."""
    arrivals = scenario.arrivals
    if not isinstance(arrivals, Closed):
        return expected_requests(scenario)
    return float(arrivals.requests or arrivals.clients * default_rounds(scenario))


def default_rounds(scenario: Scenario) -> int:
    """Rows to draw for each client of a closed loop: what it will send on average, and slack for the lucky ones."""
    assert isinstance(scenario.arrivals, Closed)
    mean = expected_requests(scenario) / scenario.arrivals.clients
    return math.ceil(1.25 * mean + 4 * math.sqrt(mean) + 4)
