"""Durations, sizes and rates as people write them: a number and its unit, for example ``150 us`` or ``0.5 Mbit/s``.

A bare number is refused: whether 30 meant seconds or milliseconds is the mistake that costs an afternoon.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from simulator.words.language import later, tell, translated
from simulator.words.nearest import did_you_mean

_WRITTEN = re.compile(r"\s*([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\s*(.*?)\s*")

_UNIT_AT_THE_END = re.compile(r"(?:^|[_\s(\[])([^\s_()\[\]]+)[)\]]?\s*$")
LONG_ALIAS = 3
"""Shorter ones, as ``m``, may be anything where they end the name of a column."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Dimension:
    """What a quantity measures, and the units that it may be written in."""

    noun: str
    """With its article, for example ``a duration``."""
    example: str
    """How one is written, with the quotes of a scenario file."""
    units: Mapping[str, float]
    """Each unit's worth: seconds, bytes, or bytes per second."""
    aliases: Mapping[str, str]
    """Words that people try, and the unit that they mean."""
    limit: float
    """Anything above is taken for a slip of the pen."""


DURATION = Dimension(
    noun=later("a duration"),
    example=later('"60 s" or "2 ms"'),
    units={"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0},
    aliases={"sec": "s", "secs": "s", "second": "s", "seconds": "s", "msec": "ms", "m": "min", "hour": "h", "μs": "us"},
    limit=1e9,
)
SIZE = Dimension(
    noun=later("a size"),
    example=later('"30 KiB" or "500 B"'),
    units={"B": 1.0, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 2.0**10, "MiB": 2.0**20, "GiB": 2.0**30},
    aliases={
        "b": "B",
        "byte": "B",
        "bytes": "B",
        "K": "KiB",
        "k": "kB",
        "M": "MiB",
        "G": "GiB",
        "kb": "kB",
        "mb": "MB",
    },
    limit=1e15,
)
RATE = Dimension(
    noun=later("a data rate"),
    example=later('"10 Mbit/s" or "1 MiB/s"'),
    units={
        **{unit + "/s": worth / 8 for unit, worth in {"bit": 1.0, "kbit": 1e3, "Mbit": 1e6, "Gbit": 1e9}.items()},
        **{unit + "/s": worth for unit, worth in SIZE.units.items()},
    },
    aliases={"bps": "bit/s", "kbps": "kbit/s", "Mbps": "Mbit/s", "mbps": "Mbit/s", "Gbps": "Gbit/s", "gbps": "Gbit/s"},
    limit=1e15,
)


def parse(value: object, dimension: Dimension) -> float:
    """Seconds, bytes or bytes per second; ValueError says what was expected instead."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise ValueError(_refused(later("a number without its unit; expected {noun} such as {example}"), dimension))
    if not isinstance(value, str):
        raise ValueError(_refused(later("expected {noun} such as {example}"), dimension))
    found = _WRITTEN.fullmatch(value) if len(value) <= 100 else None
    if found is None:
        raise ValueError(_refused(later("expected {noun} such as {example}"), dimension))
    number, unit = float(found[1]), found[2]
    if unit not in dimension.units:
        if not unit:
            raise ValueError(_refused(later("the unit is missing; expected {noun} such as {example}"), dimension))
        message = later('unknown unit "{unit}"{near}; expected {noun} such as {example}')
        raise ValueError(_refused(message, dimension, unit=unit, near=_nearest_unit(unit, dimension)))
    amount = number * dimension.units[unit]
    if number < 0:
        raise ValueError(_refused(later("negative; expected {noun} such as {example}"), dimension))
    if not amount <= dimension.limit:
        raise ValueError(_refused(later("unreasonably large; expected {noun} such as {example}"), dimension))
    return amount


def _refused(message: str, dimension: Dimension, **fields: object) -> str:
    """The message, in the language of now, with what the dimension is called and how it is written."""
    return tell(message, noun=translated(dimension.noun), example=translated(dimension.example), **fields)


def _nearest_unit(unit: str, dimension: Dimension) -> str:
    if meant := dimension.aliases.get(unit):
        return tell(' (did you mean "{word}"?)', word=meant)
    return did_you_mean(unit, dimension.units)


def amount_of(number: float, unit: str, dimension: Dimension) -> float:
    """A number whose unit stands elsewhere, in seconds, bytes or bytes per second. Raises ValueError."""
    amount = plain_number(number, math.inf) * dimension.units[unit]
    if amount < 0:
        raise ValueError(tell("negative"))
    if amount > dimension.limit:
        raise ValueError(tell("unreasonably large"))
    return amount


def unit_in(name: str, dimension: Dimension) -> str | None:
    """The unit that the name of a column ends with: ``query_ms``, ``Response Time (ms)``, ``size [KiB]``."""
    found = _UNIT_AT_THE_END.search(name)
    word = found[1] if found else ""
    meant = word if len(word) < LONG_ALIAS else dimension.aliases.get(word, word)
    return meant if meant in dimension.units else None


def known_unit(unit: str, dimension: Dimension) -> str:
    """The unit itself. Raises ValueError for one that there is not."""
    if unit in dimension.units:
        return unit
    near, expected = _nearest_unit(unit, dimension), ", ".join(dimension.units)
    raise ValueError(
        tell('unknown unit "{unit}"{near}; expected one of {expected}', unit=unit, near=near, expected=expected)
    )


def plain_number(value: object, largest: float = 1e9) -> float:
    """A finite number that is given without a unit, at most ``largest`` in size."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(tell("expected a number without quotes or unit"))
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(tell("expected a finite number"))
    if abs(value) > largest:
        raise ValueError(tell("expected a number of at most {most}", most=f"{largest:g}"))
    return float(value)
