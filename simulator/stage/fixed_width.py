"""Figures of one width each, so that nothing beside them moves while they change."""

from math import isfinite

from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import Piece, piece
from simulator.words.phrases import duration

DURATION_WIDTH = 7
"""``0.42 ms``, `` 640 ms``, ``  1.3 s``."""
COUNT_WIDTH = 5
NOTHING = "-"
LONG_S = 99_999.0


def fixed_duration(seconds: float) -> str:
    """A duration, flush right in 7 cells; a dash for nan."""
    if not isfinite(seconds):
        text = NOTHING
    elif seconds < 0.000_0995:
        text = f"{max(seconds, 0.0) * 1e6:.0f} us"
    else:
        text = duration(seconds) if seconds < LONG_S else f"{seconds / 3600:.0f} h"
    return text.rjust(DURATION_WIDTH)


def fixed_count(number: int, width: int = COUNT_WIDTH) -> str:
    """A whole number, flush right; ``123k`` and ``12M`` where it would be wider."""
    text = str(number)
    for unit, size in (("k", 1000), ("M", 1_000_000), ("G", 1_000_000_000)):
        if len(text) > width:
            text = f"{number // size}{unit}"
    return text.rjust(width)


def count_behind(number: int, width: int = COUNT_WIDTH) -> str:
    """The same behind a word: a cell wider where it would touch the word."""
    return f" {fixed_count(number).strip()}".rjust(width)


def count_piece(words: str, number: int, style: Style, rank: int = 0) -> Piece:
    """A word and the count behind it, which has its style only where there is something to count."""
    return piece((words, Style.DIM), (count_behind(number), style if number else Style.DIM), rank=rank)


def fixed_rate(per_second: float) -> str:
    """A rate, flush right in 7 cells: ``  21.4/s``, ``1 250/s``."""
    digits = 1 if per_second < 999.95 else 0
    return f"{per_second:.{digits}f}/s".rjust(7)


def fixed_percent(share: float) -> str:
    """A share between 0 and 1, flush right in 5 cells: `` 71 %``."""
    return f"{share * 100:.0f} %".rjust(5)


def clock(seconds: float) -> str:
    """A moment, to the millisecond: `` 12.480 s``."""
    return f"{seconds:.3f} s"


def step(seconds: float) -> str:
    """A round number of seconds in its natural unit: ``50 ms``, ``0.5 s``."""
    return f"{seconds * 1e3:g} ms" if seconds < 0.2 else f"{seconds:g} s"


def nice_ceiling(value: float) -> float:
    """The smallest of 1, 2, 5, 10, 20, 50 ... (times any power of ten) that is not below; 1 for nothing."""
    if not isfinite(value) or value <= 0.0:
        return 1.0
    base = 10.0 ** (len(f"{value:.0f}") - 1) if value >= 1.0 else 1e-6
    while True:
        for factor in (1.0, 2.0, 5.0):
            if factor * base >= value * (1.0 - 1e-9):
                return factor * base
        base *= 10.0
