"""A TOML file that a person wrote: its values, what is wrong with it as a file, and which line a value stands on."""

import re
import tomllib
from copy import deepcopy
from functools import lru_cache
from importlib.resources.abc import Traversable
from typing import Any

from simulator.words.language import later, tell, translated
from simulator.words.printable import printable_line
from simulator.workload.scenario_errors import ScenarioError

BAD_KEY = later("Invalid initial character for a key part")
"""How tomllib calls what is mostly a key in the language of whoever wrote it."""
READER = (
    later("Invalid value"),
    later("Invalid statement"),
    later("Cannot overwrite a value"),
    later("Unclosed array"),
    later("Unclosed inline table"),
    later("Unterminated string"),
    later("Expected '=' after a key in a key/value pair"),
    later("Expected newline or end of document after a statement"),
    later("Expected ']' at the end of a table declaration"),
    later("Expected ']]' at the end of an array declaration"),
)
"""What Python's reader says most often of what is no TOML."""
LARGEST_FILE = 1_000_000
"""Bytes. Such a file is written by hand; data belongs in CSV files beside it."""


def read_bytes(path: Traversable, label: str, expected: str) -> bytes:
    """What is in the file. Raises FileNotFoundError, and ScenarioError for everything else."""
    try:
        with path.open("rb") as file:
            data: bytes = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise
    except IsADirectoryError:
        raise ScenarioError(
            tell("{file}: a directory; {expected}", file=label, expected=translated(expected))
        ) from None
    except (OSError, ValueError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else str(problem)
        label = label[:100]
        raise ScenarioError(
            tell(
                '"{file}": cannot be read: {reason}; {expected}',
                file=label,
                reason=reason,
                expected=translated(expected),
            )
        ) from None
    if len(data) > LARGEST_FILE:
        raise ScenarioError(
            tell(
                "{file}: larger than {most} bytes; {expected}",
                file=label,
                most=LARGEST_FILE,
                expected=translated(expected),
            )
        )
    return data


def parsed(label: str, data: bytes, expected: str) -> tuple[str, dict[str, Any]]:
    """The text and its values. Raises ScenarioError."""
    if deep := too_deep(data.decode(errors="replace")):
        raise ScenarioError(
            tell("{file}: nested too deeply; {expected}", file=f"{label}:{deep}", expected=translated(expected))
        )
    try:
        text = data.decode("utf-8-sig")
        return text, deepcopy(_values(text))  # whoever asks may change them
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise ScenarioError(
            tell("{file}: not UTF-8 text; {expected}", file=f"{label}:{line}", expected=translated(expected))
        ) from None
    except RecursionError:
        raise ScenarioError(
            tell("{file}: nested too deeply; {expected}", file=label, expected=translated(expected))
        ) from None
    except ValueError as problem:
        found = re.fullmatch(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", str(problem), re.DOTALL)
        where = f":{found[2]}" if found and found[2] else ""
        what = found[1] if found else str(problem)
        if what == BAD_KEY:
            what = tell(
                "{problem}; a key with other characters than A-Z, a-z, 0-9, - and _ needs quotes around it",
                problem=translated(BAD_KEY),
            )
        elif what in READER:
            what = translated(what)
        raise ScenarioError(
            tell("{file}: not TOML: {problem}", file=f"{label}{where}", problem=printable_line(what[:200]))
        ) from None


DEEPEST = 100
"""Tables within tables. Python's reader takes 17 s for a header of 60 000 words, of which there might be several."""
_WORD = r"""(?<![\w-])(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+"""
_TOO_DEEP = re.compile(rf"(?:{_WORD}){{{DEEPEST}}}")


def too_deep(text: str) -> int:
    """The first line on which so many words are joined by dots as no file needs; 0 if there is none."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") >= DEEPEST and _TOO_DEEP.search(line):
            return number
    return 0


@lru_cache(4)
def _values(text: str) -> dict[str, Any]:
    """Of the files that were read last: every turn of a knob reads the same one, with other overrides."""
    return tomllib.loads(text)


# On which line a value stands. Python's TOML reader does not tell, so this looks for headers, and for keys at the start
# of lines. A value that it does not find is reported with the line of the table around it.

Place = tuple[str | int, ...]

_KEY = r"""(?:"[^"]*"|'[^']*'|[\w-]+)"""
_DOTTED = rf"{_KEY}(?:\s*\.\s*{_KEY})*"
_LIST_HEADER = re.compile(rf"\s*\[\[\s*({_DOTTED})\s*\]\]\s*(?:#.*)?")
_HEADER = re.compile(rf"\s*\[\s*({_DOTTED})\s*\]\s*(?:#.*)?")
_ASSIGNMENT = re.compile(rf"\s*({_DOTTED})\s*=\s*(.*)")


def line_numbers(text: str) -> dict[Place, int]:
    """The line, from 1, of every table, every key, and every ``{...}`` on a line of its own in a list."""
    lines: dict[Place, int] = {}
    counts: dict[Place, int] = {}
    table: Place = ()
    items: Place | None = None
    inside_text = False
    for number, line in enumerate(text.splitlines(), 1):
        quotes = line.count('"""') + line.count("'''")
        starts_inside, inside_text = inside_text, inside_text ^ (quotes % 2 == 1)
        if starts_inside:
            continue
        if found := _LIST_HEADER.fullmatch(line):
            table = _open_item(_keys(found[1]), counts)
            lines.setdefault(table[:-1], number)
            lines[table] = number
        elif found := _HEADER.fullmatch(line):
            table = _resolved(_keys(found[1]), counts)
            lines[table] = number
        elif found := _ASSIGNMENT.match(line):
            key = table + _keys(found[1])
            lines.setdefault(key, number)
            items = key if found[2].split("#")[0].strip() == "[" else None
            counts.pop((*key, "items"), None)
        elif items is not None and line.lstrip().startswith("{"):
            position = counts.get((*items, "items"), 0)
            counts[(*items, "items")] = position + 1
            lines[(*items, position)] = number
    return lines


def _keys(dotted: str) -> Place:
    return tuple(key.strip("\"'") for key in re.findall(_KEY, dotted))


def _resolved(keys: Place, counts: dict[Place, int]) -> Place:
    place: Place = ()
    for key in keys:
        place += (key,)
        if place in counts:
            place += (counts[place] - 1,)
    return place


def _open_item(keys: Place, counts: dict[Place, int]) -> Place:
    place = _resolved(keys[:-1], counts) + keys[-1:]
    counts[place] = counts.get(place, 0) + 1
    return (*place, counts[place] - 1)
