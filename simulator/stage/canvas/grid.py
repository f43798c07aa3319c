"""A grid of cells: one character, one style and one ground each. Everything that is shown is drawn into one of these.

Nothing drawn can fall outside or push its neighbours aside: what reaches over an edge is cut, a character that is two
cells wide is drawn whole or not at all, and control characters and combining marks in somebody's data never reach the
grid. A wide character stands in its left cell; its right cell holds the empty string.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.typing import NDArray

from simulator.stage.canvas.cells import BLANK, CODE, CONTINUATION, Characters, cells_of, has_continuation
from simulator.stage.canvas.style import Ground, Style

Styles = npt.NDArray[np.uint8]
"""Numbers of ``Style``, one a cell."""
STYLES: tuple[Style, ...] = tuple(Style(code) if code in set(Style) else Style.TEXT for code in range(256))
"""By number, which is quicker than asking the enumeration."""
GROUND = 256
"""The number of a look is that of its style, and so many times that of its ground."""


def parts_of(look: int) -> tuple[Style, Ground]:
    """The style and the ground of a number from ``CellGrid.pieces``."""
    ground, style = divmod(look, GROUND)
    return STYLES[style], Ground(ground)


class Size(NamedTuple):
    """Of a grid, in cells."""

    width: int
    height: int


class CellGrid:
    """``height`` rows of ``width`` cells, filled with blanks of style TEXT. Rows and columns count from 0."""

    __slots__ = ("_has_wide", "characters", "grounds", "height", "styles", "width")

    def __init__(self, width: int, height: int) -> None:
        self.width = max(width, 0)
        self.height = max(height, 0)
        self.characters: Characters = np.full((self.height, self.width), BLANK, "<U1")
        self.styles: Styles = np.zeros((self.height, self.width), np.uint8)
        self.grounds: Styles = np.zeros((self.height, self.width), np.uint8)
        """Numbers of ``Ground``: what is written leaves them as they are."""
        self._has_wide = False  # most grids never meet a wide character, and need no care for halves

    def put(self, row: int, col: int, text: str, style: int = Style.TEXT) -> int:
        """Write text, cut at the edges, and return the column after it (as if nothing had been cut)."""
        cells = cells_of(text)
        end = col + len(cells)
        start, stop = max(col, 0), min(end, self.width)
        if 0 <= row < self.height and start < stop:
            if self._has_wide or (not text.isascii() and has_continuation(cells)):
                self._put_with_care(row, col, cells, start, stop)
            else:
                self.characters[row, start:stop] = cells[start - col : stop - col]
            self.styles[row, start:stop] = style
        return end

    def put_cells(self, row: int, col: int, characters: Characters, styles: Styles | int) -> None:
        """Write a row (shape n) or a block (shape rows x n) of cells.

        The characters are glyphs of one cell each, or cells of another grid; text from elsewhere goes through ``put``.
        """
        block = characters if characters.ndim > 1 else characters[None, :]
        self._put_block(row, col, block, styles, has_wide=self._has_wide or has_continuation(block))

    def _put_block(self, row: int, col: int, block: Characters, styles: Styles | int, *, has_wide: bool) -> None:
        """``has_wide``: whether there are wide characters here or there."""
        rows, cols = block.shape
        top, bottom = max(row, 0), min(row + rows, self.height)
        left, right = max(col, 0), min(col + cols, self.width)
        if top >= bottom or left >= right:
            return
        if self._has_wide:
            self._mend(top, bottom, left, right)
        inside = np.s_[top - row : bottom - row, left - col : right - col]
        target = self.characters[top:bottom, left:right]
        target[:] = block[inside]
        if has_wide:
            self._has_wide = True
            target[target[:, 0] == CONTINUATION, 0] = BLANK
            if right - col < cols:
                target[block[top - row : bottom - row, right - col] == CONTINUATION, -1] = BLANK
        if not isinstance(styles, int):
            # broadcasting costs as much as all the rest, and is hardly ever needed
            styles = (styles if styles.shape == block.shape else np.broadcast_to(styles, block.shape))[inside]
        self.styles[top:bottom, left:right] = styles

    def put_where(self, row: int, col: int, characters: Characters, styles: Styles, where: NDArray[np.bool_]) -> None:
        """Write some cells of a block that lies within the grid; the others stay as they are."""
        inside = np.s_[row : row + where.shape[0], col : col + where.shape[1]]
        target = self.characters[inside]
        if self._has_wide:
            right = target == CONTINUATION
            lost = right[:, 1:] & (where[:, 1:] != where[:, :-1])  # one half is overwritten, and the other would stay
            target[:, 1:][lost], target[:, :-1][lost] = BLANK, BLANK
            target[right[:, 0] & where[:, 0], 0] = BLANK
        np.copyto(target, characters, where=where)
        np.copyto(self.styles[inside], styles, where=where)

    def fill(
        self, row: int, col: int, height: int, width: int, character: str = BLANK, *, style: int = Style.TEXT
    ) -> None:
        """Fill a rectangle with one character of one cell."""
        if height > 0 and width > 0:
            self.put_cells(row, col, np.broadcast_to(cells_of(character)[:1], (height, width)), int(style))

    def restyle(self, row: int, col: int, height: int, width: int, style: int) -> None:
        """Give the cells of a rectangle another style; wide characters on its edge belong to their left half."""
        area = np.s_[max(row, 0) : max(row + height, 0), max(col, 0) : max(col + width, 0)]
        self.styles[area] = style
        if not self._has_wide:
            return
        rows, cols = np.nonzero(self.characters == CONTINUATION)
        self.styles[rows, cols] = self.styles[rows, cols - 1]

    def lay(self, row: int, col: int, height: int, width: int, ground: Ground) -> None:
        """Lay a ground under the cells of a rectangle."""
        self.grounds[max(row, 0) : max(row + height, 0), max(col, 0) : max(col + width, 0)] = ground

    def blit(self, grid: "CellGrid", row: int, col: int) -> None:
        """Put another grid on this one, its top left corner there; where it has no ground, this one's stays."""
        if grid.width and grid.height:
            has_wide = self._has_wide or grid._has_wide
            self._put_block(row, col, grid.characters, grid.styles, has_wide=has_wide)
            if grid.grounds.any():
                top, left = max(row, 0), max(col, 0)
                part = grid.grounds[top - row : self.height - row, left - col : self.width - col]
                below = self.grounds[top : top + part.shape[0], left : left + part.shape[1]]
                np.copyto(below, part, where=part != Ground.BACK)

    def text(self, row: int) -> str:
        """The characters of a row; shorter than the grid is wide where there are wide ones."""
        return _text(self.characters[row])

    def runs(self, row: int) -> list[tuple[str, Style]]:
        """A row as pieces of one style and ground each, from left to right."""
        texts, looks = self.pieces(row)
        return [(text, STYLES[look % GROUND]) for text, look in zip(texts, looks, strict=True)]

    def pieces(self, row: int, looks: npt.NDArray[np.uint16] | None = None) -> tuple[list[str], list[int]]:
        """Pieces of one style and ground each: texts, and apart from them style + ``GROUND`` * ground as one number.

        ``looks``: other such numbers for the cells of the row, by which it is to be cut.
        """
        if not self.width:
            return [], []
        codes = self.characters[row].tobytes().decode(CODE)
        styles = self.styles[row] + np.uint16(GROUND) * self.grounds[row] if looks is None else looks
        starts = [0, *((styles[1:] != styles[:-1]).nonzero()[0] + 1).tolist()]
        texts = [codes[start:stop] for start, stop in zip(starts, [*starts[1:], self.width], strict=True)]
        if self._has_wide:
            texts = [text.replace("\0", "") for text in texts]
        return texts, styles[starts].tolist()

    def looks(self) -> npt.NDArray[np.uint16]:
        """The number of the look of every cell."""
        return self.styles + np.uint16(GROUND) * self.grounds

    def changed_rows(self, old: "CellGrid | None") -> list[int]:
        """The rows that differ from an older grid; all of them if there is none of this size."""
        if old is None or old.characters.shape != self.characters.shape:
            return list(range(self.height))
        numbers, before = self.characters.view(np.uint32), old.characters.view(np.uint32)  # quicker than texts
        differs = (numbers != before).any(axis=1) | (self.styles != old.styles).any(axis=1)
        differs |= (self.grounds != old.grounds).any(axis=1)
        rows: list[int] = differs.nonzero()[0].tolist()
        return rows

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CellGrid):
            return NotImplemented
        return self.characters.shape == other.characters.shape and not self.changed_rows(other)

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        return "\n".join(self.text(row).rstrip() for row in range(self.height))

    def _put_with_care(self, row: int, col: int, cells: Characters, start: int, stop: int) -> None:
        """Put a piece of text where there are wide characters, or in it."""
        line = self.characters[row]
        if self._has_wide:
            self._mend(row, row + 1, start, stop)
        self._has_wide = True
        line[start:stop] = cells[start - col : stop - col]
        if line[start] == CONTINUATION:
            line[start] = BLANK
        if stop < col + len(cells) and cells[stop - col] == CONTINUATION:
            line[stop - 1] = BLANK

    def _mend(self, top: int, bottom: int, left: int, right: int) -> None:
        """Blank the halves of wide characters whose other half is about to be overwritten."""
        lines = self.characters[top:bottom]
        if left > 0:
            lines[lines[:, left] == CONTINUATION, left - 1] = BLANK
        if right < self.width:
            lines[lines[:, right] == CONTINUATION, right] = BLANK


def _text(cells: Characters) -> str:
    return cells.tobytes().decode(CODE).replace("\0", "")


def plain(grid: CellGrid) -> str:
    """A grid as plain text, line by line without blanks at their ends: what survives in a mail, a log or a test."""
    return f"{grid}\n"


Frame = tuple[float, CellGrid]
"""Of a moving picture: when it appears, in seconds on the clock of whoever watches, and what is seen then."""
