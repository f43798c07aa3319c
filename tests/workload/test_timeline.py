"""The timeline of a scenario: what may be written, and that a burst leaves all other requests as they were."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from simulator.workload.arrival_times import expected_requests
from simulator.workload.draw import draw
from simulator.workload.interventions import Do, Intervention
from simulator.workload.load import ScenarioError
from simulator.workload.scenario import Scenario
from simulator.workload.table import PER_ROW, Workload

Load = Callable[..., Scenario]
BURST = '{at = "5 s", do = "burst", rate = 200, for = "3 s"}'


def with_timeline(shop: Load, *entries: str, **more: str) -> Scenario:
    return shop(overrides=(("timeline", f"[{', '.join(entries)}]"), *more.items()))


def others(requests: Workload, plain: Workload) -> dict[str, Any]:
    """The columns of those requests that come without the timeline too; coins tell them apart."""
    same = np.isin(requests.coin, plain.coin)
    return {name: getattr(requests, name)[same] for name in PER_ROW if getattr(plain, name) is not None}


def test_the_entries_are_read_and_put_in_order_of_time(shop: Load) -> None:
    scenario = with_timeline(
        shop,
        '{at = "9 s", do = "kill", process = 2, boot = "300 ms"}',
        '{at = "1 s", do = "slow-io", factor = 4, for = "2 s"}',
        '{at = "2 s", do = "resize", size = 8}',
        '{at = "2 s", do = "resize", cores = 1}',
        '{at = "3 s", do = "resize", cores = 1.5}',
        '{at = "12.5 s", do = "kill"}',
    )
    assert draw(scenario).interventions == (
        Intervention(at=1.0, do=Do.SLOW_IO, factor=4.0, lasting=2.0),
        Intervention(at=2.0, do=Do.SLOTS, number=8),
        Intervention(at=2.0, do=Do.CORES, number=1),
        Intervention(at=3.0, do=Do.CORES, number=2, quota=1.5),
        Intervention(at=9.0, do=Do.KILL, number=2, lasting=0.3),
        Intervention(at=12.5, do=Do.KILL, number=0, lasting=1.0),
    )


def test_a_timeline_is_written_as_tables_of_its_own(shop: Load) -> None:
    lines = 'patience = {uniform = {low = "5 s", high = "30 s"}}'
    scenario = shop((lines, f'{lines}\n[[timeline]]\nat = "3 s"\ndo = "kill"\n[[timeline]]\nat = "4 s"\ndo = "kill"\n'))
    assert [entry.at for entry in scenario.timeline] == [3.0, 4.0]


def test_a_burst_leaves_all_other_requests_exactly_as_they_were(shop: Load) -> None:
    plain, with_burst = draw(shop()), draw(with_timeline(shop, BURST))
    for name, column in others(with_burst, plain).items():
        assert np.array_equal(column, getattr(plain, name)), name
    assert (np.diff(with_burst.arrival) >= 0).all()


def test_a_burst_brings_its_rate_within_its_time(shop: Load) -> None:
    plain, with_burst = draw(shop()), draw(with_timeline(shop, BURST))
    more = with_burst.arrival[~np.isin(with_burst.coin, plain.coin)]
    assert 600 - 4 * 25 < len(more) < 600 + 4 * 25
    assert 5.0 <= more.min() < more.max() < 8.0
    assert with_burst.interventions[0].number == len(more)
    assert set(with_burst.request_class[~np.isin(with_burst.coin, plain.coin)]) == {0, 1}


def test_a_burst_of_so_many_requests_has_so_many(shop: Load) -> None:
    burst = '{at = "5 s", do = "burst", requests = 77, for = "3 s"}'
    assert len(draw(with_timeline(shop, burst))) == len(draw(shop())) + 77
    assert expected_requests(with_timeline(shop, burst)) == expected_requests(shop()) + 77


def test_two_bursts_know_nothing_of_each_other(shop: Load) -> None:
    later = '{at = "9 s", do = "burst", rate = 50, for = "3 s"}'
    both, one = draw(with_timeline(shop, BURST, later)), draw(with_timeline(shop, later))
    for name, column in others(both, one).items():
        assert np.array_equal(column, getattr(one, name)), name
    twice = draw(with_timeline(shop, BURST, BURST))
    assert len(np.unique(twice.coin)) == len(twice)


def test_a_burst_ends_with_the_scenario(shop: Load) -> None:
    burst = '{at = "19 s", do = "burst", rate = 200, for = "30 s"}'
    assert draw(with_timeline(shop, burst)).arrival.max() < 20.0


def test_other_entries_draw_nothing(shop: Load) -> None:
    plain, killed = draw(shop()), draw(with_timeline(shop, '{at = "5 s", do = "kill"}'))
    assert all(np.array_equal(getattr(plain, name), getattr(killed, name)) for name in PER_ROW if name != "think")


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ('{at = "5 s", do = "kil"}', 'do = "kil": unknown intervention (did you mean "kill"?); expected kill, slow-io'),
        ('{at = "5 s"}', 'expected a table with at = "..." and do = "..."'),
        ("7", 'expected a table with at = "..." and do = "..."'),
        ('{do = "kill"}', "timeline[0].at: missing; expected here: when it is done"),
        ('{at = 5, do = "kill"}', "timeline[0].at = 5: a number without its unit"),
        ('{at = "5 s", do = "kill", process = -1}', "process = -1: expected a number of at least 0"),
        ('{at = "5 s", do = "kill", boot = "0 s"}', 'boot = "0 s": expected a duration above 0'),
        ('{at = "5 s", do = "kill", bott = "1 s"}', 'unknown key (did you mean "boot"?)'),
        ('{at = "5 s", do = "slow-io", for = "1 s"}', "timeline[0].factor: missing"),
        ('{at = "5 s", do = "burst", for = "1 s"}', "expected either rate or requests"),
        ('{at = "5 s", do = "burst", for = "1 s", rate = 1, requests = 1}', "expected either rate or requests"),
        ('{at = "20 s", do = "burst", for = "1 s", rate = 1}', 'expected a time within the duration, "20 s"'),
        ('{at = "5 s", do = "burst", for = "1 s", rate = 1e9}', "requests; expected at most 50 000 000"),
        ('{at = "5 s", do = "resize"}', "expected either size or cores"),
        ('{at = "5 s", do = "resize", cores = 0}', "expected a number of cores from 0.01 to 4096"),
        ('{at = "5 s", do = "resize", size = 2, cores = 2}', "expected either size or cores"),
        ('{at = "5 s", do = "resize", size = 0}', "size = 0: expected a number of at least 1"),
    ],
)
def test_a_mistake_in_an_entry_is_named(shop: Load, entry: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        with_timeline(shop, entry)
    assert message in str(caught.value)


def test_a_timeline_that_is_no_list_is_refused(shop: Load) -> None:
    with pytest.raises(ScenarioError, match=r"timeline = 3: expected a list of tables, written as \[\[timeline\]\]"):
        shop(overrides=(("timeline", "3"),))


def test_a_closed_loop_has_no_bursts(shop: Load) -> None:
    closed = ("arrivals", '{kind = "closed", clients = 5, think = "1 s"}')
    with pytest.raises(ScenarioError, match="in a closed loop each client waits for its answer"):
        shop(overrides=(closed, ("timeline", f"[{BURST}]")))


def test_one_value_of_an_entry_can_be_replaced_from_the_command_line(shop: Load) -> None:
    scenario = shop(overrides=(("timeline", '[{at = "5 s", do = "kill"}]'), ("timeline.0.at", "6 s")))
    assert scenario.timeline[0].at == 6.0
