"""The kernel does what the reference engine says: the same trace for any plan and any workload.

For a longer hunt, with other examples every time: LOOPFORK_HUNT=20000 python -m pytest -m slow tests/engine
"""

import os

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from simulator.experiments.run import EngineName
from simulator.plan import Plan
from simulator.workload.load import shipped
from simulator.workload.table import Workload
from tests.engine.comparison import differences, run_on
from tests.engine.deployments import Deployment, deployments
from tests.engine.strategies import plans, seeded_plan
from tests.engine.strategies_load import seeded_workload, workloads

ENGINES: tuple[EngineName, ...] = ("reference", "kernel")
SEEDS = st.integers(0, 2**64 - 1)
HUNT = os.environ.get("LOOPFORK_HUNT")
# The examples are the same ones every time, so that a change is never blamed for a find that it has nothing to do with.
few = settings(max_examples=100, derandomize=True, suppress_health_check=list(HealthCheck))
many = settings(few, max_examples=int(HUNT or 1500), derandomize=HUNT is None)


def agree(plan: Plan, workload: Workload) -> None:
    reference, kernel = run_on("reference", plan, workload), run_on("kernel", plan, workload)
    if reference is None or kernel is None:
        event("a closed loop ran out of rows")
        assert reference is kernel
        return
    assert differences(reference, kernel) == []


@few
@given(plan=plans(), workload=workloads())
def test_both_engines_give_the_same_trace(plan: Plan, workload: Workload) -> None:
    agree(plan, workload)


@few
@given(seed=SEEDS)
def test_both_engines_give_the_same_trace_for_plans_from_a_seed(seed: int) -> None:
    agree(seeded_plan(seed), seeded_workload(seed))


@pytest.mark.slow
@many
@given(seed=SEEDS)
def test_both_engines_give_the_same_trace_for_many_more(seed: int) -> None:
    agree(seeded_plan(seed), seeded_workload(seed))
    agree(seeded_plan(seed), seeded_workload(seed + 1, rows=100))


@pytest.mark.slow
@pytest.mark.parametrize("load_name", shipped())
@pytest.mark.parametrize("deployment", list(deployments()), ids=str)
def test_both_engines_give_the_same_trace_for_every_server_under_every_shipped_load(
    deployment: Deployment, load_name: str
) -> None:
    reference, kernel = (deployment.run(load_name, "25 s", engine) for engine in ENGINES)
    assert differences(reference, kernel) == []
