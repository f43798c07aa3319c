"""Everything that can be turned while one watches: of the load, the machine, the server, and what stands in front.

What to watch: a knob does nothing but make another setup. A setting that a model gains is a knob here without a line of
code, as it is a flag on the command line.
"""

from collections.abc import Callable, Iterator
from dataclasses import Field, fields, replace
from functools import cache, lru_cache
from math import inf
from typing import Any, get_args, get_type_hints

from simulator.experiments.amounts import DIMENSIONS, amount_text
from simulator.experiments.catalogue import Model, fronts
from simulator.experiments.deployment import Deployment, configured
from simulator.experiments.production_changes import reconfigured
from simulator.experiments.refusal import RefusalError
from simulator.experiments.setup import Prepared, Setup, with_front
from simulator.lab.knob import Knob, next_nice, next_whole
from simulator.lab.scenario_knobs import scenario_knobs
from simulator.lab.typed_values import typed_amount, typed_number, typed_whole, unit_of
from simulator.plan import Machine
from simulator.plan.processes import main_pool, slots_in_each
from simulator.words.language import later, tell

SIZE = "size"
"""What the keys call the setting that makes a server larger: its workers, its threads, its processes."""
SETUPS_KEPT = 8
"""Setups whose knobs are remembered: the list of them is drawn again and again, for up to four servers."""


@lru_cache(SETUPS_KEPT)
def knobs(prepared: Prepared, side: int) -> tuple[Knob, ...]:
    """Those of the load and the machine, then those of one of the servers."""
    return (*scenario_knobs(prepared), *_of_server(prepared.setup, side))


def knob(prepared: Prepared, side: int, id: str) -> Knob | None:
    """The knob of that name, if this setup has it; ``size`` is whatever makes this server larger."""
    wanted = main_setting(prepared.setup.sides[side].model) if id == SIZE else id
    its_own = (each for each in _of_server(prepared.setup, side) if each.id == wanted)
    return next(scenario_knobs(prepared, (id,)), None) or next(its_own, None)


@cache
def main_setting(model: Model) -> str | None:
    """The setting that makes this server larger: that which changes the pool that serves, or its first number."""
    config, machine = configured(model, {}), Machine()
    plan, numbers = model.plan(config, machine), [field.name for field in model.settings if _hint(model, field) is int]
    pool = main_pool(plan)
    for name in reversed(numbers) if pool is not None else ():
        other = model.plan(replace(config, **{name: getattr(config, name) + 1}), machine)
        its = main_pool(other)
        if its is not None and pool is not None and slots_in_each(other, its) != slots_in_each(plan, pool):
            return name
    return next((name for name in numbers if name != "backlog"), None)


def _of_server(setup: Setup, side: int) -> Iterator[Knob]:
    """Made one by one, so that whoever looks for one of them makes no more than those before it."""
    deployment = setup.sides[side]
    yield from _settings(
        deployment.model, deployment.config, "", lambda new: setup.with_side(side, reconfigured(deployment, new))
    )
    for front in fronts():
        config = next((its for model, its in deployment.fronts if model.name == front.name), None)
        yield Knob(
            id=front.name,
            group=front.name,
            label=later("in front"),
            value=tell("off") if config is None else tell("on"),
            help=front.summary,
            turn=_switcher(setup, side, front.name),
            default=config is None,
        )
        if config is not None:
            yield from _settings(front, config, f"{front.name}.", _front_putter(setup, side, front))


def _switcher(setup: Setup, side: int, name: str) -> Callable[[int], Setup]:
    def turn(_: int) -> Setup:
        return setup.with_side(side, with_front(setup.sides[side], name))

    return turn


def _front_putter(setup: Setup, side: int, front: Model) -> Callable[[Any], Setup]:
    def put(config: Any) -> Setup:
        its = tuple((model, config if model == front else old) for model, old in setup.sides[side].fronts)
        return _put(setup, side, fronts=its)

    return put


def _put(setup: Setup, side: int, **changes: Any) -> Setup:
    deployment: Deployment = replace(setup.sides[side], **changes)
    return setup.with_side(side, deployment)


def _settings(model: Model, config: Any, prefix: str, put: Callable[[Any], Setup]) -> Iterator[Knob]:
    for field in fields(config):
        value = getattr(config, field.name)
        yield Knob(
            id=prefix + field.name,
            group=model.name,
            label=field.name.replace("_", " "),
            value=_shown(value, field.metadata.get("unit")),
            help=field.metadata["help"],
            turn=_turner(model, config, field, put),
            enter=_enterer(model, config, field, put),
            default=value == field.default,
        )


def _turner(model: Model, config: Any, field: Field[Any], put: Callable[[Any], Setup]) -> Callable[[int], Setup]:
    def turn(direction: int) -> Setup:
        value = _next(model, field, getattr(config, field.name), direction)
        given = {each.name: getattr(config, each.name) for each in fields(config)}
        return put(configured(model, given | {field.name: value}))

    return turn


def _enterer(
    model: Model, config: Any, field: Field[Any], put: Callable[[Any], Setup]
) -> Callable[[str], Setup] | None:
    hint, unit = _hint(model, field), field.metadata.get("unit")
    label, value = field.name.replace("_", " "), getattr(config, field.name)
    if hint not in (int, float):
        return None

    def entered(text: str) -> Setup:
        if unit:
            number = typed_amount(label, text, unit_of(_shown(value, unit)), DIMENSIONS[unit])
        else:
            number = typed_whole(label, text) if hint is int else typed_number(label, text)
        given = {each.name: getattr(config, each.name) for each in fields(config)}
        return put(configured(model, given | {field.name: hint(number)}))

    return entered


def _next(model: Model, field: Field[Any], value: Any, direction: int) -> Any:
    hint, minimum = _hint(model, field), field.metadata.get("minimum")
    most = field.metadata.get("maximum")
    if hint is bool:
        return not value
    if hint is int:
        return int(min(next_whole(value, direction, int(minimum or 0)), inf if most is None else most))
    if hint is float:
        return min(max(next_nice(value, direction), minimum or 0.0), inf if most is None else most)
    choices = field.metadata.get("choices") or get_args(hint)
    if value not in choices:
        raise RefusalError(
            tell("{setting} {value}: can only be set on the command line", setting=field.name, value=value)
        )
    return choices[(choices.index(value) + direction) % len(choices)]


def _hint(model: Model, field: Field[Any]) -> Any:
    return get_type_hints(model.config)[field.name]


def _shown(value: Any, unit: str | None) -> str:
    """With its unit, if it has one."""
    if isinstance(value, bool):
        return tell("on") if value else tell("off")
    return amount_text(value, unit)
