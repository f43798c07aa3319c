"""The GIL as one baton: only the thread that holds it computes, and it is seen to change hands.

What to watch: computing is loud and waiting is quiet. Where columns are fine enough, every hold is a solid block, in
each column exactly one lane of a process has it, and a line leads from the old holder to the new one. Nothing here is
a guess: holds are those that the run recorded. Where columns are too coarse, the tape's bars of shares stay.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Gil
from simulator.stage.canvas.cells import BLANK, cell_width, cells_of
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.style import Ground, Style
from simulator.stage.snapshot import ROUNDING, Snapshot
from simulator.stage.street.baton_columns import Block, Owners, owners
from simulator.stage.street.columns import Columns, columns_of, taken
from simulator.stage.street.doing import GROUNDS, STYLES, WAITING, marks
from simulator.stage.street.places import Street, lanes_drawn
from simulator.stage.street.who import mark_of
from simulator.trace.playback import Activity, GroupKind, LaneGroup, Playback
from simulator.trace.playback.lock_holds import LockHolds
from simulator.words.language import tell
from simulator.words.numbers import exact_duration

COLUMNS_A_TURN = 5
"""So many columns for as long as a thread may keep the GIL when others want it."""
SLOWLY = 0.01
"""The speed at which one sees it change hands."""
SOLID = 0.5
"""A column is a block from this share of holding on; below it, a bar of that height."""


def gil_of(playback: Playback) -> Gil | None:
    """The GIL under which the threads of a run compute, if their lanes show it."""
    slots = any(group.kind is GroupKind.SLOTS for group in playback.groups)
    gils = (lock for lock in playback.trace.plan.locks if isinstance(lock, Gil) and lock.permits == 1)
    return next(gils, None) if slots else None


def slots_of(snapshot: Snapshot) -> LaneGroup:
    """The threads that share the baton."""
    return next(group for group in lanes_drawn(snapshot) if group.kind is GroupKind.SLOTS)


def gil_zoom(playback: Playback) -> tuple[float, float] | None:
    """Seconds of a column and the speed at which a baton is seen to change hands; None where there is no baton."""
    gil = gil_of(playback)
    if gil is None or not any(map(len, playback.holds(gil.name))):
        return None
    return gil.switch_interval_s / COLUMNS_A_TURN, SLOWLY


def is_fine(snapshot: Snapshot) -> bool:
    """Whether columns are so fine that single holds can be seen, and the holds are known."""
    gil = gil_of(snapshot.playback)
    if gil is None or snapshot.column_s > gil.switch_interval_s * (1.0 + ROUNDING):
        return False
    return any(map(len, snapshot.playback.holds(gil.name)))


def put_baton(sheet: Sheet, snapshot: Snapshot, street: Street) -> None:
    """What the baton is, and on the tapes who has it; over the tapes, before those who travel."""
    gil = gil_of(snapshot.playback)
    if gil is None:
        return
    if street.baton_row >= 0:
        _put_title(sheet, snapshot, street, gil)
    if is_fine(snapshot):
        group = slots_of(snapshot)
        before = sum(each.lanes for each in lanes_drawn(snapshot) if each.kind is GroupKind.LOCK)
        for copy, holds in enumerate(snapshot.playback.holds(gil.name)):
            places = {each.number - before: range(each.row, each.row + each.height) for each in street.lanes}
            lanes = {n: rows for n, rows in places.items() if 0 <= n < group.lanes and group.process(n) == copy}
            if lanes:
                _Baton(sheet, snapshot, street, group, lanes).put(holds)


def _put_title(sheet: Sheet, snapshot: Snapshot, street: Street, gil: Gil) -> None:
    badge = f" {tell('THE BATON')} "
    several = gil.processes > 1
    words = (
        tell("(the GIL, one in each process): only the thread that holds it may compute")
        if several
        else tell("(the GIL): only the thread that holds it may compute")
    )
    short = tell("(the GIL, one in each process)") if several else tell("(the GIL)")
    scale = tell("1 column = {span}", span=exact_duration(snapshot.column_s))
    if not is_fine(snapshot):
        scale = tell("zoom in to see it change hands")
    room = street.tape_end - street.label_col - cell_width(badge) - 1
    texts = (f"{words}  {scale}", words, f"{short}  {scale}", short)
    fits = next((text for text in texts if cell_width(text) <= room), "")
    sheet.put(street.baton_row, street.label_col, badge, Style.ON_BRIGHT)
    sheet.grid.lay(street.baton_row, street.label_col, 1, cell_width(badge), Ground.LOCK)
    col = street.label_col + cell_width(badge) + 1
    said = words if fits.startswith(words) else short if fits else ""
    sheet.put(street.baton_row, col, said, Style.WARN)
    if fits.endswith(scale):
        sheet.put_right(street.baton_row, street.tape_end, scale, Style.FAINT)


@dataclass(frozen=True, slots=True, eq=False)
class _Baton:
    """One copy of the GIL, on the tapes of its threads."""

    sheet: Sheet
    snapshot: Snapshot
    street: Street
    group: LaneGroup
    lanes: dict[int, range]
    """The rows of the lanes of this process that are in sight."""

    def put(self, holds: LockHolds) -> None:
        """Waiting first, then the blocks, then the hand-overs around them."""
        columns = columns_of(self.snapshot, self.street.columns)
        found = owners(holds, columns)
        self._put_waiting(columns, found)
        taken = np.zeros((self.sheet.height, columns.count), np.bool_)
        before: dict[int, tuple[int, bool]] = {}
        for block in found.blocks():
            if block.lane in self.lanes:
                stop, other = before.get(block.lane, (-1, False))
                other = stop == block.first and not other
                before[block.lane] = block.stop, other
                self._put_block(block, found.share[block.first : block.stop], other=other)
                rows = self.lanes[block.lane]
                taken[rows.start : rows.stop, block.first : block.stop] = True
        for change in found.hand_overs:
            self._put_hand_over(*change, taken)

    def _put_waiting(self, columns: Columns, found: Owners) -> None:
        """A tape's own bars go, for the blocks replace them: whoever computed for a small part waited for the rest."""
        lanes = range(min(self.lanes), max(self.lanes) + 1)
        what = taken(self.snapshot, self.group, lanes, columns)
        grid, glyphs = self.sheet.grid, marks(self.sheet.look.glyphs)
        for lane, rows in self.lanes.items():
            most = what.most[lane - lanes.start]
            bars = (what.computing[lane - lanes.start] > 0.0) & ~found.crowded & (most < Activity.DOWN)
            cols = np.flatnonzero(bars)
            shown = np.where(most[cols] == Activity.COMPUTING, Activity.GIL, most[cols])
            line = np.where(WAITING[shown], rows.start + (len(rows) - 1) // 2, rows.stop - 1)
            at = cols + self.street.tape_col
            for row in rows:
                grid.characters[row, at] = np.where(line == row, glyphs[shown], BLANK)
                grid.styles[row, at] = STYLES[shown]
                grid.grounds[row, at] = GROUNDS[shown]

    def _put_block(self, block: Block, share: NDArray[np.float64], *, other: bool) -> None:
        """Solid, with the request in it; lower where it was held for a small part of the column."""
        rows, grid, glyphs = self.lanes[block.lane], self.sheet.grid, self.sheet.look.glyphs
        style, ground = (Style.CPU_NEXT, Ground.COMPUTING_NEXT) if other else (Style.CPU, Ground.COMPUTING)
        col, width = self.street.tape_col + block.first, block.stop - block.first
        if float(share.max()) < SOLID:
            bars = cells_of(glyphs.shares)
            height = np.ceil(share * len(bars)).astype(np.intp) - 1
            grid.fill(rows.start, col, len(rows) - 1, width)
            grid.put_cells(rows.stop - 1, col, bars[np.maximum(height, 0)], int(style))
            return
        grid.fill(rows.start, col, len(rows), width, glyphs.full, style=style)
        name = f"#{block.request}"
        if cell_width(name) > width:
            return
        mark = mark_of(self.sheet.look, self.snapshot, block.request)
        if len(rows) == 1 and width >= cell_width(name) + 3:
            name, mark = f"{mark} {name}", ""
        if width >= cell_width(name) + 2:
            name = f" {name} "
        self._put_on(rows.start, col, name, ground)
        if mark and len(rows) > 1:
            self._put_on(rows.start + 1, col + (len(name) - len(name.lstrip())), mark, ground)

    def _put_on(self, row: int, col: int, text: str, ground: Ground) -> None:
        self.sheet.grid.lay(row, col, 1, cell_width(text), ground)
        self.sheet.put(row, col, text, Style.ON_BRIGHT)

    def _put_hand_over(self, column: int, old: int, new: int, taken: NDArray[np.bool_]) -> None:
        """From lane to lane, through the gaps and the lanes between; never over a block."""
        upper, lower = min(old, new), max(old, new)
        first = self.lanes[upper].stop if upper in self.lanes else min(rows.start for rows in self.lanes.values())
        stop = self.lanes[lower].start if lower in self.lanes else max(rows.stop for rows in self.lanes.values())
        for row in range(first, stop):
            if not taken[row, column]:
                col = self.street.tape_col + column
                self.sheet.put(row, col, self.sheet.look.glyphs.handed_over, Style.BATON)
