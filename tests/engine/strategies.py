"""Plans of every kind, for Hypothesis to put together.

What to watch: most numbers come from a few round ones, so that arrivals, hand-overs, time-outs and the ends of work
fall on the same moment again and again. Two engines that agree on ties agree on the rest.
"""

from dataclasses import fields
from math import inf
from typing import Any

from hypothesis import strategies as st

from simulator.app.catalogue import Model, fronts, servers
from simulator.plan import (
    Accept,
    AcceptEagerly,
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
from tests.engine.strategies_load import ROUND_S

Draw = st.DrawFn

SECONDS = st.sampled_from(ROUND_S) | st.floats(0.0, 2.0)
COST_S = st.sampled_from((0.0, 0.0, 0.125, 0.25, 1e-4))
SWITCH_INTERVAL_S = st.sampled_from((0.03125, 0.05, 0.25, 1.0, 10.0))
BUFFER = st.sampled_from((0.0, 100.0, 250.0, inf))
RETRIES_S = st.sampled_from(((), (1.0,), (1.0, 2.0, 3.0), (0.5, 1.5, 3.5), (0.1, 0.3)))
TIMEOUT_S = st.sampled_from((4.0, 4.5, 127.0))
COSTS = [field.name for field in fields(Machine) if field.name.endswith("_cost_s")]


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
        return self.draw(st.sampled_from((Link.CLIENT, Link.LOCAL)))

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
        number = self.draw(st.integers(-2, len(usable) - 1))
        if number == -1:
            return self.lock(self.copies())
        return None if number == -2 else usable[number]

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
    build.steps = build.steps or [Handle()]
    return Plan(tuple(build.steps), draw(cores()))


@st.composite
def machines(draw: Draw) -> Machine:
    """A machine whose costs are round numbers, many of them zero."""
    some = draw(COST_S), draw(COST_S)
    costs: dict[str, Any] = {name: some[number % 2] for number, name in enumerate(COSTS)}
    return Machine(
        **costs,
        cores=draw(st.integers(1, 3)),
        time_slice_s=1.0,
        gil_switch_interval_s=draw(SWITCH_INTERVAL_S),
        receive_buffer=draw(BUFFER),
        send_buffer=draw(BUFFER),
        full_backlog=draw(st.sampled_from(("drop", "drop", "refuse"))),
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
