"""How a deployment is typed: as one word, ``prefork+nginx:workers=8,backlog=9``, or as flags, ``--workers 8 --nginx``;
or as the line that starts a server, ``"gunicorn -w 8 +nginx"``.

What to watch: a setting that has its default is not written down. In a word the same server can stand beside itself
with other settings; flags are for one server alone.
"""

from dataclasses import Field, replace
from typing import Any, get_args, get_type_hints

from simulator.experiments.amounts import amount
from simulator.experiments.catalogue import Model, called, fronts, server
from simulator.experiments.deployment import Deployment, changed, configured
from simulator.experiments.options import RUN, section
from simulator.experiments.refusal import RefusalError
from simulator.words.language import tell
from simulator.words.nearest import nearest

SWITCH = {"yes": True, "on": True, "true": True, "no": False, "off": False, "false": False}
COSTS = "profile="
"""Begins what is no setting of a model, but of each server: whose costs it has."""
GRAMMAR = "MODEL, MODEL+nginx, MODEL:SETTING=VALUE,SETTING=VALUE"
BEHIND = " +"
"""Begins what stands in front of a server that is typed as a line, or whose costs it has."""


def pane(word: str) -> Deployment:
    """The server that the word describes. Raises RefusalError."""
    names, _, settings = word.partition(":")
    its_model, *its_fronts = names.split("+")
    if called(its_model) is None and (line := _line(word)) is not None:
        return line
    model = server(its_model, "compare")
    stand = [_front(word, name) for name in its_fronts]
    return _with_settings(word, settings, model, stand)


def _line(word: str) -> Deployment | None:
    """The server that a line starts, with what stands in front of it; None where no server is in it."""
    from simulator.experiments.production_line import deployed, is_production

    line, *behind = word.split(BEHIND)
    if not is_production(line):
        return None
    found = deployed(line)
    for each in behind:
        if each.startswith(COSTS) and each != COSTS:
            found = replace(found, profile=each.removeprefix(COSTS))
            continue
        name, _, settings = each.partition(":")
        front = _front(word, name)
        prefixed = ",".join(f"{name}.{pair}" for pair in filter(None, settings.split(",")))
        its = _with_settings(word, prefixed, found.model, [front])
        found = replace(found, fronts=(*found.fronts, *its.fronts))
    return found


def _with_settings(word: str, settings: str, model: Model, stand: list[Model]) -> Deployment:
    given: dict[str, dict[str, Any]] = {each.name: {} for each in (model, *stand)}
    costs = ""
    for pair in filter(None, settings.split(",")):
        if pair.startswith(COSTS) and pair != COSTS:
            costs = pair.removeprefix(COSTS)
            continue
        owner, name, value = _setting(word, pair, model, stand)
        given[owner.name][name] = value
    return Deployment(
        model=model,
        config=configured(model, given[model.name]),
        fronts=tuple((front, configured(front, given[front.name])) for front in stand),
        profile=costs,
    )


def pane_words(side: Deployment) -> str:
    """The word that describes a server."""
    if side.production is not None:
        return side.production.line + "".join(f"{BEHIND}{each}" for each in _behind(side))
    names = "+".join(model.name for model, _ in side.programs)
    settings = [
        f"{'' if model == side.model else f'{model.name}.'}{name}={_text(value)}"
        for model, config in side.programs
        for name, value in changed(model, config).items()
    ]
    settings += [f"{COSTS}{side.profile}"] if side.profile else []
    return f"{names}:{','.join(settings)}" if settings else names


def _behind(side: Deployment) -> list[str]:
    """What is said of a line besides."""
    fronts_words = []
    for model, config in side.fronts:
        settings = ",".join(f"{name}={_text(value)}" for name, value in changed(model, config).items())
        fronts_words.append(f"{model.name}:{settings}" if settings else model.name)
    return [*fronts_words, *([f"{COSTS}{side.profile}"] if side.profile else [])]


def named(side: Deployment) -> list[str]:
    """What is typed after ``simulate`` for a server alone, with its settings and what stands in front."""
    if side.production is None:
        return ["--model", side.model.name, *flags(side)]
    return ["--server", side.production.line, *flags(replace(side, config=side.model.config()))]


