"""Crowds of requests in a row: one glyph for each, or one for several where there are too many to draw."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import Area, Find, Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import Piece, fitting, piece, put_pieces
from simulator.stage.fixed_width import COUNT_WIDTH, count_behind
from simulator.stage.scene import RequestTarget, Target

SCALES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000, 1_000_000)
NOBODY: NDArray[np.int32] = np.empty(0, np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """Requests that do the same."""

    style: Style
    requests: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.requests)


def scale_for(count: int, cells: int) -> int:
    """How many requests one glyph stands for."""
    return next((scale for scale in SCALES if count <= cells * scale), SCALES[-1])


def put_crowd(sheet: Sheet, area: Area, kinds: Sequence[Kind], view: int, scale: int | None = None) -> None:
    """Fill an area, row by row, with a glyph for so many requests; a kind that is there shows at least once."""
    room = area.height * area.width
    count = sum(map(len, kinds))
    if room <= 0:
        return
    if scale is None:
        scale = 1 if count <= room else scale_for(count, max(room - len(kinds), 1))
    parts = [kind.requests[::scale] for kind in kinds]
    requests = np.concatenate(parts) if parts else NOBODY
    numbers = [int(kind.style) for kind in kinds]
    styles = np.repeat(np.array(numbers, np.uint8), [len(part) for part in parts])
    for row in range(area.height):
        line = styles[row * area.width : (row + 1) * area.width]
        if len(line):
            sheet.grid.put_cells(area.row + row, area.col, sheet.look.characters(line), line)
    sheet.offer(area, _finder(requests, area.width, view))


def put_label(sheet: Sheet, text: str, left: int) -> int:
    """Write what a row is about; the column where the rest begins: ``left``, like lanes, if the text fits before it."""
    return max(sheet.put(0, 1, text, Style.DIM) + 1, left)


def put_crowd_row(
    sheet: Sheet, col: int, kinds: Sequence[Kind], pieces: Sequence[Piece], view: int, least: int
) -> None:
    """One row: the requests from column ``col`` on, at least so many cells, and what fits of some words at its end."""
    pieces = fitting(pieces, sheet.width - col - least)
    words = sum(each.width + 2 for each in pieces)
    width = max(sheet.width - col - words - 1, 1)
    put_crowd(sheet, Area(0, col, 1, width), kinds, view)
    put_pieces(sheet, 0, col + width + 2, pieces)


def kind_piece(kind: Kind, words: str, look: Look, *, width: int = COUNT_WIDTH, rank: int = 0) -> Piece:
    """The glyph of a kind, what it is, and how many there are."""
    glyph, count = (look.glyph(kind.style), kind.style), (count_behind(len(kind), width), Style.TEXT)
    return piece(glyph, (f" {words}", Style.DIM), count, rank=rank)


def _finder(requests: NDArray[np.int32], width: int, view: int) -> Find:
    """Finds the request under a cell of an area that is filled row by row."""

    def find(row: int, col: int) -> Target | None:
        place = row * width + col
        return RequestTarget(view=view, request=int(requests[place])) if place < len(requests) else None

    return find
