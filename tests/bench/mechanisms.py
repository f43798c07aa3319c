"""Mechanisms of the plan against plain SimPy programs of the same: balancing, retries, a time limit that kills, ...

What to watch: both must say the same of every request, or a speed means nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from simulator.engine.kernel_run import EVENTS_AT_A_TIME
from simulator.engine.loading import kernel
from simulator.engine.lowering import lower
from simulator.engine.record import Record
from simulator.experiments.run import run
from simulator.plan import (
    Bucket,
    Choose,
    Cores,
    Die,
    Element,
    Enqueue,
    Handle,
    Limit,
    Outcome,
    Plan,
    Pool,
    Release,
    Retry,
    Seize,
    Upstreams,
    Within,
)
from simulator.trace.columns import Floats
from simulator.trace.table import Trace
from simulator.workload.table import PER_ROW, Work, Workload, are_alike
from tests.bench import plain_mechanisms as plain
from tests.bench.clock import Spent, in_turn, per_second, timed
from tests.bench.figure import Figure
from tests.bench.scene import exponential
from tests.bench.sizes import Sizes

SAME_S = 1e-6
FASTER = 100
Rates = tuple[tuple[float, ...], tuple[float, ...]]
"""Requests per second, by processor time and elapsed."""
CORES = Cores(16)


@dataclass(frozen=True, kw_only=True)
class Mechanism:
    """One scene, as we say it and as SimPy does it."""

    plan: Plan
    load: Callable[[int], Workload]
    """So many requests."""
    simpy: type[plain.Scene]
    ended: Callable[[Trace], Floats] = lambda trace: trace.finished
    """When each request, or its job, has ended."""


def figures(sizes: Sizes) -> Iterator[Figure]:
    """For each: whether both say the same, how fast the kernel is, and how many times as fast as SimPy."""
    for name, mechanism in MECHANISMS.items():
        few, many = mechanism.load(sizes.mechanism), mechanism.load(3 * sizes.program)
        load = plain.Load(few)
        apart = np.abs(mechanism.ended(run(mechanism.plan, few)) - plain.simulate(mechanism.simpy, load)).max()
        yield Figure(what=f"{name}: largest difference", values=(float(apart),), unit="s", at_most=SAME_S)
        events: list[Spent] = []
        whole, theirs = in_turn(
            sizes.rounds,
            partial(_run, mechanism.plan, many, events),
            partial(plain.simulate, mechanism.simpy, load),
        )
        ours, all_in_all, slow = (
            per_second(n, t) for n, t in ((many.requests, events), (many.requests, whole), (few.requests, theirs))
        )
        yield Figure(what=f"kernel, {name}", values=ours[0], elapsed=ours[1], unit="/s")
        yield _ratio(f"{name}: kernel against plain SimPy", ours, slow, FASTER)
        yield _ratio(f"{name}: whole run against plain SimPy", all_in_all, slow, None)


def _run(plan: Plan, workload: Workload, events: list[Spent]) -> None:
    """What ``experiment.run`` does; noted apart is how long the events take, from an empty server to the last one.

    The difference is made by what every run needs once, and by putting repetitions and jobs in order of time.
    """
    module, program, record = kernel(), lower(plan, workload), Record.blank(plan, workload)

    def happen() -> None:
        state = module.set_up(program, workload, record, False)
        while module.advance(state, EVENTS_AT_A_TIME):
            pass

    events.append(timed(happen))
    record.trace(plan, workload, None)


def _ratio(what: str, ours: Rates, theirs: Rates, at_least: float | None) -> Figure:
    values, elapsed = (tuple(a / b for a, b in zip(*rates, strict=True)) for rates in zip(ours, theirs, strict=True))
    return Figure(what=what, values=values, elapsed=elapsed, unit="times", at_least=at_least)


# --- what happens ---------------------------------------------------------------------------------------------------


def plan(*steps: Element, **more: Any) -> Plan:
    return Plan(steps, CORES, **more)


def balanced() -> Plan:
    """Each request goes to the upstream that has fewer in hand."""
    upstreams, worker = Upstreams("upstream", 2), Pool("worker", plain.WORKERS, processes=2)
    return plan(
        *(Choose(upstreams, "least in hand"), Seize(worker), Handle()),
        *(Release(worker), Release(upstreams)),
    )


def repeated() -> Plan:
    """Whoever finds the queue full comes again, twice at most."""
    worker = Pool("worker", plain.WORKERS, queue_limit=plain.WAITING)
    retry = Retry(outcomes=(Outcome.QUEUE_FULL,), backoff_s=plain.BACKOFF_S)
    return plan(Seize(worker), Handle(), Release(worker), retry=retry)


def killing() -> Plan:
    """Processes of two threads; one that answers too late is killed, and boots."""
    thread = Pool("thread", plain.THREADS, slots_per_process=plain.THREADS_OF_EACH)
    limited = Within(plain.LIMIT_S, (Handle(),), otherwise=Die(plain.BOOT_S))
    return plan(Seize(thread), limited, Release(thread))


def prefetched() -> Plan:
    """Two workers with one child each take four jobs at a time, which are acknowledged when they are done."""
    unit = Pool("prefetched", plain.UNITS, slots_per_process=plain.PREFETCHED)
    child = Pool("child", 1, processes=plain.UNITS // plain.PREFETCHED, slots_per_process=1)
    job = (Seize(unit), Seize(child), Handle(), Release(child), Release(unit))
    return plan(Enqueue("job", job, unacknowledged=unit))


def limited() -> Plan:
    """So many requests a second, some saved, some waiting."""
    bucket = Bucket("token", plain.RATE, burst=plain.BURST, queue_limit=plain.WAITING)
    return plan(Limit(bucket), Handle())


def with_database() -> Plan:
    """Workers that compute on the server's cores, and wait for a database that computes on its own."""
    worker, database = Pool("worker", plain.WORKERS), Cores(plain.DATABASE_CORES, name="database")
    return Plan((Seize(worker), Handle(io_on=database), Release(worker)), Cores(plain.CORES))


