"""A crowd: one glyph for each request, or one for several where there are too many to draw."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.stage.canvas.sheet import Area, Find, Sheet
from simulator.stage.canvas.style import Style
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


def _finder(requests: NDArray[np.int32], width: int, view: int) -> Find:
    """Finds the request under a cell of an area that is filled row by row."""

    def find(row: int, col: int) -> Target | None:
        place = row * width + col
        return RequestTarget(view=view, request=int(requests[place])) if place < len(requests) else None

    return find
