"""Linux's wheel of timers: many who knock again do so at the same moment, and all of them find the same free place.

A tick is 4 ms. A wait of 1 s ends on a multiple of 8 ticks, 32 ms, so repetitions are 1.024 s apart.
"""

from dataclasses import replace

import numpy as np
import pytest

from simulator.experiments.run import EngineName, run
from simulator.plan import (
    Accept,
    Backlog,
    Connect,
    Cores,
    Handle,
    HandshakeTimers,
    Link,
    Outcome,
    Plan,
    Pool,
    Receive,
    Release,
    Send,
)
from simulator.trace.table import Trace
from simulator.workload.table import Work, Workload
from tests.trace.by_hand import load_at

SYNS_S = (1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 11.0)


@pytest.fixture(params=["reference", "kernel"])
def engine(request: pytest.FixtureRequest) -> EngineName:
    name: EngineName = request.param
    return name


def server(link: Link = Link.CLIENT) -> Plan:
    """One worker, and one place in the backlog."""
    backlog, worker = Backlog("backlog", 0), Pool("worker", 1, slots_per_process=1)
    steps = (
        Connect(backlog, link, retries_s=SYNS_S),
        Accept(backlog, worker),
        Receive(link),
        Handle(),
        Send(link),
        Release(worker),
    )
    return Plan(steps, Cores(1))


def io_only(starts_s: list[float], *services_s: float, rtt: float = 0.0) -> Workload:
    """Each waits for I/O for so long, the later ones as long as the last."""
    load = load_at(starts_s, 1.0, rtt=rtt)
    load.phase_kinds[:], load.phases[:, 0] = Work.IO, services_s[-1]
    load.phases[: len(services_s), 0] = services_s
    return load


def moments(trace: Trace, place: int) -> list[float]:
    return [round(float(moment), 9) for moment in trace.reached[:, place]]


@pytest.mark.parametrize(
    ("since_s", "delay_s", "fires_s"),
    [
        (0.0, 0.2, 0.204),  # 50 ticks: on the next tick
        (0.1, 0.244, 0.348),  # 61 ticks
        (0.1, 0.252, 0.384),  # 63 ticks: on every eighth
        (0.0, 1.0, 1.024),
        (0.023, 1.0, 1.024),
        (0.0235, 1.0, 1.024),
        (0.024, 1.0, 1.056),  # 256 ticks are a multiple of 8, and a timer never fires early
        (1.024, 1.0, 2.048),
        (1.024, 2.0, 3.040),  # 500 ticks
        (1.024, 4.0, 5.120),  # 1000 ticks: on every 64th, 256 ms
        (1.024, 32.0, 34.816),  # 8000 ticks: on every 512th, 2.048 s
    ],
)
def test_a_timer_fires_on_a_tick_that_is_the_coarser_the_longer_it_waits(
    since_s: float, delay_s: float, fires_s: float
) -> None:
    assert HandshakeTimers().on_wheel(since_s, delay_s) == pytest.approx(fires_s, abs=1e-9)


def test_clients_that_came_at_different_moments_knock_again_at_the_same_one(engine: EngineName) -> None:
    """They come within 24 ms, and there is no place before 2.0 s. Then one gets it; the others found it free, too."""
    trace = run(server(), io_only([0.0, 0.0, 0.001, 0.009, 0.021], 2.0, 5.0), engine=engine)
    assert moments(trace, 1)[2] == 2.048
    assert trace.syn_retries.tolist() == [0, 0, 2, 2, 2]
    assert trace.data_retries[:3].tolist() == [0, 0, 0]
    assert (trace.data_retries[3:] > 0).all()


def test_who_knocks_again_alone_finds_the_place_free_and_has_it(engine: EngineName) -> None:
    trace = run(server(), io_only([0.0, 0.0, 0.001, 0.040], 2.0, 5.0), engine=engine)
    assert moments(trace, 1)[2] == 2.048
    assert trace.syn_retries[3] > 2
    assert trace.data_retries.tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("link", list(Link))
def test_half_open_connections_exist_without_a_round_trip_and_behind_a_proxy(engine: EngineName, link: Link) -> None:
    """The place of 2.048 s is taken until 7.0 s. The next in line knocked at that moment, too, and is let in by its
    data, or by the answer to a SYN-ACK: at a moment at which nobody repeats a SYN.
    """
    trace = run(server(link), io_only([0.0, 0.0, 0.001, 0.001], 2.0, 5.0), engine=engine)
    assert moments(trace, 1)[2] == 2.048
    assert trace.syn_retries[3] == 2
    # SYN-ACKs of 2.048 s: 3.072, 5.088, 9.216 s; data 2.252, 2.456, 2.880, 3.712, 5.344, 8.704 s
    assert moments(trace, 1)[3] == 8.704
    assert trace.data_retries[3] == 6
    assert (trace.outcome == Outcome.COMPLETED).all()


def test_a_worker_behind_a_proxy_waits_for_what_the_proxy_repeats(engine: EngineName) -> None:
    """There are two places, and one is free from 9.0 s; the answer to the SYN-ACK of 9.216 s takes it, and the data
    come at 15.360 s.
    """
    plan = server(Link.LOCAL)
    one = plan.backlogs[0]
    load = io_only([0.0, 0.0, 0.0, 0.001, 0.001], 2.0, 7.0, 1.0)
    trace = run(plan.exchanging(one, replace(one, limit=1)), load, engine=engine)
    assert moments(trace, 1)[4] == 9.216
    assert moments(trace, 2)[4] == 11.0
    assert moments(trace, 3)[4] == 15.36
    assert np.isclose(trace.finished[4], 16.36)


def test_with_a_round_trip_a_bunch_is_let_in_and_one_ack_takes_the_place(engine: EngineName) -> None:
    trace = run(server(), io_only([0.0, 0.0, 0.2, 0.201], 1.9, 5.0, rtt=0.05), engine=engine)
    assert moments(trace, 1)[2] == round(2.24 + 0.075, 9)
    assert (trace.data_retries > 0).tolist() == [False, False, False, True]


def test_exact_timers_make_no_bunches(engine: EngineName) -> None:
    plan = server()
    connect = Connect(Backlog("backlog", 0), retries_s=SYNS_S, timers=HandshakeTimers(tick_s=0.0))
    trace = run(
        Plan((connect, *plan.steps[1:]), plan.cores), io_only([0.0, 0.0, 0.001, 0.009], 2.0, 5.0), engine=engine
    )
    assert moments(trace, 1)[2] == 2.001
    assert trace.data_retries.tolist() == [0, 0, 0, 0]


def test_a_bunch_hangs_half_open_as_on_linux(engine: EngineName) -> None:
    """Nine fill a backlog of 8, and 21 more repeat their SYNs at 1.024 s, when one place is free. One gets it, 8 are
    remembered, and 12 were given cookies. Linux 6.18 did the same: four were forgotten after 7 s, and broken by their
    data 13.3 s after the bunch, four after a minute.
    """
    plan = server()
    full = plan.backlogs[0]
    load = io_only([0.0] * 10 + [0.001] * 21, 1.0, 500.0)
    trace = run(plan.exchanging(full, replace(full, limit=8)), load, engine=engine)
    assert trace.syn_retries[10:].tolist() == [1] * 21
    broken = np.sort(trace.finished[trace.outcome == Outcome.BROKEN])
    assert broken.round(1).tolist() == [14.3] * 4 + [106.5] * 4 + [210.9] * 12