def flags(side: Deployment) -> list[str]:
    """What is typed behind the server's name for its settings, and for what stands in front."""
    words: list[str] = []
    for model, config in side.programs:
        words += [] if model == side.model else [f"--{model.name}"]
        words += setting_flags(model, config)
    return [*words, RUN.flag("profile"), side.profile] if side.profile else words


def setting_flags(model: Model, config: Any) -> list[str]:
    """What is typed for the settings of one program."""
    words: list[str] = []
    for name, value in changed(model, config).items():
        words += [section(model).typed(name, value), *([] if isinstance(value, bool) else [str(value)])]
    return words


def behind(side: Deployment, wanted: tuple[Model, ...]) -> Deployment:
    """The same server behind these, where it does not stand behind them already."""
    has = [front.name for front, _ in side.fronts]
    new = tuple((front, configured(front, {})) for front in wanted if front.name not in has)
    return replace(side, fronts=(*side.fronts, *new))


def _text(value: Any) -> str:
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


def _front(word: str, name: str) -> Model:
    known = {front.name: front for front in fronts()}
    if name not in known:
        raise RefusalError(
            tell(
                "compare {word}: nothing called {name} can stand in front.{nearest} There are: {names}",
                word=word,
                name=name,
                nearest=nearest(name, known),
                names=", ".join(known),
            )
        )
    return known[name]


def _setting(word: str, pair: str, model: Model, stand: list[Model]) -> tuple[Model, str, Any]:
    key, equals, text = pair.partition("=")
    late = text.rpartition("+")[2]
    if late in {front.name for front in fronts()}:
        server_and_fronts, _, settings = word.partition(":")
        meant = f"{server_and_fronts}+{late}:{settings.replace(f'+{late}', '')}"
        raise RefusalError(
            tell("compare {word}: what stands in front comes before the settings: {meant}", word=word, meant=meant)
        )
    if not (key and equals and text):
        raise RefusalError(
            tell(
                "compare {word}: {pair}: expected SETTING=VALUE; a server is written {grammar}",
                word=word,
                pair=pair,
                grammar=GRAMMAR,
            )
        )
    prefix, dot, rest = key.replace("-", "_").rpartition(".")
    owner = next((each for each in stand if each.folder == prefix), None) if dot else model
    names = [field.name for field in model.settings]
    names += [f"{front.name}.{field.name}" for front in stand for field in front.settings]
    names.append(COSTS.removesuffix("="))
    field = next((field for field in owner.settings if field.name == rest), None) if owner else None
    if owner is None or field is None:
        raise RefusalError(
            tell(
                "compare {word}: no setting {key}.{nearest} There are: {names}",
                word=word,
                key=key,
                nearest=nearest(key, names),
                names=", ".join(names),
            )
        )
    return owner, field.name, _value(word, pair, owner, field, text)


def _value(word: str, pair: str, model: Model, field: Field[Any], text: str) -> Any:
    hint, unit = get_type_hints(model.config)[field.name], field.metadata.get("unit")
    if unit:
        try:
            return amount(text, unit, whole=hint is int)
        except ValueError as problem:
            message = tell("compare {word}: {pair}: {problem}", word=word, pair=pair, problem=problem)
            raise RefusalError(message) from None
    expected = (
        tell("compare {word}: {pair}: expected yes or no", word=word, pair=pair)
        if hint is bool
        else tell("compare {word}: {pair}: expected a whole number", word=word, pair=pair)
        if hint is int
        else tell("compare {word}: {pair}: expected a number", word=word, pair=pair)
    )
    try:
        if hint is bool:
            return SWITCH[text.lower()]
        if hint in (int, float):
            return hint(text)
    except (KeyError, ValueError):
        raise RefusalError(expected) from None
    if get_args(hint) and text not in get_args(hint):
        values = ", ".join(map(str, get_args(hint)))
        raise RefusalError(
            tell("compare {word}: {pair}: expected one of {values}", word=word, pair=pair, values=values)
        )
    return text
