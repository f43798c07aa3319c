"""The GIL as one baton: only the thread that holds it computes, and it is seen to change hands.

What to watch: computing is loud and waiting is quiet. Where columns are fine enough, every hold is a solid block, in
each column exactly one lane of a process has it, and a line leads from the old holder to the new one. Nothing here is
a guess: holds are those that the run recorded. Where columns are too coarse, the tape's bars of shares stay.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Gil
from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.style import Ground, Style
from simulator.stage.scene import COLUMN_STEPS_S
from simulator.stage.snapshot import ROUNDING, Snapshot
from simulator.stage.street.baton_cells import SOLID, BatonCells
from simulator.stage.street.baton_columns import Block, owners
from simulator.stage.street.columns import columns_of
from simulator.stage.street.places import Street
from simulator.stage.street.who import mark_of
from simulator.trace.playback import GroupKind, LaneGroup, Playback
from simulator.trace.playback.lock_holds import LockHolds
from simulator.words.language import tell
from simulator.words.numbers import exact_duration

COLUMNS_A_TURN = 5
"""So many columns for as long as a thread may keep the GIL when others want it."""
SLOWLY = 0.01
"""The speed at which one sees it change hands."""
LEAST_APART = 2
"""Columns from one hand-over to the next when threads compute in turns; closer together, lines would hide the lanes."""
LEAST_NAMED = 2
"""Columns: a narrower block has no room for a name."""


def gil_of(playback: Playback) -> Gil | None:
    """The GIL under which the threads of a run compute, if their lanes show it."""
    slots = any(group.kind is GroupKind.SLOTS for group in playback.groups)
    gils = (lock for lock in playback.trace.plan.locks if isinstance(lock, Gil) and lock.permits == 1)
    return next(gils, None) if slots else None


def slots_of(snapshot: Snapshot) -> LaneGroup:
    """The threads that serve, and share the baton."""
    return next(group for group in snapshot.inventory.lane_groups if group.kind is GroupKind.SLOTS)


def processes_of(snapshot: Snapshot) -> NDArray[np.intp]:
    """[lanes] the process of each thread, counted through all groups of lanes: main threads come last."""
    groups = (group for group in snapshot.inventory.lane_groups if group.kind is GroupKind.SLOTS)
    return np.concatenate([np.arange(group.lanes) // group.per_process for group in groups])


def gil_zoom(playback: Playback) -> tuple[float, float] | None:
    """Seconds of a column and the speed at which a baton is seen to change hands; None where there is no baton."""
    gil = gil_of(playback)
    if gil is None or not any(map(len, playback.holds(gil.name))):
        return None
    fine_s = gil.switch_interval_s / COLUMNS_A_TURN * (1.0 + ROUNDING)
    return max((step for step in COLUMN_STEPS_S if step <= fine_s), default=COLUMN_STEPS_S[0]), SLOWLY


def is_fine(snapshot: Snapshot) -> bool:
    """Whether columns are so fine that single holds can be seen, and the holds are known."""
    gil = gil_of(snapshot.playback)
    if gil is None or snapshot.column_s > gil.switch_interval_s * (1.0 + ROUNDING):
        return False
    return any(map(len, snapshot.playback.holds(gil.name)))


def shows_hands(snapshot: Snapshot) -> bool:
    """Whether there is room between hand-overs to see each: a turn takes several columns."""
    gil = gil_of(snapshot.playback)
    return is_fine(snapshot) and gil is not None and snapshot.column_s * LEAST_APART <= gil.switch_interval_s


def put_baton(sheet: Sheet, snapshot: Snapshot, street: Street) -> None:
    """What the baton is, and on the tapes who has it; over the tapes, before those who travel."""
    gil = gil_of(snapshot.playback)
    if gil is None:
        return
    if street.baton_row >= 0:
        _put_title(sheet, snapshot, street, gil)
    if is_fine(snapshot):
        before = sum(each.lanes for each in snapshot.inventory.lane_groups if each.kind is GroupKind.LOCK)
        places = {each.number - before: range(each.row, each.row + each.height) for each in street.lanes}
        lanes = {number: rows for number, rows in places.items() if number >= 0}
        if lanes:
            _Baton(sheet, snapshot, street, processes_of(snapshot), lanes).put(snapshot.playback.holds(gil.name))


def _put_title(sheet: Sheet, snapshot: Snapshot, street: Street, gil: Gil) -> None:
    badge = f" {tell('THE BATON')} "
    several = gil.processes > 1
    words = (
        tell("(the GIL, one in each process): only the thread that holds it may run Python")
        if several
        else tell("(the GIL): only the thread that holds it may run Python")
    )
    short = tell("(the GIL, one in each process)") if several else tell("(the GIL)")
    if shows_hands(snapshot):
        scales = [tell("1 column = {span}", span=exact_duration(snapshot.column_s))]
    else:
        scales = [tell("zoom in to see it change hands"), tell("zoom in to see it")]
    col = street.label_col + cell_width(badge) + 1
    pairs = [(said, scale) for said in (words, short) for scale in (*scales, "")]
    room = street.tape_end - col
    said, scale = next((pair for pair in pairs if cell_width("  ".join(filter(None, pair))) <= room), ("", ""))
    loud = shows_hands(snapshot)  # from farther away it is not what the picture is about
    sheet.put(street.baton_row, street.label_col, badge, Style.ON_BRIGHT if loud else Style.DIM)
    if loud:
        sheet.grid.lay(street.baton_row, street.label_col, 1, cell_width(badge), Ground.LOCK)
    sheet.put(street.baton_row, col, said, Style.WARN if loud else Style.DIM)
    sheet.put_right(street.baton_row, street.tape_end, scale, Style.FAINT)


@dataclass(frozen=True, slots=True, eq=False)
class _Baton:
    """All copies of the GIL, on the tapes of their threads."""

    sheet: Sheet
    snapshot: Snapshot
    street: Street
    process: NDArray[np.intp]
    """[lanes] the process of each thread."""
    lanes: dict[int, range]
    """The rows of the threads that are in sight."""

    def put(self, copies: tuple[LockHolds, ...]) -> None:
        """Waiting first, then the blocks, then the hand-overs around them, and at last who has it."""
        columns = columns_of(self.snapshot, self.street.columns)
        cells = BatonCells.of(self.sheet, self.street, list(self.lanes.values()))
        in_sight = np.array(list(self.lanes))
        position = np.full(len(self.process) + 1, -1, np.intp)  # the last one for threads that have no lane
        position[in_sight] = np.arange(len(in_sight))
        drawn = [
            (owners(holds, columns), np.flatnonzero(self.process[in_sight] == copy))
            for copy, holds in enumerate(copies)
        ]
        drawn = [(found, mine) for found, mine in drawn if len(mine)]
        for found, mine in drawn:
            cells.quieten(found, mine)
            cells.fill(found, position)
        if shows_hands(self.snapshot):  # over no block of another process either, which may lie between two threads
            for column, old, new in (change for found, _ in drawn for change in found.hand_overs):
                cells.link(column, *self._between(old, new))
        cells.write()
        for found, _ in drawn:
            for block in found.blocks(least=LEAST_NAMED):
                if block.lane in self.lanes and float(found.share[block.first]) >= SOLID:
                    self._put_name(block)

    def _between(self, old: int, new: int) -> tuple[int, int]:
        """The rows between two lanes, from the first to before the last; a lane out of sight is above or below."""
        upper, lower = (self.lanes.get(lane, self._hidden(lane)) for lane in sorted((old, new)))
        return upper.stop, lower.start

    def _hidden(self, lane: int) -> range:
        edge = 0 if lane < min(self.lanes) else self.sheet.height
        return range(edge, edge)

    def _put_name(self, block: Block) -> None:
        """``#374`` and the mark of the request, where the block is wide enough."""
        rows, width = self.lanes[block.lane], block.stop - block.first
        name = f"#{block.request}"
        if cell_width(name) > width:
            return
        col, ground = self.street.tape_col + block.first, Ground.COMPUTING
        if self.sheet.grid.styles[rows.start, col] == Style.CPU_NEXT:
            ground = Ground.COMPUTING_NEXT
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
