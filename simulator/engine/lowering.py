"""The plan as the kernel reads it: rows of numbers, in which resources are known by their index only."""

from dataclasses import dataclass

from simulator.engine.operations import COMPUTE, CONNECT, PHASE, RECEIVE, RELEASE, SEIZE, SEND, TAKEN, WAIT
from simulator.plan import (
    Accept,
    AcceptEagerly,
    Backlog,
    Compute,
    Connect,
    Gil,
    Handle,
    Link,
    Plan,
    Receive,
    Release,
    Seize,
    Send,
)
from simulator.plan.processes import main_pool, processes, slots_in_each, slots_of_each
from simulator.plan.walk import Place, walk

NO_LIMIT = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRow:
    """One place of the walk."""

    op: int
    resource: int = -1
    """Index of the pool, lock, queue or group of acceptors; -1: none."""
    client: int = 0
    """1: on the client's own line."""
    seconds: float = 0.0
    """Fixed work, or what is added to each visit."""
    buffer: float = 0.0
    phase: int = -1
    lock_column: int = -1
    """Column of ``Trace.lock_wait``."""
    retry_from: int = 0
    retry_to: int = 0
    """A connect's slice of ``Program.retries_s``; its timeout comes last."""
    limit: int = 0
    refuses: int = 0
    on_timeout: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolRow:
    """One pool; its copies have consecutive queues and consecutive slots."""

    size: int
    copies: int
    first_copy: int
    """Index of its first copy among all copies of all pools, which is also that copy's queue."""
    queue_limit: int
    when_full: int
    lifo: int
    renege: int
    frees: int
    span: int
    """Slots per process; 0: the slot does not decide the process."""
    mortal: int
    """Slots that die with one process; 0: they survive."""
    width: int
    """Of so many slots, those from a new size on are closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockRow:
    """One lock; its copies have consecutive queues."""

    copies: int
    first_copy: int
    """Index of its first copy among all copies of all locks."""
    interval_s: float
    """0: never taken away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EagerRow:
    """The acceptors of the eager backlog."""

    queue: int
    place: int
    """Where taken requests are noted."""
    lock_first: int
    """Index of the first copy of their lock."""
    copies: int
    work_s: float
    """For one visit."""
    visits: int
    batch: int
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A lowered plan. Queues: one for every copy of a pool, then of a lock, then one for the eager backlog."""

    places: list[PlaceRow]
    pools: list[PoolRow]
    locks: list[LockRow]
    eager: EagerRow | None
    retries_s: list[float]
    upload_place: int
    """The place reached when the client's connection stands; 0: it stands from the start."""

    send_place: int
    """The place where the response is first handed over; -1: there is none."""
    main_pool: int
    """Index of the pool that a change of size is about; -1: there is none."""
    processes: int
    """How many there are; 0: no step decides on one."""
    inside_from: int
    inside_to: int
    """A request is inside of its process from the first of these places until it reaches the second."""
    behind_proxy: int

    @property
    def queues(self) -> int:
        """Number of queues."""
        return sum(p.copies for p in self.pools) + sum(lock.copies for lock in self.locks) + (self.eager is not None)


def lower(plan: Plan, phase_count: int) -> Program:
    """Number everything."""
    lowering = _Lowering(plan, phase_count)
    places = [lowering.place(i, place) for i, place in enumerate(lowering.walk)]
    inside, main = processes(plan, lowering.walk), main_pool(plan)
    return Program(
        places=places,
        pools=lowering.pools,
        locks=lowering.locks,
        eager=lowering.eager_row,
        retries_s=lowering.retries_s,
        upload_place=lowering.upload_place(),
        send_place=next((i for i, place in enumerate(lowering.walk) if isinstance(place.step, Send)), -1),
        main_pool=-1 if main is None else plan.pools.index(main),
        processes=inside.count,
        inside_from=inside.first,
        inside_to=inside.end,
        behind_proxy=inside.behind_proxy,
    )


