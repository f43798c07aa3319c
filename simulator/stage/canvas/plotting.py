"""What charts and curves are made of: axes with round figures beside them, and bars that fill from below."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, floor, log10

import numpy as np
from numpy.typing import NDArray

from simulator.stage.canvas.cells import BLANK, Characters, cell_width, cells_of
from simulator.stage.canvas.grid import CellGrid
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.style import Style

Floats = NDArray[np.float64]

STEPS = (1.0, 2.0, 5.0)
TICK_WIDTH = 12
"""Cells that a tick with its figure wants, at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """From figures to the columns (or rows) 0 to ``cells`` - 1."""

    low: float
    high: float
    cells: int
    logarithmic: bool = False
    ticks: tuple[float, ...] = ()

    def share(self, value: float) -> float:
        """Where it lies between the ends, from 0 to 1; outside it is held at the nearer end."""
        low, high = self.low, self.high
        if self.logarithmic:
            value, low, high = (log10(max(each, 1e-12)) for each in (value, low, high))
        return min(max((value - low) / (high - low), 0.0), 1.0) if high > low else 0.0

    def column(self, value: float) -> int:
        """The cell that a figure falls into."""
        return min(floor(self.share(value) * self.cells), self.cells - 1)

    def span(self, start: float, end: float) -> tuple[int, int]:
        """The cells between two figures, at least one: the first, and the one after the last."""
        left = min(floor(self.share(start) * self.cells + 0.5), self.cells - 1)
        return left, max(floor(self.share(end) * self.cells + 0.5), left + 1)

    def edges(self) -> list[float]:
        """The figures at the ``cells`` + 1 edges of the cells."""
        if self.logarithmic:
            low, high = log10(self.low), log10(self.high)
            return [10 ** (low + (high - low) * i / self.cells) for i in range(self.cells + 1)]
        return [self.low + (self.high - self.low) * i / self.cells for i in range(self.cells + 1)]


def linear_axis(low: float, high: float, cells: int, tick_cells: int = TICK_WIDTH) -> Axis:
    """From ``low`` to ``high``, with ticks at round figures."""
    high = high if high > low else low + 1e-9
    step = round_up((high - low) * tick_cells / max(cells, 1))
    first = ceil(low / step - 1e-9)
    ticks = tuple(number * step for number in range(first, floor(high / step + 1e-9) + 1))
    return Axis(low=low, high=high, cells=cells, ticks=ticks)


def log_axis(low: float, high: float, cells: int, tick_cells: int = TICK_WIDTH) -> Axis:
    """From a round figure at or below ``low`` to one at or above ``high``; nothing below a nanosecond."""
    low = round_down(max(low, 1e-9))
    high = round_up(max(high, low * 1.0001))
    decades = log10(high / low)
    many = decades * 3 * tick_cells <= cells
    ticks = tuple(
        step * 10.0**power
        for power in range(floor(log10(low)) - 1, ceil(log10(high)) + 1)
        for step in (STEPS if many else STEPS[:1])
        if low * 0.999 <= step * 10.0**power <= high * 1.001
    )
    return Axis(low=low, high=high, cells=cells, logarithmic=True, ticks=ticks or (low,))


def round_up(value: float) -> float:
    """The smallest of 1, 2, 5, 10, 20 ... that is not below."""
    power = floor(log10(value))
    return next(step * 10.0**power for step in (*STEPS, 10.0) if step * 10.0**power >= value * 0.999999)


def round_down(value: float) -> float:
    """The largest of 1, 2, 5, 10, 20 ... that is not above."""
    power = floor(log10(value))
    return next(step * 10.0**power for step in (10.0, *reversed(STEPS)) if step * 10.0**power <= value * 1.000001)


def put_axis(grid: CellGrid, row: int, col: int, axis: Axis, words: Callable[[float], str], look: Look) -> None:
    """The figures of an axis in one line, each in words beginning at its tick; those that do not fit are left out."""
    free = col
    for tick in axis.ticks:
        at = col + min(round(axis.share(tick) * axis.cells), axis.cells - 1)
        text = f"{look.glyphs.vertical}{look.spelled(words(tick))}"
        if at >= free and at + cell_width(text) <= col + axis.cells + 1:
            grid.put(row, at, text, Style.DIM)
            free = at + cell_width(text) + 1


# Bars.


def bar_cells(shares: Floats, height: int, look: Look) -> Characters:
    """Columns of blocks: ``shares`` of the full height, from 0 to 1, as a block of ``height`` rows.

    What is above 0 is seen, however small.
    """
    blocks = cells_of(BLANK + look.glyphs.sparks)
    eighths = np.rint(np.clip(shares, 0.0, 1.0) * height * (len(blocks) - 1)).astype(np.intp)
    cells: Characters = blocks[_levels(np.where(shares > 0.0, np.maximum(eighths, 1), 0), height, len(blocks) - 1)]
    return cells


def _levels(eighths: NDArray[np.intp], height: int, most: int) -> NDArray[np.intp]:
    """How far each cell is filled where columns of so many eighths rise through ``height`` rows."""
    below = np.arange(height - 1, -1, -1)[:, None] * most
    levels: NDArray[np.intp] = np.clip(eighths - below, 0, most)
    return levels
