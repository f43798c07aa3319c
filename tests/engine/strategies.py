"""Plans of every kind, for Hypothesis to put together.

What to watch: most numbers come from a few round ones, so that arrivals, hand-overs, time-outs and the ends of work
fall on the same moment again and again. Two engines that agree on ties agree on the rest.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from math import inf
from random import Random
from typing import Any

from hypothesis import strategies as st

from simulator.experiments.catalogue import Model, fronts, servers
from simulator.plan import (
    Accept,
    AcceptEagerly,
    Backlog,
    Compute,
    Connect,
    Cores,
    Elsewhere,
    Gil,
    Handle,
    HandshakeTimers,
    Kind,
    Linger,
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
from simulator.plan.resources import gil_of
from tests.engine.strategies_load import ROUND_S
from tests.engine.transformations import COARSE, EXACT

Pick = Callable[[Sequence[Any]], Any]
"""Chooses one of some options; whoever builds a plan leaves it to Hypothesis, which can then shrink, or to a seed."""

SECONDS = (*ROUND_S, 0.777, 1e-9, 1.234567)
COST_S = (0.0, 0.0, 0.125, 0.25, 1e-4)
WAKING_S = ((0.0, 0.0), (0.0, 0.0), (0.125, 0.5), (0.3, 2.0))
LATE_S = (0.0, 0.0, 0.25, 0.003)
KEEPS: tuple[tuple[Kind, ...], ...] = (("block",), ("block",), (), ("io", "block"), ("io",))
CPU_FACTOR = (1.0, 1.0, 1.0, 1.5, 0.5)
SWITCH_INTERVAL_S = (0.03125, 0.05, 0.25, 1.0, 10.0)
LUCK_OF_A_GIL = ((None, 0.0), (None, 0.4), (0.0, 0.0), (0.6, 0.1), (0.6, 0.6), (0.9, 0.4), (1.0, 1.0))
"""How often who asks for it gets it, and how often a call loses it."""
BUFFER = (0.0, 100.0, 250.0, inf)
MOST, BESIDE, FILE = (0.0, 50.0, 150.0, 1000.0, inf), (0.0, 0.0, 50.0, inf), (0.0, 0.0, 100.0, inf)
LINGER_S = (0.0, 0.25, 1.0, 2.0, 1e9)
MEBIBYTE_S = (0.0, 0.0, 1000.0, 2500.0)
"""For bodies of a few hundred bytes."""
RETRIES_AND_TIMEOUT_S = (((), 0.5), ((0.1, 0.3), 1.0), ((1.0,), 2.0), ((0.5, 1.5, 3.5), 4.5), ((1.0, 2.0, 3.0), 127.0))
TIMERS = (HandshakeTimers(), EXACT, COARSE, COARSE)
DEFER_S = (0.0, 0.0, 0.5, 4.0)
AT_ONCE = (False, False, False, True)
REMEMBERS = (None, None, 0, 1, 7)
COSTS = [field.name for field in fields(Machine) if field.name.endswith("_cost_s")]
HELPED: tuple[tuple[tuple[Kind, ...], ...], ...] = (
    *((), (), (), (("block",),), (("cpu",),), (("io",),), (("io", "native"),), (("block",), ("cpu",))),
    *((("native", "block"), ("io", "cpu")), (("cpu", "io", "native", "block"),)),
)
"""Which kinds of work helpers do, each tuple those of one pool."""
STEPS = ("handle", "handle", "seize", "seize", "compute", "release", "receive", "send", "linger", "accept", "eager")
"""Several times what makes requests meet one another."""
YES_OR_NO = (False, True)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Any plan, chosen step by step, so that one which fails can be made smaller."""
    return some_plan(lambda options: draw(st.sampled_from(options)))


def seeded_plan(seed: int) -> Plan:
    """Any plan, ten times as quickly."""
    return some_plan(Random(seed).choice)


def some_plan(pick: Pick) -> Plan:
    """Any steps in any order that a plan allows, or a model; and perhaps nginx in front."""
    plan: Plan = pick((free_plan, model_plan))(pick)
    front = pick((None, None, *fronts()))
    return plan if front is None else front.in_front(plan, config(pick, front), machine(pick))


def free_plan(pick: Pick) -> Plan:
    """Any steps in any order that a plan allows."""
    build = _Build(pick)
    pick((build.accept, build.accept_eagerly, lambda: None))()
    for _ in range(pick(range(1, 8))):
        build.another()
    if build.held and pick(YES_OR_NO):
        build.steps.append(Handle(build.some_lock()))  # hardly any pool is held for no time at all
    while build.held:
        build.release(pick(build.held))
    return Plan(tuple(build.steps or [Handle()]), cores(pick))


