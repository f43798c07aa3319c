"""Half-open connections: the SYN found a place in the backlog, and the ACK one round trip later did not.

All times by hand, on timers that are exact. A round trip is 0.1 s, so the SYN of a client that starts at 0 arrives at
0.05 and its ACK at 0.15, and its first data are repeated 0.3, 0.6, 1.2, 2.4, 4.8 s after they were first sent. What
Linux's wheel of timers makes of that is in ``test_bunches``.
"""

from dataclasses import replace
from math import inf

import numpy as np
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from simulator.experiments.run import EngineName, run
from simulator.plan import (
    Accept,
    Backlog,
    Connect,
    Cores,
    Handle,
    HandshakeTimers,
    Outcome,
    Plan,
    Pool,
    Receive,
    Release,
)
from simulator.trace.table import Trace
from simulator.workload.table import Work, Workload
from tests.engine.comparison import differences, run_on
from tests.engine.laws import LAWS
from tests.engine.strategies import accepting_plan
from tests.engine.strategies_load import seeded_workload
from tests.engine.transformations import COARSE, EXACT, QUICK, with_timers
from tests.trace.by_hand import Kind, load_at

RTT_S = 0.1


@pytest.fixture(params=["reference", "kernel"])
def engine(request: pytest.FixtureRequest) -> EngineName:
    name: EngineName = request.param
    return name


def server(limit: int = 0, *, refuses: bool = False, timeout_s: float = 127.0, timers: HandshakeTimers = EXACT) -> Plan:
    """One worker, and a backlog with one place more than its limit."""
    backlog, worker = Backlog("backlog", limit, refuses), Pool("worker", 1, slots_per_process=1)
    connect = Connect(backlog, retries_s=(1.0, 3.0), timeout_s=timeout_s, timers=timers)
    return Plan((connect, Accept(backlog, worker), Receive(), Handle(), Release(worker)), Cores(1))


def in_backlog(trace: Trace) -> list[float]:
    """When each request had its place in the backlog."""
    return [round(float(moment), 9) for moment in trace.reached[:, 1]]


def accepted(trace: Trace) -> list[float]:
    return [round(float(moment), 9) for moment in trace.reached[:, 2]]


def data_there(trace: Trace) -> list[float]:
    return [round(float(moment), 9) for moment in trace.reached[:, 3]]


def served(engine: EngineName, starts_s: list[float], *services_s: float, plan: Plan | None = None) -> Trace:
    """Clients start at these moments; the first is served for so long, the second so long ..., the others as the last.

    If they start together, the first is served, the second waits, and the others find the backlog full, though their
    SYN did not.
    """
    load = load_at(starts_s, 1.0, rtt=RTT_S)
    return run(plan or server(), of_io(load, *services_s), engine=engine)


def of_io(load: Workload, *services_s: float) -> Workload:
    """The same requests, which only wait for I/O."""
    load.phase_kinds[:] = Work.IO
    load.phases[:, 0] = services_s[-1]
    load.phases[: len(services_s), 0] = services_s
    return load


def test_the_client_of_a_dropped_ack_gets_in_with_a_repetition_of_its_data(engine: EngineName) -> None:
    """The second is accepted at 2.15 s. The data come at 0.45, 0.75, 1.35 and 2.55 s, and an ACK in between at 1.15."""
    trace = served(engine, [0.0] * 3, 2.0)
    assert in_backlog(trace) == [0.15, 0.15, 2.55]
    assert accepted(trace) == [0.15, 2.15, 4.15]
    assert data_there(trace) == accepted(trace)
    assert trace.data_retries.tolist() == [0, 0, 4]
    assert trace.syn_retries.tolist() == [0, 0, 0]


def test_a_worker_waits_for_the_data_of_one_who_got_in_without_them(engine: EngineName) -> None:
    """There is a place from 2.65 s. The answer to the SYN-ACK of 3.05 s takes it at 3.15; the data come at 4.95."""
    trace = served(engine, [0.0, 0.0, 0.0, 4.0], 2.5, 0.1)
    assert in_backlog(trace) == [0.15, 0.15, 3.15, 4.15]
    assert accepted(trace) == [0.15, 2.65, 3.15, 5.05]
    assert data_there(trace) == [0.15, 2.65, 4.95, 5.05]
    assert trace.data_retries.tolist() == [0, 0, 5, 0]


def test_an_upload_begins_with_the_data_that_came_late(engine: EngineName) -> None:
    """1000 bytes at 1000 bytes/s, from 4.95 s."""
    load = load_at([0.0] * 3, 1.0, rtt=RTT_S, page=Kind(upload=1000.0, up=1000.0))
    trace = run(server(), of_io(load, 1.5, 0.1), engine=engine)
    assert in_backlog(trace) == [0.15, 0.15, 3.15]
    assert data_there(trace) == [1.15, 2.65, 5.95]


