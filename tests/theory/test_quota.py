"""A container's quota, as cgroups enforce it: so much computing in 100 ms, and then all threads stand still."""

from dataclasses import replace
from math import ceil

import numpy as np
import pytest

from simulator.engine.kernel import numbers
from simulator.experiments.run import EngineName, run
from simulator.plan import Cores, Handle, Plan, resources
from simulator.trace.summary import summarise
from simulator.trace.table import Trace
from simulator.workload.interventions import Do, Intervention
from tests.trace.by_hand import Kind, load_at

ENGINES = pytest.mark.parametrize("engine", ["reference", "kernel"])


def computed(
    quota: float, work_s: float, arrivals: list[float], engine: EngineName = "kernel", *changes: Intervention
) -> Trace:
    """Requests that only compute, each in a thread of its own, in a container."""
    plan = Plan((Handle(),), Cores(ceil(quota), 1.0, 0.0, quota=quota))
    load = replace(load_at(arrivals, 1.0, page=Kind(steps=(("cpu", work_s),))), interventions=changes)
    return run(plan, load, engine=engine, detail=True)


@ENGINES
@pytest.mark.parametrize(
    ("quota", "work_s", "arrivals", "ends"),
    [
        (0.1, 0.01, [0.0], [0.01]),  # all of one period
        (0.1, 0.02, [0.0], [0.11]),  # 10 ms, 90 ms of standing still, 10 ms
        (0.1, 0.02, [0.095], [0.205]),  # 5 ms of one period, 10 of the next, 5 of the next but one
        (0.5, 0.2, [0.0], [0.35]),
        (1.5, 0.2, [0.0, 0.0], [0.25, 0.25]),  # two threads use 150 ms in 75 ms
        (0.5, 0.03, [0.0, 0.0], [0.11, 0.11]),
        (2.0, 0.2, [0.0, 0.0], [0.2, 0.2]),
    ],
)
def test_who_has_used_up_the_quota_goes_on_in_the_next_period(
    engine: EngineName, quota: float, work_s: float, arrivals: list[float], ends: list[float]
) -> None:
    assert computed(quota, work_s, arrivals, engine).finished.tolist() == pytest.approx(ends)


@ENGINES
def test_what_one_period_leaves_the_next_one_does_not_have(engine: EngineName) -> None:
    assert computed(0.5, 0.06, [0.3], engine).finished[0] == pytest.approx(0.41)


@ENGINES
@pytest.mark.parametrize(
    ("cores", "quota", "end"),
    [
        (1, 0.8, 0.23),  # 50 ms; 30 from 70 to 100; 80 of the next period; the last 30
        (1, 0.2, 0.4 + 0.01),  # 50 ms; 20 from 70 to 90; 20 in each of the next three; the last 10
        (2, 0.0, 0.21),  # 50 ms, and from 70 on nobody is in the way
    ],
)
def test_a_quota_that_the_timeline_changes_is_there_at_once(
    engine: EngineName, cores: int, quota: float, end: float
) -> None:
    change = Intervention(at=0.07, do=Do.CORES, number=cores, quota=quota)
    trace = computed(0.5, 0.19 if quota != 0.2 else 0.14, [0.0], engine, change)
    assert trace.finished.tolist() == pytest.approx([end])


@ENGINES
def test_a_container_is_scaled_down_while_it_runs(engine: EngineName) -> None:
    smaller = Intervention(at=0.2, do=Do.CORES, number=1, quota=0.25)
    trace = computed(2.0, 0.3, [0.0], engine, smaller)
    assert trace.finished.tolist() == pytest.approx([0.2 + 3 * 0.1 + 0.025])  # 25 ms in each of four periods


def test_utilisation_is_that_of_the_quota_of_each_moment() -> None:
    trace = computed(0.5, 0.4, [0.0], "kernel", Intervention(at=0.5, do=Do.CORES, number=1, quota=1.0))
    used = summarise(trace).resources["cores"]
    assert trace.finished[0] == pytest.approx(0.65)  # 50 ms in each of five periods, and then 150 ms
    assert used.utilisation == pytest.approx(1.0)
    assert used.split["computing"] == pytest.approx(0.4 / 0.65)


def test_utilisation_is_that_of_the_quota() -> None:
    trace = computed(0.5, 0.5, [0.0])
    assert summarise(trace).resources["cores"].utilisation == pytest.approx(1.0, abs=0.06)


def test_a_service_of_one_and_a_half_cores_never_gets_more_on_average() -> None:
    trace = computed(1.5, 0.05, np.linspace(0.0, 0.5, 100).tolist())
    assert trace.horizon_s >= 100 * 0.05 / 1.5 - 0.1


def test_the_kernel_has_the_numbers_of_the_plan() -> None:
    plan = (resources.QUOTA_PERIOD_S, resources.QUOTA_CLOSE, resources.QUOTA_SPENT_S)
    assert plan == (numbers.QUOTA_PERIOD_S, numbers.CLOSE, numbers.SPENT_S)
