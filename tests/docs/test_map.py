"""The map of the project (docs/map.md) is that of its folders, and says of each what the import contracts allow."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from tests.docs.pages import ROOT, Page

BESIDE = ("models", "scenarios", "tests")
"""Rooms that are no part of the package ``simulator``."""


@dataclass(frozen=True)
class Room:
    """A line of the map: a folder, what it may use, and of what else it uses a little."""

    folder: str
    purpose: str
    may_use: str
    exceptions: str

    @property
    def name(self) -> str:
        """As other rooms call it."""
        return self.folder.removeprefix("simulator/")


def contracts(kind: str) -> list[dict[str, Any]]:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    return [contract for contract in linter["contracts"] if kind in ("", contract["type"])]


def layers() -> list[set[str]]:
    """The rooms from top to bottom; those beside one another do not know one another."""
    (contract,) = [each for each in contracts("layers") if "containers" not in each]  # others order a room's inside
    return [{name_of(module) for module in layer.split(" | ")} for layer in contract["layers"]]


def name_of(module: str) -> str:
    """The room that a module is, or would be."""
    return module.removeprefix("simulator.").replace(".", "/")


@cache
def the_map() -> Page:
    return Page(ROOT / "docs/map.md")


def rooms() -> Iterator[Room]:
    section = the_map().text.split("\n## Rooms\n")[1].split("\n## ")[0]
    for line in section.splitlines():
        if line.startswith("| `"):
            folder, purpose, use = line.strip("| ").split(" | ")
            may_use, _, exceptions = use.partition(";")
            yield Room(folder.strip("`"), purpose, may_use, exceptions)


ROOMS = {room.name: room for room in rooms()}
each_room = pytest.mark.parametrize(
    "room", [room for room in ROOMS.values() if room.name != "tests"], ids=lambda each: each.name
)


def said(words: str) -> set[str]:
    """The rooms that the map says may be used."""
    names = set(re.findall(r"`([\w/]+)`", words))
    if words.strip() == "nothing":
        return set()
    if words.strip().startswith("as "):
        (other,) = names
        return said(ROOMS[other].may_use)
    assert names, words
    if words.strip().endswith(" and below"):
        lowest = max(at for at, layer in enumerate(layers()) if names & layer)
        names |= {room for layer in layers()[lowest + 1 :] for room in layer}
    return names


def allowed(room: Room) -> set[str]:
    """The rooms, as far as they are layers, that the contracts let this one use."""
    top = room.name.split("/")[0]
    at = next(number for number, layer in enumerate(layers()) if top in layer)
    names = {name for layer in layers()[at + 1 :] for name in layer}
    for contract in contracts("forbidden"):
        if any(f"{room.name}/".startswith(f"{name_of(source)}/") for source in contract["source_modules"]):
            for module in contract["forbidden_modules"]:
                names -= {name for name in names if module == "simulator" or name == name_of(module)}
    return names


def exceptions(room: Room) -> set[str]:
    """The rooms of whose modules this one may import some, although it may not use the room."""
    pairs = [pair.split(" -> ") for kind in ("layers", "forbidden") for each in contracts(kind)
             for pair in each.get("ignore_imports", ())]  # fmt: skip
    return {room_of(target) for source, target in pairs if room_of(source) == room.name}


def room_of(module: str) -> str:
    """The innermost room that a module is in."""
    name = name_of(module)
    return max((room for room in ROOMS if f"{name}/".startswith(f"{room}/")), key=len)


def test_every_room_on_the_map_is_there_and_has_its_purpose() -> None:
    assert [room.folder for room in ROOMS.values() if not (ROOT / room.folder).is_dir() or not room.purpose] == []


def test_every_folder_with_code_is_on_the_map() -> None:
    inside = {path.parent.relative_to(ROOT).as_posix() for path in (ROOT / "simulator").rglob("*.py")} - {"simulator"}
    assert inside | set(BESIDE) == {room.folder for room in ROOMS.values()}


@each_room
def test_a_room_may_use_what_the_contracts_allow(room: Room) -> None:
    assert said(room.may_use) == allowed(room)


@each_room
def test_the_exceptions_of_a_room_are_those_of_the_contracts(room: Room) -> None:
    assert set(re.findall(r"`([\w/]+)`", room.exceptions)) == exceptions(room)


def test_the_drawing_shows_the_layers_from_top_to_bottom() -> None:
    drawing = the_map().blocks[0].lines
    known = set.union(*layers())
    drawn = [set(re.findall(r"[a-z]+", line[:31])) & known for line in drawing]
    assert [names for names in drawn if names] == layers()


def test_every_wall_is_named_in_the_words_of_its_contract() -> None:
    section = the_map().text.split("\n## Walls\n")[1].split("\n## ")[0]
    assert re.findall(r"^- \*(.+)\*$", section, re.MULTILINE) == [contract["name"] for contract in contracts("")]
