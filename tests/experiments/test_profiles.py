"""Whose costs a server has: the order in which they are asked for, and what a profile's figures come to."""

import json
from collections.abc import Sequence
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.profiles import MINI, PROFILES
from simulator.cli.link import linked
from simulator.cli.main import main
from simulator.cli.parser import parse
from simulator.cli.validate import pairs_of
from simulator.experiments.catalogue import catalogue
from simulator.experiments.deployment import Deployment
from simulator.experiments.deployment_words import pane, pane_words
from simulator.experiments.options import RunOptions
from simulator.experiments.profiles import machine_of, profile
from simulator.experiments.refusal import RefusalError
from simulator.experiments.run import run
from simulator.experiments.scenario import scenario_of
from simulator.experiments.setup import with_front
from simulator.plan import Machine
from simulator.real.validate.pairs import Pair
from simulator.workload.draw import draw
from simulator.workload.load import load
from simulator.workload.machine_table import machine_text
from simulator.workload.profile_file import profile_text
from tests.trace.by_hand import Kind, load_at, random_load

SYNC = PROFILES["gunicorn-sync"].costs


def machine(nginx: bool = False, **given: Any) -> Machine:
    model = catalogue()["prefork"]
    side = Deployment(model=model, config=model.config())
    options = RunOptions(load="steady", **given)
    return machine_of(with_front(side, "nginx") if nginx else side, scenario_of(options), options)


def test_a_profile_that_was_named_has_the_costs() -> None:
    assert machine(profile="gunicorn-sync").request_cost_s == SYNC["request_cost_s"]
    assert machine(profile=MINI) == scenario_of(RunOptions(load="steady")).machine


def test_a_machine_file_knows_better_than_a_profile_key_by_key(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[machine]\nrequest_cost = "9 ms"\n', encoding="utf-8")
    its = machine(profile="gunicorn-sync", machine=str(file))
    assert its.request_cost_s == pytest.approx(0.009)
    assert its.response_cost_s == SYNC["response_cost_s"]


def test_a_scenario_knows_better_than_a_machine_file_and_set_than_both(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[machine]\nrequest_cost = "9 ms"\nwake_cost = "1 ms"\n', encoding="utf-8")
    given: dict[str, Any] = {
        "profile": "gunicorn-sync",
        "machine": str(file),
        "set": ("machine.request_cost=2 ms",),
    }
    assert machine(**given).request_cost_s == pytest.approx(0.002)
    assert machine(**given).wake_cost_s == pytest.approx(0.001)


def test_a_file_of_a_calibrated_machine_leaves_its_server_what_only_the_server_does(tmp_path: Path) -> None:
    file = tmp_path / "machine.toml"
    file.write_text(machine_text(replace(Machine(), request_cost_s=0.009)), encoding="utf-8")
    its = machine(machine=str(file))
    assert its.request_cost_s == pytest.approx(0.009)
    assert its.linger_s == SYNC["linger_s"] > 0.0
    assert its.wake_cost_s == SYNC["wake_cost_s"] > 0.0
    file.write_text(machine_text(replace(Machine(), linger_s=0.5)), encoding="utf-8")
    assert machine(machine=str(file)).linger_s == pytest.approx(0.5)  # whoever types it there means it


MEASURED = '[profile]\nname = "mine"\n[profile.costs]\nrequest_cost = "4 ms"\nproxy_cost = "5 ms"\n'


def test_a_profile_that_was_measured_here_knows_better_than_a_machine_file_and_worse_than_set(tmp_path: Path) -> None:
    file, profile = tmp_path / "machine.toml", tmp_path / "mine.toml"
    file.write_text('[machine]\nrequest_cost = "9 ms"\nresponse_cost = "8 ms"\n', encoding="utf-8")
    profile.write_text(MEASURED, encoding="utf-8")
    given: dict[str, Any] = {"profile": str(profile), "machine": str(file)}
    assert machine(**given).request_cost_s == pytest.approx(0.004)
    assert machine(**given).response_cost_s == pytest.approx(0.008)
    assert machine(**given, set=("machine.request_cost=2 ms",)).request_cost_s == pytest.approx(0.002)


def test_a_profile_that_was_measured_here_may_know_what_stands_in_front(tmp_path: Path) -> None:
    profile = tmp_path / "mine.toml"
    profile.write_text(MEASURED, encoding="utf-8")
    assert machine(nginx=True, profile=str(profile)).proxy_cost_s == pytest.approx(0.005)


def test_a_file_that_is_no_profile_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusalError, match="no such file"):
        profile(str(tmp_path / "nowhere.toml"))
    cores = tmp_path / "cores.toml"
    cores.write_text(MEASURED + "cores = 8\n", encoding="utf-8")
    with pytest.raises(RefusalError, match="cores belong to a machine"):
        profile(str(cores))


def test_nginx_in_front_has_costs_of_its_own_unless_all_are_ours() -> None:
    assert machine(nginx=True, profile="gunicorn-sync").proxy_cost_s == PROFILES["nginx"].costs["proxy_cost_s"]
    assert machine(nginx=True, profile=MINI).proxy_cost_s == Machine().proxy_cost_s


@pytest.mark.parametrize("typed", ["gunicorn-synk", "gunicorn"], ids=["misspelt", "only the family"])
def test_a_name_that_is_none_is_answered_with_the_nearest(typed: str) -> None:
    with pytest.raises(RefusalError, match=r"no such profile\. Did you mean gunicorn-sync\? There are: mini, "):
        profile(typed)


@pytest.mark.parametrize(
    "command", [["--model", "prefork"], ["compare", "prefork", "threaded"], ["validate", "prefork"]]
)
def test_a_name_that_is_empty_is_refused_too(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "--load", "steady", "--profile", ""]) == 2
    assert "no such profile." in capsys.readouterr().err


