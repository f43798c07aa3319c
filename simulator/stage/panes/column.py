"""The column at the right of a wide screen: what happened, one request, and what the words mean."""

from collections.abc import Sequence
from functools import partial

from simulator.stage.cache import still
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.panes.below import Pane, calm, depends_on, put_panes
from simulator.stage.panes.log import put_log
from simulator.stage.panes.one_request import followed, put_one_request
from simulator.stage.panes.words import put_words
from simulator.stage.scene import RequestTarget
from simulator.stage.snapshot import Snapshot

LOG_SHARE, REQUEST_SHARE = 0.33, 0.39
"""Of the height of the column; the words get the rest."""
LEAST = 8
"""Rows of a pane: where there is less, the last one is left out."""


def put_column(sheet: Sheet, snapshots: Sequence[Snapshot]) -> None:
    """Draw all panes; a click on the one request opens its whole life."""
    seen = calm(snapshots)
    if not seen:
        return
    panes = column_panes(seen, sheet.width, sheet.height)
    first = seen[0]
    view = first.view
    key = ("column", view.selected_request, view.selected_lane, *depends_on(seen))
    still(sheet, first.playback, key, partial(put_panes, panes=panes))
    request = followed(first)
    if request is not None and len(panes) > 1:
        sheet.offer(panes[1].area, lambda _row, _col: RequestTarget(view=first.number, request=request))


def column_panes(snapshots: Sequence[Snapshot], width: int, height: int) -> list[Pane]:
    """The panes for so many cells, from top to bottom."""
    if not snapshots:
        return []
    draws = [
        partial(put_log, snapshots=snapshots),
        partial(put_one_request, snapshot=snapshots[0]),
        partial(put_words, snapshot=snapshots[0]),
    ][: max(min(height // LEAST, 3), 1)]
    heights = [round(height * LOG_SHARE), round(height * REQUEST_SHARE)][: len(draws) - 1]
    heights.append(height - sum(heights))
    rows = [sum(heights[:number]) for number in range(len(draws))]
    return [Pane(Area(row, 0, high, width), draw) for row, high, draw in zip(rows, heights, draws, strict=True)]
