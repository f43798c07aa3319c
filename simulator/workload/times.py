"""The instants at which requests arrive in an open loop.

Every kind of Poisson arrivals is one and the same unit-rate process, stretched by the inverse of its cumulative rate
(time change). With the same seed, twice the rate is therefore the same sequence of gaps at half the length.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simulator.workload.arrivals import ConstantRate, GeometricBatch, Mmpp, OpenLoop, Poisson, Ramp, Spike
from simulator.workload.distribution import Floats, standard_exponential
from simulator.workload.replay import Replay
from simulator.workload.streams import Source, stream

BLOCK = 1 << 16
"""Numbers drawn at a time: few enough to stay in the processor's cache."""


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
