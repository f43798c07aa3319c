"""``simulate validate --report``: what is drawn, in which format, and what is refused before anything is measured."""

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from simulator.cli.main import main
from simulator.cli.validate import standard_pair, validated
from simulator.experiments.options import ValidationOptions
from simulator.real.processes import MeasureError
from simulator.real.validate import chart as picture
from simulator.real.validate.chart import found, found_in_all, not_judged
from simulator.real.validate.curve_chart import at, dense_points, marks
from simulator.real.validate.figures import ALL, Key, Kind
from simulator.real.validate.pairs import BEYOND, Curves, Driven, Pair, Result
from simulator.real.validate.verdict import Row, row
from simulator.trace.table import Trace
from simulator.words.language import Language, speaking
from tests.validate.test_validation import INVALID, LINE, OTHER, Stub

MEAN, P99 = Key(ALL, "mean", Kind.TIME), Key("list", "p99", Kind.TIME)
STRAIGHT = tuple(1.0 - part for part in BEYOND)
"""A curve whose percentiles are evenly spread from 0 s to 1 s."""


@pytest.fixture
def report(tmp_path: Path) -> Callable[..., Path]:
    def call(name: str, *lines: str, stub: Stub | None = None) -> Path:
        path = tmp_path / name
        validated([standard_pair(line) for line in lines], ValidationOptions(report=str(path)), stub or Stub(1.2))
        return path

    return call


def texts(svg: Path) -> str:
    return " ".join(
        "".join(element.itertext()) for element in ElementTree.parse(svg).iter() if element.tag.endswith("text")
    )


@pytest.mark.slow
def test_a_picture_has_every_pair_with_its_finding_its_axes_and_its_figures(report: Callable[..., Path]) -> None:
    said = texts(report("found.svg", LINE, OTHER))
    for words in (
        "2 pairs of a server and a load.",
        "prefork --workers 16 under io-heavy --rate 40 --duration 20s",
        "callback under io-heavy --rate 40 --duration 20s",
        "Predicted mean 16.7 % too low",
        "latency, logarithmic: intended arrival to last byte",
        "percentile of the completed requests",
        "measured (median and spread)",
        "throughput",
        "p95",
        "outside",
    ):
        assert words in said, words


@pytest.mark.slow
def test_a_page_needs_no_network(report: Callable[..., Path]) -> None:
    page = report("found.html", LINE).read_text(encoding="utf-8")
    assert "prefork --workers 16 under io-heavy" in page
    assert "<script src=" not in page
    assert 'rel="stylesheet"' not in page


@pytest.mark.slow
@pytest.mark.parametrize(("language", "words"), [("en", "2 pairs of a server"), ("zh", "2 组服务器与负载")])
def test_a_page_says_which_language_it_is_in_and_fits_into_a_narrow_window(
    language: Language, words: str, report: Callable[..., Path]
) -> None:
    with speaking(language):
        page = report("found.html", LINE, OTHER).read_text(encoding="utf-8")
    assert f'<html lang="{language}">' in page
    assert words in page or json.dumps(words)[1:-1] in page
    assert '<meta name="viewport"' in page.partition("<body>")[0].partition("<script")[0]
    assert "max-width: calc(100vw" in page


@pytest.mark.slow
def test_a_bitmap_is_one(report: Callable[..., Path]) -> None:
    assert report("found.PNG", LINE).read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_where_nothing_was_measured_the_prediction_is_drawn_alone(report: Callable[..., Path]) -> None:
    said = texts(report("found.svg", LINE, stub=Stub(drivers=(INVALID,) * 6)))
    assert "No figure was measured" in said
    assert "Nothing valid was measured" in said


