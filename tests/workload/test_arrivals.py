"""Arrivals: every kind keeps its promised rate and shape."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from simulator.workload.arrival_times import expected_requests
from simulator.workload.distribution import Floats
from simulator.workload.draw import draw
from simulator.workload.load import ScenarioError
from simulator.workload.scenario import Scenario

Load = Callable[..., Scenario]
POISSON = 'kind = "poisson"\nrate = 50'


def arrivals(shop: Load, table: str, duration: str = "400 s") -> Floats:
    return draw(shop((POISSON, table), overrides=(("duration", duration),))).arrival


@pytest.mark.parametrize(
    "table",
    [
        POISSON,
        'kind = "poisson"\nrate = 50\nbatch = 4',
        'kind = "poisson"\nrate = 50\nbatch = {geometric = 2.5}',
        'kind = "mmpp"\nrates = [0, 30, 90]\nstay = ["500 ms", "200 ms", "300 ms"]',
        'kind = "ramp"\nfrom = 0\nto = 100',
        'kind = "ramp"\nfrom = 90\nto = 10',
        'kind = "ramp"\nfrom = 50\nto = 50',
        'kind = "spike"\nrate = 20\npeak = 200\nat = "100 s"\nfor = "30 s"',
        'kind = "spike"\nrate = 20\npeak = 200\nat = "390 s"\nfor = "30 s"',
        'kind = "constant"\nrate = 50',
    ],
)
def test_the_number_of_arrivals_is_the_expected_one(shop: Load, table: str) -> None:
    scenario = shop((POISSON, table), overrides=(("duration", "400 s"),))
    times = draw(scenario).arrival
    expected = expected_requests(scenario)
    clustering = 4 if "batch" in table or "mmpp" in table else 1
    assert abs(len(times) - expected) < 4 * clustering * math.sqrt(expected)
    assert np.all(np.diff(times) >= 0)
    assert times[0] >= 0
    assert times[-1] < 400


def test_gaps_of_poisson_arrivals_are_exponential(shop: Load) -> None:
    gaps = np.diff(arrivals(shop, POISSON))
    assert gaps.std() / gaps.mean() == pytest.approx(1, abs=0.03)
    assert np.mean(gaps > 1 / 50) == pytest.approx(math.exp(-1), abs=0.015)


def test_constant_arrivals_come_like_clockwork_from_zero(shop: Load) -> None:
    np.testing.assert_allclose(arrivals(shop, 'kind = "constant"\nrate = 4', "2.1 s"), np.arange(9) / 4)


def test_batches_share_an_instant_and_the_rate_counts_requests(shop: Load) -> None:
    times, sizes = np.unique(arrivals(shop, 'kind = "poisson"\nrate = 50\nbatch = 4'), return_counts=True)
    assert set(sizes) == {4}
    assert len(times) / 400 == pytest.approx(12.5, rel=0.06)


def test_geometric_batches_have_their_mean_and_spread(shop: Load) -> None:
    table = 'kind = "poisson"\nrate = 50\nbatch = {geometric = 2.5}'
    _, sizes = np.unique(arrivals(shop, table), return_counts=True)
    assert sizes.min() == 1
    assert sizes.mean() == pytest.approx(2.5, rel=0.05)
    assert sizes.std() == pytest.approx(math.sqrt(2.5 * 1.5), rel=0.06)


def test_a_ramp_grows_in_a_straight_line(shop: Load) -> None:
    times = arrivals(shop, 'kind = "ramp"\nfrom = 0\nto = 100')
    assert np.mean(times < 200) == pytest.approx(1 / 4, abs=0.015)
    assert np.mean(times < 100) == pytest.approx(1 / 16, abs=0.01)


def test_a_spike_is_where_it_was_put(shop: Load) -> None:
    times = arrivals(shop, 'kind = "spike"\nrate = 20\npeak = 200\nat = "100 s"\nfor = "30 s"')
    inside = (times >= 100) & (times < 130)
    assert np.count_nonzero(inside) / 30 == pytest.approx(200, rel=0.06)
    assert np.count_nonzero(~inside) / 370 == pytest.approx(20, rel=0.06)


def test_a_silent_state_has_no_arrivals(shop: Load) -> None:
    times = arrivals(shop, 'kind = "mmpp"\nrates = [0, 100]\nstay = ["10 s", "10 s"]')
    pauses = np.diff(times, prepend=0.0)
    silent = pauses[pauses > 1].sum()
    assert 100 < silent < 300
    assert times[0] > 1


def test_a_trace_is_replayed_row_by_row(shop: Load, tmp_path: Path) -> None:
    rows = ["class, time_s, note", "photo,3.5,x", "page, 0.25 ,", "", "page,3.5", "page,20,too late"]
    (tmp_path / "arrivals.csv").write_text("\n".join(rows))
    table = draw(shop((POISSON, 'kind = "trace"\nfile = "arrivals.csv"')))
    assert table.arrival.tolist() == [0.25, 3.5, 3.5]
    assert table.request_class.tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("time_s,class\n1,pag\n", 'arrivals.csv:2: class = "pag": no class has this name (did you mean "page"?)'),
        ("time_s,class\n1,page\nx,page\n", 'arrivals.csv:3: time_s = "x": expected seconds as a number'),
        ("time_s,class\nnan,page\n", 'time_s = "nan": expected a finite number'),
        ("time_s,class\n-1,page\n", 'time_s = "-1": expected seconds from 0'),
        ("time_s,class\n1\n", "arrivals.csv:2: class is missing"),
        ("time,class\n1,page\n", 'arrivals.csv has no column "time_s" (did you mean "time"?)'),
        ("time_s,class\n", "arrivals.csv has no rows"),
        ("", 'has no column "time_s"'),
        ("time_s,class\n30,page\n", "no row comes before the end of the duration"),
        ("time_s,class\n" + "x,page\n" * 9, "and 4 more"),
        ("time_s,class\n1,\x00\udcff\n", "is not UTF-8 text"),
        ('time_s,class\n1,"' + "x" * 200_000, "not a CSV file"),
    ],
)
def test_a_bad_trace_is_explained_by_file_and_line(shop: Load, tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "arrivals.csv").write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(ScenarioError) as caught:
        shop((POISSON, 'kind = "trace"\nfile = "arrivals.csv"'))
    assert said in str(caught.value)
    assert "shop.toml:10: arrivals.file" in str(caught.value)


def test_amounts_can_be_a_column_of_a_csv_file(shop: Load, tmp_path: Path) -> None:
    (tmp_path / "times.csv").write_text("query,db\na,0.5\nb,20 ms\n")
    measured = '{empirical = {file = "times.csv", column = "db"}}'
    waits = draw(shop(('{exponential = "30 ms"}', measured))).phases[:, 1]
    assert {0.5, 0.02} <= set(waits.tolist())


def test_a_cell_that_is_no_amount_is_named(shop: Load, tmp_path: Path) -> None:
    (tmp_path / "times.csv").write_text("db\n0.5\n20 mss\n-3\n")
    with pytest.raises(ScenarioError, match=r'times\.csv:3: db = "20 mss".*"ms".*times\.csv:4: db = "-3": negative'):
        shop(('{exponential = "30 ms"}', '{empirical = {file = "times.csv", column = "db"}}'))
