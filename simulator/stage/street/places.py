"""Where everything on the street of a server lies: pure geometry, from what its plan has and how much room there is.

What to watch: one loop, at every size. Clients stand at the left, the head of the queue at the right, where time is now
in the tapes too; from there a line leads down to the workers, and the answers go back to the left between the two.
Nothing here depends on the moment, so nothing jumps while a run plays.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.sheet import Area
from simulator.stage.inventory import label_of
from simulator.stage.snapshot import Snapshot
from simulator.trace.playback import GroupKind, LaneGroup

WIDE_FROM, MEDIUM_FROM, TINY_BELOW = 100, 70, 50
"""Columns of a street."""
LEAST_FRAMED = 9
"""Rows: lower streets have no frame."""
MOST_LANE, MOST_LOOP = 4, 4
"""Rows of a lane of a worker, and of an event loop."""
PARKED_ROWS = 3
ROOMY, BESIDE_LANES = 16, 5
"""So high streets keep some rows for a queue and the time axis, however many lanes there are."""
KEPT = 64


class Form(Enum):
    """How much room there is from side to side."""

    WIDE = auto()
    """Headings in a row of their own, whole words at the desks."""
    MEDIUM = auto()
    """Headings in the frame, short labels."""
    NARROW = auto()
    """Beside another street."""
    TINY = auto()
    """No frame."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a plan has that takes room."""

    lanes: int
    """Of workers or threads."""
    loops: int
    """Event loops, each with a tape."""
    baton: bool
    """Whether threads compute under a GIL."""
    rooms: int
    """Proxies."""
    label: int
    """Cells of the longest label."""


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
    )


def street_of(snapshot: Snapshot, width: int, height: int) -> Street:
    """The street of a view on so many cells."""
    its_needs = needs(snapshot)
    total = its_needs.lanes + its_needs.loops
    return _street(its_needs, width, height, min(max(snapshot.view.first_lane, 0), max(total - 1, 0)))


@lru_cache(KEPT)
def _street(wants: Needs, width: int, height: int, first: int) -> Street:
    form = _form(width, height)
    framed = form is not Form.TINY
    sides = _Sides.of(form, width, wants)
    rows = _Rows.of(form, height, wants)
    border = int(framed)
    top = border + int(form is Form.WIDE)
    answers = top + rows.queue
    row = answers + int(rows.answers) + rows.blank
    baton = -1
    if rows.baton:
        baton, row = row, row + rows.baton
    lanes, brackets, row = _lanes(wants, rows, first, row)
    others = -1
    if rows.others:
        others, row = row, row + 1
    parked = Area(row + (rows.parked >= PARKED_ROWS and wants.lanes + wants.loops > 0), sides.label_col, 0, 0)
    if rows.parked:
        row += int(rows.parked >= PARKED_ROWS and rows.left > 0)
        parked = Area(row, sides.label_col, rows.parked, sides.tape_end - sides.label_col)
    bottom = height - border
    room_top = border if form is Form.WIDE else top
    room = Area(room_top, sides.room_col, rows.queue + (top - room_top) if sides.room_width else 0, sides.room_width)
    first_lane = lanes[0].row if lanes else row
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
        window=Area(
            border, sides.line_col, rows.queue + top - border + int(rows.answers), width - border - sides.line_col
        )
        if wants.loops and form is Form.WIDE and not wants.lanes
        else Area(0, 0, 0, 0),
        baton_row=baton,
        label_col=sides.label_col,
        label_width=max(sides.tape_col - sides.label_col - 1, 0),
        tape_col=sides.tape_col,
        columns=max(sides.tape_end - sides.tape_col, 1),
        lanes=lanes,
        bracket_rows=brackets,
        others_row=others,
        parked=parked,
        axis_row=bottom - 1 if rows.axis else -1,
        desk_col=sides.desk_col,
        desk=Area(first_lane, sides.desk_text, max(bottom - int(rows.axis) - first_lane, 0), max(sides.desk_width, 0)),
    )


def _form(width: int, height: int) -> Form:
    if width < TINY_BELOW or height < LEAST_FRAMED:
        return Form.TINY
    return Form.WIDE if width >= WIDE_FROM else Form.MEDIUM if width >= MEDIUM_FROM else Form.NARROW


def _lanes(wants: Needs, rows: "_Rows", first: int, row: int) -> tuple[tuple[LanePlace, ...], tuple[int, ...], int]:
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


