"""Who travels at a moment, and where: from the client to the queue, to a desk, back with the answer, or lost.

What to watch: where a mark is depends on the trace, the moment and the speed alone, never on the frame before. Whoever
travels stands nowhere else: queue and desks leave out ``Travellers.request``. Counters never look here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from simulator.plan.words import Loss, lost_by
from simulator.stage.canvas.cells import BLANK
from simulator.stage.canvas.grid import CellGrid
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.followed import finder, put_followed
from simulator.stage.street.itinerary import Way
from simulator.stage.street.paths import Cells
from simulator.stage.street.places import Street
from simulator.stage.street.shares import Form
from simulator.stage.street.whereabouts import Whereabouts
from simulator.stage.street.who import who

Rows = NDArray[np.int32]

GLANCE_S = 0.35
"""Of whoever watches: how long a mark takes down the line to a desk; other ways take their share of it."""
FASTEST = 2.0
"""Played faster than this, nobody could follow a mark."""
CELLS_EACH = 3
"""A way has a mark for so many columns of the street at most, about."""
LEAST_MARKS = 12
"""On each way, however narrow the street is."""
CRASHED = lost_by(Loss.CRASH)


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """Marks on the way, one a cell."""

    request: Rows
    way: NDArray[np.uint8]
    """A ``Way``."""
    row: Cells
    col: Cells


@dataclass(frozen=True, slots=True, eq=False)
class Travellers:
    """Who is under way at a moment."""

    request: Rows
    """In ascending order: those who are nowhere else. A request that was lost while the server goes on with it, without
    knowing, has a mark on the way, and stays where it is."""
    marks: Marks
    """What is drawn of them."""
    crowded: frozenset[Way]
    """Where more are under way than are drawn."""

    def among(self, requests: Rows) -> NDArray[np.bool_]:
        """Which of some requests are under way, and not to be drawn elsewhere."""
        found = np.minimum(self.request.searchsorted(requests), max(len(self.request) - 1, 0))
        return self.request[found] == requests if len(self.request) else np.zeros(len(requests), np.bool_)


_NOBODY = np.empty(0, np.int32)
_NOWHERE = np.empty(0, np.intp)
NOBODY = Travellers(_NOBODY, Marks(_NOBODY, np.empty(0, np.uint8), _NOWHERE, _NOWHERE), frozenset())
_KNOWN: WeakKeyDictionary[Snapshot, tuple[Street, Travellers]] = WeakKeyDictionary()


def travellers(snapshot: Snapshot, street: Street) -> Travellers:
    """Who travels on a street at the moment of a view; the same for all who draw the frame."""
    known = _KNOWN.get(snapshot)
    if known is None or known[0] != street:
        known = _KNOWN[snapshot] = (street, _travellers(snapshot, street))
    return known[1]


def _travellers(snapshot: Snapshot, street: Street) -> Travellers:
    scene = snapshot.scene
    still = scene.reduced_motion or scene.speed > FASTEST or scene.speed <= 0.0
    if still or street.form is Form.TINY or street.answers_row < 0:
        return NOBODY
    return _under_way(snapshot, street)


def _under_way(snapshot: Snapshot, street: Street) -> Travellers:
    scene, view, whereabouts = snapshot.scene, snapshot.view, Whereabouts.of(snapshot, street)
    unit_s, most = GLANCE_S * scene.speed, max(street.width // CELLS_EACH, LEAST_MARKS)
    always = -1 if view.selected_request is None else view.selected_request
    requests, ways, rows, cols, crowded = [_NOBODY], [_NOBODY], [_NOWHERE], [_NOWHERE], set()
    for moments in whereabouts.its.ways:
        found = moments.under_way(snapshot.t_s, unit_s, most, always)
        if len(found.rows):
            row, col = whereabouts.cells(moments.way, found)
            seen = np.flatnonzero(row >= 0)
            requests.append(found.rows[seen])
            ways.append(np.full(len(seen), moments.way, np.int32))
            rows.append(row[seen])
            cols.append(col[seen])
            if found.thinned:
                crowded.add(moments.way)
    request, way = np.concatenate(requests), np.concatenate(ways).astype(np.uint8)
    row, col, one = np.concatenate(rows), np.concatenate(cols), _one_each(request, way)
    request, way, row, col = request[one], way[one], row[one], col[one]
    stays = (way == Way.LOST) & whereabouts.its.stays[request]
    drawn = _drawn(request, way, row, col, always, street.width)
    return Travellers(np.sort(request[~stays]), drawn, frozenset(crowded))


def _one_each(request: Rows, way: NDArray[np.uint8]) -> Cells | slice:
    """Whatever a plan sends its requests through, each is on one way only: the last one in its life.

    A cross is no mark of a request, but of its loss.
    """
    key = request.astype(np.int64) * 2 + (way == Way.LOST)
    order = np.lexsort((way, key))
    last = np.append(key[order][1:] != key[order][:-1], True)[: len(order)]
    return slice(None) if last.all() else np.sort(order[last])


def _drawn(request: Rows, way: NDArray[np.uint8], row: Cells, col: Cells, always: int, width: int) -> Marks:
    """One mark a cell: where two meet, the later one is hidden, but never the one that is followed."""
    cell = row * width + col
    order = np.lexsort((request != always, cell))  # stable: those of a cell stay in order of time
    first = np.sort(order[np.append(True, cell[order][1:] != cell[order][:-1])[: len(order)]])
    return Marks(request[first], way[first], row[first], col[first])


def put_travellers(sheet: Sheet, snapshot: Snapshot, street: Street) -> None:
    """Draw them over all that lies still, each in the look of its client."""
    there = travellers(snapshot, street)
    _brighten(sheet, street, there.crowded)
    marks = there.marks
    if not len(marks.request):
        return
    characters, styles = who(snapshot.playback).marks(marks.request, snapshot.t_s, sheet.look.glyphs)
    lost = marks.way == Way.LOST
    if lost.any():
        crashed = lost & np.isin(snapshot.playback.trace.outcome[marks.request], CRASHED)
        for which, style in ((lost, Style.DROPPED), (crashed, Style.CRASHED)):
            characters[which], styles[which] = sheet.look.glyph(style), style
    grid = sheet.grid
    free = ~_worded(grid, street)[marks.row, marks.col]
    row, col = marks.row[free], marks.col[free]
    grid.characters[row, col], grid.styles[row, col] = characters[free], styles[free]
    put_followed(sheet, snapshot, marks.request[free], row, col)
    sheet.offer(Area(0, 0, sheet.height, sheet.width), finder(marks.request, marks.row, marks.col, snapshot.number))


def _worded(grid: CellGrid, street: Street) -> NDArray[np.bool_]:
    """Which cells belong to words of the clients: what is counted there may reach far over the way in."""
    words = np.zeros(grid.characters.shape, np.bool_)
    first, last = street.clients.row, street.clients.row + street.clients.height
    part = np.s_[first:last, street.way.col : street.way.col + street.way.width]
    written = (grid.characters[part] != BLANK) & (grid.styles[part] != Style.WAY_IN)
    words[part] = np.logical_or.accumulate(written[:, ::-1], axis=1)[:, ::-1]
    return words


def _brighten(sheet: Sheet, street: Street, crowded: frozenset[Way]) -> None:
    """Ways on which more are under way than are drawn."""
    for area, ways, quiet, bright in _ways(street):
        if crowded & ways:
            part = sheet.grid.styles[area.row : area.row + area.height, area.col : area.col + area.width]
            part[part == quiet] = bright


def _ways(street: Street) -> Iterator[tuple[Area, set[Way], Style, Style]]:
    start = street.way.col
    inside = Area(street.way.row, start, street.way.height, street.line_col - start)
    yield inside, {Way.IN, Way.IN_VAIN, Way.FROM_ROOM}, Style.WAY_IN, Style.STREET
    back = Area(street.answers_row, start, 1, street.line_col - start)
    yield back, {Way.BACK, Way.TO_ROOM, Way.BACK_FROM_ROOM}, Style.WAY_BACK, Style.GOOD
