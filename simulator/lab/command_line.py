"""The command line that brings up exactly what is watched."""

import shlex
from collections.abc import Iterator
from dataclasses import fields

from simulator.experiments.catalogue import Model
from simulator.experiments.deployment import Deployment
from simulator.experiments.options import RUN, RunOptions, Section, section
from simulator.experiments.server_words import pane_words
from simulator.experiments.setup import Setup

LOOK_AT_IT = "--watch"


def command_line(setup: Setup, *, watch: bool = False) -> str:
    """What to type, quoted for a shell."""
    return shlex.join(["simulate", *arguments(setup), *([LOOK_AT_IT] if watch else [])])


def arguments(setup: Setup) -> list[str]:
    """The words after ``simulate``."""
    if len(setup.sides) == 1:
        side = setup.sides[0]
        return ["--model", side.model.name, *_options(setup.options), *_server(side)]
    return ["compare", *map(pane_words, setup.sides), *_options(setup.options)]


def _options(options: RunOptions) -> Iterator[str]:
    for field in fields(options):
        value = getattr(options, field.name)
        if field.name in ("model", "server") or value == field.default:
            continue
        for each in value if isinstance(value, tuple) else (value,):
            yield from (RUN.flag(field.name), str(each))


def _server(side: Deployment) -> Iterator[str]:
    yield from _settings(side.model, side.config, section(side.model))
    for front, config in side.fronts:
        yield f"--{front.name}"
        yield from _settings(front, config, section(front))


def _settings(model: Model, config: object, its: Section) -> Iterator[str]:
    for field in model.settings:
        value = getattr(config, field.name)
        if value != field.default:
            yield its.typed(field.name, value)
            if not isinstance(value, bool):
                yield str(value)
