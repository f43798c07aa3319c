"""What a terminal has to be told for a grid: as few pieces as look the same.

What to watch: painting costs by the piece, not by the cell. Looks that a theme paints alike are one; and of a blank
only the ground is seen, so it joins what stands before it where that has the same.
"""

import numpy as np
from numpy.typing import NDArray

from simulator.stage.canvas.cells import BLANK, Characters
from simulator.stage.canvas.grid import GROUND, CellGrid, parts_of
from simulator.stage.canvas.palette import Paint, Theme
from simulator.stage.canvas.style import Ground

Looks = NDArray[np.uint16]
"""Numbers of a style and a ground, as ``CellGrid.pieces`` has them."""

UNKNOWN = np.iinfo(np.uint16).max


class Painting:
    """How one theme paints grids; looks are learned when they are first met."""

    def __init__(self, theme: Theme) -> None:
        """None is known yet."""
        self._theme = theme
        looks = GROUND * len(Ground)
        self._alike: Looks = np.full(looks, UNKNOWN, np.uint16)
        """By look: the first one that is painted like it."""
        self._behind: NDArray[np.uint8] = np.zeros(looks, np.uint8)
        """By look: the number of what is seen of a blank."""
        self._paints: dict[Paint, int] = {}
        self._grounds: dict[tuple[str | None, bool], int] = {}

    def looks(self, grid: CellGrid) -> Looks:
        """[rows, columns] numbers by which as few pieces as possible look like the grid."""
        wanted = grid.looks()
        alike = self._alike[wanted]
        if (unknown := alike == UNKNOWN).any():
            for look in sorted(set(wanted[unknown].tolist())):
                self._learn(look)
            alike = self._alike[wanted]
        return joined(alike, self._behind[alike], grid.characters)

    def _learn(self, look: int) -> None:
        paint = self._theme.paint(*parts_of(look))
        self._alike[look] = self._paints.setdefault(paint, look)
        seen = (paint.fg or self._theme.fg if paint.inverse else paint.bg or self._theme.bg, paint.inverse)
        self._behind[look] = self._grounds.setdefault(seen, len(self._grounds))


def joined(looks: Looks, behind: NDArray[np.uint8], characters: Characters) -> Looks:
    """The looks of rows of cells, where blanks have that of what stands before them on the same ground."""
    joins = np.ascontiguousarray(characters).view(np.uint32)[:, 1:] == ord(BLANK)
    joins &= behind[:, 1:] == behind[:, :-1]
    source = np.tile(np.arange(looks.shape[1], dtype=np.intp), (looks.shape[0], 1))
    source[:, 1:][joins] = 0
    np.maximum.accumulate(source, axis=1, out=source)
    found: Looks = np.take_along_axis(looks, source, axis=1)
    return found


def changes(looks: Looks) -> int:
    """How often the look changes within rows of cells."""
    return int(np.count_nonzero(looks[:, 1:] != looks[:, :-1]))
