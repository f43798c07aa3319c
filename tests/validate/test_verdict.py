"""When a prediction is good enough: on numbers made by hand."""

from math import isnan, nan

import pytest

from simulator.real.validate.figures import ALL, Figure, Figures, Key, Kind
from simulator.real.validate.ranking import order
from simulator.real.validate.tables import words_of
from simulator.real.validate.verdict import Verdict, bar_of, row, rows
from simulator.words.numbers import SECONDS

MEAN = Key(ALL, "mean", Kind.TIME)
P99 = Key(ALL, "p99", Kind.TIME)
RATE = Key(ALL, "throughput", Kind.RATE)
REFUSED = Key(ALL, "connection refused", Kind.SHARE)


def run(rate: float = 20.0, mean: float = 0.1, refused: float = 0.0, *, thin: bool = False) -> Figures:
    return {RATE: Figure(rate), MEAN: Figure(mean), P99: Figure(2 * mean, thin), REFUSED: Figure(refused)}


@pytest.mark.parametrize(
    ("predicted", "verdict"),
    [
        (0.099, Verdict.SPREAD),
        (0.100, Verdict.SPREAD),
        (0.140, Verdict.SPREAD),
        (0.141, Verdict.OUTSIDE),
        (0.098, Verdict.BAR),
        (0.0971, Verdict.BAR),
        (0.0969, Verdict.OUTSIDE),
    ],
)
def test_the_spread_comes_first_and_then_the_bar_around_the_median(predicted: float, verdict: Verdict) -> None:
    judged = row(MEAN, predicted, [0.14, 0.099, 0.1], bar=0.03)
    assert (judged.measured, judged.low, judged.high) == (0.1, 0.099, 0.14)
    assert judged.error == pytest.approx(predicted / 0.1 - 1.0)
    assert judged.verdict is verdict


def test_a_rate_has_its_decimal_in_every_cell_of_its_row() -> None:
    name, *cells = words_of(row(RATE, 124.5, [124.44, 124.0, 125.0], bar=0.03), SECONDS)
    assert (name, cells[:2], cells[3]) == ("throughput", ["124.5/s", "124.4/s"], "124.0-125.0")


def test_the_bars_are_those_that_were_promised() -> None:
    named = {name: bar_of(Key(ALL, name, Kind.TIME)) for name in ("mean", "p50", "p95", "p99")}
    assert named == {"mean": 0.10, "p50": 0.10, "p95": 0.15, "p99": 0.25}
    assert bar_of(RATE) == 0.03


def test_the_error_of_a_share_is_a_difference_even_from_nothing() -> None:
    judged = row(REFUSED, 0.02, [0.0, 0.0], bar=0.03)
    assert judged.error == pytest.approx(0.02)
    assert judged.verdict is Verdict.BAR
    assert row(REFUSED, 0.04, [0.0, 0.0], bar=0.03).verdict is Verdict.OUTSIDE


@pytest.mark.parametrize(("predicted", "measured"), [(0.1, [nan, nan]), (nan, [0.1, 0.1])])
def test_a_latency_that_only_one_side_has_is_outside(predicted: float, measured: list[float]) -> None:
    judged = row(MEAN, predicted, measured, bar=0.1)
    assert isnan(judged.error)
    assert judged.verdict is Verdict.OUTSIDE


def test_outcomes_that_nobody_met_get_no_row() -> None:
    found = rows(run(), [run(), run()], 20.0, closed=False)
    assert [each.key for each in found] == [RATE, MEAN, P99]
    found = rows(run(), [run(), run(refused=0.5)], 20.0, closed=False)
    assert found[-1].key == REFUSED


def test_a_percentile_of_few_samples_is_not_judged() -> None:
    found = {each.key: each for each in rows(run(thin=True), [run(mean=0.2)], 20.0, closed=False)}
    assert (found[P99].bar, found[P99].verdict) == (None, Verdict.NOT_JUDGED)
    assert found[MEAN].verdict is Verdict.OUTSIDE


@pytest.mark.parametrize(
    ("offered", "closed", "verdict"),
    [
        (20.0, False, Verdict.OUTSIDE),
        (30.0, False, Verdict.NOT_JUDGED),  # 20 of 30 get through
        (30.0, True, Verdict.OUTSIDE),
    ],
)
def test_under_overload_latencies_are_not_judged_but_rates_are(offered: float, closed: bool, verdict: Verdict) -> None:
    found = {each.key: each for each in rows(run(), [run(rate=25.0, mean=0.2)], offered, closed=closed)}
    assert found[MEAN].verdict is verdict
    assert found[RATE].verdict is Verdict.OUTSIDE


@pytest.mark.parametrize(("offered", "verdict"), [(20.0, Verdict.OUTSIDE), (30.0, Verdict.BAR)])
def test_the_rate_of_an_overloaded_server_is_where_it_saturates(offered: float, verdict: Verdict) -> None:
    found = {each.key: each for each in rows(run(), [run(rate=21.5)], offered, closed=False)}
    assert found[RATE].verdict is verdict  # 7 % off


def test_without_a_valid_measurement_nothing_is_said() -> None:
    assert rows(run(), [], 20.0, closed=False) == ()


def test_an_order_is_wrong_only_where_measurements_do_not_overlap() -> None:
    means = {
        "quick": row(MEAN, 0.1, [0.31, 0.32], bar=0.1),
        "medium": row(MEAN, 0.2, [0.1, 0.2], bar=0.1),
        "slow": row(MEAN, 0.3, [0.19, 0.315], bar=0.1),
    }
    found = order("steady", means)
    assert found.predicted == ("quick", "medium", "slow")
    assert found.measured == ("medium", "slow", "quick")
    assert found.wrong == (("quick", "medium"),)
