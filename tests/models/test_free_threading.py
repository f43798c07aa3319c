"""Signatures: threads of a build without a GIL compute side by side, each a little slower.

The price is 8 % of single-threaded time (the howto on free threading, 3.14, x86-64).
"""

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from simulator.experiments.catalogue import catalogue
from simulator.experiments.run import EngineName, run
from simulator.plan import Cores, Handle, Loop, Machine, Plan
from simulator.plan.blocks import PlanError
from simulator.trace.summary import summarise
from simulator.workload.draw import draw
from simulator.workload.load import load
from tests.engine.comparison import differences
from tests.models.serving import latencies, serve
from tests.models.test_computing import FREE
from tests.plan.playing import ENGINES, play
from tests.trace.by_hand import Kind, load_at

ACCEPTS = pytest.mark.parametrize("accept", ["idle", "eager", "buffered"])
COMPUTES = Kind(steps=(("cpu", 0.1),))


def of_two(kind: str, accept: str, **settings: Any) -> list[float]:
    """When each of two requests that come at once is through, with cores to spare."""
    work = load_at([0.0, 0.0], 1.0, page=Kind(steps=((kind, 0.1),)))
    return sorted(latencies(serve("threaded", work, FREE, threads=2, accept=accept, **settings)).tolist())


@ACCEPTS
def test_without_a_gil_two_threads_compute_at_once_and_each_eight_percent_longer(accept: str) -> None:
    assert of_two("cpu", accept, free_threaded=True) == pytest.approx([0.108, 0.108], abs=1e-3)
    assert of_two("cpu", accept)[1] == pytest.approx(0.2, abs=1e-3)


def test_native_code_and_waiting_take_as_long_as_ever() -> None:
    for kind in ("native", "io", "block"):
        assert of_two(kind, "idle", free_threaded=True) == pytest.approx([0.1, 0.1], abs=1e-4)


def test_what_python_itself_computes_for_a_request_takes_longer_too() -> None:
    machine = Machine(free_threading_cost=0.5)
    assert machine.without_gil.request_cost_s == pytest.approx(1.5 * machine.request_cost_s)
    assert machine.without_gil.switch_cost_s == machine.switch_cost_s
    assert machine.without_gil.accept_releases == 0


def p95(cores: int, rate: str, **settings: Any) -> tuple[float, float]:
    """Of the computing load; and how busy the cores were."""
    keys = [("machine.cores", str(cores)), ("arrivals.rate", rate), ("duration", "30 s")]
    scenario = load("cpu-heavy", keys)
    trace = serve("threaded", draw(scenario), scenario.machine, threads=8, **settings)
    found = summarise(trace)
    return found.latency.p95, found.resources["cores"].utilisation


def test_it_wins_on_four_cores() -> None:
    without, busy = p95(4, "60", free_threaded=True)
    assert busy < 0.8
    assert without < 0.25 < 5.0 < p95(4, "60")[0]


def test_it_loses_on_one_core() -> None:
    (without, _), (with_gil, busy) = p95(1, "18", free_threaded=True), p95(1, "18")
    assert busy < 0.8
    assert without > 1.05 * with_gil


@pytest.mark.parametrize("engine", ENGINES)
def test_a_factor_is_of_computing_alone_under_a_lock_or_not(engine: EngineName) -> None:
    work = load_at([0.0, 0.0], 1.0, page=Kind(steps=(("cpu", 0.1), ("io", 0.1), ("native", 0.1))))
    free = Plan((Handle(cpu_factor=1.5),), Cores(2))
    assert play(engine, free, work).finished.tolist() == pytest.approx([0.35, 0.35])
    loop = replace(free, steps=(Handle(Loop("loop"), cpu_factor=1.5),))
    assert play(engine, loop, work).finished.tolist() == pytest.approx([0.4, 0.5])


def test_a_factor_of_nothing_is_refused() -> None:
    with pytest.raises(PlanError, match="expected a factor above 0"):
        Plan((Handle(cpu_factor=0.0),), Cores(1))


@ACCEPTS
def test_a_run_without_a_gil_has_nobody_wait_for_one(accept: str) -> None:
    scenario = load("mixed", [("duration", "20 s")])
    trace = serve("threaded", draw(scenario), scenario.machine, free_threaded=True, accept=accept)
    assert "waiting for the GIL" not in {k for k, v in summarise(trace).where_time_goes.items() if v > 0.0}


def test_engines_agree_on_it() -> None:
    scenario, model = load("mixed", [("duration", "6 s")]), catalogue()["threaded"]
    plan, work = model.plan(model.config(free_threaded=True, accept="buffered"), scenario.machine), draw(scenario)
    assert differences(*(run(plan, work, engine=engine) for engine in ENGINES)) == []


def test_helper_threads_compute_beside_each_other_and_beside_the_loop() -> None:
    work = load_at([0.0, 0.0], 1.0, page=COMPUTES)
    free = serve("offloading", work, FREE, hand_over="computing", free_threaded=True)
    assert latencies(free) == pytest.approx([0.108, 0.108], abs=1e-3)
    shared = serve("offloading", work, FREE, hand_over="computing")
    assert latencies(shared).max() == pytest.approx(0.2, abs=2e-3)


@pytest.mark.skipif(not getattr(sys, "_is_gil_enabled", lambda: True)(), reason="this Python has no GIL")
def test_a_real_server_is_not_started_without_a_gil_by_a_python_that_has_one() -> None:
    command = [sys.executable, "-m", "models.threaded.server", "--free-threaded"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("--free-threaded: this Python has a GIL; start the server with one that has none")
