"""A plan: the whole description of an architecture, as data.

From one plan come the run on either engine, the layout of the screen and the explanation of a request's life.
What is asked of a plan is worked out once and kept with it, since a plan never changes; hence no ``slots``.
"""

from collections.abc import Callable, Hashable, Iterator
from copy import copy
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from simulator.plan.blocks import Element, Enqueue, Retry, Scale, changed, every_element
from simulator.plan.resources import Backlog, Cores, Gil, Lock, Loop, Pool, Resource
from simulator.plan.steps import AcceptEagerly, Step
from simulator.plan.validity import check

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
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

    def __getstate__(self) -> dict[str, Any]:
        """What is written into a pickle: the plan alone."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        """Every resource once, in the order in which the steps first name it."""
        return tuple(dict.fromkeys(_named_by(self.steps)))

    @cached_property
    def pools(self) -> tuple[Pool, ...]:
        """The pools among the resources; a pool's place here is its column in ``Trace.slot``, acceptors' own last."""
        accepting = {step.by for step in every_element(self.steps) if isinstance(step, AcceptEagerly)}
        return tuple(sorted((r for r in self.resources if isinstance(r, Pool)), key=accepting.__contains__))

    @cached_property
    def locks(self) -> tuple[Lock, ...]:
        """The GIL or the event loops among the resources."""
        return tuple(r for r in self.resources if isinstance(r, Gil | Loop))

    @cached_property
    def backlogs(self) -> tuple[Backlog, ...]:
        """The accept queues among the resources."""
        return tuple(r for r in self.resources if isinstance(r, Backlog))

    @cached_property
    def processors(self) -> tuple[Cores, ...]:
        """The cores of the server, and those of others that compute for it."""
        return (self.cores, *(r for r in self.resources if isinstance(r, Cores)))

    @cached_property
    def jobs(self) -> tuple[Enqueue, ...]:
        """The jobs that requests send off, in the order of the steps."""
        return tuple(element for element in every_element(self.steps) if isinstance(element, Enqueue))

    @cached_property
    def answers(self) -> dict[Hashable, Any]:
        """Of functions that are asked about this plan, see ``once_a_plan``."""
        return {}

    def steps_after(self, change: Callable[[Step], Step]) -> tuple[Element, ...]:
        """Every step as it is after a change, inside of blocks too."""
        return changed(self.steps, change)

    @cached_property
    def with_steps_apart(self) -> "Plan":
        """The same, and two steps that say the same are two objects. Nothing new is in it that could be refused."""
        twin = copy(self)
        object.__setattr__(twin, "steps", self.steps_after(replace))
        return twin

    def exchanging(self, old: Resource, new: Resource) -> "Plan":
        """The plan with another resource in the place of one; every step that names it names the new one."""
        scales = tuple(_exchanging(scale, old, new) for scale in self.scales)
        return replace(self, steps=_exchanging(self.steps, old, new), scales=scales)


def once_a_plan(answer: Callable[Concatenate[Plan, P], T]) -> Callable[Concatenate[Plan, P], T]:
    """Keep what a function answers about a plan with that plan.

    Not by equality: two steps may say the same, and be told apart by being two.
    """

    @wraps(answer)
    def known(plan: Plan, /, *rest: P.args, **named: P.kwargs) -> T:
        key = (answer, rest, *named.items())
        if key not in plan.answers:
            plan.answers[key] = answer(plan, *rest, **named)
        return cast(T, plan.answers[key])

    return known


def _named_by(said: object) -> Iterator[Resource]:
    """The resources in whatever a plan says: steps, blocks, tests."""
    if isinstance(said, Resource):
        yield said
        if isinstance(said, Loop) and said.gil is not None:
            yield said.gil
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
    if isinstance(said, Loop) and said.gil is not None and said.gil == old:
        assert isinstance(new, Gil)  # only its numbers are others
        return replace(said, gil=new)
    if isinstance(said, tuple):
        return tuple(_exchanging(part, old, new) for part in said)
    if is_dataclass(said) and not isinstance(said, type | Resource):
        return replace(said, **{f.name: _exchanging(getattr(said, f.name), old, new) for f in fields(said)})
    return said
