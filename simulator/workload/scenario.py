"""A scenario: one load, as its TOML file says it. What each key means stands beside it."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import Field, GetJsonSchemaHandler, PrivateAttr, ValidationInfo, field_validator

from simulator.plan.machine import Machine
from simulator.words.language import paragraph, tell, translated
from simulator.words.nearest import did_you_mean
from simulator.workload.arrivals import Arrivals
from simulator.workload.distribution import Chance, Constant, Distribution
from simulator.workload.distribution_table import Duration, Size
from simulator.workload.machine_table import MachineSettings, MachineTable
from simulator.workload.table import Work
from simulator.workload.table_fields import (
    LISTED,
    WHOLE,
    BytesPerSecond,
    Name,
    NumberFromZero,
    Parsed,
    PositiveSeconds,
    Probability,
    Seconds,
    Table,
    Text,
    listed,
    table_schema,
)
from simulator.workload.timeline_table import Timeline

ANYBODY = {"name": "any"}
"""The kind of client in a scenario that names none: no delay, no limit, endless patience."""


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


class Client(Table):
    """One kind of client: its line, and its patience."""

    name: Name = Field(description="What results call this kind of client.")
    share: NumberFromZero = Field(default=1.0, description="Part of the clients, relative to the other shares.")
    rtt: Duration = Field(default="0 ms", validate_default=True, description="Round-trip time of the line.")
    up: BytesPerSecond | None = Field(default=None, description="What the line carries upwards; without it no limit.")
    down: BytesPerSecond | None = Field(
        default=None, description="What the line carries downwards; without it no limit."
    )
    patience: Duration | None = Field(default=None, description="Gives up this long after arriving; without it never.")

    @field_validator("patience", mode="after")
    @classmethod
    def _some(cls, patience: Distribution | None) -> Distribution | None:
        if patience == Constant(0.0):
            raise ValueError(tell("expected a duration above 0; leave patience out for clients who never give up"))
        return patience


class Caption(Table):
    """Words of whoever wrote the scenario, for those who watch it."""

    at: Seconds = Field(description="From this moment on the words are shown.")
    text: Text = Field(description="The words, in one line.")
    text_zh: Text | None = Field(default=None, description="The same in Chinese.")


class Scenario(Table):
    """A load for a server: when requests come, what each needs, and who sends them. Times in seconds."""

    title: Text = Field(description="One line for headings.")
    story: str = Field(default="", description="What happens here, and what to watch; printed above the result.")
    title_zh: Text | None = Field(default=None, description="The title in Chinese, for whoever reads that.")
    story_zh: str = Field(default="", description="The story in Chinese.")
    duration: PositiveSeconds = Field(
        description="How long requests arrive; the run goes on until the last one has ended."
    )
    warmup: Seconds = Field(
        default="0 s",
        validate_default=True,
        description="Requests that arrive before this are left out of the measures.",
    )
    seed: Annotated[int, Field(ge=0, lt=2**63), WHOLE] = Field(
        default=1, description="Every draw follows from it: the same seed, the same requests."
    )
    machine: MachineSettings = Field(
        default={}, validate_default=True, description="The machine of the server: its cores and fixed costs."
    )
    arrivals: Arrivals = Field(description="When requests come.")
    requests: Annotated[tuple[RequestClass, ...], LISTED] = Field(description="The kinds of request.")
    clients: Annotated[tuple[Client, ...], LISTED] = Field(
        default=[ANYBODY],
        validate_default=True,
        description="The kinds of client; without any, a line without delay or limit.",
    )
    timeline: Timeline = Field(
        default=[], validate_default=True, description="What is done to the server meanwhile, one table for every time."
    )
    captions: tuple[Caption, ...] = Field(
        default=(), description="What is to be read at moments of the run, one table each."
    )
    _name: str = PrivateAttr(default="scenario")
    _said: frozenset[str] = PrivateAttr(default=frozenset())
    _by_file: frozenset[str] = PrivateAttr(default=frozenset())

    @field_validator("story", "story_zh", mode="after")
    @classmethod
    def _one_paragraph(cls, story: str) -> str:
        return paragraph(story)

    @classmethod
    def keys_within(cls) -> dict[str, str]:
        """Those of the machine."""
        return {key: f"machine.{key}" for key in MachineTable.known_keys()}

    @property
    def notes(self) -> tuple[str, ...]:
        """What is easily overlooked: a client that one class names is drawn by classes that name none, too."""
        return tuple(
            tell(
                'the client "{client}" is named by the class "{by}" and sends "{too}" too; if that is not meant, say'
                " which clients send that: {like}",
                client=client,
                by=by.name,
                too=too.name,
                like=f"clients = [{', '.join(others)}]",
            )
            for by, client, too, others in self._shared()
        )

    def _shared(self) -> Iterator[tuple[RequestClass, str, RequestClass, list[str]]]:
        """Of each client that one class names and another one draws all the same: those two, and who else there is."""
        named = {name: by for by in self.requests for name in by.clients or ()}
        others = [f'"{client.name}"' for client in self.clients if client.name not in named]
        draws_all = next((each for each in self.requests if each.clients is None and each.weight > 0), None)
        for client in self.clients:
            by = named.get(client.name)
            if by is not None and draws_all is not None and others and client.share > 0:
                yield by, client.name, draws_all, others

    @property
    def told(self) -> dict[str, str]:
        """Title and story in all the languages that they are written in, as a trace keeps them."""
        given = {name: getattr(self, name) for name in ("title", "story", "title_zh", "story_zh")}
        told = {name: text for name, text in given.items() if text or name in ("title", "story")}
        if self.captions:
            told["captions"] = json.dumps([each.model_dump(exclude_none=True) for each in self.captions])
        return told

    @property
    def name(self) -> str:
        """What the scenario is called on the command line: the name of its file, without the suffix."""
        return self._name

    def named(self, name: str) -> "Scenario":
        """The same scenario under this name."""
        copy = self.model_copy()
        copy._name = name
        return copy

    def saying(self, keys: Collection[str], by_file: Collection[str] = ()) -> "Scenario":
        """The same scenario, of whose machine these keys were said: by itself, an override, or only a machine file."""
        copy = self.model_copy()
        copy._said, copy._by_file = frozenset(keys), frozenset(by_file)
        return copy

    def machine_with(self, costs: Mapping[str, Any], *, over_file: bool = False) -> Machine:
        """The machine with a server's own costs, where nobody has said something else of it.

        ``over_file``: what only the machine file has said counts less.
        """
        said = self._said - self._by_file if over_file else self._said
        known = {name: value for name, value in costs.items() if name.removesuffix("_s") not in said}
        return replace(self.machine, **known)


DIALECT = "https://json-schema.org/draft/2020-12/schema"
COUNTED = {"properties": {"arrivals": {"properties": {"kind": {"const": "closed"}}, "required": ["kind", "requests"]}}}
"""A closed loop with a number of requests: only there the duration may be missing."""


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a scenario file, for editors that complete and check TOML."""
    schema = Scenario.model_json_schema()
    required = [key for key in schema.pop("required") if key != "duration"]
    return {"$schema": DIALECT, **schema, "required": required, "anyOf": [{"required": ["duration"]}, COUNTED]}
