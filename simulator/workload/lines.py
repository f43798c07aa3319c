"""Which line of a TOML file a value stands on.

Python's TOML reader does not tell, so this looks for headers and for keys at the start of lines. A value that it does
not find is reported with the line of the table around it.
"""

import re

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
