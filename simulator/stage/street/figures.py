"""Right of the queue: how many workers are taken, and what the cores do meanwhile.

What to watch: that all workers are taken while the cores are idle is half of what there is to learn. Workers are as of
the moment; a core is busy or not, so that only an average says how much: that of the last five seconds.
"""

from dataclasses import dataclass

from simulator.plan.resources import Pool
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import Piece, Words, piece, put_pieces, with_figure
from simulator.stage.snapshot import Snapshot, recent_average
from simulator.stage.street.places import Street
from simulator.stage.street.shares import Form
from simulator.stage.street.turn_words import unused_cores
from simulator.trace.availability import CORES, quota_at
from simulator.trace.playback import GroupKind, LaneGroup
from simulator.words.language import later, tell, tell_many, translated
from simulator.words.numbers import percent
from simulator.words.phrases import plural

PLACES = {
    "worker": (later("WORKER"), later("WORKERS")),
    "thread": (later("THREAD"), later("THREADS")),
    "process": (later("PROCESS"), later("PROCESSES")),
}
"""By what a slot is called: one, and many."""
MOST_CELLS = 12
"""Of the bar of a core."""
IDLE_BELOW = 0.005
"""Of the last seconds: what would be written as 0 % is idle."""
CPU_ROW = 3
"""In a narrow street, below what is said of the queue."""


def put_figures(sheet: Sheet, snapshot: Snapshot, street: Street) -> None:
    """The workers where there are any; the cores where there is room."""
    area = street.figures
    if not area.height or not area.width or street.window.width:
        return
    if street.form is Form.WIDE:
        taken = taken_piece(snapshot, area.width)
        if taken is not None:
            put_pieces(sheet, area.row, area.col, [taken])
        _put_cores(sheet, snapshot, Area(area.row + 1, area.col, area.height - 1, area.width))
    elif headed(snapshot, street):
        _put_in_border(sheet, snapshot, street)
        if area.height > 1:
            _put(sheet, area.row + 1, area, _busy_cores(snapshot))
    elif street.framed:
        if area.height > CPU_ROW:
            _put(sheet, area.row + CPU_ROW, area, _busy_cores(snapshot, short=True))
        if area.height > CPU_ROW + 1:
            _put_taken(sheet, snapshot, area._replace(row=area.row + CPU_ROW + 1, height=1))
    else:
        _put_taken(sheet, snapshot, area)


def headed(snapshot: Snapshot, street: Street) -> bool:
    """Whether there are headings: in a row of their own, or in the frame where no name of a server has to stand."""
    return street.form is Form.WIDE or (street.form is Form.MEDIUM and len(snapshot.scene.shown) == 1)


def _put(sheet: Sheet, row: int, area: Area, words: list[Words]) -> None:
    whole = piece(*words)
    if whole.width <= area.width:
        put_pieces(sheet, row, area.col, [whole])


def _put_in_border(sheet: Sheet, snapshot: Snapshot, street: Street) -> None:
    taken = taken_piece(snapshot, street.width - street.figures.col)
    if taken is not None:
        col = heading_end(snapshot, street)
        put_pieces(sheet, street.heading_row, col, [piece((" ", Style.STREET), *taken.words, (" ", Style.STREET))])


def heading_end(snapshot: Snapshot, street: Street) -> int:
    """The column before which the words about the queue have to end, where all of them stand in the frame."""
    taken = taken_piece(snapshot, street.width - street.figures.col)
    return street.width - 3 - (taken.width + 1 if taken is not None else 0)


@dataclass(frozen=True, slots=True)
class _Slots:
    """Of the workers that are drawn."""

    group: LaneGroup
    taken: int
    there: int

    @property
    def style(self) -> Style:
        """Red where nobody else can be served."""
        return Style.BAD if self.taken >= self.there else Style.GOOD


def _slots(snapshot: Snapshot) -> _Slots | None:
    for group in snapshot.inventory.lane_groups:
        if group.kind is GroupKind.SLOTS and isinstance(group.resource, Pool):
            now = snapshot.now.pool(group.name)
            return _Slots(group, now.taken, len(now.request) - now.down)
    return None


