"""Every second of a request's life belongs to one state."""

from collections import defaultdict

import pytest

from simulator.plan import (
    Accept,
    AcceptEagerly,
    Backlog,
    Compute,
    Connect,
    Cores,
    Gil,
    Handle,
    Loop,
    Outcome,
    Plan,
    Pool,
    Receive,
    Release,
    Seize,
    Send,
    State,
)
from simulator.trace.demands import carried_through
from simulator.trace.table import Trace
from simulator.trace.throttling import spans
from tests.trace.by_hand import Kind, Life, load_at, trace_of

BACKLOG, WORKER, THREAD = Backlog("backlog", 10), Pool("worker", 2), Pool("thread", 2)
GIL, LOOP = Gil("GIL"), Loop("event loop")
PREFORK = Plan((Connect(BACKLOG), Accept(BACKLOG, WORKER), Receive(), Handle(), Send(), Release(WORKER)), Cores(1))
THREADED = Plan((Seize(THREAD), Handle(GIL), Release(THREAD)), Cores(2))
ON_LOOP = Plan((Connect(BACKLOG), AcceptEagerly(BACKLOG, LOOP, work_s=0.1), Handle(LOOP, visit_cost_s=0.1)), Cores(1))


def seconds(trace: Trace) -> dict[State, float]:
    """By state, over all requests."""
    total: defaultdict[State, float] = defaultdict(float)
    for span in spans(trace):
        for state, share in span.shares.items():
            total[state] += float(((span.end - span.start) * share).sum())
    return {state: round(value, 9) for state, value in total.items() if value > 1e-12}


@pytest.fixture
def slow_phone() -> Trace:
    """0.1 s handshake, 0.4 s backlog, 1 s upload, cpu 0.2 s that took 0.3 s, io 0.5 s, send 0.7 s, 0.2 s on its way."""
    load = load_at([1.0], 10.0, page=Kind(steps=(("cpu", 0.2), ("io", 0.5))))
    reached = {"connect backlog": 1.0, "accept worker": 1.1, "receive": 1.5, "handle.1": 2.5, "handle.2": 2.8}
    reached |= {"send": 3.3, "release worker": 4.0}
    return trace_of(PREFORK, load, Life(reached=reached, left=4.0, finished=4.2, slots={"worker": 0}, process=0))


def test_each_stay_has_the_state_of_its_place_and_a_computing_one_is_divided(slow_phone: Trace) -> None:
    assert seconds(slow_phone) == {
        State.CONNECTING: 0.1,
        State.BACKLOG: 0.4,
        State.UPLOAD: 1.0,
        State.COMPUTING: 0.2,
        State.CORE: 0.1,
        State.IO: 0.5,
        State.DOWNLOAD: 0.7,
        State.DELIVERY: 0.2,
    }


def test_waiting_for_the_gil_is_neither_computing_nor_waiting_for_a_core() -> None:
    load = load_at([0.0], 10.0, page=Kind(steps=(("cpu", 0.2),)))
    reached = {"seize thread": 0.0, "handle.1": 0.0, "release thread": 1.0}
    trace = trace_of(THREADED, load, Life(reached=reached, left=1.0, slots={"thread": 1}, lock_wait={"handle.1": 0.5}))
    assert seconds(trace) == {State.GIL: 0.5, State.COMPUTING: 0.2, State.CORE: 0.3}


def test_on_a_loop_the_waiting_comes_first_and_a_visit_costs_extra() -> None:
    load = load_at([0.0], 10.0, page=Kind(steps=(("cpu", 0.2),)))
    reached = {"connect backlog": 0.0, "wait backlog": 0.0, "accept event loop": 0.4, "handle.1": 0.5}
    trace = trace_of(ON_LOOP, load, Life(reached=reached, left=1.8, process=0, lock_wait={"handle.1": 1.0}))
    assert seconds(trace) == {State.BACKLOG: 0.4, State.COMPUTING: 0.4, State.LOOP: 1.0}
    told = {(round(float(s.start[0]), 9), round(float(s.end[0]), 9)): list(s.shares) for s in spans(trace)}
    assert told[0.5, 1.5] == [State.LOOP]
    assert told[1.5, 1.8] == [State.COMPUTING, State.CORE]


def test_a_place_that_was_never_reached_takes_no_time() -> None:
    load = load_at([0.0, 0.0], 10.0, short=Kind(steps=(("cpu", 1.0),)), long=Kind(steps=(("cpu", 1.0),) * 3, every=2))
    whole = {"seize thread": 0.0, "handle.1": 0.0, "handle.2": 1.0, "handle.3": 2.0, "release thread": 3.0}
    part = {"seize thread": 0.0, "handle.1": 0.0, "release thread": 1.0}
    short, long = Life(reached=part, left=1.0, slots={"thread": 0}), Life(reached=whole, left=3.0, slots={"thread": 1})
    assert seconds(trace_of(THREADED, load, short, long)) == {State.COMPUTING: 4.0}


def test_an_aborted_request_goes_from_where_it_was_to_its_release() -> None:
    load = load_at([0.0], 10.0, patience=2.0, page=Kind(steps=(("cpu", 1.0),)))
    reached = {"connect backlog": 0.0, "accept worker": 0.5, "receive": 1.0, "release worker": 2.0}
    gone = Life(reached=reached, left=2.0, outcome=Outcome.GAVE_UP, slots={"worker": 0})
    trace = trace_of(PREFORK, load, gone)
    assert seconds(trace) == {State.CONNECTING: 0.5, State.BACKLOG: 0.5, State.UPLOAD: 1.0}
    assert not carried_through(trace).any()


def test_a_request_without_a_client_is_carried_through_all_the_same(slow_phone: Trace) -> None:
    slow_phone.outcome[:] = Outcome.GAVE_UP
    slow_phone.finished[:] = 2.0
    assert carried_through(slow_phone).all()
    assert State.DELIVERY not in seconds(slow_phone)


def test_a_cost_without_a_lock_waits_only_for_a_core() -> None:
    plan = Plan((Compute(0.25),), Cores(1))
    trace = trace_of(plan, load_at([0.0], 10.0), Life(reached={"compute": 0.0}, left=1.0))
    assert seconds(trace) == {State.COMPUTING: 0.25, State.CORE: 0.75}


def test_a_request_that_never_ends_counts_until_the_run_does() -> None:
    load = load_at([0.0], 10.0, page=Kind(steps=(("io", 1.0),)))
    trace = trace_of(THREADED, load, Life(reached={"seize thread": 4.0}, left=float("nan"), outcome=Outcome.OPEN))
    assert seconds(trace) == {State.CONNECTING: 4.0, State.QUEUED: 6.0}
