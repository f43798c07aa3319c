"""Footprints: on the tape of a worker a faint mark where a request began, and its name where there is room.

What to watch: only requests that take two columns or more leave one, so a tape of short requests stays a tape. A
footprint never covers computing, and is hollow where nobody waited for the answer any more when the work began. The
request itself is at its desk: that is its one bright mark.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.stage.cache import kept
from simulator.stage.canvas.cells import BLANK, cell_width, cells_of
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.columns import Columns
from simulator.stage.street.who import who
from simulator.trace.playback import LaneGroup, Playback
from simulator.words.language import translated

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
            JOIN.join(translated(word) for word, shown in zip(pair, several, strict=True) if shown) for pair in pairs
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
    prints = list(_prints(sheet, snapshot, group, where, columns, left))
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
        grid.characters[each.row, each.col], grid.styles[each.row, each.col] = character, style
        _put_name(sheet, snapshot, each)


def _prints(
    sheet: Sheet, snapshot: Snapshot, group: LaneGroup, where: Rows, columns: Columns, left: int
) -> Iterator[_Print]:
    """Where there is room for a mark; what began before the left edge stands at it, a cell further in."""
    span_s = max(columns.start_s, 0.0), max(columns.t_s, columns.column_s / 16)
    uses = snapshot.playback.uses(group.name, where.first, len(where.rows), span_s)
    first, last = columns.of(uses.start_s), columns.of(uses.end_s)
    long = np.flatnonzero((last - first >= LEAST_SPAN) & (uses.start_s <= columns.t_s))
    first, last = first[long], last[long]
    earlier = first < max(-columns.first, 0)
    at = np.where(earlier, max(-columns.first, 0) + 1, first)
    stop = np.minimum(last, columns.count)
    shown = np.flatnonzero((at < columns.count) & (at < stop))
    rows = np.array(where.rows)[uses.lane[long] - where.first]
    free = sheet.grid.characters[rows[shown], at[shown] + left] == BLANK
    for i in shown[free].tolist():
        present = bool(uses.end_s[long[i]] > columns.t_s)
        yield _Print(
            int(rows[i]),
            int(at[i]) + left,
            int(stop[i]) + left,
            int(uses.request[long[i]]),
            float(uses.start_s[long[i]]),
            present,
        )


def _put_name(sheet: Sheet, snapshot: Snapshot, each: _Print) -> None:
    """The whole name, or none: half a name says nothing."""
    name = name_of(snapshot.playback, each.request)
    col = each.col + BESIDE
    width = cell_width(name)
    if not name or col + width + AFTER > each.stop:
        return
    if (sheet.grid.characters[each.row, each.col + 1 : col + width] == BLANK).all():
        sheet.put(each.row, col, name, Style.TAPE_NAME if each.present else Style.TAPE_NAME_PAST)
