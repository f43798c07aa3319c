"""The scenario that a command line names: a load, what is changed in it, and the machine that it runs on."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.experiments.options import RUN, RunOptions
from simulator.experiments.refusal import RefusalError
from simulator.words.language import tell

if TYPE_CHECKING:  # this imports NumPy and Pydantic
    from simulator.workload.scenario import Scenario

FLAGS = {"arrivals.rate": "rate", "duration": "duration", "seed": "seed", "machine.cores": "cores"}
"""Keys of a scenario that have a flag of their own, each with its field among the options."""


def scenario_of(options: RunOptions) -> "Scenario":
    """The scenario that the flags name, with their overrides. Raises RefusalError."""
    from simulator.workload.load import ScenarioError, load

    try:
        return load(options.load or "", overrides(options), machine_table(options.machine), _flags(options))
    except ScenarioError as error:
        raise RefusalError(str(error)) from None


def overrides(options: RunOptions) -> list[tuple[str, str]]:
    """What the flags change in the scenario, as dotted keys and values; what is typed later counts."""
    pairs = []
    for text in options.set:
        key, equals, value = text.partition("=")
        if not (key.strip() and equals):
            example = '--set requests.page.response="2 MiB"'
            raise RefusalError(tell("--set {text}: expected KEY=VALUE, like {example}", text=text, example=example))
        pairs.append((key.strip(), value.strip()))
    named = ((key, getattr(options, field)) for key, field in FLAGS.items())
    return pairs + [
        (key, f"{value:g}" if isinstance(value, float) else str(value)) for key, value in named if value is not None
    ]


def _flags(options: RunOptions) -> dict[str, str]:
    """How the keys were typed that have a flag of their own and were given with it."""
    return {key: RUN.flag(field) for key, field in FLAGS.items() if getattr(options, field) is not None}


# Which machine file a run uses: the one that ``simulate calibrate`` saved, or any other.

CALIBRATED = "calibrated"
"""What is typed instead of a path for the file that calibrating saved."""


def calibrated_path() -> Path:
    """Where the calibrated machine is kept, for this user."""
    from platformdirs import user_config_path

    return user_config_path("loopfork", appauthor=False) / "machine.toml"


def machine_table(named: str | None) -> dict[str, Any] | None:
    """The table of the machine file; None where none is named. Raises RefusalError or ScenarioError."""
    if named is None:
        return None
    from simulator.workload.machine_table import read_machine

    path = calibrated_path() if named == CALIBRATED else Path(named)
    if named == CALIBRATED and not path.exists():
        message = tell(
            "--machine {named}: there is no {path} yet. Type first: simulate calibrate", named=named, path=path
        )
        raise RefusalError(message)
    return read_machine(path)
