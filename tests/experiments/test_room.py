"""What a run would take is known before it begins: what does not fit is refused, and what takes minutes is said."""

from pathlib import Path
from typing import Any

import pytest

from simulator.experiments import room
from simulator.experiments.catalogue import catalogue
from simulator.experiments.deployment import Deployment
from simulator.experiments.options import RunOptions
from simulator.experiments.refusal import RefusalError
from simulator.experiments.room import free_memory, needs, refuse_without_room, say_before
from simulator.experiments.run import run_unchecked
from simulator.experiments.setup import Prepared, Setup, prepared

GB = 1e9


def ready(name: str = "prefork", *overrides: str, **options: Any) -> Prepared:
    model = catalogue()[name]
    given = RunOptions(load="steady", set=overrides, **({"profile": "mini"} | options))
    return prepared(Setup(sides=(Deployment(model=model, config=model.config(), fronts=()),), options=given))


def test_a_run_that_does_not_fit_into_the_free_memory_is_refused_before_anything_is_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(room, "free_memory", lambda: int(4 * GB))
    with pytest.raises(
        RefusalError, match=r"^about 48 000 000 requests take 10.6 GiB of memory, and 3.73 GiB are free: "
    ):
        run_unchecked(ready(rate=800_000.0))


def test_a_run_that_fits_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "free_memory", lambda: int(16 * GB))
    refuse_without_room(ready(rate=800_000.0))


def test_where_nobody_knows_how_much_is_free_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "free_memory", lambda: None)
    refuse_without_room(ready(rate=800_000.0))


def test_threads_that_would_take_the_gil_from_one_another_for_days_are_refused() -> None:
    endless = ready("threaded", 'requests.page.steps=[{cpu = "1e8 s"}]')
    with pytest.raises(RefusalError, match=r"^this run would take \d+ days: .* or a longer gil_switch_interval$"):
        refuse_without_room(endless)
    refuse_without_room(ready("prefork", 'requests.page.steps=[{cpu = "1e8 s"}]'))


def test_costs_of_a_profile_count_for_how_long_a_run_takes(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[profile.costs]\nrequest_cost = "1e8 s"\n', encoding="utf-8")
    with pytest.raises(RefusalError, match=r"^this run would take \d+ days: "):
        refuse_without_room(ready("threaded", profile=str(file)))


def test_what_takes_minutes_is_said_and_what_does_not_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    say_before(ready())
    assert capsys.readouterr().err == ""
    say_before(ready(rate=100_000.0, engine="reference"))
    assert capsys.readouterr().err.startswith("simulate: about 6 000 000 requests: this takes some ")


@pytest.mark.parametrize(("name", "least", "most"), [("prefork", 160, 240), ("threaded", 200, 380)])
def test_the_estimate_is_near_what_a_request_was_measured_to_take(name: str, least: float, most: float) -> None:
    found = needs(ready(name))
    assert least < found.memory / found.requests < most


def test_where_waking_costs_each_place_takes_a_number_more() -> None:
    asleep, awake = (needs(ready("prefork", profile=name)) for name in ("gunicorn-sync", "mini"))
    assert 0 < (asleep.memory - awake.memory) / awake.requests < 150


def test_a_closed_loop_needs_a_row_for_each_of_its_requests(tmp_path: Path) -> None:
    loop = 'arrivals={kind = "closed", clients = 5, requests = 1000}'
    assert needs(ready("prefork", loop)).requests == 1000


def test_free_memory_is_the_least_that_machine_and_container_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "meminfo").write_text("MemTotal: 9000 kB\nMemAvailable:    8000 kB\n", encoding="ascii")
    monkeypatch.setattr(room, "MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(room, "CGROUP", tmp_path)
    assert free_memory() == 8000 * 1024
    (tmp_path / "memory.current").write_text("1000000\n", encoding="ascii")
    (tmp_path / "memory.max").write_text("max\n", encoding="ascii")
    assert free_memory() == 8000 * 1024
    (tmp_path / "memory.max").write_text("3000000\n", encoding="ascii")
    assert free_memory() == 2_000_000
