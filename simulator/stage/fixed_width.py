"""Figures of one width each, so that nothing beside them moves while they change."""

from math import isfinite

from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import Piece, piece
from simulator.words.numbers import (
    MISSING,
    percent,
    rate_figure,
    rounded,
    short_figure,
    three_digits,
    to_places,
)

DURATION_WIDTH = 7
"""`` 420 µs``, `` 640 ms``, ``  1.3 s``."""
COUNT_WIDTH = 5
RATE_WIDTH = 7
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


def count_behind(number: int, width: int = COUNT_WIDTH) -> str:
    """The same behind a word: a cell wider where it would touch the word."""
    return f" {fixed_count(number).strip()}".rjust(width)


def count_piece(words: str, number: int, style: Style, rank: int = 0) -> Piece:
    """A word and the count behind it, which has its style only where there is something to count."""
    return piece((words, Style.DIM), (count_behind(number), style if number else Style.DIM), rank=rank)


def short_count(number: float) -> str:
    """A mark on a scale, as short as can be: ``0.12``, ``12.3``, ``1250``, ``123k``."""
    return three_digits(number) if number < 99.5 else fixed_count(number).strip()


def fixed_rate(per_second: float) -> str:
    """A rate, flush right in 7 cells: ``  21.4/s``, `` 1250/s``, `` 123k/s``."""
    text = MISSING if not isfinite(per_second) else f"{rate_figure(per_second)}/s"
    return (text if len(text) <= RATE_WIDTH else f"{fixed_count(per_second).strip()}/s").rjust(RATE_WIDTH)


def fixed_percent(share: float) -> str:
    """A share between 0 and 1, flush right in 5 cells: `` 71 %``, ``>99 %``."""
    return percent(share).rjust(5)


def clock(seconds: float) -> str:
    """A moment, to the millisecond: ``12.480 s``."""
    return f"{to_places(seconds, 3)} s"
