"""Servers and loads, each with one cause of trouble built in or left out."""

from dataclasses import replace
from math import inf

from simulator.plan import (
    Accept,
    AcceptEagerly,
    Backlog,
    Branch,
    Connect,
    Cores,
    Element,
    Gil,
    Handle,
    Linger,
    Link,
    Loop,
    OfClass,
    Outcome,
    Plan,
    Pool,
    Processors,
    Receive,
    Release,
    Seize,
    Send,
)
from simulator.trace.attribution import Attribution
from simulator.trace.facts import Facts
from simulator.trace.measures import measure
from simulator.trace.summary import summarise
from simulator.trace.table import Trace
from simulator.workload.table import Workload
from tests.trace.by_hand import Kind, random_load

BACKLOG = Backlog("backlog", 5000)


def forked(workers: int, cores: int = 2, backlog: Backlog = BACKLOG, retries: tuple[float, ...] = ()) -> Plan:
    worker = Pool("worker", workers, slots_per_process=1)
    connect, accept = Connect(backlog, retries_s=retries), Accept(backlog, worker)
    return Plan((connect, accept, Receive(), Handle(), Send(), Release(worker)), Cores(cores))


def lingering(workers: int) -> Plan:
    plan = forked(workers)
    return replace(plan, steps=(*plan.steps[:-1], Linger(2.0), plan.steps[-1]))


def proxied(plan: Plan, connections: int = 500) -> Plan:
    port = Backlog("port", 500)
    held = Pool("connection", connections, queue_limit=0, when_full=Outcome.CONNECTION_LIMIT)
    near: dict[Element, Element] = {Receive(): Receive(Link.LOCAL), Send(): Send(Link.LOCAL, inf)}
    behind = (near.get(step, step) for step in plan.steps)
    return Plan((Connect(port), Accept(port, held), Receive(), *behind, Send(), Release(held)), plan.cores)


def threads(number: int, processes: int = 1) -> Plan:
    gil, thread = Gil("GIL", processes), Pool("thread", number * processes, slots_per_process=number)
    return Plan((Connect(BACKLOG), Accept(BACKLOG, thread), Handle(gil), Release(thread)), Cores(2))


def eager(number: int, processes: int) -> Plan:
    gil, thread = Gil("GIL", processes), Pool("thread", number, processes=processes)
    taken = (Connect(BACKLOG), AcceptEagerly(BACKLOG, gil, 0.0002, visits=2), Seize(thread))
    return Plan((*taken, Handle(gil), Release(thread)), Cores(2))


def loops(processes: int = 1, limit: int | None = None) -> Plan:
    loop = Loop("event loop", processes)
    return Plan((Connect(BACKLOG), AcceptEagerly(BACKLOG, loop, 2e-5, limit=limit), Handle(loop), Send()), Cores(2))


def beside_threads(number: int = 4, *, gil: bool = True) -> Plan:
    """A loop that hands reports to threads; ``gil``: of the same process."""
    lock, thread = Gil("GIL"), Pool("thread", number)
    loop = Loop("event loop", gil=lock if gil else None)
    reports = (Seize(thread), Handle(lock), Release(thread))
    taken = (Connect(BACKLOG), AcceptEagerly(BACKLOG, loop, 2e-5), Receive())
    return Plan((*taken, Branch(OfClass(("report",)), reports, (Handle(loop),)), Send()), Cores(2))


def goroutines(permits: int) -> Plan:
    processors = Processors("P", switch_interval_s=0.01, permits=permits)
    return Plan((Connect(BACKLOG), AcceptEagerly(BACKLOG, processors, 2e-5), Handle(processors), Send()), Cores(2))


def of(rate: float, duration: float = 20.0, patience: float = inf, /, **kinds: Kind) -> Workload:
    return random_load(rate, duration, patience, 0.0, **kinds)


def far(rate: float, **kinds: Kind) -> Workload:
    """From clients whose lines take most of the time."""
    return random_load(rate, 20.0, inf, 0.05, **kinds)


PAGE = Kind(steps=(("cpu", 0.002), ("io", 0.03)))
UPLOAD = Kind(steps=PAGE.steps, every=5, upload=165_536.0, up=1e5)  # 1 s more than the receive buffer takes
READER = Kind(steps=PAGE.steps, every=5, response=231_072.0, down=131_072.0)  # until 3 thirds are free: 1 s
QUERY, HASH = Kind(steps=(("io", 0.1),)), Kind(steps=(("cpu", 0.03),))
BUSY = Kind(steps=(("cpu", 0.004), ("io", 0.02)))
QUICK = Kind(steps=(("cpu", 0.001), ("io", 0.01)))
REPORT, SLOW_QUERY = Kind(steps=(("cpu", 0.2),), every=15), Kind(steps=(("io", 1.5),), every=12)
SYNCHRONOUS = Kind(steps=(("cpu", 0.001), ("block", 0.2)), every=10)
ROUGH = (1.0, 2.0, 3.0)


def facts(trace: Trace) -> Facts:
    measures = measure(trace)
    return Facts(measures, summarise(trace), Attribution(measures))
