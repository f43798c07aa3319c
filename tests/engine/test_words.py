"""Every engine gives the reference's trace for programs of all words; and what must hold of these whatever they say.

For a longer hunt, with other examples every time: LOOPFORK_HUNT=20000 python -m pytest -m slow tests/engine
"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from simulator.experiments.run import EngineName
from simulator.plan import Outcome, Plan, Pool
from simulator.trace.table import Trace
from simulator.workload.table import Workload
from tests.engine.comparison import differences, run_on
from tests.engine.laws import time_runs_forward
from tests.engine.stays import Floats, first_overlap
from tests.engine.strategies_words import programs, seeded_program, word_workload
from tests.engine.test_agreement import SEEDS, few, many
from tests.plan.playing import ENGINES

other_engines = [engine for engine in ENGINES if engine != "reference"]
itself = pytest.param("reference", marks=pytest.mark.slow)  # the same again: nothing may be left of an earlier run
each_engine = pytest.mark.parametrize("engine", [*other_engines, itself])


def agree(engine: EngineName, plan: Plan, workload: Workload) -> None:
    """The reference agrees with itself where it gives the same trace again."""
    reference, other = run_on("reference", plan, workload), run_on(engine, plan, workload)
    if reference is None or other is None:
        event("there were too few rows")
        assert reference is other
        return
    assert differences(reference, other) == []


@few
@each_engine
@given(plan=programs(), seed=SEEDS)
def test_every_engine_gives_the_trace_of_the_reference(engine: EngineName, plan: Plan, seed: int) -> None:
    agree(engine, plan, word_workload(seed))


@few
@each_engine
@given(seed=SEEDS)
def test_every_engine_gives_the_trace_of_the_reference_for_programs_from_a_seed(engine: EngineName, seed: int) -> None:
    agree(engine, seeded_program(seed), word_workload(seed))


@pytest.mark.slow
@many
@each_engine
@given(seed=SEEDS)
def test_every_engine_gives_the_trace_of_the_reference_for_many_more(engine: EngineName, seed: int) -> None:
    agree(engine, seeded_program(seed), word_workload(seed))
    agree(engine, seeded_program(seed), word_workload(seed + 1, rows=60, reserve=12))


# --- what must hold -------------------------------------------------------------------------------------------------


@few
@given(seed=SEEDS, rows=st.sampled_from((1, 5, 24, 40)))
def test_every_row_ends_once_in_order_of_time_and_follows_one_that_came_before(seed: int, rows: int) -> None:
    trace = run_on("reference", seeded_program(seed), word_workload(seed, rows))
    if trace is None:
        event("there were too few rows")
        return
    assert not np.isnan(trace.left).any()
    assert not np.isnan(trace.finished).any()
    assert (trace.outcome != Outcome.OPEN).all()
    assert list(time_runs_forward(of_clients(trace))) == []
    assert (np.diff(trace.arrival) >= 0).all()
    further = np.flatnonzero(trace.parent >= 0)
    assert (trace.parent[further] < further).all()
    assert (trace.attempt[trace.parent < 0] == 0).all()
    again = further[trace.attempt[further] > 0]
    assert (trace.attempt[again] == trace.attempt[trace.parent[again]] + 1).all()
    retry = trace.plan.retry
    repeated = again[np.isfinite(trace.reached[again][:, main_places(trace)]).any(axis=1)]
    assert not len(repeated) or (retry is not None and trace.attempt[repeated].max() <= len(retry.backoff_s))


@few
@given(seed=SEEDS)
def test_a_slot_is_held_by_one_at_a_time_be_it_a_request_or_a_job(seed: int) -> None:
    trace = run_on("reference", seeded_program(seed), word_workload(seed))
    if trace is None:
        event("there were too few rows")
        return
    for pool, held in holds(trace).items():
        for slot in range(pool.size * pool.processes):
            assert first_overlap(held[held[:, 2] == slot, :2]) is None, f"{pool.name} {slot}"


def of_clients(trace: Trace) -> Trace:
    """Without the jobs, which have no client to wait no longer than its patience."""
    rows = np.flatnonzero(np.isfinite(trace.reached[:, main_places(trace)]).any(axis=1))
    return replace(trace, workload=trace.workload.take(rows), grants=None, **trace.rows(rows))


def main_places(trace: Trace) -> list[int]:
    """Where requests come, and jobs never do."""
    from simulator.plan.processes import own_walks

    return own_walks(trace.plan, trace.workload.phase_count)[0]


def holds(trace: Trace) -> dict[Pool, Floats]:
    """From when to when somebody had which slot; of all pools but those that are freed by clients."""
    found: dict[Pool, list[Floats]] = {pool: [] for pool in trace.plan.pools if not pool.frees_when_client_leaves}
    taking = [(pool, i) for pool in trace.plan.pools for i, place in enumerate(trace.places) if place.takes == pool]
    for column, (pool, taken) in enumerate(taking):
        if pool in found:
            freed = next(i for i in range(taken, len(trace.places)) if trace.places[i].frees == pool)
            following = np.fmin.reduce(trace.reached[:, taken + 1 :], axis=1)
            rows = np.column_stack((following, trace.reached[:, freed], trace.slot[:, column]))
            found[pool].append(rows[trace.slot[:, column] >= 0])
    return {pool: np.concatenate([np.empty((0, 3)), *rows]) for pool, rows in found.items()}
