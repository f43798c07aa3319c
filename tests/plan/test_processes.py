"""Which part of a plan dies with a process, and which pool is meant when workers or threads change."""

from simulator.experiments.catalogue import Model, catalogue, servers
from simulator.plan import Machine, Plan
from simulator.plan.processes import (
    every_process,
    main_pool,
    owner_of,
    process_count,
    processes,
    resized,
    slots_in_each,
    slots_of_each,
)
from simulator.plan.walk import walk
from tests.plan import mechanisms


def plan(name: str, *, nginx: bool = False, **settings: object) -> Plan:
    model, front = catalogue()[name], catalogue()["nginx"]
    bare = model.plan(model.config(**settings), Machine())
    return front.in_front(bare, front.config(), Machine()) if nginx else bare


def inside(made: Plan) -> list[str]:
    """The places of the walk that are inside of a process."""
    places = walk(made, 1)
    part = processes(made, places)
    return [place.name for place in places[part.first : part.end]]


def test_every_server_says_how_many_processes_it_has() -> None:
    counted = {model.name: process_count(plan_of(model)) for model in servers()}
    known = {"callback": 1, "coroutine": 1, "dev-server": 1, "greenlet": 1, "hybrid": 4, "prefork": 4, "threaded": 1}
    assert counted == counted | known


def plan_of(model: Model) -> Plan:
    made: Plan = model.plan(model.config(), Machine())
    return made


def test_a_worker_has_a_request_from_accept_to_close() -> None:
    assert inside(plan("prefork")) == [
        "accept worker",
        "receive",
        "parse",
        "handle.1",
        "respond",
        "send",
        "release worker",
    ]


def test_a_loop_has_a_request_until_the_response_is_handed_over() -> None:
    expected = ["wait backlog", "accept event loop", "receive", "parse", "handle.1", "respond", "send"]
    assert inside(plan("coroutine")) == expected
    behind = plan("coroutine", nginx=True)
    assert [name.split(" #")[0] for name in inside(behind)] == expected
    assert processes(behind, walk(behind, 1)).behind_proxy


def test_the_connections_of_a_proxy_survive() -> None:
    behind = plan("threaded", nginx=True)
    connection, thread = behind.pools
    assert slots_of_each(behind, connection) == 0
    assert slots_of_each(behind, thread) == thread.size
    assert main_pool(behind) == thread


def test_a_size_counts_workers_or_the_threads_of_each_process() -> None:
    workers, threads = plan("prefork"), plan("threaded", processes=2, threads=3)
    eager = plan("threaded", accept="eager", processes=2, threads=3)
    assert [slots_in_each(made, made.pools[0]) for made in (workers, threads, eager)] == [4, 3, 3]
    assert main_pool(plan("callback")) is None


def test_a_resized_plan_is_the_plan_with_that_setting() -> None:
    assert resized(plan("prefork"), 7) == plan("prefork", workers=7)
    for accept in ("idle", "eager"):
        made = plan("threaded", accept=accept, processes=2, threads=3)
        assert resized(made, 5) == plan("threaded", accept=accept, processes=2, threads=5)
    assert resized(plan("callback"), 5) == plan("callback")


def test_a_process_of_a_group_is_counted_through_and_jobs_come_after_requests() -> None:
    (upstreams,) = every_process(made := mechanisms.upstreams_with_processes(), walk(made, 1))
    assert (upstreams.count, upstreams.groups) == (4, 2)
    nobody, children = every_process(made := mechanisms.jobs(), walk(made, 1))
    assert (nobody.count, children.count, children.groups, children.before) == (0, 2, 2, 0)


def test_a_slot_dies_with_the_process_or_with_the_group_that_it_belongs_to() -> None:
    def owners(made: Plan, pool: int) -> list[int] | None:
        its = owner_of(made, walk(made, 1), made.pools[pool])
        return (
            None
            if its is None
            else [its.of(slot) for slot in range(made.pools[pool].size * made.pools[pool].processes)]
        )

    assert owners(mechanisms.upstreams_with_processes(), 0) == [0, 1, 2, 3]
    assert owners(mechanisms.balanced("in turn"), 0) == [0, 1]
    assert owners(mechanisms.jobs(), 0) == [0, 0, 0, 0, 1, 1, 1, 1]
    assert owners(mechanisms.jobs(), 1) == [0, 1]
    assert owners(mechanisms.connections_of_a_database(), 0) is None
    prefetched, child = (owner_of(made := mechanisms.jobs(), walk(made, 1), pool) for pool in mechanisms.jobs().pools)
    assert prefetched is not None
    assert child is not None
    assert (prefetched.group, child.group) == (True, False)
