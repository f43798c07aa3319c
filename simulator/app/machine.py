"""Which machine file a run uses: the one that ``simulate calibrate`` saved, or any other."""

from pathlib import Path
from typing import Any

from simulator.app.refusal import RefusalError

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
    from simulator.workload.machine_file import read_machine

    path = calibrated_path() if named == CALIBRATED else Path(named)
    if named == CALIBRATED and not path.exists():
        raise RefusalError(f"--machine {named}: there is no {path} yet. Type first: simulate calibrate")
    return read_machine(path)
