"""Plans and workloads of every kind, for Hypothesis to put together.

What to watch: most numbers come from a few round ones, so that arrivals, hand-overs, time-outs and the ends of work fall
on the same moment again and again. Two engines that agree on ties agree on the rest.
"""

from dataclasses import fields
from math import inf
from typing import Any

import numpy as np
from hypothesis import strategies as st

from simulator.app.catalogue import Model, fronts, servers
from simulator.plan import (
    AcceptEagerly,
    Accept,
    Backlog,
    Compute,
    Connect,
    Cores,
    Gil,
    Handle,
    Link,
    Lock,
    Loop,
    Machine,
    Outcome,
    Plan,
    Pool,
    Receive,
    Release,
    Seize,
    Send,
    Step,
)
from simulator.workload.table import Work, Workload

Draw = st.DrawFn

SECONDS = st.sampled_from((0.0, 0.25, 0.5, 1.0, 2.0, 0.1, 0.3)) | st.floats(0.0, 2.0)
POSITIVE_SECONDS = st.sampled_from((0.25, 0.5, 1.0, 2.0, 0.1, 0.3)) | st.floats(1e-6, 2.0)
COST_S = st.sampled_from((0.0, 0.0, 0.125, 0.25, 1e-4))
SWITCH_INTERVAL_S = st.sampled_from((0.03125, 0.05, 0.25, 1.0, 10.0))
BUFFER = st.sampled_from((0.0, 100.0, 250.0, inf))
SIZE = st.sampled_from((0.0, 50.0, 100.0, 200.0, 333.0))
RATE = st.sampled_from((100.0, 200.0, 700.0, inf))
PATIENCE = st.sampled_from((inf, inf, 0.5, 1.0, 2.0, 5.0, 0.0)) | st.floats(0.0, 5.0)
RTT = st.sampled_from((0.0, 0.0, 0.5, 1.0, 0.04))
RETRIES_S = st.sampled_from(((), (1.0,), (1.0, 2.0, 3.0), (0.5, 1.5, 3.5), (0.1, 0.3)))
TIMEOUT_S = st.sampled_from((4.0, 4.5, 127.0))


@st.composite
def cores(draw: Draw) -> Cores:
    """One to three cores, with and without a cost of switching."""
    slice_s, cost_s = draw(st.sampled_from(((1.0, 0.0), (1.0, 1.0), (0.003, 0.0001))))
    return Cores(draw(st.integers(1, 3)), slice_s, cost_s)


