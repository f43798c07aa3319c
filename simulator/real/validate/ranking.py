"""Which architecture is better? Their order by mean latency under one load, predicted and measured.

What to watch: two servers whose measured means overlap have no order, so the prediction cannot be wrong about them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from simulator.real.validate.figures import ALL, Key, Kind
from simulator.real.validate.pairs import Result
from simulator.real.validate.verdict import Row

MEAN = Key(ALL, "mean", Kind.TIME)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The servers under one load, the quickest first."""

    load: str
    predicted: tuple[str, ...]
    measured: tuple[str, ...]
    wrong: tuple[tuple[str, str], ...]
    """Of which the first was predicted to be quicker, and is clearly slower."""


def orders(results: Sequence[Result]) -> Iterator[Order]:
    """One for each load under which several servers were measured, and other programs left them alone."""
    by_load: dict[str, dict[str, Row]] = {}
    for result in results:
        for row in () if result.busy else result.rows:
            if row.key == MEAN:
                by_load.setdefault(result.pair.load, {})[result.pair.server] = row
    for load, means in by_load.items():
        if len(means) > 1:
            yield order(load, means)


def order(load: str, means: dict[str, Row]) -> Order:
    """The order of servers by their rows for the mean."""
    predicted = sorted(means, key=lambda name: means[name].predicted)
    return Order(
        load=load,
        predicted=tuple(predicted),
        measured=tuple(sorted(means, key=lambda name: means[name].measured)),
        wrong=tuple((one, other) for one, other in combinations(predicted, 2) if means[one].low > means[other].high),
    )
