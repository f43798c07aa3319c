"""One quick calibration for all tests, as a user would run it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = "import sys; from simulator.cli.main import main; sys.exit(main())"
LIMIT_S = 120.0


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the user's settings are kept; nothing is there yet."""
    return tmp_path_factory.mktemp("settings")


@pytest.fixture(scope="session")
def calibration(home: Path) -> subprocess.CompletedProcess[str]:
    """What the command said; its file is in ``home``."""
    return subprocess.run(
        [sys.executable, "-c", CODE, "calibrate", "--quick"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        env={**os.environ, "XDG_CONFIG_HOME": str(home), "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"},
        check=False,
        timeout=LIMIT_S,
    )


@pytest.fixture(scope="session")
def machine_file(calibration: subprocess.CompletedProcess[str], home: Path) -> Path:
    assert calibration.returncode == 0, calibration.stderr
    return home / "loopfork" / "machine.toml"
