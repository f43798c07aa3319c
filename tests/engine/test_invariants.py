"""Laws of queueing, of slots, locks and cores: on every shipped load with every server, and on generated plans."""

from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from simulator.plan import Plan
from simulator.trace.checks import check
from simulator.trace.table import Trace
from simulator.workload.load import shipped
from simulator.workload.table import Workload
from tests.engine.comparison import run_on
from tests.engine.deployments import Deployment, deployments
from tests.engine.laws import LAWS
from tests.engine.strategies import plans, seeded_plan
from tests.engine.strategies_load import seeded_workload, workloads

some = settings(max_examples=60, derandomize=True, suppress_health_check=list(HealthCheck))


def broken(trace: Trace) -> Mapping[str, list[str]]:
    """What is wrong with a trace, law by law."""
    found = {law.__name__: list(law(trace)) for law in LAWS} | {"simulator.trace.checks": check(trace)}
    return {name: sentences for name, sentences in found.items() if sentences}


@pytest.mark.parametrize("load_name", shipped())
@pytest.mark.parametrize("deployment", list(deployments()), ids=str)
def test_every_law_holds_for_every_server_under_every_shipped_load(deployment: Deployment, load_name: str) -> None:
    trace = deployment.run(load_name)
    assert len(trace) > 100
    assert broken(trace) == {}


@some
@given(plan=plans(), workload=workloads())
def test_every_law_holds_for_generated_plans(plan: Plan, workload: Workload) -> None:
    keeps_every_law(plan, workload)


@pytest.mark.slow
@settings(some, max_examples=2000)
@given(seed=st.integers(0, 2**64 - 1))
def test_every_law_holds_for_many_more_generated_plans(seed: int) -> None:
    keeps_every_law(seeded_plan(seed), seeded_workload(seed))


def keeps_every_law(plan: Plan, workload: Workload) -> None:
    trace = run_on("kernel", plan, workload)
    assume(trace is not None)
    assert trace is not None  # said again for the type checker
    assert broken(trace) == {}
