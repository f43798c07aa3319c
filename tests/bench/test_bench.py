"""The benchmark itself, with next to nothing to measure: it must run, and print what it promises."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).with_name("run.py")
PROMISED = (
    "kernel against plain SimPy",
    "kernel uncompiled against reference",
    "kernel, moments noted",
    "kernel, coroutines on two loops",
    "a time limit that kills: kernel against plain SimPy",
    "jobs with a prefetch of 4: largest difference",
    "500 event loops, even: each, against prefork's",
    "10 000 threads: each, against prefork's",
    "100 000 goroutines: each, against prefork's",
    "a kill, in a run of 1,000 requests",
    "the last 200 requests with 10 kills, in the long run against the short",
    "plain SimPy, 6 cores: largest difference",
    "each, the longest run against one of 100 000",
    "memory of the longest run",
    "400 requests, steady at 200/s: whole program, memory",
    "1,000 requests, four compared at 100/s: whole program",
    "each, the long queue against the short",
    "each, leaving against staying",
    "sweep of 20 deployments",
    "share of a core at 30 frames/s",
    "style runs in a frame, the most",
    "style runs in a frame of 240x67, the most",
    "first picture of simulate --model prefork --load slow-clients --watch",
    "the program playing 30 pictures/s",
    "the program paused",
    "key to what it changes, on a line of 60 KB/s",
    "simulate --model prefork --load slow-clients",
    "simulate --help",
)


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, dict[str, object]]]:
    """What a quick run prints, and its rows by name."""
    file = tmp_path_factory.mktemp("bench") / "bench.json"
    done = subprocess.run(
        [sys.executable, str(RUN), "--quick", "--json", str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, {row["what"]: row for row in json.loads(file.read_text())["figures"]}


@pytest.mark.slow
@pytest.mark.parametrize("what", PROMISED)
def test_a_quick_run_prints_the_row(what: str, quick: tuple[str, dict[str, dict[str, object]]]) -> None:
    printed, rows = quick
    assert any(line.startswith(what) for line in printed.splitlines())
    assert rows[what]["values"]


@pytest.mark.slow
def test_every_engine_did_the_same_work(quick: tuple[str, dict[str, dict[str, object]]]) -> None:
    _, rows = quick
    compared = [row for what, row in rows.items() if what.endswith("largest difference")]
    assert compared
    assert {row["verdict"] for row in compared} == {"ok"}


@pytest.mark.slow
def test_no_row_is_without_a_measurement(quick: tuple[str, dict[str, dict[str, object]]]) -> None:
    _, rows = quick
    for row in rows.values():
        values = row["values"]
        assert isinstance(values, list)
        assert all(isinstance(value, int | float) and value >= 0 for value in values), row
