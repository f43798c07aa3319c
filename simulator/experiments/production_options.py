"""The options of servers, read from the tables in ``server_options``: a file for each, with the version that it is of.

What to watch: a row of a table is what a person would write on paper, ``-w --workers N = 1``: names, what stands behind
them, and what it is where nobody types it.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from simulator.experiments.production import Option, Started, Table, Takes

FOLDER = Path(__file__).parent / "server_options"
TAKES: Mapping[str, Takes] = {"N": "whole", "X": "number", "TEXT": "any", "KIND": "word"}
"""What stands behind a name in a row. Words are separated by bars; in brackets is what may be left out."""
STARTED: Mapping[str, Started] = {"modelled": "passed", "harmless": "refused", "matters": "refused"}
"""What happens to an option of a list where its server is started, unless the table says something else."""


@cache
def table(program: str) -> Table:
    """The options of a server."""
    import tomllib  # only who names a server pays for it

    with (FOLDER / f"{program}.toml").open("rb") as file:
        read = tomllib.load(file)
    return Table(
        version=read["version"],
        read=read["read"],
        options=tuple(option for group in read["options"] for option in _options(group)),
        variables=read.get("variables", {}),
        prefix=read.get("prefix", ""),
    )


def _options(group: Mapping[str, Any]) -> Iterator[Option]:
    """Options alike: in the same list, for the same reason."""
    does = group.get("does", "harmless")
    for row in group["names"]:
        written, _, default = row.partition(" = ")
        words = written.split()
        behind = words.pop() if not words[-1].startswith("-") and len(words) > 1 else ""
        choices = tuple(word for word in behind.split("|") if word not in TAKES) if "|" in behind else ()
        yield Option(
            names=tuple(words),
            takes=_takes(behind),
            words=choices,
            default=default,
            does=does,
            what=group.get("what", ""),
            gives=group.get("gives", ""),
            started=group.get("started", STARTED.get(does, "refused")),
            alone=group.get("alone", False),
        )


def _takes(behind: str) -> Takes:
    if not behind:
        return ""
    if behind.startswith("["):
        return "maybe"
    if "|" in behind:  # some servers also take the name of a module
        return "any" if "TEXT" in behind.split("|") else "word"
    return TAKES[behind]
