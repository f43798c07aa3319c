"""A plan whose steps do not fit together is refused where it is written, with the step that does not fit."""

import pickle
from dataclasses import replace
from math import nan
from typing import Any, cast

import pytest

from simulator.plan import (
    Accept,
    AcceptEagerly,
    Allocate,
    Backlog,
    Branch,
    Bucket,
    Busy,
    Chance,
    Choose,
    Compute,
    Connect,
    Cores,
    Die,
    Element,
    Elsewhere,
    End,
    Enqueue,
    Gil,
    Handle,
    HandshakeTimers,
    Limit,
    Loop,
    Memory,
    OfClass,
    Outcome,
    Plan,
    PlanError,
    Pool,
    Receive,
    Release,
    Retire,
    Retry,
    Scale,
    Seize,
    Step,
    Upstreams,
    Within,
)
from simulator.plan.walk import walk
from simulator.words.language import speaking
from tests.plan import mechanisms

BACKLOG, WORKER, LOOP = Backlog("backlog", 5), Pool("worker", 2), Loop("loop", 2)
PORT, CONNECTION = Backlog("port", 5), Pool("connection", 9)


def held(pool: Pool) -> tuple[Step, ...]:
    return Seize(pool), Release(pool)


def nested(blocks: int) -> tuple[Element, ...]:
    steps: tuple[Element, ...] = (Handle(),)
    for _ in range(blocks):
        steps = (Within(1.0, steps),)
    return steps


