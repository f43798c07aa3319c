"""``simulate validate``: what it prints and writes, with measurements that are simulated too, and once for real."""

import csv
import io
import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from simulator.cli.main import main
from simulator.cli.validate import PRODUCTION, STANDARD, pairs_of, standard_pair, validated
from simulator.experiments.options import ValidationOptions
from simulator.experiments.run import run
from simulator.real.processes import MeasureError
from simulator.real.validate.pairs import Measuring, Pair
from simulator.real.validate.verdict import Verdict
from simulator.trace.facts import BUSY, OTHERS
from simulator.trace.table import Trace
from simulator.words.language import speaking
from simulator.workload.table import Workload

LINE = "prefork --workers 16 --load io-heavy --rate 40 --duration 20s"
OTHER = "callback --load io-heavy --rate 40 --duration 20s"
DRIVER = {"valid": True, "reasons": [], "cpu_peak": 0.1, "late_p99": 0.0002}
INVALID = {**DRIVER, "valid": False, "reasons": ["the driver slept"]}


class Stub:
    """A measurement that is a simulation, by a factor slower; remembers the requests that it was given."""

    def __init__(
        self, factor: float = 1.0, drivers: tuple[dict[str, Any], ...] = (), others: tuple[float, ...] = ()
    ) -> None:
        """The drivers are used up one by one, then they are valid; so is what others take, and then it is nothing."""
        self.factor, self.drivers, self.others = factor, list(drivers), list(others)
        self.seen: list[Workload] = []

    def __call__(self, pair: Pair, scenario: Any, workload: Workload, what: str) -> Trace:
        self.seen.append(workload)
        trace = run(pair.deployment.plan(scenario.machine), workload)
        finished = trace.arrival + self.factor * (trace.finished - trace.arrival)
        driver = self.drivers.pop(0) if self.drivers else DRIVER
        others = self.others.pop(0) if self.others else 0.0
        return replace(trace, finished=finished, labels={"driver": json.dumps(driver), OTHERS: str(others)})


@pytest.fixture
def validate(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, dict[str, Any]]]:
    """The exit code and the JSON document."""

    def call(measuring: Measuring, *lines: str) -> tuple[int, dict[str, Any]]:
        pairs = [standard_pair(line) for line in lines or (LINE,)]
        code = validated(pairs, ValidationOptions(json="-"), measuring)
        document: dict[str, Any] = json.loads(capsys.readouterr().out)
        return code, document

    return call


def test_what_behaves_as_predicted_passes(validate: Callable[..., Any]) -> None:
    stub = Stub()
    code, found = validate(stub)
    assert (code, found["passed"]) == (0, True)
    (pair,) = found["pairs"]
    assert (pair["server"], pair["load"]) == ("prefork --workers 16", "io-heavy --rate 40 --duration 20s")
    assert {row["verdict"] for row in pair["figures"]} == {"inside the spread"}
    assert [repeat["valid"] for repeat in pair["repeats"]] == [True] * 3


def test_every_repeat_sends_exactly_the_same_requests(validate: Callable[..., Any]) -> None:
    stub = Stub()
    validate(stub)
    first, *others = stub.seen
    assert len(others) == 2
    assert all(other is first for other in others)


def test_every_figure_is_there_for_all_and_for_each_class(validate: Callable[..., Any]) -> None:
    _, found = validate(Stub())
    rows = [(row["subject"], row["figure"]) for row in found["pairs"][0]["figures"]]
    wanted = ("throughput", "mean", "p50", "p95", "p99", "completed")
    assert rows == [(subject, figure) for subject in ("all", "list", "detail") for figure in wanted]


def test_a_server_that_takes_half_as_long_again_misses_the_bar(validate: Callable[..., Any]) -> None:
    code, found = validate(Stub(1.5))
    assert (code, found["passed"]) == (1, False)
    mean = next(row for row in found["pairs"][0]["figures"] if row["figure"] == "mean")
    assert mean["verdict"] == "outside"
    assert mean["error"] == pytest.approx(1 / 1.5 - 1)
    assert mean["measured"] == pytest.approx(1.5 * mean["predicted"])


def test_no_figure_is_cut_however_narrow_the_terminal_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def figures(width: int) -> set[str]:
        monkeypatch.setenv("COLUMNS", str(width))
        validated([standard_pair(LINE)], ValidationOptions(), Stub(1.5))
        out = capsys.readouterr().out
        assert max(map(len, out.splitlines())) <= width
        return set(re.findall(r"[\d.]+", out))

    assert figures(42) == figures(60) == figures(200)


