"""A sheet: a grid under construction, and what lies under each of its cells for a pointer.

Every part of a frame is drawn on a sheet of its own, which cuts what does not fit, and is then pasted where it belongs.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.glyphs import UNICODE
from simulator.stage.canvas.grid import CellGrid
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.style import Ground, Style


class Area(NamedTuple):
    """A rectangle of cells."""

    row: int
    col: int
    height: int
    width: int

    def covers(self, row: int, col: int) -> bool:
        """Whether a cell lies within."""
        return 0 <= row - self.row < self.height and 0 <= col - self.col < self.width


Find = Callable[[int, int], object]
"""From a row and a column within an area to what lies there; None for nothing."""


class Put(Protocol):
    """Writes text into a grid."""

    def __call__(self, row: int, col: int, text: str, style: int = Style.TEXT) -> int:
        """Return the column after it."""


def _spelling(grid: CellGrid, look: Look) -> Put:
    def put(row: int, col: int, text: str, style: int = Style.TEXT) -> int:
        return grid.put(row, col, look.spelled(text), style)

    return put


class Sheet:
    """A grid, the look to draw it in, and its targets."""

    def __init__(self, width: int, height: int, look: Look) -> None:
        """Blank."""
        self.grid = CellGrid(width, height)
        self.width, self.height = self.grid.width, self.grid.height
        self.put: Put = self.grid.put if look.glyphs is UNICODE else _spelling(self.grid, look)
        """Write text as this look can spell it, and return the column after it."""
        self.look = look
        self._found: list[tuple[Area, Find]] = []
        self._row = self._col = 0

    def part(self, row: int, col: int, width: int, height: int) -> "Sheet":
        """A blank sheet for a part of this one; it is to be pasted when it is ready."""
        part = Sheet(width, height, self.look)
        part._found = self._found
        part._row, part._col = self._row + row, self._col + col
        return part

    def put_right(self, row: int, end: int, text: str, style: int = Style.TEXT) -> int:
        """Write text so that it ends before column ``end``, and return the column where it starts."""
        start = end - cell_width(text)
        self.put(row, start, text, style)
        return start

    def lay(self, area: Area, ground: Ground) -> None:
        """Lay a ground under an area."""
        self.grid.lay(*area, ground)

    def offer(self, area: Area, find: Find) -> None:
        """Say what lies in an area; what was offered last lies on top."""
        placed = Area(area.row + self._row, area.col + self._col, area.height, area.width)
        self._found.append((placed, find))

    def target(self, row: int, col: int) -> object:
        """What lies under a cell of the whole frame; None for nothing."""
        for area, find in reversed(self._found):
            if area.covers(row, col):
                found = find(row - area.row, col - area.col)
                if found is not None:
                    return found
        return None

    def targets(self) -> Iterator[object]:
        """What was offered: what lies at the beginning of every row of every area."""
        for area, find in self._found:
            yield from (find(row, 0) for row in range(area.height))

    def paste(self, part: "Sheet") -> None:
        """Put a part on this sheet, where it belongs."""
        self.grid.blit(part.grid, part._row - self._row, part._col - self._col)


def equal_parts(total: int, count: int) -> list[int]:
    """Rows or columns for each of ``count`` parts; the first ones take what is left over."""
    return [total // count + (index < total % count) for index in range(count)]
