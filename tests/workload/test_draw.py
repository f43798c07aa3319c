"""Drawing: the same seed gives the same rows, and changing one thing changes that thing alone."""

from collections.abc import Callable

import numpy as np
import pytest

from simulator.workload.draw import draw
from simulator.workload.load import load
from simulator.workload.scenario import Scenario
from simulator.workload.table import Work, Workload, are_alike

Load = Callable[..., Scenario]

PER_ROW = ("arrival", "request_class", "client", "upload", "response", "phases", "rtt", "patience", "coin")
CLOSED = ('kind = "poisson"\nrate = 50', 'kind = "closed"\nclients = 7\nthink = {exponential = "2 s"}')


def differing(one: Workload, other: Workload, rows: slice = slice(None)) -> set[str]:
    """The columns in which two workloads differ."""
    return {name for name in PER_ROW if not np.array_equal(getattr(one, name)[rows], getattr(other, name)[rows])}


def test_the_same_seed_gives_the_same_rows_and_another_seed_others(shop: Load) -> None:
    scenario = shop()
    assert differing(draw(scenario), draw(scenario)) == set()
    assert differing(draw(scenario), draw(scenario, seed=scenario.seed)) == set()
    few = slice(0, 500)
    assert differing(draw(scenario, seed=1), draw(scenario, seed=2), few) == set(PER_ROW)


def test_the_columns_are_what_the_scenario_says(shop: Load) -> None:
    table = draw(shop())
    photo, phone = table.request_class == 1, table.client == 1
    assert table.class_names == ("page", "photo")
    assert table.client_names == ("office", "phone")
    assert table.phase_kinds.tolist() == [[Work.CPU, Work.IO, Work.CPU], [Work.CPU, Work.IO, Work.NONE]]
    assert np.all(np.diff(table.arrival) >= 0)
    assert np.all((table.arrival >= 0) & (table.arrival < 20))
    assert np.all(table.upload[~photo] == 1024)
    assert np.all(table.upload[photo] >= 100 * 1024)
    assert np.all(table.phases[:, 0] == np.where(photo, 0.003, 0.002))
    assert np.all(table.phases[photo, 2] == 0)
    assert np.all(table.rtt == np.where(phone, 0.12, 0))
    assert np.all(np.isinf(table.patience[~phone]))
    assert np.all((table.patience[phone] >= 5) & (table.patience[phone] <= 30))
    assert table.up_rate.tolist() == [np.inf, 62_500]
    assert table.down_rate.tolist() == [np.inf, 250_000]
    assert (table.duration, table.warmup, table.seed, table.clients_in_loop) == (20, 2, 3, 0)


def test_classes_come_by_weight_and_clients_by_share_unless_their_class_names_them(shop: Load) -> None:
    table = draw(shop(overrides=(("duration", "800 s"),)))
    page = table.request_class == 0
    assert np.mean(page) == pytest.approx(0.8, abs=0.01)
    assert np.mean(table.client[page] == 1) == pytest.approx(0.2, abs=0.01)
    assert np.all(table.client[~page] == 1)


def test_a_class_of_weight_zero_and_a_client_of_share_zero_do_not_occur(shop: Load) -> None:
    table = draw(shop(overrides=(("requests.page.weight", "0"), ("requests.photo.clients", '["office", "phone"]'))))
    assert set(table.request_class) == {1}
    table = draw(shop(('clients = ["phone"]', ""), overrides=(("clients.phone.share", "0"),)))
    assert set(table.client) == {0}


@pytest.mark.parametrize(
    ("key", "value", "changed"),
    [
        ("requests.page.response", "2 MiB", {"response"}),
        ("requests.page.upload", "{exponential = '3 KiB'}", {"upload"}),
        ("requests.page.steps.1.io", "{lognormal = {mean = '30 ms', cv = 2}}", {"phases"}),
        ("requests.photo.clients", '["office"]', {"client", "rtt", "patience"}),
        ("clients.phone.rtt", "{exponential = '90 ms'}", {"rtt"}),
        ("clients.phone.patience", "8 s", {"patience"}),
        ("clients.phone.up", "1 Mbit/s", set()),
        ("machine.cores", "8", set()),
    ],
)
def test_changing_one_thing_leaves_the_draws_of_all_others(shop: Load, key: str, value: str, changed: set[str]) -> None:
    assert differing(draw(shop()), draw(shop(overrides=((key, value),)))) == changed


def test_twice_the_rate_is_the_same_requests_at_half_the_gaps(shop: Load) -> None:
    slow, fast = draw(shop()), draw(shop(overrides=(("arrivals.rate", "100"),)))
    rows = slice(0, len(slow))
    assert len(fast) > len(slow)
    np.testing.assert_allclose(fast.arrival[rows], slow.arrival / 2, rtol=1e-12)
    assert differing(slow, fast, rows) == {"arrival"}


def test_a_longer_duration_adds_requests_and_changes_none(shop: Load) -> None:
    short, long = draw(shop()), draw(shop(overrides=(("duration", "40 s"),)))
    assert differing(short, long, slice(0, len(short))) == set()
    assert np.all(long.arrival[len(short) :] >= 20)


