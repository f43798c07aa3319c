"""From a command line to a command, the server that it names, and the values that were given.

What to watch: which flags there are depends on the model that is named, so that is looked for first. Of the commands
that were not typed, only the names are made known to Cyclopts; of the one that was, only the flags that were typed,
unless it is help that somebody waits for: both save most of the time that Cyclopts needs.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from inspect import Signature
from typing import Any, Literal, NoReturn, get_args, get_origin

import cyclopts
from cyclopts import CycloptsError, MissingArgumentError, UnknownOptionError, UnusedCliTokensError

import simulator
from simulator.cli.commands import COMMANDS, THE_RUN, Command, Given
from simulator.cli.flags import signature, switch
from simulator.experiments.catalogue import Model, fronts, server, servers
from simulator.experiments.options import HELP, section
from simulator.experiments.refusal import RefusalError, nearest
from simulator.results.terminal import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A command line that was understood."""

    command: Command
    model: Model | None
    """The only server that was named, where its settings can be flags."""
    given: Given

    def carry_out(self) -> int:
        """Do it; returns the exit code. Raises RefusalError."""
        return self.command.carry_out(self.model, self.given)


def execute(tokens: Sequence[str]) -> int:
    """Carry out one command line, or print the help that it asks for; returns the exit code. Raises RefusalError."""
    if not tokens:
        return _nothing_typed()
    typed = parse(tokens)
    return typed.carry_out() if typed else 0


def parse(tokens: Sequence[str]) -> Typed | None:
    """What a command line asks for; None if that was help, which is printed now. Raises RefusalError."""
    command = COMMANDS.get(tokens[0], THE_RUN)
    if command.passes_on:
        return Typed(command=command, model=None, given={"tokens": list(tokens[1:])})
    model = _named_model(command, tokens)
    try:
        function, bound, _ = _app(command, model, tokens).parse_args(
            tokens, print_error=False, exit_on_error=False, help_on_error=False
        )
    except cyclopts.CycloptsError as error:
        raise RefusalError(_explained(error, tokens, command, model)) from None
    if isinstance(function, _Stub):
        return Typed(command=function.command, model=model, given=dict(bound.arguments))
    with shown() as console:
        bound.arguments["console"] = console
        function(*bound.args, **bound.kwargs)
    return None


def _nothing_typed() -> int:
    from simulator.tui.opening import has_terminal, open_home

    if has_terminal():
        from simulator.experiments.options import ScreenOptions

        return open_home(ScreenOptions())
    from simulator.cli.listing import orientation

    return orientation()


def _named_model(command: Command, tokens: Sequence[str]) -> Model | None:
    """The model that the command line names, before anything else of it is understood."""
    if command.server == "word":
        named = next(iter(tokens[1:]), "-")
        return None if named.startswith("-") else server(named, command.name)
    if command.server == "words":
        words = itertools.takewhile(lambda word: not word.startswith("-"), tokens[1:])
        several = {server(word, command.name) for word in words}
        return several.pop() if len(several) == 1 else None
    if command.server == "--model":
        for token, following in zip(tokens, [*tokens[1:], ""], strict=True):
            if token.startswith("--model="):
                return server(token.removeprefix("--model="))
            if token == "--model" and following and not following.startswith("-"):
                return server(following)
    return None


class _Stub:
    """What Cyclopts takes for the function behind a command; it is never called."""

    def __init__(self, command: Command, its: Signature) -> None:
        self.command, self.__signature__ = command, its
        self.__name__ = self.__qualname__ = command.name or "simulate"
        self.__annotations__ = {name: each.annotation for name, each in its.parameters.items()}
        self.__doc__ = command.help

    def __call__(self, *words: Any, **given: Any) -> NoReturn:
        raise NotImplementedError


def _app(typed: Command, model: Model | None, tokens: Sequence[str]) -> cyclopts.App:
    app = cyclopts.App(
        name="simulate",
        help=THE_RUN.help,
        usage="simulate --model MODEL --load LOAD [FLAGS]",
        version=simulator.__version__,
        help_format="plaintext",  # Markdown would cost a third of the time that --help takes
    )
    for command in (THE_RUN, *COMMANDS.values()):
        waited_for = command in (typed, THE_RUN)
        its = _signature(command, model, tokens) if waited_for else signature((), first=command.first)
        stub = _Stub(command, its)
        if command.name:
            app.command(stub, name=command.name)
        else:
            app.default(stub)
    return app


def _signature(command: Command, model: Model | None, tokens: Sequence[str]) -> Signature:
    """Its words, a switch for everything that can stand in front, then the sections."""
    only = None if HELP.intersection(tokens) else {token.partition("=")[0] for token in tokens}
    sections = command.sections_with(model)
    order = {each.title: place for place, each in enumerate(sections)}
    switches = []
    for front in fronts() if command.has_fronts else ():
        if command.has_settings:
            switches.append(switch(front.name, front.summary, front.name, order[front.name]))
        else:
            switches.append(switch(front.name, f"{front.summary} Before all of them.", command.sections[0].title, 0))
    return signature(sections, first=(*command.first, *switches), only=only)


# What is wrong with a command line, in one message: what was given, what is expected, what to type.


def _explained(error: CycloptsError, tokens: Sequence[str], command: Command, model: Model | None) -> str:
    """The message for a command line that Cyclopts refuses."""
    if isinstance(error, UnknownOptionError):
        flag = error.token.keyword or error.token.value
        owners = _owners(flag)
        if owners and command.server == "settings in words":
            word = flag.lstrip("-")
            return (
                f"{flag} is a setting of a server: write it behind the name, as in "
                f"{command.name} {owners[0]}:{word}=8 coroutine"
            )
        if owners and command.has_settings:
            return _another_models(flag, " and ".join(owners), command, model)
        return f"{flag}: no such flag.{nearest(flag, command.flags(model))} Type --help to see all"
    if isinstance(error, UnusedCliTokensError):
        word = (error.unused_tokens or [tokens[0]])[0]
        if word == tokens[0]:
            return f"{word}: no such command.{nearest(word, COMMANDS)} There are: {', '.join(COMMANDS)}"
        return f"{word}: not understood here; every value needs its flag before it. Type --help to see all"
    if isinstance(error, MissingArgumentError) and len(tokens) == 1 and command.first:
        hint, _ = get_args(command.first[0].annotation)
        words = get_args(hint) if get_origin(hint) is Literal else (command.first[0].name.upper(),)
        return f"{command.name} what? Type {' or '.join(f'simulate {command.name} {each}' for each in words)}"
    return " ".join(str(error).split())


def _another_models(flag: str, owners: str, command: Command, model: Model | None) -> str:
    if model is not None:
        own = section(model)
        return f"{flag} is a setting of {owners}; {model.name} has {' '.join(own.flag(name) for name in own.fields)}"
    if command.server == "words":
        return f"{flag} is a setting of {owners}: name one server alone, right after {command.name}, and its --load"
    where = "with --model" if command.server == "--model" else f"right after {command.name}"
    return f"{flag} is a setting of {owners}: name the server too, {where}"


def _owners(flag: str) -> list[str]:
    word = flag.removeprefix("--").removeprefix("no-").replace("-", "_")
    return [each.name for each in servers() if any(field.name == word for field in each.settings)]
