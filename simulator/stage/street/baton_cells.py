"""The cells of tapes under a GIL: a quiet line for waiting, solid blocks for holds, and lines where it changes hands.

What to watch: all lanes of a process are worked on at once, however many there are and whatever lies between them. A
tape's own bars go wherever holds are known exactly; what else a lane does stays as its tape has it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.stage.canvas.cells import BLANK, Characters, cells_of
from simulator.stage.canvas.grid import Styles
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.style import Ground, Style
from simulator.stage.street.baton_columns import Owners
from simulator.stage.street.doing import DOING, mark
from simulator.stage.street.places import Street
from simulator.trace.playback import Activity

SOLID = 0.5
"""A column is a block from this share of holding on; below it, a bar of that height."""
LONGEST, END = 12, 3
"""Rows of a line from lane to lane, and of its ends where it would be longer: many lanes are not to be hidden by it."""
HELD_FOR = (Activity.UPLOAD, Activity.IO, Activity.DOWNLOAD, Activity.CLOSING)
"""Each on a ground of its own."""
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class BatonCells:
    """A part of a sheet: all rows from the first thread in sight to the last one, under construction."""

    sheet: Sheet
    top: int
    left: int
    rows: Rows
    """[lanes, rows of a lane] counted from the top."""
    characters: Characters
    styles: Styles
    grounds: Styles
    below: int
    """The ground of the street."""
    changed: NDArray[np.bool_]
    solid: NDArray[np.bool_]

    @classmethod
    def of(cls, sheet: Sheet, street: Street, lanes: list[range]) -> "BatonCells":
        """Copies of what is there now."""
        top, bottom = lanes[0].start, lanes[-1].stop
        grid, inside = sheet.grid, np.s_[top:bottom, street.tape_col : street.tape_end]
        shape = bottom - top, street.columns
        return cls(
            sheet=sheet,
            top=top,
            left=street.tape_col,
            rows=np.array([list(lane) for lane in lanes]) - top,
            characters=grid.characters[inside].copy(),
            styles=grid.styles[inside].copy(),
            grounds=grid.grounds[inside].copy(),
            below=int(grid.grounds[top, street.label_col]),
            changed=np.zeros(shape, np.bool_),
            solid=np.zeros(shape, np.bool_),
        )

    def quieten(self, found: Owners, mine: Rows) -> None:
        """Where a tape has a bar, it shows what the lane did otherwise: waited for its turn, or was held for others.

        ``mine`` are the lanes of the process, by their place in ``rows``.
        """
        rows = self.rows[mine]
        bars = (self.styles[rows] == Style.CPU).any(axis=1) & ~found.crowded
        lane, column = np.nonzero(bars)
        glyphs, height = self.sheet.look.glyphs, rows.shape[1]
        marks, styles = np.full(len(Ground), BLANK, "<U1"), np.full(len(Ground), Style.TEXT, np.uint8)
        for activity in HELD_FOR:
            marks[DOING[activity].ground], styles[DOING[activity].ground] = (
                mark(activity, glyphs),
                DOING[activity].style,
            )
        ground = self.grounds[rows[lane, 0], column]
        held = marks[ground] != BLANK
        for part in range(height):
            row = rows[lane, part]
            waits = mark(Activity.GIL, glyphs) if part == (height - 1) // 2 else BLANK
            holds = marks[ground] if part == height - 1 else np.full(len(row), BLANK, "<U1")
            self.characters[row, column] = np.where(held, holds, waits)
            self.styles[row, column] = np.where(held, styles[ground], np.uint8(Style.LOCK_WAIT))
            self.changed[row, column] = True

    def fill(self, found: Owners, position: Rows) -> None:
        """Each column in the lane that has it; ``position`` says which of the rows each lane has, -1: none."""
        mine = np.where((found.owner >= 0) & ~found.crowded, position[found.lane], -1)
        column = np.flatnonzero(mine >= 0)
        share, other = found.share[column], found.other[column]
        glyphs, height, solid = self.sheet.look.glyphs, self.rows.shape[1], share >= SOLID
        bars = cells_of(glyphs.shares)
        bar = bars[np.maximum(np.ceil(share * len(bars)).astype(np.intp) - 1, 0)]
        for part in range(height):
            row = self.rows[mine[column], part]
            self.characters[row, column] = np.where(solid, glyphs.full, bar if part == height - 1 else BLANK)
            self.styles[row, column] = np.where(other & solid, np.uint8(Style.CPU_NEXT), np.uint8(Style.CPU))
            self.grounds[row, column] = np.where(solid, np.uint8(self.below), self.grounds[row, column])
            self.changed[row, column] = True
            self.solid[row, column] = solid

    def link(self, column: int, first: int, stop: int) -> None:
        """A line in some rows of the sheet, but over no block; of a long one only both ends."""
        for top, bottom in ((first, stop),) if stop - first <= LONGEST else ((first, first + END), (stop - END, stop)):
            rows = np.s_[max(top - self.top, 0) : max(bottom - self.top, 0), column]
            free = ~self.solid[rows]
            self.characters[rows][free] = self.sheet.look.glyphs.handed_over
            self.styles[rows][free] = Style.BATON
            self.changed[rows] |= free

    def write(self) -> None:
        """Put what has changed on the sheet."""
        self.sheet.grid.put_where(self.top, self.left, self.characters, self.styles, self.changed)
        height, width = self.changed.shape
        target = self.sheet.grid.grounds[self.top : self.top + height, self.left : self.left + width]
        np.copyto(target, self.grounds, where=self.changed)
