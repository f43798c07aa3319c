"""What interventions mean, on plans small enough to work out by hand; both engines."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from simulator.experiments.run import EngineName, run
from simulator.plan import (
    Accept,
    AcceptEagerly,
    Backlog,
    Compute,
    Connect,
    Cores,
    Handle,
    Link,
    Loop,
    Outcome,
    Plan,
    Pool,
    Release,
    Send,
)
from simulator.trace.table import Trace
from simulator.workload.interventions import Do, Intervention
from simulator.workload.table import Workload
from tests.trace.by_hand import Kind, load_at

both_engines = pytest.mark.parametrize("engine", ["reference", "kernel"])
IO = Kind(steps=(("io", 1.0),))
KILL_0_AT_HALF = Intervention(at=0.5, do=Do.KILL, number=0, lasting=2.0)
BACKLOG = Backlog("backlog", 50)


def workers(number: int, *, cores: int = 2) -> Plan:
    """Forked workers without any costs."""
    worker = Pool("worker", number, slots_per_process=1)
    return Plan((Connect(BACKLOG), Accept(BACKLOG, worker), Handle(), Send(), Release(worker)), Cores(cores))


def loops(processes: int) -> Plan:
    """Event loops without any costs."""
    loop = Loop("loop", processes)
    return Plan((Connect(BACKLOG), AcceptEagerly(BACKLOG, loop), Handle(loop), Send()), Cores(2))


def proxied(plan: Plan) -> Plan:
    """Behind a proxy that takes the whole response."""
    port, connection = Backlog("port", 50), Pool("connection", 9)
    inner = [replace(s, link=Link.LOCAL) if isinstance(s, Connect | Send) else s for s in plan.steps]
    return Plan((Connect(port), Accept(port, connection), *inner, Send(), Release(connection)), plan.cores)


def under(load: Workload, *entries: Intervention) -> Workload:
    return replace(load, interventions=entries)


def at_once(many: int, kind: Kind = IO) -> Workload:
    return load_at([0.0] * many, 10.0, page=kind)


def served(engine: EngineName, plan: Plan, load: Workload, *entries: Intervention) -> Trace:
    return run(plan, under(load, *entries), engine=engine, detail=True)


def ends(trace: Trace) -> list[tuple[Outcome, float]]:
    return [(Outcome(o), round(t, 9)) for o, t in zip(trace.outcome.tolist(), trace.finished.tolist(), strict=True)]


@both_engines
def test_a_killed_worker_takes_one_request_along_and_is_back_after_its_boot(engine: EngineName) -> None:
    trace = served(engine, workers(2), at_once(4), KILL_0_AT_HALF)
    assert ends(trace) == [
        (Outcome.CRASHED, 0.5),
        (Outcome.COMPLETED, 1.0),
        (Outcome.COMPLETED, 2.0),  # worker 1 serves one after the other, until at 2.5 s worker 0 could help
        (Outcome.COMPLETED, 3.0),
    ]
    assert trace.slot[:, 0].tolist() == [0, 1, 1, 1]


@both_engines
def test_the_backlog_survives_the_death_of_the_only_worker(engine: EngineName) -> None:
    trace = served(engine, workers(1), at_once(2), KILL_0_AT_HALF)
    assert ends(trace) == [(Outcome.CRASHED, 0.5), (Outcome.COMPLETED, 3.5)]


@both_engines
def test_a_killed_event_loop_takes_everything_along(engine: EngineName) -> None:
    trace = served(engine, loops(1), load_at([0.0, 0.1, 0.2, 1.0], 10.0, page=IO), KILL_0_AT_HALF)
    assert ends(trace) == [(Outcome.CRASHED, 0.5)] * 3 + [(Outcome.COMPLETED, 3.5)]


@both_engines
def test_only_the_killed_one_of_two_event_loops_loses_requests(engine: EngineName) -> None:
    trace = served(engine, loops(2), load_at([0.0, 0.1, 0.2, 0.3, 1.0], 10.0, page=IO), KILL_0_AT_HALF)
    crashed = trace.outcome == Outcome.CRASHED
    assert np.array_equal(crashed, (trace.process == 0) & (trace.arrival < 0.5))
    assert 0 < crashed.sum() < 4


@both_engines
def test_a_proxy_answers_for_the_dead_server_with_502_and_is_free_again(engine: EngineName) -> None:
    trace = served(engine, proxied(workers(1)), at_once(2), KILL_0_AT_HALF)
    assert ends(trace) == [(Outcome.BAD_GATEWAY, 0.5), (Outcome.COMPLETED, 3.5)]
    assert trace.left.tolist() == [0.5, 3.5]


@both_engines
def test_what_the_proxy_has_already_taken_over_survives(engine: EngineName) -> None:
    slow_reader = Kind(steps=(("io", 0.25),), response=1e6, down=1e5)
    trace = served(engine, proxied(workers(1)), at_once(1, slow_reader), KILL_0_AT_HALF)
    assert ends(trace) == [(Outcome.CRASHED, 0.5)]  # the server was still handing over
    buffered = replace(slow_reader, response=100e3)
    trace = served(engine, proxied(workers(1)), at_once(1, buffered), KILL_0_AT_HALF)
    assert ends(trace) == [(Outcome.COMPLETED, 1.25)]


@both_engines
def test_a_response_that_is_cut_off_is_not_completed_but_what_the_kernel_has_still_arrives(engine: EngineName) -> None:
    blocked = Kind(steps=(("io", 0.25),), response=231072.0, down=1e5)
    trace = served(engine, workers(1), at_once(1, blocked), KILL_0_AT_HALF)
    assert ends(trace) == [(Outcome.CRASHED, 0.5)]
    handed_over = replace(blocked, response=131072.0)
    trace = served(engine, workers(1), at_once(1, handed_over), KILL_0_AT_HALF)
    assert ends(trace) == [(Outcome.COMPLETED, 0.25 + 1.31072)]


@both_engines
def test_the_client_hears_of_the_crash_half_a_round_trip_later(engine: EngineName) -> None:
    trace = served(engine, workers(1), load_at([0.0], 10.0, rtt=0.2, page=IO), replace(KILL_0_AT_HALF, at=0.6))
    assert ends(trace) == [(Outcome.CRASHED, 0.7)]


@both_engines
def test_a_process_that_is_killed_while_it_boots_starts_all_over_again(engine: EngineName) -> None:
    again = replace(KILL_0_AT_HALF, at=2.0, lasting=1.0)
    trace = served(engine, workers(1), at_once(2), KILL_0_AT_HALF, again)
    assert ends(trace) == [(Outcome.CRASHED, 0.5), (Outcome.COMPLETED, 4.0)]


@both_engines
def test_a_process_that_the_server_does_not_have_cannot_be_killed(engine: EngineName) -> None:
    trace = served(engine, workers(2), at_once(4), replace(KILL_0_AT_HALF, number=2))
    assert (trace.outcome == Outcome.COMPLETED).all()


@both_engines
def test_io_that_starts_while_io_is_slow_takes_so_many_times_as_long(engine: EngineName) -> None:
    slow = Intervention(at=0.5, do=Do.SLOW_IO, factor=3.0, lasting=1.0)
    trace = served(engine, loops(1), load_at([0.0, 0.5, 1.4, 1.5], 10.0, page=IO), slow)
    assert (trace.finished - trace.arrival).tolist() == pytest.approx([1.0, 3.0, 3.0, 1.0])


@both_engines
def test_a_worker_too_many_finishes_first(engine: EngineName) -> None:
    smaller = Intervention(at=0.5, do=Do.SLOTS, number=1)
    trace = served(engine, workers(2), at_once(4), smaller)
    assert ends(trace) == [(Outcome.COMPLETED, end) for end in (1.0, 1.0, 2.0, 3.0)]
    assert trace.slot[:, 0].tolist() == [0, 1, 0, 0]


@both_engines
def test_more_workers_help_from_the_moment_at_which_they_are_there(engine: EngineName) -> None:
    larger = Intervention(at=0.5, do=Do.SLOTS, number=3)
    trace = served(engine, workers(1), at_once(4), larger)
    assert ends(trace) == [(Outcome.COMPLETED, end) for end in (1.0, 1.5, 1.5, 2.0)]
    assert trace.plan.pools[0].size == 3


@both_engines
def test_two_computations_on_one_core_go_on_side_by_side_once_there_are_two(engine: EngineName) -> None:
    second_core = Intervention(at=1.0, do=Do.CORES, number=2)
    trace = served(engine, workers(2, cores=1), at_once(2, Kind(steps=(("cpu", 1.0),))), second_core)
    assert trace.finished.tolist() == pytest.approx([1.5, 1.5])


@both_engines
def test_an_intervention_comes_before_an_arrival_at_the_same_moment(engine: EngineName) -> None:
    trace = served(engine, workers(1), load_at([0.5], 10.0, page=IO), KILL_0_AT_HALF)
    assert ends(trace) == [(Outcome.COMPLETED, 3.5)]


@both_engines
def test_a_client_of_a_closed_loop_goes_on_after_a_crash(engine: EngineName) -> None:
    load = load_at([0.0] * 8, 4.0, page=Kind(steps=(("io", 0.25),), response=231072.0, down=1e5))
    loop = replace(load, arrival=np.full(8, np.nan), clients_in_loop=1, think=np.full(8, 0.5))
    trace = served(engine, workers(1), loop, replace(KILL_0_AT_HALF, at=1.0, lasting=0.25))
    assert trace.arrival.tolist() == pytest.approx([0.5, 1.5])
    assert trace.outcome.tolist() == [Outcome.CRASHED, Outcome.COMPLETED]


def check_same(traces: Sequence[Trace]) -> None:
    one, other = traces
    for name in ("arrival", "finished", "outcome", "reached", "left"):
        assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True)


@both_engines
def test_a_trace_runs_again_as_it_did_though_its_plan_has_been_enlarged(engine: EngineName) -> None:
    larger = (Intervention(at=0.5, do=Do.SLOTS, number=3), Intervention(at=1.0, do=Do.CORES, number=5))
    trace = served(engine, workers(1), at_once(4), *larger)
    check_same((trace, run(trace.plan, trace.workload, engine=engine)))


def test_an_entry_that_does_nothing_here_changes_nothing() -> None:
    load = at_once(5)
    nothing = Intervention(at=0.25, do=Do.BURST, number=3, lasting=1.0)
    check_same((run(workers(2), load), run(workers(2), under(load, nothing))))


def test_computing_that_a_crash_interrupts_frees_the_core_at_once() -> None:
    plan = Plan(
        (
            Connect(BACKLOG),
            Accept(BACKLOG, pool := Pool("worker", 2, slots_per_process=1)),
            Compute(1.0),
            Release(pool),
        ),
        Cores(1),
    )
    trace = run(plan, under(at_once(2, Kind(steps=())), KILL_0_AT_HALF), engine="kernel")
    assert trace.finished.tolist() == pytest.approx([0.5, 1.25])
