"""Whatever lies in the current folder is not ours to run: a Django project has a package ``models`` too."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.real import processes
from simulator.real.processes import environment, running

pytestmark = pytest.mark.real
ROOT = Path(__file__).parents[2]
DECOYS = ("models/__init__.py", "simulator/__init__.py", "scenarios/__init__.py", "socket.py", "json.py", "numpy.py")
LOAD = """
title = "Short"
duration = "0.3 s"
[arrivals]
kind = "poisson"
rate = 20
[[requests]]
name = "page"
steps = [{cpu = "1 ms"}]
"""
RAN = "marker"
LIMIT_S = 120.0


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder full of modules that leave a marker when somebody imports them."""
    marker = tmp_path / RAN
    folder = tmp_path / "project"
    for name in DECOYS:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"open({str(marker)!r}, 'a').write(__file__ + chr(10))\n", encoding="utf-8")
    (folder / "load.toml").write_text(LOAD, encoding="utf-8")
    return folder


def simulate(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """As the command does it: it has the folder that it lies in on its path, and not the one that one types it in."""
    run = [sys.executable, "-P", "-c", "import sys; from simulator.cli.main import main; sys.exit(main())"]
    known = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        [*run, *arguments],
        cwd=folder,
        env=known | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_S,
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("measure", "prefork", "--load", "load.toml", "--nginx"), "measured on real servers"),
        (("validate", "threaded", "--load", "load.toml", "--repeat", "1"), "threaded under load.toml"),
        pytest.param(("calibrate", "--quick", "--output", "machine.toml"), "Saved as", marks=pytest.mark.slow),
    ],
    ids=lambda each: each[0] if isinstance(each, tuple) else "",
)
def test_a_command_that_starts_servers_runs_nothing_that_lies_where_it_is_typed(
    project: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = simulate(project, *arguments)
    assert not (project.parent / RAN).exists(), (project.parent / RAN).read_text()
    assert said in done.stdout, done.stderr
    assert done.returncode in (0, 1)  # a busy machine may make the figures worthless, and a short load a bad bet


def test_the_decoys_would_tell_on_us(project: Path) -> None:
    subprocess.run([sys.executable, "-c", "import models"], cwd=project, env={}, check=True)
    assert (project.parent / RAN).exists()


def test_a_started_process_has_no_current_folder_on_its_path(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    monkeypatch.setenv("PYTHONPATH", os.pathsep + str(ROOT))  # an empty entry means the current folder
    with running("the server", tmp_path, "tests.real.stubborn", "babbles", "file") as process:
        assert process.first_line() == "ready"
    assert not (tmp_path / RAN).exists()


def test_ours_come_first_and_what_was_there_stays_without_empty_entries() -> None:
    given = {"PYTHONPATH": os.pathsep.join(["", "/one", "", "/two"]), "HOME": "/home"}
    assert environment(given) == {
        "HOME": "/home",
        "PYTHONSAFEPATH": "1",
        "PYTHONPATH": os.pathsep.join([str(ROOT), "/one", "/two"]),
    }


def test_where_it_is_installed_the_standard_library_stays_in_front_of_all_that_is_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(processes, "_installed", lambda: [ROOT])
    assert "PYTHONPATH" not in environment({})
    assert environment({"PYTHONPATH": "/one"})["PYTHONPATH"] == "/one"
