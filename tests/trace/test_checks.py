"""The checks are silent about sound runs, and each says what is wrong with a broken one."""

from dataclasses import replace
from math import inf

import numpy as np
import pytest

from simulator.plan import (
    Accept,
    AcceptEagerly,
    Backlog,
    Compute,
    Connect,
    Cores,
    Gil,
    Handle,
    Link,
    Loop,
    Outcome,
    Plan,
    Pool,
    Receive,
    Release,
    Seize,
    Send,
)
from simulator.trace.checks import check, check_measured
from simulator.trace.table import Trace
from tests.trace.by_hand import Kind, random_load, simulate

BACKLOG, WORKER = Backlog("backlog", 5), Pool("worker", 3)
PREFORK = Plan(
    (Connect(BACKLOG, retries_s=(1.0, 3.0)), Accept(BACKLOG, WORKER), Receive(), Handle(), Send(), Release(WORKER)),
    Cores(2, switch_cost_s=1e-4),
)
GIL, THREAD = Gil("GIL", 2), Pool("thread", 2, processes=2)
EAGER = Plan(
    (
        Connect(BACKLOG),
        AcceptEagerly(BACKLOG, GIL, work_s=0.002, visits=2),
        Seize(THREAD),
        Handle(GIL),
        Release(THREAD),
    ),
    Cores(1, switch_cost_s=1e-4),
)
LOOP = Loop("event loop", 2)
LOOPS = Plan((Connect(BACKLOG), AcceptEagerly(BACKLOG, LOOP, work_s=0.001, batch=9), Handle(LOOP), Send()), Cores(2))
PORT, CONNECTION = Backlog("port", 50), Pool("connection", 9, queue_limit=0, frees_when_client_leaves=True)
PROXY = Plan(
    (
        *(Connect(PORT), Accept(PORT, CONNECTION), Receive(), Compute(0.0005)),
        *(Connect(BACKLOG, Link.LOCAL, (1.0,), 2.0), Accept(BACKLOG, WORKER), Handle(), Release(WORKER)),
        *(Send(), Release(CONNECTION)),
    ),
    Cores(1),
)
MIXED = {
    "page": Kind(steps=(("cpu", 0.004), ("io", 0.03), ("cpu", 0.001)), upload=2e5, up=2e6),
    "report": Kind(steps=(("cpu", 0.06),), every=9, response=5e5, down=1e6),
}


@pytest.mark.parametrize("plan", [PREFORK, EAGER, LOOPS, PROXY], ids=["prefork", "eager", "loops", "proxy"])
@pytest.mark.parametrize("rate", [15.0, 120.0], ids=["calm", "overloaded"])
def test_a_run_has_nothing_wrong_with_it(plan: Plan, rate: float) -> None:
    trace = simulate(plan, random_load(rate, 5.0, 4.0, 0.02, **MIXED), detail=True)
    assert check(trace) == []


@pytest.fixture
def prefork() -> Trace:
    return simulate(PREFORK, random_load(40.0, 5.0, inf, 0.0, **MIXED))


@pytest.fixture
def eager() -> Trace:
    return simulate(EAGER, random_load(40.0, 5.0, inf, 0.0, **MIXED), detail=True)


def said(trace: Trace) -> str:
    return "\n".join(check(trace))


def test_a_request_without_an_outcome_that_has_ended_is_named(prefork: Trace) -> None:
    prefork.outcome[3] = Outcome.OPEN
    assert "request 3 must have either an outcome and an end, or neither" in said(prefork)


def test_time_running_backwards_is_named(prefork: Trace) -> None:
    prefork.reached[5, 3] = 0.0
    assert "request 5 reached a place before the one in front of it" in said(prefork)


def test_a_slot_held_by_two_is_named(prefork: Trace) -> None:
    prefork.slot[:] = 0
    assert "worker 0 was held by two requests" in said(prefork)


def test_more_slots_than_there_are_is_named(prefork: Trace) -> None:
    plan = prefork.plan.exchanging(prefork.plan.pools[0], Pool("worker", 2))
    assert "3 worker slots were held at once, and there are 2" in said(replace(prefork, plan=plan))


