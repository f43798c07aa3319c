"""How much of a street each of its parts gets: columns from left to right, and rows, what matters most first.

What to watch: rows are granted in turn, as far as there is room, and lanes of one height grow together or not at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

WIDE_FROM, MEDIUM_FROM, TINY_BELOW, LEAST_FRAMED = 100, 70, 50, 9
"""Columns of a street; and rows, of which lower ones have no frame."""
MOST_LANE, MOST_LOOP, HIGHEST_LOOP, PARKED_ROWS = 4, 4, 8, 3
"""Rows of a lane of a worker, of an event loop as a rule and where nothing else is left, and of who is parked."""
MEDIUM_QUEUE, HIGH_QUEUE, HIGHEST_QUEUE = 5, 28, 36
"""Rows of a queue before loops get a third one; and percent of the street, before lanes get a third row and at most."""
ROOMY, BESIDE_LANES = 16, 5
"""So high streets keep some rows for a queue and the axis, however many lanes there are."""


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
    loops: int
    """Event loops, each with a tape."""
    baton: bool
    """Whether threads compute under a GIL."""
    rooms: int
    """Proxies."""
    label: int
    """Cells of the longest label."""
    short_label: int = 0
    """The same of the short ones."""


def form_of(width: int, height: int) -> Form:
    """How much room there is in so many columns and rows."""
    if width < TINY_BELOW or height < LEAST_FRAMED:
        return Form.TINY
    return Form.WIDE if width >= WIDE_FROM else Form.MEDIUM if width >= MEDIUM_FROM else Form.NARROW


@dataclass(frozen=True, slots=True, kw_only=True)
class Widths:
    """Cells of what lies side by side in streets of one form."""

    frame: int
    """The border at the right, and what stands free before it."""
    margin: int
    """Before clients and labels, the border included."""
    label: tuple[int, int]
    """Of the name of a lane: at least, and at most."""
    clients: int
    way: int
    """From the clients to the queue, where no room lies between."""
    room_way: int
    """From the clients to a room."""
    door: int
    """From a room to the queue."""
    turn: int
    """From the head of the queue to the line; also from a label to its tape."""
    branch: int
    """From the line to the mark at a desk."""
    mark: int
    """That mark, with the blank behind it."""
    desk: int


WIDTHS: Mapping[Form, Widths] = {
    Form.WIDE: Widths(
        frame=2, margin=3, label=(8, 99), clients=16, way=13, room_way=12, door=4, turn=2, branch=2, mark=2, desk=21
    ),
    Form.MEDIUM: Widths(
        frame=2, margin=2, label=(2, 4), clients=12, way=1, room_way=2, door=2, turn=1, branch=2, mark=2, desk=13
    ),
    Form.NARROW: Widths(
        frame=2, margin=2, label=(2, 4), clients=10, way=1, room_way=2, door=2, turn=1, branch=2, mark=2, desk=8
    ),
    Form.TINY: Widths(
        frame=0, margin=0, label=(2, 2), clients=0, way=9, room_way=0, door=0, turn=1, branch=1, mark=2, desk=5
    ),
}
DESKS_FROM, ROOMY_WAY_FROM = 30, 116
"""Columns of a tiny street that has words at its desks, and of a wide one with a long way to its room."""
ROOM, LEAST_ROOM, MOST_ROOM = 20, 22, 48
"""Columns of a room: in a street that is not wide; and in a wide one, where it grows with the street."""


def _room_width(form: Form, width: int) -> int:
    """The queue behind it gets what is left, and needs some."""
    if form is not Form.WIDE:
        return 0 if form is Form.TINY else ROOM
    return min(max(min(width * 28 // 100, width * 55 // 100 - 33), LEAST_ROOM), MOST_ROOM)


@dataclass(frozen=True, slots=True)
class Sides:
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
    def of(cls, form: Form, width: int, wants: Needs) -> "Sides":
        """For a street of so many columns."""
        its, least, most = WIDTHS[form], *WIDTHS[form].label
        label = min(max(wants.label, least), max(most, wants.short_label if its.frame else 0))
        desk = its.desk if form is not Form.TINY or width >= DESKS_FROM else 0
        text = width - desk - its.frame
        desk_col = text - its.mark
        line_col = desk_col - its.branch
        end = line_col - its.turn
        clients_end = its.margin + its.clients
        room_width = _room_width(form, width) if wants.rooms else 0
        room_col = clients_end + (its.room_way - (width < ROOMY_WAY_FROM) * its.room_way // 3) if room_width else 0
        queue_col = room_col + room_width + its.door if room_width else clients_end + its.way
        return cls(
            label_col=its.margin,
            clients_end=clients_end,
            room_col=room_col,
            room_width=room_width,
            way_end=room_col if room_width else queue_col,
            queue_col=min(queue_col, max(end - 1, 0)),
            queue_end=end,
            line_col=line_col,
            tape_col=its.margin + label + its.turn,
            tape_end=end,
            desk_col=desk_col,
            desk_text=text,
            desk_width=desk,
        )


@dataclass(slots=True)
class Rows:
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
    def of(cls, form: Form, height: int, wants: Needs) -> "Rows":
        """For a street of so many rows."""
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
        self.queue += self._take(max(MEDIUM_QUEUE - self.queue, 0))
        self.parked += self._all(PARKED_ROWS - 1, self.wants.loops > 0)
        self._heighten(3, loops=True)
        self._heighten(MOST_LOOP, loops=True)
        self._space()
        self.baton += self._take(int(self.wants.baton))
        self.queue += self._take(max(height * HIGH_QUEUE // 100 - self.queue, 0))
        self._heighten(3)
        self._heighten(MOST_LANE)
        self.queue += self._take(max(height * HIGHEST_QUEUE // 100 - self.queue, 0))
        for rows in range(MOST_LOOP, HIGHEST_LOOP):  # nobody else has a use for what is left
            self._heighten(rows + 1, loops=True)

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
