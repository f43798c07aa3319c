"""The life of one request, told in order."""

import pytest

from simulator.plan import (
    AcceptEagerly,
    Backlog,
    Connect,
    Cores,
    Gil,
    Handle,
    Outcome,
    Plan,
    Pool,
    Release,
    Seize,
    State,
)
from simulator.trace.request_life import life
from tests.trace.by_hand import Kind, Life, load_at, simulate, trace_of

THREAD, GIL, BACKLOG = Pool("thread", 2), Gil("GIL"), Backlog("backlog", 10)
THREADED = Plan((Seize(THREAD), Handle(GIL), Release(THREAD)), Cores(2))
EAGER = Plan((Connect(BACKLOG), AcceptEagerly(BACKLOG, GIL, work_s=0.1), *THREADED.steps), Cores(2))


def test_a_life_says_where_it_was_what_it_did_and_whose_slot_it_held() -> None:
    load = load_at([0.0], 9.0, page=Kind(steps=(("cpu", 0.2), ("io", 1.0))))
    reached = {"seize thread": 0.0, "handle.1": 0.5, "handle.2": 1.5, "release thread": 2.5}
    one = Life(reached=reached, left=2.5, finished=2.6, slots={"thread": 1}, process=0, lock_wait={"handle.1": 0.6})
    told = life(trace_of(THREADED, load, one), 0)
    assert [(s.place, s.state, round(s.start, 9), round(s.end, 9), s.slots) for s in told] == [
        ("seize thread", State.QUEUED, 0.0, 0.5, ()),
        ("handle.1", State.GIL, 0.5, 1.1, ("thread 1",)),
        ("handle.1", State.CORE, 1.1, 1.3, ("thread 1",)),
        ("handle.1", State.COMPUTING, 1.3, 1.5, ("thread 1",)),
        ("handle.2", State.IO, 1.5, 2.5, ("thread 1",)),
        ("after the server", State.DELIVERY, 2.5, 2.6, ()),
    ]


def test_with_every_hold_recorded_threads_are_seen_to_take_turns() -> None:
    load = load_at([0.0, 0.0], 1.0, page=Kind(steps=(("cpu", 0.012),)))
    told = life(simulate(THREADED, load, detail=True), 1)
    states = [stay.state for stay in told]
    assert states == [State.GIL, State.COMPUTING, State.GIL, State.COMPUTING, State.GIL, State.COMPUTING]
    assert [round(stay.start * 1e3) for stay in told] == [0, 5, 10, 15, 20, 22]


def test_a_life_has_no_gaps() -> None:
    load = load_at([0.0, 0.01, 0.02], 1.0, page=Kind(steps=(("cpu", 0.03), ("io", 0.1), ("cpu", 0.01))))
    trace = simulate(EAGER, load)
    for request in range(3):
        told = life(trace, request)
        assert told[0].start == trace.arrival[request]
        assert told[-1].end == trace.finished[request]
        assert [a.end for a in told[:-1]] == pytest.approx([b.start for b in told[1:]])


def test_a_request_belongs_to_a_process_once_it_is_accepted() -> None:
    trace = simulate(EAGER, load_at([0.0, 0.0], 1.0, page=Kind(steps=(("cpu", 0.1),))))
    told = life(trace, 1)
    assert (told[0].state, told[0].process) == (State.BACKLOG, None)
    assert {stay.process for stay in told[1:]} == {0}


def test_what_is_done_after_the_client_has_gone_is_done_for_nobody() -> None:
    load = load_at([0.0], 9.0, patience=0.5, page=Kind(steps=(("io", 0.4), ("io", 0.4), ("io", 0.4))))
    reached = {"seize thread": 0.0, "handle.1": 0.0, "handle.2": 0.4, "handle.3": 0.8, "release thread": 1.2}
    gone = Life(reached=reached, left=1.2, finished=0.5, outcome=Outcome.GAVE_UP, slots={"thread": 0})
    assert [stay.for_nobody for stay in life(trace_of(THREADED, load, gone), 0)] == [False, False, True]


def test_a_request_that_was_not_there_is_named() -> None:
    trace = simulate(THREADED, load_at([0.0], 1.0))
    with pytest.raises(IndexError, match="request 7: the trace has requests 0 to 0"):
        life(trace, 7)
