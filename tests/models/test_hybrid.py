"""Signatures of several event loops: what decides who gets a connection, and whom a long callback stops."""

from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.experiments.catalogue import catalogue
from simulator.experiments.run import run
from simulator.plan import Machine
from simulator.trace.figures import Summary
from simulator.trace.summary import summarise
from simulator.workload.draw import draw
from simulator.workload.load import load
from simulator.workload.table import Workload
from tests.engine.comparison import differences
from tests.models.serving import latencies, serve
from tests.models.test_computing import FREE
from tests.models.test_sharing import CLIENTS, SERVERS, SERVICE_S, closed
from tests.trace.by_hand import Kind, load_at

LONG, QUICK = Kind(steps=(("cpu", 0.2),), every=20), Kind(steps=(("cpu", 0.002),))
Sharing = Literal["even", "warm", "reuseport"]
SHARINGS: tuple[Sharing, ...] = ("even", "warm", "reuseport")

# --- Cloudflare's measurement: 200 clients without a pause, twelve processes on twelve cores -------------------------

TWELVE = replace(FREE, cores=SERVERS, switch_cost_s=0.0, accept_batch=1)
"""As nginx with ``multi_accept off``, and as uvicorn on uvloop: one connection a turn."""


def milliseconds(sharing: Sharing, **costs: Any) -> NDArray[Any]:
    """Of 200 000 requests, once the queues have found their lengths."""
    trace = serve("hybrid", closed(1000), replace(TWELVE, **costs), processes=SERVERS, sharing=sharing)
    found: NDArray[Any] = latencies(trace)[20_000:] * 1000
    return found


@pytest.mark.parametrize("sharing", ["even", "warm"])
def test_out_of_one_queue_everybody_waits_equally_long(sharing: Sharing) -> None:
    """Measured: mean 30.39 ms, median 30.28, standard deviation 1.58."""
    took = milliseconds(sharing)
    assert took.mean() == pytest.approx(CLIENTS * SERVICE_S * 1000 / SERVERS, rel=0.001)
    assert took.mean() == pytest.approx(30.39, rel=0.001)
    assert np.median(took) == pytest.approx(30.28, rel=0.03)
    assert took.std() < 1.58


def test_hashed_to_queues_of_their_own_the_mean_is_hardly_longer_and_the_spread_is_huge() -> None:
    """Measured: mean 31.37 ms, median 24.67, standard deviation 25.27, longest of 100 000 144.55."""
    took = milliseconds("reuseport")
    assert took.mean() == pytest.approx(31.37, rel=0.01)
    assert 22 < np.median(took) < 25
    assert took.std() == pytest.approx(25.27, rel=0.03)
    assert 120 < took.max() < 170


def test_who_takes_all_that_wait_in_one_turn_makes_queues_of_its_own_out_of_one() -> None:
    """asyncio accepts as many as its backlog: the mean is the same, and the spread no longer."""
    took = milliseconds("even", accept_batch=0)
    assert took.mean() == pytest.approx(30.39, rel=0.001)
    assert took.std() > 10


# --- whom a long callback stops --------------------------------------------------------------------------------------


def beside_a_report(sharing: Sharing) -> NDArray[Any]:
    """How long quick requests take that come while one of four loops computes for a second."""
    random = np.random.default_rng(3)
    arrivals = [0.0, *np.sort(0.1 + 0.8 * random.random(200)).tolist()]
    work = load_at(arrivals, 2.0, page=QUICK)
    work.phases[0] = 1.0
    work.coin[:] = random.random(201)
    return latencies(serve("hybrid", work, replace(FREE, cores=8), processes=4, sharing=sharing))[1:]


def test_a_long_callback_stops_one_of_four_and_out_of_one_queue_nobody_waits_for_it() -> None:
    assert beside_a_report("even").max() < 0.05
    assert beside_a_report("warm").max() < 0.05


def test_hashed_to_the_blocked_one_a_quarter_of_the_clients_waits_beside_three_idle_loops() -> None:
    took = beside_a_report("reuseport")
    assert 0.15 < (took > 0.09).mean() < 0.35
    assert np.sort(took)[len(took) // 2] < 0.05


def test_a_request_stays_in_the_process_that_took_it() -> None:
    """It waits for a database while a report begins in its process, and then for the report, beside idle loops."""
    work = load_at([0.0, 0.01, 0.02], 2.0, page=Kind(steps=(("io", 0.1), ("cpu", 0.001))))
    work = replace(work, phases=np.array([[0.1, 0.001], [0.05, 0.5], [0.05, 0.5]]))
    trace = serve("hybrid", work, FREE, processes=2, sharing="even")
    beside = trace.process[1:] == trace.process[0]
    assert (latencies(trace)[0] > 0.4) == bool(beside.any())


# --- what it is beside others ----------------------------------------------------------------------------------------


def under(scenario: str, name: str, cores: int = 2, **settings: Any) -> Summary:
    return summarise(serve(name, draw(load(scenario)), Machine(cores=cores), **settings))


@pytest.mark.parametrize("sharing", SHARINGS)
@pytest.mark.parametrize("scenario", ["mixed", "crash"])
def test_it_is_the_loop_of_coroutine_several_times_and_nothing_else(scenario: str, sharing: Sharing) -> None:
    work: Workload = draw(load(scenario))
    runs = []
    for name in ("hybrid", "coroutine"):
        model = catalogue()[name]
        runs.append(run(model.plan(model.config(processes=3, sharing=sharing), Machine()), work))
    assert differences(*runs) == []


def test_it_wins_over_one_loop_where_requests_compute() -> None:
    several, one = under("cpu-heavy", "hybrid", processes=2), under("cpu-heavy", "coroutine")
    assert several.resources["event loop"].utilisation < 0.8
    assert several.latency.p95 < one.latency.p95 / 10


def test_it_wins_over_workers_where_requests_wait() -> None:
    loops, workers = under("io-heavy", "hybrid"), under("io-heavy", "prefork")
    assert loops.resources["event loop"].utilisation < 0.8
    assert loops.latency.p50 < workers.latency.p50 / 10


def test_with_sockets_of_their_own_it_loses_to_one_queue_where_calls_block() -> None:
    one, own = (under("blocking-call", "hybrid", sharing=sharing) for sharing in ("even", "reuseport"))
    assert one.resources["event loop"].utilisation < 0.8
    assert one.latency.p95 < own.latency.p95 / 1.2
