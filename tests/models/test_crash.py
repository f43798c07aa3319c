"""Signatures: what a crash costs. A forked worker one request, a process of threads or a loop all that it holds."""

import numpy as np
import pytest

from simulator.experiments.run import run
from simulator.plan import Machine, Outcome
from simulator.trace.availability import interventions, lost
from simulator.trace.checks import check
from simulator.trace.summary import summarise
from simulator.trace.table import Trace
from simulator.workload.draw import draw
from simulator.workload.interventions import Do
from simulator.workload.load import load
from simulator.workload.table import Workload
from tests.models.serving import serve

DEAD_S = 2.0


@pytest.fixture(scope="module")
def crash() -> Workload:
    return draw(load("crash"))


def taken_along(trace: Trace) -> int:
    (kill,) = interventions(trace, Do.KILL)
    rows = lost(trace, kill)
    assert np.isin(trace.outcome[rows], (Outcome.CRASHED, Outcome.BAD_GATEWAY)).all()
    assert check(trace) == []
    return len(rows)


def in_hand(trace: Trace) -> int:
    """Requests that were inside the server, and not in its backlog, just before the crash."""
    (kill,) = interventions(trace, Do.KILL)
    column = next(i for i, place in enumerate(trace.places) if place.name.startswith(("accept", "seize")))
    return int(((trace.reached[:, column + 1] < kill.at) & (trace.left >= kill.at)).sum())


@pytest.mark.parametrize("workers", [3, 4])
def test_a_crashed_worker_takes_one_request_along(crash: Workload, workers: int) -> None:
    trace = serve("prefork", crash, workers=workers)
    assert taken_along(trace) == 1
    assert in_hand(trace) == workers


def test_crashed_threads_take_each_other_along(crash: Workload) -> None:
    trace = serve("threaded", crash, threads=4)
    assert taken_along(trace) == in_hand(trace) == 4


@pytest.mark.parametrize("name", ["callback", "coroutine"])
def test_a_crashed_event_loop_takes_everything_along(crash: Workload, name: str) -> None:
    trace = serve(name, crash)
    assert taken_along(trace) == in_hand(trace) > 3


@pytest.mark.parametrize("name", ["threaded", "callback", "coroutine"])
def test_who_comes_while_the_only_process_is_down_waits_for_its_successor(crash: Workload, name: str) -> None:
    trace = serve(name, crash)
    (kill,) = interventions(trace, Do.KILL)
    came = (trace.arrival >= kill.at) & (trace.arrival < kill.until)
    assert 70 < came.sum() < 130
    assert trace.finished[came].min() > kill.until
    assert (trace.outcome[came] == Outcome.COMPLETED).all()


@pytest.mark.parametrize("name", ["callback", "coroutine", "threaded"])
def test_a_second_process_makes_a_crash_unnoticeable_for_those_who_come(crash: Workload, name: str) -> None:
    worst = {processes: summarise(serve(name, crash, processes=processes)).latency.max for processes in (1, 2)}
    assert worst[1] > DEAD_S
    assert worst[2] < 0.75


def test_nginx_answers_for_the_dead_server_and_loses_no_connection(crash: Workload) -> None:
    bare, behind = serve("coroutine", crash), serve("coroutine", crash, nginx={})
    assert taken_along(behind) == taken_along(bare)
    assert summarise(bare).failed == {"lost in a crash": taken_along(bare)}
    assert summarise(behind).failed == {"bad gateway": taken_along(bare)}


def test_a_dead_process_is_down_and_neither_idle_nor_in_use(crash: Workload) -> None:
    loop = summarise(serve("coroutine", crash)).resources["event loop"]
    worker = summarise(serve("prefork", crash)).resources["worker"]
    assert loop.split["down"] == pytest.approx(DEAD_S / 55.0)
    assert worker.split["down"] == pytest.approx(DEAD_S / 55.0 / 4)
    assert worker.utilisation * (1 - worker.split["down"]) == pytest.approx(
        1 - worker.split["idle"] - worker.split["down"]
    )


def test_the_diagnosis_names_the_crash_its_victims_and_who_had_to_wait(crash: Workload) -> None:
    (alone,) = summarise(serve("coroutine", crash)).diagnosis
    (forked,) = summarise(serve("prefork", crash)).diagnosis
    assert alone.startswith("Process 0 died at 20 s; 5 requests were lost with it. It was the only one")
    assert forked == "Process 0 died at 20 s; 1 request was lost with it. The other 3 went on."


def test_the_diagnosis_says_when_the_timeline_names_what_the_server_does_not_have() -> None:
    requests = draw(load("crash", [("timeline.0.process", "4")]))
    assert any(
        "kills process 4, and this server has 4" in said for said in summarise(serve("prefork", requests)).diagnosis
    )


def test_without_its_timeline_the_same_requests_come_and_nobody_is_lost(crash: Workload) -> None:
    calm = draw(load("crash", [("timeline", "[]")]))
    assert np.array_equal(calm.arrival, crash.arrival)
    assert np.array_equal(calm.phases, crash.phases)
    assert summarise(serve("coroutine", calm, Machine(cores=2))).failed == {}
    assert calm.interventions == ()


def test_a_resized_pool_counts_as_down_what_it_does_not_have() -> None:
    requests = draw(load("steady", [("timeline", '[{at = "32.5 s", do = "resize", size = 8}]')]))
    summary = summarise(serve("prefork", requests, workers=4))
    assert summary.resources["worker"].size == 8
    assert summary.resources["worker"].split["down"] == pytest.approx(0.25)  # half of them for half of the window


def test_fewer_cores_are_used_more() -> None:
    requests = draw(load("cpu-heavy", [("timeline", '[{at = "30 s", do = "resize", cores = 1}]')]))
    plain = draw(load("cpu-heavy"))
    trace, other = serve("prefork", requests), serve("prefork", plain)
    assert check(trace) == []
    assert summarise(trace).resources["cores"].utilisation > 1.2 * summarise(other).resources["cores"].utilisation


def test_a_run_with_a_timeline_is_the_same_on_both_engines(crash: Workload) -> None:
    trace = serve("threaded", crash, accept="eager", processes=2)
    again = run(trace.plan, trace.workload, engine="reference")
    assert np.array_equal(trace.outcome, again.outcome)
    assert np.array_equal(trace.finished, again.finished)
