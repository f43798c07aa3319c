"""``simulate compare``: two to four servers under the same requests, in a table, as JSON and as CSV."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from simulator.cli.main import main
from simulator.experiments.catalogue import servers
from simulator.experiments.deployment_words import flags, pane, pane_words
from simulator.experiments.options import RunOptions
from simulator.experiments.refusal import RefusalError
from simulator.real.validate.pairs import Pair

SHORT = ("--load", "slow-clients", "--duration", "10s")


def compared(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["compare", *words]) == 0
    return capsys.readouterr().out


def document(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(compared(capsys, *words, "--json", "-"))
    return found


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["compare", *words]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    return printed.err


def test_every_run_is_what_it_is_alone(capsys: pytest.CaptureFixture[str]) -> None:
    runs = document(capsys, "prefork:workers=3", "coroutine", *SHORT)["runs"]
    for run, words in zip(runs, (("prefork", "--workers", "3"), ("coroutine",)), strict=True):
        assert main(["--model", *words, *SHORT, "--no-advice", "--json", "-"]) == 0
        alone = json.loads(capsys.readouterr().out)
        assert run | {"server": None} == alone  # in a comparison it is the words that it was given


def test_all_servers_meet_the_same_requests(capsys: pytest.CaptureFixture[str]) -> None:
    runs = document(capsys, "prefork", "threaded", "coroutine", "callback", *SHORT)["runs"]
    assert len({run["requests"]["offered"] for run in runs}) == 1


def test_differences_are_those_of_the_percentiles(capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "prefork", "coroutine", *SHORT)
    first, second = (run["latency_ms"] for run in found["runs"])
    (difference,) = found["differences"]
    assert difference["latency_ms"]["p99"] == pytest.approx(second["p99"] - first["p99"])


def test_a_difference_stands_in_the_unit_of_the_figures(capsys: pytest.CaptureFixture[str]) -> None:
    printed = compared(capsys, "prefork", "threaded", "--load", "slow-clients")
    figures, differences = printed.partition("\nPercentiles of the latency")[::2]
    assert "times in s " in figures
    assert "  in s " in differences
    assert "  in ms " not in differences


def test_the_table_fits_into_eighty_columns_and_says_why_for_each(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    printed = compared(capsys, "prefork", "prefork+nginx", "threaded:accept=eager", "coroutine", *SHORT)
    assert max(map(len, printed.splitlines())) <= 80
    reasons = printed.partition("\nWhy\n")[2].splitlines()
    assert [line[1] for line in reasons if line[1:2].strip()] == ["A", "B", "C", "D"]


def test_csv_has_a_line_for_every_figure_and_a_column_for_every_server(tmp_path: Path) -> None:
    file = tmp_path / "figures.csv"
    assert main(["compare", "prefork", "coroutine", *SHORT, "--csv", str(file)]) == 0
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    (p99,) = [row for row in rows if row["figure"] == "latency_ms.p99"]
    assert float(p99["A prefork"]) > 0.0 < float(p99["B coroutine"])


def test_a_proxy_can_stand_before_all_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    runs = document(capsys, "prefork", "prefork+nginx", "--nginx", *SHORT)["runs"]
    assert [run["server"] for run in runs] == ["prefork+nginx", "prefork+nginx"]


@pytest.mark.parametrize(
    "word",
    [
        *(model.name for model in servers()),
        "prefork+nginx",
        "prefork:workers=8",
        "threaded+nginx:threads=8,accept=eager,nginx.request_buffering=no,nginx.connections=64",
    ],
)
def test_a_server_is_read_and_written_in_the_same_word(word: str) -> None:
    assert pane_words(pane(word)) == word


def test_flags_say_of_a_server_and_of_what_stands_in_front_what_is_not_the_default() -> None:
    side = pane("threaded+nginx:threads=8,accept=eager,nginx.request_buffering=no")
    assert flags(side) == ["--threads", "8", "--accept", "eager", "--nginx", "--no-request-buffering"]
    assert (flags(pane("prefork")), flags(pane("prefork+nginx"))) == ([], ["--nginx"])


def test_a_pair_of_a_validation_is_named_with_all_that_is_not_the_default() -> None:
    side = pane("prefork+nginx:workers=8,nginx.request_buffering=no")
    pair = Pair(deployment=side, options=RunOptions(load="steady", seed=3))
    assert (pair.server, pair.load) == ("nginx + prefork --workers 8 --no-request-buffering", "steady --seed 3")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("prefork",), "expected 2 to 4 servers, got 1"),
        (("prefork",) * 5, "got 5"),
        (("prefork", "corutine"), "Did you mean coroutine?"),
        (("prefork", "prefork+ngnix"), "Did you mean nginx?"),
        (("prefork", "prefork:worker=8"), "Did you mean workers?"),
        (("prefork", "prefork:workers=many"), "expected a whole number"),
        (("prefork", "prefork:workers=0"), "expected at least 1"),
        (("prefork", "threaded:accept=lazy"), "expected one of idle, eager"),
        (("prefork", "prefork+nginx:nginx.request_buffering=perhaps"), "expected yes or no"),
        (("prefork", "prefork:workers"), "expected SETTING=VALUE"),
        (("prefork", "nginx"), "stands in front"),
        (("prefork", "prefork:workers=2+nginx"), "comes before the settings: prefork+nginx:workers=2"),
        (("prefork", "threaded:threads=2+nginx,processes=3"), "settings: threaded+nginx:threads=2,processes=3"),
    ],
)
def test_a_mistake_is_one_message(words: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert message in refused(capsys, *words, *SHORT)


def test_a_load_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert "which load?" in refused(capsys, "prefork", "coroutine")


def test_a_flag_of_one_server_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert "compare prefork:workers=8" in refused(capsys, "prefork", "coroutine", *SHORT, "--workers", "8")


@pytest.mark.parametrize("words", [("--watch",), ("--watch", "--glyphs", "ascii")])
def test_a_screen_needs_a_terminal(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert "needs a terminal" in refused(capsys, "prefork", "coroutine", *SHORT, *words)


def test_flags_of_the_screen_need_the_screen(capsys: pytest.CaptureFixture[str]) -> None:
    assert "add --watch" in refused(capsys, "prefork", "coroutine", *SHORT, "--fps", "10")


def test_files_do_not_go_with_the_screen(capsys: pytest.CaptureFixture[str]) -> None:
    assert "--csv does not go with --watch" in refused(capsys, "prefork", "coroutine", *SHORT, "--watch", "--csv", "x")


def test_a_wrong_word_is_a_refusal_and_no_other_error() -> None:
    with pytest.raises(RefusalError):
        pane(":,=+")
