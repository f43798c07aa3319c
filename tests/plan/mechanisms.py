"""Small plans, one for each mechanism that the words of a plan can say, and loads for them.

What to watch: each plan is as short as its mechanism allows; times are round, so that a run can be followed by hand.
"""

from typing import Any

from simulator.plan import (
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
    Crash,
    Die,
    Element,
    End,
    Enqueue,
    Handle,
    Limit,
    Loop,
    Memory,
    OfClass,
    Outcome,
    Plan,
    Pool,
    Release,
    Retire,
    Retry,
    Scale,
    Seize,
    Send,
    Upstreams,
    Within,
)
from simulator.plan.steps import Policy

CORES = Cores(16)


def plan(*steps: Element, **more: Any) -> Plan:
    return Plan(steps, CORES, **more)


# --- balancing ------------------------------------------------------------------------------------------------------


def balanced(policy: Policy) -> Plan:
    """Two upstreams with one worker each."""
    upstreams, worker = Upstreams("upstream", 2), Pool("worker", 1, processes=2)
    return plan(Choose(upstreams, policy), Seize(worker), Handle(), Release(worker), Release(upstreams))


def upstreams_with_processes() -> Plan:
    """Two upstreams, each with two worker processes."""
    upstreams, worker = Upstreams("upstream", 2), Pool("worker", 2, processes=2, slots_per_process=1)
    return plan(Choose(upstreams), Seize(worker), Handle(), Release(worker), Release(upstreams))


# --- trying again, and time limits ----------------------------------------------------------------------------------


def tried_three_times(jitter: float = 0.0) -> Plan:
    """One worker and no queue; who is turned away tries again after one and after two seconds."""
    worker = Pool("worker", 1, queue_limit=0)
    retry = Retry(outcomes=(Outcome.QUEUE_FULL,), backoff_s=(1.0, 2.0), jitter=jitter)
    return plan(Seize(worker), Handle(), Release(worker), retry=retry)


def impatient_retry() -> Plan:
    """One worker; who has waited too long for an answer asks again, and the worker works for both."""
    worker = Pool("worker", 1)
    return plan(
        *(Seize(worker), Handle(), Release(worker)),
        retry=Retry(outcomes=(Outcome.GAVE_UP,), backoff_s=(0.5,)),
    )


def limited_s(*inside: Element, **more: Any) -> Within:
    return Within(1.0, inside, **more)


def answered_late(**more: Any) -> Plan:
    """One worker, and a second for the work itself."""
    worker = Pool("worker", 1)
    return plan(Seize(worker), limited_s(Handle(), **more), Release(worker))


def waits_no_longer() -> Plan:
    """One worker, and a second for waiting and work together."""
    worker = Pool("worker", 1)
    return plan(limited_s(Seize(worker), Handle(), Release(worker)))


def freed_by_clients() -> Plan:
    """One connection, which is free when its client leaves."""
    connection = Pool("connection", 1, frees_when_client_leaves=True)
    return plan(Seize(connection), Handle(), Release(connection))


def killed_when_late() -> Plan:
    """Two processes of two threads; one that answers too late is killed, and back half a second later."""
    thread = Pool("thread", 4, slots_per_process=2)
    return plan(Seize(thread), limited_s(Handle(), otherwise=Die(0.5)), Release(thread))


def connections_of_a_database() -> Plan:
    """Four connections, for which a request waits a second at most."""
    connection = Pool("connection", 4)
    return plan(limited_s(Seize(connection), otherwise=Outcome.QUEUE_FULL), Handle(), Release(connection))


# --- jobs -----------------------------------------------------------------------------------------------------------


def jobs(*, late: bool = True, joined: bool = False) -> Plan:
    """Two workers, each with one child, take jobs from a queue, four at a time; a job is acknowledged late or early."""
    prefetched = Pool("prefetched", 8, slots_per_process=4)
    child = Pool("child", 1, processes=2, slots_per_process=1)
    work: tuple[Element, ...] = (Handle(), Release(child))
    acknowledge = (Release(prefetched),)
    steps = (Seize(prefetched), Seize(child), *((*work, *acknowledge) if late else (*acknowledge, *work)))
    return plan(Compute(0.25), Enqueue("job", steps, unacknowledged=prefetched, joined=joined))


def poisonous_job() -> Plan:
    """Whoever takes the job dies of it, before he has acknowledged it."""
    worker = Pool("worker", 1, slots_per_process=1)
    return plan(Enqueue("job", (Seize(worker), Crash(0.5), Release(worker)), unacknowledged=worker))


# --- what is shared -------------------------------------------------------------------------------------------------


def database_of_its_own() -> Plan:
    """What requests wait for is computed by a database with two cores."""
    database = Cores(2, name="database")
    return plan(Compute(0.25, on=database), Handle(io_on=database))


