"""What must happen to a trace when a plan or its requests are changed in a way that is understood.

No figure is known beforehand here, only how two runs compare: classes under other numbers or names change nothing; with
every time twice as long, everything takes twice as long, to the last bit; one more worker makes nobody wait longer.
"""

from dataclasses import replace
from math import inf

import numpy as np
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from simulator.experiments.run import EngineName
from simulator.plan import (
    Accept,
    Backlog,
    Connect,
    Cores,
    Gil,
    Handle,
    HandshakeTimers,
    Outcome,
    Plan,
    Pool,
    Receive,
    Release,
    Seize,
    Send,
    Step,
)
from simulator.trace.table import Trace
from simulator.workload.draw import draw
from simulator.workload.table import Work, Workload
from tests.engine.comparison import EQUAL_S, run_on
from tests.engine.deployments import Deployment, cut_short, deployments
from tests.engine.strategies import BUFFER, YES_OR_NO, Pick, accepting_plan, plans, seeded_plan
from tests.engine.strategies_load import seeded_workload, workloads
from tests.engine.transformations import (
    QUICK,
    changed,
    relabelled,
    renumbered,
    scaled,
    scaled_workload,
    split,
    with_timers,
    without_quota,
)

SEEDS = st.integers(0, 2**32)
ENGINES = st.sampled_from(("kernel", "kernel", "kernel", "reference"))
FACTORS = st.sampled_from((2.0**-20, 0.5, 2.0, 1024.0))
"""Powers of two: a multiplication by one rounds nothing."""
TIMERS = st.sampled_from((HandshakeTimers(), QUICK))


@st.composite
def accepting_plans(choose: st.DrawFn) -> Plan:
    """Somebody accepts from a backlog, which may be short."""
    return accepting_plan(lambda options: choose(st.sampled_from(options)))


few = settings(max_examples=75, derandomize=True, suppress_health_check=list(HealthCheck))
many = settings(few, max_examples=1500)

# --- other numbers and names ----------------------------------------------------------------------------------------


@few
@given(plan=plans(), workload=workloads(), seed=SEEDS, engine=ENGINES)
def test_classes_and_clients_under_other_numbers_change_nothing(
    plan: Plan, workload: Workload, seed: int, engine: EngineName
) -> None:
    other_names_change_nothing(engine, plan, workload, seed)


@pytest.mark.slow
@many
@given(seed=SEEDS)
def test_classes_and_clients_under_other_numbers_change_nothing_in_many_more(seed: int) -> None:
    other_names_change_nothing("kernel", seeded_plan(seed), seeded_workload(seed), seed)


def other_names_change_nothing(engine: EngineName, plan: Plan, workload: Workload, seed: int) -> None:
    random = np.random.default_rng(seed)
    before = run_on(engine, plan, workload)
    assert changed(before, run_on(engine, plan, relabelled(workload, random))) == []
    assert changed(before, run_on(engine, plan, split(workload, random))) == []


@few
@given(plan=plans() | accepting_plans(), seed=SEEDS, engine=ENGINES)
def test_the_clients_of_a_closed_loop_under_other_numbers_change_nothing(
    plan: Plan, seed: int, engine: EngineName
) -> None:
    """They begin one after the other, so that no tie is broken by their numbers."""
    random = np.random.default_rng(seed)
    load = in_closed_loop(seeded_workload(seed, rows=60), random)
    before, after = (run_on(engine, plan, each) for each in (load, renumbered(load, random)))
    if before is not None and after is not None:
        before, after = by_coin(before), by_coin(after)
    assert changed(before, after) == []


def in_closed_loop(load: Workload, random: np.random.Generator) -> Workload:
    """The requests, sent by six clients; nobody is killed, for the requests of a process die in order of their rows."""
    think = random.choice((0.25, 0.5, 1.0), len(load))
    think[:6] = random.permutation(6) / 8 + 1 / 16
    load.rtt[:] = random.choice((0.0, 0.3), len(load))
    arrival = np.full(len(load), np.nan)
    loop = replace(load, arrival=arrival, clients_in_loop=6, think=think, duration=3.0, interventions=())
    return replace(loop, limit=0, starts=None)  # every client has requests of its own


def by_coin(trace: Trace) -> Trace:
    """In the order of a number that every request keeps, and without grants, which go by the rows."""
    order = np.argsort(trace.workload.coin)
    return replace(trace, workload=trace.workload.take(order), grants=None, **trace.rows(order))


# --- other units of time --------------------------------------------------------------------------------------------


@few
@given(plan=plans(), workload=workloads(), factor=FACTORS, engine=ENGINES)
def test_with_every_time_scaled_everything_takes_so_many_times_as_long(
    plan: Plan, workload: Workload, factor: float, engine: EngineName
) -> None:
    only_the_unit_changes(engine, plan, workload, factor)


@few
@given(plan=accepting_plans(), seed=SEEDS, factor=FACTORS, timers=TIMERS, engine=ENGINES)
def test_handshakes_that_are_repeated_scale_too(
    plan: Plan, seed: int, factor: float, timers: HandshakeTimers, engine: EngineName
) -> None:
    """The server is so slow that many find the backlog full, and some of them are forgotten."""
    load, random = seeded_workload(seed, rows=60), np.random.default_rng(seed)
    load.rtt[:] = random.choice((0.04, 0.3, 1.0), len(load))
    load.phases[:] *= random.choice((1.0, 8.0, 64.0))
    load.patience[:] = random.choice((3.0, inf, inf))
    trace = only_the_unit_changes(engine, with_timers(plan, timers), load, factor)
    event(f"data were repeated: {trace is not None and bool(trace.data_retries.any())}")
    event(f"a server forgot somebody: {trace is not None and bool((trace.outcome == Outcome.BROKEN).any())}")


