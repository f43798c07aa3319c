"""Signatures: what a full backlog does, and what it means to serve one request at a time."""

from collections import Counter
from typing import Any, Literal

import numpy as np
import pytest

from simulator.experiments.catalogue import fronts, server
from simulator.experiments.run import run
from simulator.plan import Machine, Outcome
from simulator.plan.walk import takings
from simulator.trace.table import Trace
from simulator.workload.draw import draw
from simulator.workload.load import load
from tests.models.serving import latencies, seconds_at, serve
from tests.trace.by_hand import Kind, load_at

QUICK = Kind(steps=(("cpu", 0.001),))


def twelve_at_once(machine: Machine) -> Trace:
    """One worker and a backlog of 2, which holds 3: of those who knock together four get in."""
    return serve("prefork", load_at([0.0] * 12, 1.0, page=QUICK), machine, workers=1, backlog=2)


def test_a_full_backlog_shows_up_as_clusters_of_latency() -> None:
    """A dropped SYN is repeated after 1.024 s, all at one moment. One finds the worker idle, three a place, and four
    are half open: their data get them in 0.204 s later.
    """
    trace = twelve_at_once(Machine())
    assert Counter(np.floor(latencies(trace) * 100).astype(int).tolist()).keys() <= {0, 1, 102, 103, 122, 123}
    assert Counter((latencies(trace) * 5).astype(int).tolist()) == {0: 4, 5: 4, 6: 4}
    assert Counter(zip(trace.syn_retries.tolist(), trace.data_retries.tolist(), strict=True)) == {
        (0, 0): 4,
        (1, 0): 4,
        (1, 1): 4,
    }


CLASSIC = [(0.5, 1.024), (1.5, 3.04), (3.5, 7.168), (8.0, 15.36), (16.0, 31.488), (62.0, 65.536)]
LINEAR = [(0.5, 1.024), (1.5, 2.048), (2.5, 3.072), (3.5, 4.096), (4.5, 5.12), (6.0, 7.136), (10.0, 11.264),
          (18.0, 19.456), (34.0, 35.584), (66.0, 69.632)]  # fmt: skip
GIVES_UP = {"classic": (6, 127.0), "linear": (10, 131.0)}


def knocking(schedule: Literal["linear", "classic"], free_s: float) -> Trace:
    """One is served until ``free_s``, one has the only place in the backlog, and the third finds no room at 0 s."""
    load = load_at([0.0] * 3, 1.0, page=Kind(steps=(("io", 0.001),)))
    load.phases[0] = free_s
    return serve("prefork", load, Machine(syn_retries=schedule), workers=1, backlog=0)


@pytest.mark.parametrize(
    ("schedule", "free_s", "connected_s"),
    [("classic", *each) for each in CLASSIC] + [("linear", *each) for each in LINEAR],
)
def test_a_client_is_let_in_when_it_repeats_its_syn_and_not_when_there_is_room(
    schedule: Literal["linear", "classic"], free_s: float, connected_s: float
) -> None:
    """After 1, 3, 7, 15, 31 and 63 s, or after 1, 2, 3, 4, 5, 7, 11, 19, 35 and 67 s; on the ticks of Linux's wheel."""
    trace = knocking(schedule, free_s)
    assert trace.arrival[2] + seconds_at(trace, "connect backlog")[2] == pytest.approx(connected_s)
    times = sorted({when for _, when in (CLASSIC if schedule == "classic" else LINEAR)})
    assert trace.syn_retries[2] == 1 + times.index(connected_s)


@pytest.mark.parametrize("schedule", ["linear", "classic"])
def test_a_client_that_found_no_room_at_its_last_syn_gives_up(schedule: Literal["linear", "classic"]) -> None:
    trace = knocking(schedule, 70.0)
    repeated, given_up_s = GIVES_UP[schedule]
    assert (trace.outcome[2], trace.syn_retries[2]) == (Outcome.CONNECT_TIMEOUT, repeated)
    assert trace.finished[2] == pytest.approx(given_up_s)


def test_a_full_backlog_that_refuses_shows_up_as_refused() -> None:
    trace = twelve_at_once(Machine(full_backlog="refuse"))
    assert Counter(trace.outcome.tolist()) == {Outcome.COMPLETED: 4, Outcome.REFUSED: 8}
    assert trace.finished.max() < 0.02


def half_open(name: str, **settings: Any) -> Trace:
    """The first keeps the server busy, the second is in its backlog, the third's ACK is dropped; one comes later.

    The place in the backlog is free from 2.70 s. An ACK without data takes it at 3.24 s; the data are there at 5.17 s.
    """
    load = load_at([0.0, 0.05, 0.05, 4.0], 1.0, rtt=0.1, page=QUICK)
    load.phases[0] = 2.55
    trace = serve(name, load, backlog=0, **settings)
    assert trace.data_retries.tolist() == [0, 0, 5, 0]
    assert seconds_at(trace, "receive") == pytest.approx([0.0, 0.0, 5.17 - 3.236, 0.0], abs=0.01)
    return trace


