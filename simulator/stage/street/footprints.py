"""Footprints: on the tape of a worker a faint mark where a request began, and its name where there is room.

What to watch: only requests that take two columns or more leave one, so a tape of short requests stays a tape. A
footprint never covers computing; where that is a block, the name stands in it. The mark is hollow where nobody waited
for the answer any more when the work began. The request itself is at its desk: that is its one bright mark.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.stage.cache import kept
from simulator.stage.canvas.cells import BLANK, cell_width, cells_of
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Ground, Style
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.columns import NEWEST_PART, Columns
from simulator.stage.street.who import who
from simulator.trace.playback import LaneGroup, Playback
from simulator.words.kinds import kind_name

LEAST_SPAN = 2
"""Columns of a use that leaves a mark."""
BESIDE = 2
"""Cells of the mark and the blank behind it."""
AFTER = 1
"""Blanks that a name keeps from the next request."""
JOIN = " · "


def name_of(playback: Playback, request: int, *, always: bool = False) -> str:
    """``phone · photo``: the kinds of its client and of the request, each only where there are several.

    Where nothing varies, there is nothing to say; unless something has to be said.
    """
    return _names(playback, always)[int(_key(playback)[request])]


def _key(playback: Playback) -> NDArray[np.intp]:
    """[rows] index into the table of names."""
    load = playback.trace.workload
    return kept(
        playback, "who is named", lambda: load.client.astype(np.intp) * len(load.class_names) + load.request_class
    )


def _names(playback: Playback, always: bool) -> tuple[str, ...]:
    """By client and class."""
    load = playback.trace.workload

    def worked_out() -> tuple[str, ...]:
        several = len(load.client_names) > 1, len(load.class_names) > 1 or (always and len(load.client_names) == 1)
        pairs = ((client, name) for client in load.client_names for name in load.class_names)
        return tuple(
            JOIN.join(kind_name(word) for word, shown in zip(pair, several, strict=True) if shown) for pair in pairs
        )

    return kept(playback, ("names of kinds", always), worked_out)


@dataclass(frozen=True, slots=True)
class Rows:
    """The uppermost row of each lane, by its number in the group."""

    first: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Print:
    """One footprint."""

    row: int
    col: int
    stop: int
    """The column where the next request begins, or that is not there yet."""
    request: int
    began_s: float
    present: bool


def put_footprints(
    sheet: Sheet, snapshot: Snapshot, group: LaneGroup, where: Rows, columns: Columns, left: int
) -> None:
    """On lanes that have been drawn."""
    prints = list(_prints(snapshot, group, where, columns, left))
    if not prints:
        return
    requests = np.array([each.request for each in prints], np.int32)
    its, glyphs = who(snapshot.playback), sheet.look.glyphs
    characters, styles = its.past(requests, glyphs)
    gone = its.gone_s[requests] <= np.array([each.began_s for each in prints])
    characters = np.where(gone, cells_of(glyphs.who_gone)[its.kind[requests]], characters)
    styles = np.where(gone, np.uint8(Style.GONE), styles)
    grid = sheet.grid
    for each, character, style in zip(prints, characters.tolist(), styles.tolist(), strict=True):
        if grid.characters[each.row, each.col] == BLANK:
            grid.characters[each.row, each.col], grid.styles[each.row, each.col] = character, style
        name = name_of(snapshot.playback, each.request)
        if name and cell_width(name) + BESIDE + AFTER <= each.stop - each.col:
            _put_name(sheet, each, name)


def _prints(snapshot: Snapshot, group: LaneGroup, where: Rows, columns: Columns, left: int) -> Iterator[_Print]:
    """Of all long uses in sight; what began before the left edge stands at it, a cell further in."""
    span_s = max(columns.start_s, 0.0), max(columns.t_s, columns.column_s * NEWEST_PART)
    uses = snapshot.playback.uses(group.name, where.first, len(where.rows), span_s)
    first, last = columns.of(uses.start_s), columns.of(uses.end_s)
    long = np.flatnonzero((last - first >= LEAST_SPAN) & (uses.start_s <= columns.t_s))
    edge = max(-columns.first, 0)
    at = np.where(first < edge, edge + 1, first)
    stop = np.minimum(last, columns.count)
    for i in long[(at < stop)[long]].tolist():
        yield _Print(
            where.rows[int(uses.lane[i]) - where.first],
            int(at[i]) + left,
            int(stop[i]) + left,
            int(uses.request[i]),
            float(uses.start_s[i]),
            bool(uses.end_s[i] > columns.t_s),
        )


def _put_name(sheet: Sheet, each: _Print, name: str) -> None:
    """The whole name, or none: half a name says nothing. Behind the mark, or in a block of computing."""
    width, style = cell_width(name), Style.TAPE_NAME if each.present else Style.TAPE_NAME_PAST
    cells = sheet.grid.characters[each.row, each.col : each.stop]
    if (cells[1 : BESIDE + width] == BLANK).all():
        sheet.put(each.row, each.col + BESIDE, name, style)
    elif (block := _run(cells == sheet.look.glyphs.full, width + BESIDE)) >= 0:
        col = each.col + block + 1
        sheet.lay(Area(each.row, col, 1, width), Ground.COMPUTING)
        sheet.put(each.row, col, name, Style.ON_BRIGHT)
    elif (free := _run(cells[1:] == BLANK, width + BESIDE)) >= 0:
        sheet.put(each.row, each.col + free + BESIDE, name, style)


def _run(cells: NDArray[np.bool_], length: int) -> int:
    """Where a run of so many cells begins; -1: nowhere."""
    reach = np.cumsum(np.append(0, cells))
    found = np.flatnonzero(reach[length:] - reach[: len(reach) - length] == length)
    return int(found[0]) if len(found) else -1
