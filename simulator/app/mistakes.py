"""What is wrong with a command line, in one message: what was given, what is expected, what to type."""

from collections.abc import Sequence

from cyclopts import CycloptsError, UnknownOptionError, UnusedCliTokensError

from simulator.app.catalogue import Model, fronts, servers
from simulator.app.refusal import nearest
from simulator.app.sections import MEASURE, OUTPUT, RUN, section, sections

SUBCOMMANDS = ("list", "measure", "schema", "show")
WITHOUT_MODEL = ("list", "schema", "show")
"""Those that have no flags of a model."""


def explained(error: CycloptsError, tokens: Sequence[str], model: Model | None) -> str:
    """The message for a command line that cyclopts refuses."""
    subcommand = tokens[0] in WITHOUT_MODEL
    if isinstance(error, UnknownOptionError):
        flag = error.token.keyword or error.token.value
        return _another_models(flag, model) if not subcommand and _owners(flag) else _unknown(flag, tokens, model)
    if isinstance(error, UnusedCliTokensError):
        word = (error.unused_tokens or [tokens[0]])[0]
        if word == tokens[0]:
            return f"{word}: no such command.{nearest(word, SUBCOMMANDS)} There are: {', '.join(SUBCOMMANDS)}"
        return f"{word}: not understood here; every value needs its flag before it. Type --help to see all"
    return " ".join(str(error).split())


def _another_models(flag: str, model: Model | None) -> str:
    owners = " and ".join(_owners(flag))
    if model is None:
        return f"{flag} is a setting of {owners}: name the server too, with --model"
    own = section(model)
    return f"{flag} is a setting of {owners}; {model.name} has {' '.join(own.flag(name) for name in own.fields)}"


def _owners(flag: str) -> list[str]:
    word = flag.removeprefix("--").removeprefix("no-").replace("-", "_")
    return [each.name for each in servers() if any(field.name == word for field in each.settings)]


def _unknown(flag: str, tokens: Sequence[str], model: Model | None) -> str:
    if tokens[0] in WITHOUT_MODEL:
        known = ["--request", *_flags_of_output()] if tokens[0] == "show" else []
    else:
        run = MEASURE if tokens[0] == "measure" else RUN
        known = [each.flag(name) for each in sections(model, run) for name in each.fields]
        known += [f"--{front.name}" for front in fronts()]
    return f"{flag}: no such flag.{nearest(flag, known)} Type --help to see all"


def _flags_of_output() -> list[str]:
    return [OUTPUT.flag(name) for name in OUTPUT.fields]