REFUSED: dict[str, tuple[tuple[Element, ...], str]] = {
    "no steps": ((), "a plan needs at least one step"),
    "release without seize": ((Release(WORKER),), r"step 1 \(Release\) releases a worker that is not held"),
    "seize without release": ((Seize(WORKER),), "never released: worker"),
    "seized twice": (
        (Seize(WORKER), Seize(WORKER), Release(WORKER)),
        r"step 2 \(Seize\) takes a worker a second time",
    ),
    "accept without connect": (
        (Accept(BACKLOG, WORKER), Release(WORKER)),
        r"step 1 \(Accept\) accepts, but nothing connected",
    ),
    "connect without accept": ((Connect(BACKLOG), Handle()), r"step 1 \(Connect\): a connect and the accept"),
    "accept from another backlog": (
        (Connect(PORT), Accept(BACKLOG, WORKER), Release(WORKER)),
        r"step 1 \(Connect\): a connect and the accept",
    ),
    "retries after the timeout": (
        (Connect(BACKLOG, retries_s=(1.0, 3.0), timeout_s=2.0), Accept(BACKLOG, WORKER), Release(WORKER)),
        "retries must grow from 0 to the timeout",
    ),
    "a timer that never advances": (
        (Connect(BACKLOG, timers=HandshakeTimers(syn_ack_s=0.0)), Accept(BACKLOG, WORKER), Release(WORKER)),
        r"step 1 \(Connect\): expected timers above 0 s",
    ),
    "two servers on one backlog": (
        (
            *(Connect(BACKLOG), Accept(BACKLOG, CONNECTION)),
            *(Connect(BACKLOG), Accept(BACKLOG, WORKER)),
            *(Release(WORKER), Release(CONNECTION)),
        ),
        "two steps accept from the same backlog",
    ),
    "two eager servers": (
        (Connect(BACKLOG), AcceptEagerly(BACKLOG, LOOP), Connect(PORT), AcceptEagerly(PORT, LOOP)),
        "more than one step accepts eagerly",
    ),
    "batch and visits": (
        (Connect(BACKLOG), AcceptEagerly(BACKLOG, LOOP, batch=2, visits=2)),
        "has both batch and visits above 1",
    ),
    "no process chosen": ((Handle(LOOP),), "needs one of 2 processes; earlier steps chose among 1"),
    "process chosen twice": (
        (Connect(BACKLOG), AcceptEagerly(BACKLOG, LOOP), *held(Pool("thread", 4, slots_per_process=2))),
        r"step 3 \(Seize\) decides the process, and so did step 2",
    ),
    "one backlog, several queues": (
        (
            *(Connect(PORT), AcceptEagerly(PORT, LOOP)),
            *(
                Connect(BACKLOG),
                Accept(BACKLOG, Pool("worker", 1, processes=2)),
                Release(Pool("worker", 1, processes=2)),
            ),
        ),
        r"step 4 \(Accept\) accepts into 2 queues",
    ),
    "two pools of one name": ((*held(WORKER), *held(Pool("worker", 3))), "two different resources share a name"),
    "an empty pool": (held(Pool("worker", 0)), "worker: expected at least one slot"),
    "copies that choose the process": (
        (Connect(BACKLOG), AcceptEagerly(BACKLOG, LOOP), *held(Pool("worker", 2, processes=2, slots_per_process=1))),
        r"step 3 \(Seize\) decides the process, and so did step 2",
    ),
    "a process without slots": (held(Pool("worker", 2, slots_per_process=0)), "slots_per_process must be at least 1"),
    "a lock in no process": ((Handle(Loop("loop", 0)),), "loop: expected a process"),
    "a GIL that never rests": ((Compute(1.0, Gil("GIL", 1, 0.0)),), "a switch interval above 0 s"),
    "a block without steps": (
        (Within(1.0, ()),),
        r"step 1 \(Within\): expected a time above 0 s for at least one",
    ),
    "killed and going on": (
        (Within(1.0, (Handle(),), Die(1.0), "goes on"),),
        "work cannot go on in a process that is killed",
    ),
    "a share above 1": ((Branch(Chance(1.5), (Handle(),)),), "expected a share from 0 to 1, got 1.5"),
    "released in one way only": (
        (Seize(WORKER), Branch(Chance(0.5), (Release(WORKER),)), Release(WORKER)),
        r"step 2 \(Branch\)|step 1 \(Release\) releases a worker that is not held",
    ),
    "a process of one way only": (
        (Branch(Chance(0.5), held(Pool("worker", 2, slots_per_process=1))), Handle(LOOP)),
        "step 2 .Handle. needs one of 2 processes; earlier steps chose among 1",
    ),
    "somebody else's gauge": (
        (Branch(Busy(Pool("thread", 1, processes=3), 1), (Handle(),)),),
        "step 1 .Branch. needs one of 3 processes",
    ),
    "a job with a client": (
        (Enqueue("job", (Receive(),)),),
        r"step 1 \(Enqueue\): a job has no client",
    ),
    "a job that holds what its request took": (
        (Seize(WORKER), Enqueue("job", (Release(WORKER),)), Release(WORKER)),
        "releases a worker that is not held",
    ),
    "a time limit that kills nobody": (
        (Within(1.0, (Handle(),), Die(1.0)),),
        "kills a process; no step up to its end chooses one",
    ),
    "death of nobody": (
        (Allocate(Memory("memory", 1.0), 1.0, Die(1.0)), Release(Memory("memory", 1.0))),
        "is about a process; no earlier step chose one",
    ),
    "memory kept": ((Allocate(Memory("memory", 1.0), 1.0),), "never released: memory"),
    "recycled after nothing": ((*held(WORKER), Retire(0, 1.0)), "expected at least one request, got"),
    "a third decision": (
        (
            Choose(Upstreams("upstream", 2)),
            *held(Pool("worker", 2, processes=2, slots_per_process=1)),
            *held(Pool("thread", 2, processes=4, slots_per_process=1)),
        ),
        r"step 4 \(Seize\) decides the process, and so did step 2",
    ),
    "an upstream that was not chosen": ((Release(Upstreams("upstream", 2)),), "releases a upstream that is not held"),
    "other cores and a lock": ((Compute(1.0, Gil("GIL"), on=Cores(1, name="db")),), "needs no lock of the server"),
    "two machines of one name": ((Compute(1.0, on=Cores(2)),), "the cores of two machines share a name"),
    "a bucket that stays empty": ((Limit(Bucket("token", 0.0)),), "expected a rate above 0"),
    "no memory left": ((Allocate(Memory("memory", 1.0, in_use=2.0), 1.0),), "no more in use than its size"),
    "first and last": (
        held(Pool("worker", 1, order="lifo", first=("a",))),
        "classes that go first need the order",
    ),
    "more pools than bits": (
        tuple(step for n in range(63) for step in held(Pool(f"pool {n}", 1))),
        "63 pools, upstreams and memories: expected at most 62",
    ),
    "taken again in a way": (
        (Seize(WORKER), Branch(Chance(0.5), held(WORKER)), Release(WORKER)),
        r"step 1 \(Seize\) takes a worker a second time",
    ),
    "an upstream left twice": (
        (Choose(Upstreams("upstream", 2)), Release(Upstreams("upstream", 2)), Release(Upstreams("upstream", 2))),
        "step 3 .Release. releases a upstream that is not held",
    ),
    "connected in one way, accepted for all": (
        (Branch(Chance(0.5), (Connect(BACKLOG),)), Accept(BACKLOG, WORKER), Release(WORKER)),
        r"step 1 \(Connect\): a connect and the accept",
    ),
    "connected in one way, accepted in the other": (
        (Branch(Chance(0.5), (Connect(BACKLOG),), (Accept(BACKLOG, WORKER), Release(WORKER))),),
        r"step 1 \(Connect\): a connect and the accept",
    ),
    "connected for all, accepted in one way": (
        (Connect(BACKLOG), Branch(Chance(0.5), (Accept(BACKLOG, WORKER), Release(WORKER)))),
        r"step 1 \(Connect\): a connect and the accept",
    ),
    "an acknowledgement of nothing": (
        (Enqueue("job", (Handle(),), unacknowledged=WORKER),),
        r"step 1 \(Enqueue\): the job never takes a worker that it could acknowledge",
    ),
    "a resource where a step should be": ((cast(Any, WORKER), Handle()), "steps: expected a step, got Pool"),
    "a forgotten comma": (cast(Any, Handle()), "steps: expected a tuple of steps, got Handle.*followed by a comma"),
    "a comma forgotten further in": ((Within(1.0, cast(Any, Handle())),), "Within: steps: expected a tuple of steps"),
    "blocks without end": (nested(51), "Within: steps: blocks in blocks, more than 50 deep"),
    "an end that is a word": (
        (Within(1.0, (Handle(),), cast(Any, "die")),),
        r"Within: otherwise: expected an Outcome or Die\(...\), got 'die'",
    ),
    "one class without a comma": (
        (Branch(OfClass(cast(Any, "page")), (Handle(),)),),
        "OfClass: names: expected a tuple, got 'page'; a single one is followed by a comma",
    ),
    "no count": (held(Pool("worker", 1, queue_limit=2**40)), "worker: queue_limit: expected a whole number from 0 to"),
    "half a slot": (held(Pool("worker", cast(int, 1.5))), "worker: size: expected a whole number"),
    "no time": ((Compute(nan),), "Compute: work_s: expected 0 or more, got nan"),
    "time that goes back": ((Handle(visit_cost_s=-1.0),), "Handle: visit_cost_s: expected 0 or more, got -1.0"),
    "computing that could let go of a loop": (
        (Handle(LOOP, keeps=("cpu",)),),
        r"step 1 \(Handle\): keeps: expected kinds of waiting, 'io', 'block', got \('cpu',\)",
    ),
    "a kind of waiting without a comma": (
        (Handle(LOOP, keeps=cast(Any, "io")),),
        "Handle: keeps: expected a tuple, got 'io'; a single one is followed by a comma",
    ),
    "a slot taken again that is still held": (
        (Seize(WORKER), Handle(elsewhere=(Elsewhere(("block",), WORKER),)), Release(WORKER)),
        r"step 2 \(Handle\) takes a worker a second time",
    ),
    "a slot taken again that is held around a way": (
        (Seize(WORKER), Branch(Chance(0.5), (Handle(elsewhere=(Elsewhere(("io",), WORKER),)),)), Release(WORKER)),
        r"step 1 \(Handle\) takes a worker a second time",
    ),
    "the same pieces by two": (
        (Handle(elsewhere=(Elsewhere(("io", "block"), WORKER), Elsewhere(("io",), CONNECTION))),),
        "elsewhere: expected each of 'cpu', 'io', 'native', 'block' at most once, got 'io', 'block', 'io'",
    ),
    "a helper without work": ((Handle(elsewhere=(Elsewhere((), WORKER),)),), "at most once, got ''"),
    "a helper for no kind of work": (
        (Handle(elsewhere=(Elsewhere((cast(Any, "disk"),), WORKER),)),),
        "at most once, got 'disk'",
    ),
    "a helper that decides the process": (
        (Handle(elsewhere=(Elsewhere(("io",), Pool("thread", 4, slots_per_process=2)),)),),
        "a thread that helps neither decides the process nor is free before its work is done",
    ),
    "a helper that is free too early": (
        (Handle(elsewhere=(Elsewhere(("io",), Pool("thread", 4, frees_when_client_leaves=True)),)),),
        "a thread that helps neither decides the process nor is free before its work is done",
    ),
    "a helper that computes on a loop": (
        (Handle(elsewhere=(Elsewhere(("cpu",), WORKER, cast(Any, LOOP)),)),),
        "elsewhere: who helps needs a GIL or no lock",
    ),
    "a helper of a process that nobody chose": (
        (Handle(elsewhere=(Elsewhere(("cpu",), Pool("thread", 4, processes=3)),)),),
        r"step 1 \(Handle\) needs one of 3 processes|step 1 \(Seize\) needs one of 3 processes",
    ),
    "an end that is none": ((End(Outcome.OPEN),), "End: outcome: expected a way to end, got 'still open'"),
    "an acceptor that may have nothing": (
        (Connect(BACKLOG), AcceptEagerly(BACKLOG, LOOP, limit=0)),
        "expected a limit of at least one connection",
    ),
    "an unknown policy": (
        (Choose(Upstreams("upstream", 2), cast(Any, "by name")),),
        "Choose: policy: expected one of 'in turn', 'least in hand', 'random', 'hashed', got 'by name'",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_steps_that_do_not_fit_together_are_refused(what: str) -> None:
    steps, message = REFUSED[what]
    with pytest.raises(PlanError, match=message):
        Plan(steps, Cores(1))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"count": 0}, "expected at least one core"),
        ({"count": 1, "time_slice_s": 0.0}, "expected at least one core"),
        ({"count": 1, "switch_cost_s": -1.0}, "core: switch_cost_s: expected 0 or more"),
    ],
)
def test_a_processor_that_cannot_compute_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(PlanError, match=message):
        Plan((Handle(),), Cores(**options))


