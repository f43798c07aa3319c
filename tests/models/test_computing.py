"""Signatures: who waits while somebody computes, under a loop, under the GIL, and beside other processes."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from simulator.plan import Machine
from simulator.trace.table import Trace
from simulator.workload.table import Workload
from tests.engine import laws
from tests.engine.comparison import differences
from tests.engine.stays import how_many
from tests.models.serving import latencies, serve
from tests.trace.by_hand import Kind, load_at, random_load

FREE = Machine(
    cores=4, switch_cost_s=0.0, accept_cost_s=0.0, request_cost_s=0.0, response_cost_s=0.0, hand_over_cost_s=0.0,
    loop_turn_cost_s=0.0, task_switch_cost_s=0.0, proxy_cost_s=0.0,
)  # fmt: skip
"""Four cores and no fixed costs, so that sums come out round."""


def a_report_then_pages() -> Workload:
    """200 ms of computing at 0 s; every 10 ms from then on a page that needs 1 ms."""
    moments = np.arange(0.0, 0.2, 0.01).tolist()
    load = load_at(moments, 1.0, report=Kind(steps=(("cpu", 0.2),)), page=Kind(steps=(("cpu", 0.001),)))
    load.request_class[0], load.client[0], load.phases[0, 0] = 0, 0, 0.2
    return load


@pytest.mark.parametrize("name", ["callback", "coroutine"])
def test_a_computation_of_200_ms_stalls_a_loop_until_its_end(name: str) -> None:
    trace = serve(name, a_report_then_pages())
    assert trace.finished[1:].min() > trace.finished[0] > 0.2


def test_a_computation_of_200_ms_stops_only_one_prefork_worker() -> None:
    assert latencies(serve("prefork", a_report_then_pages(), workers=4), "page").max() < 0.01


def test_a_loop_that_computes_accepts_nothing_so_a_second_one_takes_all_the_pages() -> None:
    trace = serve("coroutine", a_report_then_pages(), processes=2)
    assert set(trace.process[1:].tolist()) == {1 - trace.process[0]}
    assert latencies(trace, "page").max() < 0.01


def eight_computations() -> Workload:
    return load_at([0.0] * 8, 1.0, page=Kind(steps=(("cpu", 0.1),)))


def test_threads_do_not_speed_up_computing_under_the_gil() -> None:
    one = serve("threaded", eight_computations(), FREE, processes=1, threads=1)
    many = serve("threaded", eight_computations(), FREE, processes=1, threads=8)
    assert one.finished.max() == pytest.approx(0.8)
    assert many.finished.max() == pytest.approx(0.8)


def test_processes_do_speed_up_computing() -> None:
    processes = serve("threaded", eight_computations(), FREE, processes=4, threads=2)
    workers = serve("prefork", eight_computations(), FREE, workers=4)
    assert processes.finished.max() == pytest.approx(0.2)
    assert workers.finished.max() == pytest.approx(0.2)


def test_threads_do_speed_up_waiting() -> None:
    load = load_at([0.0] * 8, 1.0, page=Kind(steps=(("io", 0.1),)))
    assert serve("threaded", load, FREE, threads=1).finished.max() == pytest.approx(0.8)
    assert serve("threaded", load, FREE, threads=8).finished.max() == pytest.approx(0.1)


def test_beside_a_thread_that_computes_each_piece_of_io_costs_another_switch_interval() -> None:
    """The convoy: whoever comes back from waiting wants the GIL, and gets it when the hog has had it for 5 ms more."""
    pieces = (("cpu", 1e-4), ("io", 1e-3)) * 4
    load = load_at([0.0, 0.1], 1.0, hog=Kind(steps=(("cpu", 1.0),)), query=Kind(steps=pieces, every=2))
    trace = serve("threaded", load, threads=2)
    places = [trace.places[i].name for i in trace.lock_places]
    waits = {place: wait for place, wait in zip(places, trace.lock_wait[1].tolist(), strict=True) if wait}
    # the first piece of work follows "parse" without I/O in between, so the thread still has the GIL there
    assert list(waits) == ["parse", "handle.3", "handle.5", "handle.7", "respond"]
    assert list(waits.values()) == pytest.approx([0.005] * 5, rel=0.05)
    alone = serve("threaded", load_at([0.1], 1.0, query=Kind(steps=pieces)), threads=2)
    assert latencies(trace, "query")[0] - latencies(alone)[0] == pytest.approx(5 * 0.005, rel=0.05)


def stranded(trace: Trace) -> float:
    """Seconds during which a request waited for a thread while another process had an idle one."""
    copies = [copy for copy in laws.copies(trace) if copy.pool.name == "thread"]
    threads = sum(copy.pool.size for copy in copies)
    waits, holds = (np.concatenate([getattr(copy, what) for copy in copies]) for what in ("waits", "holds"))
    moments = np.unique(np.concatenate((waits, holds)))
    apart = (how_many(waits, moments[:-1]) > 0) & (how_many(holds, moments[:-1]) < threads)
    return float(np.diff(moments)[apart].sum())


def test_eager_accept_strands_requests_behind_a_busy_process_and_idle_accept_does_not() -> None:
    load = random_load(10.0, 60.0, page=Kind(steps=(("io", 0.3),)))
    settings: dict[str, Any] = {"processes": 2, "threads": 2}
    assert stranded(serve("threaded", load, accept="eager", **settings)) > 1.0
    assert stranded(serve("threaded", load, accept="idle", **settings)) == 0.0


def test_callback_and_coroutine_differ_by_the_cost_of_a_task_switch_and_nothing_else() -> None:
    load = random_load(50.0, 10.0, page=Kind(steps=(("cpu", 0.002), ("io", 0.02), ("cpu", 0.001))))
    free = replace(Machine(), task_switch_cost_s=0.0)
    same: dict[str, Any] = {"backlog": 100}
    assert differences(serve("callback", load, free, **same), serve("coroutine", load, free, **same)) == []
    single = load_at([0.0], 1.0, page=Kind(steps=(("cpu", 0.002), ("io", 0.02), ("cpu", 0.001))))
    callback, coroutine = serve("callback", single), serve("coroutine", single)
    turns = 4  # parse, two pieces of computing, and the response
    assert coroutine.finished[0] - callback.finished[0] == pytest.approx(turns * Machine().task_switch_cost_s)
