"""When requests come: the kinds that ``[arrivals]`` may have.

In an open loop, requests come whether or not earlier ones are answered. ``closed`` is the other world: a fixed
number of clients, each of which waits for its answer and thinks before it asks again.
"""

import math
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, GetJsonSchemaHandler, ValidationInfo, model_validator

from simulator.words.language import later, tell
from simulator.workload.csv_file import Replay
from simulator.workload.distribution_table import Duration
from simulator.workload.table import MOST_ROWS
from simulator.workload.table_fields import (
    LISTED,
    NUMBER,
    WHOLE,
    NumberFromZero,
    Parsed,
    PositiveNumber,
    PositiveSeconds,
    Seconds,
    Table,
    any_of,
    kind_of,
    table_schema,
)


class GeometricBatch(Table):
    """Requests that come together: a random number, at least one."""

    geometric: Annotated[float, Field(ge=1, le=10_000), NUMBER] = Field(description="The mean number of requests.")


def _batch(value: Any, info: ValidationInfo) -> int | GeometricBatch:
    if isinstance(value, dict):
        return GeometricBatch.model_validate(value, context=info.context)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 10_000:
        expected = tell("expected a whole number from 1 to {most}, or {like}", most=10_000, like="{geometric = mean}")
        raise ValueError(expected)
    return value


def _batch_described(handler: GetJsonSchemaHandler) -> dict[str, Any]:
    whole = {"type": "integer", "minimum": 1, "maximum": 10_000}
    return {"anyOf": [whole, table_schema(GeometricBatch, handler)]}


class Poisson(Table):
    """Arrivals independent of each other: many clients who know nothing of one another."""

    kind: Literal["poisson"] = Field(description="The kind of arrivals.")
    rate: PositiveNumber = Field(description="Requests per second, however many of them come together.")
    batch: Annotated[int | GeometricBatch, Parsed(_batch, _batch_described)] = Field(
        default=1, description="Requests that come at the same instant: a number, or {geometric = mean}."
    )

    @property
    def mean_batch(self) -> float:
        """Requests per instant."""
        return self.batch.geometric if isinstance(self.batch, GeometricBatch) else float(self.batch)

    def expected(self, duration: float) -> float:
        """Mean number of requests within the duration in seconds."""
        return self.rate * duration


class ConstantRate(Table):
    """Arrivals like clockwork: the first at 0, then one every 1/rate seconds."""

    kind: Literal["constant"] = Field(description="The kind of arrivals.")
    rate: PositiveNumber = Field(description="Requests per second.")

    def expected(self, duration: float) -> float:
        """Number of requests within the duration in seconds."""
        return math.ceil(self.rate * duration)


class Mmpp(Table):
    """Poisson arrivals whose rate switches at random: states in turn, starting with the first, then over again."""

    kind: Literal["mmpp"] = Field(description="The kind of arrivals.")
    rates: Annotated[tuple[NumberFromZero, ...], LISTED] = Field(description="Requests per second in each state.")
    stay: Annotated[tuple[PositiveSeconds, ...], LISTED] = Field(description="Mean time in each state (exponential).")

    @model_validator(mode="after")
    def _fits(self) -> "Mmpp":
        if len(self.rates) != len(self.stay) or len(self.rates) < 2:
            expected = tell(
                "expected as many rates as stays, and at least two; there are {rates} and {stays}",
                rates=len(self.rates),
                stays=len(self.stay),
            )
            raise ValueError(expected)
        if not any(self.rates):
            raise ValueError(tell("expected at least one rate above 0"))
        return self

    def expected(self, duration: float) -> float:
        """Long-run mean number of requests within the duration in seconds."""
        return sum(r * s for r, s in zip(self.rates, self.stay, strict=True)) / sum(self.stay) * duration


class Ramp(Table):
    """Poisson arrivals whose rate changes steadily over the whole duration."""

    kind: Literal["ramp"] = Field(description="The kind of arrivals.")
    start: NumberFromZero = Field(alias="from", description="Requests per second at the start.")
    end: NumberFromZero = Field(alias="to", description="Requests per second at the end.")

    @model_validator(mode="after")
    def _not_nothing(self) -> "Ramp":
        if not self.start + self.end > 0:
            raise ValueError(tell("expected from or to above 0"))
        return self

    def expected(self, duration: float) -> float:
        """Mean number of requests within the duration in seconds."""
        return (self.start + self.end) / 2 * duration


class Spike(Table):
    """Poisson arrivals at a base rate, and at a higher one for a while."""

    kind: Literal["spike"] = Field(description="The kind of arrivals.")
    rate: NumberFromZero = Field(description="Requests per second outside of the spike.")
    peak: PositiveNumber = Field(description="Requests per second during the spike.")
    at: Seconds = Field(description="When the spike starts.")
    lasting: PositiveSeconds = Field(alias="for", description="How long the spike lasts.")

    def expected(self, duration: float) -> float:
        """Mean number of requests within the duration in seconds."""
        inside = max(0.0, min(self.at + self.lasting, duration) - self.at)
        return self.rate * duration + (self.peak - self.rate) * inside


class Closed(Table):
    """A closed loop: each client waits for its answer, thinks, and sends the next request."""

    kind: Literal["closed"] = Field(description="The kind of arrivals.")
    clients: Annotated[int, Field(ge=1, le=1_000_000), WHOLE] = Field(description="Number of clients.")
    think: Duration = Field(
        default="0 s",
        validate_default=True,
        description="Time between an answer and the next request of the same client.",
    )
    requests: Annotated[int, Field(ge=1, le=MOST_ROWS), WHOLE] | None = Field(
        default=None,
        description="How many requests all clients together send; without it, as many as the duration lets them.",
    )
    ramp: Seconds | None = Field(
        default=None,
        description="The clients start one after the other over this time, each with a request; without it, each thinks"
        " first.",
    )

    def starts(self) -> NDArray[np.float64] | None:
        """When each client sends its first request, where that does not follow from thinking."""
        return None if self.ramp is None else np.arange(self.clients, dtype=np.float64) * (self.ramp / self.clients)


OpenLoop = Poisson | ConstantRate | Mmpp | Ramp | Spike | Replay
KINDS: dict[str, type[Table]] = {
    "poisson": Poisson,
    "constant": ConstantRate,
    "mmpp": Mmpp,
    "ramp": Ramp,
    "spike": Spike,
    "closed": Closed,
    "trace": Replay,
}


def _arrivals(value: Any, info: ValidationInfo) -> Any:
    table = kind_of(
        value,
        "kind",
        KINDS,
        where="arrivals",
        unknown=later("unknown kind{near}; expected {kinds}"),
        like='kind = "..."',
    )
    return table.model_validate(value, context=info.context)


def _described(handler: GetJsonSchemaHandler) -> dict[str, Any]:
    return any_of(KINDS, handler)


Arrivals = Annotated[OpenLoop | Closed, Parsed(_arrivals, _described)]
