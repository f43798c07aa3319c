"""The command line that brings up exactly what is watched."""

import shlex
from collections.abc import Iterator
from dataclasses import fields

from simulator.experiments.deployment_words import flags, pane_words
from simulator.experiments.options import RUN, RunOptions
from simulator.experiments.setup import Setup

LOOK_AT_IT = "--watch"


def command_line(setup: Setup, *, watch: bool = False, at_s: float | None = None) -> str:
    """What to type, quoted for a shell; to watch it, from a moment on if one is given."""
    at = [] if at_s is None else ["--at", f"{at_s:g}s"]
    return shlex.join(["simulate", *arguments(setup), *([LOOK_AT_IT, *at] if watch else [])])


def arguments(setup: Setup) -> list[str]:
    """The words after ``simulate``."""
    if len(setup.sides) == 1:
        side = setup.sides[0]
        return ["--model", side.model.name, *_options(setup.options), *flags(side)]
    return ["compare", *map(pane_words, setup.sides), *_options(setup.options)]


def _options(options: RunOptions) -> Iterator[str]:
    for field in fields(options):
        value = getattr(options, field.name)
        if field.name in ("model", "server") or value == field.default:
            continue
        for each in value if isinstance(value, tuple) else (value,):
            yield from (RUN.flag(field.name), *([] if isinstance(each, bool) else [str(each)]))