def test_a_syn_that_found_the_backlog_full_was_dropped_though_there_is_a_place_when_the_ack_would_come(
    engine: EngineName,
) -> None:
    """The backlog is full from 0.15 to 2.15 s; the SYN comes at 2.10, and again a second later."""
    trace = served(engine, [0.0, 0.0, 2.05], 2.0)
    assert in_backlog(trace) == [0.15, 0.15, 3.2]
    assert trace.syn_retries.tolist() == [0, 0, 1]
    assert trace.data_retries.tolist() == [0, 0, 0]


def test_a_place_that_becomes_free_at_the_very_moment_of_the_syn_counts(engine: EngineName) -> None:
    """All times are exact in binary: the backlog is full from 0.75 to 2.75 s, when the SYN comes."""
    load = load_at([0.0, 0.0, 2.5], 1.0, rtt=0.5)
    trace = run(server(), of_io(load, 2.0), engine=engine)
    assert in_backlog(trace) == [0.75, 0.75, 3.25]


def test_a_server_answers_with_cookies_when_it_remembers_as_many_as_the_backlog_has_places(engine: EngineName) -> None:
    """The fourth is not remembered: its SYN-ACK is not repeated, and only its data can get it in."""
    trace = served(engine, [0.0] * 4, 2.5, 0.1)
    assert in_backlog(trace) == [0.15, 0.15, 3.15, 4.95]


def test_a_server_forgets_after_63_s_and_a_cookie_is_good_for_120_s(engine: EngineName) -> None:
    """Data come 76.8 s and 153.6 s after the ACK was dropped; the reset is at the client half a round trip later."""
    trace = served(engine, [0.0] * 4, 200.0)
    assert trace.outcome.tolist() == [Outcome.COMPLETED, Outcome.COMPLETED, Outcome.BROKEN, Outcome.BROKEN]
    assert trace.finished[2:].tolist() == pytest.approx([77.0, 153.8], abs=1e-9)


def test_a_plan_may_have_other_timers_than_those_of_linux(engine: EngineName) -> None:
    """There is a place from 1.7 s. Data come at 0.75, 1.35 and 2.55 s; ACKs without, of the third only, at 0.4, 0.9
    and 1.9 s.
    """
    trace = served(engine, [0.0] * 4, 1.55, 0.1, plan=with_timers(server(), QUICK))
    assert in_backlog(trace) == [0.15, 0.15, 1.9, 2.55]
    assert trace.data_retries.tolist() == [0, 0, 3, 3]


def test_how_long_a_server_remembers_is_one_of_its_timers(engine: EngineName) -> None:
    """Data come 4.8 s and 9.6 s after the ACK was dropped; the reset is at the client half a round trip later."""
    trace = served(engine, [0.0] * 4, 200.0, plan=with_timers(server(), QUICK))
    assert trace.outcome.tolist() == [Outcome.COMPLETED, Outcome.COMPLETED, Outcome.BROKEN, Outcome.BROKEN]
    assert trace.finished[2:].tolist() == pytest.approx([5.0, 9.8], abs=1e-9)


def broken_at(trace: Trace) -> list[float]:
    return [round(float(moment), 9) for moment in np.sort(trace.finished[trace.outcome == Outcome.BROKEN])]


def test_a_server_forgets_old_handshakes_where_they_take_half_of_the_places(engine: EngineName) -> None:
    """Of the twelve it remembers nine, and three have cookies. At 7.05 s, when the SYN-ACKs would be repeated for the
    third time, five are forgotten, until four are left; their next data, 9.6 s after the ACK was dropped, are answered
    with a reset. The four are forgotten after 63 s, and the cookies after 120 s.
    """
    trace = served(engine, [0.0] * 22, 200.0, plan=server(8))
    assert broken_at(trace) == pytest.approx([9.8] * 5 + [77.0] * 4 + [153.8] * 3, abs=1e-9)


def test_a_server_keeps_old_handshakes_where_most_are_young(engine: EngineName) -> None:
    """Four are half open. At 6.6 s a place becomes free, and six come: one gets it, and five more are half open. At
    7.05 s these are younger than a second: nobody is forgotten, unlike at 13.61 s.
    """
    trace = served(engine, [0.0] * 14 + [6.56] * 6, 6.45, 200.0, plan=server(8))
    assert (trace.data_retries[14:] > 0).sum() == 5
    assert broken_at(trace)[0] > 9.8


@pytest.mark.parametrize("remembers", [0, 1])
def test_before_linux_6_14_a_server_remembers_one_less(engine: EngineName, remembers: int) -> None:
    """There is a place from 2.65 s; the answer to the SYN-ACK of 3.05 s takes it, if anybody repeats that."""
    plan = server()
    old = plan.backlogs[0]
    trace = served(engine, [0.0] * 3, 2.5, 0.1, plan=plan.exchanging(old, replace(old, remembers=remembers)))
    assert in_backlog(trace)[2] == (3.15 if remembers else 4.95)


