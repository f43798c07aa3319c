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
from simulator.words.language import later

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


def word(name: str, hint: Any, help: str, kind: Any = Parameter.POSITIONAL_ONLY, **default: Any) -> Parameter:
    """A parameter with its sentence of help."""
    return Parameter(name, kind, annotation=Annotated[hint, help], **default)


SHELLS = Literal["bash", "zsh", "fish"]
LISTS = Literal["models", "loads", "profiles"]
THE_RUN = Command(
    name="",
    help=later("The same requests arrive. What happens to them under another server, and why?"),
    run="simulator.cli.run:run",
    usage="--model MODEL --load LOAD [FLAGS]",
    examples=(
        "simulate --model prefork --load slow-clients",
        "simulate --model prefork --load slow-clients --nginx --watch",
        "simulate compare prefork coroutine --load mixed",
    ),
    sections=(RUN, OUTPUT, PICTURES, SCREEN),
    server="--model",
)
COMMANDS = {
    command.name: command
    for command in (
        Command(
            name="calibrate",
            help=later("Measure what this machine needs, for --machine."),
            run="simulator.cli.calibrate:run",
            usage="calibrate [FLAGS]",
            examples=("simulate calibrate --quick",),
            sections=(CALIBRATE,),
        ),
        Command(
            name="compare",
            help=later("Run two to four servers under the same requests."),
            run="simulator.cli.compare:run",
            usage="compare SERVER SERVER ... --load LOAD [FLAGS]",
            examples=(
                "simulate compare prefork prefork+nginx --load slow-clients",
                "simulate compare prefork:workers=8 threaded:threads=8 --load io-heavy",
            ),
            first=(
                word(
                    "models",
                    str,
                    later(
                        "Two to four servers: prefork, prefork+nginx, prefork:workers=8, "
                        "threaded+nginx:threads=8,backlog=100."
                    ),
                    Parameter.VAR_POSITIONAL,
                ),
            ),
            sections=(COMPARE, COMPARISON, PICTURES, SCREEN),
            server="settings in words",
        ),
        Command(
            name="completion",
            help=later("Print what makes a shell complete commands and flags."),
            run="simulator.cli.completion:run",
            usage="completion [bash|zsh|fish] [--install]",
            examples=('eval "$(simulate completion bash)"', "simulate completion --install"),
            first=(
                word(
                    "shell",
                    SHELLS | None,
                    later("The shell that it is for; without it the one you are in."),
                    default=None,
                ),
                word(
                    "install",
                    bool,
                    later("Put it where the shell looks for it, and have the shell read it when it starts."),
                    Parameter.KEYWORD_ONLY,
                    default=False,
                ),
            ),
        ),
        Command(
            name="explain",
            help=later("Explain a word of the field, or list the words."),
            run="simulator.cli.explain:run",
            usage="explain [TERM]",
            examples=("simulate explain backlog",),
            first=(
                word(
                    "words",
                    str,
                    later("The word, like p99, GIL or event loop; without any they are listed."),
                    Parameter.VAR_POSITIONAL,
                ),
            ),
        ),
        Command(
            name="help",
            help=later("Explain a command, or a model with its flags."),
            run="simulator.cli.help:run",
            usage="help [COMMAND|MODEL]",
            examples=("simulate help compare", "simulate help prefork"),
            first=(
                word("topic", str | None, later("A command or a model; without any the first page."), default=None),
            ),
        ),
        Command(
            name="list",
            help=later("Explain the models with their flags, the loads, or what servers cost."),
            run="simulator.cli.listing:run",
            usage="list [models|loads|profiles]",
            examples=("simulate list loads",),
            first=(word("what", LISTS | None, later("Which of them; without any models and loads."), default=None),),
        ),
        Command(
            name="measure",
            help=later("Send the load to a real server on this machine instead."),
            run="simulator.cli.measure:run",
            usage="measure MODEL --load LOAD [FLAGS]",
            examples=("simulate measure prefork --load steady --duration 20s",),
            more=later("What happened is shown as for a simulated run."),
            first=(word("model", str | None, later("The server: a name from `simulate list models`."), default=None),),
            sections=(MEASURE, OUTPUT),
            server="word",
        ),
        Command(
            name="schema",
            help=later("Print the JSON Schema of scenario files, for editors."),
            run="simulator.cli.listing:schema",
            usage="schema",
            examples=("simulate schema > scenario.schema.json",),
        ),
        Command(
            name="serve",
            help=later("Show the screen in a browser on this machine."),
            run="simulator.cli.serve:run",
            usage="serve [--port N] [FLAGS]",
            examples=("simulate serve", "simulate serve --port 8000 --model prefork --load slow-clients"),
            more=later(
                "It serves until Ctrl-C. What else is typed says what to show: as after simulate, like --model prefork "
                "--load slow-clients; or compare, with what follows it. Without any, the first screen."
            ),
            first=(
                word(
                    "port",
                    int,
                    later("Listen on this port of 127.0.0.1; without it on one that is free."),
                    Parameter.KEYWORD_ONLY,
                    default=0,
                ),
                word(
                    "embed_from",
                    tuple[str, ...],
                    later("Let pages from there show a tab in a frame: an origin, or file: for pages in a folder."),
                    Parameter.KEYWORD_ONLY,
                    default=(),
                ),
            ),
            passes_on=True,
        ),
        Command(
            name="show",
            help=later("Show a saved run again, or the life of one request of it."),
            run="simulator.cli.show:run",
            usage="show FILE [FLAGS]",
            examples=("simulate show run.parquet --request 20", "simulate show run.parquet --watch"),
            first=(
                word("file", Path, later("A run saved with --parquet.")),
                word(
                    "request",
                    int | None,
                    later("Tell the life of this one request, numbered from 0."),
                    Parameter.KEYWORD_ONLY,
                    default=None,
                ),
            ),
            sections=(OUTPUT, PICTURES, SCREEN),
        ),
        Command(
            name="validate",
            help=later("Hold models against real servers, and say how far off they are."),
            run="simulator.cli.validate:run",
            usage="validate [MODEL ...] [--load LOAD] [FLAGS]",
            examples=("simulate validate prefork --load steady --repeat 1",),
            first=(
                word(
                    "models",
                    str,
                    later("Servers; without any all. Without a --load: what the standard set has for them."),
                    Parameter.VAR_POSITIONAL,
                ),
            ),
            sections=(MEASURE, VALIDATION),
            server="words",
        ),
    )
}