def test_a_model_has_the_costs_of_the_server_that_it_stands_for_if_nobody_says_anything() -> None:
    assert machine() == machine(profile="own") == machine(profile="gunicorn-sync")


def test_a_server_can_have_costs_of_its_own_beside_others(capsys: pytest.CaptureFixture[str]) -> None:
    line = ["compare", "prefork", "prefork:profile=uwsgi", "coroutine+nginx:profile=own,processes=2"]
    assert main([*line, "--load", "steady", "--duration", "6s", "--profile", "mini"]) == 0
    said = capsys.readouterr().out
    assert "A prefork  costs of mini" in said
    assert "B prefork:profile=uwsgi  costs of uwsgi" in said
    assert "C coroutine+nginx:processes=2,profile=own  costs of uvicorn" in said


@pytest.mark.parametrize("word", ["prefork:profile=uwsgi", "prefork+nginx:workers=8,profile=mini"])
def test_whose_costs_a_server_has_is_part_of_the_word_for_it(word: str) -> None:
    assert pane_words(pane(word)) == word


def test_a_profile_that_no_server_has_is_refused_in_a_word_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "prefork", "prefork:profile=uwsgy", "--load", "steady"]) == 2
    assert "no such profile. Did you mean uwsgi?" in capsys.readouterr().err


def pairs_typed(more: Sequence[str]) -> list[Pair]:
    typed = parse(["validate", "prefork", "--load", "steady", *more])
    assert typed is not None
    return pairs_of(None, typed.given)


def test_our_own_servers_are_validated_with_their_own_costs_unless_others_are_named() -> None:
    (plain,), (named,) = map(pairs_typed, ((), ("--profile", "uwsgi")))
    assert (plain.deployment.profile, plain.load) == (MINI, "steady")
    assert (named.deployment.profile, named.options.profile) == ("", "uwsgi")


