"""What ``--help`` prints: a short page, and with ``--help-all`` all there is; the same layout for every command.

What to watch: all of it follows from the tables of commands and options, in the language of now. Cyclopts, which reads
the command line, is not asked: its help knows one language only.
"""

import dataclasses
from collections.abc import Iterable, Iterator
from inspect import Parameter
from typing import Any, Literal, get_args, get_origin, get_type_hints

from simulator.cli.command import Command, Given
from simulator.cli.commands import COMMANDS, THE_RUN
from simulator.cli.page import block, page_width, print_page, wrapped
from simulator.experiments.amounts import STANDS_FOR, amount_text
from simulator.experiments.catalogue import Model, all_names, called, catalogue, fronts, servers
from simulator.experiments.options import PICTURES, SCREEN, Section
from simulator.experiments.refusal import RefusalError
from simulator.words.language import tell, translated
from simulator.words.nearest import nearest

BEHIND = (PICTURES, SCREEN)
"""What a first page leaves out, besides the settings of what can stand in front."""


def run(_: Model | None, given: Given) -> int:
    """``simulate help [COMMAND|MODEL]``; returns the exit code. Raises RefusalError."""
    topic: str | None = given.get("topic")
    if topic is None:
        print_help(THE_RUN, None)
    elif topic in COMMANDS:
        print_help(COMMANDS[topic], None)
    else:
        model = called(topic)
        if model is None:
            near = nearest(topic, [*COMMANDS, *all_names(catalogue().values())])
            raise RefusalError(
                tell(
                    "help {topic}: no such command and no such model.{near} Type simulate help", topic=topic, near=near
                )
            )
        print_help(THE_RUN, model)
    return 0


def print_help(command: Command, model: Model | None, *, everything: bool = False, asked: Iterable[str] = ()) -> None:
    """Print the page of a command. ``asked``: what else was typed; a front that is named there is explained too."""
    in_front = [front for front in fronts() if f"--{front.name}" in asked]
    print_page(_page(command, model, page_width(), everything, in_front))


def _page(command: Command, model: Model | None, width: int, everything: bool, asked: list[Model]) -> Iterator[str]:
    """Its lines, without line ends."""
    yield tell("Usage: {usage}", usage=f"simulate {command.usage}")
    yield ""
    about = model.claim if model else command.help
    yield from wrapped(translated(about), width)
    if command.more:
        yield from wrapped(translated(command.more), width)
    first = command is THE_RUN and model is None and not everything and not asked
    if not model:
        yield from block(tell("Examples"), (("", each) for each in command.examples), width)
    if first:
        yield from _commands(width)
        yield from _choices(width)
        return
    if everything and command is THE_RUN and model is None:
        yield from _commands(width)
    yield from block(tell("Arguments"), _words(command), width)
    shown, hidden = _sections(command, model, everything, asked)
    for title, rows in shown:
        yield from block(title, rows, width)
    yield from block(tell("Always"), always(), width)
    if hidden:
        typed = f"simulate {command.name} --help-all".replace("  ", " ")
        yield ""
        yield from wrapped(
            tell("The rest, on pictures, the screen and what stands in front: {typed}", typed=typed), width
        )


def _commands(width: int) -> Iterator[str]:
    rows = [(name, translated(command.help)) for name, command in COMMANDS.items()]
    yield from block(tell("Commands"), rows, width)


def _choices(width: int) -> Iterator[str]:
    """The end of the first page: what can be chosen, and where the flags are."""
    yield ""
    yield from wrapped(tell("Servers: {names}", names=", ".join(model.names for model in servers())), width)
    flags = "simulate --model prefork --help"
    yield from wrapped(tell("The flags of one of them: {typed}", typed=flags), width)
    yield from wrapped(tell("All flags: {typed}", typed="simulate --help-all"), width)


def _sections(
    command: Command, model: Model | None, everything: bool, asked: list[Model]
) -> tuple[list[tuple[str, list[tuple[str, str]]]], bool]:
    """The sections of flags, each with its title and rows, and whether something was left out."""
    found, hidden = list[tuple[str, list[tuple[str, str]]]](), False
    in_front = {front.folder: front for front in fronts()}
    for its in command.sections_with(model):
        front = in_front.get(its.key)
        explained = everything or not (its in BEHIND or front) or front in asked
        hidden = hidden or not explained
        rows = [(f"--{front.name}", translated(front.summary))] if front else []
        rows += flag_rows(its) if explained else []
        if rows:
            found.append((translated(its.title), rows))
    if command.has_fronts and not command.has_settings:
        before = tell("Put it in front of all of them.")
        found[0] = found[0][0], [*((f"--{front.name}", before) for front in in_front.values()), *found[0][1]]
    return found, hidden


def _words(command: Command) -> Iterator[tuple[str, str]]:
    """The parameters of a command that belong to no section."""
    for each in command.first:
        hint, about = get_args(each.annotation)
        if each.kind is Parameter.KEYWORD_ONLY:
            yield f"--{each.name}{'' if hint is bool else ' N'}", translated(about)
        else:
            yield "|".join(choices_of(hint)) or each.name.upper(), translated(about)


def choices_of(hint: Any) -> tuple[str, ...]:
    """The words that a parameter may be, where only some are allowed; its type may be a choice or nothing."""
    if get_origin(hint) is Literal:
        return tuple(map(str, get_args(hint)))
    return tuple(word for each in get_args(hint) for word in choices_of(each))


def always() -> list[tuple[str, str]]:
    """The flags that every command has."""
    return [
        ("--lang en|zh", tell("Speak English or Chinese; without it as the locale says.")),
        ("--help, -h", tell("Explain what is typed with it.")),
        ("--help-all", tell("The same, with all flags.")),
        ("--version, -V", tell("Print the version.")),
    ]


def flag_rows(its: Section) -> Iterator[tuple[str, str]]:
    """Each flag of a section as it is typed, with its sentence."""
    hints = get_type_hints(its.options)
    for field in dataclasses.fields(its.options):
        if field.name not in its.left_out:
            yield _typed(its, field, hints[field.name]), _told(field, translated(field.metadata["help"]))


def _typed(its: Section, field: dataclasses.Field[Any], hint: Any) -> str:
    if isinstance(field.default, bool):  # the form that changes something
        return its.typed(field.name, not field.default)
    return f"{its.flag(field.name)} {expects(field, hint)}"


def expects(field: dataclasses.Field[Any], hint: Any) -> str:
    """The word that stands for a value of the field."""
    if field.metadata.get("metavar"):
        return str(field.metadata["metavar"])
    if field.metadata.get("unit"):
        return STANDS_FOR[field.metadata["unit"]]
    choices = choices_of(hint) or field.metadata.get("choices") or ()
    return "|".join(choices) or ("N" if isinstance(field.default, int | float) else "TEXT")


def _told(field: dataclasses.Field[Any], sentence: str) -> str:
    if field.default in (None, (), False):
        return sentence
    if field.default is True:
        return tell("{sentence} Default: on.", sentence=sentence)
    default = amount_text(field.default, field.metadata.get("unit"))
    return tell("{sentence} Default: {default}.", sentence=sentence, default=default)


# Lines of terms with their explanations beside them.
