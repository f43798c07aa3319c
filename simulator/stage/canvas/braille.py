"""Small, fine curves: two by four dots in a cell, as areas that fill from below and as lines, several in one plot.

What to watch: dots are bits, so curves that meet in a cell share it: its dots are those of both, its colour that of the
curve in front. Only an area in front hides what lies behind it, or its own edge could not be seen. Without Braille a
cell of an area says how full it is, and a cell of a line how high the line lies in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.stage.canvas.cells import BLANK, Characters, cells_of
from simulator.stage.canvas.glyphs import UNICODE
from simulator.stage.canvas.grid import Styles
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Style

Floats = NDArray[np.float64]
Dots = NDArray[np.bool_]

ACROSS, DOWN = 2, 4
"""Dots of a cell."""
NO_DOTS = 0x2800
"""The pattern of Braille without any dot; each dot is a bit more."""
_BITS = np.array(((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80)), np.uint8)
LINE_IN_ASCII = "_.-'"
"""A line by its height in the cell, the lowest first."""


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One curve: two values for each cell, from 0 (the lowest dot) to 1 (the highest); nan for none."""

    shares: Floats
    styles: tuple[Style, ...]
    """By height, from the lowest rows to the highest ones; one style is that of all rows."""
    filled: bool = False
    """Whether it is an area; otherwise a line."""
    letter: str = ""
    """Written where it ends, for whoever cannot tell it by its colour."""


def area_dots(shares: Floats, height: int) -> Dots:
    """[dots down, dots across] of columns that are filled from below; a value of nothing is one dot."""
    top, rows = _levels(shares, height), np.arange(height * DOWN - 1, -1, -1)[:, None]
    dots: Dots = rows <= top
    return dots


def line_dots(shares: Floats, height: int) -> Dots:
    """[dots down, dots across] of a line; where it rises or falls, the column of the later value joins the two."""
    top, rows = _levels(shares, height), np.arange(height * DOWN - 1, -1, -1)[:, None]
    before = np.concatenate((top[:1], top[:-1]))
    before = np.where((before < 0) | (top < 0), top, before)
    low = np.where(before < top, before + 1, top)
    high = np.where(before > top, before - 1, top)
    dots: Dots = (rows >= low) & (rows <= high) & (top >= 0)
    return dots


def _levels(shares: Floats, height: int) -> NDArray[np.intp]:
    """Each value as the number of a dot from below; -1 for none."""
    known = np.isfinite(shares)
    held = np.clip(np.where(known, shares, 0.0), 0.0, 1.0)
    return np.where(known, np.rint(held * max(height * DOWN - 1, 0)), -1.0).astype(np.intp)


def put_series(sheet: Sheet, area: Area, series: Sequence[Series]) -> None:
    """Draw curves into an area, the last one in front; what has no dots is blank."""
    height, width = area.height, area.width
    if height <= 0 or width <= 0:
        return
    characters = np.full((height, width), BLANK, "<U1")
    styles = np.zeros((height, width), np.uint8)
    merged = np.zeros((height, width), np.uint8)
    for each in series:
        shares = np.full(width * ACROSS, np.nan)
        shares[: len(each.shares)] = each.shares[: len(shares)]
        dots = (area_dots if each.filled else line_dots)(shares, height)
        cells = _cells(dots)
        shown = cells > 0
        merged = np.where(shown & each.filled, cells, merged | cells)
        own = _characters(merged, dots, sheet.look, filled=each.filled)
        characters = np.where(shown, own, characters)
        styles = np.where(shown, _by_row(each.styles, height)[:, None], styles)
    sheet.grid.put_cells(area.row, area.col, characters, _spread(styles, merged > 0))
    _put_letters(sheet, area, series)


def _put_letters(sheet: Sheet, area: Area, series: Sequence[Series]) -> None:
    """Behind the last dot of each curve, those in front first; at the right edge on it, and beside one another."""
    taken: set[tuple[int, int]] = set()
    for each in reversed(series):
        known = np.flatnonzero(np.isfinite(each.shares[: area.width * ACROSS]))
        if not each.letter or not len(known):
            continue
        last = int(known[-1])
        row = area.height - 1 - int(_levels(each.shares[last : last + 1], area.height)[0]) // DOWN
        end = min(last // ACROSS + 1, area.width - 1)
        free = (col for col in (end, end + 1, end - 1) if 0 <= col < area.width and (row, col) not in taken)
        col = next(free, end)
        taken.add((row, col))
        sheet.put(area.row + row, area.col + col, each.letter, each.styles[-1])


def _cells(dots: Dots) -> NDArray[np.uint8]:
    """[rows, columns] the dots of each cell, as bits."""
    height, width = dots.shape[0] // DOWN, dots.shape[1] // ACROSS
    blocks = dots.reshape(height, DOWN, width, ACROSS)
    bits: NDArray[np.uint8] = (blocks * _BITS[None, :, None, :]).sum(axis=(1, 3), dtype=np.uint8)
    return bits


def _characters(merged: NDArray[np.uint8], dots: Dots, look: Look, *, filled: bool) -> Characters:
    if look.glyphs is UNICODE:
        return np.asarray(_BRAILLE[merged])
    height, width = merged.shape
    blocks = dots.reshape(height, DOWN, width, ACROSS)
    if filled:
        return np.asarray(cells_of(BLANK + look.glyphs.sparks)[blocks.sum(axis=(1, 3))])
    highest = DOWN - 1 - blocks.any(axis=3).argmax(axis=1)
    return np.asarray(cells_of(LINE_IN_ASCII)[highest])


def _by_row(styles: tuple[Style, ...], height: int) -> Styles:
    """The style of each row, from the top."""
    from_below = np.arange(height - 1, -1, -1) * len(styles) // height
    return np.array(styles, np.uint8)[from_below]


def _spread(styles: Styles, shown: Dots) -> Styles:
    """Blanks have the style of what stands before them: nobody sees it, and pieces of one style cost least."""
    width = styles.shape[1]
    last = np.maximum.accumulate(np.where(shown, np.arange(width), 0), axis=1)
    return np.take_along_axis(styles, last, axis=1)


_BRAILLE: Characters = np.array([chr(NO_DOTS + bits) if bits else BLANK for bits in range(256)], "<U1")