def test_a_file_that_calibrating_wrote_is_a_profile(tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    file.write_text(profile_text("ours", "ours", {"request_cost_s": (0.003, 0.002, 0.004)}), encoding="utf-8")
    its = machine(profile=str(file))
    assert (its.request_cost_s, its.response_cost_s) == (0.003, Machine().response_cost_s)


def test_a_profile_file_leaves_to_the_table_what_nobody_measures_from_outside(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    text = profile_text("gunicorn-gthread", "gunicorn", {"request_cost_s": (0.003, 0.002, 0.004)})
    file.write_text(text, encoding="utf-8")
    its = machine(profile=str(file))
    assert (its.accept_releases, its.request_cost_s, its.hand_over_cost_s) == (8, 0.003, Machine().hand_over_cost_s)


def test_a_profile_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusalError, match=r"none\.toml: no such file"):
        profile(str(tmp_path / "none.toml"))


def test_a_link_names_a_profile_and_no_file_with_one() -> None:
    server = [("server", "prefork"), ("load", "steady")]
    assert "--profile=own" in linked([*server, ("profile", "own")], ())
    with pytest.raises(RefusalError, match="a link can name no file"):
        linked([*server, ("profile", "secret.toml")], ())
    assert "--profile" in linked([("server", "prefork:profile=uwsgi"), ("load", "steady")], ())
    with pytest.raises(RefusalError, match="a link can name no file"):
        linked([("server", "prefork:profile=secret.toml"), ("load", "steady")], ())


def test_the_output_names_whose_costs_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    line = ["--model", "prefork", "--load", "steady", "--duration", "6s", "--no-advice"]
    assert main([*line, "--profile", "uwsgi"]) == 0
    assert "costs of uwsgi" in " ".join(capsys.readouterr().out.split())
    assert main(line) == 0
    assert "costs of gunicorn-sync, prefork's own (--profile: others)" in " ".join(capsys.readouterr().out.split())
    assert main([*line, "--profile", "own", "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["profile"] == "gunicorn-sync"


def test_the_table_of_profiles_has_every_figure_with_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "profiles"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert all(f"{name} " in said for name in PROFILES)
    assert "gunicorn 27, class sync [2]" in said
    assert "[2] Poisson arrivals at 12/s on an idle machine" in said
    assert "accept_releases 8, request_releases 7" in said  # counts, no seconds


def test_the_table_of_profiles_is_told_in_chinese_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "zh", "list", "profiles"]) == 0
    said = "".join(capsys.readouterr().out.split())
    assert "本项目自己的服务器[1]" in said
    assert "[2]空闲机器上12/s的泊松到达" in said


@pytest.mark.parametrize("name", catalogue())
def test_every_model_has_a_profile_whatever_its_settings(name: str) -> None:
    model = catalogue()[name]
    assert model.profile(model.config()) in PROFILES


def test_threads_are_those_of_the_server_that_accepts_as_they_do() -> None:
    model = catalogue()["threaded"]
    assert model.profile(model.config(accept="idle")) == "uwsgi"
    assert model.profile(model.config(accept="eager")) == "gunicorn-gthread"


def test_the_main_thread_of_gthread_accepts_nobody_while_its_clients_are_about_to_close() -> None:
    model = catalogue()["threaded"]
    costs: dict[str, Any] = dict(PROFILES["gunicorn-gthread"].costs)
    far = random_load(15.0, 40.0, inf, 0.1, page=Kind(steps=(("io", 0.02),)))

    def mean_s(**others: float) -> float:
        trace = run(model.plan(model.config(accept="eager", threads=8), Machine(**costs | others)), far)
        return float((trace.left - trace.arrival).mean())

    assert mean_s() > mean_s(linger_s=0.0) + 0.02


@pytest.mark.parametrize("name", [name for name, its in PROFILES.items() if its.hot_s is not None and name != "nginx"])
def test_every_cost_has_a_source_and_hot_ones_add_up_to_what_was_measured(name: str) -> None:
    its = PROFILES[name]
    names = ["accept_cost_s", "request_cost_s", "response_cost_s"]
    if "loop_turn_cost_s" not in its.costs:
        names.append("hand_over_cost_s")  # a loop handed nothing over there
    turns = 2 * (its.costs.get("loop_turn_cost_s", 0.0) + its.costs.get("task_switch_cost_s", 0.0))
    assert its.source
    assert its.hot_s == pytest.approx(sum(its.costs.get(each, 0.0) for each in names) + turns)


# The measurements that a profile was made of, simulated: its costs come from figures of one request, and a run must
# show them again.

WAITING = Kind(steps=(("io", 0.02),))
MODELS: dict[str, tuple[str, dict[str, Any]]] = {
    "gunicorn-sync": ("prefork", {"workers": 1}),
    "uvicorn": ("coroutine", {}),
    "gunicorn-gthread": ("threaded", {"accept": "eager"}),
    "wsgiref": ("dev-server", {"backlog": 100}),
}


def computing_s(name: str, arrivals: float | None) -> float:
    """Of a request beside its own work: at so many a second, or without a pause between them."""
    model, settings = MODELS[name]
    its = catalogue()[model]
    costs: dict[str, Any] = dict(PROFILES[name].costs)
    if arrivals is None:
        work = load_at([0.0] * 400, 10.0, page=Kind(steps=(("cpu", 0.0),)))
    else:
        work = random_load(arrivals, 400.0, page=WAITING)
    trace = run(its.plan(its.config(**settings), Machine(switch_cost_s=0.0, **costs)), work)
    fixed = sum(place.work_s for place in trace.places if place.phase is None)
    return fixed + float(trace.woken.sum()) / len(trace)


@pytest.mark.parametrize("name", MODELS)
def test_a_run_at_a_low_rate_needs_as_much_computing_as_was_measured_there(name: str) -> None:
    assert computing_s(name, 12.0) == pytest.approx(PROFILES[name].cold_s, rel=0.05)


@pytest.mark.parametrize("name", MODELS)
def test_a_run_without_a_pause_needs_as_much_as_was_measured_hot(name: str) -> None:
    assert computing_s(name, None) == pytest.approx(PROFILES[name].hot_s, rel=0.05)


# What waking does, in a run.


def woken_s(*arrivals: float, **costs: float) -> list[float]:
    model = catalogue()["prefork"]
    machine = Machine(wake_cost_s=costs.pop("wake_cost_s", 0.001), wake_after_s=0.1)
    work = load_at(list(arrivals), 10.0, page=Kind(steps=(("cpu", 0.004),)))
    trace = run(model.plan(model.config(workers=1), machine), work)
    seconds: list[float] = trace.woken.sum(axis=1).tolist() if trace.woken.ndim > 1 else [0.0] * len(trace)
    return seconds


def test_who_has_slept_for_long_needs_all_of_it_once() -> None:
    assert woken_s(1.0) == pytest.approx([0.001])


def test_after_a_shorter_sleep_it_is_a_part_in_proportion() -> None:
    one_s = 0.001 + Machine().accept_cost_s + Machine().request_cost_s + 0.004 + Machine().response_cost_s
    assert woken_s(1.0, 1.0 + one_s + 0.05) == pytest.approx([0.001, 0.0005])


def test_who_goes_on_at_once_has_not_slept() -> None:
    assert woken_s(1.0, 1.0, 1.0)[1:] == [0.0, 0.0]


def test_where_waking_is_free_nothing_is_written_down() -> None:
    model = catalogue()["prefork"]
    trace = run(model.plan(model.config(), Machine()), draw(load("steady")))
    assert trace.woken.strides == (0,)
    assert woken_s(1.0, wake_cost_s=0.0) == [0.0]


def test_another_thread_that_computes_keeps_its_process_awake() -> None:
    model = catalogue()["threaded"]
    hog, page = Kind(steps=(("cpu", 2.0),)), Kind(steps=(("cpu", 0.001),), every=2)
    costs = Machine(wake_cost_s=0.001, wake_after_s=0.1)
    trace = run(model.plan(model.config(), costs), load_at([0.0, 0.5, 1.0, 1.2], 3.0, hog=hog, page=page))
    assert np.flatnonzero(trace.woken.sum(axis=1)).tolist() == [0]


def test_a_wait_ends_later_by_what_timers_are_late() -> None:
    model = catalogue()["prefork"]
    work = load_at([0.0], 1.0, page=Kind(steps=(("io", 0.02),)))
    late, punctual = (run(model.plan(model.config(), Machine(io_late_s=s)), work) for s in (0.0003, 0.0))
    assert late.finished[0] - punctual.finished[0] == pytest.approx(0.0003)
