"""Which part of a plan dies with a process, and which pool is meant when workers or threads change."""

from simulator.app.catalogue import Model, catalogue, servers
from simulator.plan import Machine, Plan
from simulator.plan.processes import main_pool, process_count, processes, resized, slots_in_each, slots_of_each
from simulator.plan.walk import walk


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
    assert counted == {"callback": 1, "coroutine": 1, "dev-server": 1, "prefork": 4, "threaded": 1}


def plan_of(model: Model) -> Plan:
    made: Plan = model.plan(model.config(), Machine())
    return made


def test_a_worker_has_a_request_from_accept_to_close() -> None:
    assert inside(plan("prefork")) == ["accept worker", "receive", "parse", "handle.1", "send", "release worker"]


def test_a_loop_has_a_request_until_the_response_is_handed_over() -> None:
    expected = ["wait backlog", "accept event loop", "receive", "parse", "handle.1", "send"]
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
