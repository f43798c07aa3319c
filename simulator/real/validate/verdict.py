"""Is a prediction good enough? Each figure beside what was measured, with its bar and a verdict.

What to watch: a real server does not repeat itself. A prediction between the smallest and the largest measured value
cannot be told from another measurement, so it is right whatever its error; only then does the bar count.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import isfinite, nan
from statistics import median

from simulator.real.validate.figures import ALL, THROUGHPUT, Figures, Key, Kind
from simulator.words.language import later

BARS = {THROUGHPUT: 0.03, "mean": 0.10, "p50": 0.10, "p95": 0.15, "p99": 0.25}
"""Largest relative error."""
SHARE_BAR = 0.03
"""Largest difference of a share: as many requests as the bar of the throughput leaves open."""
SATURATED = 0.9
"""A server that carries through less than this part of what arrives in an open loop is overloaded."""
SATURATION_BAR = 0.10
"""Of the throughput of an overloaded server: the rate at which it saturates."""


class Verdict(StrEnum):
    """What a row says; files have it in English."""

    SPREAD = later("inside the spread")
    BAR = later("inside the bar")
    OUTSIDE = later("outside")
    NOT_JUDGED = later("not judged")
    """Outside the spread, but too few samples, or a latency under overload: there it only says how long one looked.
    And everything that was measured while other programs had the cores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure, predicted and measured: per second, in seconds, or as a share."""

    key: Key
    predicted: float
    measured: float
    """Median of the valid repeats."""
    low: float
    """Smallest of the repeats."""
    high: float
    """Largest of them."""
    error: float
    """Relative to what was measured; of a share the difference."""
    bar: float | None
    """What the error may be; None where no bar applies."""
    verdict: Verdict


def rows(
    predicted: Figures, measured: Sequence[Figures], offered_rps: float, *, closed: bool, is_judged: bool = True
) -> tuple[Row, ...]:
    """Every figure that occurs, judged; ``offered_rps`` arrived in the window. None without a valid measurement.

    Where the machine was busy, nothing can be judged: not even that a prediction lies inside the spread.
    """
    if not measured:
        return ()
    rate = predicted[Key(ALL, THROUGHPUT, Kind.RATE)].value
    overloaded = not closed and rate < SATURATED * offered_rps
    judged = []
    for key, figure in predicted.items():
        found = [each[key] for each in measured]
        values = [each.value for each in found]
        if _says_nothing(key, [figure.value, *values]):
            continue
        thin = any(each.thin for each in (figure, *found))
        has_bar = not thin and not (overloaded and key.kind is Kind.TIME)
        judged.append(row(key, figure.value, values, bar_of(key, overloaded=overloaded) if has_bar else None))
    if not is_judged:
        return tuple(replace(each, bar=None, verdict=Verdict.NOT_JUDGED) for each in judged)
    return tuple(judged)


def bar_of(key: Key, *, overloaded: bool = False) -> float:
    """What the error of this figure may be."""
    if overloaded and key.name == THROUGHPUT:
        return SATURATION_BAR
    return SHARE_BAR if key.kind is Kind.SHARE else BARS[key.name]


def row(key: Key, predicted: float, values: Sequence[float], bar: float | None) -> Row:
    """One figure, judged against the repeats; nan, for want of samples, agrees only with nan."""
    finite = [value for value in values if isfinite(value)]
    middle = median(finite) if finite else nan
    low, high = (min(finite), max(finite)) if finite else (nan, nan)
    difference = predicted - middle
    error = difference if key.kind is Kind.SHARE or difference == 0.0 else difference / middle if middle else nan
    return Row(
        key=key,
        predicted=predicted,
        measured=middle,
        low=low,
        high=high,
        error=error,
        bar=bar,
        verdict=_verdict(predicted, low, high, error, bar),
    )


def _verdict(predicted: float, low: float, high: float, error: float, bar: float | None) -> Verdict:
    if low <= predicted <= high:
        return Verdict.SPREAD
    if bar is None:
        return Verdict.NOT_JUDGED
    return Verdict.BAR if abs(error) <= bar else Verdict.OUTSIDE  # nan is outside


def _says_nothing(key: Key, values: Sequence[float]) -> bool:
    """An outcome that nobody met, or a latency that nobody had."""
    return not any(values) if key.kind is Kind.SHARE else not any(map(isfinite, values))
