"""Reads a scenario, shipped or written by the user, and says everything that is wrong with it at once."""

import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from simulator.words.language import later, tell
from simulator.words.nearest import did_you_mean
from simulator.words.printable import printable_line
from simulator.workload import shipped_scenarios
from simulator.workload.check import check
from simulator.workload.scenario import ANYBODY, Scenario
from simulator.workload.scenario_errors import Mistake, Origin, Place, ScenarioError, error, show
from simulator.workload.shipped_scenarios import shipped
from simulator.workload.table_fields import listed
from simulator.workload.toml_file import line_numbers, parsed, read_bytes

__all__ = ["ScenarioError", "load", "shipped"]

EXPECTED = later("expected a scenario file (TOML)")


def load(
    name_or_path: str,
    overrides: Sequence[tuple[str, str]] = (),
    machine: Mapping[str, Any] | None = None,
    flags: Mapping[str, str] | None = None,
) -> Scenario:
    """Read a shipped scenario or a file, with some values replaced: ``("arrivals.rate", "80")``.

    ``machine``: the table of a machine file, for what the scenario itself does not say of the machine.
    ``flags``: how an override was typed, where not as a dotted key: ``{"arrivals.rate": "--rate"}``.
    Raises ScenarioError, whose message lists every mistake.
    """
    label, folder, data = _read(str(name_or_path))
    text, raw = parsed(label, data, EXPECTED)
    by_file = set[str]()
    if machine and isinstance(own := raw.get("machine", {}), dict):
        raw["machine"] = {**machine, **own}
        by_file = set(machine) - set(own) - {dotted.removeprefix("machine.") for dotted, _ in overrides}
    mistakes, places = list[Mistake](), dict[Place, str]()
    if "clients" not in raw and any(dotted.startswith("clients.") for dotted, _ in overrides):
        raw["clients"] = [dict(ANYBODY)]
    for dotted, value in overrides:
        try:
            places[set_value(raw, dotted, value)] = (flags or {}).get(dotted, "")
        except ValueError as problem:
            mistakes.append(
                Mistake(
                    (), tell("override {key}={value}: {problem}", key=dotted[:80], value=show(value), problem=problem)
                )
            )
    result = check(raw, folder)
    if isinstance(result, list) or mistakes:
        mistakes += result if isinstance(result, list) else []
        raise error(mistakes, Origin(label=label, lines=line_numbers(text), overridden=places))
    return result.named(Path(label).stem).saying(raw.get("machine", {}), by_file)


def _read(name: str) -> tuple[str, Traversable, bytes]:
    """How messages call the file, where its CSV files are, and its bytes."""
    path: Traversable = Path(name)
    folder: Traversable = Path(name).parent
    if name in shipped():
        folder, path = shipped_scenarios.folder(), shipped_scenarios.place(name)
        label = path.name
    else:
        label = printable_line(name[:200])
    try:
        return label, folder, read_bytes(path, label, EXPECTED)
    except FileNotFoundError:
        raise _unknown(name) from None


def _unknown(name: str) -> ScenarioError:
    names = shipped()
    wanted = Path(name).name.removesuffix(".toml")
    return ScenarioError(
        tell(
            "{name}: no such file, and no shipped scenario has this name{near}; expected one of {names}, or the path of"
            " a TOML file",
            name=show(name),
            near=did_you_mean(wanted, names),
            names=listed(tuple(names)) if names else "-",
        )
    )


# Values that replace those of the file: ``requests.page.response`` and the like, items of a list by name or number.


def set_value(raw: dict[str, Any], dotted: str, text: str) -> Place:
    """Put the value at the dotted key into the parsed file; returns its place. ValueError if there is no such place.

    Keys of tables that are not there yet are made, and left for the validation to judge.
    """
    *path, last = dotted.split(".")
    place: Place = ()
    table: Any = raw
    for word in path:
        place += (_step_into(table, word, place),)
        table = table[place[-1]]
    place += (_step_into(table, last, place),)
    table[place[-1]] = toml_value(text)
    return place


def _step_into(container: Any, word: str, place: Place) -> str | int:
    """The key or index that the word means in the container; a missing table is made on the way."""
    if not word:
        raise ValueError(tell('expected words with dots between them, such as "arrivals.rate"'))
    if isinstance(container, list):
        return _item(container, word, str(place[-1]))
    if not isinstance(container, dict):
        message = tell(
            '"{holder}" holds a single value, so there is no "{word}" in it', holder=place[-1], word=word[:40]
        )
        raise ValueError(message)
    container.setdefault(word, {})
    return word


def _item(items: list[Any], word: str, listname: str) -> int:
    names = [item["name"] for item in items if isinstance(item, dict) and isinstance(item.get("name"), str)]
    for index, item in enumerate(items):
        if isinstance(item, dict) and item.get("name") == word:
            return index
    if word.isascii() and word.isdigit() and len(word) < 6 and int(word) < len(items):
        return int(word)
    message = tell(
        'no "{word}" in {list}{near}; expected {expected}',
        word=word[:40],
        list=listname,
        near=did_you_mean(word, names),
        expected=listed(tuple(names)) if names else tell("a number below {n}", n=len(items)),
    )
    raise ValueError(message)


def toml_value(text: str) -> Any:
    """The text as a value of a TOML file if it is one, otherwise as a string: ``80``, ``2 MiB``, ``{erlang = ...}``."""
    if "\n" in text:
        return text
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        return text
