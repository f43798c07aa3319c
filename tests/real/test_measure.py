"""``simulate measure`` from end to end: real servers, the same outputs, and nothing left behind."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.cli.main import main
from simulator.experiments.catalogue import catalogue, server, servers
from simulator.experiments.deployment import Deployment
from simulator.experiments.run import run
from simulator.plan import Machine, Outcome
from simulator.plan.walk import Place
from simulator.real.job import Job, Result
from simulator.real.measure import drive, measure
from simulator.real.processes import MeasureError
from simulator.results.trace_file import read
from simulator.trace.checks import check_measured
from simulator.trace.table import Trace
from tests.trace.by_hand import Kind, load_at

pytestmark = pytest.mark.real
LOAD = """
title = "A short load"
duration = "1 s"
seed = 7
[arrivals]
kind = "poisson"
rate = 30
[[requests]]
name = "page"
upload = "1 KiB"
steps = [{cpu = "1 ms"}, {io = "10 ms"}, {cpu = "1 ms"}]
response = "30 KiB"
[[clients]]
name = "office"
share = 0.8
[[clients]]
name = "phone"
share = 0.2
rtt = "20 ms"
up = "1 Mbit/s"
down = "2 Mbit/s"
"""
INVALID_OR_NOT = (0, 1)
"""On a crowded machine the driver may be late, and says so: not what is tested here."""


@pytest.fixture
def load(tmp_path: Path) -> Path:
    path = tmp_path / "short.toml"
    path.write_text(LOAD, encoding="utf-8")
    return path


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder for temporary files: empty again after each test, and no process knows a file in it."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    yield folder
    assert list(folder.iterdir()) == []
    latest = time.monotonic() + 20.0
    while about(folder) and time.monotonic() < latest:  # what was told to end needs a moment
        time.sleep(0.01)
    assert about(folder) == []


def about(folder: Path) -> list[str]:
    """The command lines of processes that name the folder; those of servers and of the driver do."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in words:
            found.append(words)
    return found


@pytest.mark.parametrize("flags", [(), ("--nginx",)], ids=["alone", "behind nginx"])
def test_a_measured_run_gives_what_a_simulated_one_gives(
    temporary: Path, load: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: tuple[str, ...]
) -> None:
    saved, document = tmp_path / "real.parquet", tmp_path / "real.json"
    code = main(["measure", "prefork", "--load", str(load), *flags, "--parquet", str(saved), "--json", str(document)])
    shown = capsys.readouterr()
    assert code in INVALID_OR_NOT, shown.err
    assert "measured on real servers" in shown.out
    assert "driver: began requests" in shown.out
    results = json.loads(document.read_text())
    assert results["engine"] == "measured"
    assert results["driver"]["valid"] == (code == 0)
    assert 0.0 <= results["other_programs"] <= 1.0
    assert main(["show", str(saved)]) == 0
    assert capsys.readouterr().out == shown.out
    trace = read(saved)
    assert (trace.outcome == Outcome.COMPLETED).all()
    assert not any(place_is_nan(trace, place.name) for place in trace.places)
    assert (trace.process >= 0).all()


