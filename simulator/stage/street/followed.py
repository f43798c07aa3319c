"""Marks that stand for one request each: what a click on one finds, and the one that is followed, which is lit.

It is lit wherever it is: in the queue, on the way, and at a desk.
"""

import numpy as np
from numpy.typing import NDArray

from simulator.stage.canvas.sheet import Find, Sheet
from simulator.stage.canvas.style import Ground, Style
from simulator.stage.scene import RequestTarget, Target
from simulator.stage.snapshot import Snapshot


def put_followed(
    sheet: Sheet, snapshot: Snapshot, requests: NDArray[np.int32], rows: NDArray[np.intp], cols: NDArray[np.intp]
) -> None:
    """Light the mark of the followed request, if it is among some that stand in these cells of the sheet."""
    if snapshot.view.selected_request is None:
        return
    for i in np.flatnonzero(requests == snapshot.view.selected_request).tolist():
        light(sheet, int(rows[i]), int(cols[i]))


def light(sheet: Sheet, row: int, col: int) -> None:
    """Light a mark."""
    sheet.grid.lay(row, col, 1, 1, Ground.LOCK)
    sheet.grid.restyle(row, col, 1, 1, Style.ON_BRIGHT)


def finder(requests: NDArray[np.int32], rows: NDArray[np.intp], cols: NDArray[np.intp], view: int) -> Find:
    """Finds the requests whose marks stand in these cells."""
    at = dict(zip(zip(rows.tolist(), cols.tolist(), strict=True), requests.tolist(), strict=True))

    def find(row: int, col: int) -> Target | None:
        request = at.get((row, col))
        return None if request is None else RequestTarget(view=view, request=request)

    return find
