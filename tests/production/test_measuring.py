"""Production servers under ``simulate measure`` and ``validate``, and that nothing of them is left behind."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from simulator.cli.main import main
from simulator.experiments.catalogue import fronts
from simulator.experiments.deployment import configured
from simulator.experiments.production_line import deployed
from simulator.plan import Machine, Outcome
from simulator.real.measure import measure
from simulator.real.processes import MeasureError
from simulator.results.trace_file import read
from simulator.trace.checks import check_measured
from simulator.workload.table import Workload
from tests.production.conftest import PATIENTLY_S, installed
from tests.trace.by_hand import Kind, load_at

LINES = (
    "gunicorn -w 2",
    "gunicorn -w 2 -k gthread --threads 2",
    "gunicorn -w 2 -k gevent",
    "gunicorn -w 2 -k uvicorn_worker.UvicornWorker",
    "uvicorn --workers 2",
    "hypercorn -w 2",
    "granian --interface asgi --workers 2",
    "granian --interface wsgi --workers 2 --blocking-threads 2",
    "daphne",
    "uwsgi -p 2",
    "uwsgi --master -p 2 --threads 2",
    "waitress-serve --threads=2",
    "tornado --processes 2",
    "aiohttp",
    "node server.js",
    "twist web",
    "twist web --wsgi app",
)
INVALID_OR_NOT = (0, 1)
"""On a crowded machine the driver may be late, and says so: not what is tested here."""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder for temporary files: empty again after each test, and no process knows a file in it."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    yield folder
    latest = time.monotonic() + PATIENTLY_S
    while about(folder) and time.monotonic() < latest:
        time.sleep(0.01)
    assert about(folder) == []
    assert list(folder.iterdir()) == []


def about(folder: Path) -> list[str]:
    """The processes whose environment or command line names the folder: servers have it from us."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes()
            known = words + (entry / "environ").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in known and int(entry.name) != os.getpid():
            found.append(words.replace(b"\0", b" ").decode(errors="replace"))
    return found


@pytest.mark.parametrize("nginx", [False, True], ids=["alone", "behind nginx"])
@pytest.mark.parametrize("line", LINES)
def test_every_server_completes_what_is_sent_and_its_application_sees_every_phase(
    temporary: Path, line: str, nginx: bool
) -> None:
    installed(line, nginx=nginx)
    deployment = deployed(line)
    if nginx:
        (front,) = (each for each in fronts() if each.name == "nginx")
        deployment = replace(deployment, fronts=((front, configured(front, {})),))
    page = Kind(steps=(("cpu", 0.001), ("io", 0.01)), response=200_000)
    trace = measure(deployment, Machine(), load_at([0.0, 0.02, 0.04, 0.06], 0.1, rtt=0.01, page=page))
    assert check_measured(trace) == []
    assert trace.outcome.tolist() == [Outcome.COMPLETED] * 4
    handled = [
        column
        for column, place in enumerate(trace.places)
        if place.name.startswith("handle.") and " in " not in place.name
    ]
    assert (trace.reached[:, handled[1:]] - trace.reached[:, handled[:-1]] >= 0.001).all()
    assert (trace.process >= 0).all()
    seen = json.loads(trace.labels["seen"])
    assert {"handle.1", "handle.2"} <= {*seen["inside"]}
    assert trace.labels["server"].startswith(line.split(maxsplit=1)[0])
    assert ("behind nginx" in trace.labels["server"]) == nginx


MASTERS = {
    "gunicorn -w 3": 1,
    "gunicorn -w 1 -k gthread --threads 4": 3,
    "gunicorn -w 1 -k gevent": 3,
    "gunicorn -w 1 -k uvicorn_worker.UvicornWorker": 3,
    "uwsgi --master -p 1 --threads 4": 3,
}
"""Servers that replace a process that died, and how many of three requests are lost with it."""


def deadly() -> Workload:
    """Two pages, then what kills the process that serves it, while they are in hand; and a page long after."""
    page, poison = Kind(steps=(("io", 2.0),)), Kind(steps=(("io", 0.7), ("crash", 1.0)), every=3)
    return load_at([0.0, 0.02, 0.3, 6.0], 7.0, page=page, poison=poison)


@pytest.mark.parametrize("line", MASTERS)
def test_an_application_says_before_its_process_dies_whom_it_takes_along(temporary: Path, line: str) -> None:
    installed(line)
    trace = measure(deployed(line), Machine(), deadly())
    assert check_measured(trace) == []
    lost = trace.outcome == Outcome.CRASHED
    assert trace.process[2] >= 0
    assert np.count_nonzero(lost[:3]) == MASTERS[line]
    assert lost.tolist()[2:] == [True, False]
    (death,) = trace.interventions
    assert (trace.left[lost] == death.at).all()


@pytest.mark.parametrize("line", ["uvicorn", "waitress-serve --threads=4", "aiohttp"])
def test_a_server_that_nobody_replaces_is_said_to_have_died_of_a_request(temporary: Path, line: str) -> None:
    installed(line)
    with pytest.raises(MeasureError, match="died of a request of this load and came back no more"):
        measure(deployed(line), Machine(), deadly())