def test_a_run_beside_other_programs_says_so_before_anything_else(
    temporary: Path, load: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.real.measure.share_of_others", lambda *_: 0.43)
    assert main(["measure", "prefork", "--load", str(load), "--duration", "0.3s", "--json", "-"]) in INVALID_OR_NOT
    results = json.loads(capsys.readouterr().out)
    assert results["other_programs"] == 0.43
    assert results["diagnosis"][0].startswith("Other programs had 43 % of the processor while this was measured")


def test_a_model_with_two_real_servers_lets_one_choose(
    temporary: Path, load: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = tmp_path / "real.parquet"
    short = ["--load", str(load), "--duration", "0.2s", "--parquet", str(saved)]
    assert main(["measure", "coroutine", "--server", "asyncio", *short]) in INVALID_OR_NOT
    assert "measured on real servers · server asyncio" in " ".join(capsys.readouterr().out.split())
    assert read(saved).labels["server"] == "asyncio"


def place_is_nan(trace: Any, name: str) -> bool:
    column = [place.name for place in trace.places].index(name)
    return bool((trace.reached[:, column] != trace.reached[:, column]).any())


REAL = [(model.name, which) for model in servers() for which in model.real_servers]


def has_business(place: Place, step: tuple[str, float]) -> bool:
    """Whether pieces of this kind are done there: by a helper, or not."""
    return place.kinds is None or step[0] in place.kinds


@pytest.mark.parametrize(("name", "which"), REAL)
def test_every_server_reports_every_place_in_the_order_of_its_plan(temporary: Path, name: str, which: str) -> None:
    model, steps = server(name), (("cpu", 0.001), ("io", 0.01))
    if any(model.missing):
        (pytest.fail if "LOOPFORK_SERVERS" in os.environ else pytest.skip)(f"{model.missing[0]} is not installed")
    workload = load_at([0.0, 0.02, 0.04, 0.06], 0.1, rtt=0.01, page=Kind(steps=steps, response=3000))
    trace = measure(Deployment(model=model, config=model.config(), server=which), Machine(), workload)
    assert check_measured(trace) == []
    assert trace.outcome.tolist() == [Outcome.COMPLETED] * 4
    met = [i for i, place in enumerate(trace.places) if place.piece is None or has_business(place, steps[place.piece])]
    assert [trace.places[i].name for i in met if place_is_nan(trace, trace.places[i].name)] == []
    assert (np.diff(trace.reached[:, met]) >= 0).all()
    assert (trace.left >= trace.reached[:, -1]).all()
    assert (trace.finished - trace.arrival >= 2 * 0.01 + 0.011).all()


@pytest.mark.parametrize("protocol", ["http", "uwsgi"])
@pytest.mark.parametrize("name", ["prefork", "threaded"])
def test_each_hop_from_the_proxy_to_the_application_is_reported_where_the_plan_has_it(
    temporary: Path, name: str, protocol: str
) -> None:
    model, nginx = server(name), catalogue()["nginx"]
    config = model.config(protocol=protocol, middlewares=2)
    deployment = Deployment(model=model, config=config, fronts=((nginx, nginx.config()),))
    page = Kind(steps=(("cpu", 0.001), ("io", 0.01)), response=3000)
    trace = measure(deployment, Machine(), load_at([0.0, 0.02, 0.04, 0.06], 0.1, rtt=0.01, page=page))
    assert check_measured(trace) == []
    assert trace.outcome.tolist() == [Outcome.COMPLETED] * 4
    parse = "parse uwsgi" if protocol == "uwsgi" else "parse"
    hops = ["proxy", parse, "middleware in", "handle.1", "handle.2", "middleware out", "respond"]
    names = [place.name for place in trace.places]
    reached = trace.reached[:, [names.index(hop) for hop in hops]]
    assert (np.diff(reached) > 0).all()


def test_an_early_end_of_a_server_is_said(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deployment = Deployment(model=server("dev-server"), config=server("dev-server").config())

    def kill_and_drive(job: Job, folder: Path, _: object) -> Result:
        (master,) = [entry for entry in Path("/proc").glob("[0-9]*") if _is_master(entry, folder)]
        os.kill(int(master.name), signal.SIGKILL)
        return drive(job, folder)

    monkeypatch.setattr("simulator.real.measure.drive", kill_and_drive)
    with pytest.raises(MeasureError, match="the dev-server server ended while it was being measured"):
        measure(deployment, Machine(), load_at([0.0], 0.1))


def _is_master(entry: Path, folder: Path) -> bool:
    try:
        named = str(folder) in (entry / "cmdline").read_text()
        return named and f"PPid:\t{os.getpid()}\n" in (entry / "status").read_text()
    except OSError:
        return False


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    ("command", "number"),
    [
        ("measure", signal.SIGINT),
        ("measure", signal.SIGKILL),
        pytest.param("measure", signal.SIGTERM, marks=SLOW),
        pytest.param("measure", signal.SIGHUP, marks=SLOW),
        pytest.param("validate", signal.SIGINT, marks=SLOW),
        pytest.param("validate", signal.SIGTERM, marks=SLOW),
    ],
)
def test_nothing_is_left_after_a_signal_and_no_process_after_a_kill(
    temporary: Path, load: Path, command: str, number: int
) -> None:
    run = [sys.executable, "-c", "import sys; from simulator.cli.main import main; sys.exit(main())"]
    typed = [*run, command, "prefork", "--load", str(load), "--duration", "1 h", "--rate", "1", "--nginx"]
    process = subprocess.Popen(typed, cwd=Path(__file__).parents[2], stderr=subprocess.PIPE, text=True)
    latest = time.monotonic() + 20.0
    while not any("driver" in words for words in about(temporary)):  # the driver comes last
        assert time.monotonic() < latest
        time.sleep(0.01)
    process.send_signal(number)
    _, said = process.communicate(timeout=20.0)
    assert process.returncode == (-number if number == signal.SIGKILL else 128 + number), said
    assert "Traceback" not in said
    if number == signal.SIGKILL:  # nobody was left to remove them
        for folder in temporary.iterdir():
            for file in folder.iterdir():
                file.unlink()
            folder.rmdir()


@pytest.mark.parametrize("flags", [("--quiet",), ("--json", "-")])
def test_a_run_of_which_the_driver_was_the_bottleneck_says_so_without_a_summary_too(
    flags: tuple[str, ...], load: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _drive(monkeypatch, valid=False)
    assert main(["measure", "prefork", "--load", str(load), *flags]) == 1
    said = capsys.readouterr().err
    assert said == "simulate: the load driver was the bottleneck, so the figures are its own: it slept\n"
    _drive(monkeypatch, valid=True)
    assert main(["measure", "prefork", "--load", str(load), *flags]) == 0
    assert capsys.readouterr().err == ""


def _drive(monkeypatch: pytest.MonkeyPatch, *, valid: bool) -> None:
    """From now on measuring is simulating, and this is how the driver did."""
    about = {
        "valid": valid,
        "reasons": [] if valid else ["it slept"],
        "late_p99": 0.0,
        "late_max": 0.0,
        "cpu_peak": 0.1,
    }

    def measured(deployment: Deployment, machine: Machine, workload: Any, **_: object) -> Trace:
        return replace(run(deployment.plan(machine), workload), labels={"driver": json.dumps(about)})

    monkeypatch.setattr("simulator.cli.measure.measure", measured)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("measure",), "which server? Type measure and one of:"),
        (("measure", "--load", "steady"), "which server? Type measure and one of:"),
        (("measure", "preforks", "--load", "steady"), "measure preforks: no such model. Did you mean prefork?"),
        (("measure", "nginx", "--load", "steady"), "Type measure callback --nginx"),
        (("measure", "prefork"), "which load?"),
        (("measure", "prefork", "--load", "steady", "--server", "asyncio"), "prefork has only one. Leave --server out"),
        (
            ("measure", "coroutine", "--load", "steady", "--server", "trio"),
            "besides its first one, coroutine has asyncio",
        ),
        (("measure", "prefork", "--load", "steady", "--engine", "kernel"), "--engine: no such flag."),
        (("measure", "prefork", "--load", "steady", "--threads", "3"), "--threads is a setting of threaded"),
        (("measure", "prefork", "--load", "steady", "--connections", "3"), "is a setting of"),
    ],
)
def test_a_command_that_cannot_be_carried_out_says_why(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(list(arguments)) == 2
    shown = capsys.readouterr()
    assert said in shown.err
    assert shown.err.count("\n") == 1
