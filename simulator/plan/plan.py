"""A plan: the whole description of an architecture, as data.

From one plan come the run on either engine, the layout of the screen and the explanation of a request's life.
"""

from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields, replace
from itertools import pairwise
from typing import Any

from simulator.plan.place import Place, places_of
from simulator.plan.resources import Backlog, Cores, Gil, Lock, Loop, Pool, Resource
from simulator.plan.steps import AcceptEagerly, Connect, Step

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

    def exchanging(self, old: Resource, new: Resource) -> "Plan":
        """The plan with another resource in the place of one; every step that names it names the new one."""
        return replace(self, steps=tuple(_exchanging(step, old, new) for step in self.steps))


def _named_by(step: Step) -> Iterator[Resource]:
    values = (getattr(step, field.name) for field in fields(step))
    return (value for value in values if isinstance(value, Resource))


def _exchanging(step: Step, old: Resource, new: Resource) -> Step:
    named: dict[str, Any] = {field.name: new for field in fields(step) if getattr(step, field.name) == old}
    return replace(step, **named)


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
    for number, place in _numbered(plan):
        if place.takes in taken:
            raise PlanError(f"{_where(number, place.step)} takes a {place.takes.name} a second time")
        if place.takes is not None:
            taken.add(place.takes)
            held.add(place.takes)
        if place.frees is not None and place.frees not in held:
            raise PlanError(f"{_where(number, place.step)} releases a {place.frees.name} that is not held")
        held.discard(place.frees)
    if held:
        raise PlanError(f"never released: {', '.join(sorted(pool.name for pool in held))}")


def _check_connections(plan: Plan) -> None:
    """Connecting and accepting come in pairs, one right after the other; one server of a chain may accept eagerly."""
    numbered = list(_numbered(plan))
    if sum(place.acceptor for _, place in numbered) > 1:
        raise PlanError("more than one step accepts eagerly")
    accepts = [place.queue for _, place in numbered if isinstance(place.queue, Backlog)]
    if len(set(accepts)) != len(accepts):
        raise PlanError("two steps accept from the same backlog")
    following = [place.queue for _, place in numbered[1:]]
    for (number, place), queue in zip(numbered, (*following, None), strict=True):
        if place.knocks_at != (queue if isinstance(queue, Backlog) else None):
            where = _where(number, place.step)
            raise PlanError(f"{where}: a connect and the accept from its backlog must follow each other")
    for number, step in enumerate(plan.steps, 1):
        _check_numbers(_where(number, step), step)
    if isinstance(numbered[0][1].queue, Backlog):
        raise PlanError("step 1 accepts, but nothing connected")


def _check_numbers(where: str, step: Step) -> None:
    """What a step says in numbers can be done."""
    match step:
        case Connect():
            _check_times(where, step)
        case AcceptEagerly():
            if min(step.batch, step.visits) < 1:
                raise PlanError(f"{where}: batch and visits must be at least 1")
            if step.batch > 1 and step.visits > 1:
                raise PlanError(f"{where} has both batch and visits above 1")
        case _:
            pass


def _check_times(where: str, step: Connect) -> None:
    """What is repeated is repeated later, and not for ever."""
    moments = (0.0, *step.retries_s, step.timeout_s)
    if any(b <= a for a, b in pairwise(moments)):
        raise PlanError(f"{where}: retries must grow from 0 to the timeout, got {moments}")
    if min(astuple(step.timers)) <= 0:
        raise PlanError(f"{where}: expected timers above 0 s, got {step.timers}")


def _check_processes(plan: Plan) -> None:
    """A step that means "that of my process" comes after the one step that decides the process."""
    known, decided = 1, 0
    for number, place in _numbered(plan):
        where, used = _where(number, place.step), place.takes or place.lock
        if used is not None and used.processes not in (1, known):
            raise PlanError(f"{where} needs one of {used.processes} processes; earlier steps chose among {known}")
        if isinstance(place.queue, Backlog) and place.takes is not None and place.takes.processes > 1:
            raise PlanError(f"{where} accepts into {place.takes.processes} queues; expected a pool with processes = 1")
        if place.decides_among is not None:
            if decided:  # a request's trace has one process
                raise PlanError(f"{where} decides the process, and so did step {decided}")
            known, decided = place.decides_among, number


def _numbered(plan: Plan) -> Iterator[tuple[int, Place]]:
    """The places of the plan's steps, and the number of each one's step, from 1; a phase stands for all of them."""
    return ((number, place) for number, step in enumerate(plan.steps, 1) for place in places_of(step, phase_count=1))
