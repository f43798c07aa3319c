"""A server is measured in its states, and what is found is a profile that can be read again."""

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.profiles import WAKES
from simulator.cli.calibrate_server import named_server, profile_name, written
from simulator.cli.main import main
from simulator.experiments.catalogue import catalogue
from simulator.experiments.deployment import Deployment
from simulator.experiments.refusal import RefusalError
from simulator.plan import Machine
from simulator.real.calibrate.parts import Parts
from simulator.real.calibrate.profile_findings import Measured, Regimes, findings
from simulator.real.calibrate.regimes import IO_S, Meter, Regime
from simulator.workload.load import ScenarioError
from simulator.workload.profile_file import profile_text, read_profile

HOT, COLD = 300e-6, 500e-6


def regime(**figures: Any) -> Regime:
    plain: dict[str, Any] = {"computing": [HOT], "front": [], "within": [0.0]}
    return Regime(**{**plain, "throughput": 100.0, **figures})


def parted(*seconds: float) -> Parts:
    connected, asked, answered = seconds
    return Parts(connected=[connected], asked=[asked], answered=[answered])


PARTED = parted(0.5e-4, 1.5e-4, 1e-4)


def found(name: str = "prefork", settings: Any = None, parts: Parts = PARTED, **of_rare: Any) -> dict[str, float]:
    model = catalogue()[name]
    deployment = Deployment(model=model, config=model.config(**settings or {}))
    rare = regime(**{"computing": [COLD], "within": [IO_S + 1e-4], **of_rare})
    held = regime(throughput=40.0)
    states = Regimes(rare=rare, one_by_one=regime(), parts=parts, saturated=regime(), held=held, slots=1)
    lines = findings(deployment, states, Machine())
    return {line.field or line.what: line.samples[0] for line in lines}


def test_what_a_request_computes_is_shared_out_as_with_a_client_that_pauses() -> None:
    costs = found()
    assert costs["accept_cost_s"] + costs["request_cost_s"] == pytest.approx(HOT * 2 / 3)
    assert costs["response_cost_s"] == pytest.approx(HOT / 3)


def test_what_is_done_before_the_first_byte_is_told_from_reading_the_request() -> None:
    costs = found("threaded", {"accept": "eager"}, parted(0.5e-4, 2e-4, 0.5e-4))
    assert costs["request_cost_s"] == pytest.approx(2e-4)
    assert costs["accept_cost_s"] + costs["hand_over_cost_s"] / 2 == pytest.approx(0.5e-4)


def test_a_client_that_pauses_says_only_which_part_is_which() -> None:
    assert found(parts=parted(1e-4, 3e-4, 2e-4)) == pytest.approx(found())


def test_what_cannot_be_told_apart_from_outside_keeps_its_proportion() -> None:
    costs, known = found(), Machine()
    assert costs["accept_cost_s"] / costs["request_cost_s"] == pytest.approx(known.accept_cost_s / known.request_cost_s)


def test_nothing_is_lost_where_a_thread_is_handed_over_to_and_back() -> None:
    costs = found("threaded", {"accept": "eager"})
    names = ("accept_cost_s", "hand_over_cost_s", "request_cost_s", "response_cost_s")
    assert sum(costs[name] for name in names) == pytest.approx(HOT)


def test_a_loop_has_its_turns_taken_off_first() -> None:
    assert sum(found("callback")[name] for name in ("accept_cost_s", "request_cost_s", "response_cost_s")) < HOT


def test_waking_up_is_what_a_server_needs_more_that_was_asleep() -> None:
    assert found()["wake_cost_s"] == pytest.approx((COLD - HOT) / WAKES)
    assert found(computing=[HOT])["wake_cost_s"] == 0.0
    assert found()["io_late_s"] == pytest.approx(1e-4)


def test_a_slot_is_held_beyond_its_work_for_what_throughput_says() -> None:
    assert found()["a slot is held beyond its work"] == pytest.approx(1 / 40.0 - IO_S)