def accepting_plan(pick: Pick) -> Plan:
    """Somebody accepts from a backlog, and then needs the request's data."""
    build = _Build(pick)
    pick((build.accept, build.accept_eagerly))()
    build.steps += [Receive(), Handle(build.some_lock())]
    while build.held:
        build.release(build.held[0])
    return Plan(tuple(build.steps), cores(pick))


def model_plan(pick: Pick) -> Plan:
    """The plan of any server."""
    model = pick(servers())
    plan: Plan = model.plan(config(pick, model), machine(pick))
    return plan


def cores(pick: Pick) -> Cores:
    """One to three cores, with and without a cost of switching, and of waking, and with and without a quota."""
    count = pick((1, 2, 3))
    slice_s, switch_s = pick(((1.0, 0.0), (1.0, 1.0), (0.003, 0.0001)))
    wake_s, after_s = pick(WAKING_S)
    quota = count * pick((0.0, 0.0, 0.0, 0.5, 0.9, 0.33))
    return Cores(count, slice_s, switch_s, wake_cost_s=wake_s, wake_after_s=after_s, quota=quota)


def machine(pick: Pick) -> Machine:
    """A machine whose costs are round numbers, many of them zero."""
    some = pick(COST_S), pick(COST_S)
    costs: dict[str, Any] = {name: some[number % 2] for number, name in enumerate(COSTS)}
    return Machine(
        **costs,
        cores=pick((1, 2, 3)),
        time_slice_s=1.0,
        gil_switch_interval_s=pick(SWITCH_INTERVAL_S),
        receive_buffer=pick(BUFFER),
        send_buffer=pick(BUFFER),
        send_buffer_most=pick(MOST),
        linger_s=pick(LINGER_S),
        full_backlog=pick(("drop", "drop", "refuse")),
        syn_retries=pick(("linear", "classic")),
    )


def buffers(pick: Pick) -> tuple[float, float, float, float]:
    """What takes bytes on their way to the client: a buffer that grows, or not, and what a proxy has."""
    return pick(BUFFER), pick(MOST), pick(BESIDE), pick(FILE)


def config(pick: Pick, model: Model) -> Any:
    """Settings of a model: small ones, where things run out."""
    chosen = {}
    for field in model.settings:
        choices, least = field.metadata["choices"], field.metadata["minimum"]
        if choices is not None:
            options: Sequence[Any] = choices
        elif isinstance(field.default, bool):
            options = YES_OR_NO
        elif isinstance(field.default, int):
            options = (least, least + 1, least + 2, field.default, field.default, field.default)
        else:
            options = (1.0, 2.5, field.default)
        chosen[field.name] = pick(options)
    return model.config(**chosen)


def helper_pool(pick: Pick, name: str, copies: int, first: Sequence[tuple[str, ...]] = ((),)) -> Pool:
    """Helpers of every process, or of all of them together; ``first``: who may go before others."""
    order = pick(("fifo", "fifo", "lifo"))
    limit, outcome = pick((None, None, None, 0, 1)), pick((Outcome.QUEUE_FULL, Outcome.CONNECTION_LIMIT))
    return Pool(
        name,
        pick((1, 1, 2, 3)),
        copies,
        queue_limit=limit,
        when_full=outcome,
        order=order,
        first=pick(first) if order == "fifo" else (),
        renege=pick(YES_OR_NO),
    )


