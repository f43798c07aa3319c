"""Values that replace those of the file: ``requests.page.response`` and the like, items of a list by name or number."""

import tomllib
from typing import Any

from simulator.workload.fields import listed
from simulator.workload.mistakes import Place
from simulator.workload.quantity import did_you_mean


def set_value(raw: dict[str, Any], dotted: str, text: str) -> Place:
    """Put the value at the dotted key into the parsed file; returns its place. ValueError if there is no such place.

    Keys of tables that are not there yet are made, and left for the validation to judge.
    """
    *path, last = dotted.split(".")
    place: Place = ()
    table: Any = raw
    for word in path:
        place += (_step_into(table, word, place),)
        table = table[place[-1]]
    place += (_step_into(table, last, place),)
    table[place[-1]] = toml_value(text)
    return place


def _step_into(container: Any, word: str, place: Place) -> str | int:
    """The key or index that the word means in the container; a missing table is made on the way."""
    if not word:
        raise ValueError('expected words with dots between them, such as "arrivals.rate"')
    if isinstance(container, list):
        return _item(container, word, str(place[-1]))
    if not isinstance(container, dict):
        raise ValueError(f'"{place[-1]}" holds a single value, so there is no "{word[:40]}" in it')
    container.setdefault(word, {})
    return word


def _item(items: list[Any], word: str, listname: str) -> int:
    names = [item["name"] for item in items if isinstance(item, dict) and isinstance(item.get("name"), str)]
    for index, item in enumerate(items):
        if isinstance(item, dict) and item.get("name") == word:
            return index
    if word.isascii() and word.isdigit() and len(word) < 6 and int(word) < len(items):
        return int(word)
    expected = listed(tuple(names)) if names else f"a number below {len(items)}"
    raise ValueError(f'no "{word[:40]}" in {listname}{did_you_mean(word, names)}; expected {expected}')


def toml_value(text: str) -> Any:
    """The text as a value of a TOML file if it is one, otherwise as a string: ``80``, ``2 MiB``, ``{erlang = ...}``."""
    if "\n" in text:
        return text
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        return text
