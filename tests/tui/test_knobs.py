"""Everything that can be turned: the steps are sensible, reach the simulation, and never leave an invalid setup."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.experiments.catalogue import server, servers
from simulator.experiments.refusal import RefusalError
from simulator.experiments.run import run_checked
from simulator.experiments.setup import Prepared, prepared
from simulator.lab.actions import ACTIONS
from simulator.lab.changes import MISSING, turn
from simulator.lab.history import Result
from simulator.lab.knob import SHARES, next_nice, next_share, next_whole, scaled
from simulator.lab.knobs import SIZE, knob, knobs, main_setting
from simulator.lab.lab import open_lab
from simulator.workload.distribution import Constant, Distribution, Erlang, Exponential, Lognormal, Pareto, Uniform
from simulator.workload.load import load, shipped
from tests.tui.labs import ManualClock, ready

NAMES = [model.name for model in servers()]
WITH_PROXY = [*NAMES, *(f"{name}+nginx" for name in NAMES)]


def turned(start: Prepared, id: str, direction: int = 1) -> Prepared:
    found = knob(start, 0, id)
    assert found is not None, id
    return prepared(found.turn(direction))


def value(setup: Prepared, id: str) -> str:
    found = knob(setup, 0, id)
    assert found is not None, id
    return found.value


@given(st.integers(0, 10**6), st.integers(0, 5))
def test_a_whole_number_goes_up_and_down_and_never_below_its_minimum(number: int, minimum: int) -> None:
    number = max(number, minimum)
    higher, lower = next_whole(number, 1, minimum), next_whole(number, -1, minimum)
    assert lower <= number < higher
    assert lower >= minimum
    assert lower < number or number == minimum


def test_small_numbers_go_one_by_one_and_large_ones_by_a_quarter() -> None:
    assert [next_whole(n, 1) for n in (1, 4, 15, 16, 100, 2048)] == [2, 5, 16, 20, 112, 2560]
    assert [next_whole(n, -1) for n in (2, 16, 20, 64, 100, 2048)] == [1, 15, 16, 56, 96, 1792]


@given(st.floats(1e-9, 1e9))
def test_a_nice_number_is_a_step_and_no_leap(number: float) -> None:
    assert number < next_nice(number, 1) <= number * 1.51
    assert number * 0.66 <= next_nice(number, -1) < number


@given(st.floats(0.0, 0.999))
def test_a_share_moves_until_the_end_of_its_scale(share: float) -> None:
    assert next_share(share, 1) > share or share >= SHARES[-1] - 1e-4
    assert next_share(share, -1) < share or share <= 1e-4


@pytest.mark.parametrize(
    "time",
    [
        Constant(0.002),
        Exponential(0.03),
        Lognormal(0.01, 0.6),
        Uniform(0.1, 0.2),
        Pareto(0.001, 1.0, 1.3),
        Erlang(0.05, 4),
    ],
    ids=lambda time: type(time).__name__,
)
def test_a_scaled_time_has_the_same_shape_and_another_mean(time: Distribution) -> None:
    text = scaled(time, 2.0)
    start = ready("prefork", set=(f"requests.page.steps.1.io={text}",))
    found = start.scenario.requests[0].steps[1].time
    assert type(found) is type(time)
    assert found.mean == pytest.approx(2.0 * time.mean, rel=1e-5)


@pytest.mark.parametrize("name", WITH_PROXY)
@pytest.mark.parametrize("direction", [1, pytest.param(-1, marks=pytest.mark.slow)])
def test_every_knob_of_every_server_makes_a_setup_that_runs(name: str, direction: int) -> None:
    start = ready(name, duration="1 s")
    ids = [each.id for each in knobs(start, 0)]
    assert len(set(ids)) == len(ids)
    for each in knobs(start, 0):
        try:
            after = prepared(each.turn(direction))
        except RefusalError:
            continue
        assert len(run_checked(after, detail=True)) == 1, each.id


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_scenario_has_a_rate_or_its_clients_to_turn(name: str) -> None:
    start = ready("prefork", load=name, duration=f"{load(name).duration:g} s")
    assert value(turned(start, "rate"), "rate") != value(start, "rate")


@pytest.mark.parametrize(
    "id", ["rate", "slow", "io", "cpu", "cores", "seed", "duration", "full_backlog", SIZE, "nginx"]
)
def test_a_knob_that_was_turned_shows_its_new_value(id: str) -> None:
    start = ready("prefork")
    assert value(turned(start, id), id) != value(start, id)


@pytest.mark.parametrize("id", ["rate", "slow", "io", "cpu", "cores", SIZE])
def test_up_and_down_again_is_where_it_was(id: str) -> None:
    start = turned(ready("prefork"), id)  # from the first step: what a scenario says need not be one
    assert value(turned(turned(start, id), id, -1), id) == value(start, id)


def test_slower_databases_scale_every_class_and_leave_computing_alone() -> None:
    start = ready("prefork")
    after = turned(start, "io")
    (page, photo), (old_page, old_photo) = after.scenario.requests, start.scenario.requests
    assert page.steps[1].time.mean > old_page.steps[1].time.mean
    assert (page.mean_cpu_s, photo.steps) == (old_page.mean_cpu_s, old_photo.steps)


@pytest.mark.parametrize(
    ("cores", "up", "down"),
    [("0.5", "1", "0.25"), ("1", "2", "0.5"), ("1.5", "2", "1"), ("0.3", "0.5", "0.25"), ("0.05", "0.1", "0.05")],
)
def test_cores_are_turned_through_the_quotas_that_containers_are_given(cores: str, up: str, down: str) -> None:
    start = ready("prefork", cores=cores)
    assert [value(turned(start, "cores", way), "cores") for way in (1, -1)] == [up, down]


def test_the_share_of_slow_clients_is_that_of_the_slowest_line() -> None:
    start = ready("prefork")
    assert value(start, "slow") == "20 %"
    after = turned(start, "slow").scenario
    shares = {client.name: client.share for client in after.clients}
    assert shares["phone"] / sum(shares.values()) == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("model", "setting"), [("prefork", "workers"), ("threaded", "threads"), ("coroutine", "processes")]
)
def test_what_makes_a_server_larger_is_found_by_what_it_does(model: str, setting: str) -> None:
    assert main_setting(server(model)) == setting


@pytest.mark.parametrize("name", WITH_PROXY)
def test_a_knob_that_is_looked_for_alone_is_the_one_in_the_list(name: str) -> None:
    start = ready(name)
    for listed in knobs(start, 0):
        alone = knob(start, 0, listed.id)
        assert alone is not None
        assert (alone.label, alone.value, alone.help) == (listed.label, listed.value, listed.help)


def test_a_knob_of_the_server_reads_no_load_again_and_one_of_the_load_builds_no_plan_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    start = ready("prefork", load="slow-clients")
    slower = turned(start, "io")
    assert slower.plans[0] is start.plans[0]
    with monkeypatch.context() as nothing_is_read:
        nothing_is_read.setattr("simulator.workload.load.load", None)
        larger = turned(slower, SIZE)
    assert larger.scenario is slower.scenario
    assert larger.plans[0] is not slower.plans[0]


def test_a_gil_can_only_be_turned_where_there_is_one() -> None:
    assert knob(ready("threaded"), 0, "gil") is not None
    assert knob(ready("prefork"), 0, "gil") is None


@pytest.mark.parametrize(
    ("id", "server", "name", "said"),
    [
        ("slow", "callback", "steady", "this load has no clients that are slower than others."),
        (SIZE, "dev-server", "steady", "this server has only one size."),
    ],
)
def test_a_key_that_has_nothing_to_turn_says_what_is_missing(
    id: str, server: str, name: str, said: str, now: ManualClock
) -> None:
    wanted = ready(server, load=name)
    lab = open_lab(Result.of(run_checked(wanted, detail=True), wanted), now)
    turn(lab, id, 1)
    assert lab.message == f"Nothing to turn here: {said}"


def test_every_key_that_turns_a_knob_knows_what_to_say_without_one() -> None:
    turning = {each.keywords["id"] for each in ACTIONS.values() if isinstance(each, partial) and each.func is turn}
    assert turning - {"seed"} == set(MISSING)  # there is always a seed
