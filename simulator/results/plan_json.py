"""Plans as plain JSON data and back: dataclasses with their type's name, enumerations with theirs.

A resource that several steps share is written once; the steps refer to it by its name, and reading gives one object.
"""

import dataclasses
import math
from collections.abc import Iterator
from enum import Enum
from typing import Any, Literal, get_args, get_origin

from simulator.plan import (
    Block,
    Busy,
    Chance,
    Die,
    Elsewhere,
    HandshakeTimers,
    Link,
    Loop,
    OfClass,
    Outcome,
    Plan,
    PlanError,
    Processors,
    Resource,
    Retry,
    Scale,
    Step,
)

SAID = (
    *(*Step.__args__, *Block.__args__, *Resource.__args__),
    *(Processors, OfClass, Chance, Busy, Die, Elsewhere, Retry, Scale, HandshakeTimers),
)
DATACLASSES: dict[str, type[Any]] = {each.__name__: each for each in SAID}
ENUMS: dict[str, type[Enum]] = {each.__name__: each for each in (Link, Outcome)}


class PlanDataError(ValueError):
    """The data does not describe a plan that this version knows."""


def plan_to_data(plan: Plan) -> dict[str, Any]:
    """The plan as data for ``json.dumps(..., allow_nan=False)``."""
    return {
        "resources": {resource.name: _to_data(resource) for resource in sorted(plan.resources, key=_is_beside)},
        "steps": [_to_data(step) for step in plan.steps],
        "cores": _to_data(plan.cores),
        **({"retry": _to_data(plan.retry)} if plan.retry is not None else {}),
        **({"scales": [_to_data(scale) for scale in plan.scales]} if plan.scales else {}),
    }


def plan_from_data(data: Any) -> Plan:
    """The plan again, equal to the one that was written. Raises PlanDataError."""
    try:
        resources: dict[str, Any] = {}
        for name, item in data["resources"].items():
            resources[name] = _from_data(item, resources)
        steps = tuple(_from_data(item, resources) for item in data["steps"])
        retry = _from_data(data.get("retry"), resources)
        scales = tuple(_from_data(item, resources) for item in data.get("scales", ()))
        return Plan(steps=steps, cores=_from_data(data["cores"], resources), retry=retry, scales=scales)
    except (KeyError, TypeError, ValueError, AttributeError, PlanError) as error:
        raise PlanDataError(str(error)) from None


def _to_data(value: Any) -> Any:
    if isinstance(value, Enum):
        return {"enum": type(value).__name__, "name": value.name}
    if isinstance(value, tuple):
        return {"tuple": [_to_data(item) for item in value]}
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": str(value)}
    if dataclasses.is_dataclass(value):
        return {"type": type(value).__name__} | {name: _reference(item) for name, item in _fields(value)}
    return value


def _fields(value: Any) -> Iterator[tuple[str, Any]]:
    """Names and values, without what is as usual and is new: a program that knows no others can read the file."""
    for field in dataclasses.fields(value):
        item = getattr(value, field.name)
        if not (isinstance(item, HandshakeTimers) and item == field.default) and (type(value), item) != (Loop, None):
            yield field.name, item


def _is_beside(resource: Resource) -> bool:
    """Whether it names another one, which is read first."""
    return isinstance(resource, Loop) and resource.gil is not None


def _reference(value: Any) -> Any:
    return {"resource": value.name} if isinstance(value, Resource) else _to_data(value)


def _from_data(value: Any, resources: dict[str, Any]) -> Any:
    match value:
        case {"enum": kind, "name": name}:
            return ENUMS[kind][name]
        case {"tuple": items}:
            return tuple(_from_data(item, resources) for item in items)
        case {"float": text}:
            return float(text)
        case {"resource": name}:
            return resources[name]
        case {"type": str(kind), **rest}:
            said = DATACLASSES[kind](**{str(name): _from_data(item, resources) for name, item in rest.items()})
            _check_kinds(said)
            return said
        case dict() | list():
            raise PlanDataError(f"neither a step nor a resource: {value}")
        case _:
            return value


def _check_kinds(said: Any) -> None:
    """Raise PlanDataError where a word or a number stands in a plan for something else, or one for the other."""
    for field in dataclasses.fields(said):
        value = getattr(said, field.name)
        if isinstance(value, str | float | int | tuple | None) and not _is_of(value, field.type):
            raise PlanDataError(f"{type(said).__name__}: {field.name} = {str(value)[:40]}")


def _is_of(value: object, kind: Any) -> bool:
    if isinstance(kind, type):
        return isinstance(value, (int, float) if kind is float else kind)
    if isinstance(kind, str):  # named before it was there: not known here
        return True
    if get_origin(kind) is tuple:
        return isinstance(value, tuple)
    if get_origin(kind) is Literal:
        return value in get_args(kind)
    return any(_is_of(value, each) for each in get_args(kind))
