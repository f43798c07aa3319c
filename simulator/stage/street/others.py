"""The lanes that do not fit, in one row below the others: what they did all together, and how many do what now.

What to watch: it is a tape like those above, with the same columns. The orange bar is as high as the part of their time
in which they computed, and the ground says what most of the rest was spent with; that of waiting for a core or a lock
has a ground here, too, for there is always one who computes. So of 500 processes half a cell of orange are 250.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simulator.stage.cache import kept
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.style import Ground, Style
from simulator.stage.canvas.text import Piece, first_that_fits, fitting, piece, put_pieces
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.columns import NEWEST_PART, Columns, Taken, columns_of, most_of, stretches_of
from simulator.stage.street.doing import DOING, WAITING, mark
from simulator.stage.street.places import Street
from simulator.stage.street.shares import Form
from simulator.stage.street.tape import visible_lanes
from simulator.stage.street.tape_cells import painted
from simulator.trace.playback import Activity, GroupKind, LaneGroup
from simulator.words.language import tell_many, translated
from simulator.words.numbers import count

Floats = NDArray[np.float64]
LEAST_BAR = 1 / 16
"""Of their time: of less there is no bar, but the mark of what most of the rest was."""
Hidden = tuple[tuple[LaneGroup, int, int], ...]
"""Of each group from which lane on, and how many."""


def put_others(sheet: Sheet, snapshot: Snapshot, street: Street) -> None:
    """How many lanes there is no room for, their tape, and what they do now: what most do comes first."""
    if street.others_row < 0:
        return
    hidden = tuple(_hidden(snapshot, street))
    number = sum(lanes for _, _, lanes in hidden)
    if not number:
        return
    counts = np.sum([np.bincount(each, minlength=len(Activity)) for each in _doing(snapshot, hidden)], axis=0)
    if street.form is Form.TINY:
        more = piece((tell_many("{n} more:", "{n} more:", number, n=number), Style.DIM))
        pieces = fitting([more, *_counts(sheet, counts, words=True)], street.columns)
        put_pieces(sheet, street.others_row, street.tape_col, pieces)
        return
    n = count(number)
    names = tell_many("{n} more", "{n} more", number, n=n), f"+{n}", f"+{number}", f"+{number // 1000}k"
    sheet.put(street.others_row, street.label_col, first_that_fits(names, street.label_width), Style.DIM)
    _put_tape(sheet, snapshot, street, hidden)
    words = fitting(_counts(sheet, counts, words=True), street.desk.width)
    alone = fitting(_counts(sheet, counts, words=False), street.desk.width, gap=1)
    whole = len(words) >= len(alone)
    put_pieces(sheet, street.others_row, street.desk.col, words if whole else alone, gap=1 + int(whole))


def _hidden(snapshot: Snapshot, street: Street) -> Iterator[tuple[LaneGroup, int, int]]:
    seen, first = visible_lanes(street), 0
    for group in snapshot.inventory.lane_groups:
        for start, stop in ((0, seen.start), (seen.stop, first + group.lanes)):
            begin, end = max(start - first, 0), min(stop - first, group.lanes)
            if end > begin:
                yield group, begin, end - begin
        first += group.lanes


def _doing(snapshot: Snapshot, hidden: Hidden) -> Iterator[NDArray[np.uint8]]:
    now = snapshot.now
    for group, first, lanes in hidden:
        entry = now.pool(group.name) if group.kind is GroupKind.SLOTS else now.lock(group.name)
        yield entry.activity[first : first + lanes]


def _counts(sheet: Sheet, counts: NDArray[np.intp], *, words: bool) -> list[Piece]:
    pieces: list[Piece] = []
    for activity in map(Activity, np.argsort(-counts, kind="stable").tolist()):
        if counts[activity]:
            doing, number = DOING[activity], count(int(counts[activity]))
            named = ((f" {translated(doing.word)}", Style.DIM),) if words else ()
            glyph, apart = mark(activity, sheet.look.glyphs), " " if words else ""
            pieces.append(piece((f"{number}{apart}", Style.TEXT), (glyph, doing.desk), *named, rank=len(pieces)))
    return pieces


# The tape.


def _put_tape(sheet: Sheet, snapshot: Snapshot, street: Street, hidden: Hidden) -> None:
    columns = columns_of(snapshot, street.columns)
    shares = np.concatenate([_before(snapshot, hidden, columns), _now(snapshot, hidden, columns)], axis=1)[:, None]
    computing = np.where(shares[Activity.COMPUTING] < LEAST_BAR, 0.0, shares[Activity.COMPUTING])
    what = Taken(most_of(shares), computing, max(-columns.first, 0))
    cells, row = painted(what, 1, sheet.look), street.others_row
    waits = WAITING[what.most] & (np.arange(columns.count) >= what.begun)
    cells.grounds[waits] = Ground.ALARM
    sheet.grid.put_cells(row, street.tape_col, cells.characters[0], cells.styles[0])
    under = sheet.grid.grounds[row, street.tape_col : street.tape_end]
    np.copyto(under, cells.grounds[0], where=cells.grounds[0] != Ground.BACK)


def _before(snapshot: Snapshot, hidden: Hidden, columns: Columns) -> Floats:
    """[activities, columns] of all but the newest column."""
    shares = np.zeros((len(Activity), columns.count - 1))
    for whole in stretches_of(max(columns.first, 0), columns.first + columns.count - 1):
        span_s = whole.start * columns.column_s, whole.stop * columns.column_s
        skipped = max(columns.first - whole.start, 0)
        if skipped < len(whole):
            known = _together(snapshot, hidden, span_s, len(whole))
            shares[:, whole.start + skipped - columns.first : whole.stop - columns.first] = known[:, skipped:]
    return shares


def _now(snapshot: Snapshot, hidden: Hidden, columns: Columns) -> Floats:
    """As in the lanes: for as long as a column lasts, up to the moment."""
    end_s = max(columns.t_s, columns.column_s * NEWEST_PART)
    return _worked_out(snapshot, hidden, (end_s - columns.column_s, end_s), 1)


def _together(snapshot: Snapshot, hidden: Hidden, span_s: tuple[float, float], columns: int) -> Floats:
    parts = tuple((group.name, first, lanes) for group, first, lanes in hidden)
    key = "others", parts, span_s, columns
    return kept(snapshot.playback, key, lambda: _worked_out(snapshot, hidden, span_s, columns))


def _worked_out(snapshot: Snapshot, hidden: Hidden, span_s: tuple[float, float], columns: int) -> Floats:
    """Each lane counts alike, of whichever group it is."""
    all_lanes = sum(lanes for _, _, lanes in hidden)
    shares = np.zeros((len(Activity), columns))
    for group, first, lanes in hidden:
        shares += snapshot.playback.shares_together(group.name, first, lanes, span_s, columns) * (lanes / all_lanes)
    return shares
