"""A plan: the whole description of an architecture, as data.

From one plan come the run on either engine, the layout of the screen and the explanation of a request's life.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from simulator.plan.resources import Backlog, Cores, Gil, Lock, Loop, Pool, Resource
from simulator.plan.steps import Accept, AcceptEagerly, Compute, Connect, Handle, Receive, Release, Seize, Send, Step

MOST_POOLS = 31
"""The kernel keeps what a request holds in the bits of one integer."""


class PlanError(ValueError):
    """The steps of a plan do not fit together; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in the order in which every request walks through them, on a number of cores.

    Raises PlanError for a step that uses what an earlier step did not provide.
    """

    steps: tuple[Step, ...]
    cores: Cores

    def __post_init__(self) -> None:
        """Refuse steps that no request could walk through."""
        _check(self)

    @property
    def resources(self) -> tuple[Resource, ...]:
        """Every resource once, in the order in which the steps first name it."""
        return tuple(dict.fromkeys(r for step in self.steps for r in _named_by(step)))

    @property
    def pools(self) -> tuple[Pool, ...]:
        """The pools among the resources; a pool's place here is its column in ``Trace.slot``."""
        return tuple(r for r in self.resources if isinstance(r, Pool))

    @property
    def locks(self) -> tuple[Lock, ...]:
        """The GIL or the event loops among the resources."""
        return tuple(r for r in self.resources if isinstance(r, Gil | Loop))

    @property
    def backlogs(self) -> tuple[Backlog, ...]:
        """The accept queues among the resources."""
        return tuple(r for r in self.resources if isinstance(r, Backlog))


def _named_by(step: Step) -> Iterator[Resource]:
    match step:
        case Connect(backlog=backlog):
            yield backlog
        case Accept(backlog=backlog, pool=pool):
            yield backlog
            yield pool
        case AcceptEagerly(backlog=backlog, lock=lock):
            yield backlog
            yield lock
        case Seize(pool=pool) | Release(pool=pool):
            yield pool
        case Compute(lock=lock) | Handle(lock=lock):
            if lock is not None:
                yield lock
        case Receive() | Send():
            return


def _check(plan: Plan) -> None:
    names = [resource.name for resource in plan.resources]
    if len(set(names)) != len(names):
        raise PlanError(f"two different resources share a name: {', '.join(sorted(names))}")
    _check_resources(plan)
    _check_slots(plan)
    _check_connections(plan)
    _check_processes(plan)


def _check_resources(plan: Plan) -> None:
    """Every resource can do something, and both engines can count it."""
    if not plan.steps:
        raise PlanError("a plan needs at least one step")
    if plan.cores.count < 1 or plan.cores.time_slice_s <= 0 or plan.cores.switch_cost_s < 0:
        raise PlanError(f"expected at least one core and a time slice above 0, got {plan.cores}")
    if len(plan.pools) > MOST_POOLS:
        raise PlanError(f"{len(plan.pools)} pools: expected at most {MOST_POOLS}")
    for pool in plan.pools:
        if min(pool.size, pool.processes) < 1:
            raise PlanError(f"{pool.name}: expected at least one slot in at least one process, got {pool}")
        if pool.slots_per_process is not None and (pool.processes > 1 or pool.slots_per_process < 1):
            raise PlanError(f"{pool.name}: slots_per_process must be at least 1, and needs processes = 1, got {pool}")
    for lock in plan.locks:
        if lock.processes < 1 or (isinstance(lock, Gil) and lock.switch_interval_s <= 0):
            raise PlanError(f"{lock.name}: expected a process and a switch interval above 0 s, got {lock}")


def _where(number: int, step: Step) -> str:
    return f"step {number} ({type(step).__name__})"


def _check_slots(plan: Plan) -> None:
    """Every slot is taken once and given back."""
    taken: set[Pool] = set()
    held: set[Pool] = set()
    for number, step in enumerate(plan.steps, 1):
        match step:
            case Accept(pool=pool) | Seize(pool=pool):
                if pool in taken:
                    raise PlanError(f"{_where(number, step)} takes a {pool.name} a second time")
                taken.add(pool)
                held.add(pool)
            case Release(pool=pool):
                if pool not in held:
                    raise PlanError(f"{_where(number, step)} releases a {pool.name} that is not held")
                held.discard(pool)
            case _:
                pass
    if held:
        raise PlanError(f"never released: {', '.join(sorted(pool.name for pool in held))}")


def _check_connections(plan: Plan) -> None:
    """Connecting and accepting come in pairs, one right after the other; one server of a chain may accept eagerly."""
    if sum(isinstance(step, AcceptEagerly) for step in plan.steps) > 1:
        raise PlanError("more than one step accepts eagerly")
    accepts = [step.backlog for step in plan.steps if isinstance(step, Accept | AcceptEagerly)]
    if len(set(accepts)) != len(accepts):
        raise PlanError("two steps accept from the same backlog")
    for number, (step, then) in enumerate(zip(plan.steps, (*plan.steps[1:], None), strict=True), 1):
        accepted = then.backlog if isinstance(then, Accept | AcceptEagerly) else None
        connected = step.backlog if isinstance(step, Connect) else None
        if connected != accepted:
            raise PlanError(f"{_where(number, step)}: a connect and the accept from its backlog must follow each other")
        if isinstance(step, Connect):
            moments = (0.0, *step.retries_s, step.timeout_s)
            if any(b <= a for a, b in pairwise(moments)):
                raise PlanError(f"{_where(number, step)}: retries must grow from 0 to the timeout, got {moments}")
        if isinstance(step, AcceptEagerly) and min(step.batch, step.visits) < 1:
            raise PlanError(f"{_where(number, step)}: batch and visits must be at least 1")
        if isinstance(step, AcceptEagerly) and step.batch > 1 and step.visits > 1:
            raise PlanError(f"{_where(number, step)} has both batch and visits above 1")
    if plan.steps and isinstance(plan.steps[0], Accept | AcceptEagerly):
        raise PlanError("step 1 accepts, but nothing connected")


def _check_processes(plan: Plan) -> None:
    """A step that means "that of my process" comes after the one step that decides the process."""
    known, decided = 1, 0
    for number, step in enumerate(plan.steps, 1):
        needed, chosen_among = _processes(step)
        if needed not in (1, known):
            where = _where(number, step)
            raise PlanError(f"{where} needs one of {needed} processes; earlier steps chose among {known}")
        if isinstance(step, Accept) and needed > 1:
            raise PlanError(f"{_where(number, step)} accepts into {needed} queues; expected a pool with processes = 1")
        if chosen_among is not None:
            if decided:  # a request's trace has one process
                raise PlanError(f"{_where(number, step)} decides the process, and so did step {decided}")
            known, decided = chosen_among, number


def _processes(step: Step) -> tuple[int, int | None]:
    """How many processes must be known before the step (1: none), and among how many it chooses, if it does."""
    match step:
        case Accept(pool=pool) | Seize(pool=pool):
            span = pool.slots_per_process
            return pool.processes, None if span is None else -(-pool.size // span)
        case AcceptEagerly(lock=lock):
            return 1, lock.processes
        case Compute(lock=lock) | Handle(lock=lock) if lock is not None:
            return lock.processes, None
        case _:
            return 1, None
