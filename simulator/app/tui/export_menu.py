"""What can be saved, as a small menu on top of the stage."""

from dataclasses import dataclass, replace
from enum import Enum

from simulator.app.stage.grid import CellGrid
from simulator.app.stage.look import Look
from simulator.app.stage.style import Style


class Kind(Enum):
    """A kind of file; the value says what it is."""

    TEXT = "this picture as text"
    SVG = "this picture as SVG"
    PNG = "this picture as PNG"
    GIF = "the next 5 seconds as a GIF"
    CAST = "the next 5 seconds for asciinema"
    JSON = "the results as JSON"
    CSV = "the run as CSV tables"
    PARQUET = "the run as Parquet, to show it again"


KINDS = tuple(Kind)
TITLE = " save "
HINT = " enter saves, esc does not "


@dataclass(frozen=True, slots=True)
class ExportMenu:
    """One of the kinds is selected."""

    selected: int = 0

    @property
    def kind(self) -> Kind:
        """The selected one."""
        return KINDS[self.selected]

    def moved(self, lines: int) -> "ExportMenu":
        """Another one is selected."""
        return replace(self, selected=(self.selected + lines) % len(KINDS))

    def draw(self, grid: CellGrid, look: Look) -> None:
        """Put the menu in the middle of the picture; where that is low, around the selected line."""
        width = min(max(len(kind.value) for kind in KINDS) + 4, grid.width)
        rows = max(min(len(KINDS), grid.height - 2), 1)
        first = min(max(self.selected - rows // 2, 0), len(KINDS) - rows)
        top, left = max((grid.height - rows - 2) // 2, 0), (grid.width - width) // 2
        box = CellGrid(width, rows + 2)
        _frame(box, look)
        for row, kind in enumerate(KINDS[first : first + rows], 1):
            style = Style.SELECTED if kind is self.kind else Style.TEXT
            box.fill(row, 1, 1, width - 2, style=style)
            box.put(row, 2, kind.value[: width - 3], style)
        grid.blit(box, top, left)


def _frame(box: CellGrid, look: Look) -> None:
    glyphs, right, bottom = look.glyphs, box.width - 1, box.height - 1
    for row in (0, bottom):
        box.fill(row, 0, 1, box.width, glyphs.horizontal, style=Style.RULE)
    for col in (0, right):
        box.fill(0, col, box.height, 1, glyphs.vertical, style=Style.RULE)
    places = ((0, 0), (0, right), (bottom, 0), (bottom, right))
    for (row, col), corner in zip(places, glyphs.corners, strict=True):
        box.put(row, col, corner, Style.RULE)
    box.put(0, 2, TITLE, Style.HEADING)
    box.put(bottom, 2, HINT, Style.DIM)
