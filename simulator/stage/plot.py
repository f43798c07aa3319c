"""What all charts share: a piece of the grid with a heading, and a mark and a colour for each run."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.stage.canvas.cells import Characters
from simulator.stage.canvas.grid import CellGrid
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.style import Style
from simulator.stage.chart_data import Figures, Floats
from simulator.stage.writing import clipped, put_right

RUN_STYLES = (Style.SPARK_A, Style.SPARK_B, Style.SPARK_C, Style.SPARK_D)
LETTERS = "ABCD"


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Plot:
    """A chart that is being drawn."""

    grid: CellGrid
    """Its own piece; the first line is for the heading."""
    runs: Sequence[Figures]
    look: Look
    logarithmic: bool
    t_s: float | None

    @property
    def width(self) -> int:
        """In cells."""
        return self.grid.width

    @property
    def height(self) -> int:
        """In cells."""
        return self.grid.height

    def style(self, run: int) -> Style:
        """The colour of a run."""
        return RUN_STYLES[run % len(RUN_STYLES)]

    def mark(self, run: int) -> str:
        """What stands for a run where several share a chart."""
        glyphs = self.look.glyphs
        return (glyphs.dot, glyphs.ring, glyphs.playhead, glyphs.times)[run % len(RUN_STYLES)]

    def put_heading(self, title: str, remark: str = "") -> None:
        """The first line: the title, and what has to be known to read the chart."""
        after = self.grid.put(0, 0, clipped(title, self.width, self.look), Style.HEADING)
        if after + len(remark) + 2 <= self.width:
            put_right(self.grid, 0, self.width, remark, Style.DIM)

    def put_nothing(self, row: int) -> None:
        """Said where there is nothing to draw."""
        self.grid.put(row, 0, clipped("no request was completed", self.width, self.look), Style.DIM)

    def put_playhead(self, row: int, col: int, height: int) -> None:
        """The column of the moment that is shown elsewhere; cells that hold something keep their style."""
        area = np.s_[max(row, 0) : row + height, col : col + 1]
        if 0 <= col < self.width:
            blank = self.grid.characters[area] == " "
            self.grid.styles[area][blank] = Style.CURSOR


def bar_cells(shares: Floats, height: int, look: Look) -> Characters:
    """Columns of blocks: ``shares`` of the full height, from 0 to 1, as a block of ``height`` rows.

    What is above 0 is seen, however small.
    """
    levels = len(look.glyphs.sparks)
    eighths = np.rint(np.clip(shares, 0.0, 1.0) * height * levels).astype(np.int64)
    eighths = np.where(shares > 0.0, np.maximum(eighths, 1), 0)
    rows = np.arange(height - 1, -1, -1)[:, None]
    filled = np.clip(eighths[None, :] - rows * levels, 0, levels)
    ramp = np.array([" ", *look.glyphs.sparks], dtype="<U1")
    ramp[levels] = look.glyphs.full
    cells: Characters = ramp[filled]
    return cells


def heights(total: int, count: int) -> list[int]:
    """Lines for each of ``count`` equal parts; the first ones take what is left over."""
    return [total // count + (1 if index < total % count else 0) for index in range(count)] if count else []
