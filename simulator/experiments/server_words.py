"""A server in one word of a command line: ``prefork``, ``prefork+nginx``, ``prefork:workers=8,backlog=100``.

The same server can stand there twice with other settings, and only those of its own are written down.
"""

from collections.abc import Iterator
from dataclasses import Field, replace
from typing import Any, get_args, get_type_hints

from simulator.experiments.catalogue import Model, fronts, server
from simulator.experiments.deployment import Deployment, configured
from simulator.experiments.refusal import RefusalError, nearest

SWITCH = {"yes": True, "on": True, "true": True, "no": False, "off": False, "false": False}
GRAMMAR = "MODEL, MODEL+nginx, MODEL:SETTING=VALUE,SETTING=VALUE"


def pane(word: str) -> Deployment:
    """The server that the word describes. Raises RefusalError."""
    names, _, settings = word.partition(":")
    its_model, *its_fronts = names.split("+")
    model = server(its_model, "compare")
    stand = [_front(word, name) for name in its_fronts]
    given: dict[str, dict[str, Any]] = {each.name: {} for each in (model, *stand)}
    for pair in filter(None, settings.split(",")):
        owner, name, value = _setting(word, pair, model, stand)
        given[owner.name][name] = value
    return Deployment(
        model=model,
        config=configured(model, given[model.name]),
        fronts=tuple((front, configured(front, given[front.name])) for front in stand),
    )


def pane_words(side: Deployment) -> str:
    """The word that describes a server."""
    names = "+".join([side.model.name, *(front.name for front, _ in side.fronts)])
    settings = [*_changed(side.model, side.config, "")]
    for front, config in side.fronts:
        settings += _changed(front, config, f"{front.name}.")
    return f"{names}:{','.join(settings)}" if settings else names


def behind(side: Deployment, wanted: tuple[Model, ...]) -> Deployment:
    """The same server behind these, where it does not stand behind them already."""
    has = [front.name for front, _ in side.fronts]
    new = tuple((front, configured(front, {})) for front in wanted if front.name not in has)
    return replace(side, fronts=(*side.fronts, *new))


def _changed(model: Model, config: Any, prefix: str) -> Iterator[str]:
    for field in model.settings:
        value = getattr(config, field.name)
        if value != field.default:
            text = ("no", "yes")[value] if isinstance(value, bool) else str(value)
            yield f"{prefix}{field.name}={text}"


def _front(word: str, name: str) -> Model:
    known = {front.name: front for front in fronts()}
    if name not in known:
        raise RefusalError(
            f"compare {word}: nothing called {name} can stand in front.{nearest(name, known)} "
            f"There are: {', '.join(known)}"
        )
    return known[name]


def _setting(word: str, pair: str, model: Model, stand: list[Model]) -> tuple[Model, str, Any]:
    key, equals, text = pair.partition("=")
    late = text.rpartition("+")[2]
    if late in {front.name for front in fronts()}:
        server_and_fronts, _, settings = word.partition(":")
        meant = f"{server_and_fronts}+{late}:{settings.replace(f'+{late}', '')}"
        raise RefusalError(f"compare {word}: what stands in front comes before the settings: {meant}")
    if not (key and equals and text):
        raise RefusalError(f"compare {word}: {pair}: expected SETTING=VALUE; a server is written {GRAMMAR}")
    prefix, dot, rest = key.replace("-", "_").rpartition(".")
    owner = next((each for each in stand if each.folder == prefix), None) if dot else model
    names = [field.name for field in model.settings]
    names += [f"{front.name}.{field.name}" for front in stand for field in front.settings]
    field = next((field for field in owner.settings if field.name == rest), None) if owner else None
    if owner is None or field is None:
        raise RefusalError(f"compare {word}: no setting {key}.{nearest(key, names)} There are: {', '.join(names)}")
    return owner, field.name, _value(word, pair, owner, field, text)


def _value(word: str, pair: str, model: Model, field: Field[Any], text: str) -> Any:
    hint = get_type_hints(model.config)[field.name]
    expected = "yes or no" if hint is bool else "a whole number" if hint is int else "a number"
    try:
        if hint is bool:
            return SWITCH[text.lower()]
        if hint in (int, float):
            return hint(text)
    except (KeyError, ValueError):
        raise RefusalError(f"compare {word}: {pair}: expected {expected}") from None
    if get_args(hint) and text not in get_args(hint):
        raise RefusalError(f"compare {word}: {pair}: expected one of {', '.join(map(str, get_args(hint)))}")
    return text
