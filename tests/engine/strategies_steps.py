"""Steps of every kind, put together into ways that a plan allows; the blocks among them are in ``strategies_words``.

What to watch: who waits for something holds only what is older, so nobody waits for ever for one who waits for him. A
pool is taken a second time only by who holds nothing and has no process yet.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from simulator.plan import (
    Accept,
    AcceptEagerly,
    Allocate,
    Backlog,
    Bucket,
    Choose,
    Compute,
    Connect,
    Cores,
    Die,
    Element,
    Elsewhere,
    Gil,
    Handle,
    Limit,
    Linger,
    Link,
    Lock,
    Loop,
    Memory,
    Outcome,
    Pool,
    Processors,
    Receive,
    Release,
    Seize,
    Send,
    Upstreams,
)
from simulator.plan.resources import gil_of
from simulator.plan.values import MOST_HELD
from tests.engine.strategies import (
    AT_ONCE,
    BUFFER,
    COST_S,
    CPU_FACTOR,
    DEFER_S,
    HELPED,
    KEEPS,
    LATE_S,
    LINGER_S,
    LUCK_OF_A_GIL,
    MEBIBYTE_S,
    REMEMBERS,
    RETRIES_AND_TIMEOUT_S,
    SWITCH_INTERVAL_S,
    TIMERS,
    YES_OR_NO,
    Pick,
    buffers,
    helper_pool,
)
from tests.engine.strategies_load import ROUND_S

Held = Pool | Memory | Upstreams

BOOTS_S = (0.125, 0.25, 0.5, 0.5, 1.0)
CLASSES = ((), ("a",), ("b",), ("b", "a"), ("c", "nobody"))
MOST_HELPERS = 8
FAILURES = (Outcome.UPSTREAM_TIMEOUT, Outcome.QUEUE_FULL, Outcome.CONNECTION_LIMIT, Outcome.COMPLETED)


@dataclass
class Shared:
    """What all walks of a program share."""

    pick: Pick
    names: int = 0
    pools: list[Pool] = field(default_factory=list)
    buckets: list[Bucket] = field(default_factory=list)
    databases: list[Cores] = field(default_factory=list)
    helpers: list[Pool] = field(default_factory=list)
    """Pools of which slots are taken for pieces of work only."""
    accepting: list[Pool] = field(default_factory=list)
    """Pools that a backlog feeds: each has one."""
    eager: bool = False

    def name(self, what: str) -> str:
        self.names += 1
        return f"{what} {self.names}"


@dataclass
class Walk:
    """What all ways of a walk share: of requests, or of one kind of job."""

    is_job: bool = False
    may_share: bool = True
    """Whether a pool may be taken that others take somewhere else."""
    deciders: int = 0
    first_among: int = 0
    """Among how many the first of them decides, if another one may follow it."""
    locks: list[Lock] = field(default_factory=list)
    helpers: list[Pool] = field(default_factory=list)
    attended: Pool | None = None
    """Whose slots acceptors hold while they accept, until a request seizes one."""


class Steps:
    """A way in the making: its steps so far, what is held, and of how many processes or groups one is known."""

    def __init__(self, shared: Shared, walk: Walk, known: tuple[int, ...] = (1,), depth: int = 0) -> None:
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
        work = Handle(self.a_lock(), self.pick(COST_S), on, self.pick(LATE_S), self.pick(KEEPS))
        self.steps.append(replace(work, elsewhere=self.elsewhere(), cpu_factor=self.pick(CPU_FACTOR)))

    def elsewhere(self) -> tuple[Elsewhere, ...]:
        """Helpers never wait for another slot while they have one, so everybody may share them."""
        return tuple(
            Elsewhere(kinds, self.helping(), self.gil_of_helpers(), self.pick(COST_S)) for kinds in self.pick(HELPED)
        )

    def helping(self) -> Pool | None:
        if self.pick((True, False, False, False)):
            return None
        usable = [pool for pool in self.walk.helpers if pool.processes in self.known]
        usable += [pool for pool in self.shared.helpers if pool.processes == 1]
        if usable and self.pick((True, False) if len(self.shared.helpers) < MOST_HELPERS else (True,)):
            old: Pool = self.pick(usable)
            return old
        made = helper_pool(self.pick, self.shared.name("helper"), self.pick(self.known) if usable else 1, CLASSES)
        self.shared.helpers.append(made)
        self.walk.helpers.append(made)
        return made

    def gil_of_helpers(self) -> Gil | None:
        return gil_of(self.a_lock())

    def compute(self) -> None:
        lock = self.a_lock()
        self.steps.append(
            Compute(self.pick(ROUND_S), lock, mebibyte_s=self.pick(MEBIBYTE_S), releases=self.releases(lock))
        )

    def releases(self, lock: Lock | None) -> int:
        releases: int = self.pick((0, 0, 1, 2, 5)) if gil_of(lock) is not None else 0
        return releases

    def database(self) -> None:
        self.steps.append(Compute(self.pick(ROUND_S), on=self.a_database()))

    def receive(self) -> None:
        self.steps.append(Receive(self.link(), self.pick(BUFFER)))

    def send(self) -> None:
        self.steps.append(Send(self.link(), *buffers(self.pick)))

    def linger(self) -> None:
        self.steps.append(Linger(self.pick(LINGER_S), self.link(), *buffers(self.pick)))

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
        permits, (wins, loss) = self.pick((1, 1, 1, 2, 3)), self.pick(LUCK_OF_A_GIL)
        wins = wins if permits == 1 else None
        gil = Gil(self.shared.name("GIL"), processes, self.pick(SWITCH_INTERVAL_S), permits, wins, loss)
        its_ps = Processors(self.shared.name("P"), processes, self.pick(SWITCH_INTERVAL_S), self.pick((1, 2, 3)))
        made: Lock = self.pick((gil, Loop(self.shared.name("loop"), processes, self.beside(gil)), its_ps))
        self.walk.locks.append(made)
        return made

    def beside(self, new: Gil) -> Gil | None:
        """The GIL of threads that compute beside a loop, if there are any: their own, or one that is known."""
        known = [lock for lock in self.walk.locks if isinstance(lock, Gil) and lock.processes == new.processes]
        gil: Gil | None = self.pick((None, None, new, *known))
        if gil is not None and gil not in known:
            self.walk.locks.append(gil)
        return gil

    # --- what is held ---------------------------------------------------------------------------------------------

    def attend(self) -> None:
        """The thread that accepts does something for a request."""
        by, self.walk.attended = self.walk.attended, None
        if by is not None and by.processes in self.known:
            self.held.append(by)
            self.taken.add(by)
            self.steps += [Seize(by), Compute(self.pick(ROUND_S), self.a_lock())]

    def seize(self) -> None:
        pool = self.a_pool(self.pick(self.known))
        if pool is not None:
            self.steps.append(Seize(pool))

    def decide(self) -> None:
        """On a process, or on a group and later on a process of it."""
        if self.walk.deciders == 0 and self.pick(YES_OR_NO):
            upstreams = Upstreams(self.shared.name("upstream"), self.pick((1, 2, 2, 3)))
            self.steps.append(Choose(upstreams, self.pick(("in turn", "least in hand", "random", "hashed"))))
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
        elif len(shared.pools) >= MOST_HELD // 2:
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
        chosen = self.steps[-1] if self.steps else None
        own = chosen.upstreams.count if isinstance(chosen, Choose) and self.walk.deciders == 1 else 1
        if self.shared.eager or (self.walk.deciders and own == 1):
            return
        self.shared.eager = True
        lock, backlog = self.new_lock(own if own > 1 else self.pick((1, 2, 3))), replace(self.backlog(), processes=own)
        visits, batch = self.pick(((1, 1), (2, 1), (3, 1), (1, 2), (1, 9)))
        visits = visits if gil_of(lock) in (None, lock) else 1
        limit, releases = self.pick((None, 1, 2)), self.releases(lock)
        order = self.pick(("even", "warm"))
        by = Pool(self.shared.name("thread"), self.pick((1, 1, 2)), lock.processes) if self.pick(YES_OR_NO) else None
        step = AcceptEagerly(backlog, lock, self.pick(COST_S), visits, batch, limit, releases, order, by)
        self.steps += [self.connect(backlog), step]
        self.walk.attended = by
        if own == 1:
            self.decided(lock.processes, for_good=True)
        self.walk.first_among = 0

    def backlog(self) -> Backlog:
        return Backlog(
            self.shared.name("backlog"),
            self.pick((0, 1, 2, 5, 50)),
            self.pick((False, False, True)),
            defer_s=self.pick(DEFER_S),
            remembers=self.pick(REMEMBERS),
        )

    def connect(self, backlog: Backlog) -> Connect:
        outcome = self.pick((Outcome.CONNECT_TIMEOUT, Outcome.UPSTREAM_TIMEOUT))
        retries_s, timeout_s = self.pick(RETRIES_AND_TIMEOUT_S)
        return Connect(backlog, self.link(), retries_s, timeout_s, outcome, self.pick(TIMERS), self.pick(AT_ONCE))
