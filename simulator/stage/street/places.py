"""Where everything on the street of a server lies: pure geometry, from what its plan has and how much room there is.

What to watch: one loop, at every size. Clients stand at the left, the head of the queue at the right, where time is now
in the tapes too; from there a line leads down to the workers, and the answers go back to the left between the two.
Nothing here depends on the moment, so nothing jumps while a run plays.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.sheet import Area
from simulator.stage.inventory import label_of, short_label_of
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.shares import PARKED_ROWS, Form, Needs, Rows, Sides, form_of
from simulator.trace.playback import GroupKind, LaneGroup

KEPT = 64


@dataclass(frozen=True, slots=True)
class LanePlace:
    """Where a lane lies."""

    number: int
    """Among the lanes of the street, loops first."""
    row: int
    """Its uppermost row."""
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Street:
    """Rows and columns on the sheet of the street, frame included. An area of no height is not there."""

    width: int
    height: int
    form: Form
    framed: bool
    heading_row: int
    """Of CLIENTS, QUEUE, WORKERS: the upper border but in a wide street; -1 where there is none."""
    clients: Area
    """The kinds of clients, what they try again, and what was lost: legend, counters and starting points at once."""
    way: Area
    """Between them and the queue, or the room before it: where requests walk in."""
    room: Area
    """The proxy, its frame included."""
    queue: Area
    answers_row: int
    """The way back; ``served`` stands at its left end."""
    line_col: int
    """From the head of the queue down to the workers."""
    figures: Area
    """Right of the line, beside the queue: the cores, or what is waiting."""
    window: Area
    """Of an event loop, right of the queue."""
    baton_row: int
    """Says what the lock is; -1 where there is none."""
    label_col: int
    label_width: int
    tape_col: int
    columns: int
    """Of every tape; the last one is now."""
    lanes: tuple[LanePlace, ...]
    """Those that fit, from the first one in sight on."""
    bracket_rows: tuple[int, ...]
    """Below each tape of an event loop, in the order of ``lanes``."""
    others_row: int
    """Sums up the lanes that do not fit; -1 where all do."""
    parked: Area
    """What an event loop has in hand while it waits elsewhere."""
    axis_row: int
    """-1 where there is no room for it."""
    desk_col: int
    """The mark of who is served."""
    desk: Area
    """Its words, over all lanes; as wide as there is room."""

    @property
    def tape_end(self) -> int:
        """The column after the newest one."""
        return self.tape_col + self.columns


def needs(snapshot: Snapshot) -> Needs:
    """What the plan of a view has."""
    groups = snapshot.inventory.lane_groups
    loops = sum(group.lanes for group in groups if group.kind is GroupKind.LOCK)
    return Needs(
        lanes=sum(group.lanes for group in groups if group.kind is GroupKind.SLOTS),
        loops=loops,
        baton=snapshot.inventory.baton,
        rooms=len(snapshot.inventory.counted),
        label=max((cell_width(label_of(group, group.lanes - 1)) for group in groups), default=0),
        short_label=max((cell_width(short_label_of(group, group.lanes - 1)) for group in groups), default=0),
    )


def street_of(snapshot: Snapshot, width: int, height: int) -> Street:
    """The street of a view on so many cells."""
    its_needs = needs(snapshot)
    total = its_needs.lanes + its_needs.loops
    return placed(its_needs, width, height, min(max(snapshot.view.first_lane, 0), max(total - 1, 0)))


@lru_cache(KEPT)
def placed(wants: Needs, width: int, height: int, first: int) -> Street:
    """The street for what a plan has, from this lane on."""
    form = form_of(width, height)
    framed = form is not Form.TINY
    sides = Sides.of(form, width, wants)
    rows = Rows.of(form, height, wants)
    border = int(framed)
    top = border + int(form is Form.WIDE)
    answers = top + rows.queue
    below = _below_the_queue(wants, rows, sides, first, answers + int(rows.answers) + rows.blank)
    bottom = height - border
    room_top = border if form is Form.WIDE else top
    room = Area(room_top, sides.room_col, rows.queue + (top - room_top) if sides.room_width else 0, sides.room_width)
    first_lane = below.lanes[0].row if below.lanes else below.end
    has_window = wants.loops and form is Form.WIDE and not wants.lanes
    window = Area(border, sides.line_col, answers + int(rows.answers) - border, width - border - sides.line_col)
    return Street(
        width=width,
        height=height,
        form=form,
        framed=framed,
        heading_row=-1 if form in (Form.TINY, Form.NARROW) else 1 if form is Form.WIDE else 0,
        clients=Area(top, sides.label_col, rows.queue, max(sides.clients_end - sides.label_col, 0)),
        way=Area(top, sides.clients_end, rows.queue, max(sides.way_end - sides.clients_end, 0)),
        room=room,
        queue=Area(top, sides.queue_col, rows.queue, max(sides.queue_end - sides.queue_col, 0)),
        answers_row=answers if rows.answers else -1,
        line_col=sides.line_col,
        figures=Area(top - int(form is Form.WIDE), sides.desk_text, rows.queue, max(sides.desk_width, 0)),
        window=window if has_window else Area(0, 0, 0, 0),
        baton_row=below.baton,
        label_col=sides.label_col,
        label_width=max(sides.tape_col - sides.label_col - 1, 0),
        tape_col=sides.tape_col,
        columns=max(sides.tape_end - sides.tape_col, 1),
        lanes=below.lanes,
        bracket_rows=below.brackets,
        others_row=below.others,
        parked=below.parked,
        axis_row=bottom - 1 if rows.axis else -1,
        desk_col=sides.desk_col,
        desk=Area(first_lane, sides.desk_text, max(bottom - int(rows.axis) - first_lane, 0), max(sides.desk_width, 0)),
    )


class _Below(NamedTuple):
    """What lies below the queue, from top to bottom; -1 for what is not there."""

    baton: int
    lanes: tuple[LanePlace, ...]
    brackets: tuple[int, ...]
    others: int
    parked: Area
    end: int


def _below_the_queue(wants: Needs, rows: Rows, sides: Sides, first: int, row: int) -> _Below:
    baton = others = -1
    if rows.baton:
        baton, row = row, row + rows.baton
    lanes, brackets, row = _lanes(wants, rows, first, row)
    if rows.others:
        others, row = row, row + 1
    if rows.parked:
        row += int(rows.parked >= PARKED_ROWS and rows.left > 0)
    width = sides.tape_end - sides.label_col if rows.parked else 0
    return _Below(baton, lanes, brackets, others, Area(row, sides.label_col, rows.parked, width), row)


def _lanes(wants: Needs, rows: Rows, first: int, row: int) -> tuple[tuple[LanePlace, ...], tuple[int, ...], int]:
    lanes: list[LanePlace] = []
    brackets: list[int] = []
    first = min(first, wants.loops + wants.lanes - rows.shown)
    for number in range(first, first + rows.shown):
        height = rows.loop if number < wants.loops else rows.lane
        lanes.append(LanePlace(number, row, height))
        row += height
        if number < wants.loops and rows.bracket:
            brackets.append(row)
            row += 1
        elif rows.gap and number + 1 < first + rows.shown:
            row += 1
    return tuple(lanes), tuple(brackets), row


def lane_at(street: Street, groups: tuple[LaneGroup, ...]) -> Iterator[tuple[LanePlace, LaneGroup, int]]:
    """Every lane in sight with its group and its number there."""
    starts, first = [], 0
    for group in groups:
        starts.append((first, group))
        first += group.lanes
    for place in street.lanes:
        start, group = next((start, group) for start, group in reversed(starts) if start <= place.number)
        yield place, group, place.number - start
