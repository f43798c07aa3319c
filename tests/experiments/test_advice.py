"""Advice is tried before it is given: what is said was run, and what does not help is not recommended."""

import pytest

from simulator.experiments.catalogue import catalogue
from tests.experiments.asking import asked, by_change


def test_workers_that_wait_for_a_database_in_a_spike_are_doubled_and_nobody_is_lost() -> None:
    trials = by_change(asked("prefork", "spike").advice())
    said = str(trials["8 workers"].sentence)
    assert said.startswith("8 workers: 0 lost instead of 949, p95 ")
    assert trials["8 workers"].flags == ("--workers", "8")


def test_a_single_event_loop_loses_more_in_a_spike_and_is_not_recommended() -> None:
    advice = asked("prefork", "spike").advice()
    recommended = [str(trial.change) for trial in advice.trials if trial.better]
    assert recommended
    assert "coroutine" not in recommended


def test_slow_clients_are_kept_away_by_nginx_and_its_figures_are_said() -> None:
    best = asked("prefork", "slow-clients").advice().best
    assert best is not None
    assert str(best.sentence) == "with nginx in front: p95 484 ms instead of 12.7 s."
    assert best.flags == ("--nginx",)


def test_nothing_is_tried_where_nothing_is_wrong() -> None:
    advice = asked("prefork", "steady").advice()
    assert not advice.trials
    assert advice.remark is None


def test_with_nginx_in_front_slow_clients_need_no_advice() -> None:
    assert asked("prefork", "slow-clients", nginx=True).advice().trials == ()


@pytest.mark.parametrize("name", catalogue())
def test_a_model_names_settings_and_neighbours_that_there_are(name: str) -> None:
    model = catalogue()[name]
    has, own = {field.name for field in model.settings}, model.neighbours
    sizes = (*own.slots, own.processes, own.backlog, own.accept_limit, own.kept)
    named = {size.setting for size in sizes if size is not None} | set(own.buffers)
    named |= set() if own.when_idle is None else {own.when_idle[0]}
    assert named <= has
    others = {own.more_slots, own.holds_nothing, own.own_processes} - {""}
    assert others <= {other.name for other in catalogue().values() if not other.stands_in_front} - {name}
