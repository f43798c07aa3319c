"""What is wrong with a scenario file: every mistake in one message, each with its line, its value, and the remedy."""

import datetime
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from simulator.words.language import later, tell
from simulator.words.nearest import did_you_mean
from simulator.words.numbers import count
from simulator.words.printable import printable_line
from simulator.workload.table_fields import MISSING, listed

Place = tuple[str | int, ...]
"""Where a value stands: keys, and indices into lists."""
SHOWN = 100
"""Mistakes that are listed; the rest is counted."""


class ScenarioError(ValueError):
    """A scenario cannot be used. The message has one line for every mistake."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong, and where."""

    place: Place
    message: str
    value: Any = MISSING


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the values came from."""

    label: str
    """The file as the user knows it."""
    lines: Mapping[Place, int]
    """The line of every place that could be found."""
    overridden: Mapping[Place, str] = field(default_factory=dict)
    """Places whose values did not come from the file, each with the flag that it was typed with, if it has its own."""


def from_pydantic(error: ValidationError) -> list[Mistake]:
    """The mistakes that Pydantic found, in our words."""
    return [Mistake(d["loc"], _in_our_words(d), d["input"]) for d in error.errors(include_url=False)]


_EXPECTED = {
    "string_type": later("expected text in quotes"),
    "string_too_short": later("expected some text"),
    "string_too_long": later("expected at most {max_length} characters"),
    "string_pattern_mismatch": later("expected letters, digits, - and _ (and single blanks between them)"),
    "tuple_type": later("expected a list in [ ]"),
    "greater_than": later("expected a number above {gt}"),
    "greater_than_equal": later("expected a number of at least {ge}"),
    "less_than": later("expected a number below {lt}"),
    "less_than_equal": later("expected a number of at most {le}"),
}


def _in_our_words(detail: Any) -> str:
    """What Pydantic says in its own words is never shown."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        words = re.findall(r"'([^']*)'", context["expected"])
        near = did_you_mean(str(detail["input"]), words)
        return tell("expected {words}{near}", words=listed(tuple(f"'{word}'" for word in words)), near=near)
    if kind in _EXPECTED:
        bounds = {name: f"{bound:g}" if isinstance(bound, float) else bound for name, bound in context.items()}
        return tell(_EXPECTED[kind], **bounds)
    return tell("expected another kind of value")


def error(mistakes: Sequence[Mistake], origin: Origin) -> ScenarioError:
    """All mistakes as one error, in the order of the file."""
    lines = sorted((_line(mistake.place, origin) or 0, number) for number, mistake in enumerate(mistakes))
    shown = [_sentence(mistakes[number], origin) for _, number in lines[:SHOWN]]
    if len(lines) > SHOWN:
        more = count(len(lines) - SHOWN)
        shown.append(tell("{file}: and {n} more mistakes", file=origin.label, n=more))
    return ScenarioError("\n".join(shown))


def _sentence(mistake: Mistake, origin: Origin) -> str:
    line = _line(mistake.place, origin)
    flag = next((flag for place, flag in origin.overridden.items() if mistake.place[: len(place)] == place), None)
    if flag:
        return printable_line(f"{flag} {show(mistake.value)}: {mistake.message}")
    if flag is not None:
        where = tell("{file}, override", file=origin.label)
    else:
        where = origin.label if line is None else f"{origin.label}:{line}"
    path = path_text(mistake.place)
    given = "" if mistake.value is MISSING else f" = {show(mistake.value)}"
    return printable_line(f"{where}: {path}{given}: {mistake.message}" if path else f"{where}: {mistake.message}")


def _line(place: Place, origin: Origin) -> int | None:
    for length in range(len(place), 0, -1):
        if place[:length] in origin.lines:
            return origin.lines[place[:length]]
    return None


def path_text(place: Place) -> str:
    """A place as a reader would write it, for example ``requests[0].steps[1].cpu``."""
    text = ""
    for key in place:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            word = key if re.fullmatch(r"[\w-]+", key) else json.dumps(key[:60], ensure_ascii=False)
            text += f".{word}" if text else word
    return text


def show(value: Any) -> str:
    """A value as a TOML file would have it, shortened."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value if len(value) <= 60 else value[:57] + "...", ensure_ascii=False)
        case dict():
            return "{" + ", ".join(f"{path_text((key,))} = ..." for key in list(value)[:4]) + "}"
        case list():
            return tell("a list of {n}", n=len(value))
        case int() if abs(value) >= 10**30:
            return tell("a number of {n} bits", n=value.bit_length())
        case datetime.date() | datetime.time():
            return value.isoformat()
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case _:
            return str(value)[:60]