# --- to whom --------------------------------------------------------------------------------------------------------


def waiting(requests: int, *, rate: float, further: int = 0) -> Workload:
    """Requests that wait for a tenth of a second on average, with so many further rows each."""
    load = exponential(requests, rate=rate, mean_s=0.1, phases=(Work.IO,))
    columns: dict[str, Any] = {name: getattr(load, name) for name in PER_ROW if name != "think"}
    rows = np.tile(np.arange(requests), 1 + further)
    columns = {n: np.broadcast_to(c[0], (len(rows),)) if are_alike(c) else c[rows] for n, c in columns.items()}
    columns["arrival"] = np.where(np.arange(len(rows)) < requests, columns["arrival"], np.nan)
    return replace(load, reserve=further, **columns)


def computing(requests: int) -> Workload:
    """Requests that compute, ask the database, and compute again."""
    return exponential(requests, rate=9.0, mean_s=0.1, phases=(Work.CPU, Work.IO, Work.CPU))


def last_answer(trace: Trace) -> Floats:
    """When each client had the answer to its last attempt, or each request's job was done."""
    last = np.zeros(len(trace))
    np.maximum.at(last, trace.request, trace.finished)
    of_requests: Floats = last[trace.parent < 0]
    return of_requests


MECHANISMS = {
    "least connections": Mechanism(plan=balanced(), load=partial(waiting, rate=70.0), simpy=plain.LeastConnections),
    "retries with backoff": Mechanism(
        plan=repeated(), load=partial(waiting, rate=40.0, further=2), simpy=plain.Retries, ended=last_answer
    ),
    "a time limit that kills": Mechanism(plan=killing(), load=partial(waiting, rate=50.0), simpy=plain.Killing),
    "jobs with a prefetch of 4": Mechanism(
        plan=prefetched(), load=partial(waiting, rate=15.0, further=1), simpy=plain.Prefetch, ended=last_answer
    ),
    "a token bucket": Mechanism(plan=limited(), load=partial(waiting, rate=100.0), simpy=plain.TokenBucket),
    "a database with cores of its own": Mechanism(plan=with_database(), load=computing, simpy=plain.Database),
}
