"""Programs of every kind, for Hypothesis to put together: plans that use all words, in any order that a plan allows.

What to watch: a program has an end. Who waits for something holds only what is older, so nobody waits for ever for one
who waits for him; a pool is taken a second time only by who holds nothing and has no process yet.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random

from hypothesis import strategies as st

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
    Crash,
    Die,
    Element,
    End,
    Enqueue,
    Gil,
    Handle,
    Limit,
    Link,
    Lock,
    Loop,
    Memory,
    OfClass,
    Outcome,
    Plan,
    Pool,
    Receive,
    Release,
    Retire,
    Retry,
    Scale,
    Seize,
    Send,
    Upstreams,
    Within,
)
from simulator.plan.validity import MOST_POOLS
from simulator.workload.interventions import Do, Intervention, Interventions
from simulator.workload.table import Workload
from tests.engine.strategies import BUFFER, COST_S, RETRIES_AND_TIMEOUT_S, SWITCH_INTERVAL_S, YES_OR_NO, Pick, cores
from tests.engine.strategies_load import BOOT_S, ROUND_S, seeded_workload

Held = Pool | Memory | Upstreams

LIMIT_S = (0.25, 0.5, 0.5, 1.0, 1.0, 2.0, 0.3, 1.1)
BOOTS_S = (0.125, 0.25, 0.5, 0.5, 1.0)
CLASSES = ((), ("a",), ("b",), ("b", "a"), ("c", "nobody"))
FAILURES = (Outcome.UPSTREAM_TIMEOUT, Outcome.QUEUE_FULL, Outcome.CONNECTION_LIMIT, Outcome.COMPLETED)
TRIED_AGAIN = (
    (Outcome.QUEUE_FULL,),
    (Outcome.GAVE_UP, Outcome.UPSTREAM_TIMEOUT),
    (Outcome.CRASHED, Outcome.BAD_GATEWAY, Outcome.QUEUE_FULL),
    (Outcome.COMPLETED, Outcome.CRASHED),
)
ANYWHERE = (
    *("handle",) * 4,
    *("seize",) * 3,
    *("release",) * 2,
    *("within",) * 3,
    *("branch",) * 2,
    *("decide",) * 2,
    *("job",) * 2,
    *("compute", "database", "limit", "allocate", "retire", "crash"),
)
ONLY_REQUESTS = ("receive", "send", "accept", "eager")


@st.composite
def programs(draw: st.DrawFn) -> Plan:
    """Any program, chosen step by step, so that one which fails can be made smaller."""
    return some_program(lambda options: draw(st.sampled_from(options)))


def seeded_program(seed: int) -> Plan:
    """Any program, ten times as quickly."""
    return some_program(Random(f"program {seed}").choice)


def some_program(pick: Pick) -> Plan:
    """Any steps and blocks in any order that a plan allows."""
    shared = _Shared(pick)
    walk = _Way(shared, _Walk())
    if pick(YES_OR_NO):
        walk.add(pick(("decide", "decide", "accept", "eager")))
    for _ in range(pick(range(1, 8))):
        walk.add(pick((*ANYWHERE, *ONLY_REQUESTS)))
    walk.release_all()
    return Plan(tuple(walk.steps or [Handle()]), cores(pick), retry=_retry(pick), scales=_scales(pick, shared))


def _retry(pick: Pick) -> Retry | None:
    if pick((True, False, False)):
        backoff_s = pick(((0.5,), (0.0, 0.5), (0.25, 0.5, 1.0), (0.0, 0.0), (0.3,)))
        return Retry(outcomes=pick(TRIED_AGAIN), backoff_s=backoff_s, jitter=pick((0.0, 0.0, 0.5, 1.0)))
    return None


def _scales(pick: Pick, shared: "_Shared") -> tuple[Scale, ...]:
    pools = [pool for pool in shared.pools if pool.processes == 1 and pool.size > 1]
    if not pools or not pick((True, False, False)):
        return ()
    pool, least = pick(pools), 1
    grow_at, shrink_at = pick(((1.0, 0.0), (0.5, 0.25), (0.75, 0.5), (0.0, 0.0)))
    start = pick(range(least, pool.size + 1))
    every_s, boot_s = pick((0.25, 0.5, 1.0, 0.3)), pick((0.0, *BOOTS_S))
    return (
        Scale(
            pool=pool,
            every_s=every_s,
            start=start,
            least=least,
            grow_at=grow_at,
            shrink_at=shrink_at,
            boot_s=boot_s,
        ),
    )


def word_workload(seed: int, rows: int = 24, reserve: int = 6) -> Workload:
    """Requests with further rows; what is done to the server strikes groups and the processes of jobs too."""
    return replace(seeded_workload(seed, rows, reserve), interventions=_interventions(seed))


def _interventions(seed: int) -> Interventions:
    random = Random(f"word interventions {seed}")
    if random.random() < 0.5:
        return ()
    entries = []
    for _ in range(random.choice((1, 1, 2, 3, 5))):
        do = random.choice((Do.KILL, Do.KILL, Do.KILL_GROUP, Do.KILL_GROUP, Do.SLOW_IO, Do.SLOTS, Do.CORES))
        number = random.choice((0, 0, 1, 1, 2, 3)) if do in (Do.KILL, Do.KILL_GROUP) else random.choice((1, 1, 2, 3))
        at, lasting, factor = (random.choice(some) for some in (ROUND_S, BOOT_S, (0.5, 2.0, 3.3)))
        at += random.choice(ROUND_S)
        entries.append(Intervention(at=at, do=do, number=number, lasting=lasting, factor=factor))
    return tuple(sorted(entries, key=lambda entry: entry.at))


@dataclass
class _Shared:
    """What all walks of a program share."""

    pick: Pick
    names: int = 0
    pools: list[Pool] = field(default_factory=list)
    buckets: list[Bucket] = field(default_factory=list)
    databases: list[Cores] = field(default_factory=list)
    accepting: list[Pool] = field(default_factory=list)
    """Pools that a backlog feeds: each has one."""
    eager: bool = False

    def name(self, what: str) -> str:
        self.names += 1
        return f"{what} {self.names}"


@dataclass
class _Walk:
    """What all ways of a walk share: of requests, or of one kind of job."""

    is_job: bool = False
    may_share: bool = True
    """Whether a pool may be taken that others take somewhere else."""
    deciders: int = 0
    first_among: int = 0
    """Among how many the first of them decides, if another one may follow it."""
    locks: list[Lock] = field(default_factory=list)


class _Way:
    """A way in the making: its steps so far, what is held, and of how many processes or groups one is known."""

    def __init__(self, shared: _Shared, walk: _Walk, known: tuple[int, ...] = (1,), depth: int = 0) -> None:
        self.shared, self.walk, self.pick, self.depth = shared, walk, shared.pick, depth
        self.known = [*known]
        self.steps: list[Element] = []
        self.held: list[Held] = []
        self.taken: set[Pool] = set()
        self.outside = False
        """Whether something is held that was taken outside."""

    def add(self, what: str) -> None:
        adding: Callable[[], None] = getattr(self, what)
        adding()

    def release_all(self) -> None:
        if self.held and self.pick(YES_OR_NO):
            self.handle()  # hardly anything is held for no time at all
        while self.held:
            self.release()

    # --- plain steps ----------------------------------------------------------------------------------------------

    def handle(self) -> None:
        on = self.a_database() if self.pick((True, False, False)) else None
        self.steps.append(Handle(self.a_lock(), self.pick(COST_S), on))

    def compute(self) -> None:
        self.steps.append(Compute(self.pick(ROUND_S), self.a_lock()))

    def database(self) -> None:
        self.steps.append(Compute(self.pick(ROUND_S), on=self.a_database()))

    def receive(self) -> None:
        self.steps.append(Receive(self.link(), self.pick(BUFFER)))

    def send(self) -> None:
        self.steps.append(Send(self.link(), self.pick(BUFFER)))

    def link(self) -> Link:
        link: Link = self.pick((Link.CLIENT, Link.LOCAL))
        return link

    def limit(self) -> None:
        made = Bucket(
            self.shared.name("bucket"),
            self.pick((1.0, 2.0, 4.0, 3.0)),
            self.pick((1.0, 1.0, 2.0, 2.5)),
            self.pick((0, 1, 2, None, None)),
            self.pick(FAILURES),
        )
        self.shared.buckets.append(made)
        self.steps.append(Limit(self.pick(self.shared.buckets)))

    def a_database(self) -> Cores:
        slice_s, cost_s = self.pick(((1.0, 0.0), (1.0, 1.0)))
        made = Cores(self.pick((1, 2)), slice_s, cost_s, self.shared.name("database"))
        if len(self.shared.databases) < 2:
            self.shared.databases.append(made)
        database: Cores = self.pick(self.shared.databases)
        return database

    def a_lock(self) -> Lock | None:
        usable = [lock for lock in self.walk.locks if lock.processes in self.known]
        kind = self.pick(("none", "none", "old", "old", "new"))
        if kind == "new":
            return self.new_lock(self.pick(self.known))
        return self.pick(usable) if usable and kind == "old" else None

    def new_lock(self, processes: int) -> Lock:
        gil = Gil(self.shared.name("GIL"), processes, self.pick(SWITCH_INTERVAL_S))
        made: Lock = self.pick((gil, Loop(self.shared.name("loop"), processes)))
        self.walk.locks.append(made)
        return made

    # --- what is held ---------------------------------------------------------------------------------------------

    def seize(self) -> None:
        pool = self.a_pool(self.pick(self.known))
        if pool is not None:
            self.steps.append(Seize(pool))

    def decide(self) -> None:
        """On a process, or on a group and later on a process of it."""
        if self.walk.deciders == 0 and self.pick(YES_OR_NO):
            upstreams = Upstreams(self.shared.name("upstream"), self.pick((1, 2, 2, 3)))
            self.steps.append(Choose(upstreams, self.pick(("in turn", "least in hand", "random"))))
            self.decided(upstreams.count)
            if self.pick(YES_OR_NO):
                self.held.append(upstreams)
        elif self.walk.deciders == 0 or (self.walk.deciders == 1 and self.known[-1] == self.walk.first_among):
            pool = self.a_pool(self.known[-1], decides=True)
            if pool is not None and pool.slots_per_process is not None:
                self.steps.append(Seize(pool))
                self.decided(-(-pool.size // pool.slots_per_process))

    def decided(self, among: int, *, for_good: bool = False) -> None:
        self.walk.deciders += 1
        self.walk.first_among = 0 if for_good else among
        self.known.append(self.known[-1] * among)

    def a_pool(self, copies: int, *, decides: bool = False) -> Pool | None:
        pick, shared = self.pick, self.shared
        free = self.walk.may_share and not self.held and not self.outside and not self.walk.deciders
        unlike = {pool for pool in shared.pools if pool.processes > 1 or pool.slots_per_process is not None}
        old = [pool for pool in shared.pools if pool not in unlike | self.taken]
        if free and old and not decides and pick(YES_OR_NO):
            pool: Pool = pick(old)
        elif len(shared.pools) >= MOST_POOLS - 1:
            return None
        else:
            size, order = pick((1, 1, 2, 2, 3, 4)), pick(("fifo", "fifo", "lifo"))
            pool = Pool(
                shared.name("slot"),
                size,
                copies,
                slots_per_process=pick(range(1, size + 1)) if decides else None,
                queue_limit=pick((None, None, None, None, 0, 1, 2)),
                when_full=pick(FAILURES),
                order=order,
                first=pick(CLASSES) if order == "fifo" else (),
                renege=pick(YES_OR_NO),
                frees_when_client_leaves=pick(YES_OR_NO),
            )
            shared.pools.append(pool)
        self.held.append(pool)
        self.taken.add(pool)
        return pool

    def allocate(self) -> None:
        size = self.pick((1.0, 2.0, 2.0, 5.0))
        memory = Memory(self.shared.name("memory"), size, self.pick(self.known), self.pick((0.0, 0.0, 0.5)))
        deadly = self.walk.deciders > 0 and self.pick(YES_OR_NO)
        self.steps.append(
            Allocate(memory, self.pick((0.25, 0.5, 1.0)), self.death() if deadly else self.pick(FAILURES))
        )
        self.held.append(memory)

    def death(self) -> Die:
        return Die(self.pick(BOOTS_S))

    def release(self) -> None:
        if self.held:
            thing = self.pick(self.held)
            self.held.remove(thing)
            self.steps.append(Release(thing))

    def accept(self) -> None:
        copies = self.known[-1] if self.steps and isinstance(self.steps[-1], Choose) else 1
        pool = self.a_pool(copies)
        if pool is not None:
            if pool in self.shared.accepting or pool.processes != copies:
                self.steps.append(Seize(pool))
            else:
                self.shared.accepting.append(pool)
                self.steps += [self.connect(backlog := self.backlog()), Accept(backlog, pool)]

    def eager(self) -> None:
        if self.walk.deciders or self.shared.eager:
            return
        self.shared.eager = True
        lock, backlog = self.new_lock(self.pick((1, 2, 3))), self.backlog()
        visits, batch = self.pick(((1, 1), (2, 1), (3, 1), (1, 2), (1, 9)))
        step = AcceptEagerly(backlog, lock, self.pick(COST_S), visits, batch, self.pick((None, 1, 2)))
        self.steps += [self.connect(backlog), step]
        self.decided(lock.processes, for_good=True)

    def backlog(self) -> Backlog:
        return Backlog(self.shared.name("backlog"), self.pick((0, 1, 2, 5, 50)), self.pick((False, False, True)))

    def connect(self, backlog: Backlog) -> Connect:
        outcome = self.pick((Outcome.CONNECT_TIMEOUT, Outcome.UPSTREAM_TIMEOUT))
        retries_s, timeout_s = self.pick(RETRIES_AND_TIMEOUT_S)
        return Connect(backlog, self.link(), retries_s, timeout_s, outcome)

    # --- processes ------------------------------------------------------------------------------------------------

    def retire(self) -> None:
        if self.walk.deciders:
            self.steps.append(Retire(self.pick((1, 2, 3, 5)), self.pick(BOOTS_S)))

    def crash(self) -> None:
        """Of some only: whatever else comes again for ever, or nobody gets through."""
        if self.walk.deciders:
            self.steps.append(Branch(Chance(self.pick((0.1, 0.3))), (Crash(self.pick(BOOTS_S)),)))

    # --- blocks ---------------------------------------------------------------------------------------------------

    def within(self) -> None:
        """Its steps are on the same straight way: what is taken before may be released inside, and the other way."""
        if self.depth > 2:
            return
        outer, self.steps, self.depth = self.steps, [], self.depth + 1
        for _ in range(self.pick((1, 2, 3, 4))):
            self.add(self.pick((*ANYWHERE, *(() if self.walk.is_job else ONLY_REQUESTS))))
        inner, self.steps, self.depth = self.steps, outer, self.depth - 1
        if inner:
            otherwise: Outcome | Die = self.death() if self.pick((True, False, False)) else self.pick(FAILURES)
            goes_on = not isinstance(otherwise, Die) and self.pick((True, False, False))
            steps = tuple(inner)
            self.steps.append(Within(self.pick(LIMIT_S), steps, otherwise, "goes on" if goes_on else "stops"))

    def branch(self) -> None:
        if self.depth > 2:
            return
        gauges = [pool for pool in self.shared.pools if pool.processes in self.known]
        test: OfClass | Chance | Busy = self.pick(
            (OfClass(self.pick(CLASSES)), Chance(self.pick((0.0, 0.3, 0.7, 1.0))))
        )
        if gauges and self.pick(YES_OR_NO):
            test = Busy(self.pick(gauges), self.pick((1, 1, 2)))
        self.steps.append(Branch(test, self.way(), self.way()))

    def way(self) -> tuple[Element, ...]:
        way = _Way(self.shared, self.walk, tuple(self.known), self.depth + 1)
        way.outside = self.outside or bool(self.held)
        for _ in range(self.pick((0, 1, 2, 3))):
            way.add(self.pick((*ANYWHERE, *(() if self.walk.is_job else ONLY_REQUESTS))))
        way.release_all()
        if self.pick((True, False, False, False)):
            way.steps.append(End(self.pick((*FAILURES, Outcome.COMPLETED))))
        return tuple(way.steps)

    def job(self) -> None:
        if self.depth > 1:
            return
        joined = self.pick(YES_OR_NO)
        job = _Way(self.shared, _Walk(is_job=True, may_share=not joined and self.walk.may_share), depth=self.depth + 1)
        if self.pick((True, True, False)):
            job.add("decide")
        prefetched = [pool for pool in job.held if isinstance(pool, Pool)]
        for _ in range(self.pick((1, 2, 3, 4, 5))):
            job.add(self.pick(ANYWHERE))
        job.release_all()
        if job.steps:
            unacknowledged = self.pick(prefetched) if prefetched and self.pick((True, True, False)) else None
            self.steps.append(Enqueue(self.shared.name("job"), tuple(job.steps), unacknowledged, joined))
