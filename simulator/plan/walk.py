"""The walk through a plan, place by place: the plan's steps with ``handle`` unfolded into the phases of the workload.

A place is a column of the trace: the moment at which a request reached it. Both engines and every view use this list;
what is asked of it more than once (where a slot is taken, where a backlog is knocked at) is answered here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from simulator.plan.blocks import Branch, Element, Enqueue, Within
from simulator.plan.place import Place, Way
from simulator.plan.places import places_of
from simulator.plan.plan import Plan, once_a_plan
from simulator.plan.resources import Backlog, Lock, Pool

__all__ = [
    "Outline",
    "Place",
    "Stretch",
    "Taking",
    "Way",
    "accepted_at",
    "connected_at",
    "freed_at",
    "locked",
    "outline",
    "sent_at",
    "slot_column",
    "taken_at",
    "takings",
    "walk",
    "while_held",
]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A block of the plan in the walk: the ways through it, each a list of places and of further blocks."""

    block: Within | Branch | Enqueue
    ways: "tuple[tuple[int | Stretch, ...], ...]"
    """One; of a branch two: those who pass the test, and the others. A job's way begins behind the place at which it
    is sent off."""


Outline = tuple[int | Stretch, ...]
"""The walk with its blocks: numbers of places, and stretches."""


@once_a_plan
def walk(plan: Plan, phase_count: int) -> tuple[Place, ...]:
    """The places of a plan for requests with up to ``phase_count`` phases; 0: only what all requests have in common."""
    places: list[Place] = []
    for place in _places(plan.steps, phase_count):
        twins = sum(p.name.split(" #")[0] == place.name for p in places)
        places.append(replace(place, name=f"{place.name} #{twins + 1}") if twins else place)
    return tuple(places)


@once_a_plan
def outline(plan: Plan, phase_count: int) -> Outline:
    """The places of the walk by their numbers, in the blocks to which they belong."""
    return _outline(plan.steps, phase_count, 0)[0]


def _places(steps: tuple[Element, ...], phase_count: int) -> Iterator[Place]:
    for step in steps:
        match step:
            case Within(steps=inner):
                yield from _places(inner, phase_count)
            case Branch(then=then, otherwise=otherwise):
                yield from _places((*then, *otherwise), phase_count)
            case Enqueue(steps=inner):
                yield from places_of(step, phase_count)
                yield from _places(inner, phase_count)
            case _:
                yield from places_of(step, phase_count)


def _outline(steps: tuple[Element, ...], phase_count: int, at: int) -> tuple[Outline, int]:
    """The outline of some steps whose first place has this number, and the number after their last."""
    parts: list[int | Stretch] = []
    for step in steps:
        match step:
            case Within(steps=inner):
                way, at = _outline(inner, phase_count, at)
                parts.append(Stretch(step, (way,)))
            case Branch():
                then, at = _outline(step.then, phase_count, at)
                otherwise, at = _outline(step.otherwise, phase_count, at)
                parts.append(Stretch(step, (then, otherwise)))
            case Enqueue(steps=inner):
                parts.append(at)
                way, at = _outline(inner, phase_count, at + 1)
                parts.append(Stretch(step, (way,)))
            case _:
                count = len(places_of(step, phase_count))
                parts += range(at, at + count)
                at += count
    return tuple(parts), at


def locked(places: Sequence[Place]) -> tuple[tuple[int, Lock], ...]:
    """Every place that computes under a lock, once with each lock that it needs: the columns of ``lock_wait``."""
    return tuple((index, lock) for index, place in enumerate(places) for lock in place.locks)


def connected_at(places: Sequence[Place], backlog: Backlog) -> int | None:
    """Where requests connect to a backlog."""
    return next((i for i, place in enumerate(places) if place.knocks_at == backlog), None)


def accepted_at(places: Sequence[Place], backlog: Backlog) -> int:
    """Where requests wait to be accepted from a backlog."""
    return next(i for i, place in enumerate(places) if place.queue == backlog)


@dataclass(frozen=True, slots=True)
class Taking:
    """One of the stretches of the walk in which a slot of a pool is held. A request comes to some of a pool's."""

    pool: Pool
    taken_at: int
    """The place where a request waits for the slot; it holds the slot when it leaves that place."""
    freed_at: int
    """The place that gives the slot back."""

    @property
    def held(self) -> range:
        """The places at which a request holds it."""
        return range(self.taken_at + 1, self.freed_at)


def takings(plan: Plan, places: Sequence[Place]) -> tuple[Taking, ...]:
    """Wherever slots are taken, pool by pool: the number of each here is its column in ``Trace.slot``."""
    return tuple(_takings(plan, places))


def _takings(plan: Plan, places: Sequence[Place]) -> Iterator[Taking]:
    for pool in plan.pools:
        freed = [i for i, place in enumerate(places) if place.frees == pool]
        for at in (i for i, place in enumerate(places) if place.takes == pool):
            yield Taking(pool, at, next(i for i in freed if i > at))


def slot_column(plan: Plan, places: Sequence[Place], pool: Pool) -> int:
    """Of ``Trace.slot`` the column for the first slot of a pool that a request takes."""
    return next(column for column, taking in enumerate(takings(plan, places)) if taking.pool == pool)


def taken_at(places: Sequence[Place], pool: Pool) -> int:
    """Where requests wait for a slot of a pool, for the first time."""
    return next(i for i, place in enumerate(places) if place.takes == pool)


def freed_at(places: Sequence[Place], pool: Pool) -> int:
    """Where requests give the slot back, for the first time."""
    return next(i for i, place in enumerate(places) if place.frees == pool)


def while_held(places: Sequence[Place], pool: Pool) -> tuple[int, ...]:
    """The places at which a request holds a slot of a pool."""
    inside, held = list[int](), False
    for number, place in enumerate(places):
        held &= place.frees != pool
        if held:
            inside.append(number)
        held |= place.takes == pool
    return tuple(inside)


def sent_at(places: Sequence[Place], first: int = 0) -> int | None:
    """Where a response is first handed over, from some place on."""
    return next((i for i in range(first, len(places)) if places[i].way is Way.DOWN), None)