@dataclass(frozen=True, slots=True)
class _Sides:
    """From left to right."""

    label_col: int
    clients_end: int
    room_col: int
    room_width: int
    way_end: int
    queue_col: int
    queue_end: int
    line_col: int
    tape_col: int
    tape_end: int
    desk_col: int
    desk_text: int
    desk_width: int

    @classmethod
    def of(cls, form: Form, width: int, wants: Needs) -> "_Sides":
        label, desk, clients, room = {
            Form.WIDE: (max(wants.label, 8), 21, 16, min(max(min(width * 28 // 100, width * 55 // 100 - 33), 22), 48)),
            Form.MEDIUM: (min(max(wants.label, 2), 4), 13, 12, 20),
            Form.NARROW: (min(max(wants.label, 2), 4), 8, 10, 20),
            Form.TINY: (2, 5, 0, 0),
        }[form]
        if form is Form.TINY and width < 30:
            desk = 0
        framed = form is not Form.TINY
        label_col = 3 if form is Form.WIDE else 2 if framed else 0
        text = width - desk - (2 if framed else 0)
        desk_col, line_col = text - 2, text - 4
        if not framed:
            line_col = desk_col - 1
        end = line_col - (2 if form is Form.WIDE else 1)
        clients_end = label_col + clients
        room_width = room if wants.rooms and room else 0
        room_col = clients_end + ((12 if width >= 116 else 8) if form is Form.WIDE else 2) if room_width else 0
        after = room_col + room_width + (4 if form is Form.WIDE else 2)
        queue_col = after if room_width else clients_end + (13 if form is Form.WIDE else 1 if framed else 9)
        return cls(
            label_col=label_col,
            clients_end=clients_end,
            room_col=room_col,
            room_width=room_width,
            way_end=room_col if room_width else queue_col,
            queue_col=min(queue_col, max(end - 1, 0)),
            queue_end=end,
            line_col=line_col,
            tape_col=label_col + label + (2 if form is Form.WIDE else 1),
            tape_end=end,
            desk_col=desk_col,
            desk_text=text,
            desk_width=desk,
        )


@dataclass(slots=True)
class _Rows:
    """From top to bottom: what matters most gets its rows first."""

    left: int
    wants: Needs
    shown: int = 0
    others: int = 0
    queue: int = 0
    lane: int = 0
    loop: int = 0
    gap: int = 0
    answers: int = 0
    axis: int = 0
    blank: int = 0
    baton: int = 0
    bracket: int = 0
    parked: int = 0

    @classmethod
    def of(cls, form: Form, height: int, wants: Needs) -> "_Rows":
        framed = form is not Form.TINY
        rows = cls(left=max(height - 2 * framed - (form is Form.WIDE), 0), wants=wants)
        rows.share(height, framed=framed)
        return rows

    def share(self, height: int, *, framed: bool) -> None:
        """In turn, as far as there is room."""
        count = self.wants.lanes + self.wants.loops
        self.queue = self._take(1)
        others = BESIDE_LANES if framed and height >= ROOMY else 1 + framed
        self.shown = self._take(min(count, max(self.left - others, 1)))
        self.lane = self.loop = int(self.shown > 0)
        if self.shown < count and self.shown > 1:
            self.shown, self.others = self.shown - 1, 1
        self.queue += self._take(1)
        if not framed:
            return
        self.answers = self._take(1)
        self.parked = self._take(int(self.wants.loops > 0))
        self.bracket = self._all(int(self.wants.loops > 0), self._loops)
        self.queue += self._take(1)
        self.axis = self._take(1)
        self.baton = self._take(int(self.wants.baton))
        self.queue += self._take(1)
        self.blank = self._take(1)
        self._heighten(2)
        if self.wants.baton:  # it is seen to change hands between the lanes
            self._space()
        self.queue += self._take(max(5 - self.queue, 0))
        self.parked += self._all(PARKED_ROWS - 1, self.wants.loops > 0)
        self._heighten(3, loops=True)
        self._heighten(MOST_LOOP, loops=True)
        self._space()
        self.baton += self._take(int(self.wants.baton))
        self.queue += self._take(max(height * 28 // 100 - self.queue, 0))
        self._heighten(3)
        self._heighten(MOST_LANE)
        self.queue += self._take(max(height * 36 // 100 - self.queue, 0))

    @property
    def _loops(self) -> int:
        """Those in sight: the first lanes are loops."""
        return min(self.wants.loops, self.shown)

    def _take(self, rows: int) -> int:
        taken = min(rows, self.left)
        self.left -= taken
        return taken

    def _all(self, each: int, count: int) -> int:
        """So many rows for each of some things, or none for any."""
        if each * count > self.left or not count:
            return 0
        self.left -= each * count
        return each

    def _space(self) -> None:
        """A row between all lanes of workers, or none."""
        if not self.gap and self.shown > self._loops + 1:
            self.gap = int(self._all(1, self.shown - self._loops - 1) > 0)

    def _heighten(self, to: int, *, loops: bool = False) -> None:
        """Lanes of one height: all are made higher, or none."""
        if not loops and self.lane == to - 1:
            self.lane += self._all(1, self.shown - self._loops)
        if self._loops and self.loop == to - 1 and self._loops <= 2:
            self.loop += self._all(1, self._loops)


def lane_at(street: Street, groups: tuple[LaneGroup, ...]) -> Iterator[tuple[LanePlace, LaneGroup, int]]:
    """Every lane in sight with its group and its number there."""
    starts, first = [], 0
    for group in groups:
        starts.append((first, group))
        first += group.lanes
    for place in street.lanes:
        start, group = next((start, group) for start, group in reversed(starts) if start <= place.number)
        yield place, group, place.number - start
