"""A plan: the whole description of an architecture, as data.

From one plan come the run on either engine, the layout of the screen and the explanation of a request's life.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from simulator.plan.blocks import Element, Enqueue, Retry, Scale, changed, every_element
from simulator.plan.resources import Backlog, Cores, Gil, Lock, Loop, Pool, Resource
from simulator.plan.steps import Step
from simulator.plan.validity import check


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in the order in which every request walks through them, on a number of cores.

    Raises PlanError for a step that uses what an earlier step did not provide.
    """

    steps: tuple[Element, ...]
    cores: Cores
    retry: Retry | None = None
    """What clients repeat."""
    scales: tuple[Scale, ...] = ()
    """Which pools grow and shrink by themselves."""

    def __post_init__(self) -> None:
        """Refuse steps that no request could walk through."""
        check(self)

    @property
    def resources(self) -> tuple[Resource, ...]:
        """Every resource once, in the order in which the steps first name it."""
        return tuple(dict.fromkeys(_named_by(self.steps)))

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

    @property
    def processors(self) -> tuple[Cores, ...]:
        """The cores of the server, and those of others that compute for it."""
        return (self.cores, *(r for r in self.resources if isinstance(r, Cores)))

    @property
    def jobs(self) -> tuple[Enqueue, ...]:
        """The jobs that requests send off, in the order of the steps."""
        return tuple(element for element in every_element(self.steps) if isinstance(element, Enqueue))

    def steps_after(self, change: Callable[[Step], Step]) -> tuple[Element, ...]:
        """Every step as it is after a change, inside of blocks too."""
        return changed(self.steps, change)

    def exchanging(self, old: Resource, new: Resource) -> "Plan":
        """The plan with another resource in the place of one; every step that names it names the new one."""
        scales = tuple(_exchanging(scale, old, new) for scale in self.scales)
        return replace(self, steps=_exchanging(self.steps, old, new), scales=scales)


def _named_by(said: object) -> Iterator[Resource]:
    """The resources in whatever a plan says: steps, blocks, tests."""
    if isinstance(said, Resource):
        yield said
    elif isinstance(said, tuple):
        for part in said:
            yield from _named_by(part)
    elif is_dataclass(said):
        for field in fields(said):
            yield from _named_by(getattr(said, field.name))


def _exchanging(said: Any, old: Resource, new: Resource) -> Any:
    """The same with one resource exchanged."""
    if said == old:
        return new
    if isinstance(said, tuple):
        return tuple(_exchanging(part, old, new) for part in said)
    if is_dataclass(said) and not isinstance(said, type | Resource):
        return replace(said, **{f.name: _exchanging(getattr(said, f.name), old, new) for f in fields(said)})
    return said
