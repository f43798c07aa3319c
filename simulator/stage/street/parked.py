"""Who is in the hands of an event loop's server and waits elsewhere: any number of them costs the loop nothing.

What to watch: the loop is one, the parked are many. All who come back from there stand in front of the loop again.
"""

import numpy as np

from simulator.plan.words import State
from simulator.stage.cache import kept
from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import clipped, first_that_fits
from simulator.stage.fixed_width import fixed_count
from simulator.stage.scene import RequestTarget, Target
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.density import density_of, put_density, put_scale
from simulator.stage.street.followed import put_followed
from simulator.stage.street.lineup import waiting
from simulator.stage.street.places import Street
from simulator.stage.street.who import NOBODY, Rows, who
from simulator.trace.playback import Activity, Playback
from simulator.words.language import later, tell, tell_many, translated
from simulator.words.numbers import count

KINDS = (
    (Activity.IO, later("database"), later("DB")),
    (Activity.UPLOAD, later("client sends"), later("sends")),
    (Activity.DOWNLOAD, later("client reads"), later("reads")),
)
"""What is waited for, and the same where there is little room."""
LEAST_MARKS = 3
"""Cells for marks; below that, names are short."""
COUNT_WIDTH = 4
"""Cells of a number, and the blank before it."""
APART = 3
"""Cells between two kinds."""


def put_parked(sheet: Sheet, snapshot: Snapshot, street: Street, travelling: Rows = NOBODY) -> None:
    """One row with the kinds; with more room what they are, and who of them has come back.

    Whoever still travels counts, but has its mark elsewhere.
    """
    area = street.parked
    if not snapshot.inventory.loops or area.height < 1 or area.width < 1:
        return
    parked = {kind: snapshot.now.parked.doing(kind).request for kind, _, _ in KINDS}
    heading, left = tell("PARKED"), max(street.tape_col, area.col + cell_width(tell("PARKED")) + 1)
    beside = Area(area.row, left, 1, area.col + area.width - left)
    sheet.put(area.row, area.col, heading, Style.PLACE)
    if area.height == 1:
        _put_kinds(sheet, snapshot, street, beside, parked, travelling)
        return
    said = first_that_fits(_costs(snapshot), beside.width)
    sheet.put(beside.row, beside.col, said, Style.DIM)
    _put_kinds(sheet, snapshot, street, beside._replace(row=area.row + 1), parked, travelling)
    if area.height > 2:
        _put_come_back(sheet, snapshot, beside._replace(row=area.row + 2))


def _costs(snapshot: Snapshot) -> tuple[str, ...]:
    """From long to short."""
    if snapshot.inventory.processors:
        return (
            tell("in hand, waiting elsewhere: each needs a stack, and no P"),
            tell("waiting elsewhere: needs no P"),
            tell("needs no P"),
        )
    return (
        tell("in hand, waiting elsewhere: costs the loop nothing"),
        tell("waiting elsewhere: costs the loop nothing"),
        tell("costs the loop nothing"),
    )


def _put_kinds(
    sheet: Sheet, snapshot: Snapshot, street: Street, area: Area, parked: dict[Activity, Rows], travelling: Rows
) -> None:
    """Equal shares of a row for all kinds, so that nothing moves when a number changes."""
    each = (area.width + APART) // len(KINDS) - APART
    names = [[translated(name) for name in kind[1:]] for kind in KINDS]
    short = max(cell_width(name) for name, _ in names) + 1 + LEAST_MARKS + COUNT_WIDTH > each
    for number, (kind, _, _) in enumerate(KINDS):
        place = Area(area.row, area.col + number * (each + APART), 1, each)
        _put_kind(sheet, snapshot, place, names[number][short], parked[kind], travelling)
    fields = [
        density_of(len(parked[kind]), _room_for_marks(sheet, each, names[i][short]))
        for i, (kind, _, _) in enumerate(KINDS)
    ]
    put_scale(sheet, Area(area.row, street.desk.col, 1, street.desk.width), fields)


def _room_for_marks(sheet: Sheet, width: int, name: str) -> int:
    return width - cell_width(clipped(name, width - COUNT_WIDTH, sheet.look)) - 1 - COUNT_WIDTH


