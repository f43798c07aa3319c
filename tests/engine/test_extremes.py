"""Plans of a shape that is rarely drawn: a block that stands in two places, and as many resources as there may be."""

from simulator.plan import (
    Allocate,
    Branch,
    Chance,
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
)
from simulator.plan.resources import Bucket
from simulator.plan.values import MOST_HELD
from tests.engine.comparison import differences
from tests.plan.playing import crowd, play


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
