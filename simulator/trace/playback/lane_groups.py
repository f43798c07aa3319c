"""Which resources of a plan are drawn as lanes, which as counts, and where requests wait without holding anything.

What to watch: this is read from the steps alone. A pool whose slots are held while nothing else is waited for in a
queue is where the work is done, so each slot is a lane. A pool around another accept queue or another pool (the
connections of a proxy) is shown by counts.
"""

from dataclasses import dataclass, replace
from enum import Enum

from simulator.plan import Plan
from simulator.plan.resources import Lock, Loop, Pool, Processors
from simulator.plan.walk import Place, taken_at, walk, while_held


class GroupKind(Enum):
    """How a group is drawn."""

    SLOTS = "slots"
    """One lane for each slot of a pool."""
    LOCK = "lock"
    """One lane for each copy of a lock: a GIL or an event loop in each process."""
    COUNT = "count"
    """A pool around other queues: how many of its slots are taken, and by what."""
    PARKED = "parked"
    """Requests that a process has in hand while they hold neither slot nor loop: sockets and tasks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneGroup:
    """One group of the stage, top to bottom in the order of the walk."""

    kind: GroupKind
    name: str
    """Of the resource; ``parked`` for those who hold none."""
    resource: Pool | Lock | None
    lanes: int
    """Slots in all copies, or copies of the lock; 0 for PARKED."""
    per_process: int
    """Lanes that belong to one process, side by side; ``lanes`` if a process is not decided by the lane."""
    helps: bool = False
    """Whether an event loop serves the requests, and a slot is one of those to whom it hands work."""

    def label(self, lane: int) -> str:
        """``worker 3``, counted from 0; without a number where there is only one."""
        return self.name if self.lanes <= 1 else f"{self.name} {lane}"

    def process(self, lane: int) -> int:
        """The process that a lane belongs to, counted from 0."""
        return lane // self.per_process


def lane_groups(plan: Plan) -> tuple[LaneGroup, ...]:
    """The groups of a plan; a GIL follows its threads, a loop is followed by its parked requests."""
    places = walk(plan, 1)
    others = [pool for pool in plan.pools if _is_outer(places, pool)]
    slots = [pool for pool in plan.pools if pool not in others]
    groups = [_of_pool(pool, GroupKind.COUNT) for pool in others]
    loop = next((i for i, place in enumerate(places) if isinstance(place.lock, Loop)), len(places))
    first = {pool: taken_at(places, pool) for pool in slots}
    helpers = {pool for pool, at in first.items() if at > loop or places[at].piece is not None}
    groups += [replace(_of_pool(pool, GroupKind.SLOTS), helps=pool in helpers) for pool in slots]
    for lock in plan.locks:
        groups.append(
            LaneGroup(
                kind=GroupKind.LOCK,
                name=lock.name,
                resource=lock,
                lanes=lock.units,
                per_process=lock.units // lock.processes,
            )
        )
    if any(isinstance(lock, Loop | Processors) for lock in plan.locks) and helpers.issuperset(slots):
        groups.append(LaneGroup(kind=GroupKind.PARKED, name="parked", resource=None, lanes=0, per_process=1))
    return tuple(groups)


def _of_pool(pool: Pool, kind: GroupKind) -> LaneGroup:
    lanes = pool.size * pool.processes
    per_process = pool.size if pool.processes > 1 else pool.slots_per_process or lanes
    return LaneGroup(kind=kind, name=pool.name, resource=pool, lanes=lanes, per_process=per_process)


def _is_outer(places: tuple[Place, ...], pool: Pool) -> bool:
    """Whether another resource is waited for while a slot of this pool is held."""
    return any(places[i].waits_for is not None for i in while_held(places, pool))