def test_in_overload_a_worker_waits_for_a_client_whose_first_data_were_dropped() -> None:
    assert latencies(half_open("prefork", workers=1))[3] == pytest.approx(0.2 + (5.17 - 4.15), abs=0.01)


def test_an_event_loop_serves_others_while_it_waits_for_such_a_client() -> None:
    assert latencies(half_open("callback", processes=1))[3] == pytest.approx(0.2, abs=0.01)


def test_the_dev_server_serves_one_after_the_other() -> None:
    trace = serve("dev-server", load_at([0.0] * 5, 1.0, page=Kind(steps=(("io", 0.1),))))
    assert np.diff(np.sort(trace.finished)) == pytest.approx(0.1, rel=0.01)
    assert trace.finished.max() == pytest.approx(0.5, rel=0.01)


def test_one_slow_client_of_the_dev_server_stops_everybody() -> None:
    phone = Kind(steps=(("cpu", 0.001),), upload=200_000.0, up=20_000.0)
    load = load_at([0.0, 0.5], 1.0, phone=phone, page=Kind(steps=(("cpu", 0.001),), every=2))
    trace = serve("dev-server", load)
    assert trace.finished[1] > trace.finished[0] > 9.0


def test_a_backlog_of_five_overflows_at_the_eighth_at_once() -> None:
    """One is being served; Linux keeps one more than it was asked for; everybody else knocks again after a second."""
    trace = serve("dev-server", load_at([0.0] * 10, 1.0, page=Kind(steps=(("io", 0.01),))))
    assert (trace.syn_retries == 0).sum() == 7
    assert (trace.syn_retries == 1).sum() == 3


# --- the scenario of a queue that is too short ------------------------------------------------------------------------


def rush(backlog: int, *, nginx: bool) -> Trace:
    """Ten seconds of too many clients, from 5 s to 15 s, for two workers that can serve 62 in a second."""
    scenario = load("short-queue")
    model = server("prefork")
    plan = model.plan(model.config(workers=2, backlog=backlog), scenario.machine)
    for each in fronts() if nginx else ():
        plan = each.in_front(plan, each.config(), scenario.machine)
    return run(plan, draw(scenario))


def goodput(trace: Trace, since_s: float, until_s: float) -> float:
    """Requests per second that were answered to somebody."""
    seen = (trace.outcome == Outcome.COMPLETED) & (trace.finished >= since_s) & (trace.finished < until_s)
    return int(seen.sum()) / (until_s - since_s)


def over_at(trace: Trace) -> float:
    """The last moment at which anybody had waited for a second."""
    return float(trace.finished[trace.finished - trace.arrival > 1.0].max())


@pytest.mark.parametrize("nginx", [False, True])
def test_a_short_backlog_collapses_under_overload_and_is_long_in_recovering(nginx: bool) -> None:
    """In the quarter of a minute behind the rush hundreds still wait, and less than half as much is done for them as by
    a server with a backlog for everybody. That one loses nobody, and is itself again ten seconds after the rush.
    """
    short, enough = rush(8, nginx=nginx), rush(1024, nginx=nginx)
    assert goodput(short, 15.0, 30.0) < goodput(enough, 15.0, 30.0) / 2
    assert (enough.outcome == Outcome.COMPLETED).all()
    assert (short.outcome == Outcome.GAVE_UP).sum() > 200
    assert over_at(enough) < 26 < 40 < over_at(short)


@pytest.mark.parametrize("nginx", [False, True])
def test_workers_are_held_for_clients_that_had_left_half_open(nginx: bool) -> None:
    trace = rush(8, nginx=nginx)
    worker = [taking.pool.name for taking in takings(trace.plan, trace.places)].index("worker")
    left = trace.arrival + trace.workload.patience
    accepted = trace.reached[:, [place.name for place in trace.places].index("accept worker") + 1]
    for_nobody = (trace.data_retries > 0) & (trace.slot[:, worker] >= 0) & (accepted > left)
    assert for_nobody.sum() > 100
    assert (trace.outcome[for_nobody] == Outcome.GAVE_UP).all()


@pytest.mark.parametrize("model", ["coroutine", "callback"])
def test_a_loop_that_accepts_one_connection_a_turn_finishes_what_it_has_begun(model: str) -> None:
    """Twenty at once, each computes 10 ms, waits, and computes 10 ms. Who takes all begins all before it ends one."""
    load = load_at([0.0] * 20, 1.0, page=Kind(steps=(("cpu", 0.01), ("io", 0.005), ("cpu", 0.01))))
    one, all_of_them = (serve(model, load, Machine(cores=1, accept_batch=batch)) for batch in (1, 0))
    assert np.sort(latencies(all_of_them))[0] > 0.2
    assert np.sort(latencies(one))[0] < 0.06
    assert latencies(one).max() == pytest.approx(latencies(all_of_them).max(), rel=0.05)
    assert latencies(one).mean() < 0.75 * latencies(all_of_them).mean()
