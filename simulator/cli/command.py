"""What a command is: its name and help, what can be typed behind it, and the function that carries it out.

What to watch: ``run`` only names that function. It is loaded when somebody has typed the command, and gets the server
that was named and the values that were.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from inspect import Parameter
from typing import Annotated, Any, Literal

from simulator.experiments.catalogue import Model, fronts
from simulator.experiments.options import Section, section

Given = dict[str, Any]
"""What was typed, by parameter: ``models``, ``run__load``."""
EVERYWHERE = ("--lang", "--help", "--help-all", "--version")
"""Flags that every command has."""
Server = Literal["--model", "word", "words", "settings in words", ""]
"""How a command line names its servers: by a flag, or as one or several words; in a word its settings may follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What can be typed after ``simulate``."""

    name: str
    """Nothing for the run of one server, which has no word."""
    help: str
    """One sentence, short enough for a line of the list of commands."""
    run: str
    """``module:function``; takes the server and what was given, and returns the exit code."""
    usage: str
    """What is typed after ``simulate``, in outline."""
    examples: tuple[str, ...] = ()
    more: str = ""
    """What else there is to say about it."""
    first: tuple[Parameter, ...] = ()
    """Parameters that belong to no section: words, and flags of this command alone."""
    sections: tuple[Section, ...] = ()
    server: Server = ""
    passes_on: bool = False
    """What follows the word is a command line of its own: it is given as ``tokens``."""

    @property
    def has_settings(self) -> bool:
        """Whether the settings of its server, and of what stands in front, are flags."""
        return self.server in ("--model", "word", "words")

    @property
    def has_fronts(self) -> bool:
        """Whether what can stand in front of servers is a switch."""
        return self.server != ""

    def sections_with(self, model: Model | None) -> tuple[Section, ...]:
        """Everything that can be said to the command, in the order of its help."""
        if not self.has_settings:
            return self.sections
        chosen = (section(model),) if model else ()
        return (self.sections[0], *chosen, *map(section, fronts()), *self.sections[1:])

    def flags(self, model: Model | None) -> list[str]:
        """All its flags."""
        own = [f"--{each.name}" for each in self.first if each.kind is Parameter.KEYWORD_ONLY]
        known = [each.flag(field) for each in self.sections_with(model) for field in each.fields]
        front = [f"--{each.name}" for each in fronts()] if self.has_fronts else []
        return [*own, *known, *front, *EVERYWHERE]

    def carry_out(self, model: Model | None, given: Given) -> int:
        """Do it; returns the exit code. Raises RefusalError."""
        module, _, function = self.run.partition(":")
        carry_out: Callable[[Model | None, Given], int] = getattr(import_module(module), function)
        return carry_out(model, given)


def word(name: str, hint: Any, help: str, **default: Any) -> Parameter:
    """A parameter that is one word, with its sentence of help."""
    return Parameter(name, Parameter.POSITIONAL_ONLY, annotation=Annotated[hint, help], **default)


def words(name: str, help: str) -> Parameter:
    """A parameter that is as many words as are typed."""
    return Parameter(name, Parameter.VAR_POSITIONAL, annotation=Annotated[str, help])


def flag(name: str, hint: Any, help: str, default: Any) -> Parameter:
    """A parameter that is a flag of one command alone."""
    return Parameter(name, Parameter.KEYWORD_ONLY, annotation=Annotated[hint, help], default=default)
