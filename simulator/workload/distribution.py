"""How a duration or a size varies from request to request.

Numbers come from the given generator one after another, so drawing more never changes the ones before, and drawing
in blocks equals drawing at once. Where a closed form exists it is the inverse of the distribution function: the same
random number then means "the same luck" under another mean or another distribution.
"""

import math
from dataclasses import dataclass
from typing import Annotated, Protocol

import numpy as np
from numpy.typing import NDArray

from simulator.words.language import later, translated

Floats = NDArray[np.float64]
Amount = Annotated[float, "in the unit of what is drawn"]
"""A parameter in seconds or bytes; the others are plain numbers."""


class Distribution(Protocol):
    """A random amount, in seconds or bytes."""

    @property
    def mean(self) -> float:
        """The exact mean."""
        ...

    def draw(self, random: np.random.Generator, count: int) -> Floats:
        """The next ``count`` amounts."""
        ...


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(translated(message))


@dataclass(frozen=True, slots=True)
class Constant:
    """Always the same."""

    value: Amount

    @property
    def mean(self) -> float:
        """The value itself."""
        return self.value

    def draw(self, random: np.random.Generator, count: int) -> Floats:  # noqa: ARG002 - nothing is left to chance
        """The value, again and again; uses no random numbers."""
        return np.full(count, self.value)


@dataclass(frozen=True, slots=True)
class Exponential:
    """Memoryless: many short ones, few long ones; standard deviation equals the mean."""

    mean: Amount

    def __post_init__(self) -> None:
        _require(self.mean > 0, later("expected a mean above 0"))

    def draw(self, random: np.random.Generator, count: int) -> Floats:
        """Inverse distribution function: -mean * log(1 - u)."""
        return standard_exponential(random.random(count)) * self.mean


@dataclass(frozen=True, slots=True)
class Lognormal:
    """The usual shape of service times and of file sizes."""

    mean: Amount
    cv: float
    """Coefficient of variation: standard deviation / mean."""

    def __post_init__(self) -> None:
        _require(self.mean > 0, later("expected a mean above 0"))

    def draw(self, random: np.random.Generator, count: int) -> Floats:
        """The exponential of a normal number whose location is chosen so that the mean is exact."""
        variance = math.log1p(self.cv * self.cv)
        location = math.log(self.mean) - variance / 2
        return np.exp(location + math.sqrt(variance) * random.standard_normal(count))


@dataclass(frozen=True, slots=True)
class Pareto:
    """Bounded Pareto: a heavy tail (the smaller alpha, the heavier) that ends at a maximum."""

    min: Amount
    alpha: float
    max: Amount

    def __post_init__(self) -> None:
        _require(0 < self.min < self.max, later("expected 0 < min < max"))

    @property
    def mean(self) -> float:
        """Closed form; alpha = 1 and its neighbourhood are its limit."""
        decades = math.log(self.max / self.min)
        excess = self.alpha - 1
        weight = decades if abs(excess) * decades < 1e-12 else -math.expm1(-excess * decades) / excess
        return self.alpha * self.min * weight / self._mass(decades)

    def _mass(self, decades: float) -> float:
        return -math.expm1(-self.alpha * decades)

    def draw(self, random: np.random.Generator, count: int) -> Floats:
        """Inverse distribution function of the part of the Pareto distribution below max."""
        mass = self._mass(math.log(self.max / self.min))
        tail = np.log1p(-mass * random.random(count))
        return np.clip(self.min * np.exp(tail / -self.alpha), self.min, self.max)


@dataclass(frozen=True, slots=True)
class Uniform:
    """Every amount between two bounds is equally likely."""

    low: Amount
    high: Amount

    def __post_init__(self) -> None:
        _require(self.low < self.high, later("expected low < high"))

    @property
    def mean(self) -> float:
        """Half-way between the bounds."""
        return (self.low + self.high) / 2

    def draw(self, random: np.random.Generator, count: int) -> Floats:
        """Inverse distribution function: low + (high - low) * u."""
        return self.low + (self.high - self.low) * random.random(count)


@dataclass(frozen=True, slots=True)
class Erlang:
    """The sum of k equal exponential stages: the larger k, the more regular."""

    mean: Amount
    k: int

    def __post_init__(self) -> None:
        _require(self.mean > 0, later("expected a mean above 0"))
        _require(1 <= self.k <= 100, later("expected k between 1 and 100"))

    def draw(self, random: np.random.Generator, count: int) -> Floats:
        """The log of a product of k uniform numbers."""
        stages = 1.0 - random.random((count, self.k))
        total: Floats = -np.log(stages.prod(axis=1)) * (self.mean / self.k)
        return total


@dataclass(frozen=True, slots=True)
class Hyperexponential:
    """Two kinds of exponential amounts, many short and few long, each kind half of the total (balanced means)."""

    mean: Amount
    cv: float

    def __post_init__(self) -> None:
        _require(self.mean > 0, later("expected a mean above 0"))
        _require(self.cv >= 1, later("expected cv of at least 1 (below, use erlang)"))

    def draw(self, random: np.random.Generator, count: int) -> Floats:
        """Two random numbers an amount: which kind, and how long."""
        square = self.cv * self.cv
        often = (1 + math.sqrt((square - 1) / (square + 1))) / 2
        pairs = random.random((count, 2))
        mean = np.where(pairs[:, 0] < often, self.mean / (2 * often), self.mean / (2 * (1 - often)))
        return standard_exponential(pairs[:, 1]) * mean


@dataclass(frozen=True, slots=True)
class Chance:
    """Always the same amount, or with the rest of the probability none."""

    probability: float
    amount: Amount

    @property
    def mean(self) -> float:
        """Of all, also of those that are spared."""
        return self.probability * self.amount

    def draw(self, random: np.random.Generator, count: int) -> Floats:
        """One random number an amount: who is hit by a small probability is hit by every larger one."""
        return np.where(random.random(count) < self.probability, self.amount, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Empirical:
    """One of the given amounts, each equally likely."""

    values: Floats

    @property
    def mean(self) -> float:
        """The mean of the given amounts."""
        return float(self.values.mean())

    def draw(self, random: np.random.Generator, count: int) -> Floats:
        """A random number an amount: which of the given ones."""
        chosen: Floats = self.values[(random.random(count) * len(self.values)).astype(np.intp)]
        return chosen


def standard_exponential(uniform: Floats) -> Floats:
    """Exponential amounts with mean 1 from uniform numbers in [0, 1)."""
    return -np.log1p(-uniform)