def rate_limit(queue_limit: int | None) -> Plan:
    """Two requests a second, and two that may have been saved."""
    return plan(Limit(Bucket("token", 2.0, burst=2.0, queue_limit=queue_limit)), Handle())


def memory_limit(when_full: Outcome | Die) -> Plan:
    """One process of four threads, and memory for two requests."""
    thread, memory = Pool("thread", 4, slots_per_process=4), Memory("memory", 100.0, in_use=20.0)
    return plan(Seize(thread), Allocate(memory, 40.0, when_full), Handle(), Release(memory), Release(thread))


def priority() -> Plan:
    """One worker, and a class that goes first."""
    worker = Pool("worker", 1, first=("paid",))
    return plan(Seize(worker), Handle(), Release(worker))


# --- ways -----------------------------------------------------------------------------------------------------------


def cached_classes() -> Plan:
    """What can be cached is answered at once."""
    return plan(Branch(OfClass(("cached",)), (End(Outcome.COMPLETED),), (Handle(),)))


def cache_hits(share: float) -> Plan:
    """So large a share of the requests is found in a cache."""
    return plan(Branch(Chance(share), (Compute(0.001, what="hit"),), (Handle(),)))


def shedding() -> Plan:
    """Who finds both workers busy is turned away."""
    worker = Pool("worker", 2)
    refused = Branch(Busy(worker, at_least=2), (End(Outcome.QUEUE_FULL),))
    return plan(refused, Seize(worker), Handle(), Release(worker))


# --- processes ------------------------------------------------------------------------------------------------------


def recycled_workers(after: int = 2) -> Plan:
    """Two workers, each of which starts anew after so many requests, for a second."""
    worker = Pool("worker", 2, slots_per_process=1)
    return plan(Seize(worker), Handle(), Retire(after, 1.0), Release(worker))


def recycled_threads(after: int = 3) -> Plan:
    """One process of two threads that starts anew after so many requests."""
    backlog, loop, thread = Backlog("backlog", 10), Loop("loop", 1), Pool("thread", 2)
    return plan(
        *(Connect(backlog), AcceptEagerly(backlog, loop)),
        *(Seize(thread), Handle(), Send(), Release(thread), Retire(after, 1.0)),
    )


def poisoned() -> Plan:
    """One event loop, and a class of requests that crash it."""
    backlog, loop = Backlog("backlog", 10), Loop("loop", 1)
    return plan(
        *(Connect(backlog), AcceptEagerly(backlog, loop)),
        *(Handle(loop), Branch(OfClass(("poison",)), (Crash(1.0),)), Send()),
    )


def scaled(boot_s: float = 0.0) -> Plan:
    """Up to three workers: one more for every second in which all are busy, one less where all are idle."""
    worker = Pool("worker", 3, slots_per_process=1)
    scale = Scale(pool=worker, every_s=1.0, start=1, least=1, grow_at=1.0, shrink_at=0.0, boot_s=boot_s)
    return plan(Seize(worker), Handle(), Release(worker), scales=(scale,))


def deadlocked() -> Plan:
    """Two locks taken in one order by some and in the other by others, in workers of which there may be one more."""
    worker, first, second = Pool("worker", 3, slots_per_process=1), Pool("first", 1), Pool("second", 1)
    one_way = (Seize(first), Handle(), Seize(second), Release(second), Release(first))
    the_other = (Seize(second), Handle(), Seize(first), Release(first), Release(second))
    scale = Scale(pool=worker, every_s=1.0, start=2, least=1, grow_at=1.0, shrink_at=0.0)
    return plan(Seize(worker), Branch(OfClass(("a",)), one_way, the_other), Release(worker), scales=(scale,))


PLANS: dict[str, Plan] = {
    "in turn": balanced("in turn"),
    "least in hand": balanced("least in hand"),
    "random": balanced("random"),
    "upstreams with processes": upstreams_with_processes(),
    "tried three times": tried_three_times(jitter=0.5),
    "impatient": impatient_retry(),
    "a late answer stops the work": answered_late(),
    "the work goes on": answered_late(work="goes on"),
    "waits no longer": waits_no_longer(),
    "killed when late": killed_when_late(),
    "connections of a database": connections_of_a_database(),
    "acknowledged late": jobs(late=True),
    "acknowledged early": jobs(late=False),
    "joined": jobs(joined=True),
    "a database of its own": database_of_its_own(),
    "rate limit": rate_limit(queue_limit=3),
    "memory refuses": memory_limit(Outcome.QUEUE_FULL),
    "memory kills": memory_limit(Die(0.5)),
    "priority": priority(),
    "by class": cached_classes(),
    "by chance": cache_hits(0.3),
    "by a gauge": shedding(),
    "recycled workers": recycled_workers(),
    "recycled threads": recycled_threads(),
    "poison": poisoned(),
    "scaled": scaled(boot_s=0.5),
}
