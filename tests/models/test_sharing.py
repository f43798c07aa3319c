"""Signatures of who accepts: an even race, who is warm, or a socket and a queue for each process (SO_REUSEPORT)."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.experiments.run import EngineName, run
from simulator.plan import (
    Accept,
    AcceptEagerly,
    Backlog,
    Choose,
    Connect,
    Cores,
    Handle,
    Loop,
    Outcome,
    Plan,
    Pool,
    Release,
    Send,
    Upstreams,
)
from simulator.trace.summary import summarise
from simulator.trace.table import Trace
from simulator.workload.interventions import Do, Intervention
from simulator.workload.table import Workload
from tests.models.serving import latencies, serve
from tests.trace.by_hand import Kind, load_at

QUICK, LONG = Kind(steps=(("cpu", 0.001),)), Kind(steps=(("cpu", 0.2),))

# --- a published measurement: 12 servers, 200 connections at once, 1.8234 ms of computing each ------------------------

SERVERS, CLIENTS, SERVICE_S = 12, 200, 0.0018234


def closed(rounds: int, *, exponential: bool = False) -> Workload:
    """Clients that ask again at once."""
    n, random = CLIENTS * rounds, np.random.default_rng(1)
    load = load_at([0.0] * n, 1e6, page=Kind(steps=(("cpu", SERVICE_S),)))
    if exponential:
        load.phases[:, 0] = random.exponential(SERVICE_S, n)
    nobody = np.full(n, np.nan)
    return replace(load, arrival=nobody, clients_in_loop=CLIENTS, think=np.zeros(n), limit=n, coin=random.random(n))


def shared() -> Plan:
    backlog, worker = Backlog("backlog", 1000), Pool("worker", SERVERS, slots_per_process=1)
    return Plan((Connect(backlog), Accept(backlog, worker), Handle(), Send(), Release(worker)), Cores(SERVERS))


def hashed(*, eager: bool) -> Plan:
    sockets, backlog = Upstreams("socket", SERVERS), Backlog("backlog", 1000, processes=SERVERS)
    begin = (Choose(sockets, "hashed"), Connect(backlog))
    if eager:
        loop = Loop("loop", SERVERS)
        return Plan((*begin, AcceptEagerly(backlog, loop, batch=1000), Handle(loop), Send()), Cores(SERVERS))
    worker = Pool("worker", 1, SERVERS)
    return Plan((*begin, Accept(backlog, worker), Handle(), Send(), Release(worker)), Cores(SERVERS))


def milliseconds(plan: Plan, load: Workload) -> NDArray[Any]:
    """Latencies once the queues have found their lengths."""
    found: NDArray[Any] = latencies(run(plan, load))[len(load) // 10 :] * 1000
    return found


def test_of_one_shared_queue_everybody_waits_equally_long() -> None:
    """Measured: mean 30.39 ms, standard deviation 1.58."""
    took = milliseconds(shared(), closed(1000))
    assert took.mean() == pytest.approx(CLIENTS * SERVICE_S * 1000 / SERVERS, rel=0.001)
    assert took.std() < 1


@pytest.mark.parametrize("eager", [False, True])
def test_of_hashed_queues_the_mean_is_hardly_longer_and_the_spread_is_huge(eager: bool) -> None:
    """Measured: mean 31.37 ms, median 24.67, standard deviation 25.27, worst of 100 000 144.55."""
    took = milliseconds(hashed(eager=eager), closed(1000))
    assert took.mean() == pytest.approx(31.30, rel=0.01)
    assert np.median(took) == pytest.approx(24.67, rel=0.05)
    assert took.std() == pytest.approx(25.27, rel=0.05)
    assert 120 < took.max() < 170


def test_hashed_queues_with_exponential_services_have_the_mean_of_the_formula() -> None:
    """(N + 11) D / 12: who comes finds any distribution of the others equally likely."""
    took = milliseconds(hashed(eager=False), closed(2000, exponential=True))
    assert took.mean() == pytest.approx((CLIENTS + SERVERS - 1) * SERVICE_S * 1000 / SERVERS, rel=0.015)


# --- the same processes, sharing differently --------------------------------------------------------------------------


def far_apart(name: str, sharing: str, **settings: Any) -> NDArray[Any]:
    """How many of 60 requests, of which none ever waits for another, each of two processes serves."""
    load = load_at((np.arange(60) * 0.5).tolist(), 30.0, page=QUICK)
    load.coin[:] = np.random.default_rng(3).random(60)
    trace = serve(name, load, processes=2, sharing=sharing, **settings)
    return np.bincount(trace.process, minlength=2)


EAGER: tuple[tuple[str, dict[str, Any]], ...] = (("callback", {}), ("coroutine", {}), ("threaded", {"accept": "eager"}))


@pytest.mark.parametrize(("name", "settings"), EAGER)
def test_the_process_that_ran_last_has_them_all_while_it_is_idle(name: str, settings: dict[str, Any]) -> None:
    assert sorted(far_apart(name, "warm", **settings)) == [0, 60]


@pytest.mark.parametrize(("name", "settings"), EAGER)
def test_an_even_race_and_hashing_give_each_about_half(name: str, settings: dict[str, Any]) -> None:
    for sharing in ("even", "reuseport"):
        assert far_apart(name, sharing, **settings).min() > 15


@pytest.mark.parametrize(("name", "settings"), EAGER)
def test_whoever_is_busy_is_not_the_first_to_take_a_connection(name: str, settings: dict[str, Any]) -> None:
    """The second comes while the first computes."""
    load = load_at([0.0, 0.1], 2.0, page=LONG)
    first, second = serve(name, load, processes=2, sharing="warm", **settings).process
    assert first != second


@pytest.mark.parametrize("name", ["prefork", "callback", "coroutine", "threaded"])
def test_who_is_hashed_to_a_busy_process_waits_beside_an_idle_one(name: str) -> None:
    """Of many pairs that come together about half collide, and only where each process has a socket of its own."""
    pairs = load_at(np.repeat(np.arange(40) * 1.0, 2), 41.0, page=LONG)
    pairs.coin[:] = np.random.default_rng(5).random(80)
    count: dict[str, Any] = {"workers" if name == "prefork" else "processes": 2}
    threads: dict[str, Any] = {"threads": 1} if name == "threaded" else {}
    own, one = (serve(name, pairs, sharing=sharing, **count, **threads) for sharing in ("reuseport", "even"))
    assert 10 < (latencies(own) > 0.3).sum() < 30
    assert (latencies(one) < 0.3).all()


# --- full queues, and deaths ------------------------------------------------------------------------------------------


@pytest.fixture(params=["reference", "kernel"])
def engine(request: pytest.FixtureRequest) -> EngineName:
    name: EngineName = request.param
    return name


def own_sockets(limit: int, *, eager: bool) -> Plan:
    sockets, backlog = Upstreams("socket", 2), Backlog("backlog", limit, processes=2)
    begin = (Choose(sockets, "hashed"), Connect(backlog, retries_s=(1.0, 2.0)))
    if eager:
        loop = Loop("loop", 2)
        return Plan((*begin, AcceptEagerly(backlog, loop), Handle(loop), Send()), Cores(2))
    worker = Pool("worker", 1, 2)
    return Plan((*begin, Accept(backlog, worker), Handle(), Send(), Release(worker)), Cores(2))


def killed(plan: Plan, engine: EngineName) -> Trace:
    """Twelve come at 0, of which each takes 0.2 s; process 0 dies at 0.5 s, and eight more come at 0.6 s."""
    load = load_at([*[0.0] * 12, *[0.6] * 8], 1.0, page=LONG)
    death = Intervention(at=0.5, do=Do.KILL, number=0, lasting=30.0)
    return run(plan, replace(load, interventions=(death,)), engine=engine)


@pytest.mark.parametrize("eager", [False, True])
def test_a_dying_process_loses_its_queue_and_new_connections_go_to_the_others(engine: EngineName, eager: bool) -> None:
    trace = killed(own_sockets(100, eager=eager), engine)
    first = trace.process[:12] == 0
    late = first & (trace.left[:12] >= 0.5)
    assert 2 < first.sum() < 10
    assert (trace.outcome[:12][late] == Outcome.CRASHED).all()
    assert (trace.finished[:12][late] == 0.5).all()
    assert (trace.outcome[:12][~late] == Outcome.COMPLETED).all()
    assert (trace.process[12:] == 1).all()
    assert (trace.outcome[12:] == Outcome.COMPLETED).all()


def test_a_shared_queue_outlives_a_process(engine: EngineName) -> None:
    backlog, worker = Backlog("backlog", 100), Pool("worker", 2, slots_per_process=1)
    plan = Plan((Connect(backlog), Accept(backlog, worker), Handle(), Send(), Release(worker)), Cores(2))
    assert (killed(plan, engine).outcome == Outcome.CRASHED).sum() == 1


@pytest.mark.parametrize("eager", [False, True])
def test_each_queue_is_full_by_itself(engine: EngineName, eager: bool) -> None:
    """Of twelve at once each queue holds one, and a worker serves one; who is hashed there too has to knock again."""
    trace = run(own_sockets(0, eager=eager), load_at([0.0] * 12, 1.0, page=LONG), engine=engine)
    for process in (0, 1):
        assert (trace.syn_retries[trace.process == process] == 0).sum() == (1 if eager else 2)


# --- what is said of it -----------------------------------------------------------------------------------------------


def told(name: str, sharing: str) -> str:
    random = np.random.default_rng(4)
    load = load_at(np.sort(random.uniform(0.0, 60.0, 600)), 60.0, page=Kind(steps=(("io", 0.25),)))
    load.coin[:] = random.random(600)
    return " ".join(summarise(serve(name, load, workers=4, sharing=sharing)).diagnosis)


def test_waiting_in_the_queue_of_one_process_beside_an_idle_one_is_told_with_its_cause() -> None:
    assert "each listens on a socket of its own" in told("prefork", "reuseport")
    assert "another process had nothing to do" not in told("prefork", "even")
