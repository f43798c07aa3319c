"""A loop of a process in which threads compute too: callbacks need its GIL, in both engines, whatever else happens.

For a longer hunt, with other examples every time: LOOPFORK_HUNT=20000 python -m pytest -m slow tests/engine
"""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import event, given

from simulator.experiments.run import EngineName
from simulator.plan import (
    AcceptEagerly,
    Backlog,
    Branch,
    Chance,
    Compute,
    Connect,
    Cores,
    Element,
    Gil,
    Handle,
    Loop,
    OfClass,
    Outcome,
    Plan,
    Pool,
    Receive,
    Release,
    Retire,
    Seize,
    Send,
    Step,
    Within,
)
from simulator.trace.table import Trace
from simulator.workload.table import Workload
from tests.engine.comparison import differences, run_on
from tests.engine.strategies import COST_S, KEEPS, LUCK_OF_A_GIL, SWITCH_INTERVAL_S, cores
from tests.engine.strategies_words import word_workload
from tests.engine.test_agreement import SEEDS, few, many
from tests.plan.playing import ENGINES, play
from tests.trace.by_hand import Kind, load_at

each_engine = pytest.mark.parametrize("engine", ENGINES)


def seeded_server(seed: int) -> Plan:
    """A server that hands some classes to threads, and does the others on its loop."""
    pick = Random(f"loop beside threads {seed}").choice
    processes = pick((1, 1, 2, 3))
    gil = Gil("GIL", processes, pick(SWITCH_INTERVAL_S), 1, *pick(LUCK_OF_A_GIL))
    if pick((True, False, False, False)):
        gil = replace(gil, permits=2, asker_wins=None)
    loop, thread = Loop("loop", processes, gil), Pool("thread", pick((1, 2, 3)), processes)
    backlog = Backlog("backlog", pick((0, 2, 50)))
    batch, limit, releases = pick((1, 1, 2, 9)), pick((None, 2)), pick((0, 1, 3))
    accept = AcceptEagerly(backlog, loop, pick(COST_S), batch=batch, limit=limit, releases=releases)
    on_loop: list[Element] = [Handle(loop, pick(COST_S), keeps=pick(KEEPS)), Compute(pick(COST_S), loop, releases=2)]
    if pick((True, False)):
        on_loop = [Within(pick((0.5, 1.0)), tuple(on_loop), Outcome.UPSTREAM_TIMEOUT, pick(("stops", "goes on")))]
    threaded = (Seize(thread), Handle(pick((gil, gil, gil, None)), pick(COST_S)), Release(thread))
    steps: list[Element] = [Connect(backlog), accept, Receive(), Compute(pick(COST_S), loop, releases=pick((0, 1)))]
    test = pick((OfClass(("a",)), OfClass(("b", "c")), Chance(0.5), Chance(0.5)))
    steps += [Branch(test, threaded, tuple(on_loop)), Send()]
    if pick((True, False, False)):
        steps.append(Retire(pick((1, 3)), 0.5))
    return Plan(tuple(steps), cores(pick))


def agree(seed: int, rows: int = 24) -> None:
    plan, load = seeded_server(seed), word_workload(seed, rows, reserve=0)
    reference, kernel = run_on("reference", plan, load), run_on("kernel", plan, load)
    if reference is None or kernel is None:
        event("a closed loop ran out of rows")
        assert reference is kernel
        return
    assert differences(reference, kernel) == []


@few
@given(seed=SEEDS)
def test_both_engines_give_the_same_trace(seed: int) -> None:
    agree(seed)


@pytest.mark.slow
@many
@given(seed=SEEDS)
def test_both_engines_give_the_same_trace_for_many_more(seed: int) -> None:
    agree(seed)
    agree(seed, rows=80)


def waits(trace: Trace, place: str) -> dict[str, list[float]]:
    """By lock: how long each request waited for it at a place."""
    return {
        lock.name: trace.lock_wait[:, column].tolist()
        for column, (index, lock) in enumerate(trace.locked)
        if trace.places[index].name == place
    }


