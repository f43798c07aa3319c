"""Advice on the command line: every line of it is a run that anybody can repeat by typing what stands behind it."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

RUNS = [
    ("prefork", "spike"),
    ("prefork", "slow-clients"),
    ("threaded", "mixed"),
    ("threaded", "io-heavy", "--accept", "eager", "--processes", "4", "--threads", "2"),
    ("coroutine", "cpu-heavy", "--processes", "2", "--rate", "60"),
    ("callback", "spike"),
    ("dev-server", "think-time"),
    ("prefork", "slow-clients", "--nginx", "--no-request-buffering", "--no-response-buffering"),
]


def merged(typed: Sequence[str], change: Sequence[str]) -> list[str]:
    """A command line with a change: another model has none of the settings of the one before."""
    words = list(typed)
    if "--model" in change:
        fronts = words[words.index("--nginx") :] if "--nginx" in words else []
        kept = ["--load", words[words.index("--load") + 1]]
        return [*change, *kept, *fronts]
    for flag in (word for word in change if word.startswith("--")):
        off = flag.replace("--", "--no-", 1)
        if off in words:
            words.remove(off)
        if flag in words:
            del words[words.index(flag) : words.index(flag) + 2]
    return [*words, *change]


def results(simulate: Any, *words: str) -> dict[str, Any]:
    done = simulate(*words, "--json", "-")
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


@pytest.mark.parametrize("words", RUNS, ids=" ".join)
def test_what_stands_behind_a_line_gives_its_figures(words: Sequence[str], simulate: Any) -> None:
    model, load, *settings = words
    typed = ["--model", model, "--load", load, *settings]
    first = results(simulate, *typed)
    assert first["advice"]
    parties = [party["name"] for finding in first["findings"] for party in finding["victims"]][:1]
    victims = [name for name in parties if name in first["classes"]]
    for tried in first["advice"]:
        again = results(simulate, *merged(typed, shlex.split(tried["flags"])), "--no-advice")
        expected = {
            "offered": again["requests"]["offered"],
            "lost": sum(again["requests"]["failed"].values()),
            "p95_ms": again["latency_ms"]["p95"],
            "p99_ms": again["latency_ms"]["p99"],
            "goodput_rps": again["goodput_rps"],
            "victims_p95_ms": next((again["classes"][name]["latency_ms"]["p95"] for name in victims), None),
        }
        if parties and not victims:  # of a kind of client no percentiles are put out
            expected["victims_p95_ms"] = tried["after"]["victims_p95_ms"]
        assert tried["after"] == expected
        assert tried["before"]["p95_ms"] == first["latency_ms"]["p95"]
        assert tried["before"]["lost"] == sum(first["requests"]["failed"].values())


def test_the_summary_says_it_below_the_reason_with_what_is_typed(simulate: Any) -> None:
    lines = simulate("--model", "prefork", "--load", "slow-clients").out.split("\n")
    tried = lines.index("Tried on the same requests")
    (requests,) = (number for number, line in enumerate(lines) if line.startswith("Requests"))
    assert lines.index("Why") < tried < requests
    assert lines[tried + 1] == " ▌ with nginx in front: 0 lost instead of 138, p95 486 ms instead of 29.9 s."


def test_whoever_wants_none_gets_none(simulate: Any) -> None:
    done = simulate("--model", "prefork", "--load", "slow-clients", "--no-advice")
    assert "Tried" not in done.out
    assert "advice" not in results(simulate, "--model", "prefork", "--load", "slow-clients", "--no-advice")


def test_where_nothing_is_wrong_the_summary_has_no_such_part(simulate: Any) -> None:
    assert "Tried" not in simulate("--model", "prefork", "--load", "steady").out
    assert results(simulate, "--model", "prefork", "--load", "steady")["advice"] == []


def test_the_csv_has_it_as_figures(simulate: Any, tmp_path: Path) -> None:
    assert simulate("--model", "prefork", "--load", "slow-clients", "--csv", tmp_path, "--quiet").code == 0
    lines = (tmp_path / "summary.csv").read_text(encoding="utf-8").split("\n")
    assert "advice.1.change,with nginx in front" in lines
    assert "advice.1.verdict,better" in lines


def test_both_engines_get_the_same_advice(simulate: Any, load: Path) -> None:
    words = ("--model", "prefork", "--workers", "1", "--load", str(load))
    kernel, reference = (results(simulate, *words, "--engine", name) for name in ("kernel", "reference"))
    assert kernel["advice"]
    assert [each["change"] for each in kernel["advice"]] == [each["change"] for each in reference["advice"]]
    assert [each["after"] for each in kernel["advice"]] == [each["after"] for each in reference["advice"]]


def test_a_kernel_that_is_not_compiled_gives_the_same_bytes(load: Path) -> None:
    words = ("--model", "prefork", "--workers", "1", "--load", str(load), "--json", "-")
    command = (sys.executable, "-m", "simulator", *words)
    printed = {
        kernel: subprocess.run(
            command, env={**os.environ, "LOOPFORK_KERNEL": kernel}, capture_output=True, check=True
        ).stdout
        for kernel in ("auto", "python")
    }
    assert json.loads(printed["auto"])["advice"]
    assert printed["auto"] == printed["python"]


CRASHING = """
title = "An API in a container"
duration = "40 s"
warmup = "5 s"
seed = 3
machine.cores = 0.5
arrivals = {kind = "poisson", rate = 40}
[[requests]]
name = "read"
weight = 9
steps = [{cpu = "2 ms"}, {io = "40 ms"}, {cpu = "1 ms"}]
[[requests]]
name = "legacy"
steps = [{block = "200 ms"}, {cpu = "1 ms"}]
[[requests]]
name = "bad"
steps = [{cpu = "1 ms"}, {crash = 0.02}]
"""


def test_a_line_with_more_processes_is_not_advised_again_as_the_model_that_it_is(simulate: Any, tmp_path: Path) -> None:
    load = tmp_path / "api.toml"
    load.write_text(CRASHING, encoding="utf-8")
    said = simulate("--server", "uvicorn app:app", "--load", str(load)).out
    assert "--server 'uvicorn --workers" in said
    assert "offloading of calls that block" in said
    assert "--model hybrid" not in said
