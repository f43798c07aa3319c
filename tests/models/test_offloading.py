"""Signatures of a loop with helpers: waiting and native code leave it free, Python under one GIL does not, and whatever
needs a helper waits for one behind all the others.
"""

from typing import Any

import numpy as np
import pytest

from simulator.trace.figures import Summary
from simulator.trace.summary import summarise
from simulator.workload.draw import draw
from simulator.workload.load import load
from tests.models.serving import latencies, serve
from tests.models.test_computing import FREE
from tests.trace.by_hand import Kind, load_at

SIDE_BY_SIDE, IN_TURN = pytest.approx([0.1, 0.1, 0.1], abs=0.003), pytest.approx([0.1, 0.2, 0.3], abs=0.003)


def of_three(kind: str, name: str = "offloading", **settings: Any) -> list[float]:
    """When three requests are through that come at once, each with 0.1 s of this kind of work, on four cores."""
    work = load_at([0.0, 0.0, 0.0], 1.0, page=Kind(steps=((kind, 0.1),)))
    return sorted(latencies(serve(name, work, FREE, **settings)).tolist())


def of_load(name: str, model: str = "offloading", **settings: Any) -> Summary:
    scenario = load(name)
    return summarise(serve(model, draw(scenario), scenario.machine, **settings))


# --- what helps -------------------------------------------------------------------------------------------------------


def test_a_call_that_blocks_waits_in_a_thread_and_the_loop_goes_on() -> None:
    assert of_three("block") == SIDE_BY_SIDE
    assert of_three("block", "coroutine") == IN_TURN


def test_native_code_keeps_the_loop_unless_it_is_handed_over_too() -> None:
    assert of_three("native", hand_over="blocking") == IN_TURN
    assert of_three("native", hand_over="native") == SIDE_BY_SIDE


def test_threads_compute_python_one_at_a_time_and_processes_side_by_side() -> None:
    assert of_three("cpu", hand_over="computing")[2] == pytest.approx(0.3, abs=0.01)
    assert of_three("cpu", hand_over="computing", executor="processes") == SIDE_BY_SIDE


def test_without_a_gil_threads_compute_side_by_side_too_and_each_a_little_longer() -> None:
    assert of_three("cpu", hand_over="computing", free_threaded=True) == pytest.approx([0.108] * 3, abs=0.003)
    assert of_three("cpu", free_threaded=True) == pytest.approx([0.108, 0.216, 0.324], abs=0.003)


def test_two_pieces_of_a_request_need_a_thread_each_and_none_in_between() -> None:
    work = load_at([0.0, 0.05], 1.0, page=Kind(steps=(("block", 0.1), ("io", 0.1), ("block", 0.1))))
    assert latencies(serve("offloading", work, FREE, pool=1)).tolist() == pytest.approx([0.3, 0.35], abs=0.003)
    held = latencies(serve("offloading", work, FREE, pool=1, hand_over="whole"))
    assert held.tolist() == pytest.approx([0.3, 0.55], abs=0.003)


# --- where it wins, and where it loses --------------------------------------------------------------------------------


def test_it_wins_where_asynchronous_code_makes_a_synchronous_call() -> None:
    helped, alone = of_load("blocking-call"), of_load("blocking-call", "coroutine")
    assert helped.latency.p95 < alone.latency.p95 / 3
    assert max(each.utilisation for each in helped.resources.values()) < 0.8


def test_it_wins_where_passwords_are_hashed() -> None:
    helped, alone = of_load("passwords", hand_over="native"), of_load("passwords", "coroutine")
    assert helped.latency.p95 < alone.latency.p95 * 0.6
    assert max(each.utilisation for each in helped.resources.values()) < 0.8


def test_it_loses_where_requests_compute_in_python_and_processes_win() -> None:
    threads = of_load("cpu-heavy", hand_over="computing")
    processes = of_load("cpu-heavy", hand_over="computing", executor="processes", pool=2)
    assert threads.resources["GIL"].utilisation > 0.99
    assert threads.resources["cores"].utilisation < 0.55
    assert processes.latency.p95 < threads.latency.p95 / 10
    assert max(each.utilisation for each in processes.resources.values()) < 0.8


# --- the pool is shared -----------------------------------------------------------------------------------------------


def test_the_41st_call_waits_until_one_of_the_40_is_over() -> None:
    work = load_at([0.0] * 41, 2.0, page=Kind(steps=(("block", 1.0),)))
    times = np.sort(latencies(serve("offloading", work, FREE)))
    assert times[39] == pytest.approx(1.0, abs=0.01)
    assert times[40] == pytest.approx(2.0, abs=0.01)


def test_a_thread_for_each_piece_makes_nobody_wait() -> None:
    work = load_at([0.0] * 200, 2.0, page=Kind(steps=(("block", 1.0),)))
    for hand_over in ("blocking", "whole"):
        assert latencies(serve("offloading", work, FREE, pool=0, hand_over=hand_over)).max() < 1.01


def slowest(name: str, **settings: Any) -> float:
    """Of the requests of one class, when a service gets slow; seconds."""
    scenario = load("health-checks")
    trace = serve("offloading", draw(scenario), scenario.machine, **settings)
    of_class = trace.workload.request_class == trace.workload.class_names.index(name)
    return float(latencies(trace)[of_class].max())


def test_a_health_check_that_needs_a_thread_starves_beside_slow_calls_and_one_that_needs_none_does_not() -> None:
    assert slowest("probe-def") > 5.0
    assert slowest("probe-async") < 0.05
    assert slowest("probe-def", pool=120) < 0.05


def test_where_whole_handlers_are_handed_over_every_health_check_starves() -> None:
    assert min(slowest("probe-def", hand_over="whole"), slowest("probe-async", hand_over="whole")) > 5.0


def test_the_diagnosis_names_the_threads_that_were_taken_and_the_calls_that_took_them() -> None:
    scenario = load("health-checks")
    summary = summarise(serve("offloading", draw(scenario), scenario.machine))
    said = " ".join(str(finding.text) for finding in summary.findings)
    assert "all 40 threads were taken: up to 218 requests waited at once" in said