GIL = Gil("GIL", asker_wins=None)
BESIDE = Loop("loop", gil=GIL)
SHARING = Plan((Branch(OfClass(("report",)), (Handle(GIL),), (Handle(BESIDE),)),), Cores(4))
"""Reports compute in threads, pages on the loop."""


def one_report_two_pages(kind: str, seconds: float) -> Workload:
    """A report computes for a second from the start; at 0.1 s come two pages."""
    page = Kind(steps=((kind, seconds),), every=2)
    return load_at([0.0, 0.1, 0.1], 3.0, report=Kind(steps=(("cpu", 1.0),)), page=page, another=replace(page, every=3))


@each_engine
def test_beside_one_computing_thread_a_callback_waits_a_switch_interval_with_the_loop_and_the_next_for_both(
    engine: EngineName,
) -> None:
    found = waits(play(engine, SHARING, one_report_two_pages("cpu", 0.001)), "handle.1 #2")
    assert found["GIL"] == pytest.approx([0.0, 0.005, 0.005])
    assert found["loop"] == pytest.approx([0.0, 0.0, 0.006])


@each_engine
def test_whoever_waits_for_the_gil_of_a_loop_holds_the_loop_and_both_are_noted(engine: EngineName) -> None:
    trace = play(engine, SHARING, one_report_two_pages("cpu", 0.001))
    grants = trace.grants
    assert grants is not None
    names = [trace.plan.locks[number].name for number in grants.lock]
    held = {
        (name, row): end - start
        for name, row, start, end in zip(names, grants.request, grants.start, grants.end, strict=True)
        if row
    }
    assert held == pytest.approx({("loop", 1): 0.006, ("GIL", 1): 0.001, ("loop", 2): 0.006, ("GIL", 2): 0.001})


@each_engine
@pytest.mark.parametrize("kind", ["native", "block"])
def test_native_code_and_calls_that_wait_keep_the_loop_and_leave_the_gil_to_threads(
    engine: EngineName, kind: str
) -> None:
    trace = play(engine, SHARING, one_report_two_pages(kind, 0.5))
    assert trace.left == pytest.approx([1.0, 0.6, 1.1])
    assert waits(trace, "handle.1")["GIL"] == [0.0, 0.0, 0.0]


@each_engine
def test_a_callback_that_computes_in_native_code_and_then_in_python_keeps_the_loop_all_the_time(
    engine: EngineName,
) -> None:
    page = Kind(steps=(("cpu", 0.1), ("native", 0.2), ("cpu", 0.1), ("block", 0.1)))
    trace = play(engine, Plan((Handle(BESIDE),), Cores(4)), load_at([0.0, 0.0], 3.0, page=page))
    assert trace.left == pytest.approx([0.5, 1.0])


@few
@given(seed=SEEDS)
def test_where_no_thread_computes_a_loop_is_a_loop_to_the_last_bit(seed: int) -> None:
    """Nobody but its callbacks needs the GIL, and only one of them has the loop."""
    plan, load = without_calls(seeded_server(seed)), word_workload(seed, reserve=0)
    loop = next(lock for lock in plan.locks if isinstance(lock, Loop))
    gil = Gil("other", loop.processes)
    one, other = (run_on("kernel", plan.exchanging(loop, replace(loop, gil=beside)), load) for beside in (gil, None))
    if one is None or other is None:
        assert one is other
        return
    loops = [column for column, (_, lock) in enumerate(one.locked) if lock != gil]
    assert np.array_equal(one.lock_wait[:, loops], other.lock_wait)
    assert not one.lock_wait[:, [i for i in range(len(one.locked)) if i not in loops]].any()
    for name in ("reached", "left", "finished", "outcome", "process", "slot"):
        assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True)


def without_calls(plan: Plan) -> Plan:
    """The same, but nobody lets go of a GIL for a moment."""

    def changed(step: Step) -> Step:
        return replace(step, releases=0) if isinstance(step, AcceptEagerly | Compute) else step

    return replace(plan, steps=plan.steps_after(changed))
