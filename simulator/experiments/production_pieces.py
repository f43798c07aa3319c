"""The pieces of a server's line: its options, each with its value, and the words that are none.

What to watch: a name that the server does not have, and a value that it would not take, are refused here as it would
refuse them itself; the nearest name that it has is said.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from simulator.experiments.production import Option, Piece, Program, Table
from simulator.experiments.production_options import table
from simulator.experiments.production_words import VARIABLE, Line, split
from simulator.experiments.refusal import RefusalError
from simulator.words.language import tell
from simulator.words.nearest import nearest

DASHES = tuple("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d")
"""What a word processor, or a page that was copied, makes of the minus before an option: en dash, em dash and so on."""


def pieces(line: Line) -> tuple[Piece, ...]:
    """Variables that are options first, because the line counts more; then each option with its value, in order."""
    program, known = line.program, table(line.program.name)
    found = [each for piece in line.before for each in _of_variable(program, known, piece)]
    rest, served = list(line.rest), not program.subcommand
    while rest:
        word = rest.pop(0)
        if word[0:1] in DASHES and program.name != "go":
            raise RefusalError(_wrong_dash(word))
        if served and program.own_flags and not word.startswith("-"):  # the script; what follows is its own
            found += [Piece((each,)) for each in (word, *rest)]
            break
        if word == "--":
            found += [Piece((each,)) for each in rest]
            break
        if not word.startswith("-") or word == "-":
            served = served or _serves(program, word)
            found.append(Piece((word,)))
            continue
        if program.name == "go":
            found.append(Piece((word,)))
            continue
        found.append(_option(program, known, word, rest))
    if not served:
        _refuse_other_command(program, "")
    return tuple(found)


def _wrong_dash(word: str) -> str:
    """What is said of a word that no server would know for an option: it would take it for the application."""
    name = word.lstrip("-" + "".join(DASHES))
    typed = f"--{name}" if name[1:2].isalpha() else f"-{name}"
    return tell("--server: {word} begins with a dash that is no minus; type {typed}", word=word, typed=typed)


def _serves(program: Program, word: str) -> bool:
    if word == program.subcommand:
        return True
    _refuse_other_command(program, word)
    return False


def _refuse_other_command(program: Program, word: str) -> None:
    raise RefusalError(
        tell("--server: {typed} does not serve; {program} {serves} does", typed=f"{program.name} {word}".strip(),
             program=program.name, serves=program.subcommand)
    )  # fmt: skip


def _of_variable(program: Program, known: Table, piece: Piece) -> Iterator[Piece]:
    """The options that a variable stands for; the variable itself where it is none."""
    if not VARIABLE.match(piece.words[0]):
        yield piece
        return
    name, _, value = piece.words[0].partition("=")
    meant = known.variables.get(name, "")
    if meant == "*":
        rest = split(value)
        while rest:
            word = rest.pop(0)
            found = _option(program, known, word, rest) if word.startswith("-") else Piece((word,))
            yield replace(found, before=True)
        return
    rest_of_name = name.removeprefix(known.prefix) if known.prefix and name.startswith(known.prefix) else ""
    option = known.option(meant or f"--{rest_of_name.lower().replace('_', '-')}")
    if option is None and rest_of_name:  # uWSGI has some with underscores
        option = known.option(f"--{rest_of_name.lower()}")
    if option is None:
        yield piece
        return
    yield Piece(piece.words, option, value if option.takes else "", before=True)


def _option(program: Program, known: Table, word: str, rest: list[str]) -> Piece:
    """The option that a word is, with the value behind it. Raises RefusalError."""
    name, equals, text = word.partition("=")
    option, words = known.option(name), [word]
    if option is None and not name.startswith("--") and known.option(name[:2]) is not None:
        option, equals, text, name = known.option(name[:2]), "=", word[2:], name[:2]  # -w4
    if option is None:
        raise RefusalError(
            tell("--server: {program} has no option {name} that is known here.{near}", program=program.name, name=name,
                 near=nearest(name, known.names))
        )  # fmt: skip
    if not option.takes:
        if equals and not word.startswith("--"):
            rest.insert(0, f"-{text}")  # -MT is -M -T
            return Piece((name,), option)
        if equals:
            raise RefusalError(tell("--server: {name} of {program} takes no value", name=name, program=program.name))
        return Piece((word,), option)
    if not equals:
        if option.takes == "maybe":
            return Piece((word,), option)
        if not rest:
            raise RefusalError(tell("--server: {name} of {program} needs a value", name=name, program=program.name))
        text = rest.pop(0)
        words.append(text)
    return Piece(tuple(words), option, text)


def value_of(program: Program, option: Option, text: str, kinds: Sequence[str]) -> str:
    """The text, if it is what the option takes. Raises RefusalError."""
    if option.takes in ("", "any", "maybe"):
        return text
    words = kinds if option.what == "kind" and option.does == "modelled" else option.words
    if option.takes == "word":
        if text in words:
            return text
        raise RefusalError(
            tell(
                "--server: {program} {name} {text}: expected one of {words}.{near}",
                program=program.name,
                name=option.name,
                text=text,
                words=", ".join(words),
                near=nearest(text, words),
            )
        )
    if "$" in text or "`" in text:
        raise RefusalError(
            tell("--server: {program} {name} {text}: no shell is asked what that is; type the number",
                 program=program.name, name=option.name, text=text)
        )  # fmt: skip
    if option.takes == "number" and re.fullmatch(r"\d{1,11}(\.\d{1,11})?", text, re.ASCII):
        return text
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        expected = (
            tell("--server: {program} {name} {text}: expected a number", program=program.name, name=option.name,
                 text=text)
            if option.takes == "number"
            else tell("--server: {program} {name} {text}: expected a whole number", program=program.name,
                      name=option.name, text=text)
        )  # fmt: skip
        raise RefusalError(expected)
    return text