def test_native_code_leaves_the_gil_to_other_threads_and_a_call_that_blocks_keeps_a_loop(temporary: Path) -> None:
    """Order only: beside a call that blocks, a page on a loop is begun when that is over, in a thread before."""
    blocked = load_at([0.0, 0.1], 1.5, page=Kind(steps=(("block", 1.0),)))
    ended = {}
    for line in ("gunicorn -w 1 -k gthread --threads 2", "uvicorn"):
        installed(line)
        trace = measure(deployed(line), Machine(), blocked)
        column = next(i for i, place in enumerate(trace.places) if place.name == "handle.1")
        ended[line] = bool(trace.reached[1, column] >= trace.finished[0] - 0.1)
    assert ended == {"gunicorn -w 1 -k gthread --threads 2": False, "uvicorn": True}


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
"""


@pytest.fixture
def load(tmp_path: Path) -> Path:
    path = tmp_path / "short.toml"
    path.write_text(LOAD, encoding="utf-8")
    return path


def test_a_measured_production_server_is_named_with_its_version_and_every_reader_takes_its_trace(
    temporary: Path, load: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    installed("gunicorn")
    saved, document, picture = tmp_path / "real.parquet", tmp_path / "real.json", tmp_path / "real.svg"
    line = "gunicorn -w 2 -b 0.0.0.0:80 site:app"
    code = main(["measure", "--server", line, "--load", str(load), "--parquet", str(saved), "--json", str(document)])
    shown = capsys.readouterr()
    assert code in INVALID_OR_NOT
    assert "left out, because address, application and logs are loopfork's own: -b 0.0.0.0:80, site:app" in shown.err
    told = " ".join(shown.out.split())
    assert "prefork workers 2" in told
    assert "A production server tells nothing" in told
    results = json.loads(document.read_text())
    assert results["server"].endswith("--workers 2")
    assert results["seen"]["outside"] == ["connect backlog", "accept worker"]
    assert results["requests"]["completed"] == results["requests"]["offered"]
    assert main(["show", str(saved)]) == 0
    assert capsys.readouterr().out == shown.out
    assert main(["show", str(saved), "--request", "3"]) == 0
    assert "handle.1" in capsys.readouterr().out
    assert main(["show", str(saved), "--picture", str(picture), "--at", "0.5s"]) == 0
    assert (read(saved).slot.max() <= 1).all()


def test_a_validation_names_the_server_and_writes_its_page(
    temporary: Path, load: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    installed("uvicorn")
    table = tmp_path / "found.csv"
    typed = ["validate", "--server", "uvicorn --workers 2", "--load", str(load), "--repeat", "1", "--csv", str(table)]
    assert main(typed) in INVALID_OR_NOT
    assert "--workers 2 under" in " ".join(capsys.readouterr().out.split())
    if table.read_text().count("\n") > 1:  # the driver was on time
        assert table.read_text().splitlines()[1].startswith("uvicorn ")


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("gunicorn -w 2", signal.SIGINT),
        ("gunicorn -w 2", signal.SIGKILL),
        ("uvicorn --workers 2", signal.SIGKILL),
        ("uwsgi --master -p 2", signal.SIGKILL),
        ("waitress-serve", signal.SIGTERM),
        ("tornado --processes 2", signal.SIGKILL),
    ],
)
def test_nothing_is_left_of_a_server_whatever_ends_its_measurement(
    temporary: Path, load: Path, line: str, number: int
) -> None:
    nginx = line == "gunicorn -w 2"
    installed(line, nginx=nginx)
    run = [sys.executable, "-c", "import sys; from simulator.cli.main import main; sys.exit(main())", "measure"]
    typed = [*run, "--server", line, "--load", str(load), "--duration", "1 h", *(["--nginx"] if nginx else [])]
    process = subprocess.Popen(typed, cwd=Path(__file__).parents[2], stderr=subprocess.PIPE, text=True)
    latest = time.monotonic() + PATIENTLY_S
    while not any("simulator.real.driver" in words for words in about(temporary)):  # the driver comes last
        assert time.monotonic() < latest
        assert process.poll() is None, process.stderr and process.stderr.read()
        time.sleep(0.01)
    process.send_signal(number)
    _, said = process.communicate(timeout=PATIENTLY_S)
    assert "Traceback" not in said
    if number == signal.SIGKILL:  # nobody was left to remove them
        while about(temporary) and time.monotonic() < latest + PATIENTLY_S:
            time.sleep(0.01)
        for left in temporary.iterdir():
            shutil.rmtree(left)


@pytest.mark.parametrize(
    "line",
    [
        "gunicorn",
        "uvicorn",
        "hypercorn",
        "daphne",
        "granian --interface asgi",
        "uwsgi",
        "waitress-serve",
        "tornado",
        "aiohttp",
    ],
)
def test_where_another_program_has_taken_the_port_another_one_is_tried(
    temporary: Path, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(line)
    with socket.create_server(("127.0.0.1", 0)) as other, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        ports = [other.getsockname()[1], probe.getsockname()[1]]
        probe.close()
        monkeypatch.setattr("simulator.real.production.start.free_port", lambda: ports.pop(0))
        trace = measure(deployed(line), Machine(), load_at([0.0], 0.1, page=Kind(steps=(("cpu", 0.001),))))
    assert trace.outcome.tolist() == [Outcome.COMPLETED]
    assert ports == []
