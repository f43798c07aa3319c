"""The scenarios that come with the program: their names and stories, for menus and lists.

What to watch: nothing is checked here, because the tests have; so a menu opens without what checking needs.
"""

import tomllib
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, NamedTuple

from simulator.words.language import in_this_language, paragraph

SUFFIX = ".toml"


class Told(NamedTuple):
    """What a scenario says of itself."""

    title: str
    story: str


def shipped() -> list[str]:
    """The names of the scenarios that come with the program."""
    return sorted(found.name.removesuffix(SUFFIX) for found in _files() if found.name.endswith(SUFFIX))


def place(name: str) -> Traversable:
    """The file of a shipped scenario."""
    return folder() / f"{name}{SUFFIX}"


def folder() -> Traversable:
    """Where the shipped scenarios are."""
    # By name: the package of scenarios stands above this one, so it is not imported as code.
    return resources.files("scenarios")


def told(name: str) -> Told:
    """The title and the story of a shipped scenario, in the language of now."""
    file = _values(name)
    return Told(title=in_this_language(file, "title"), story=paragraph(in_this_language(file, "story")))


@cache
def _values(name: str) -> dict[str, Any]:
    return tomllib.loads(place(name).read_text(encoding="utf-8"))


@cache
def _files() -> tuple[Traversable, ...]:
    try:
        return tuple(folder().iterdir())
    except (ModuleNotFoundError, OSError):
        return ()
