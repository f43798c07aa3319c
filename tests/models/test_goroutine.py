"""Signatures of goroutines: what a P for each piece of computing, and nothing else, does to those who come together."""

from typing import Any

import numpy as np
import pytest

from simulator.plan import Machine, Outcome, Processors
from simulator.trace.figures import Summary
from simulator.trace.summary import summarise
from simulator.trace.table import Trace
from simulator.workload.draw import draw
from simulator.workload.load import load
from tests.models.serving import latencies, seconds_at, serve
from tests.models.test_computing import FREE
from tests.trace.by_hand import Kind, load_at


def under(name: str, scenario_name: str, keys: dict[str, str] | None = None, **settings: Any) -> Trace:
    scenario = load(scenario_name, [*(keys or {}).items()])
    return serve(name, draw(scenario), scenario.machine, **settings)


def p99_of(summary: Summary, name: str) -> float:
    return summary.classes[name].latency.p99


def test_as_many_goroutines_compute_as_the_machine_has_cores_or_gomaxprocs_says() -> None:
    work = load_at([0.0] * 4, 1.0, page=Kind(steps=(("cpu", 0.005),)))
    assert sorted(latencies(serve("goroutine", work, FREE)).tolist()) == pytest.approx([0.005] * 4)
    two = serve("goroutine", work, FREE, gomaxprocs=2)
    assert sorted(latencies(two).tolist()) == pytest.approx([0.005, 0.005, 0.01, 0.01])


def test_whoever_waits_holds_no_p() -> None:
    work = load_at([0.0] * 500, 1.0, page=Kind(steps=(("io", 0.1),)))
    assert latencies(serve("goroutine", work, FREE, gomaxprocs=1)) == pytest.approx(np.full(500, 0.1))


@pytest.mark.parametrize("kind", ["block", "native"])
def test_calls_into_the_kernel_and_into_c_give_the_p_away(kind: str) -> None:
    work = load_at([0.0] * 3, 1.0, page=Kind(steps=((kind, 0.1),)))
    assert latencies(serve("goroutine", work, FREE, gomaxprocs=1)) == pytest.approx(np.full(3, 0.1))


def test_a_long_computation_makes_room_after_20_ms_where_a_loop_is_blocked_to_its_end() -> None:
    work = load_at([0.0, 0.001], 1.0, report=Kind(steps=(("cpu", 0.2),)), page=Kind(steps=(("cpu", 0.001),), every=2))
    trace = serve("goroutine", work, FREE, gomaxprocs=1)
    assert seconds_at(trace, "wait backlog")[1] == pytest.approx(0.019)  # for the acceptor, which needs a P too
    assert latencies(trace, "page") == pytest.approx([0.04], abs=1e-6)
    assert latencies(serve("coroutine", work, FREE), "page") == pytest.approx([0.2], abs=1e-3)


def test_it_wins_where_requests_compute_beside_others() -> None:
    mine, loop = (summarise(under(name, "mixed")) for name in ("goroutine", "coroutine"))
    threads = summarise(under("threaded", "mixed", threads=16))
    assert mine.resources["P"].utilisation < 0.8
    assert p99_of(mine, "page") < 0.25
    assert p99_of(loop, "page") > 4 * p99_of(mine, "page")
    assert p99_of(threads, "page") > 1.2 * p99_of(mine, "page")


def test_it_wins_where_requests_wait_and_nobody_counted_threads() -> None:
    mine = summarise(under("goroutine", "io-heavy"))
    assert mine.resources["P"].utilisation < 0.2
    assert mine.where_time_goes.get("waiting for a P", 0.0) < 1e-3


def test_it_computes_no_faster_than_processes_on_the_same_cores() -> None:
    go = {"machine.request_cost": "139 us", "machine.response_cost": "82 us", "machine.accept_cost": "19 us"}
    mine = summarise(under("goroutine", "cpu-heavy", go))
    workers = summarise(under("prefork", "cpu-heavy", go, workers=4))
    assert mine.latency.p50 == pytest.approx(workers.latency.p50, rel=0.05)
    assert mine.resources["cores"].utilisation < 0.8


def test_it_loses_more_visitors_of_a_spike_than_workers_that_finish_whom_they_have() -> None:
    keys = {"arrivals.peak": "400"}
    mine, workers = under("goroutine", "spike", keys), under("prefork", "spike", keys, workers=16)
    lost = [int(np.count_nonzero(trace.outcome == Outcome.GAVE_UP)) for trace in (mine, workers)]
    assert lost[0] > 1.1 * lost[1] > 100


def test_a_containers_quota_is_not_known_to_it_and_throttles_all_ps_together() -> None:
    trace = under("goroutine", "cpu-heavy", {"machine.cores": "1.5", "arrivals.rate": "35", "duration": "20 s"})
    (lock,) = trace.plan.locks
    assert isinstance(lock, Processors)
    assert lock.permits == 2
    assert summarise(trace).where_time_goes["throttled"] > 0.0


def test_a_slice_is_go_s_and_not_the_switch_interval_of_python() -> None:
    slow = Machine(cores=1, gil_switch_interval_s=1.0)
    work = load_at([0.0, 0.0], 1.0, page=Kind(steps=(("cpu", 0.1),)))
    assert latencies(serve("goroutine", work, slow)).max() < 0.25
