"""A pane with curves: the title and the present figures in its border, the scale in a column of its own, and the curve.

What to watch: labels never lie on a curve, and no figure stands where it could belong to another one. What stands still
between two columns is drawn once.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from math import floor, isfinite, log10

import numpy as np

from simulator.stage.cache import still
from simulator.stage.canvas.box import Box, put_box
from simulator.stage.canvas.braille import ACROSS, Floats, Series, put_series
from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import Piece, Words, piece
from simulator.stage.panes.time_window import TimeWindow, time_window
from simulator.stage.snapshot import Snapshot

LEAST_CURVE = 12
"""Cells: where the curve would be narrower, there is no scale beside it."""
WIDE = 30
"""Narrower panes do not say which part of the run they show."""
STEPS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
"""Where scales end."""
DIFFERS = 10.0
"""Times that the longest is the shortest: from there on both are seen on a logarithmic scale only."""


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to shares of the height."""

    low: float
    high: float
    logarithmic: bool = False

    def shares(self, values: Floats) -> Floats:
        """0 at the lower end, 1 at the upper one; nan stays nan."""
        if not self.logarithmic:
            return np.asarray((values - self.low) / (self.high - self.low))
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.log10(values / self.low) / log10(self.high / self.low))


def scale_to(most: float, least: float = 1.0) -> Scale:
    """From nothing to a round figure that is not below the highest value."""
    return Scale(0.0, rounded_up(max(most, least)))


def scale_of_times(low: float, high: float) -> Scale:
    """Of the shortest and the longest time of all; logarithmic where they differ much."""
    if not (isfinite(low) and isfinite(high)) or high <= 0.0:
        return Scale(0.0, 1.0)
    low = max(low, high * 1e-6)
    if high / low > DIFFERS:
        return Scale(rounded_down(low), rounded_up(high), logarithmic=True)
    return Scale(0.0, rounded_up(high))


def rounded_up(value: float) -> float:
    """The smallest round figure that is not below; no more than a third of a scale is empty."""
    power = 10.0 ** floor(log10(value))
    return next(step * power for step in (*STEPS, 20.0) if step * power >= value * 0.999999)


def rounded_down(value: float) -> float:
    """The largest round figure that is not above."""
    power = 10.0 ** floor(log10(value))
    return next(step * power for step in reversed((1.0, *STEPS)) if step * power <= value * 1.000001)


Curves = Callable[[TimeWindow], Sequence[Series]]
"""What a window shows; shares of the height, the first one behind the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePlot:
    """What a pane says; all that it depends on besides the run, the window and the sheet."""

    title: tuple[Piece, ...]
    right: tuple[Piece, ...]
    low: str
    high: str
    """The ends of the scale, in words."""
    depends_on: Hashable = ()
    """What else the curves are made from: the scale, other runs."""


def put_plot(sheet: Sheet, snapshot: Snapshot, plot: CurvePlot, curves: Curves) -> None:
    """Draw a pane over the whole sheet."""
    if not (sheet.width and sheet.height):
        return
    columns = _curve(sheet, plot).width * ACROSS
    window = time_window(snapshot.t_s, snapshot.scene.end_s, columns)
    still(sheet, snapshot.playback, (plot, window), lambda part: _draw(part, plot, window, curves))


def _curve(sheet: Sheet, plot: CurvePlot) -> Area:
    """Where the curve lies: within the frame, beside the scale."""
    inside = Area(1, 2, max(sheet.height - 2, 0), max(sheet.width - 4, 0))
    labels = max(cell_width(plot.low), cell_width(plot.high)) + 1
    if inside.width - labels < LEAST_CURVE:
        return inside
    return Area(1, inside.col + labels, inside.height, inside.width - labels)


def _draw(sheet: Sheet, plot: CurvePlot, window: TimeWindow, curves: Curves) -> None:
    words = (piece((window.words, Style.FAINT), rank=2),) if sheet.width >= WIDE else ()
    put_box(sheet, Area(0, 0, sheet.height, sheet.width), Box(title=plot.title, right=plot.right, bottom_right=words))
    area = _curve(sheet, plot)
    put_series(sheet, area, curves(window) if area.height and area.width else ())
    if area.col > 2 and area.height:
        if area.height > 1:
            sheet.put_right(area.row + area.height - 1, area.col - 1, sheet.look.spelled(plot.low), Style.FAINT)
        sheet.put_right(area.row, area.col - 1, sheet.look.spelled(plot.high), Style.FAINT)


def titled(words: str) -> tuple[Piece, ...]:
    """What a pane is about."""
    return (piece((words, Style.HEADING)),)


def figure(words: str, number: str, style: Style, rank: int = 0) -> Piece:
    """A word and the figure that belongs to it, in the style of its curve."""
    parts: list[Words] = [(f"{words} ", Style.DIM)] if words else []
    return piece(*parts, (number, style), rank=rank)
