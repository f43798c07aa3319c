"""The command line that the screen shows reproduces exactly the run that it shows."""

import json
import shlex
from collections.abc import Sequence
from pathlib import Path

import pytest

from simulator.cli.main import main
from simulator.experiments.setup import Setup
from simulator.lab import actions
from simulator.lab.command_line import command_line
from simulator.lab.history import Result
from simulator.lab.lab import open_lab
from simulator.results.document import document
from simulator.trace.summary import summarise
from tests.tui.labs import ManualClock, shown

WALKS: dict[str, Sequence[str]] = {
    "nothing": (),
    "a knob each": ("more-load", "more-slow", "more-io", "less-cpu", "next-seed", "larger", "front"),
    "interventions": ("forward", "kill", "forward", "burst", "slow-io", "grow"),
    "another model": ("next-model", "larger", "front"),
    "side by side": ("front", "compare", "larger", "next-pane", "smaller", "kill"),
    "every knob of the list": ("front", "panel", *("select-down", "forward") * 20),
    "undone": ("more-load", "kill", "undo", "more-io"),
}


def results(found: Result) -> list[object]:
    """What ``--json`` would write, as a reader of JSON sees it."""
    assert found.prepared is not None
    several = [document(p.trace, summarise(p.trace)) for p in found.playbacks]
    return json.loads(json.dumps(several))  # type: ignore[no-any-return]


@pytest.mark.parametrize("walk", WALKS)
def test_the_command_line_reproduces_what_is_shown(
    walk: str, now: ManualClock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lab = open_lab(shown("prefork"), now)
    for name in WALKS[walk]:
        actions.perform(lab, name)
    assert lab.shown.prepared is not None
    command = shlex.split(command_line(lab.shown.prepared.setup))
    file = tmp_path / "results.json"
    alone = ["--no-advice"] if command[1] == "--model" else []
    assert main([*command[1:], *alone, "--json", str(file)]) == 0
    found = json.loads(file.read_text(encoding="utf-8"))
    again = [{**run, "server": None} for run in found["runs"]] if "runs" in found else [found]
    assert again == results(lab.shown)
    assert capsys.readouterr().err == ""


def test_what_is_not_changed_is_not_typed() -> None:
    setup = shown("prefork", load="steady").prepared
    assert setup is not None
    assert command_line(setup.setup) == "simulate --model prefork --load steady"
    assert command_line(setup.setup, watch=True).endswith(" --watch")


def test_a_value_with_blanks_is_quoted_for_a_shell() -> None:
    start = shown("prefork", load="steady").prepared
    assert start is not None
    setup: Setup = start.setup.with_key("requests.page.response", '"2 MiB"')
    assert shlex.split(command_line(setup))[-1] == 'requests.page.response="2 MiB"'