class _Build:
    """A plan in the making: the steps so far, and what later steps may refer to."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.steps: list[Step] = []
        self.held: list[Pool] = []
        self.locks: list[Lock] = []
        self.processes = 1
        self.eager = False
        self.names = 0

    def name(self, what: str) -> str:
        self.names += 1
        return f"{what} {self.names}"

    def link(self) -> Link:
        return self.draw(st.sampled_from(Link))

    def copies(self) -> int:
        return self.draw(st.sampled_from((1, self.processes)))

    def lock(self, processes: int) -> Lock:
        if self.draw(st.booleans()):
            made: Lock = Gil(self.name("GIL"), processes, self.draw(SWITCH_INTERVAL_S))
        else:
            made = Loop(self.name("loop"), processes)
        self.locks.append(made)
        return made

    def some_lock(self) -> Lock | None:
        usable = [lock for lock in self.locks if lock.processes in (1, self.processes)]
        choice = self.draw(st.sampled_from((None, "new", *usable)))
        return self.lock(self.copies()) if choice == "new" else choice

    def pool(self) -> Pool:
        draw, copies, size = self.draw, self.copies(), self.draw(st.integers(1, 3))
        decides = copies == 1 and not self.eager and draw(st.booleans())
        pool = Pool(
            self.name("slot"),
            size,
            copies,
            slots_per_process=draw(st.integers(1, size)) if decides else None,
            queue_limit=draw(st.sampled_from((None, None, 0, 1, 2))),
            when_full=draw(st.sampled_from((Outcome.QUEUE_FULL, Outcome.CONNECTION_LIMIT))),
            order=draw(st.sampled_from(("fifo", "lifo"))),
            renege=draw(st.booleans()),
            frees_when_client_leaves=draw(st.booleans()),
        )
        self.held.append(pool)
        return pool

    def take(self, step: Accept | Seize) -> None:
        self.steps.append(step)
        if step.pool.slots_per_process is not None:
            self.processes = -(-step.pool.size // step.pool.slots_per_process)

    def connect(self) -> Backlog:
        draw = self.draw
        backlog = Backlog(self.name("backlog"), draw(st.integers(0, 2)), draw(st.booleans()))
        outcome = draw(st.sampled_from((Outcome.CONNECT_TIMEOUT, Outcome.UPSTREAM_TIMEOUT)))
        self.steps.append(Connect(backlog, self.link(), draw(RETRIES_S), draw(TIMEOUT_S), outcome))
        return backlog

    def accept(self) -> None:
        self.take(Accept(self.connect(), self.pool()))

    def accept_eagerly(self) -> None:
        draw, backlog = self.draw, self.connect()
        lock = self.lock(draw(st.integers(1, 3)))
        visits, batch = draw(st.sampled_from(((1, 1), (2, 1), (3, 1), (1, 2), (1, 9))))
        limit = draw(st.sampled_from((None, 1, 2)))
        self.steps.append(AcceptEagerly(backlog, lock, draw(COST_S), visits, batch, limit))
        self.processes, self.eager = lock.processes, True

    def another(self) -> None:
        draw = self.draw
        match draw(st.sampled_from(("receive", "compute", "handle", "send", "seize", "release", "accept", "eager"))):
            case "receive":
                self.steps.append(Receive(self.link(), draw(BUFFER)))
            case "compute":
                self.steps.append(Compute(draw(SECONDS), self.some_lock()))
            case "handle":
                self.steps.append(Handle(self.some_lock(), draw(COST_S)))
            case "send":
                self.steps.append(Send(self.link(), draw(BUFFER)))
            case "seize":
                self.take(Seize(self.pool()))
            case "release" if self.held:
                self.release(draw(st.sampled_from(self.held)))
            case "accept":
                self.accept()
            case "eager" if not self.eager:
                self.accept_eagerly()

    def release(self, pool: Pool) -> None:
        self.held.remove(pool)
        self.steps.append(Release(pool))


@st.composite
def free_plans(draw: Draw) -> Plan:
    """Any steps in any order that a plan allows."""
    build = _Build(draw)
    first = draw(st.sampled_from((build.accept, build.accept_eagerly, None)))
    if first is not None:
        first()
    for _ in range(draw(st.integers(1, 6))):
        build.another()
    for pool in draw(st.permutations(build.held)):
        build.release(pool)
    return Plan(tuple(build.steps), draw(cores()))


@st.composite
def machines(draw: Draw) -> Machine:
    """A machine whose costs are round numbers, many of them zero."""
    costs = {field.name: draw(COST_S) for field in fields(Machine) if field.name.endswith("_cost_s")}
    return Machine(
        **costs,
        cores=draw(st.integers(1, 3)),
        time_slice_s=1.0,
        gil_switch_interval_s=draw(SWITCH_INTERVAL_S),
        receive_buffer=draw(BUFFER),
        send_buffer=draw(BUFFER),
        syn_retries=draw(st.sampled_from(("linear", "classic"))),
    )


@st.composite
def configs(draw: Draw, model: Model) -> Any:
    """Settings of a model: small ones, where things run out."""
    chosen = {}
    for field in model.settings:
        choices, minimum = field.metadata["choices"], field.metadata["minimum"]
        if choices is not None:
            chosen[field.name] = draw(st.sampled_from(choices))
        elif isinstance(field.default, bool):
            chosen[field.name] = draw(st.booleans())
        elif isinstance(field.default, int):
            chosen[field.name] = draw(st.integers(minimum, minimum + 2) | st.just(field.default))
        else:
            chosen[field.name] = draw(st.sampled_from((field.default, 1.0, 2.5)))
    return model.config(**chosen)


@st.composite
def model_plans(draw: Draw) -> Plan:
    """The plan of any model."""
    machine, model = draw(machines()), draw(st.sampled_from(servers()))
    return model.plan(draw(configs(model)), machine)


@st.composite
def plans(draw: Draw) -> Plan:
    """Any plan, or a model, and perhaps nginx in front of it."""
    plan = draw(free_plans() | model_plans())
    front = draw(st.sampled_from((None, None, *fronts())))
    return plan if front is None else front.in_front(plan, draw(configs(front)), draw(machines()))


@st.composite
def workloads(draw: Draw) -> Workload:
    """Up to 14 requests of up to three classes from up to two kinds of clients, in an open or a closed loop."""
    classes, clients, width = draw(st.integers(1, 3)), draw(st.integers(1, 2)), draw(st.integers(1, 3))
    in_loop = draw(st.sampled_from((0, 0, 1, 2, 4)))
    n = in_loop * draw(st.integers(1, 5)) if in_loop else draw(st.integers(0, 14))

    def column(values: st.SearchStrategy[Any], size: int = n) -> Any:
        return np.array(draw(st.lists(values, min_size=size, max_size=size)), np.float64)

    def picks(of: int) -> Any:
        return np.array(draw(st.lists(st.integers(0, of - 1), min_size=n, max_size=n)), np.int16)

    kinds = np.full((classes, width), Work.NONE, np.int8)
    for row in kinds:
        steps = draw(st.lists(st.sampled_from((Work.CPU, Work.IO)), min_size=1, max_size=width))
        row[: len(steps)] = steps
    request_class = picks(classes)
    phases = column(SECONDS, n * width).reshape(n, width)
    return Workload(
        class_names=tuple("abc"[:classes]),
        client_names=tuple("xy"[:clients]),
        phase_kinds=kinds,
        arrival=np.full(n, np.nan) if in_loop else np.sort(column(SECONDS)),
        request_class=request_class,
        client=picks(clients),
        upload=column(SIZE),
        response=column(SIZE),
        phases=np.where(kinds[request_class] == Work.NONE, 0.0, phases),
        rtt=column(RTT),
        patience=column(PATIENCE),
        up_rate=column(RATE, clients),
        down_rate=column(RATE, clients),
        coin=column(st.sampled_from((0.0, 0.4, 0.5, 0.99))),
        duration=draw(st.sampled_from((1.0, 3.0, 8.0))),
        clients_in_loop=in_loop,
        think=column(SECONDS) if in_loop else None,
    )
