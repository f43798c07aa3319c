"""Signatures of Node: a loop that hands files and hashes to four threads, and a primary that deals out connections."""

from typing import Any

import numpy as np
import pytest

from simulator.experiments.catalogue import catalogue
from simulator.plan import Machine
from simulator.plan.processes import main_pool
from simulator.trace.summary import summarise
from simulator.trace.table import Trace
from simulator.workload.draw import draw
from simulator.workload.load import load
from tests.models.serving import latencies, seconds_at, serve
from tests.models.test_computing import FREE
from tests.theory.formulas_service import mdc
from tests.trace.by_hand import Kind, load_at, random_load

S = 0.1


def through(kind: str, count: int, machine: Machine = FREE, **settings: Any) -> list[float]:
    """When each of so many requests is through that come at once and have one piece of this kind, of 0.1 s."""
    work = load_at([0.0] * count, 20.0, page=Kind(steps=((kind, S),)))
    return sorted(latencies(serve("node", work, machine, **settings)).tolist())


def shipped(scenario: str, name: str = "node", **settings: Any) -> Trace:
    """A shipped load on one of our servers."""
    return serve(name, draw(load(scenario, [])), Machine(cores=2), **settings)


def p95(trace: Trace, class_name: str) -> float:
    return float(np.quantile(latencies(trace, class_name), 0.95))


def used(trace: Trace, resource: str) -> float:
    return summarise(trace).resources[resource].utilisation


# --- one loop, four threads -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["native", "block"])
def test_four_hashes_or_files_are_done_at_once_and_the_fifth_waits_for_a_thread(kind: str) -> None:
    assert through(kind, 5) == pytest.approx([S, S, S, S, 2 * S], abs=0.001)


def test_as_many_are_done_at_once_as_the_pool_has_threads() -> None:
    assert through("block", 9, pool=8) == pytest.approx([S] * 8 + [2 * S], abs=0.001)


def test_sockets_need_no_thread() -> None:
    assert through("io", 100) == pytest.approx([S] * 100, abs=0.001)


def test_computing_has_no_thread_to_go_to() -> None:
    assert through("cpu", 3) == pytest.approx([S, 2 * S, 3 * S], abs=0.001)


def test_threads_make_no_cores() -> None:
    assert through("native", 4, Machine(cores=2)) == pytest.approx([2 * S] * 4, rel=0.05)


def test_a_short_file_stands_behind_hashes_because_all_threads_are_one_pool() -> None:
    hashes, file = Kind(steps=(("native", S),)), Kind(steps=(("block", 0.001),), every=5)
    trace = serve("node", load_at([0.0, 0.0, 0.0, 0.0, 0.01], 2.0, hash=hashes, file=file), FREE)
    assert latencies(trace, "file") == pytest.approx(S - 0.01 + 0.001, abs=0.001)


def test_while_threads_are_at_work_the_loop_computes_for_others() -> None:
    files, page = Kind(steps=(("block", S),)), Kind(steps=(("cpu", 0.01),), every=5)
    trace = serve("node", load_at([0.0] * 4 + [0.01], 2.0, file=files, page=page), FREE)
    assert latencies(trace, "page") == pytest.approx(0.01, abs=0.001)


@pytest.mark.parametrize("other", ["callback", "coroutine"])
def test_a_loop_without_threads_does_the_same_one_after_the_other(other: str) -> None:
    work = load_at([0.0] * 5, 2.0, page=Kind(steps=(("block", S),)))
    assert latencies(serve(other, work, FREE)).max() == pytest.approx(5 * S, abs=0.001)


def test_waiting_for_a_thread_is_that_of_a_queue_with_four_servers() -> None:
    """M/D/4 at 80 % of its threads."""
    work = random_load(0.8 * 4 / S, 600.0, file=Kind(steps=(("block", S),)))
    waited = seconds_at(serve("node", work, FREE), "seize libuv thread").mean()
    assert waited == pytest.approx(mdc(0.8 * 4, 4)[1].wait * S, rel=0.08)


# --- where it wins, and where it loses --------------------------------------------------------------------------------


def test_passwords_disturb_nobody_where_a_loop_that_hashes_itself_stands_still() -> None:
    ours, theirs = shipped("passwords"), shipped("passwords", "callback")
    assert used(ours, "event loop") < 0.8
    assert used(ours, "cores") < 0.8
    assert p95(ours, "page") < p95(theirs, "page") / 2


def test_slow_clients_hold_no_thread() -> None:
    trace = shipped("slow-clients")
    assert used(trace, "event loop") < 0.8
    assert used(trace, "libuv thread") == 0.0


def test_slow_files_keep_all_four_threads_and_more_threads_cure_it() -> None:
    four, sixteen = shipped("files"), shipped("files", pool=16)
    assert used(four, "cores") < 0.1
    assert used(sixteen, "libuv thread") < 0.8
    assert p95(four, "page") > 5 * p95(sixteen, "page")
    assert seconds_at(sixteen, "seize libuv thread #2").max() < 0.01  # its second piece is the file


def test_a_long_computation_stops_everybody_all_the_same() -> None:
    assert p95(shipped("mixed"), "page") > 1.5 * p95(shipped("mixed", "prefork"), "page")


# --- several processes ------------------------------------------------------------------------------------------------


def served_by(trace: Trace) -> list[int]:
    return [int(number) for number in trace.process[np.argsort(trace.arrival)]]


def test_a_primary_deals_connections_to_its_processes_in_turn() -> None:
    apart = load_at([n * 0.01 for n in range(12)], 2.0, page=Kind(steps=(("io", S),)))
    assert served_by(serve("node", apart, FREE, processes=3)) == [0, 1, 2] * 4


def test_a_process_that_stands_still_gets_one_connection_more_and_no_second_one() -> None:
    long, short = Kind(steps=(("cpu", 1.0),)), Kind(steps=(("cpu", 0.001),))
    work = load_at([0.0, *(n * 0.05 for n in range(1, 12))], 2.0, page=short, report=long)
    work.request_class[1:], work.phases[1:] = 0, 0.001
    trace = serve("node", work, FREE, processes=2)
    busy = served_by(trace)[0]
    assert served_by(trace)[1:].count(busy) == 1
    assert np.count_nonzero(latencies(trace, "page") > 0.1) == 1


def test_each_process_has_threads_of_its_own() -> None:
    assert through("block", 8, processes=2) == pytest.approx([S] * 8, abs=0.005)
    assert used(shipped("files", processes=2), "libuv thread") < 0.8


def test_files_of_a_dead_process_are_lost_with_it() -> None:
    deadly = Kind(steps=(("io", 0.02), ("crash", 0.5)), every=4)
    trace = serve("node", load_at([0.0] * 4, 1.0, file=Kind(steps=(("block", S),)), poison=deadly), FREE)
    assert trace.outcome.tolist() == [trace.outcome[0]] * 4
    assert np.count_nonzero(np.isnan(trace.finished)) == 0
    assert trace.finished.max() == pytest.approx(0.02, abs=0.001)


def test_what_can_be_made_more_of_are_threads_and_not_ways_into_a_process() -> None:
    model = catalogue()["node"]
    for processes in (1, 2):
        pool = main_pool(model.plan(model.config(processes=processes), Machine()))
        assert pool is not None
        assert pool.name == "libuv thread"
