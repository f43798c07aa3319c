"""From a command line to a command, the server that it names, and the values that were given.

What to watch: which flags there are depends on the model that is named, so that is looked for first. Cyclopts is told
of one command only, the one that was typed, and of no other flags than those that were typed: that saves most of the
time that it needs. Help is not its work, and neither is saying what is wrong: ``simulator/cli/mistakes.py`` words that.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from inspect import Signature
from typing import Any, NoReturn

import simulator
from simulator.cli.command import Command, Given
from simulator.cli.commands import COMMANDS, THE_RUN
from simulator.cli.help import print_help
from simulator.experiments.catalogue import Model, fronts, server
from simulator.experiments.options import HELP
from simulator.experiments.refusal import RefusalError
from simulator.results.terminal import write

EVERYTHING, VERSION, INSTALL = "--help-all", frozenset({"--version", "-V"}), "--install-completion"
"""The last is the custom of other programs for ``simulate completion --install``."""
LINE = "--server"
"""What a server is typed after that is named by the line that starts it."""


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
    typed = parse(["completion", *tokens[1:], "--install"] if tokens[0] == INSTALL else tokens)
    return typed.carry_out() if typed else 0


def parse(tokens: Sequence[str]) -> Typed | None:
    """What a command line asks for; None if that was help, which is printed now. Raises RefusalError."""
    command = COMMANDS.get(tokens[0], THE_RUN)
    tokens = model_as_word(command, tokens)
    if EVERYTHING in tokens or HELP.intersection(tokens):
        print_help(command, _named_model(command, tokens), everything=EVERYTHING in tokens, asked=tokens)
        return None
    if VERSION.intersection(tokens):
        write(simulator.__version__ + "\n")
        return None
    if command is THE_RUN and not tokens[0].startswith("-"):
        from simulator.cli.mistakes import no_such_command

        raise RefusalError(no_such_command(tokens[0]))
    if command.passes_on:
        return Typed(command=command, model=None, given={"tokens": list(tokens[1:])})
    return _read(command, _named_model(command, tokens), tokens)


def _read(command: Command, model: Model | None, tokens: Sequence[str]) -> Typed:
    import cyclopts

    app = cyclopts.App(name="simulate", help_flags=(), version_flags=())
    stub = Stub(command, _signature(command, model, tokens))
    if command.name:
        app.command(stub, name=command.name)
    else:
        app.default(stub)
    try:
        _, bound, _ = app.parse_args(tokens, print_error=False, exit_on_error=False, help_on_error=False)
    except cyclopts.CycloptsError as error:
        from simulator.cli.mistakes import explained

        raise RefusalError(explained(error, tokens, command, model)) from None
    return Typed(command=command, model=model, given=dict(bound.arguments))


def _nothing_typed() -> int:
    from simulator.tui.opening import has_terminal, open_home

    if has_terminal():
        from simulator.experiments.options import ScreenOptions

        return open_home(ScreenOptions())
    from simulator.cli.listing import orientation

    return orientation()


def model_as_word(command: Command, tokens: Sequence[str]) -> list[str]:
    """The same where servers are words, and somebody typed ``--model`` before one, as for a run."""
    if command.server not in ("word", "words", "settings in words"):
        return list(tokens)
    name, *rest = tokens
    words, others = list[str](), list[str]()
    while rest:
        token = rest.pop(0)
        if command.server == "settings in words" and token == LINE and rest and rest[0].strip():
            others.append(rest.pop(0))  # in its place: servers are told apart by their letters
        elif command.server == "settings in words" and token.removeprefix(f"{LINE}=").strip() not in ("", token):
            others.append(token.removeprefix(f"{LINE}="))
        elif token.startswith("--model="):
            words.append(token.partition("=")[2])
        elif token == "--model" and rest and not rest[0].startswith("-"):
            words.append(rest.pop(0))
        else:
            others.append(token)
    return [name, *words, *others]


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
        return _model_of_line(tokens)
    return None


def _model_of_line(tokens: Sequence[str]) -> Model | None:
    """The model of a server that is named by its line: its settings are flags, too, though they are not to be typed."""
    for token, following in zip(tokens, [*tokens[1:], ""], strict=True):
        line = following if token == LINE else token.removeprefix(f"{LINE}=") if token.startswith(f"{LINE}=") else ""
        if line:
            from simulator.experiments.production_line import deployed, is_production

            return deployed(line).model if is_production(line) else None
    return None


class Stub:
    """What Cyclopts takes for the function behind a command; it is never called."""

    def __init__(self, command: Command, its: Signature) -> None:
        self.command, self.__signature__ = command, its
        self.__name__ = self.__qualname__ = command.name or "simulate"
        self.__annotations__ = {name: each.annotation for name, each in its.parameters.items()}
        self.__doc__ = None

    def __call__(self, *words: Any, **given: Any) -> NoReturn:
        """Cyclopts wants something that could be called."""
        raise NotImplementedError


def _signature(command: Command, model: Model | None, tokens: Sequence[str]) -> Signature:
    """Its words, a switch for everything that can stand in front, then the sections."""
    from simulator.cli.flags import signature, switch

    only = {token.partition("=")[0] for token in tokens}
    switches = [switch(front.name) for front in fronts()] if command.has_fronts else []
    return signature(command.sections_with(model), first=(*command.first, *switches), only=only)
