"""What is wrong with a command line, in one message: what was given, what is expected, what to type.

What to watch: Cyclopts says what it could not read as structured errors, and its own words are never shown: they know
neither our commands nor Chinese.
"""

from collections.abc import Sequence

from cyclopts import CoercionError, CycloptsError, MissingArgumentError, UnknownOptionError, UnusedCliTokensError
from cyclopts.exceptions import RepeatArgumentError

from simulator.cli.command import Command
from simulator.cli.commands import COMMANDS
from simulator.cli.help import choices_of
from simulator.experiments.catalogue import Model, called, servers
from simulator.experiments.options import section
from simulator.experiments.real_servers import GUNICORNS, answer_to_flag, answer_to_gunicorn, answer_to_name
from simulator.words.language import tell
from simulator.words.nearest import nearest
from simulator.workload.shipped_scenarios import shipped

WORKERS = "--workers"
"""What most real servers call their processes."""


def explained(error: CycloptsError, tokens: Sequence[str], command: Command, model: Model | None) -> str:
    """The message for a command line that Cyclopts refuses."""
    match error:
        case UnknownOptionError():
            return _unknown(error.token.keyword or error.token.value, tokens, command, model)
        case UnusedCliTokensError():
            return _unused((error.unused_tokens or [tokens[0]])[0], tokens)
        case MissingArgumentError():
            return _missing(error, command)
        case RepeatArgumentError():
            flag = error.token.keyword or error.token.value
            return tell("{flag} specified multiple times; leave all but one out", flag=flag)
        case CoercionError() if error.token is not None:
            return _unreadable(error, command)
    return tell("{line}: not understood. Type --help to see what can be typed", line=" ".join(tokens))


def _unknown(flag: str, tokens: Sequence[str], command: Command, model: Model | None) -> str:
    flag, _, behind = flag.partition("=")
    said = "--model" if command.server == "--model" else command.name
    if command.has_fronts and flag in GUNICORNS and (answer := answer_to_gunicorn(tokens, said)):
        return answer
    owners = _owners(flag)
    if owners and command.server == "settings in words":
        example = f"{command.name} {owners[0]}:{flag.lstrip('-')}=8 coroutine"
        return tell(
            "{flag} is a setting of a server: write it behind the name, as in {example}", flag=flag, example=example
        )
    if owners and command.has_settings:
        return _another_models(flag, " + ".join(owners), command, model)
    value = behind or _following(flag, tokens)
    if command.has_fronts and (answer := answer_to_flag(flag, value, _processes(model))):
        return answer
    near = nearest(flag, command.flags(model)) or _nearest_of_all(flag, command)
    return tell("{flag}: no such flag.{near} Type --help to see all", flag=flag, near=near)


def _following(flag: str, tokens: Sequence[str]) -> str:
    """The value that was typed behind the flag, if one was."""
    pairs = zip(tokens, [*tokens[1:], ""], strict=True)
    return next((value for token, value in pairs if token == flag and not value.startswith("-")), "")


def _nearest_of_all(flag: str, command: Command) -> str:
    """A setting of some other server, where none of this one is near."""
    if not command.has_settings:
        return ""
    return nearest(flag, [section(each).flag(field.name) for each in servers() for field in each.settings])


def _processes(model: Model | None) -> str:
    """The flag of a server for the number of its processes; nothing where it has but one."""
    size = model.neighbours.processes if model is not None else None
    return section(model).flag(size.setting) if model is not None and size is not None else ""


def _another_models(flag: str, owners: str, command: Command, model: Model | None) -> str:
    if model is not None:
        own, processes = section(model), _processes(model)
        if processes and flag == WORKERS:
            name = model.name
            return tell(
                "{flag} is a setting of {owners}; the worker processes of {model} are {processes}",
                flag=flag, owners=owners, model=name, processes=processes,
            )  # fmt: skip
        flags = " ".join(own.flag(name) for name in own.fields)
        return tell(
            "{flag} is a setting of {owners}; {model} has {flags}",
            flag=flag, owners=owners, model=model.name, flags=flags,
        )  # fmt: skip
    if command.server == "words":
        return tell(
            "{flag} is a setting of {owners}: name one server alone, right after {command}, and its --load",
            flag=flag, owners=owners, command=command.name,
        )  # fmt: skip
    if command.server == "--model":
        return tell("{flag} is a setting of {owners}: name the server too, with --model", flag=flag, owners=owners)
    return tell(
        "{flag} is a setting of {owners}: name the server too, right after {command}",
        flag=flag, owners=owners, command=command.name,
    )  # fmt: skip


def _owners(flag: str) -> list[str]:
    word = flag.removeprefix("--").removeprefix("no-").replace("-", "_")
    return [each.name for each in servers() if any(field.name == word for field in each.settings)]


def no_such_command(word: str) -> str:
    """What is said to somebody whose line begins with a word that is no command."""
    if meant := _meant(word):
        return tell("{word}: no such command. Type {meant}", word=word, meant=meant)
    near, commands = nearest(word, COMMANDS), ", ".join(COMMANDS)
    unknown = tell("{word}: no such command.{near} There are: {commands}", word=word, near=near, commands=commands)
    return answer_to_name(word, "--model") or unknown


def _unused(word: str, tokens: Sequence[str]) -> str:
    if answer := answer_to_flag(word, _following(word, tokens)) if word.startswith("-") else "":
        return answer
    return tell("{word}: not understood here; every value needs its flag before it. Type --help to see all", word=word)


def _meant(word: str) -> str:
    """What to type for a model or a load that was typed alone."""
    model = called(word)
    if model is not None and not model.stands_in_front:
        return f"simulate --model {model.name} --load slow-clients"
    return f"simulate --model prefork --load {word}" if word in shipped() else ""


def _missing(error: MissingArgumentError, command: Command) -> str:
    argument = error.argument
    typed = [each.keyword for each in argument.tokens if each.keyword] if argument else []
    named = error.keyword or next(iter(typed), argument.name if argument else "")
    if named.startswith("-"):
        return tell("{flag} requires an argument. Type --help to see which", flag=named)
    return tell("{command} what? Type {line}", command=command.name, line=f"simulate {command.name} {named.upper()}")


def _unreadable(error: CoercionError, command: Command) -> str:
    assert error.token is not None
    given = f"{error.token.keyword or command.name} {error.token.value}"
    choices = choices_of(error.target_type) if error.target_type else ()
    if choices:
        return tell("{given}: expected one of {choices}", given=given, choices=", ".join(choices))
    if error.target_type in (int, float):
        return tell("{given}: expected a number", given=given)
    return tell("{given}: not understood. Type --help to see what is expected", given=given)
