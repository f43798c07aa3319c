"""Unlimited concurrency, and Little's law."""

import pytest

from simulator.experiments.run import EngineName, run
from simulator.plan import Cores, Gil, Handle, Plan, Pool
from simulator.trace.checks import check
from simulator.workload.distribution import Exponential
from tests.theory.formulas_service import poisson_within
from tests.theory.judging import Claim, Length, judge, kernel, reference, slow
from tests.theory.measured import found_at_most, number, sojourn
from tests.theory.systems import (
    ONE_CORE,
    SERVICES,
    Closed,
    Load,
    accepting,
    cpu,
    io,
    poisson,
    private_queues,
    served_by,
    servers,
    shared,
)


@pytest.mark.parametrize(
    ("length", "name"),
    [
        (kernel(25_000), "deterministic"),
        (kernel(25_000), "exponential"),
        (kernel(25_000), "lognormal cv 2"),
        slow(kernel(300_000), "bounded Pareto"),
        slow(reference(), "exponential"),
    ],
    ids=str,
)
def test_waiting_without_a_limit(length: Length, name: str) -> None:
    """M/G/infinity: the number under way is Poisson, for service times of any law."""
    plan = Plan((Handle(),), ONE_CORE)
    shares = [
        Claim(f"finds at most {n}", found_at_most(n), poisson_within(5, n), 0.2 if n == 0 else 0.03) for n in (0, 5, 10)
    ]
    judge(
        length, plan, poisson(5, io(SERVICES[name])), Claim("number", number, 5), Claim("sojourn", sojourn, 1), *shares
    )


SYSTEMS: dict[str, tuple[Plan, Load]] = {
    "one server": (servers(1), poisson(0.8, io())),
    "batches for four servers": (servers(4), poisson(3.2, io(), batch=5)),
    "a limited queue": (servers(1, waiting=4), poisson(1.2, io())),
    "a full backlog": (accepting(4, waiting=16), poisson(4.4, io())),
    "a shared core": (shared(ONE_CORE), poisson(0.8, cpu())),
    "a costly switch": (shared(Cores(2, 0.1, 0.01)), poisson(1.6, cpu())),
    "one GIL": (Plan((Handle(Gil("GIL", switch_interval_s=0.1)),), ONE_CORE), poisson(0.8, cpu())),
    "private queues": (private_queues(4), poisson(3.2, io())),
    "impatient clients": (
        served_by(Pool("server", 4, renege=True)),
        poisson(4.4, io(), patience=Exponential(10.0)),
    ),
    "a closed loop": (servers(2), Closed(clients=50, think=Exponential(5.0), phases=io(Exponential(0.2)), rate=8.9)),
}


@pytest.mark.parametrize("engine", ["kernel", "reference"])
@pytest.mark.parametrize("name", SYSTEMS)
def test_littles_law(engine: EngineName, name: str) -> None:
    """The mean number in the system, and in every queue, is the arrival rate times the mean time spent there."""
    plan, load = SYSTEMS[name]
    trace = run(plan, load.draw(1000, 1), engine=engine, detail=True)
    assert check(trace) == []
