"""Reads a scenario, shipped or written by the user, and says everything that is wrong with it at once."""

from collections.abc import Mapping, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from simulator.workload import shelf
from simulator.workload.check import check
from simulator.workload.fields import listed
from simulator.workload.lines import line_numbers
from simulator.workload.mistakes import Mistake, Origin, ScenarioError, error, printable, show
from simulator.workload.overrides import set_value
from simulator.workload.quantity import did_you_mean
from simulator.workload.scenario import ANYBODY, Scenario
from simulator.workload.shelf import shipped
from simulator.workload.toml_text import parsed, read_bytes

__all__ = ["ScenarioError", "load", "shipped"]

EXPECTED = "expected a scenario file (TOML)"


def load(
    name_or_path: str, overrides: Sequence[tuple[str, str]] = (), machine: Mapping[str, Any] | None = None
) -> Scenario:
    """Read a shipped scenario or a file, with some values replaced: ``("arrivals.rate", "80")``.

    ``machine``: the table of a machine file, for what the scenario itself does not say of the machine.
    Raises ScenarioError, whose message lists every mistake.
    """
    label, folder, data = _read(str(name_or_path))
    text, raw = parsed(label, data, EXPECTED)
    if machine and isinstance(own := raw.get("machine", {}), dict):
        raw["machine"] = {**machine, **own}
    mistakes, places = [], []
    if "clients" not in raw and any(dotted.startswith("clients.") for dotted, _ in overrides):
        raw["clients"] = [dict(ANYBODY)]
    for dotted, value in overrides:
        try:
            places.append(set_value(raw, dotted, value))
        except ValueError as problem:
            mistakes.append(Mistake((), f"override {dotted[:80]}={show(value)}: {problem}"))
    result = check(raw, folder)
    if isinstance(result, list) or mistakes:
        mistakes += result if isinstance(result, list) else []
        raise error(mistakes, Origin(label=label, lines=line_numbers(text), overridden=frozenset(places)))
    return result.named(Path(label).stem)


def _read(name: str) -> tuple[str, Traversable, bytes]:
    """How messages call the file, where its CSV files are, and its bytes."""
    path: Traversable = Path(name)
    folder: Traversable = Path(name).parent
    if name in shipped():
        folder, path = shelf.folder(), shelf.place(name)
        label = path.name
    else:
        label = printable(name[:200])
    try:
        return label, folder, read_bytes(path, label, EXPECTED)
    except FileNotFoundError:
        raise _unknown(name) from None


def _unknown(name: str) -> ScenarioError:
    names = shipped()
    wanted = Path(name).name.removesuffix(".toml")
    known = f"one of {listed(tuple(names))}, or " if names else ""
    return ScenarioError(
        f"{show(name)}: no such file, and no shipped scenario has this name{did_you_mean(wanted, names)}; "
        f"expected {known}the path of a TOML file"
    )
