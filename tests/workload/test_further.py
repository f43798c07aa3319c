"""Rows beyond the requests: for what is repeated, and for the jobs that are sent off."""

from collections.abc import Callable

import numpy as np
import pytest

from simulator.workload.draw import draw
from simulator.workload.scenario import Scenario
from simulator.workload.table import PER_ROW, Workload

Load = Callable[..., Scenario]

CLOSED = ('kind = "poisson"\nrate = 50', 'kind = "closed"\nclients = 7\nthink = {exponential = "2 s"}')
BURST = ("timeline", '[{at = "5 s", do = "burst", rate = 200, for = "3 s"}]')
OWN = {"arrival", "phases", "patience", "coin", "think"}
"""What a further row does not have in common with its request."""


def level(load: Workload, name: str, number: int) -> np.ndarray:
    """One column of the requests (0), or of their first (1), second (2) further rows."""
    column: np.ndarray = getattr(load, name)
    return column[number * load.requests : (number + 1) * load.requests]


def columns(load: Workload) -> set[str]:
    return {name for name in PER_ROW if getattr(load, name) is not None}


@pytest.mark.parametrize("change", [(), (CLOSED,)], ids=["open", "closed"])
def test_more_further_rows_leave_all_others_as_they_were(shop: Load, change: tuple[tuple[str, str], ...]) -> None:
    scenario = shop(*change)
    plain, one, three = draw(scenario), draw(scenario, reserve=1), draw(scenario, reserve=3)
    assert plain.requests == one.requests == three.requests == len(plain) == len(three) // 4
    for name in columns(plain):
        assert np.array_equal(level(one, name, 0), getattr(plain, name), equal_nan=True), name
        assert np.array_equal(level(three, name, 1), level(one, name, 1), equal_nan=True), name


def test_a_further_row_has_the_class_client_and_sizes_of_its_request_and_times_of_its_own(shop: Load) -> None:
    load = draw(shop(overrides=(("requests.photo.steps", '[{cpu = {exponential = "3 ms"}}]'),)), reserve=2)
    for name in columns(load) - OWN:
        assert np.array_equal(level(load, name, 2), level(load, name, 0)), name
    assert np.isnan(level(load, "arrival", 1)).all()
    for name in ("phases", "coin"):
        of_levels = [level(load, name, number) for number in range(3)]
        assert not np.array_equal(of_levels[0], of_levels[1])
        assert not np.array_equal(of_levels[1], of_levels[2])
    phone = level(load, "client", 1) == 1
    assert np.isinf(level(load, "patience", 1)[~phone]).all()
    assert (level(load, "patience", 1)[phone] <= 30).all()


def test_more_rounds_leave_the_further_rows_of_the_first_ones_as_they_were(shop: Load) -> None:
    few, many = (draw(shop(CLOSED), rounds=rounds, reserve=1) for rounds in (5, 9))
    for name in columns(few):
        assert np.array_equal(
            level(many, name, 1)[: few.requests], level(few, name, 1)[: few.requests], equal_nan=True
        ), name


def test_a_burst_leaves_the_further_rows_and_the_luck_of_all_others_as_they_were(shop: Load) -> None:
    plain, burst = draw(shop(), reserve=1), draw(shop(overrides=(BURST,)), reserve=1)
    same = np.isin(burst.coin, plain.coin)
    assert same.sum() == len(plain) < len(burst)
    for name in columns(plain):
        assert np.array_equal(getattr(burst, name)[same], getattr(plain, name), equal_nan=True), name
    assert np.array_equal(burst.luck(4)[same], plain.luck(4))


def test_luck_is_another_number_between_0_and_1_for_every_row_and_every_choice(shop: Load) -> None:
    load = draw(shop(overrides=(("duration", "800 s"),)))
    first, second = load.luck(0), load.luck(1)
    assert ((first >= 0) & (first < 1)).all()
    for luck in (first, second):
        assert np.histogram(luck, 10, (0, 1))[0] / len(load) == pytest.approx(0.1, abs=0.01)
    for one, other in ((first, second), (first, load.coin), (second, load.coin)):
        assert abs(np.corrcoef(one, other)[0, 1]) < 0.02
    rows = np.array([5, 3])
    assert np.array_equal(load.take(rows).luck(1), second[rows])
