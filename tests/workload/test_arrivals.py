"""Arrivals: every kind keeps its promised rate and shape."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from simulator.workload.arrival_times import expected_requests
from simulator.workload.distribution import Floats
from simulator.workload.draw import draw
from simulator.workload.load import ScenarioError, load
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
        ("time_s,class\n1,page\nx,page\n", 'arrivals.csv:3: time_s = "x": expected a duration such as'),
        ("time_s,class\nnan,page\n", 'time_s = "nan": expected a finite number'),
        ("time_s,class\n-1,page\n", 'time_s = "-1": negative'),
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
    (tmp_path / "times.csv").write_text("query,db\na,0.5 s\nb,20 ms\n")
    measured = '{empirical = {file = "times.csv", column = "db"}}'
    waits = draw(shop(('{exponential = "30 ms"}', measured))).phases[:, 1]
    assert {0.5, 0.02} <= set(waits.tolist())


def test_a_cell_that_is_no_amount_is_named(shop: Load, tmp_path: Path) -> None:
    (tmp_path / "times.csv").write_text("db_s\n0.5\n20 mss\n-3\n")
    with pytest.raises(
        ScenarioError, match=r'times\.csv:3: db_s = "20 mss".*"ms".*times\.csv:4: db_s = "-3": negative'
    ):
        shop(('{exponential = "30 ms"}', '{empirical = {file = "times.csv", column = "db_s"}}'))


@pytest.mark.parametrize(
    ("column", "unit", "seconds"),
    [
        ("db_ms", "", 1.943),
        ("Average Response Time (ms)", "", 1.943),
        ("rt [us]", "", 0.001943),
        ("db", ', unit = "ms"', 1.943),
        ("db_s", ', unit = "ms"', 1.943),
        ("elapsed seconds", "", 1943.0),
    ],
)
def test_bare_numbers_of_a_column_have_the_unit_that_is_said_for_it(
    shop: Load, tmp_path: Path, column: str, unit: str, seconds: float
) -> None:
    (tmp_path / "times.csv").write_text(f"{column}\n1943\n")
    measured = f'{{empirical = {{file = "times.csv", column = "{column}"{unit}}}}}'
    table = draw(shop(('{exponential = "30 ms"}', measured)))
    assert table.phases[table.request_class == 0, 1] == pytest.approx(seconds)


@pytest.mark.parametrize("column", ["db", "Average Response Time", "p95", "time_m", "ms_of_db"])
def test_bare_numbers_without_any_unit_are_refused_with_what_to_type(shop: Load, tmp_path: Path, column: str) -> None:
    (tmp_path / "times.csv").write_text(f"{column}\n1943\n20\n")
    with pytest.raises(ScenarioError, match=r'such as 1943; expected unit = "ms" or another beside') as caught:
        shop(('{exponential = "30 ms"}', f'{{empirical = {{file = "times.csv", column = "{column}"}}}}'))
    assert f'column called "{column}_ms"' in str(caught.value)


def test_a_unit_that_there_is_not_is_named_with_those_that_there_are(shop: Load, tmp_path: Path) -> None:
    (tmp_path / "times.csv").write_text("db\n1\n")
    with pytest.raises(ScenarioError, match=r'unknown unit "msec" \(did you mean "ms"\?\); expected one of ns, us'):
        shop(('{exponential = "30 ms"}', '{empirical = {file = "times.csv", column = "db", unit = "msec"}}'))


def test_a_trace_of_another_program_is_read_by_the_names_of_its_columns(shop: Load, tmp_path: Path) -> None:
    rows = ["response-time,offset,url", "0.1,250,/list?page=1", "0.2,3500,/photo/7", "0.3,1000,photo"]
    (tmp_path / "hey.csv").write_text("\n".join(rows))
    named = 'file = "hey.csv"\ntime = "offset"\nunit = "ms"\nclass = "url"\n'
    meant = 'classes = {"/list?page=1" = "page", "/photo/7" = "photo"}'
    table = draw(shop((POISSON, f'kind = "trace"\n{named}{meant}')))
    assert table.arrival.tolist() == [0.25, 1.0, 3.5]
    assert table.request_class.tolist() == [0, 1, 1]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ('time = "offset"', 'numbers without a unit in the column "offset", such as 1; expected unit = "ms"'),
        ('time = "at"', 'has no column "at"'),
        ('time = "offset"\nunit = "s"\nclass = "url"', 'url = "/a": no class has this name'),
        ('time = "offset"\nunit = "s"\nclass = "url"\nclasses = {"/a" = "pag"}', '(did you mean "page"?)'),
        ('classes = "page"', 'arrivals.classes = "page": expected a table of what stands in the file'),
    ],
)
def test_a_trace_that_cannot_be_read_says_what_to_type(shop: Load, tmp_path: Path, keys: str, said: str) -> None:
    (tmp_path / "log.csv").write_text("offset,url,class\n1,/a,page\n")
    with pytest.raises(ScenarioError) as caught:
        shop((POISSON, f'kind = "trace"\nfile = "log.csv"\n{keys}'))
    assert said in str(caught.value)


def test_the_only_class_need_not_stand_in_a_trace(tmp_path: Path) -> None:
    (tmp_path / "times.csv").write_text("offset_ms\n5\n2\n")
    (tmp_path / "one.toml").write_text(
        'title = "One"\nduration = "1 s"\n[arrivals]\nkind = "trace"\nfile = "times.csv"\ntime = "offset_ms"\n'
        '[[requests]]\nname = "page"\nsteps = [{cpu = "1 ms"}]\n'
    )
    assert draw(load(str(tmp_path / "one.toml"))).arrival.tolist() == [0.002, 0.005]