@pytest.mark.slow
def test_an_interrupted_validation_keeps_the_pairs_that_it_has(tmp_path: Path) -> None:
    def interrupted(pair: Pair, *rest: object) -> Trace:
        if pair.deployment.model.name == "callback":
            raise KeyboardInterrupt
        return Stub()(pair, *rest)  # type: ignore[arg-type]

    names = {name: str(tmp_path / f"found.{name}") for name in ("json", "csv")}
    options = ValidationOptions(report=str(tmp_path / "found.svg"), **names)  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        validated([standard_pair(LINE), standard_pair(OTHER)], options, interrupted)
    for file in tmp_path.iterdir():
        assert "prefork" in file.read_text()
        assert "callback" not in file.read_text()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["found.csv", "found.json", "found.svg"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("found.pdf", "expected a name that ends in one of .html, .svg, .png"),
        ("found", "expected a name that ends in one of .html, .svg, .png"),
        ("/nowhere/found.svg", "there is no folder /nowhere"),
    ],
)
def test_a_report_that_cannot_be_written_is_refused_at_once(
    name: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", "prefork", "--load", "steady", "--report", name]) == 2
    shown = capsys.readouterr().err
    assert said in shown
    assert shown.count("\n") == 1


def test_without_the_extra_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(picture, "find_spec", lambda name: None)
    assert main(["validate", "prefork", "--load", "steady", "--report", "found.svg"]) == 2
    assert "pip install 'loopfork[report]'" in capsys.readouterr().err


# --- curves and sentences ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", [1.0, 0.5, 0.05, 0.01, 0.001])
def test_a_mark_lies_on_its_curve(part: float) -> None:
    assert at(STRAIGHT, part) == pytest.approx(1.0 - part, abs=1e-6)


@pytest.mark.parametrize(("samples", "number"), [(5000, 3), (60, 2), (4, 1)])
def test_no_percentile_is_drawn_that_nobody_lies_beyond(samples: int, number: int) -> None:
    assert len(list(marks(Curves(predicted=STRAIGHT), dense_points(samples)))) == number


def result(*rows: Row, failure: str | None = None) -> Result:
    return Result(pair=standard_pair(LINE), requests=9, duration=1.0, predicted={}, rows=rows, failure=failure)


def test_a_title_names_what_is_off_with_all_requests_first() -> None:
    off = (row(P99, 0.5, [1.0], 0.25), row(MEAN, 1.2, [1.0], 0.1))
    assert found(result(*off)) == 'predicted mean 20.0 % too high, p99 of "list" 50.0 % too low'


def test_a_title_names_the_closest_call_where_all_is_well() -> None:
    close = (row(P99, 1.2, [1.0], 0.25), row(MEAN, 1.09, [1.0], 0.1))
    assert found(result(*close)) == "every figure inside its bar; the closest call: mean 9.0 % too high"
    assert found(result(row(MEAN, 1.0, [0.9, 1.1], 0.1))) == "every prediction lies between the repeats"


def test_a_title_says_why_there_is_nothing() -> None:
    assert found(result(failure="the server ended")) == "not measured to the end: the server ended"
    assert found_in_all([result()]) == "No figure was measured"


def test_a_pair_that_was_measured_beside_other_programs_says_so_in_its_title() -> None:
    driver = Driven(valid=True, reasons=(), attempts=1, cpu_peak=0.1, late_p99=0.0, others=0.43)
    busy = replace(result(row(MEAN, 1.0, [2.0], None)), busy=True, drivers=(driver,))
    assert found(busy) == "not judged: other programs had up to 43 % of the processor"
    assert found_in_all([busy]) == "No figure was judged"
    assert not_judged([busy]).endswith("too few requests, overload, or other programs on the machine.")


def test_the_headline_counts_what_was_judged() -> None:
    off, unjudged = row(MEAN, 1.2, [1.0], 0.1), row(P99, 1.2, [1.0], None)
    assert found_in_all([result(off, unjudged, replace(off, key=P99, predicted=1.0))]) == (
        "0 of 2 figures came out as predicted"
    )
    assert found_in_all([result(row(MEAN, 1.0, [1.0], 0.1))]) == "The figure came out as predicted"


def test_what_was_not_judged_is_said_and_not_counted() -> None:
    off, unjudged = row(MEAN, 1.2, [1.0], 0.1), row(P99, 1.2, [1.0], None)
    assert not_judged([result(off, unjudged)]).startswith("1 figure more is not judged")
    assert not_judged([result(off)]) == ""


@pytest.mark.slow
def test_a_run_that_broke_off_is_drawn_with_what_there_is(report: Callable[..., Path]) -> None:
    class Breaks(Stub):
        def __call__(self, *given: object) -> Trace:
            if self.seen:
                raise MeasureError("the server ended")
            return super().__call__(*given)  # type: ignore[arg-type]

    assert "Not measured to the end: the server ended" in texts(report("found.svg", LINE, stub=Breaks()))