@pytest.mark.parametrize(("took", "is_said"), [(2.004, True), (0.02, False)])
def test_a_server_lingers_that_kept_the_next_one_waiting(took: float, is_said: bool) -> None:
    model = catalogue()["prefork"]
    states = Regimes(rare=regime(), one_by_one=regime(), parts=PARTED, slots=1, lingers_s=took)
    lines = findings(Deployment(model=model, config=model.config()), states, Machine())
    assert [line.samples for line in lines if line.field == "linger_s"] == [[took]] * is_said


def test_a_meter_shares_out_what_was_used_between_two_looks() -> None:
    meter = Meter(0)
    meter.looks = [(0.0, 1.0), (1.0, 1.1), (2.0, 1.3)]
    assert meter.each(np.array([-1.0, 0.5, 1.2, 1.5, 3.0])) == pytest.approx([0.1 / 1, 0.2 / 2])


def test_a_profile_survives_its_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(profile_text("mine", "some server", {"request_cost_s": (2e-4, 1e-4, 3e-4)}), "utf-8")
    profile = read_profile(path)
    assert (profile.name, profile.title, dict(profile.costs)) == ("mine", "some server", {"request_cost": "200 µs"})
    assert tomllib.loads(path.read_text("utf-8"))["profile"]["spread"] == {"request_cost": ["100 µs", "300 µs"]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cores = 2\n", "mine.toml: no [profile.costs] table"),
        ('[profile.costs]\nrequest_cots = "1 us"\n', 'unknown key (did you mean "request_cost"?)'),
        ('[profile.costs]\nrequest_cost = "fast"\n', "mine.toml:2"),
        ("[profile]\nspeed = 1\n[profile.costs]\n", "profile.speed"),
        ("[profile\n", "mine.toml:1: not TOML"),
        ('[profile]\nname = ""\n[profile.costs]\n', 'profile.name = "": expected a line of text'),
        ("[profile]\nname = [1, 2]\n[profile.costs]\n", "profile.name = a list of 2: expected a line of text"),
        ('[profile]\ntitle = "two\\nlines"\n[profile.costs]\n', "profile.title"),
    ],
)
def test_a_wrong_profile_says_what_is_wrong_with_it(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_profile(path)
    assert said in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_profile_that_is_not_there_says_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="simulate calibrate --server"):
        read_profile(tmp_path / "nowhere.toml")


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("gunicorn -w 4", "gunicorn-sync"),
        ("gunicorn --threads 4", "gunicorn-gthread"),
        ("prefork", "prefork"),
        ("nginx", "nginx"),
    ],
)
def test_a_server_is_named_as_for_measure_and_its_profile_after_it(typed: str, name: str) -> None:
    assert profile_name(named_server(typed)) == name


def test_a_server_that_nobody_knows_is_refused() -> None:
    with pytest.raises(RefusalError, match="gunicorn -w 4"):
        named_server("apache")


def test_what_was_found_of_a_server_is_written_as_its_profile(tmp_path: Path) -> None:
    path = tmp_path / "profile.toml"
    lines = [Measured(what="", samples=[1e-4, 2e-4, 3e-4], field="response_cost_s"), Measured(what="", samples=[1.0])]
    path.write_text(written(named_server("prefork"), lines), "utf-8")
    assert dict(read_profile(path).costs) == {"response_cost": "200 µs"}


@pytest.mark.slow
@pytest.mark.real
def test_a_quick_calibration_of_a_server_finds_what_is_possible(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "prefork.toml"
    assert main(["calibrate", "--server", "prefork", "--quick", "--output", str(path)]) == 0
    said = capsys.readouterr().out
    assert "computing, one after the other" in said
    assert "…" not in said
    assert {"accept_cost", "request_cost", "response_cost"} <= set(read_profile(path).costs)
