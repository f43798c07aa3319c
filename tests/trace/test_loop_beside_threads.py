"""Whoever has an event loop may wait for the GIL of the threads beside it: every figure tells the two waits apart."""

from functools import cache

import pytest
from hypothesis import given

from simulator.plan import Branch, Cores, Elsewhere, Gil, Handle, Loop, OfClass, Plan, Pool, State, Within
from simulator.results import plan_json
from simulator.trace.checks import check
from simulator.trace.measures import measure
from simulator.trace.playback import Activity, Playback
from simulator.trace.playback.blockers import Blockers
from simulator.trace.request_life import life
from simulator.trace.summary import summarise
from simulator.trace.table import Trace
from tests.engine.comparison import run_on
from tests.engine.strategies_words import word_workload
from tests.engine.test_agreement import SEEDS, few
from tests.engine.test_loop_beside_threads import seeded_server
from tests.trace.by_hand import Kind, load_at, simulate

GIL = Gil("GIL")
LOOP = Loop("event loop", gil=GIL)


@cache
def beside_a_report(kind: str = "cpu", seconds: float = 0.001) -> Trace:
    """A thread computes a report for a second; at 0.1 s two pages come, which the loop does."""
    steps = (Branch(OfClass(("report",)), (Handle(GIL),), (Handle(LOOP),)),)
    page, another = (Kind(steps=((kind, seconds),), every=every) for every in (2, 3))
    load = load_at([0.0, 0.1, 0.1], 2.0, report=Kind(steps=(("cpu", 1.0),)), page=page, another=another)
    return simulate(Plan(steps, Cores(4)), load)


def test_the_life_of_a_callback_is_waiting_for_the_loop_then_for_the_gil_then_computing() -> None:
    stays = [(stay.state, round(stay.end - stay.start, 6)) for stay in life(beside_a_report(), 2)]
    assert stays == [(State.LOOP, 0.006), (State.GIL, 0.005), (State.COMPUTING, 0.001)]


def test_the_loop_is_in_use_while_whoever_has_it_waits_for_the_gil() -> None:
    trace = beside_a_report()
    used, window = summarise(trace).resources, trace.window.end
    assert window == pytest.approx(1.002)  # all come at once
    assert used["event loop"].split["waiting for the GIL"] == pytest.approx(0.010 / window)
    assert used["event loop"].split["computing"] == pytest.approx(0.002 / window)
    assert used["event loop"].utilisation == pytest.approx(0.012 / window)
    assert used["GIL"].utilisation == pytest.approx(1.002 / window)
    assert used["cores"].utilisation == pytest.approx(1.002 / window / 4)


@pytest.mark.parametrize("kind", ["native", "block"])
def test_native_code_and_calls_that_wait_have_the_loop_and_no_use_for_the_gil(kind: str) -> None:
    trace = beside_a_report(kind, 0.1)
    used = summarise(trace).resources
    assert used["event loop"].utilisation == pytest.approx(0.2 / trace.window.end)
    assert used["GIL"].utilisation == pytest.approx(1.0 / trace.window.end)
    now = Playback(trace).at(0.15)
    assert now.lock("event loop").holder.tolist() == [1]
    assert now.lock("GIL").waiting[0].request.tolist() == []
    assert now.runnable == (2 if kind == "native" else 1)


def test_others_wait_for_the_loop_and_its_holder_for_the_gil() -> None:
    measures = measure(beside_a_report())
    assert measures.queue("event loop").seconds == pytest.approx(0.006)
    assert measures.queue("GIL").seconds == pytest.approx(0.005 + 0.005 + 0.002)  # the report waits while pages compute


def test_a_moment_shows_who_has_the_loop_and_that_it_waits_for_the_gil() -> None:
    now = Playback(beside_a_report()).at(0.103)
    loop, gil = now.lock("event loop"), now.lock("GIL")
    assert (loop.holder.tolist(), loop.activity.tolist()) == ([1], [Activity.GIL])
    assert [waiting.request.tolist() for waiting in loop.waiting] == [[2]]
    assert gil.holder.tolist() == [0]
    assert [waiting.request.tolist() for waiting in gil.waiting] == [[1]]
    assert now.runnable == 1


def test_who_was_in_the_way_is_named_for_either_wait() -> None:
    trace = beside_a_report()
    at_loop, at_gil, _ = life(trace, 2)
    blockers = Blockers(trace)
    assert blockers.of(2, at_loop).words == "behind #1, which had the event loop for 6 ms"
    assert blockers.of(2, at_gil).words == "behind #0, which had the GIL for 1 s"


def test_the_lane_of_the_loop_shows_the_waiting_and_the_computing_of_whoever_has_it() -> None:
    shares = Playback(beside_a_report()).shares("event loop", 0, 1, (0.1, 0.112), 1)[:, 0, 0]
    assert shares[Activity.GIL] == pytest.approx(10 / 12)
    assert shares[Activity.COMPUTING] == pytest.approx(2 / 12)


def test_helpers_compute_under_the_gil_that_callbacks_need_too() -> None:
    helper = Pool("helper", 2)
    plan = Plan((Handle(LOOP, elsewhere=(Elsewhere(("native",), helper, lock=GIL),)),), Cores(4))
    load = load_at([0.0, 0.1], 2.0, report=Kind(steps=(("native", 1.0),)), page=Kind(steps=(("cpu", 0.001),), every=2))
    assert simulate(plan, load).left == pytest.approx([1.0, 0.101])  # native code lets go of it


def test_a_plan_with_such_a_loop_is_the_same_when_it_was_written_and_read() -> None:
    plan = Plan((Handle(LOOP), Handle(GIL)), Cores(1))
    assert plan_json.plan_from_data(plan_json.plan_to_data(plan)) == plan
    other = plan.exchanging(GIL, Gil("GIL", switch_interval_s=0.1))
    assert other.locks[0].gil == other.locks[1] == Gil("GIL", switch_interval_s=0.1)  # type: ignore[union-attr]


@few
@given(seed=SEEDS)
def test_no_law_is_broken(seed: int) -> None:
    plan = seeded_server(seed)
    trace = run_on("kernel", plan, word_workload(seed, 40, reserve=0))
    if trace is not None and not any(isinstance(step, Within) for step in _inside(plan)):  # nobody is called away
        assert check(trace) == []


def _inside(plan: Plan) -> list[object]:
    ways = [(*step.then, *step.otherwise) for step in plan.steps if isinstance(step, Branch)]
    return [*plan.steps, *(step for way in ways for step in way)]