def test_an_invalid_run_is_repeated_once(validate: Callable[..., Any]) -> None:
    stub = Stub(drivers=(INVALID,))
    code, found = validate(stub)
    assert (code, len(stub.seen)) == (0, 4)
    assert [repeat["attempts"] for repeat in found["pairs"][0]["repeats"]] == [2, 1, 1]


def test_what_stays_invalid_is_reported_and_not_blamed_on_the_server(
    validate: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = validate(Stub(drivers=(INVALID,) * 6))
    assert (code, found["pairs"][0]["figures"]) == (1, [])
    assert found["pairs"][0]["repeats"][0]["reasons"] == ["the driver slept"]
    assert validated([standard_pair(LINE)], ValidationOptions(), Stub(drivers=(INVALID,) * 6)) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "Repeat 1 is not valid, and not the server's fault: the driver slept." in said
    assert "Nothing valid was measured" in said
    assert "outside" not in said


def test_what_is_measured_while_other_programs_have_the_cores_is_not_judged(
    validate: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = validate(Stub(1.5, others=(0.43, 0.2, BUSY)))
    (pair,) = found["pairs"]
    assert (code, found["passed"], pair["busy_machine"]) == (1, False, True)
    assert {row["verdict"] for row in pair["figures"]} == {"not judged"}
    assert [repeat["other_programs"] for repeat in pair["repeats"]] == [0.43, 0.2, BUSY]
    validated([standard_pair(LINE)], ValidationOptions(), Stub(1.5, others=(0.43,) * 3))
    said = " ".join(capsys.readouterr().out.split())
    assert "Other programs had up to 43 % of the processor while this was measured: nothing below is judged." in said
    assert said.index("Other programs") < said.index("throughput")
    assert "outside" not in said


@pytest.mark.parametrize(("crowd", "is_said"), [(0.1, False), (2.5, True)])
def test_a_machine_that_was_busy_before_is_told_before_the_first_minute_is_spent(
    crowd: float, is_said: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.getloadavg", lambda: (crowd * len(os.sched_getaffinity(0)), 0.0, 0.0))
    validated([standard_pair(LINE)], ValidationOptions(), Stub())
    assert ("busy (2.5 for each core in the last minute)" in capsys.readouterr().err) == is_said


def test_a_validation_is_told_in_chinese_and_its_document_stays_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    path = tmp_path / "found.csv"
    with speaking("zh"):
        validated([standard_pair(LINE), standard_pair(OTHER)], ValidationOptions(csv=str(path)), Stub(1.5))
    said = capsys.readouterr().out
    for words in ("预测", "实测", "界限", "吞吐量", "均值", "超出", "次有效重复", "按均值排序", "负载发生器最多迟到"):
        assert words in said, words
    english = re.findall(r"[a-z]{4,}", re.sub(r"prefork|callback|workers|heavy|rate|duration|list|detail", "", said))
    assert english == []
    assert {each["verdict"] for each in csv.DictReader(io.StringIO(path.read_text()))} <= set(Verdict)


def test_a_busy_repeat_does_not_count_beside_one_that_was_left_alone(
    validate: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = validate(Stub(1.5, others=(0.5, BUSY - 0.01, 0.5)))
    (pair,) = found["pairs"]
    assert (code, pair["busy_machine"]) == (1, False)
    assert "outside" in {row["verdict"] for row in pair["figures"]}
    validated([standard_pair(LINE)], ValidationOptions(), Stub(others=(0.5, 0.0, 0.0)))
    assert "Repeat 1 does not count: other programs had 50 % of the processor." in " ".join(
        capsys.readouterr().out.split()
    )


def test_servers_of_which_one_was_disturbed_have_no_order(validate: Callable[..., Any]) -> None:
    load = "--load io-heavy --rate 24 --duration 20s"
    _, found = validate(Stub(others=(0.5,) * 3), f"prefork {load}", f"callback {load}")
    assert found["orders"] == []


def test_a_server_that_breaks_costs_its_own_pair_only(validate: Callable[..., Any]) -> None:
    def breaks(pair: Pair, scenario: Any, workload: Workload, what: str) -> Trace:
        if pair.deployment.model.name == "prefork":
            raise MeasureError("the prefork server ended")
        return Stub()(pair, scenario, workload, what)

    code, found = validate(breaks, LINE, OTHER)
    assert code == 1
    assert [(pair["failure"], pair["passed"]) for pair in found["pairs"]] == [
        ("the prefork server ended", False),
        (None, True),
    ]


def test_servers_under_one_load_are_put_in_order(validate: Callable[..., Any]) -> None:
    load = "--load io-heavy --rate 24 --duration 20s"
    _, found = validate(Stub(), f"prefork {load}", f"callback {load}")
    (order,) = found["orders"]
    assert order["predicted"] == order["measured"] == ["callback", "prefork"]
    assert order["wrong"] == []


def test_the_table_has_a_line_for_every_line_of_the_csv(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    path = tmp_path / "figures.csv"
    overload = "prefork --backlog 8 --load steady --rate 240 --duration 15s"
    validated([standard_pair(overload)], ValidationOptions(csv=str(path)), Stub(1.2))
    lines = capsys.readouterr().out.splitlines()
    figures = list(csv.DictReader(io.StringIO(path.read_text())))
    assert {"SYN repeated", "p99", "throughput"} <= {each["figure"] for each in figures}
    for each in figures:
        (line,) = [line for line in lines if line.startswith(f" {each['figure']} ")]
        assert line.endswith(each["verdict"])
    assert all(len(line) <= 80 for line in lines)


@pytest.mark.parametrize("line", STANDARD)
def test_a_line_of_the_standard_set_is_a_command(line: str) -> None:
    pair = standard_pair(line)
    given = line.replace(" --nginx", "").split(" ")
    assert f"{pair.server} {pair.load}".removeprefix("nginx + ").split() == [each for each in given if each != "--load"]
    assert ("--nginx" in line) == bool(pair.deployment.fronts)


@pytest.mark.parametrize("line", PRODUCTION)
def test_a_line_of_production_servers_is_a_command(line: str) -> None:
    pair = standard_pair(line)
    assert pair.deployment.production is not None
    assert ("--nginx" in line) == bool(pair.deployment.fronts)


@pytest.mark.parametrize("version", [None, "9.9"])
def test_production_servers_belong_to_the_standard_set_where_they_are_installed(
    version: str | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("simulator.real.production.installed.version_of", lambda _: version)
    monkeypatch.setattr("simulator.real.production.installed.uwsgi_binary", lambda: "/bin/uwsgi")
    assert len(pairs_of(None, {})) == len(STANDARD) + (0 if version is None else len(PRODUCTION))
    assert ("left out: gunicorn, uwsgi, waitress-serve, uvicorn" in capsys.readouterr().err) == (version is None)


def test_without_a_load_the_standard_set_is_measured_and_may_be_shortened() -> None:
    assert len(pairs_of(None, {})) >= len(STANDARD)
    assert {pair.deployment.model.name for pair in pairs_of(None, {"models": ("coroutine",)})} == {"coroutine"}
    assert {pair.options.duration for pair in pairs_of(None, {"run__duration": "9s"})} == {"9s"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--rate 3", "--rate needs a --load"),
        ("prefork --workers 3", "--workers needs a --load"),
        ("prefork --nginx", "--nginx needs a --load"),
        ("dev-server", "the standard set has nothing for dev-server"),
        ("preforks", "validate preforks: no such model. Did you mean prefork?"),
        ("prefork threaded --load steady --workers 3", "--workers is a setting of prefork: name one server alone"),
        ("prefork --load steady --repat 3", "Did you mean --repeat?"),
        ("prefork --load steady --repeat 0", "--repeat 0: expected at least 1"),
        ("prefork --load steady --json --csv", "--json --csv: expected a file"),
        ("prefork --load steady --csv /nowhere/else.csv", "there is no folder /nowhere"),
        ("prefork --load steady --json one.svg --report one.svg", "one.svg is named for two outputs"),
        ("prefork --load stead", "stead"),
    ],
)
def test_a_command_that_cannot_be_carried_out_says_why(
    words: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", *words.split()]) == 2
    shown = capsys.readouterr()
    assert said in shown.err
    assert shown.err.count("\n") == 1


@pytest.mark.real
@pytest.mark.slow
def test_the_real_prefork_carries_through_what_was_predicted(tmp_path: Path) -> None:
    path = tmp_path / "found.json"
    short = ["--load", "io-heavy", "--rate", "12", "--duration", "8s", "--repeat", "2"]
    code = main(["validate", "prefork", *short, "--json", str(path)])
    assert code in (0, 1)  # the bars are for a quiet machine
    found = json.loads(path.read_text())
    (pair,) = found["pairs"]
    assert pair["failure"] is None
    if not any(repeat["valid"] for repeat in pair["repeats"]):
        pytest.skip(f"the machine is too busy: {pair['repeats'][0]['reasons']}")
    figures = {(row["subject"], row["figure"]): row for row in pair["figures"]}
    wanted = ("throughput", "mean", "p50", "p95", "p99", "completed")
    assert {(subject, figure) for subject in ("all", "list", "detail") for figure in wanted} <= set(figures)
    throughput = figures["all", "throughput"]
    assert throughput["predicted"] == pytest.approx(throughput["measured"], rel=0.2)
    assert figures["all", "completed"]["measured"] == 1.0