def test_what_is_said_of_a_whole_plan_has_to_be_possible() -> None:
    with pytest.raises(PlanError, match=r"cores: expected Cores\(2\), got 2"):
        Plan((Handle(),), cast(Any, 2))
    with pytest.raises(PlanError, match="a retry needs outcomes and at least one backoff"):
        Plan((Handle(),), Cores(1), retry=Retry(outcomes=(Outcome.QUEUE_FULL,), backoff_s=()))
    with pytest.raises(PlanError, match="nobody repeats what was completed"):
        Plan((Handle(),), Cores(1), retry=Retry(outcomes=(Outcome.COMPLETED,), backoff_s=(1.0,)))
    with pytest.raises(PlanError, match="Retry: outcomes: expected a way to end"):
        Plan((Handle(),), Cores(1), retry=Retry(outcomes=(Outcome.OPEN,), backoff_s=(1.0,)))
    with pytest.raises(PlanError, match="a jitter from 0 to 1"):
        Plan((Handle(),), Cores(1), retry=Retry(outcomes=(Outcome.CRASHED,), backoff_s=(1.0,), jitter=2.0))


def test_what_is_said_of_a_pool_that_scales_has_to_be_possible() -> None:
    scale = Scale(pool=WORKER, every_s=1.0, start=1, least=1, grow_at=1.0, shrink_at=0.0)
    with pytest.raises(PlanError, match="only a pool of the plan that is there once can grow and shrink"):
        Plan((Handle(),), Cores(1), scales=(scale,))
    with pytest.raises(PlanError, match="expected least <= start <= the size"):
        Plan(held(WORKER), Cores(1), scales=(replace(scale, start=9),))
    with pytest.raises(PlanError, match="two scales make the same pool grow"):
        Plan(held(WORKER), Cores(1), scales=(scale, replace(scale, start=2)))
    with pytest.raises(PlanError, match="expected a look every 1e-06 s at most"):
        Plan(held(WORKER), Cores(1), scales=(replace(scale, every_s=1e-300),))


