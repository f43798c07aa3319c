"""A profile alone in a file: what ``simulate calibrate --server`` writes and ``--profile`` reads.

[profile]
name = "gunicorn-sync"
title = "gunicorn 27.0.1, as measured here"

[profile.costs]                 any keys of a scenario's [machine] table but cores
request_cost = "165 us"

[profile.spread]                p10 and p90 of the samples behind each; for people
request_cost = ["160 us", "190 us"]
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from simulator.plan import Machine
from simulator.words.language import later, tell, translated
from simulator.words.numbers import duration
from simulator.words.printable import printable_line
from simulator.workload.machine_table import MachineTable, fields_of
from simulator.workload.scenario_errors import Mistake, Origin, ScenarioError, error, from_pydantic
from simulator.workload.toml_file import line_numbers, parsed, read_bytes

EXPECTED = later("expected a profile (TOML with a [profile.costs] table)")
KEYS = ("name", "title", "costs", "spread")


@dataclass(frozen=True, kw_only=True)
class ProfileFile:
    """A profile as it is written, and known to be right."""

    name: str
    title: str
    costs: Mapping[str, Any]
    """Of the ``[machine]`` table, as quantities."""
    values: Mapping[str, Any]
    """The same as fields of Machine."""


def read_profile(path: Path) -> ProfileFile:
    """The profile in a file. Raises ScenarioError, whose message lists every mistake."""
    label = printable_line(str(path)[:200])
    try:
        text, raw = parsed(label, read_bytes(path, label, EXPECTED), EXPECTED)
    except FileNotFoundError:
        raise ScenarioError(
            tell(
                "{file}: no such file; {expected}, as `simulate calibrate --server SERVER` writes",
                file=label,
                expected=translated(EXPECTED),
            )
        ) from None
    profile = raw.get("profile")
    costs = profile.get("costs") if isinstance(profile, dict) else None
    if not isinstance(profile, dict) or not isinstance(costs, dict):
        raise ScenarioError(
            tell("{file}: no [profile.costs] table; {expected}", file=label, expected=translated(EXPECTED))
        )
    mistakes = [
        Mistake(place, tell("unknown key; {expected}", expected=translated(EXPECTED)))
        for place in [*((key,) for key in raw if key != "profile"), *(("profile", k) for k in profile if k not in KEYS)]
    ]
    mistakes += [
        Mistake(("profile", key), tell("expected a line of text in quotation marks"), profile[key])
        for key in ("name", "title")
        if key in profile and not _is_line(profile[key])
    ]
    if "cores" in costs:
        said = tell("cores belong to a machine, not to the costs of a server; they are typed with --cores")
        mistakes.append(Mistake(("profile", "costs", "cores"), said, costs["cores"]))
    values: Mapping[str, Any] = {}
    try:
        values = fields_of(MachineTable.model_validate(costs))
    except ValidationError as problem:
        mistakes += [
            Mistake(("profile", "costs", *each.place), each.message, each.value) for each in from_pydantic(problem)
        ]
    if mistakes:
        raise error(mistakes, Origin(label=label, lines=line_numbers(text)))
    name: str = profile.get("name") or printable_line(path.stem)
    return ProfileFile(name=name, title=profile.get("title") or name, costs=costs, values=values)


def _is_line(value: Any) -> bool:
    """Whether a value of the file can stand in a line that is shown."""
    return isinstance(value, str) and bool(value.strip()) and printable_line(value) == value


def profile_text(name: str, title: str, costs: Mapping[str, tuple[float, float, float]]) -> str:
    """A profile file; ``costs``: fields of Machine, each with median, p10 and p90 in seconds."""
    known = set(Machine.__dataclass_fields__)
    keys = {field: field.removesuffix("_s") for field in costs if field in known}
    written = {keys[field]: [duration(each) for each in costs[field]] for field in keys}
    lines = ["[profile]", f'name = "{name}"', f'title = "{title}"', "", "[profile.costs]"]
    lines += [f'{key} = "{middle}"' for key, (middle, *_) in written.items()]
    lines += ["", "[profile.spread] # p10 and p90"]
    lines += [f'{key} = ["{low}", "{high}"]' for key, (_, low, high) in written.items()]
    return "\n".join([*lines, ""])
