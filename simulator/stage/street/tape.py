"""Tapes: what every worker, thread or event loop did. A column is a slice of time, and the right edge is now.

What to watch: the ground of a column says what the worker was mostly held for, and an orange bar how much of it was
computing, so orange area is time on a core. A lane full of one ground says what its worker waited for.
"""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from simulator.stage.cache import kept
from simulator.stage.canvas.cells import Characters
from simulator.stage.canvas.grid import GROUND, Styles
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.painting import changes, joined
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Ground
from simulator.stage.scene import LaneRef, LaneTarget, Target
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.columns import (
    Columns,
    columns_of,
    sees_deaths,
    taken,
    taken_before,
    taken_now,
)
from simulator.stage.street.detail import most_on_tapes
from simulator.stage.street.footprints import Rows, put_footprints
from simulator.stage.street.places import LanePlace, Street, lane_at
from simulator.stage.street.tape_cells import ALL, DETAILS, Detail, Painted, painted
from simulator.trace.playback import GroupKind, LaneGroup
from simulator.trace.playback.cache import BoundedCache

TAPES_KEPT = 8
"""Painted, for each run."""
SAMPLE, SAMPLES = 32, 7
"""Columns that are looked at together, and how often, to see how many there will be."""


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
    for place, group, lane in lane_at(street, snapshot.inventory.lane_groups):
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
        _put(sheet, street, stretch, _painted(snapshot, street, stretch, columns, sheet.look))
        if stretch.height > 1 and stretch.group.kind is GroupKind.SLOTS:
            rows = Rows(stretch.lanes.start, tuple(place.row for place in stretch.places))
            put_footprints(sheet, snapshot, stretch.group, rows, columns, street.tape_col)
    _offer(sheet, snapshot, street, columns)


def _painted(snapshot: Snapshot, street: Street, stretch: Stretch, columns: Columns, look: Look) -> Painted:
    """Until the next column begins, only the newest one is painted anew."""
    group, lanes, rows = stretch.group, stretch.lanes, stretch.height
    detail = _detail(snapshot, street, stretch, columns, look)
    if sees_deaths(snapshot, columns):
        return painted(taken(snapshot, group, lanes, columns), rows, look, detail)
    known: BoundedCache[Hashable, Painted] = kept(snapshot.playback, "tapes", lambda: BoundedCache(TAPES_KEPT))
    key = group.name, lanes, rows, columns.first, columns.count, columns.column_s, look.glyphs.name
    if key not in known:
        known[key] = painted(taken_before(snapshot, group, lanes, columns), rows, look, detail)
    cells, newest = known[key], painted(taken_now(snapshot, group, lanes, columns), rows, look, detail)
    cells.characters[:, :, -1:], cells.styles[:, :, -1:] = newest.characters, newest.styles
    cells.grounds[:, -1:] = newest.grounds
    return cells


# Many lanes that change all the time are more than a terminal can paint. What is least missed goes first.
# What to watch: how much is shown depends on the run and the room, never on the moment: nothing comes and goes.


def _detail(snapshot: Snapshot, street: Street, stretch: Stretch, columns: Columns, look: Look) -> Detail:
    group, lanes, rows = stretch.group, stretch.lanes, stretch.height
    most = most_on_tapes(snapshot, street, len(lanes))
    if len(lanes) * rows * columns.count <= most:
        return ALL

    def chosen() -> Detail:
        count = min(SAMPLE, columns.count)
        samples = [
            taken_before(snapshot, group, lanes, Columns(first, count + 1, columns.column_s, columns.t_s))
            for first in _sampled(snapshot, count)
        ]
        for detail in DETAILS:
            pieces = max(_pieces(painted(each, rows, look, detail)) for each in samples) * columns.count / count
            if pieces <= most:
                return detail
        return DETAILS[-1]

    key = "detail of tapes", group.name, lanes, rows, columns.count, columns.column_s, most
    return kept(snapshot.playback, key, chosen)


def _sampled(snapshot: Snapshot, count: int) -> list[int]:
    """Columns at which to look: all through the run, or its beginning where that is all there is."""
    last = max(int(snapshot.playback.trace.workload.duration / snapshot.column_s) - count, 0)
    return sorted({last * i // (SAMPLES - 1) // count * count for i in range(SAMPLES)})


def _pieces(cells: Painted) -> int:
    """How many pieces of one look; without the newest column, which is not known."""
    lanes, rows, columns = cells.styles.shape
    grounds = np.repeat(cells.grounds, rows, axis=0)[:, :-1]
    looks = cells.styles.reshape(-1, columns)[:, :-1] + np.uint16(GROUND) * grounds
    return changes(joined(looks, grounds, cells.characters.reshape(-1, columns)[:, :-1])) + int(lanes * rows)


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
        for place, group, lane in lane_at(street, snapshot.inventory.lane_groups)
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
