"""A column that cannot grow ends the run: there is an error and there are no figures."""

from dataclasses import replace

import numpy as np
import pytest

from simulator.engine.kernel import storage
from simulator.engine.loading import kernel
from simulator.experiments.run import run
from simulator.plan import Compute, Cores, Gil, Handle, Plan
from simulator.workload.table import Work, Workload
from tests.engine.strategies_load import seeded_workload

CORES = Cores(count=2)
CROWD = 200
"""Requests at once; every column has room for 64 entries at first."""
PLANS = {
    "events": Plan((Handle(),), CORES),
    "jobs": Plan((Compute(1.0),), CORES),
    "grants": Plan((Compute(1.0, Gil("gil")),), CORES),
}


def crowd() -> Workload:
    """So many requests at the same moment, all of them waiting for I/O."""
    load = seeded_workload(2, CROWD)
    return replace(
        load,
        arrival=np.zeros(CROWD),
        clients_in_loop=0,
        think=None,
        phase_kinds=np.full_like(load.phase_kinds, Work.IO),
        phases=np.ones_like(load.phases),
        patience=np.full(CROWD, np.inf),
    )


@pytest.fixture(params=[MemoryError("no room"), RuntimeError("anything else")], ids=["memory", "other"])
def failure(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Exception:
    """No column can become longer, for this reason."""
    error: Exception = request.param

    def fail(column: object, parts: int = 1) -> None:
        raise error

    monkeypatch.setattr(kernel() if kernel().COMPILED else storage, "longer", fail)
    return error


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_a_run_that_cannot_grow_ends_with_the_error_and_without_figures(plan: Plan, failure: Exception) -> None:
    with pytest.raises(type(failure), match=str(failure)):
        run(plan, crowd(), detail=True)


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_the_same_run_grows_where_it_can(plan: Plan) -> None:
    assert not np.isnan(run(plan, crowd(), detail=True).finished).any()


def test_a_kernel_that_could_not_grow_never_goes_on(failure: Exception) -> None:
    from simulator.engine.lowering import lower
    from simulator.engine.record import Record

    module, plan, load = kernel(), PLANS["events"], crowd()
    started = module.set_up(lower(plan, load), load, Record.blank(plan, load), False)
    for _ in range(2):
        with pytest.raises(type(failure)):
            module.advance(started, 1_000_000)
