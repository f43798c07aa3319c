"""Counts, rates and latencies: what needs only how and when each request ended, not what it did meanwhile."""

from collections.abc import Mapping, Sequence
from math import ceil

import numpy as np
from numpy.typing import NDArray

from simulator.plan.words import Outcome
from simulator.trace.demands import carried_through
from simulator.trace.figures import Latency
from simulator.trace.residence import Floats, server_end
from simulator.trace.table import Trace

PERCENTILES = {"p50": 50.0, "p90": 90.0, "p95": 95.0, "p99": 99.0, "p999": 99.9}
ENOUGH_ABOVE = 10
"""A percentile with fewer samples above it says little; it is called thin."""
FAILED = np.array([outcome.loss is not None for outcome in Outcome])
"""By the number of the outcome."""


def failed(outcomes: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Which of some requests ended without the response that they were made for."""
    return FAILED[outcomes]


def arrived_in_window(trace: Trace) -> NDArray[np.bool_]:
    """[n] whether the request arrived in the window."""
    return trace.window.contains(trace.arrival)


def offered_rate(trace: Trace) -> float:
    """Requests per second that arrived in the window, while any did; 0 where all came at once."""
    seconds = trace.window.arrivals_end - trace.window.start
    return float(np.count_nonzero(arrived_in_window(trace))) / seconds if seconds > 0.0 else 0.0


def latencies(trace: Trace) -> Floats:
    """Seconds from arrival to finish of the completed requests that arrived in the window, in order of arrival."""
    counted = (trace.outcome == Outcome.COMPLETED) & arrived_in_window(trace)
    seconds: Floats = trace.finished[counted] - trace.arrival[counted]
    return seconds


def latency(seconds: Floats) -> Latency:
    """Mean and percentiles of raw values; between two values a percentile is interpolated linearly."""
    samples = len(seconds)
    thin = tuple(name for name, p in PERCENTILES.items() if samples - ceil(samples * p / 100 - 1e-9) < ENOUGH_ABOVE)
    if not samples:
        nan = float("nan")
        return Latency(samples=0, mean=nan, p50=nan, p90=nan, p95=nan, p99=nan, p999=nan, max=nan, thin=thin)
    p50, p90, p95, p99, p999 = percentiles(seconds, list(PERCENTILES.values()))
    mean, highest = float(seconds.mean()), float(seconds.max())
    return Latency(samples=samples, mean=mean, p50=p50, p90=p90, p95=p95, p99=p99, p999=p999, max=highest, thin=thin)


def percentiles(values: Floats, wanted: Sequence[float]) -> list[float]:
    """Percentiles of at least one raw value, interpolated linearly between two of them.

    As ``numpy.percentile``, which would first load all of numpy.ma: a thirtieth of the time that a run takes.
    """
    last = len(values) - 1
    places = [share / 100 * last for share in wanted]
    needed = {int(place) for place in places} | {ceil(place) for place in places}
    found = _in_order(values, sorted(needed))
    return [_at(found, int(place), place % 1.0) for place in places]


def _in_order(values: Floats, places: Sequence[int]) -> dict[int, float]:
    """The values that sorting would bring to some places, in ascending order: many times as quick as sorting all."""
    rest, first = values.copy(), 0
    found = {}
    for place in places:
        rest.partition(place - first)
        found[place] = float(rest[place - first])
        rest, first = rest[place - first + 1 :], place + 1
    return found


def _at(values: Mapping[int, float], place: int, part: float) -> float:
    """The value at a place, or some part of the way from there to the next one."""
    value = values[place]
    return value + part * (values[place + 1] - value) if part else value


def latency_of_class(trace: Trace, index: int) -> Latency:
    """The same for one class of requests."""
    of_class = (trace.outcome == Outcome.COMPLETED) & (trace.workload.request_class == index)
    counted = of_class & arrived_in_window(trace)
    return latency(trace.finished[counted] - trace.arrival[counted])


def outcome_counts(trace: Trace) -> dict[Outcome, int]:
    """How many requests of the whole run ended in each way; every request is in exactly one count."""
    return {outcome: int(np.count_nonzero(trace.outcome == outcome)) for outcome in Outcome}


def outcomes_by(numbers: NDArray[np.int16], names: Sequence[str], trace: Trace) -> dict[str, dict[Outcome, int]]:
    """The same by a name that each request has: of its class, or of its client."""
    kinds = len(Outcome)
    table = np.bincount(numbers.astype(np.intp) * kinds + trace.outcome, minlength=len(names) * kinds)
    rows = table.reshape(len(names), kinds).tolist()
    return {name: {outcome: row[outcome] for outcome in Outcome} for name, row in zip(names, rows, strict=True)}


def failed_by_reason(counts: Mapping[Outcome, int]) -> dict[str, int]:
    """In words; what did not occur is left out."""
    return {outcome.words: number for outcome, number in counts.items() if number and outcome.loss}


def rates(trace: Trace) -> tuple[float, float]:
    """Throughput and goodput in requests per second of the window.

    Throughput counts what the server carried through, goodput only what was completed for a client.
    """
    window = trace.window
    length = window.end - window.start
    if length <= 0.0:
        return 0.0, 0.0
    completed = trace.outcome == Outcome.COMPLETED
    good = int(np.count_nonzero(window.contains(trace.finished) & completed))
    for_nobody = np.flatnonzero(carried_through(trace) & ~completed)
    wasted = int(np.count_nonzero(window.contains(server_end(trace, for_nobody))))
    return (good + wasted) / length, good / length
