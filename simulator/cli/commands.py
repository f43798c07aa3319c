"""Every command, once. From this table follow the parser, the help, the answer to a mistake, and the lists of names.

What to watch: nothing here computes, and nothing heavy is imported. ``run`` names the function that carries a command
out; it is loaded when somebody has typed that command, and gets the server that was named and the values that were.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from inspect import Parameter
from pathlib import Path
from typing import Annotated, Any, Literal

import cyclopts

from simulator.experiments.catalogue import Model, fronts
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

Given = dict[str, Any]
"""What was typed, by parameter: ``models``, ``run__load``."""
Server = Literal["--model", "word", "words", "settings in words", ""]
"""How a command line names its servers: by a flag, or as one or several words; in a word its settings may follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What can be typed after ``simulate``."""

    name: str
    """Nothing for the run of one server, which has no word."""
    help: str
    run: str
    """``module:function``; takes the server and what was given, and returns the exit code."""
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
        return own + known + ([f"--{front.name}" for front in fronts()] if self.has_fronts else [])

    def carry_out(self, model: Model | None, given: Given) -> int:
        """Do it; returns the exit code. Raises RefusalError."""
        module, _, function = self.run.partition(":")
        carry_out: Callable[[Model | None, Given], int] = getattr(import_module(module), function)
        return carry_out(model, given)


def word(name: str, hint: Any, help: str, kind: Any = Parameter.POSITIONAL_ONLY, **default: Any) -> Parameter:
    """A parameter with its sentence of help."""
    return Parameter(name, kind, annotation=Annotated[hint, cyclopts.Parameter(help=help)], **default)


THE_RUN = Command(
    name="",
    help="""The same requests arrive. What happens to them under another server, and why?

Name a model to see its flags too: simulate --model prefork --help""",
    run="simulator.cli.run:run",
    sections=(RUN, OUTPUT, PICTURES, SCREEN),
    server="--model",
)
COMMANDS = {
    command.name: command
    for command in (
        Command(
            name="calibrate",
            help="Measure what this machine needs, and save it as a machine file (--machine).",
            run="simulator.cli.calibrate:run",
            sections=(CALIBRATE,),
        ),
        Command(
            name="compare",
            help="Run two to four servers under the same requests, and show them side by side.",
            run="simulator.cli.compare:run",
            first=(
                word(
                    "models",
                    str,
                    "Two to four servers: prefork, prefork+nginx, prefork:workers=8, "
                    "threaded+nginx:threads=8,backlog=100.",
                    Parameter.VAR_POSITIONAL,
                ),
            ),
            sections=(COMPARE, COMPARISON, PICTURES, SCREEN),
            server="settings in words",
        ),
        Command(
            name="list",
            help="Explain the models there are and their flags, or the loads.",
            run="simulator.cli.listing:run",
            first=(word("what", Literal["models", "loads"], "Which of the two."),),
        ),
        Command(
            name="measure",
            help="Send the load to the real server on this machine instead, and show what happened.",
            run="simulator.cli.measure:run",
            first=(word("model", str | None, "The server: a name from `simulate list models`.", default=None),),
            sections=(MEASURE, OUTPUT),
            server="word",
        ),
        Command(
            name="schema",
            help="Print the JSON Schema of scenario files, for editors.",
            run="simulator.cli.listing:schema",
        ),
        Command(
            name="serve",
            help="Show the screen in a browser on this machine: `simulate serve --help`.",
            run="simulator.cli.serve:run",
            passes_on=True,
        ),
        Command(
            name="show",
            help="Show a saved run again: its summary, its exports, the life of one request, or the run itself "
            "(--watch).",
            run="simulator.cli.show:run",
            first=(
                word("file", Path, "A run saved with --parquet."),
                word(
                    "request",
                    int | None,
                    "Tell the life of this one request, numbered from 0.",
                    Parameter.KEYWORD_ONLY,
                    default=None,
                ),
            ),
            sections=(OUTPUT, PICTURES, SCREEN),
        ),
        Command(
            name="validate",
            help="Run loads on the model and on the real server, and say how far the model is off.",
            run="simulator.cli.validate:run",
            first=(
                word(
                    "models",
                    str,
                    "Servers; without any all. Without a --load: what the standard set has for them.",
                    Parameter.VAR_POSITIONAL,
                ),
            ),
            sections=(MEASURE, VALIDATION),
            server="words",
        ),
    )
}
