"""Plans of a shape that is rarely drawn: a block that stands in two places, and as many resources as there may be."""

import pytest

from simulator.experiments.run import EngineName
from simulator.plan import (
    Allocate,
    Branch,
    Chance,
    Choose,
    Compute,
    Cores,
    Element,
    Enqueue,
    Handle,
    Limit,
    Loop,
    Memory,
    Plan,
    Pool,
    Release,
    Seize,
    Upstreams,
)
from simulator.plan.resources import Bucket
from simulator.plan.values import MOST_HELD
from simulator.workload.interventions import Do, Intervention
from tests.engine.comparison import differences
from tests.plan.playing import ENGINES, crowd, play, taking


def in_both_engines(*steps: Element) -> list[str]:
    plan = Plan(steps, Cores(2))
    return differences(play("kernel", plan, crowd()), play("reference", plan, crowd()))


def test_a_branch_that_stands_twice_in_a_plan_decides_twice() -> None:
    cached = Branch(Chance(0.5), (Compute(0.1),), (Compute(0.2),))
    assert in_both_engines(cached, Handle(), cached) == []


def test_a_job_that_stands_twice_in_a_plan_is_sent_off_twice() -> None:
    mail = Enqueue("mail", (Handle(),))
    assert in_both_engines(mail, Handle(), mail) == []


def test_a_request_can_hold_as_much_as_a_plan_may_name_among_any_number_of_locks_and_limits() -> None:
    pools = [Pool(f"pool {n}", 2, queue_limit=3) for n in range(MOST_HELD // 2)]
    memories = [Memory(f"memory {n}", 10.0) for n in range(MOST_HELD // 2)]
    between: list[Element] = [
        step for n in range(70) for step in (Compute(0.001, Loop(f"loop {n}")), Limit(Bucket(f"token {n}", 50.0)))
    ]
    taken: list[Element] = [*map(Seize, pools), *(Allocate(memory, 4.0) for memory in memories)]
    freed: list[Element] = [*map(Release, memories), *map(Release, pools)]
    assert in_both_engines(*between, *taken, Handle(), *freed) == []


@pytest.mark.parametrize("engine", ENGINES)
def test_fewer_slots_in_each_process_leave_one_in_a_process_that_has_only_one(engine: EngineName) -> None:
    upstreams, worker = Upstreams("upstream", 2), Pool("worker", 3, processes=2, slots_per_process=2)
    plan = Plan((Choose(upstreams), Seize(worker), Handle(), Release(worker)), Cores(16))
    trace = play(engine, plan, taking(*[1.0] * 8, at=[1.0] * 8), Intervention(at=0.5, do=Do.SLOTS, number=1))
    assert trace.process.tolist() == [0, 2, 1, 3, 0, 2, 1, 3]
    assert trace.left.tolist() == [2.0] * 4 + [3.0] * 4
