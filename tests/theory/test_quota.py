"""A container's quota, as cgroups enforce it: so much computing in 100 ms, and then all threads stand still."""

from math import ceil

import numpy as np
import pytest

from simulator.experiments.run import EngineName, run
from simulator.plan import Cores, Handle, Plan
from simulator.trace.summary import summarise
from simulator.trace.table import Trace
from tests.trace.by_hand import Kind, load_at

ENGINES = pytest.mark.parametrize("engine", ["reference", "kernel"])


def computed(quota: float, work_s: float, arrivals: list[float], engine: EngineName = "kernel") -> Trace:
    """Requests that only compute, each in a thread of its own, in a container."""
    plan = Plan((Handle(),), Cores(ceil(quota), 1.0, 0.0, quota=quota))
    return run(plan, load_at(arrivals, 1.0, page=Kind(steps=(("cpu", work_s),))), engine=engine, detail=True)


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


def test_utilisation_is_that_of_the_quota() -> None:
    trace = computed(0.5, 0.5, [0.0])
    assert summarise(trace).resources["cores"].utilisation == pytest.approx(1.0, abs=0.06)


def test_a_service_of_one_and_a_half_cores_never_gets_more_on_average() -> None:
    trace = computed(1.5, 0.05, np.linspace(0.0, 0.5, 100).tolist())
    assert trace.horizon_s >= 100 * 0.05 / 1.5 - 0.1
