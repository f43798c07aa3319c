"""The ``[[timeline]]`` of a scenario file: what is done to the server during the run, one table for every entry."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, ValidationInfo, model_validator

from simulator.words.language import later, tell
from simulator.workload.interventions import Do, Intervention
from simulator.workload.table_fields import (
    LONGEST_LIST,
    WHOLE,
    CoreCount,
    Parsed,
    PositiveNumber,
    PositiveSeconds,
    Seconds,
    Table,
    any_of,
    cores_and_quota,
    kind_of,
)

MOST_SLOTS = 100_000


class Kill(Table):
    """A process dies, and everything that it holds is lost."""

    at: Seconds = Field(description="When it is done.")
    do: Literal["kill"] = Field(description="What is done.")
    process: Annotated[int, Field(ge=0, le=1_000_000), WHOLE] = Field(
        default=0, description="Which process, counted from 0; a server that has no such process goes on as it was."
    )
    boot: PositiveSeconds = Field(
        default="1 s", validate_default=True, description="Until it is back: to notice, to fork, to import."
    )

    def intervention(self) -> Intervention:
        """For the engines."""
        return Intervention(at=self.at, do=Do.KILL, number=self.process, lasting=self.boot)


class SlowIo(Table):
    """Everything behind the server is slow for a while: a database under load, a service that hangs."""

    at: Seconds = Field(description="When it is done.")
    do: Literal["slow-io"] = Field(description="What is done.")
    factor: PositiveNumber = Field(description="I/O that starts meanwhile takes so many times as long.")
    lasting: PositiveSeconds = Field(alias="for", description="How long it lasts.")

    def intervention(self) -> Intervention:
        """For the engines."""
        return Intervention(at=self.at, do=Do.SLOW_IO, factor=self.factor, lasting=self.lasting)


class Burst(Table):
    """More requests than otherwise; all others stay the same ones."""

    at: Seconds = Field(description="When it is done.")
    do: Literal["burst"] = Field(description="What is done.")
    rate: PositiveNumber | None = Field(default=None, description="Additional requests per second, on average.")
    requests: Annotated[int, Field(ge=1, le=10_000_000), WHOLE] | None = Field(
        default=None, description="How many additional requests, instead of a rate."
    )
    lasting: PositiveSeconds = Field(alias="for", description="How long it lasts.")

    @model_validator(mode="after")
    def _one(self) -> "Burst":
        if (self.rate is None) == (self.requests is None):
            raise ValueError(tell("expected either rate or requests"))
        return self

    @property
    def expected(self) -> float:
        """Mean number of requests."""
        return float(self.requests) if self.requests is not None else (self.rate or 0.0) * self.lasting

    def intervention(self) -> Intervention:
        """For the engines; how many requests it became is known when they are drawn."""
        return Intervention(at=self.at, do=Do.BURST, lasting=self.lasting)


class Resize(Table):
    """More or fewer workers, threads or cores. Who is busy finishes first."""

    at: Seconds = Field(description="When it is done.")
    do: Literal["resize"] = Field(description="What is done.")
    size: Annotated[int, Field(ge=1, le=MOST_SLOTS), WHOLE] | None = Field(
        default=None, description="The new number of workers, or of threads in each process."
    )
    cores: CoreCount | None = Field(
        default=None, description="The new number of cores; 0.5 or 1.5: a container's quota, counted per 100 ms."
    )

    @model_validator(mode="after")
    def _one(self) -> "Resize":
        if (self.size is None) == (self.cores is None):
            raise ValueError(tell("expected either size or cores; write two entries to change both"))
        return self

    def intervention(self) -> Intervention:
        """For the engines."""
        if self.cores is not None:
            number, quota = cores_and_quota(self.cores)
            return Intervention(at=self.at, do=Do.CORES, number=number, quota=quota)
        return Intervention(at=self.at, do=Do.SLOTS, number=self.size or 1)


Entry = Kill | SlowIo | Burst | Resize
KINDS: dict[str, type[Table]] = {
    "kill": Kill,
    "slow-io": SlowIo,
    "burst": Burst,
    "resize": Resize,
}


def _entry(value: Any, info: ValidationInfo) -> Any:
    like = 'at = "..." and do = "..."'
    table = kind_of(
        value, "do", KINDS, where="timeline", unknown=later("unknown intervention{near}; expected {kinds}"), like=like
    )
    return table.model_validate(value, context=info.context)


def _entry_described(handler: GetJsonSchemaHandler) -> dict[str, Any]:
    return any_of(KINDS, handler)


def _entries(value: Any) -> Any:
    if not isinstance(value, list) or len(value) > LONGEST_LIST:
        expected = tell("expected a list of tables, written as [[timeline]] each, at most {most}", most=LONGEST_LIST)
        raise ValueError(expected)
    return value


Timeline = Annotated[tuple[Annotated[Entry, Parsed(_entry, _entry_described)], ...], BeforeValidator(_entries)]
"""None, or some; in any order."""
