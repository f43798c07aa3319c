"""One thing that can be turned."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, get_type_hints

from simulator.experiments.setup import Setup
from simulator.workload.distribution import Amount, Constant, Distribution, Empirical, Exponential
from simulator.workload.distribution_table import DISTRIBUTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Knob:
    """It does nothing but make another setup."""

    id: str
    """``rate``, ``workers``, ``nginx``, ``nginx.connections``; unique among the knobs of a side."""
    group: str
    """What it belongs to, in words for a heading."""
    label: str
    value: str
    """How it stands, with its unit: exactly, to six digits."""
    help: str
    """One sentence."""
    turn: Callable[[int], Setup]
    """The setup after one step up (1) or down (-1); the same one where it goes no further. Raises RefusalError."""
    enter: Callable[[str], Setup] | None = None
    """The setup with the value that was typed; None where nothing can be typed. Raises RefusalError."""
    default: bool = True
    """Whether it stands as its model declares it; always True for a load."""


# The next value of a knob: steps that a person would type, whatever stands there now.

NICE = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
"""Within a power of ten; each is about a quarter more than the one before."""
SHARES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
QUOTAS = (0.05, 0.1, 0.25, 0.5)
ONE_BY_ONE = 16
CLOSE = 1e-5
"""Values are typed with six digits; what is so near to a step stands on it."""
LARGEST = 10**9


def next_whole(number: int, direction: int, minimum: int = 0) -> int:
    """One more or less up to 16; beyond that quarters of the power of two below: 16, 20, 24, 28, 32, 40, ..."""
    if direction > 0:
        step = _step(number)
        return min((number // step + 1) * step, LARGEST)
    step = _step(number - 1)
    return max((number - 1) // step * step, minimum)


def _step(number: int) -> int:
    return 1 if number < ONE_BY_ONE else int(2 ** (number.bit_length() - 3))


def next_cores(number: float, direction: int) -> float:
    """Whole ones as ``next_whole``, and below one the quotas that containers are given."""
    if direction > 0:
        return next((part for part in QUOTAS if part > number + CLOSE), next_whole(math.floor(number + CLOSE), 1))
    if number > 1:
        return next_whole(math.ceil(number), -1, 1)
    return next((part for part in reversed(QUOTAS) if part < number - CLOSE), number)


def next_nice(number: float, direction: int) -> float:
    """The nearest larger or smaller one of 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 12 ...; 0 stays 0."""
    if number <= 0.0:
        return 0.0
    power = math.floor(math.log10(number))
    steps = [mantissa * 10.0**exponent for exponent in range(power - 1, power + 2) for mantissa in NICE]
    if direction > 0:
        found = min(step for step in steps if step > number * (1.0 + CLOSE))
    else:
        found = max(step for step in steps if step < number * (1.0 - CLOSE))
    return float(f"{found:.6g}")


def next_share(share: float, direction: int) -> float:
    """The next of the shares that are offered."""
    if direction > 0:
        return min((step for step in SHARES if step > share + CLOSE), default=SHARES[-1])
    return max((step for step in SHARES if step < share - CLOSE), default=SHARES[0])


# Values of a scenario as somebody would type them after ``--set``: scaled distributions, durations, keys of items.

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
