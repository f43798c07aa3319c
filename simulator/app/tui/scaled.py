"""Values of a scenario as somebody would type them after ``--set``: scaled distributions, durations, keys of items."""

import re
from collections.abc import Sequence
from dataclasses import fields
from typing import Any, get_type_hints

from simulator.workload.amounts import DISTRIBUTIONS
from simulator.workload.distribution import Amount, Constant, Distribution, Empirical, Exponential

NAMES = {distribution: name for name, distribution in DISTRIBUTIONS.items()}
PLAIN = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)


def seconds_text(seconds: float) -> str:
    """``0.03 s``; six digits."""
    return f"{seconds:.6g} s"


def scaled(time: Distribution, factor: float) -> str | None:
    """A duration with all its times multiplied, as a value of TOML; None for a list of measured ones."""
    match time:
        case Constant(value=value):
            return f'"{seconds_text(value * factor)}"'
        case Exponential(mean=mean):
            return f'{{exponential = "{seconds_text(mean * factor)}"}}'
        case Empirical():
            return None
        case _:
            inner = ", ".join(f"{name} = {value}" for name, value in _parameters(time, factor))
            return f"{{{NAMES[type(time)]} = {{{inner}}}}}"


def _parameters(time: Any, factor: float) -> list[tuple[str, str]]:
    hints = get_type_hints(type(time), include_extras=True)
    return [
        (field.name, f'"{seconds_text(value * factor)}"' if hints[field.name] == Amount else f"{value!r}")
        for field in fields(time)
        for value in [getattr(time, field.name)]
    ]


def item_key(table: str, items: Sequence[Any], item: Any) -> str:
    """``requests.page``; with a number where the name could not be typed between dots."""
    word = item.name if PLAIN.fullmatch(item.name) else str(items.index(item))
    return f"{table}.{word}"