def _put_kind(sheet: Sheet, snapshot: Snapshot, area: Area, name: str, requests: Rows, travelling: Rows) -> None:
    """``database ●●■ 3``; the name gives way last but for the count."""
    style = Style.DIM if len(requests) else Style.FAINT
    name = clipped(name, area.width - COUNT_WIDTH, sheet.look)
    sheet.put(area.row, area.col, name, style)
    marks = Area(area.row, area.col + cell_width(name) + 1, 1, _room_for_marks(sheet, area.width, name))
    number = in_hand(len(requests))
    if marks.width < 1:
        sheet.put(area.row, marks.col, number, Style.STRONG if len(requests) else Style.FAINT)
        return
    col = marks.col
    if len(requests):
        col += _put_marks(sheet, snapshot, marks, requests, travelling)
    else:
        sheet.put(area.row, col, sheet.look.glyphs.empty, Style.FAINT)
        col += 1
    sheet.put(area.row, col + 1, number, Style.STRONG if len(requests) else Style.FAINT)


def in_hand(number: int) -> str:
    """``999``, ``1135``, ``115k``: from a thousand on it has a cell of what lies between two kinds."""
    return fixed_count(number, COUNT_WIDTH).strip()


def _put_marks(sheet: Sheet, snapshot: Snapshot, area: Area, requests: Rows, travelling: Rows) -> int:
    """Whoever came first at the left, each with a mark while there is room, then denser; how many cells they take."""
    marks = density_of(len(requests), area.width)
    each = marks.fine if marks.level == 0 else 0
    shown = requests[:each]
    characters, styles = put_density(sheet, area.row, area.col, marks)
    if each:
        characters[:each], styles[:each] = who(snapshot.playback).marks(shown, snapshot.t_s, sheet.look.glyphs)
        elsewhere = np.flatnonzero(np.isin(shown, travelling))
        characters[elsewhere], styles[elsewhere] = sheet.look.glyphs.empty, Style.FAINT
    sheet.grid.put_cells(area.row, area.col, characters, styles)
    put_followed(sheet, snapshot, shown, np.full(each, area.row), area.col + np.arange(each))
    one_each = shown.tolist()

    def find(_row: int, col: int) -> Target | None:
        return RequestTarget(view=snapshot.number, request=one_each[col]) if col < len(one_each) else None

    sheet.offer(area, find)
    return marks.length


def _put_come_back(sheet: Sheet, snapshot: Snapshot, area: Area) -> None:
    """Of those in front of the loop, how many it had in hand before."""
    line = waiting(snapshot)
    back = come_back(snapshot)
    if not back:
        return
    texts = _want_a_p(back, len(line) - back) if snapshot.inventory.processors else _come_back(back, len(line) - back)
    text = first_that_fits(texts, area.width)
    sheet.put(area.row, area.col, text, Style.DIM)


def _come_back(back: int, new: int) -> tuple[str, ...]:
    """From long to short."""
    fields = {"n": count(back), "new": count(new)}
    if not new:
        return (
            tell_many(
                "{n} has come back from there and stands in front of the loop",
                "{n} have come back from there and stand in front of the loop",
                back,
                **fields,
            ),
            tell("{n} came back", **fields),
        )
    return (
        tell_many(
            "{n} has come back from there, {new} are new: all stand in front of the loop",
            "{n} have come back from there, {new} are new: all stand in front of the loop",
            back,
            **fields,
        ),
        tell("{n} came back, {new} are new", **fields),
    )


def _want_a_p(back: int, new: int) -> tuple[str, ...]:
    """From long to short."""
    fields = {"n": count(back), "new": count(new)}
    if not new:
        return (
            tell_many(
                "{n} has come back from there and waits for a P",
                "{n} have come back from there and wait for a P",
                back,
                **fields,
            ),
            tell("{n} came back", **fields),
        )
    return (
        tell_many(
            "{n} has come back from there, {new} are new: all wait for a P",
            "{n} have come back from there, {new} are new: all wait for a P",
            back,
            **fields,
        ),
        tell("{n} came back, {new} are new", **fields),
    )


def come_back(snapshot: Snapshot) -> int:
    """How many wait for the loop whose handling it has begun before."""
    begun = kept(snapshot.playback, "begun", lambda: _begun(snapshot.playback))
    waits = (each for loop in snapshot.inventory.loops for each in snapshot.now.lock(loop.name).waiting)
    return sum(int(np.count_nonzero(each.place > begun)) for each in waits)


def _begun(playback: Playback) -> int:
    """The place at which a request that was read is first computed on."""
    states = [place.state for place in playback.trace.places]
    read = states.index(State.UPLOAD) if State.UPLOAD in states else -1
    return next((i for i, state in enumerate(states) if i > read and state is State.COMPUTING), len(states))
