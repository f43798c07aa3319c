"""Tapes: what every worker, thread or event loop did. A column is a slice of time, and the right edge is now.

What to watch: the ground of a column says what the worker was mostly held for, and an orange bar how much of it was
computing, so orange area is time on a core. A lane full of one ground says what its worker waited for.
"""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.stage.cache import kept
from simulator.stage.canvas.cells import BLANK, Characters, cells_of
from simulator.stage.canvas.grid import Styles
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Ground, Style
from simulator.stage.scene import LaneRef, LaneTarget, Target
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.columns import (
    WHOLE,
    Columns,
    Taken,
    columns_of,
    sees_deaths,
    taken,
    taken_before,
    taken_now,
)
from simulator.stage.street.doing import FILLING, GROUNDS, STYLES, WAITING, marks
from simulator.stage.street.footprints import Rows, put_footprints
from simulator.stage.street.places import LanePlace, Street, lane_at, lanes_drawn
from simulator.trace.playback import GroupKind, LaneGroup
from simulator.trace.playback.cache import BoundedCache

TAPES_KEPT = 8
"""Painted, for each run."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lanes of one group and one height that lie side by side in sight."""

    group: LaneGroup
    lanes: range
    places: tuple[LanePlace, ...]

    @property
    def height(self) -> int:
        """Rows of each lane."""
        return self.places[0].height


def stretches(snapshot: Snapshot, street: Street) -> list[Stretch]:
    """The lanes in sight, group by group."""
    found: list[Stretch] = []
    for place, group, lane in lane_at(street, lanes_drawn(snapshot)):
        if found and found[-1].group is group and found[-1].height == place.height:
            last = found.pop()
            found.append(Stretch(group, range(last.lanes.start, lane + 1), (*last.places, place)))
        else:
            found.append(Stretch(group, range(lane, lane + 1), (place,)))
    return found


def visible_lanes(street: Street) -> range:
    """The lanes that are drawn one by one, counted through all that have tapes."""
    return range(street.lanes[0].number, street.lanes[-1].number + 1) if street.lanes else range(0)


def put_tapes(sheet: Sheet, snapshot: Snapshot, street: Street) -> None:
    """The tapes of all lanes in sight."""
    if not street.lanes:
        return
    columns = columns_of(snapshot, street.columns)
    for stretch in stretches(snapshot, street):
        _put(sheet, street, stretch, _painted(snapshot, stretch, columns, sheet.look))
        if stretch.height > 1 and stretch.group.kind is GroupKind.SLOTS:
            rows = Rows(stretch.lanes.start, tuple(place.row for place in stretch.places))
            put_footprints(sheet, snapshot, stretch.group, rows, columns, street.tape_col)
    _offer(sheet, snapshot, street, columns)


def _painted(snapshot: Snapshot, stretch: Stretch, columns: Columns, look: Look) -> "Painted":
    """Until the next column begins, only the newest one is painted anew."""
    group, lanes, rows = stretch.group, stretch.lanes, stretch.height
    if sees_deaths(snapshot, columns):
        return painted(taken(snapshot, group, lanes, columns), rows, look)
    known: BoundedCache[Hashable, Painted] = kept(snapshot.playback, "tapes", lambda: BoundedCache(TAPES_KEPT))
    key = group.name, lanes, rows, columns.first, columns.count, columns.column_s, look.glyphs.name
    if key not in known:
        known[key] = painted(taken_before(snapshot, group, lanes, columns), rows, look)
    cells, newest = known[key], painted(taken_now(snapshot, group, lanes, columns), rows, look)
    cells.characters[:, :, -1:], cells.styles[:, :, -1:] = newest.characters, newest.styles
    cells.grounds[:, -1:] = newest.grounds
    return cells


@dataclass(frozen=True, slots=True, eq=False)
class Painted:
    """Cells of some lanes: [lanes, rows, columns]."""

    characters: Characters
    styles: Styles
    grounds: Styles
    """[lanes, columns], the same in all rows of a lane."""