def test_a_resource_is_listed_once_in_the_order_of_the_steps() -> None:
    plan = Plan((Connect(BACKLOG), Accept(BACKLOG, WORKER), Handle(), Release(WORKER)), Cores(1))
    assert plan.resources == (BACKLOG, WORKER)
    assert (plan.backlogs, plan.pools, plan.locks) == ((BACKLOG,), (WORKER,), ())


def test_what_was_worked_out_about_a_plan_is_kept_with_it_and_changes_nothing_else() -> None:
    asked, fresh = mechanisms.jobs(), mechanisms.jobs()
    assert asked.pools is asked.pools
    assert walk(asked, 2) is walk(asked, 2)
    assert walk(asked, 2) != walk(asked, 0)
    assert (asked, hash(asked), pickle.dumps(asked)) == (fresh, hash(fresh), pickle.dumps(fresh))
    assert pickle.loads(pickle.dumps(asked)) == asked


def test_blocks_may_be_nested_as_deep_as_anybody_writes_them() -> None:
    assert Plan(nested(50), Cores(1)).steps


def test_what_does_not_fit_together_is_told_in_chinese_too() -> None:
    with speaking("zh"), pytest.raises(PlanError, match="计划至少要有一个步骤"):
        Plan(steps=(), cores=Cores(1))
