"""What a request needs of the server: its class, and the steps of its work, as a scenario file says them."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, GetJsonSchemaHandler, ValidationInfo

from simulator.words.language import tell, translated
from simulator.words.nearest import did_you_mean
from simulator.workload.distribution import Chance, Distribution
from simulator.workload.distribution_table import Duration, Size
from simulator.workload.table import Work
from simulator.workload.table_fields import (
    LISTED,
    Name,
    NumberFromZero,
    Parsed,
    PositiveSeconds,
    Probability,
    Table,
    Text,
    listed,
    table_schema,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One phase of a request's work."""

    work: Work
    time: Distribution
    """Seconds; of a crash, until the process is back, and 0 for a request that does no harm."""


class CpuStep(Table):
    """A step of computing."""

    cpu: Duration = Field(description="Time on a core (under the GIL where the architecture has one).")


class IoStep(Table):
    """A step of waiting."""

    io: Duration = Field(description="Time waiting for something else, holding no core.")


class NativeStep(Table):
    """A step of computing in native code."""

    native: Duration = Field(
        description="Time on a core in code that lets go of the GIL, such as hashing a password; it stops a loop."
    )


class BlockStep(Table):
    """A step of waiting in a synchronous call."""

    block: Duration = Field(
        description="Time waiting in a call that does not return before: without a core, and a loop stands still."
    )


class CrashStep(Table):
    """A step that may be the end of the process."""

    crash: Probability = Field(description="The probability that the process dies of it, with all that it holds.")
    boot: PositiveSeconds = Field(
        default="1 s", validate_default=True, description="How long the process needs until it is back."
    )


STEPS: dict[str, tuple[Work, type[Table]]] = {
    "cpu": (Work.CPU, CpuStep),
    "native": (Work.NATIVE, NativeStep),
    "io": (Work.IO, IoStep),
    "block": (Work.BLOCK, BlockStep),
    "crash": (Work.CRASH, CrashStep),
}
"""The kinds of step, by the key that says which one it is."""
EXAMPLE, EXAMPLES = '"..."', {"crash": "0.001"}
"""What stands behind the key."""


def _step(value: Any, info: ValidationInfo) -> Step:
    if not isinstance(value, dict):
        near = did_you_mean(value, tuple(STEPS)) if isinstance(value, str) else ""
        tables = tuple(f"{{{key} = {EXAMPLES.get(key, EXAMPLE)}}}" for key in STEPS)
        raise ValueError(tell("expected {tables}{near}", tables=listed(tables), near=near))
    kinds = [key for key in value if key in STEPS]
    for key in value:
        if key not in STEPS and not (key == "boot" and kinds == ["crash"]):
            near = did_you_mean(key, tuple(STEPS))
            message = tell('unknown step "{key}"{near}; expected {kinds}', key=key[:40], near=near, kinds=listed(STEPS))
            raise ValueError(message)
    if len(kinds) != 1:
        message = tell("expected exactly one of {kinds} in each step; write two steps, in their order", kinds=_all())
        raise ValueError(message)
    work, table = STEPS[kinds[0]]
    read = table.model_validate(value, context=info.context)
    if isinstance(read, CrashStep):
        return Step(work, Chance(read.crash, read.boot))
    return Step(work, getattr(read, kinds[0]))


def _all() -> str:
    *most, last = STEPS
    return tell("{some} and {last}", some=translated(", ").join(most), last=last)


def _described(handler: GetJsonSchemaHandler) -> dict[str, Any]:
    return {"anyOf": [table_schema(table, handler) for _, table in STEPS.values()]}


Steps = Annotated[tuple[Annotated[Step, Parsed(_step, _described)], ...], LISTED]


class RequestClass(Table):
    """One kind of request: how much of it there is, and what each one needs."""

    name: Name = Field(description="What results call this class.")
    weight: NumberFromZero = Field(
        default=1.0, description="How often it comes, relative to the weights of the other classes."
    )
    upload: Size = Field(default="1 KiB", validate_default=True, description="Size of the request.")
    steps: Steps = Field(
        description='What the server does, in order: {cpu = "2 ms"}, {native = "90 ms"}, {io = "30 ms"}, '
        '{block = "30 ms"} or {crash = 0.001}.',
    )
    response: Size = Field(default="10 KiB", validate_default=True, description="Size of the response.")
    clients: Annotated[tuple[Text, ...], LISTED] | None = Field(
        default=None, description="Names of the clients that send it; without it all do, by their share."
    )

    @property
    def mean_cpu_s(self) -> float:
        """Mean seconds of computing in its steps."""
        return sum(step.time.mean for step in self.steps if step.work in (Work.CPU, Work.NATIVE))

    @property
    def mean_time_s(self) -> float:
        """Mean seconds of all its steps."""
        return sum(step.time.mean for step in self.steps if step.work is not Work.CRASH)
