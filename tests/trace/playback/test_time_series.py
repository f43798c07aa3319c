"""Curves over time agree with what single moments show."""

from itertools import pairwise

import numpy as np
import pytest

from simulator.plan import Machine, Outcome
from simulator.trace.playback import Playback
from simulator.workload.draw import draw
from simulator.workload.load import load as scenario_of
from tests.engine.deployments import Deployment, deployments
from tests.models.serving import serve
from tests.trace.by_hand import Kind, load_at

every_deployment = pytest.mark.parametrize("deployment", list(deployments()), ids=str)


@pytest.mark.slow
@every_deployment
def test_the_average_of_a_column_is_that_of_its_moments(deployment: Deployment) -> None:
    playback = Playback(deployment.run("mixed"))
    times = np.linspace(6.0, 8.0, 4001)
    moments = [playback.at(t) for t in ((times[1:] + times[:-1]) / 2).tolist()]
    sampled: dict[str, list[float]] = {
        "in_system": [len(now.present) for now in moments],
        "cores: in use": [now.cores_in_use / now.cores for now in moments],
        "cores: waiting": [max(now.runnable - now.cores, 0) for now in moments],
    }
    for number, backlog in enumerate(moments[0].backlogs):
        sampled[f"{backlog.backlog.name}: waiting"] = [len(now.backlogs[number].waiting) for now in moments]
    for number, pool in enumerate(moments[0].pools):
        sampled[f"{pool.pool.name}: in use"] = [now.pools[number].taken / len(pool.request) for now in moments]
    for number, lock in enumerate(moments[0].locks):
        name, copies = lock.lock.name, lock.lock.units
        sampled[f"{name}: in use"] = [np.count_nonzero(now.locks[number].holder >= 0) / copies for now in moments]
        sampled[f"{name}: waiting"] = [sum(map(len, now.locks[number].waiting)) for now in moments]
    assert set(sampled) <= set(playback.series_names)
    for name, values in sampled.items():
        expected = np.array(values).reshape(4, -1).mean(axis=1)
        assert playback.series(name, 6.0, 8.0, 4) == pytest.approx(expected, abs=0.03 + 0.03 * expected.max()), name


def test_the_whole_run_and_a_part_of_it_have_the_same_curve() -> None:
    playback = Playback(next(iter(deployments())).run("cpu-heavy"))
    for name in playback.series_names:
        whole, part = playback.series(name, 0.0, 24.0, 24), playback.series(name, 10.0, 14.0, 4)
        assert np.allclose(whole[10:14], part, equal_nan=True), name


def test_rates_count_what_happened_in_each_column() -> None:
    trace = next(iter(deployments())).run("steady")
    playback, edges = Playback(trace), np.linspace(0.0, 20.0, 41)
    completed = trace.finished[trace.outcome == Outcome.COMPLETED]
    for name, times in (("arrivals_rps", trace.arrival), ("completions_rps", completed)):
        counts = [sum(low <= t < high for t in times.tolist()) / 0.5 for low, high in pairwise(edges.tolist())]
        assert playback.series(name, 0.0, 20.0, 40) == pytest.approx(counts)


def test_percentiles_are_those_of_the_window_before_the_end_of_the_column() -> None:
    trace = next(iter(deployments())).run("steady")
    finished, seconds = trace.finished, trace.finished - trace.arrival
    found = Playback(trace).series("p95_s", 0.0, 20.0, 10, window_s=3.0)
    for end, value in zip(np.linspace(2.0, 20.0, 10).tolist(), found.tolist(), strict=True):
        assert value == pytest.approx(np.percentile(seconds[(finished > end - 3.0) & (finished <= end)], 95))


def test_where_nothing_was_completed_there_is_no_percentile() -> None:
    load = load_at([5.0], 10.0, page=Kind(steps=(("io", 1.0),)))
    found = Playback(serve("prefork", load)).series("p50_s", 0.0, 10.0, 10, window_s=1.0)
    assert np.isnan(found[:6]).all()
    assert found[6] == pytest.approx(1.0, abs=0.01)


def test_a_curve_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        Playback(serve("prefork", load_at([0.1], 1.0))).series("thread: in use", 0.0, 1.0, 5)


@pytest.mark.parametrize(("model", "load_name"), [("prefork", "spike"), ("threaded", "cpu-heavy")])
def test_what_slots_are_held_for_adds_up_to_how_much_they_are_held(model: str, load_name: str) -> None:
    playback = Playback(serve(model, draw(scenario_of(load_name))))
    pool = playback.trace.plan.pools[0].name
    names = [name for name in playback.series_names if name.startswith(f"{pool}: ") and name.split(": ")[1].isupper()]
    total = sum(playback.series(name, 0.0, 60.0, 60) for name in names)
    assert total == pytest.approx(playback.series(f"{pool}: in use", 0.0, 60.0, 60), abs=1e-6)


def test_workers_that_ask_the_database_are_not_computing() -> None:
    """For half of its second the request computes, for the other half it waits for I/O; both are in its handler."""
    playback = Playback(serve("prefork", load_at([0.0], 2.0, page=Kind(steps=(("cpu", 0.5), ("io", 0.5)))), workers=1))
    assert playback.series("worker: COMPUTING", 0.0, 1.0, 2) == pytest.approx([1.0, 0.0], abs=0.01)
    assert playback.series("worker: IO", 0.0, 1.0, 2) == pytest.approx([0.0, 1.0], abs=0.01)


def test_workers_that_share_a_core_compute_for_half_of_the_time_and_wait_for_the_other() -> None:
    load_of_two = load_at([0.0, 0.0], 2.0, page=Kind(steps=(("cpu", 0.5),)))
    playback = Playback(serve("prefork", load_of_two, machine=Machine(cores=1), workers=2))
    assert playback.series("worker: COMPUTING", 0.2, 0.8, 1) == pytest.approx([0.5], abs=0.01)
    assert playback.series("worker: CORE", 0.2, 0.8, 1) == pytest.approx([0.5], abs=0.01)
