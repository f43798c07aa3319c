"""The command as a process: what it loads, how it stops, and what it leaves behind."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.cli.stopping import Terminated

ROOT = Path(__file__).parents[2]
HEAVY = {"numpy", "pydantic", "polars", "pygments", "simpy"}
CALLED = "import sys; from simulator.cli.main import main; sys.exit(main())"
TOLD = """
import sys
import simulator.experiments.run as experiment
real = experiment.run
def run(*arguments, **options):
    print("running", flush=True)
    return real(*arguments, **options)
experiment.run = run
from simulator.cli.main import main
sys.exit(main())
"""
"""The command, saying when the simulation begins."""
ODD = """
title = "Odd"
duration = "2 s"
arrivals = { kind = "constant", rate = 4 }
requests = [{ name = "a", steps = [{ cpu = "1 ms" }], clients = ["x"] }, { name = "b", steps = [{ cpu = "1 ms" }] }]
clients = [{ name = "x" }, { name = "y" }]
"""
"""There is something to note about it."""
CLOSED = "simulate: cannot write to stdout: Bad file descriptor\n"


def loaded(*arguments: str) -> set[str]:
    """The top-level packages that a command imports."""
    code = (
        "import sys; from simulator.cli.main import main;"
        f"main({list(arguments)!r}); print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    return {name.split(".")[0] for name in done.stderr.splitlines()[-1].split()}


@pytest.mark.parametrize("line", ["", "--help", "--model prefork --help", "--version"])
def test_help_loads_nothing_heavy(line: str) -> None:
    assert not loaded(*line.split()) & HEAVY


def test_a_run_loads_neither_what_only_exports_need_nor_the_other_engine() -> None:
    found = loaded("--model", "prefork", "--load", "slow-clients", "--duration", "6s")
    assert found >= {"numpy", "pydantic", "rich"}
    assert not found & {"polars", "pygments", "simpy"}


@pytest.mark.parametrize(
    ("engine", "number", "code"),
    [("kernel", signal.SIGINT, 130), ("reference", signal.SIGINT, 130), ("kernel", signal.SIGTERM, 143)],
)
def test_ctrl_c_and_sigterm_end_a_long_run_and_leave_no_file(
    engine: str, number: int, code: int, tmp_path: Path
) -> None:
    flags = f"--model prefork --load steady --rate 1000 --duration 1000s --engine {engine} --json r.json --csv csv"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    child = subprocess.Popen(
        [sys.executable, "-c", TOLD, *flags.split()],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=environment,
    )
    assert child.stdout is not None
    said = child.stdout.readline()
    child.send_signal(number)
    out, err = child.communicate(timeout=60)
    assert said == "running\n"
    assert child.returncode == code
    assert out == ""
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "line", ["--model prefork --load steady --duration 20s --json r.json", "list models", "schema", "--help"]
)
def test_a_closed_pipe_ends_the_command_quietly(line: str, tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", CALLED, *line.split()],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert child.stdout is not None
    child.stdout.close()
    assert child.stderr is not None
    said = [text for text in child.stderr.read().splitlines() if "compiled kernel" not in text]
    assert child.wait(timeout=60) == 141
    assert said == []
    if "--json" in line:
        assert (tmp_path / "r.json").exists()  # files come before the summary
    child.stderr.close()


def test_a_contradiction_within_a_run_is_said_loudly(
    simulate: Any, load: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from simulator.trace import checks

    monkeypatch.setattr(checks, "check", lambda _: ["two and two are five"])
    done = simulate("--model", "prefork", "--load", load)
    assert (done.code, done.out) == (70, "")
    assert "INTERNAL ERROR" in done.err
    assert "two and two are five" in done.err


def test_a_mistake_of_the_program_keeps_its_traceback(
    simulate: Callable[..., Any], load: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from simulator.experiments import run as experiment

    def broken(*_: object, **__: object) -> None:
        raise AssertionError("cannot happen")

    monkeypatch.setattr(experiment, "run", broken)
    done = simulate("--model", "prefork", "--load", load)
    assert done.code == 70
    assert "Traceback" in done.err
    assert "INTERNAL ERROR" in done.err


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, Terminated])
def test_ctrl_c_beneath_the_error_of_a_library_is_ctrl_c(
    interruption: type[KeyboardInterrupt], simulate: Callable[..., Any], load: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NumPy answers what interrupts it with a ValueError, about a type that it could not finish reading."""
    from simulator.experiments import run as experiment

    def interrupted(*_: object, **__: object) -> None:
        raise ValueError("not a valid buffer format string") from interruption()

    monkeypatch.setattr(experiment, "run", interrupted)
    done = simulate("--model", "prefork", "--load", load)
    assert (done.code, done.out, done.err) == (143 if interruption is Terminated else 130, "", "")


@pytest.mark.parametrize("said", ["the compiled kernel is missing", ""], ids=["notice", "notes"])
def test_a_full_disk_behind_stderr_costs_no_run(said: str, tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("a device of Linux")
    file = tmp_path / "odd.toml"
    file.write_text(ODD)
    told = f"from simulator.engine import loading; loading.kernel_notice = lambda: {said!r}; {CALLED}"
    line = f"--model prefork --load {file} --no-advice --json -"
    done = subprocess.run(
        ["sh", "-c", f'"$0" -c "$1" {line} 2>/dev/full', sys.executable, told],
        capture_output=True,
        cwd=ROOT,
        check=False,
    )
    assert (done.returncode, json.loads(done.stdout)["model"]) == (0, "prefork")


@pytest.mark.parametrize("line", ["list models", "--help"])
def test_a_full_disk_behind_stdout_gets_one_message(line: str) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("a device of Linux")
    with full.open("w") as out:
        done = subprocess.run(
            [sys.executable, "-c", CALLED, *line.split()],
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == "simulate: cannot write to stdout: No space left on device\n"


@pytest.mark.parametrize(
    ("line", "closed", "code", "said"),
    [
        ("list loads", ">&-", 2, CLOSED),
        ("--help", ">&-", 2, CLOSED),
        ("--model prefork --load steady --duration 6s --quiet", "<&- >&-", 0, ""),
        ("list nothing", "2>&-", 2, ""),
        ("list nothing", "2>/dev/full", 2, ""),
        ("--model prefork --load steady --duration 6s --quiet", "2>/dev/full", 0, ""),
        ("--model prefork --load steady --duration 6s --json -", ">&-", 2, CLOSED),
        ("compare prefork threaded --load steady --duration 6s", ">&-", 2, CLOSED),
        ("serve", ">&-", 2, CLOSED),
        ("serve --help", ">&-", 2, CLOSED),
    ],
)
def test_a_command_can_be_started_with_closed_streams(
    line: str, closed: str, code: int, said: str, tmp_path: Path
) -> None:
    done = subprocess.run(
        ["sh", "-c", f'"$0" -c "$1" {line} {closed}', sys.executable, CALLED],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    told = [text for text in done.stderr.splitlines(keepends=True) if "compiled kernel" not in text]
    assert (done.returncode, done.stdout, "".join(told)) == (code, "", said)
