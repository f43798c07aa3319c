"""The walk through a plan, place by place: the plan's steps with ``handle`` unfolded into the phases of the workload.

A place is a column of the trace: the moment at which a request reached it. Both engines and every view use this list;
what is asked of it more than once (where a slot is taken, where a backlog is knocked at) is answered here.
"""

from collections.abc import Sequence
from dataclasses import replace

from simulator.plan.place import Place, Way, places_of
from simulator.plan.plan import Plan
from simulator.plan.resources import Backlog, Pool

__all__ = ["Place", "Way", "accepted_at", "connected_at", "freed_at", "sent_at", "taken_at", "walk", "while_held"]


def walk(plan: Plan, phase_count: int) -> tuple[Place, ...]:
    """The places of a plan for requests with up to ``phase_count`` phases; 0: only what all requests have in common."""
    places: list[Place] = []
    for step in plan.steps:
        for place in places_of(step, phase_count):
            twins = sum(p.name.split(" #")[0] == place.name for p in places)
            places.append(replace(place, name=f"{place.name} #{twins + 1}") if twins else place)
    return tuple(places)


def connected_at(places: Sequence[Place], backlog: Backlog) -> int | None:
    """Where requests connect to a backlog."""
    return next((i for i, place in enumerate(places) if place.knocks_at == backlog), None)


def accepted_at(places: Sequence[Place], backlog: Backlog) -> int:
    """Where requests wait to be accepted from a backlog."""
    return next(i for i, place in enumerate(places) if place.queue == backlog)


def taken_at(places: Sequence[Place], pool: Pool) -> int:
    """Where requests wait for a slot of a pool; they hold it when they leave that place."""
    return next(i for i, place in enumerate(places) if place.takes == pool)


def freed_at(places: Sequence[Place], pool: Pool) -> int:
    """Where requests give the slot back."""
    return next(i for i, place in enumerate(places) if place.frees == pool)


def while_held(places: Sequence[Place], pool: Pool) -> range:
    """The places at which a request holds a slot of a pool."""
    return range(taken_at(places, pool) + 1, freed_at(places, pool))


def sent_at(places: Sequence[Place], first: int = 0) -> int | None:
    """Where a response is first handed over, from some place on."""
    return next((i for i in range(first, len(places)) if places[i].way is Way.DOWN), None)
