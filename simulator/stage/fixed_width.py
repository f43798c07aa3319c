"""Figures of one width each, so that nothing beside them moves while they change."""

from math import isfinite

from simulator.words.numbers import (
    MISSING,
    rounded,
    short_figure,
    three_digits,
    to_places,
)

DURATION_WIDTH = 7
"""`` 420 µs``, `` 640 ms``, ``  1.3 s``."""
COUNT_WIDTH = 5
LONG_S = 99_999


def fixed_duration(seconds: float) -> str:
    """A short duration, flush right in 7 cells, its zeros kept; in hours where it would be wider, a dash for nan."""
    if not isfinite(seconds):
        return MISSING.rjust(DURATION_WIDTH)
    figure, unit = short_figure(max(seconds, 0.0))
    text = f"{figure} {unit.name}" if figure < LONG_S else f"{fixed_count(seconds / 3600)} h"
    return text.rjust(DURATION_WIDTH)


def fixed_count(number: float, width: int = COUNT_WIDTH) -> str:
    """A whole number, flush right; ``123k`` and ``12M`` where it would be wider."""
    text = to_places(number, 0)
    for unit, worth in (("k", 1e3), ("M", 1e6), ("G", 1e9)):
        if len(text) > width:
            text = f"{rounded(number / worth, 0)}{unit}"
    return text.rjust(width)


def short_count(number: float) -> str:
    """A mark on a scale, as short as can be: ``0.12``, ``12.3``, ``1250``, ``123k``."""
    return three_digits(number) if number < 99.5 else fixed_count(number).strip()


def clock(seconds: float) -> str:
    """A moment, to the millisecond: ``12.480 s``."""
    return f"{to_places(seconds, 3)} s"
