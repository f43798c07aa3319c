"""A scenario: one load, as its TOML file says it. What each key means stands beside it."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field, PrivateAttr, field_validator

from simulator.plan.machine import Machine
from simulator.words.language import paragraph, tell
from simulator.workload.arrivals import Arrivals
from simulator.workload.distribution import Constant, Distribution
from simulator.workload.distribution_table import Duration
from simulator.workload.machine_table import MachineSettings, MachineTable
from simulator.workload.request_table import RequestClass
from simulator.workload.table_fields import (
    LISTED,
    WHOLE,
    BytesPerSecond,
    Name,
    NumberFromZero,
    PositiveSeconds,
    Seconds,
    Table,
    Text,
)
from simulator.workload.timeline_table import Timeline

ANYBODY = {"name": "any"}
"""The kind of client in a scenario that names none: no delay, no limit, endless patience."""


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
