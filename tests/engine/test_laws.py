"""Each law is broken by a trace that was tampered with: none of them can be kept by accident."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from simulator.experiments.run import run
from simulator.plan import Outcome, Plan
from simulator.trace.table import Trace
from tests.engine import laws
from tests.engine.deployments import deployments

SOUND = {str(deployment): deployment for deployment in deployments()}


@pytest.fixture
def prefork() -> Trace:
    return run_of("prefork", "slow-clients")


@pytest.fixture
def threaded() -> Trace:
    return run_of("threaded eager 2 2", "cpu-heavy")


def run_of(name: str, load_name: str) -> Trace:
    trace = SOUND[name].run(load_name, duration="10 s")
    assert [sentence for law in laws.LAWS for sentence in law(trace)] == []
    return trace


def says(law: Callable[[Trace], Iterator[str]], trace: Trace) -> str:
    return "\n".join(law(trace))


def with_pool(plan: Plan, **changes: Any) -> Plan:
    """The plan with another pool in the place of its only one."""
    return plan.exchanging(plan.pools[0], replace(plan.pools[0], **changes))


def test_a_request_left_open_is_found(prefork: Trace) -> None:
    prefork.outcome[3] = Outcome.OPEN
    assert "requests ended as" in says(laws.every_request_ends_once, prefork)


def test_a_completed_request_that_skipped_a_place_is_found(prefork: Trace) -> None:
    prefork.reached[3, 4] = np.nan
    assert "never came to" in says(laws.every_request_ends_once, prefork)


def test_a_step_back_in_time_is_found(prefork: Trace) -> None:
    prefork.reached[5, 3] = 0.0
    assert "request 5 went back in time" in says(laws.time_runs_forward, prefork)


def test_an_answer_to_a_client_that_had_left_is_found(prefork: Trace) -> None:
    prefork.workload.patience[:] = 0.001
    assert "after it had given up" in says(laws.time_runs_forward, prefork)


def test_a_retry_that_took_no_time_is_found() -> None:
    trace = run_of("dev-server", "slow-clients")
    assert trace.syn_retries.max() >= 2
    trace.syn_retries[:] = 0
    assert "a connect took neither" in says(laws.connecting_costs_what_the_schedules_say, trace)


def test_a_repetition_of_data_that_took_no_time_is_found() -> None:
    trace = run_of("dev-server", "slow-clients")
    assert trace.data_retries.max() >= 2
    trace.data_retries[:] = 0
    assert "a connect took neither" in says(laws.connecting_costs_what_the_schedules_say, trace)


def test_a_slot_given_away_twice_is_found(prefork: Trace) -> None:
    prefork.slot[:] = 0
    assert "worker 0 was held twice" in says(laws.slots_are_held_by_one_at_a_time, prefork)


def test_more_slots_than_there_are_is_found(prefork: Trace) -> None:
    fewer = replace(prefork, plan=with_pool(prefork.plan, size=3))
    assert "4 different workers in a copy of 3" in says(laws.slots_are_held_by_one_at_a_time, fewer)


def test_a_free_slot_beside_a_queue_is_found(prefork: Trace) -> None:
    more = replace(prefork, plan=with_pool(prefork.plan, size=5))
    assert "somebody waited for a worker" in says(laws.no_slot_is_free_while_somebody_waits, more)


def test_jumping_the_queue_is_found(prefork: Trace) -> None:
    last_first = run(with_pool(prefork.plan, order="lifo"), prefork.workload, detail=True)
    assert says(laws.first_come_first_served, last_first) == ""
    pretended = replace(last_first, plan=prefork.plan)
    assert "before one who had come earlier" in says(laws.first_come_first_served, pretended)


def test_a_lock_held_twice_is_found(threaded: Trace) -> None:
    threaded.process[:] = 0
    assert "GIL 0 was held twice" in says(laws.a_lock_is_held_by_one_at_a_time, threaded)


def test_a_free_lock_that_somebody_wants_is_found(threaded: Trace) -> None:
    grants = threaded.grants
    assert grants is not None
    half = grants.take(slice(None, None, 2))
    found = says(laws.a_lock_is_never_free_while_somebody_wants_it, replace(threaded, grants=half))
    assert "was free while somebody wanted it" in found


def test_waiting_that_nobody_did_is_found(threaded: Trace) -> None:
    threaded.lock_wait[4, 1] += 0.001
    found = says(laws.a_stay_under_a_lock_is_waiting_for_it_and_holding_it, threaded)
    assert "request 4 at parse" in found


@pytest.mark.parametrize("count", [1, 3])
def test_cores_that_do_more_or_less_than_they_could_are_found(count: int) -> None:
    trace = run_of("prefork", "cpu-heavy")
    other = replace(trace, plan=replace(trace.plan, cores=replace(trace.plan.cores, count=count)))
    assert "the cores had" in says(laws.every_runnable_thread_gets_its_share_of_the_cores, other)