class _Build:
    """A plan in the making: the steps so far, and what later steps may refer to."""

    def __init__(self, pick: Pick) -> None:
        self.pick = pick
        self.steps: list[Step] = []
        self.held: list[Pool] = []
        self.locks: list[Lock] = []
        self.processes = 1
        self.decided = self.eager = False
        self.helpers: list[Pool] = []
        self.names = 0

    def name(self, what: str) -> str:
        self.names += 1
        return f"{what} {self.names}"

    def link(self) -> Link:
        link: Link = self.pick((Link.CLIENT, Link.LOCAL))
        return link

    def copies(self) -> int:
        copies: int = self.pick((1, self.processes))
        return copies

    def lock(self, processes: int) -> Lock:
        if self.pick(YES_OR_NO):
            made: Lock = Gil(self.name("GIL"), processes, self.pick(SWITCH_INTERVAL_S), 1, *self.pick(LUCK_OF_A_GIL))
        else:
            made = Loop(self.name("loop"), processes, self.beside(processes))
        self.locks.append(made)
        return made

    def beside(self, processes: int) -> Gil | None:
        """The GIL of threads that compute beside a loop, if there are any."""
        gils = [lock for lock in self.locks if isinstance(lock, Gil) and lock.processes == processes]
        new = Gil(self.name("GIL"), processes, self.pick(SWITCH_INTERVAL_S), 1, *self.pick(LUCK_OF_A_GIL))
        gil: Gil | None = self.pick((None, None, new, *gils))
        if gil is new:
            self.locks.append(new)
        return gil

    def some_lock(self) -> Lock | None:
        usable = [lock for lock in self.locks if lock.processes in (1, self.processes)]
        lock: Lock | None = self.pick(
            (lambda: None, lambda: self.lock(self.copies()), lambda: self.pick([None, *usable]))
        )()
        return lock

    def elsewhere(self) -> tuple[Elsewhere, ...]:
        return tuple(
            Elsewhere(kinds, self.helping(), self.gil_of_helpers(), self.pick(COST_S)) for kinds in self.pick(HELPED)
        )

    def helping(self) -> Pool | None:
        """Helpers never wait for another slot while they have one, so everybody may share them."""
        if self.pick((True, False, False, False)):
            return None
        usable = [pool for pool in self.helpers if pool.processes in (1, self.processes)]
        if usable and self.pick(YES_OR_NO):
            old: Pool = self.pick(usable)
            return old
        made = helper_pool(self.pick, self.name("helper"), self.copies())
        self.helpers.append(made)
        return made

    def gil_of_helpers(self) -> Gil | None:
        return gil_of(self.some_lock())

    def releases(self, lock: Lock | None) -> int:
        releases: int = self.pick((0, 1, 3)) if gil_of(lock) is not None else 0
        return releases

    def pool(self, copies: int) -> Pool:
        pick, size = self.pick, self.pick((1, 1, 2, 3))
        decides = copies == 1 and not self.decided and pick(YES_OR_NO)
        pool = Pool(
            self.name("slot"),
            size,
            copies,
            slots_per_process=pick(range(1, size + 1)) if decides else None,
            queue_limit=pick((None, None, None, None, 0, 1, 2)),
            when_full=pick((Outcome.QUEUE_FULL, Outcome.CONNECTION_LIMIT)),
            order=pick(("fifo", "fifo", "lifo")),
            renege=pick(YES_OR_NO),
            frees_when_client_leaves=pick(YES_OR_NO),
        )
        self.held.append(pool)
        return pool

    def take(self, step: Accept | Seize) -> None:
        self.steps.append(step)
        if step.pool.slots_per_process is not None:
            self.processes, self.decided = -(-step.pool.size // step.pool.slots_per_process), True

    def connect(self) -> Backlog:
        limit, refuses = self.pick((0, 1, 2, 5, 50)), self.pick((False, False, True))
        backlog = Backlog(
            self.name("backlog"), limit, refuses, defer_s=self.pick(DEFER_S), remembers=self.pick(REMEMBERS)
        )
        outcome = self.pick((Outcome.CONNECT_TIMEOUT, Outcome.UPSTREAM_TIMEOUT))
        retries_s, timeout_s = self.pick(RETRIES_AND_TIMEOUT_S)
        self.steps.append(
            Connect(backlog, self.link(), retries_s, timeout_s, outcome, self.pick(TIMERS), self.pick(AT_ONCE))
        )
        return backlog

    def accept(self) -> None:
        self.take(Accept(self.connect(), self.pool(1)))

    def accept_eagerly(self) -> None:
        backlog, lock = self.connect(), self.lock(self.pick((1, 2, 3)))
        visits, batch = self.pick(((1, 1), (2, 1), (3, 1), (1, 2), (1, 9)))
        visits = visits if gil_of(lock) in (None, lock) else 1
        limit, releases = self.pick((None, 1, 2)), self.releases(lock)
        self.steps.append(AcceptEagerly(backlog, lock, self.pick(COST_S), visits, batch, limit, releases))
        self.processes, self.decided, self.eager = lock.processes, True, True

    def another(self) -> None:
        pick = self.pick
        match pick(STEPS):
            case "receive":
                self.steps.append(Receive(self.link(), pick(BUFFER)))
            case "compute":
                lock = self.some_lock()
                self.steps.append(
                    Compute(pick(SECONDS), lock, mebibyte_s=pick(MEBIBYTE_S), releases=self.releases(lock))
                )
            case "handle":
                lock, cost_s, elsewhere = self.some_lock(), pick(COST_S), self.elsewhere()
                work = Handle(lock, cost_s, io_late_s=pick(LATE_S), keeps=pick(KEEPS), elsewhere=elsewhere)
                self.steps.append(replace(work, cpu_factor=pick(CPU_FACTOR)))
            case "send":
                self.steps.append(Send(self.link(), *buffers(pick)))
            case "linger":
                self.steps.append(Linger(pick(LINGER_S), self.link(), *buffers(pick)))
            case "seize":
                self.take(Seize(self.pool(self.copies())))
            case "release" if self.held:
                self.release(pick(self.held))
            case "accept":
                self.accept()
            case "eager" if not self.eager and not self.decided:
                self.accept_eagerly()

    def release(self, pool: Pool) -> None:
        self.held.remove(pool)
        self.steps.append(Release(pool))
