"""What was done to the server is said in the summary, in the JSON document and in a saved run."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.cli.main import main

ENTRIES = (
    ('{at = "1 s", do = "kill", boot = "500 ms"}', "at 1 s process 0 dies, back after 500 ms"),
    ('{at = "1 s", do = "slow-io", factor = 2.5, for = "1 s"}', "at 1 s I/O takes 2.5 times as long, for 1 s"),
    ('{at = "1 s", do = "burst", requests = 30, for = "1 s"}', "at 1 s 30 requests more within 1 s"),
    ('{at = "1 s", do = "resize", size = 6}', "at 1 s 6 workers"),
    ('{at = "1 s", do = "resize", cores = 1}', "at 1 s 1 core"),
)


@pytest.mark.parametrize(("entry", "words"), ENTRIES)
def test_the_summary_says_what_was_done(simulate: Any, load: Path, entry: str, words: str) -> None:
    done = simulate("--model", "prefork", "--load", load, "--set", f"timeline=[{entry}]")
    assert (done.code, done.err) == (0, "")
    assert words in done.out.splitlines()


def test_the_threads_of_several_processes_are_resized_in_each(simulate: Any, load: Path) -> None:
    resize = "timeline=[{at = '1 s', do = 'resize', size = 6}]"
    done = simulate("--model", "threaded", "--processes", "2", "--load", load, "--set", resize)
    assert "at 1 s 6 threads in each process" in done.out
    assert "thread \N{MULTIPLICATION SIGN}12" in done.out


def test_the_document_lists_what_was_done_by_the_keys_of_a_scenario(results: Callable[..., dict[str, Any]]) -> None:
    found = results("--set", f"timeline=[{', '.join(entry for entry, _ in ENTRIES)}]")
    assert found["timeline"] == [
        {"at_s": 1.0, "do": "kill", "process": 0, "boot_s": 0.5},
        {"at_s": 1.0, "do": "slow-io", "factor": 2.5, "for_s": 1.0},
        {"at_s": 1.0, "do": "burst", "requests": 30, "for_s": 1.0},
        {"at_s": 1.0, "do": "resize", "size": 6},
        {"at_s": 1.0, "do": "resize", "cores": 1},
    ]
    assert sum(found["resources"]["worker"]["split"].values()) == pytest.approx(1.0)
    assert found["resources"]["worker"]["split"]["down"] == pytest.approx(0.1)
    assert results()["timeline"] == []


def test_a_saved_run_keeps_what_was_done(simulate: Any, load: Path, tmp_path: Path) -> None:
    saved, again = tmp_path / "run.parquet", tmp_path / "again.parquet"
    every = f"timeline=[{', '.join(entry for entry, _ in ENTRIES)}]"
    words = ("--model", "coroutine", "--nginx", "--no-advice", "--load", load)
    printed = simulate(*words, "--set", every, "--parquet", saved)
    shown = simulate("show", saved, "--parquet", again)
    assert shown.out == printed.out
    assert saved.read_bytes() == again.read_bytes()


def test_the_csv_files_know_the_crash(simulate: Any, load: Path, tmp_path: Path) -> None:
    kill = 'timeline=[{at = "1 s", do = "kill", boot = "500 ms"}]'
    assert simulate("--model", "coroutine", "--load", load, "--set", kill, "--csv", tmp_path / "out").code == 0
    with (tmp_path / "out" / "requests.csv").open(encoding="utf-8", newline="") as file:
        outcomes = [row["outcome"] for row in csv.DictReader(file)]
    assert "lost in a crash" in outcomes
    with (tmp_path / "out" / "timeline.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    down = {float(row["time_s"]): float(row["event loop: down"]) for row in rows}
    assert [round(at, 1) for at, share in down.items() if share > 0.5] == [1.0, 1.1, 1.2, 1.3, 1.4]
    for row in rows:
        shares = [
            float(value) for name, value in row.items() if name.startswith("event loop: ") and "waiting" not in name
        ]
        assert sum(shares) == pytest.approx(1.0, abs=1e-6)


def test_a_crash_that_nobody_notices_is_told_all_the_same(simulate: Any, load: Path) -> None:
    done = simulate("--model", "prefork", "--load", load, "--set", 'timeline=[{at = "1 ms", do = "kill"}]')
    assert "Process 0 died at 1 ms; no request was lost with it. The other 3 went on." in " ".join(done.out.split())


def test_a_mistake_in_the_timeline_is_one_message(simulate: Any, load: Path) -> None:
    done = simulate("--model", "prefork", "--load", load, "--set", 'timeline=[{at = "1 s", do = "kil"}]')
    assert done.code == 2
    assert 'unknown intervention (did you mean "kill"?)' in done.err


def test_a_real_server_is_measured_undisturbed(load: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kill = 'timeline=[{at = "1 s", do = "kill"}]'
    assert main(["measure", "prefork", "--load", str(load), "--set", kill]) == 2
    assert "leave it out with --set timeline=[]" in capsys.readouterr().err