def deferring(limit: int = 0) -> Plan:
    """As uWSGI listens."""
    plan = server(limit)
    old = plan.backlogs[0]
    return plan.exchanging(old, replace(old, defer_s=4.0))


def test_a_server_that_defers_accepting_lets_nobody_in_without_data(engine: EngineName) -> None:
    """There is a place from 2.65 s. No SYN-ACK is repeated at 3.05 s, so no worker waits for the data of 4.95 s."""
    trace = served(engine, [0.0, 0.0, 0.0, 4.0], 2.5, 0.1, plan=deferring())
    assert in_backlog(trace) == [0.15, 0.15, 4.95, 4.15]
    assert data_there(trace) == accepted(trace)


def test_a_server_that_defers_accepting_asks_once_more_when_the_time_is_over(engine: EngineName) -> None:
    """There is a place from 6.15 s; the SYN-ACK of 7.05 s, after the third wait, is answered at 7.15."""
    trace = served(engine, [0.0] * 3, 6.0, 0.1, plan=deferring())
    assert in_backlog(trace)[2] == 7.15
    assert data_there(trace)[2] == 9.75


def test_a_server_that_defers_accepting_forgets_nobody_sooner_than_it_asks(engine: EngineName) -> None:
    """Nobody before the fourth wait is over, at 15.05 s; the data after that come 19.2 s after the ACK was dropped."""
    trace = served(engine, [0.0] * 22, 200.0, plan=deferring(8))
    assert broken_at(trace) == pytest.approx([19.4] * 5 + [77.0] * 4 + [153.8] * 3, abs=1e-9)


def test_a_handshake_of_distant_clients_on_a_loopback_device_takes_no_time(engine: EngineName) -> None:
    """They connect 0.15 s after they came, as ever; but the third finds the backlog full, and nobody is half open."""
    plan = server()
    near = replace(plan, steps=plan.steps_after(lambda s: replace(s, at_once=True) if isinstance(s, Connect) else s))
    trace = served(engine, [0.0] * 3, 0.5, plan=near)
    assert in_backlog(trace) == [0.15, 0.15, 1.15]
    assert (trace.syn_retries.tolist(), trace.data_retries.tolist()) == ([0, 0, 1], [0, 0, 0])


def test_a_connected_client_no_longer_minds_the_timeout_of_connecting(engine: EngineName) -> None:
    trace = served(engine, [0.0] * 3, 5.0, plan=server(timeout_s=3.5))
    assert in_backlog(trace) == [0.15, 0.15, 7.15]


def test_a_client_that_is_not_connected_stops_trying_at_the_timeout(engine: EngineName) -> None:
    trace = served(engine, [0.0, 0.0, 1.0], 50.0, plan=server(timeout_s=5.0))
    assert trace.outcome[2] == Outcome.CONNECT_TIMEOUT
    assert trace.finished[2] == pytest.approx(6.0, abs=1e-9)


def leaving(engine: EngineName, patience_s: float, *services_s: float, limit: int = 0) -> Trace:
    """The third is half open from 0.15 s, and leaves. The fourth comes later, and waits for the worker."""
    load = load_at([0.0, 0.0, 0.0, 4.0], 1.0, rtt=RTT_S)
    load.patience[2] = patience_s
    return run(server(limit), of_io(load, *services_s), engine=engine)


def test_a_client_that_leaves_half_open_stays_and_its_data_are_served_for_nobody(engine: EngineName) -> None:
    """It leaves at 1.0 s. There is a place from 2.15 s, which its data take at 2.55 s: half a second of work is wasted.

    Until then the backlog has been full, so its FIN found no place either.
    """
    trace = leaving(engine, 1.0, 2.0, 1.7, 0.5)
    assert trace.outcome.tolist() == [*[Outcome.COMPLETED] * 2, Outcome.GAVE_UP, Outcome.COMPLETED]
    assert trace.finished[2] == 1.0
    assert in_backlog(trace)[2] == 2.55
    assert accepted(trace)[2:] == [3.85, 4.35]
    assert trace.left[2] == pytest.approx(4.35, abs=1e-9)


def test_the_fin_of_who_leaves_takes_a_place_and_a_worker_blocks_until_the_data_come(engine: EngineName) -> None:
    """There is a place from 2.65 s. The client leaves at 3.0 s, its FIN takes the place at 3.05 s, and its data come at
    4.95 s: for so long the worker reads from nobody, and the fourth waits.
    """
    trace = leaving(engine, 3.0, 2.5, 0.1)
    assert trace.outcome[2] == Outcome.GAVE_UP
    assert accepted(trace)[2:] == [3.05, 5.05]
    assert data_there(trace)[2:] == [4.95, 5.05]


