"""Servers that have a command line, as data: what it knows, and what each kind of worker is here.

What to watch: an option is in one of three lists. It is modelled, it makes no difference here, or it would make one and
is not modelled. What happens to it when such a server is really started is another question.
"""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Takes = Literal["", "whole", "number", "word", "any", "maybe"]
"""What stands behind an option: nothing, a whole number, a number, one of some words, a text, or perhaps a text."""
Does = Literal["modelled", "harmless", "matters", "prints"]
"""The three lists; and what makes a server print something and end."""
Started = Literal["passed", "left out", "refused"]
"""What happens to it where the server is really started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """An option of a real server, as its own command line has it."""

    names: tuple[str, ...]
    takes: Takes = ""
    words: tuple[str, ...] = ()
    """Which words it takes."""
    default: str = ""
    """What it is where nobody types it; nothing where that is nothing."""
    does: Does = "harmless"
    what: str = ""
    """Which role it sets, ``processes`` or ``kind``; or why it is not modelled, a key of ``REASONS``."""
    gives: str = ""
    """What an option without a value sets: the value of its role."""
    started: Started = "refused"
    alone: bool = False
    """Whether with it one process serves, however many are named."""

    @property
    def name(self) -> str:
        """The name that a built command line has: the long one."""
        return max(self.names, key=lambda name: name.startswith("--"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The options of one server, as a version of it has them."""

    version: str
    """The version that they were read from."""
    read: str
    """What they were read from, in the words of who made the server."""
    options: tuple[Option, ...]
    variables: Mapping[str, str]
    """Which variables of the environment are which option; ``*`` is a whole command line."""
    prefix: str = ""
    """How the variables begin that are options with the rest of their name."""

    def option(self, name: str) -> Option | None:
        """The option of that name."""
        return next((option for option in self.options if name in option.names), None)

    @property
    def names(self) -> list[str]:
        """Of all options."""
        return [name for option in self.options for name in option.names]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kind:
    """A kind of worker, and what it is here."""

    model: str
    settings: Mapping[str, Any]
    """Of the model, whatever is typed."""
    roles: Mapping[str, str]
    """Which role is which setting of the model."""
    profile: str
    """Whose costs are predicted with."""
    application: str = ""
    """Ours: what the server is told to load, or the module that is a server by itself."""
    needs: tuple[str, ...] = ()
    """Packages, the first being the server's own."""
    argument: str = ""
    """How its own command line calls it; nothing where that has no kinds."""
    notes: tuple[str, ...] = ()
    """What else matters of it and is not modelled: keys of ``REASONS``."""
    several: str = ""
    """The model that it is with several processes, where that is another one."""
    shares: Mapping[str, str] = field(default_factory=dict)
    """A role that, where nobody types it, is each process's share of another one."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Program:
    """A server that can be typed."""

    name: str
    """Its word on a command line."""
    kinds: Mapping[str, Kind]
    """By how they are typed; the first is the default."""
    defaults: Mapping[str, int]
    """Its own, by role."""
    starts: str = ""
    """How it is started, word by word; what stands in braces is filled in, ``{arguments}`` with what was typed. Nothing
    for a server that is only simulated."""
    joined: bool = False
    """Whether a value is only understood behind an equals sign."""
    aliases: tuple[str, ...] = ()
    """What else is typed for it."""
    modules: tuple[str, ...] = ()
    """What is typed for it after ``python -m``, besides its own name."""
    subcommand: str = ""
    """The word that makes it serve: ``flask run``. Options may stand before it, too."""
    own_flags: bool = False
    """Whether what follows is a program of somebody's own, whose options are not known."""
    refused: str = ""
    """Why it is not simulated: a key of ``REASONS``."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line: an option with its value, or a word that is none."""

    words: tuple[str, ...]
    option: Option | None = None
    value: str = ""
    before: bool = False
    """Whether it stands before the server's name: ``WEB_CONCURRENCY=4``, ``poetry run``."""

    @property
    def typed(self) -> str:
        """As it was typed."""
        return " ".join(self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Production:
    """A command line that was understood."""

    program: Program
    kind: Kind
    roles: tuple[tuple[str, int], ...]
    """Processes, threads, connections, backlog: as typed, or as the server has them by itself."""
    settings: tuple[tuple[str, Any], ...]
    """Of the model, by options that stand for themselves: ``--reuse-port``."""
    arguments: tuple[str, ...]
    """Built from what was typed: options with their values, without address and application."""
    begins: tuple[str, ...]
    """The words up to the server's name, as typed: ``poetry run gunicorn``."""
    pieces: tuple[Piece, ...]
    """What is worth a word of those, and everything behind them, in order."""

    @property
    def line(self) -> str:
        """The whole, as it can be typed again."""
        return shlex.join([*self.begins, *(word for piece in self.pieces if not piece.before for word in piece.words)])

    @property
    def left_out(self) -> tuple[str, ...]:
        """What was typed and is not passed on where it is started: words that are no options name an application."""
        pieces = [piece for piece in self.pieces if not piece.before and piece.typed != self.program.subcommand]
        return tuple(_plainly(each) for each in pieces if each.option is None or each.option.started == "left out")

    @property
    def typed(self) -> str:
        """The line that is measured: ``gunicorn --workers 4``."""
        return " ".join([self.program.name, *self.arguments])

    @property
    def processes(self) -> int:
        """How many serve."""
        return dict(self.roles).get("processes", 1)


def _plainly(piece: Piece) -> str:
    """``--bind unix:/x``, however it was joined."""
    if len(piece.words) > 1 or not piece.value or piece.option is None or not piece.words[0].startswith("-"):
        return piece.typed
    return piece.words[0].removesuffix(piece.value).rstrip("=") + f" {piece.value}"