def painted(what: Taken, rows: int, look: Look) -> Painted:
    """Lanes of so many rows."""
    most, glyphs = what.most, marks(look.glyphs)
    shape = len(most), rows, most.shape[1]
    characters: Characters = np.full(shape, BLANK, "<U1")
    styles: Styles = np.zeros(shape, np.uint8)
    characters[:, -1], styles[:, -1] = glyphs[most], STYLES[most]
    if rows > 1:
        fills = FILLING[most]
        characters[:, :-1][:] = np.where(fills, glyphs[most], BLANK)[:, None]
        styles[:, :-1][:] = np.where(fills, STYLES[most], Style.TEXT)[:, None]
        _put_waits(characters, styles, most, glyphs)
    _put_bars(characters, styles, heights(what.computing, rows, look), cells_of(look.glyphs.shares))
    grounds = GROUNDS[most]
    begun = min(what.begun, max(shape[2] - 1, 0))  # the newest column has always begun
    characters[:, :, :begun], styles[:, :, :begun], grounds[:, :begun] = BLANK, Style.TEXT, Ground.BACK
    return Painted(characters, styles, grounds)


def _put_waits(characters: Characters, styles: Styles, most: NDArray[np.uint8], glyphs: Characters) -> None:
    """A thin line through the middle of the lane."""
    waits = WAITING[most]
    if waits.any():
        middle = (characters.shape[1] - 1) // 2
        characters[:, -1][waits], styles[:, -1][waits] = BLANK, Style.TEXT
        characters[:, middle][waits] = glyphs[most[waits]]
        styles[:, middle][waits] = STYLES[most[waits]]


def heights(shares: NDArray[np.float64], rows: int, look: Look) -> NDArray[np.intp]:
    """How high the bars are, in steps of a cell's shares: at least one where there is anything at all."""
    whole = rows * len(look.glyphs.shares)
    steps = np.round(shares * whole).astype(np.intp)
    steps[(shares > 0.0) & (steps == 0)] = 1
    steps[shares >= WHOLE] = whole
    return steps


def _put_bars(characters: Characters, styles: Styles, steps: NDArray[np.intp], bars: Characters) -> None:
    """From below."""
    each, rows = len(bars), characters.shape[1]
    for up in range(rows):
        level = steps - up * each
        seen = level > 0
        if not seen.any():
            break
        characters[:, rows - 1 - up][seen] = bars[np.minimum(level[seen], each) - 1]
        styles[:, rows - 1 - up][seen] = Style.CPU


def _put(sheet: Sheet, street: Street, stretch: Stretch, cells: Painted) -> None:
    """Lanes without gaps are one block."""
    height, first = stretch.height, stretch.places[0].row
    if stretch.places[-1].row - first == (len(stretch.places) - 1) * height:
        block = len(stretch.places) * height, street.columns
        grounds = np.repeat(cells.grounds, height, axis=0)
        _put_block(sheet, street, first, cells.characters.reshape(block), cells.styles.reshape(block), grounds)
        return
    for place, characters, styles, grounds in zip(
        stretch.places, cells.characters, cells.styles, cells.grounds, strict=True
    ):
        _put_block(sheet, street, place.row, characters, styles, np.broadcast_to(grounds, styles.shape))


def _put_block(sheet: Sheet, street: Street, row: int, characters: Characters, styles: Styles, grounds: Styles) -> None:
    sheet.grid.put_cells(row, street.tape_col, characters, styles)
    under = sheet.grid.grounds[row : row + len(styles), street.tape_col : street.tape_end]
    grounds = grounds[: under.shape[0], : under.shape[1]]
    np.copyto(under, grounds, where=grounds != Ground.BACK)


def _offer(sheet: Sheet, snapshot: Snapshot, street: Street, columns: Columns) -> None:
    lanes = {
        row: LaneRef(group=group.name, lane=lane)
        for place, group, lane in lane_at(street, lanes_drawn(snapshot))
        for row in range(place.row, place.row + place.height)
    }
    first, last, view = min(lanes), max(lanes), snapshot.number

    def find(down: int, right: int) -> Target | None:
        ref = lanes.get(first + down)
        if ref is None:
            return None
        col = right + street.label_col
        inside = street.tape_col <= col < street.tape_end
        t_s = columns.middle(col - street.tape_col) if inside else None
        return LaneTarget(view=view, lane=ref, t_s=t_s)

    sheet.offer(Area(first, street.label_col, last - first + 1, street.width - street.label_col), find)
