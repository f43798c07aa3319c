"""What was watched last, and up to which moment, for whoever comes back: one small file in the user's state directory.

What to watch: it says no more than a command line does. Where it cannot be written or understood, nothing is offered
and nothing is said: nobody has asked for it.
"""

import json
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from simulator.experiments.deployment_words import pane, pane_words
from simulator.experiments.options import RunOptions
from simulator.experiments.refusal import RefusalError
from simulator.experiments.setup import MOST_SIDES, Setup
from simulator.workload.shipped_scenarios import shipped

FILES = ("load", "machine")
"""Options that may name a file: found again from another working directory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastTime:
    """A run, and a moment of it."""

    setup: Setup
    at_s: float


def state_file() -> Path:
    """Where it is kept: ``~/.local/state/loopfork/last.json`` on Linux."""
    from platformdirs import user_state_path

    return user_state_path("loopfork") / "last.json"


def remember(last: LastTime) -> None:
    """For the next time."""
    options = {
        field.name: _whole(field.name, value)
        for field in fields(RunOptions)
        if (value := getattr(last.setup.options, field.name)) != field.default
    }
    kept = {"servers": [pane_words(side) for side in last.setup.sides], "options": options, "at_s": last.at_s}
    file = state_file()
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(kept), encoding="utf-8")


def _whole(name: str, value: Any) -> Any:
    """A file by its whole path; names stay as they are."""
    is_file = name in FILES and value not in shipped() and Path(value).is_file()
    return str(Path(value).resolve()) if is_file else value


def recall() -> LastTime | None:
    """What was remembered; None where there is nothing, or nothing that this version understands."""
    try:
        kept = json.loads(state_file().read_text(encoding="utf-8"))
        options: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in kept["options"].items()
        }
        sides = tuple(pane(str(words)) for words in kept["servers"])
        last = LastTime(setup=Setup(sides=sides, options=RunOptions(**options)), at_s=float(kept["at_s"]))
        hash(last)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, RefusalError):
        return None
    return last if 1 <= len(last.setup.sides) <= MOST_SIDES and last.at_s >= 0.0 else None
