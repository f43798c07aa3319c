"""What is wrong with a command line, in one message: what was given, what is expected, what to type."""

from collections.abc import Sequence

from cyclopts import CycloptsError, UnknownOptionError, UnusedCliTokensError

from simulator.cli.sections import sections
from simulator.experiments.catalogue import Model, fronts, servers
from simulator.experiments.options import (
    CALIBRATE,
    COMPARE,
    COMPARISON,
    MEASURE,
    OUTPUT,
    PICTURES,
    RUN,
    SCREEN,
    VALIDATION,
    Section,
    section,
)
from simulator.experiments.refusal import nearest

SUBCOMMANDS = ("calibrate", "compare", "list", "measure", "schema", "serve", "show", "validate")
WITHOUT_MODEL = ("calibrate", "compare", "list", "schema", "serve", "show")
"""Those that have no flags of a model."""


def explained(error: CycloptsError, tokens: Sequence[str], model: Model | None) -> str:
    """The message for a command line that cyclopts refuses."""
    subcommand = tokens[0] in WITHOUT_MODEL
    if isinstance(error, UnknownOptionError):
        flag = error.token.keyword or error.token.value
        if tokens[0] == "compare" and _owners(flag):
            owner, word = _owners(flag)[0], flag.lstrip("-")
            return (
                f"{flag} is a setting of a server: write it behind the name, as in compare {owner}:{word}=8 coroutine"
            )
        return (
            _another_models(flag, tokens, model) if not subcommand and _owners(flag) else _unknown(flag, tokens, model)
        )
    if isinstance(error, UnusedCliTokensError):
        word = (error.unused_tokens or [tokens[0]])[0]
        if word == tokens[0]:
            return f"{word}: no such command.{nearest(word, SUBCOMMANDS)} There are: {', '.join(SUBCOMMANDS)}"
        return f"{word}: not understood here; every value needs its flag before it. Type --help to see all"
    return " ".join(str(error).split())


def _another_models(flag: str, tokens: Sequence[str], model: Model | None) -> str:
    owners = " and ".join(_owners(flag))
    if model is None and tokens[0] == "validate":
        return f"{flag} is a setting of {owners}: name one server alone, right after validate, and its --load"
    if model is None:
        return f"{flag} is a setting of {owners}: name the server too, with --model"
    own = section(model)
    return f"{flag} is a setting of {owners}; {model.name} has {' '.join(own.flag(name) for name in own.fields)}"


def _owners(flag: str) -> list[str]:
    word = flag.removeprefix("--").removeprefix("no-").replace("-", "_")
    return [each.name for each in servers() if any(field.name == word for field in each.settings)]


def _unknown(flag: str, tokens: Sequence[str], model: Model | None) -> str:
    if tokens[0] in WITHOUT_MODEL:
        its = {
            "compare": [*_flags(COMPARE), *_flags(COMPARISON), *_flags(PICTURES), *_flags(SCREEN)],
            "show": ["--request", *_flags(OUTPUT), *_flags(PICTURES), *_flags(SCREEN)],
            "calibrate": _flags(CALIBRATE),
        }
        known = its.get(tokens[0], [])
    else:
        run = MEASURE if tokens[0] in ("measure", "validate") else RUN
        last = VALIDATION if tokens[0] == "validate" else OUTPUT
        known = [each.flag(name) for each in sections(model, run, last) for name in each.fields]
        known += [f"--{front.name}" for front in fronts()]
    return f"{flag}: no such flag.{nearest(flag, known)} Type --help to see all"


def _flags(section: Section) -> list[str]:
    return [section.flag(name) for name in section.fields]