def test_a_class_that_is_added_leaves_the_sizes_of_the_others(shop: Load) -> None:
    extra = '[[requests]]\nname = "extra"\nweight = 0\nsteps = [{cpu = "1 ms"}]\n[[requests]]\nname = "page"'
    before, after = draw(shop()), draw(shop(('[[requests]]\nname = "page"', extra)))
    assert differing(before, after) == {"request_class"}
    assert np.array_equal(before.request_class + 1, after.request_class)


def test_a_long_run_begins_like_a_short_one_although_it_is_drawn_in_blocks(shop: Load) -> None:
    short, long = draw(shop()), draw(shop(overrides=(("duration", "4000 s"),)))
    assert len(long) > 3 * 65_536
    assert differing(short, long, slice(0, len(short))) == set()


def test_a_scenario_without_any_request_has_an_empty_table(shop: Load) -> None:
    table = draw(shop(overrides=(("arrivals.rate", "1e-9"),)))
    assert len(table) == 0
    assert table.phases.shape == (0, 3)


def test_a_closed_loop_has_one_row_for_each_client_in_every_round(shop: Load) -> None:
    table = draw(shop(CLOSED), rounds=30)
    assert table.clients_in_loop == 7
    assert len(table) == 30 * 7
    assert np.all(np.isnan(table.arrival))
    assert table.think is not None
    assert np.mean(table.think) == pytest.approx(2, rel=0.3)


def test_more_rounds_of_a_closed_loop_leave_the_first_ones_as_they_were(shop: Load) -> None:
    few, many = draw(shop(CLOSED), rounds=30), draw(shop(CLOSED), rounds=20_000)
    rows = slice(0, len(few))
    assert differing(few, many, rows) == {"arrival"}  # nan equals nothing, not even itself
    assert few.think is not None
    assert many.think is not None
    assert np.array_equal(few.think, many.think[rows])


def test_the_default_rounds_are_more_than_any_client_manages(shop: Load) -> None:
    table = draw(shop(CLOSED))
    assert table.think is not None
    unhindered = np.cumsum((table.think + table.phases.sum(axis=1)).reshape(-1, 7), axis=0)
    assert np.all(unhindered[-1] > table.duration)


def test_the_rounds_of_clients_who_never_think_are_bounded_by_the_cores(shop: Load) -> None:
    table = draw(shop((CLOSED[0], 'kind = "closed"\nclients = 1000\nthink = "0 s"')))
    capacity = 20 * 2 / 0.003
    assert capacity < len(table) < 3 * capacity


def test_a_closed_loop_with_a_number_of_requests_has_a_row_for_each_and_no_more(shop: Load) -> None:
    table = draw(shop((CLOSED[0], CLOSED[1] + "\nrequests = 10")), rounds=30)
    assert (len(table), table.clients_in_loop, table.limit) == (10, 7, 10)
    assert table.think is not None
    assert table.begins() == table.think[:7].tolist()


def test_more_clients_than_requests_all_start(shop: Load) -> None:
    assert len(draw(shop((CLOSED[0], CLOSED[1] + "\nrequests = 3"))).begins()) == 7


def test_the_clients_of_a_ramp_start_one_after_the_other_without_thinking_before(shop: Load) -> None:
    table = draw(shop((CLOSED[0], CLOSED[1] + '\nramp = "14 s"')))
    assert table.begins() == [0, 2, 4, 6, 8, 10, 12]
    assert differing(table, draw(shop(CLOSED))) == {"arrival"}  # nan equals nothing, not even itself


def test_a_column_in_which_all_rows_are_alike_takes_no_room_and_stays_so_when_rows_are_chosen() -> None:
    table = draw(load("steady", []))
    alike = {name for name in PER_ROW if are_alike(getattr(table, name))}
    assert alike == {"request_class", "client", "upload", "response", "rtt", "patience"}
    chosen = table.take(np.arange(0, len(table), 3))
    assert {name for name in PER_ROW if are_alike(getattr(chosen, name))} == alike
    assert all(np.array_equal(getattr(chosen, name), getattr(table, name)[::3]) for name in PER_ROW)


def test_what_is_alike_in_every_class_or_client_is_a_column_like_any_other(shop: Load) -> None:
    one_value = draw(shop(('response = {lognormal = {mean = "30 KiB", cv = 1}}', 'response = "1 KiB"')))
    assert not are_alike(one_value.response)  # the photos are larger
    assert not any(are_alike(getattr(one_value, name)) for name in PER_ROW)


def test_a_client_that_one_class_names_and_others_draw_too_is_noted_with_what_to_type(shop: Load) -> None:
    (note,) = shop().notes
    assert note.startswith(
        'the client "phone" is named by the class "photo" and sends "page" too; if that is not meant'
    )
    assert note.endswith('clients = ["office"]')


def test_nothing_is_noted_where_every_class_names_its_clients_or_none_does(shop: Load) -> None:
    only = 'clients = ["phone"]'
    assert shop(('name = "page"', 'name = "page"\nclients = ["office"]')).notes == ()
    assert shop((only, "")).notes == ()
