"""The command line that brings up exactly what is watched."""

import shlex
from collections.abc import Iterator
from dataclasses import fields
from urllib.parse import urlencode

from simulator.experiments.deployment_words import named, pane_words
from simulator.experiments.options import RUN, RunOptions
from simulator.experiments.setup import Setup
from simulator.words.language import language

LOOK_AT_IT = "--watch"
ADDRESS = "LOOPFORK_ADDRESS"
"""An environment variable: where the page is that shows the screen, if a browser shows it."""
LINKED = ("load", "machine", "profile", "seed", "rate", "duration", "cores", "set")
"""Options that a link has; the others change nothing about what is seen."""


def command_line(setup: Setup, *, watch: bool = False, at_s: float | None = None) -> str:
    """What to type, quoted for a shell; to watch it, from a moment on if one is given."""
    at = [] if at_s is None else ["--at", f"{at_s:g}s"]
    return shlex.join(["simulate", *arguments(setup), *([LOOK_AT_IT, *at] if watch else [])])


def arguments(setup: Setup) -> list[str]:
    """The words after ``simulate``."""
    if len(setup.sides) == 1:
        first, name, *others = named(setup.sides[0])
        return [first, name, *_options(setup.options), *others]
    return ["compare", *map(pane_words, setup.sides), *_options(setup.options)]


def link(address: str, setup: Setup, *, at_s: float, theme: str) -> str:
    """The address that opens this state in a browser: what ``simulator/cli/link.py`` reads."""
    pairs = [("server", pane_words(side)) for side in setup.sides]
    for name in LINKED:
        value = getattr(setup.options, name)
        if value not in (None, ()):
            pairs += [(name, str(each)) for each in (value if isinstance(value, tuple) else (value,))]
    pairs += [("at", f"{round(at_s, 3)}s"), ("theme", theme), ("lang", language())]
    return f"{address}?{urlencode(pairs, safe=':,')}"


def _options(options: RunOptions) -> Iterator[str]:
    for field in fields(options):
        value = getattr(options, field.name)
        if field.name in ("model", "server") or value == field.default:
            continue
        for each in value if isinstance(value, tuple) else (value,):
            yield from (RUN.flag(field.name), *([] if isinstance(each, bool) else [str(each)]))