def test_who_leaves_while_the_worker_waits_for_its_lost_data_is_not_noticed_before_they_come(
    engine: EngineName,
) -> None:
    """The answer to the SYN-ACK takes the place at 3.15 s; the client leaves at 3.5 s, its data come at 4.95 s."""
    trace = leaving(engine, 3.5, 2.5, 0.1)
    assert accepted(trace)[2:] == [3.15, 5.05]
    assert data_there(trace)[2] == 4.95


def test_of_a_large_upload_of_who_has_left_only_what_was_under_way_comes(engine: EngineName) -> None:
    """100 000 bytes at 65 536 bytes/s. The data come from 4.95 s on, a buffer full of them, and nothing after that."""
    load = load_at([0.0] * 3, 1.0, rtt=RTT_S, page=Kind(upload=100_000.0, up=65_536.0))
    load.upload[:2], load.patience[2] = 0.0, 3.0
    trace = run(server(), of_io(load, 2.5, 0.1), engine=engine)
    assert (trace.outcome[2], np.isnan(trace.reached[2, 3])) == (Outcome.GAVE_UP, True)
    assert trace.left[2] == pytest.approx(5.95, abs=1e-9)


def test_a_server_forgets_also_who_has_left(engine: EngineName) -> None:
    trace = leaving(engine, 1.0, 100.0)
    assert (trace.outcome[2], trace.finished[2]) == (Outcome.GAVE_UP, 1.0)
    assert trace.left[2] == pytest.approx(0.15 + 76.8, abs=1e-9)


def test_a_backlog_that_refuses_leaves_nothing_half_open(engine: EngineName) -> None:
    trace = served(engine, [0.0] * 3, 2.0, plan=server(refuses=True))
    assert trace.outcome.tolist() == [Outcome.COMPLETED, Outcome.COMPLETED, Outcome.REFUSED]
    assert trace.finished[2] == pytest.approx(0.15, abs=1e-9)


def test_who_knocks_for_the_first_time_without_a_round_trip_meets_the_backlog_once(engine: EngineName) -> None:
    """Between the SYN and the ACK nothing else can happen."""
    trace = run(server(), of_io(load_at([0.0] * 3, 1.0), 2.0), engine=engine)
    assert in_backlog(trace) == [0.0, 0.0, 3.0]
    assert trace.syn_retries.tolist() == [0, 0, 2]
    assert trace.data_retries.tolist() == [0, 0, 0]


# --- both engines, and the laws, where handshakes overlap -----------------------------------------------------------


def crowd(seed: int) -> Workload:
    """Many requests, of which some have a handshake so long that the backlog fills and empties meanwhile."""
    load = seeded_workload(seed, rows=80)
    random = np.random.default_rng(seed + 1)
    trips = ((0.04, 0.04, 0.3), (0.5, 1.0, 0.0), (0.01, 4.0, 0.25), (0.0, 0.0, 0.5))
    load.rtt[:] = random.choice(trips[seed % 4], len(load))
    load.phases[:] *= (1.0, 0.2, 0.05)[seed % 5 % 3]
    if seed % 2:
        load.patience[:] = inf
    return load


@settings(max_examples=150, derandomize=True, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data(), seed=st.integers(0, 2**32))
def test_both_engines_agree_and_keep_every_law_where_handshakes_overlap(data: st.DataObject, seed: int) -> None:
    plan, load = accepting_plan(lambda options: data.draw(st.sampled_from(options))), crowd(seed)
    plan = with_timers(plan, data.draw(st.sampled_from((HandshakeTimers(), EXACT, COARSE, QUICK))))
    reference, kernel = run_on("reference", plan, load), run_on("kernel", plan, load)
    if reference is None or kernel is None:
        assert reference is kernel
        return
    event(f"data were repeated: {bool(kernel.data_retries.any())}")
    assert differences(reference, kernel) == []
    assert [sentence for law in LAWS for sentence in law(kernel)] == []


@pytest.mark.parametrize("limit", [0, 1])
def test_both_engines_remember_every_time_at_which_the_backlog_was_full(limit: int) -> None:
    """Within the one long round trip the backlog fills and empties hundreds of times."""
    moments = np.arange(1500) * 0.01
    load = of_io(load_at(np.sort(np.concatenate((moments, moments))), 15.0, rtt=0.004), 0.003)
    load.rtt[::7] = np.linspace(6.0, 6.1, len(load.rtt[::7]))
    reference, kernel = run_on("reference", server(limit), load), run_on("kernel", server(limit), load)
    assert reference is not None
    assert kernel is not None
    assert differences(reference, kernel) == []
    assert (kernel.syn_retries[::7] > 0).any()
    assert (kernel.syn_retries[::7] == 0).any()