class _Lowering:
    """The numbering of one plan."""

    def __init__(self, plan: Plan, phase_count: int) -> None:
        self.plan, self.walk = plan, walk(plan, phase_count)
        self.retries_s: list[float] = []
        self.pools: list[PoolRow] = []
        for pool in plan.pools:
            self.pools.append(
                PoolRow(
                    size=pool.size,
                    copies=pool.processes,
                    first_copy=sum(row.copies for row in self.pools),
                    queue_limit=NO_LIMIT if pool.queue_limit is None else pool.queue_limit,
                    when_full=pool.when_full,
                    lifo=pool.order == "lifo",
                    renege=pool.renege,
                    frees=pool.frees_when_client_leaves,
                    span=pool.slots_per_process or 0,
                    mortal=slots_of_each(plan, pool),
                    width=slots_in_each(plan, pool),
                )
            )
        self.locks: list[LockRow] = []
        for lock in plan.locks:
            interval_s = lock.switch_interval_s if isinstance(lock, Gil) else 0.0
            first = sum(row.copies for row in self.locks)
            self.locks.append(LockRow(copies=lock.processes, first_copy=first, interval_s=interval_s))
        self.eager = next((step for step in plan.steps if isinstance(step, AcceptEagerly)), None)
        self.eager_row = None if self.eager is None else self._eager(self.eager)
        self.locked = [i for i, place in enumerate(self.walk) if place.lock is not None]

    def _eager(self, step: AcceptEagerly) -> EagerRow:
        return EagerRow(
            queue=sum(row.copies for row in self.pools) + sum(row.copies for row in self.locks),
            place=next(i for i, place in enumerate(self.walk) if place.step == step and place.lock is not None),
            lock_first=self.locks[self.plan.locks.index(step.lock)].first_copy,
            copies=step.lock.processes,
            work_s=step.work_s / step.visits,
            visits=step.visits,
            batch=step.batch,
            limit=NO_LIMIT if step.limit is None else step.limit,
        )

    def place(self, column: int, place: Place) -> PlaceRow:
        """One place, with the operation that its step means."""
        lock = -1 if place.lock is None else self.plan.locks.index(place.lock)
        lock_column = self.locked.index(column) if place.lock is not None else -1
        match place.step:
            case Connect():
                return self._connect(place.step)
            case Accept(pool=pool) | Seize(pool=pool):
                return PlaceRow(op=SEIZE, resource=self.plan.pools.index(pool))
            case AcceptEagerly():
                op = WAIT if place.lock is None else TAKEN
                return PlaceRow(op=op, lock_column=lock_column)
            case Release(pool=pool):
                return PlaceRow(op=RELEASE, resource=self.plan.pools.index(pool))
            case Receive(link=link, buffer_bytes=buffer):
                return PlaceRow(op=RECEIVE, client=link is Link.CLIENT, buffer=buffer)
            case Compute(work_s=work_s):
                return PlaceRow(op=COMPUTE, resource=lock, seconds=work_s, lock_column=lock_column)
            case Handle(visit_cost_s=cost_s):
                phase = -1 if place.phase is None else place.phase
                return PlaceRow(op=PHASE, resource=lock, seconds=cost_s, phase=phase, lock_column=lock_column)
            case Send(link=link, buffer_bytes=buffer):
                return PlaceRow(op=SEND, client=link is Link.CLIENT, buffer=buffer)

    def _connect(self, step: Connect) -> PlaceRow:
        first = len(self.retries_s)
        self.retries_s += [*step.retries_s, step.timeout_s]
        return PlaceRow(
            op=CONNECT,
            resource=self._queue_of(step.backlog),
            client=step.link is Link.CLIENT,
            retry_from=first,
            retry_to=len(self.retries_s),
            limit=step.backlog.limit,
            refuses=step.backlog.refuses,
            on_timeout=step.on_timeout,
        )

    def _queue_of(self, backlog: Backlog) -> int:
        for step in self.plan.steps:
            if isinstance(step, Accept) and step.backlog == backlog:
                return self.pools[self.plan.pools.index(step.pool)].first_copy
        assert self.eager_row is not None  # a plan's connects are followed by an accept of one kind or the other
        return self.eager_row.queue

    def upload_place(self) -> int:
        """The place after the client's own connect."""
        for i, place in enumerate(self.walk):
            if isinstance(place.step, Connect) and place.step.link is Link.CLIENT:
                return i + 1
        return 0