def test_a_backlog_longer_than_its_limit_is_named() -> None:
    trace = simulate(PREFORK, random_load(150.0, 3.0, inf, 0.0, **MIXED))
    trace = replace(trace, plan=PREFORK.exchanging(PREFORK.backlogs[0], Backlog("backlog", 2)))
    assert "the backlog held 6 connections, and has 3 places" in said(trace)


def test_work_that_no_core_had_time_for_is_named(prefork: Trace) -> None:
    assert "s of computing were done while" in said(replace(prefork, plan=replace(PREFORK, cores=Cores(1))))


def test_an_idle_core_beside_a_runnable_thread_is_named() -> None:
    trace = simulate(PREFORK, random_load(80.0, 3.0, page=Kind(steps=(("cpu", 0.03),))))
    assert "s of computing were done while" in said(replace(trace, plan=replace(PREFORK, cores=Cores(8))))


def test_a_wait_for_a_lock_that_was_free_breaks_littles_law(eager: Trace) -> None:
    eager.lock_wait[:] += 0.001
    assert "Little's law: waiting for GIL" in said(eager)


def test_a_lock_held_by_two_is_named(eager: Trace) -> None:
    assert eager.grants is not None
    one_process = replace(eager, process=np.zeros(len(eager), np.int32))
    assert "GIL 0 was held by two requests" in said(one_process)


def test_of_a_measured_run_only_ends_and_order_are_asked(prefork: Trace) -> None:
    prefork.slot[:] = 0
    assert check_measured(prefork) == []
    prefork.reached[5, 3] = 0.0
    prefork.outcome[3] = Outcome.OPEN
    assert len(check_measured(prefork)) == 2


def test_a_client_that_waits_longer_than_it_would_is_named() -> None:
    trace = simulate(PREFORK, random_load(120.0, 5.0, 4.0, 0.02, **MIXED))
    assert "waited longer than its client would" in said(
        replace(trace, workload=replace(trace.workload, patience=trace.workload.patience / 2))
    )


def test_computing_beyond_what_the_cores_have_is_named_though_all_of_them_are_busy() -> None:
    trace = simulate(PREFORK, random_load(150.0, 3.0, page=Kind(steps=(("cpu", 0.05),))))
    more = replace(trace.workload, phases=2 * trace.workload.phases)
    assert "s of computing were done" in said(replace(trace, workload=more))


MONTHS = {
    "waiting": Kind(steps=(("cpu", 0.004), ("io", 1e7), ("cpu", 0.001))),
    "sending": Kind(steps=(("cpu", 0.004),), response=1e14, down=1e6),
}


@pytest.mark.parametrize("kind", MONTHS.values(), ids=MONTHS)
@pytest.mark.parametrize("plan", [PREFORK, EAGER, LOOPS, PROXY], ids=["prefork", "eager", "loops", "proxy"])
def test_a_run_of_months_whose_moments_are_rounded_has_nothing_wrong_with_it(plan: Plan, kind: Kind) -> None:
    trace = simulate(plan, random_load(15.0, 20.0, page=kind), detail=True)
    assert check(trace) == []


def test_a_tenth_of_a_second_that_is_missing_in_a_year_is_named() -> None:
    trace = simulate(PREFORK, random_load(15.0, 20.0, page=MONTHS["waiting"]), detail=True)
    assert trace.horizon_s > 1e7
    computing = [place.name for place in trace.places].index("handle.1")
    trace.reached[:, computing + 1 :] += 0.1
    trace.left[:] += 0.1
    trace.finished[:] += 0.1
    assert "s of computing were done while threads were runnable" in said(trace)


def test_what_is_over_within_ten_days_is_held_to_a_nanosecond() -> None:
    trace = simulate(PREFORK, random_load(15.0, 5.0, 60.0, 0.0, **MIXED))
    assert check(trace) == []
    trace.finished[3] = trace.arrival[3] + 60.0 + 2e-9
    trace.left[3] = 860_000.0
    assert "request 3 waited longer than its client would" in said(trace)
