"""Signatures: what a full backlog does, and what it means to serve one request at a time."""

from collections import Counter
from typing import Any, Literal

import numpy as np
import pytest

from simulator.plan import Machine, Outcome
from simulator.trace.table import Trace
from tests.models.serving import latencies, seconds_at, serve
from tests.trace.by_hand import Kind, load_at

QUICK = Kind(steps=(("cpu", 0.001),))


def twelve_at_once(machine: Machine) -> Trace:
    """One worker and a backlog of 2, which holds 3: of those who knock together four get in."""
    return serve("prefork", load_at([0.0] * 12, 1.0, page=QUICK), machine, workers=1, backlog=2)


@pytest.mark.parametrize(("schedule", "clusters"), [("linear", {0: 4, 1: 4, 2: 4}), ("classic", {0: 4, 1: 4, 3: 4})])
def test_a_full_backlog_shows_up_as_clusters_of_latency(
    schedule: Literal["linear", "classic"], clusters: dict[int, int]
) -> None:
    """A dropped SYN is repeated after 1, 2, 3 s ... by newer kernels, after 1, 3, 7 s ... by older ones."""
    seconds = latencies(twelve_at_once(Machine(syn_retries=schedule)))
    assert Counter(seconds.astype(int).tolist()) == clusters
    assert (seconds % 1.0).max() < 0.02


CLASSIC = [(0.5, 1.0), (1.5, 3.0), (2.5, 3.0), (6.0, 7.0), (14.0, 15.0), (30.0, 31.0), (62.0, 63.0)]
LINEAR = [(0.5, 1.0), (1.5, 2.0), (2.5, 3.0), (3.5, 4.0), (4.5, 5.0), (6.0, 7.0), (10.0, 11.0), (18.0, 19.0),
          (34.0, 35.0), (66.0, 67.0)]  # fmt: skip
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
    """After 1, 3, 7, 15, 31 and 63 s, or after 1, 2, 3, 4, 5, 7, 11, 19, 35 and 67 s."""
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

    The place in the backlog is free from 2.65 s. An ACK without data takes it at 3.2 s; the data are repeated at 5.0 s.
    """
    load = load_at([0.0, 0.05, 0.05, 4.0], 1.0, rtt=0.1, page=QUICK)
    load.phases[0] = 2.5
    trace = serve(name, load, backlog=0, **settings)
    assert trace.data_retries.tolist() == [0, 0, 5, 0]
    assert seconds_at(trace, "receive") == pytest.approx([0.0, 0.0, 1.8, 0.0], abs=0.01)
    return trace


def test_in_overload_a_worker_waits_for_a_client_whose_first_data_were_dropped() -> None:
    assert latencies(half_open("prefork", workers=1))[3] == pytest.approx(0.2 + (5.0 - 4.15), abs=0.01)


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
