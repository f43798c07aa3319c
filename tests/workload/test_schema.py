"""The JSON Schema describes every key of a scenario file."""

import dataclasses
from collections.abc import Iterator
from typing import Any

from simulator.plan.machine import Machine
from simulator.workload.arrivals import KINDS
from simulator.workload.machine_table import FACTOR, QUOTA
from simulator.workload.scenario import json_schema

SCHEMA = json_schema()


def keys(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every key of every table in the schema, with its own schema."""
    if isinstance(schema, dict):
        for name, inner in schema.get("properties", {}).items():
            yield f"{path}.{name}", inner
        for word, inner in schema.items():
            yield from keys(inner, f"{path}.{word}")
    elif isinstance(schema, list):
        for inner in schema:
            yield from keys(inner, path)


def test_every_key_has_a_description() -> None:
    found = list(keys({name: part for name, part in SCHEMA.items() if name != "anyOf"}))  # those only compare
    assert len(found) > 80
    assert [path for path, inner in found if not inner.get("description")] == []


def test_no_name_in_the_schema_is_one_of_the_program() -> None:
    assert {"erlang_duration", "erlang_size", "RequestClass"} <= SCHEMA["$defs"].keys()
    assert [name for name in SCHEMA["$defs"] if "__" in name] == []


def test_the_contract_of_a_scenario_file_is_in_the_schema() -> None:
    top = {
        "title",
        "story",
        "title_zh",
        "story_zh",
        "duration",
        "warmup",
        "seed",
        "machine",
        "arrivals",
        "requests",
        "clients",
        "timeline",
        "captions",
    }
    assert set(SCHEMA["properties"]) == top
    assert set(SCHEMA["required"]) == {"title", "arrivals", "requests"}
    kinds = [kind["properties"]["kind"]["const"] for kind in SCHEMA["properties"]["arrivals"]["anyOf"]]
    assert kinds == list(KINDS)


def test_a_duration_is_required_but_of_a_closed_loop_with_a_number_of_requests() -> None:
    with_duration, counted = SCHEMA["anyOf"]
    assert with_duration == {"required": ["duration"]}
    arrivals = counted["properties"]["arrivals"]
    assert arrivals == {"properties": {"kind": {"const": "closed"}}, "required": ["kind", "requests"]}


def test_every_field_of_the_machine_can_be_set() -> None:
    expected = {field.name.removesuffix("_s") for field in dataclasses.fields(Machine)} - {QUOTA, FACTOR}
    machine = SCHEMA["properties"]["machine"]["properties"]
    assert set(machine) == expected
    assert machine["cores"] | {"description": ""} == {
        "type": "number",
        "minimum": 0.01,
        "maximum": 4096,
        "default": 2,
        "description": "",
    }
    assert machine["receive_buffer"]["default"] == "64 KiB"
