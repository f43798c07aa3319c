"""Production servers as data: what their command lines know, and what each kind of worker is here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Takes = Literal["", "whole", "word", "any"]
"""What stands behind an option; nothing, a whole number, one of some words, or whatever is not passed on."""
Does = Literal["setting", "kept", "left out", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """An option of a real server, as its own command line has it."""

    names: tuple[str, ...]
    takes: Takes = ""
    does: Does = "kept"
    role: str = ""
    """What a setting is of the model: ``processes``, ``threads``, ``connections``, ``backlog``, or ``kind``."""
    gives: tuple[str, str] = ("", "")
    """What an option without a value sets of the model: a setting, and what to."""
    words: tuple[str, ...] = ()
    why: str = ""
    """Why it is refused; a marked message."""

    @property
    def name(self) -> str:
        """The name that a built command line has: the long one."""
        return max(self.names, key=lambda name: name.startswith("--"))


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
    application: str
    """Ours: what the server is told to load, or the module that is a server by itself."""
    needs: tuple[str, ...]
    """Packages, the first being the server's own."""
    argument: str = ""
    """How its own command line calls it; nothing where that has no kinds."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Program:
    """A server that can be started."""

    name: str
    """Its word on a command line."""
    options: tuple[Option, ...]
    kinds: Mapping[str, Kind]
    """By how they are typed; the first is the default."""
    defaults: Mapping[str, int]
    """Its own, by role."""
    starts: str
    """How it is started, word by word; what stands in braces is filled in, ``{arguments}`` with what was typed."""
    joined: bool = False
    """Whether a value is only understood behind an equals sign."""
    aliases: tuple[str, ...] = ()
    """What else is typed for it: the name of its package."""

    def option(self, name: str) -> Option | None:
        """The option of that name."""
        return next((option for option in self.options if name in option.names), None)

    @property
    def names(self) -> list[str]:
        """Of all options."""
        return [name for option in self.options for name in option.names]


@dataclass(frozen=True, slots=True, kw_only=True)
class Production:
    """A command line that was understood."""

    program: Program
    kind: Kind
    roles: tuple[tuple[str, int], ...]
    """Processes, threads, connections, backlog: as typed, or as the server has them by itself."""
    settings: tuple[tuple[str, str], ...]
    """Of the model, by options that stand for themselves: ``--reuse-port``."""
    arguments: tuple[str, ...]
    """Built from what was typed: options with their values, without address and application."""
    left_out: tuple[str, ...]
    """What was typed and is not passed on."""

    @property
    def typed(self) -> str:
        """The line that is measured: ``gunicorn --workers 4``."""
        return " ".join([self.program.name, *self.arguments])

    @property
    def processes(self) -> int:
        """How many serve."""
        return dict(self.roles).get("processes", 1)
