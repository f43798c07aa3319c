"""A machine file: the ``[machine]`` table of a scenario, alone in a file, for all scenarios."""

from dataclasses import fields
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from simulator.plan.machine import Machine
from simulator.words.numbers import exact_duration, exact_size
from simulator.workload.lines import line_numbers
from simulator.workload.machine_table import MachineTable
from simulator.workload.mistakes import Mistake, Origin, ScenarioError, error, from_pydantic, printable
from simulator.workload.toml_text import parsed, read_bytes

EXPECTED = "expected a machine file (TOML with a [machine] table)"


def read_machine(path: Path) -> dict[str, Any]:
    """The table as it is written, and known to be right. Raises ScenarioError, whose message lists every mistake."""
    label = printable(str(path)[:200])
    try:
        text, raw = parsed(label, read_bytes(path, label, EXPECTED), EXPECTED)
    except FileNotFoundError:
        raise ScenarioError(
            f"{label}: no such file; {EXPECTED}, as `simulate calibrate --output FILE` writes"
        ) from None
    table = raw.get("machine")
    if not isinstance(table, dict):
        raise ScenarioError(f"{label}: no [machine] table; {EXPECTED}")
    mistakes = [Mistake((key,), f"unknown key; {EXPECTED}") for key in raw if key != "machine"]
    try:
        MachineTable.model_validate(table)
    except ValidationError as problem:
        mistakes += [Mistake(("machine", *each.place), each.message, each.value) for each in from_pydantic(problem)]
    if mistakes:
        raise error(mistakes, Origin(label=label, lines=line_numbers(text)))
    return table


def machine_text(machine: Machine) -> str:
    """A machine file with every value of the machine."""
    lines = [f"{_key(field.name)} = {_written(field.name, getattr(machine, field.name))}" for field in fields(Machine)]
    return "\n".join(["[machine]", *lines, ""])


def _key(name: str) -> str:
    return name.removesuffix("_s")


def _written(name: str, value: Any) -> str:
    """A value as a scenario file would have it."""
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return f'"{value}"'
    return f'"{exact_duration(value) if name.endswith("_s") else exact_size(round(value))}"'