def _put_taken(sheet: Sheet, snapshot: Snapshot, area: Area) -> None:
    """In a few cells."""
    slots = _slots(snapshot)
    if slots is None:
        return
    words, below = (f"{slots.taken}/{slots.there}", tell("taken")) if slots.there else ("0", tell("there"))
    _put(sheet, area.row, area, [(words, slots.style)])
    if area.height > 1:
        _put(sheet, area.row + 1, area, [(below, Style.DIM)])


def taken_piece(snapshot: Snapshot, room: int) -> Piece | None:
    """``WORKERS  4 of 4 taken``, in red where all are; None where nobody has a place of its own."""
    slots = _slots(snapshot)
    if slots is None:
        return None
    group, taken, there = slots.group, slots.taken, slots.there
    name = PLACES.get(group.name, (group.name, plural(group.name)))[group.lanes != 1]
    title, gap = (translated(name).upper(), Style.PLACE), ("  ", Style.TEXT)
    long = (tell_many("{n} of {total} taken", "{n} of {total} taken", taken, n=taken, total=there), slots.style)
    short = (f"{taken}/{there}", slots.style)
    if not there:
        long = short = (tell("{n} down", n=group.lanes), slots.style)
    wordings = [[title, gap, long], [title, (" ", Style.TEXT), long], [title, gap, short], [long], [short]]
    return next((each for each in (piece(*words) for words in wordings) if each.width <= room), None)


# The cores.


def _put_cores(sheet: Sheet, snapshot: Snapshot, area: Area) -> None:
    """One a row where there is room for all, and how busy they were; otherwise a cell for each."""
    count, rows = snapshot.now.cores, area.height
    row = area.row
    if rows > count:
        row += int(rows > count + 1)
        for core in range(count):
            _put_core(sheet, snapshot, row + core, area, core)
        unused = unused_cores(snapshot)
        _put(sheet, row + count, area, [(unused, Style.STRONG)] if unused else _busy_lately(snapshot))
        return
    row += int(rows > 2)
    if rows > 1 and count <= area.width:
        _put_bar(sheet, row, area.col, round(count * recent_average(snapshot, f"{CORES}: in use")), count)
        row += 1
    if rows:
        _put(sheet, row, area, _all_cores(snapshot, count))


def _put_core(sheet: Sheet, snapshot: Snapshot, row: int, area: Area, core: int) -> None:
    share = recent_average(snapshot, f"{CORES}: {core} in use")
    idle = share < IDLE_BELOW
    col = sheet.put(row, area.col, tell("core {n}", n=core), Style.DIM) + 1
    words = tell("idle") if idle else percent(share)
    sheet.put_right(row, area.col + area.width, words, Style.DIM if idle else Style.TEXT)
    cells = min(area.col + area.width - 6 - col, MOST_CELLS)
    _put_bar(sheet, row, col, round(share * cells), cells)


def _put_bar(sheet: Sheet, row: int, col: int, full: int, cells: int) -> None:
    glyphs = sheet.look.glyphs
    sheet.put(row, sheet.put(row, col, glyphs.full * full, Style.CPU), glyphs.empty * (cells - full), Style.FAINT)


def _share(snapshot: Snapshot) -> str:
    return percent(recent_average(snapshot, f"{CORES}: in use"))


def _busy_lately(snapshot: Snapshot) -> list[Words]:
    """Of all cores; a container has no more of them than its quota, so that it is full at 50 % of one core."""
    share, quota = _share(snapshot), quota_at(snapshot.playback.trace, snapshot.now.t_s)
    if quota:
        most = percent(quota / snapshot.now.cores)
        return with_figure(tell("busy {share}, quota {most}", share=share, most=most), share, Style.STRONG)
    return with_figure(tell("busy {share} in 5 s", share=share), share, Style.STRONG)


def _all_cores(snapshot: Snapshot, count: int) -> list[Words]:
    share = _share(snapshot)
    return with_figure(
        tell_many("{n} core, {share} busy", "{n} cores, {share} busy", count, n=count, share=share), share, Style.STRONG
    )


def _busy_cores(snapshot: Snapshot, *, short: bool = False) -> list[Words]:
    share = _share(snapshot)
    words = tell("CPU {share}", share=share) if short else tell("CPU {share} busy", share=share)
    return with_figure(words, share, Style.STRONG)