@pytest.mark.slow
@many
@given(seed=SEEDS, factor=FACTORS, timers=TIMERS)
def test_with_every_time_scaled_everything_takes_so_many_times_as_long_in_many_more(
    seed: int, factor: float, timers: HandshakeTimers
) -> None:
    only_the_unit_changes("kernel", with_timers(seeded_plan(seed), timers), seeded_workload(seed, rows=60), factor)


@pytest.mark.parametrize("load_name", ["slow-clients", "crash", "cpu-heavy"])
@pytest.mark.parametrize("deployment", list(deployments()), ids=str)
def test_every_server_takes_so_many_times_as_long_under_a_shipped_load(deployment: Deployment, load_name: str) -> None:
    scenario = cut_short(load_name, "10 s")
    trace = only_the_unit_changes("kernel", deployment.plan(scenario.machine), draw(scenario), 0.125)
    assert trace is not None


def only_the_unit_changes(engine: EngineName, plan: Plan, workload: Workload, factor: float) -> Trace | None:
    plan, workload = without_quota(plan, workload)
    before = run_on(engine, plan, workload)
    after = run_on(engine, scaled(plan, factor), scaled_workload(workload, factor))
    assert changed(before, after, factor) == []
    return before


def test_a_time_that_does_not_scale_is_found() -> None:
    plan = Plan((Handle(Gil("GIL")),), Cores(2))
    load = open_loop(seeded_workload(3), Work.CPU)
    before, after = run_on("kernel", plan, load), run_on("kernel", plan, scaled_workload(load, 2.0))
    assert changed(before, after, 2.0) != []


# --- more servers ---------------------------------------------------------------------------------------------------


@few
@given(data=st.data(), seed=SEEDS, workers=st.integers(1, 5), engine=ENGINES)
def test_one_more_worker_lets_nobody_wait_longer(
    data: st.DataObject, seed: int, workers: int, engine: EngineName
) -> None:
    """One queue, first come first served: Kiefer and Wolfowitz's vector of work is nowhere larger.

    It holds for every single request, as long as who begins later does not end sooner: there is no shared processor,
    no closed loop, nobody leaves the queue, and no I/O becomes faster meanwhile.
    """
    one = waiting_plan(lambda options: data.draw(st.sampled_from(options)))
    load = open_loop(seeded_workload(seed, rows=80), Work.IO)
    taken = next(i for i, step in enumerate(one.steps) if isinstance(step, Accept | Seize))
    fewer, more = (run_on(engine, of_size(one, size), load) for size in (workers, workers + 1))
    assert fewer is not None
    assert more is not None
    waits, shorter = (trace.reached[:, taken + 1] - trace.reached[:, taken] for trace in (fewer, more))
    event(f"somebody waited less: {bool((shorter < waits - EQUAL_S).any())}")
    assert (shorter <= waits + EQUAL_S).all()
    assert (more.left <= fewer.left + EQUAL_S).all()
    assert shorter.mean() <= waits.mean() + EQUAL_S


def waiting_plan(pick: Pick) -> Plan:
    """One worker, taken from a backlog that is never full or from a queue; it only waits, for I/O or for the client."""
    worker, backlog = Pool("worker", 1), Backlog("backlog", 10**6)
    before: tuple[Step, ...] = pick(((Seize(worker),), (Receive(),), (Connect(backlog), Accept(backlog, worker))))
    first = before if not isinstance(before[0], Receive) else (*before, Seize(worker))
    held = [Handle(), *pick(((), (Receive(buffer_bytes=pick(BUFFER)),), (Send(buffer_bytes=pick(BUFFER)),)))]
    return Plan((*first, *(held if pick(YES_OR_NO) else held[::-1]), Release(worker)), Cores(1))


def of_size(plan: Plan, workers: int) -> Plan:
    """The plan with so many workers."""
    (one,) = plan.pools
    more = replace(one, size=workers)
    steps = (replace(s, pool=more) if isinstance(s, Accept | Seize | Release) else s for s in plan.steps)
    return replace(plan, steps=tuple(steps))


@few
@given(seed=SEEDS, cores=st.integers(1, 4), engine=ENGINES)
def test_one_more_core_lets_nobody_compute_longer(seed: int, cores: int, engine: EngineName) -> None:
    """Nothing but computing: at any moment, everybody has at most as much left to do, and a larger share of a core.

    It would not hold with waiting in between: who comes back sooner is in the way of somebody else.
    """
    few_cores = Cores(cores, *((1.0, 0.0), (1.0, 1.0), (0.003, 0.0001))[seed % 3])
    load = open_loop(seeded_workload(seed, rows=80), Work.CPU)
    plan = Plan((Handle(),), few_cores)
    fewer, more = (
        run_on(engine, plan, load),
        run_on(engine, replace(plan, cores=replace(few_cores, count=cores + 1)), load),
    )
    assert fewer is not None
    assert more is not None
    event(f"somebody was done sooner: {bool((more.left < fewer.left - EQUAL_S).any())}")
    assert (more.left <= fewer.left + EQUAL_S).all()


def open_loop(load: Workload, work: Work) -> Workload:
    """The requests, in an open loop, with work of one kind only, from patient clients, and nobody intervenes."""
    kinds = np.where(load.phase_kinds == Work.NONE, Work.NONE, work).astype(np.int8)
    arrival = load.arrival if load.think is None else np.sort(load.think)
    patience = np.full(len(load), inf)
    return replace(
        load,
        phase_kinds=kinds,
        arrival=arrival,
        patience=patience,
        clients_in_loop=0,
        limit=0,
        starts=None,
        think=None,
        interventions=(),
    )
