"""The event loop as one window: who has it, what that one does and for how long; and whether others get a turn.

What to watch: calm is grey, and a few words change in it. A blocked loop is the one loud thing of the picture.
"""

from collections.abc import Iterator

from simulator.stage.canvas.box import APART, Box, put_box
from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Ground, Style
from simulator.stage.canvas.text import Piece, Words, clipped, first_that_fits, fitting, piece, put_pieces
from simulator.stage.scene import RequestTarget, Target
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.loop_turns import LoopNow, last_turns, loops_now, numbered, quiet_s
from simulator.stage.street.places import Street
from simulator.stage.street.who import mark_of, who
from simulator.words.language import tell
from simulator.words.numbers import short_duration

TURNS = 8
"""Marks of those who had it last."""
BLOCKED_ROWS = 5
"""Two for whoever has it, and one each for what that means, for how long, and how much of it is over."""
LEAST_BOX = 5
"""Rows of a window of its own, where there are several loops; else each gets a row of one window."""
MARGIN = 1
"""Cells between the frame and what is in it."""


def put_window(sheet: Sheet, snapshot: Snapshot, street: Street) -> None:
    """The window, or one for each process; and what a blocked loop means for the answers."""
    count = sum(loop.units for loop in snapshot.inventory.loops)
    if not count or (count > 1 and street.window.height <= 1):
        return
    loops = loops_now(snapshot)
    if street.window.height > 1:
        _put_windows(sheet, snapshot, street.window, loops)
    if len(loops) == 1 and loops[0].blocked:
        _put_no_answer(sheet, snapshot, street, loops[0])


def _put_windows(sheet: Sheet, snapshot: Snapshot, area: Area, loops: tuple[LoopNow, ...]) -> None:
    each = area.height // len(loops)
    if len(loops) == 1 or each >= LEAST_BOX:
        for number, loop in enumerate(loops):
            _put_one(sheet, snapshot, Area(area.row + number * each, area.col, each, area.width), loop, len(loops))
    else:
        _put_rows(sheet, snapshot, area, loops)


def _put_one(sheet: Sheet, snapshot: Snapshot, area: Area, loop: LoopNow, count: int) -> None:
    names = _names(snapshot, loop, count)
    title: list[Words] = []
    if loop.blocked:
        title = [(f" {sheet.look.glyphs.horizontal} ", Style.BY_COMPUTING), (tell("BLOCKED"), Style.BAD)]
    left = area.width - 2 * APART - sum(cell_width(text) for text, _ in title)
    name = first_that_fits(names, left) or names[-1]
    title.insert(0, (name, Style.BY_COMPUTING if loop.blocked else Style.PLACE))
    box = Box(
        title=(piece(*title),),
        rule=Style.CPU if loop.blocked else Style.RULE,
        ground=Ground.ALARM if loop.blocked else Ground.PANE,
    )
    inside = put_box(sheet, area, box)
    room = inside._replace(col=inside.col + MARGIN, width=inside.width - 2 * MARGIN)
    if loop.blocked:
        _put_blocked(sheet, snapshot, room, loop)
    else:
        _put_calm(sheet, snapshot, room, loop, last=True)
    _offer(sheet, snapshot, area, loop)


def _names(snapshot: Snapshot, loop: LoopNow, count: int) -> tuple[str, ...]:
    """From long to short."""
    if snapshot.inventory.processors:
        return (tell("THE ONE P"),) if count == 1 else (tell("P {number}", number=loop.copy),)
    return (tell("THE ONE LOOP"), tell("ONE LOOP")) if count == 1 else (tell("LOOP {number}", number=loop.copy),)


def _put_blocked(sheet: Sheet, snapshot: Snapshot, room: Area, loop: LoopNow) -> None:
    """A solid block with whoever has it, and below it what that means; what matters least goes first."""
    two = room.height >= 4
    row = room.row + max((room.height - BLOCKED_ROWS) // 2, 0)
    sheet.grid.fill(row, room.col, 1 + two, room.width)
    sheet.lay(Area(row, room.col, 1 + two, room.width), Ground.COMPUTING)
    who_has = f"{mark_of(sheet.look, snapshot, loop.request)} {numbered(snapshot.playback, loop.request)}"
    sheet.put(row, room.col + 2, clipped(who_has, room.width - 2, sheet.look), Style.ON_BRIGHT)
    if two:
        row += 1
        does = tell("waits for a core") if loop.for_core else tell("is computing")
        does = tell("waits in a call") if loop.stands else does
        does = tell("waits for the GIL") if loop.for_gil else does
        does = tell("is throttled") if loop.throttled else does
        sheet.put(row, room.col + 2, does, Style.ON_BRIGHT)
    stop = room.row + room.height
    if row + 2 < stop:
        row += 1
        texts = (tell("nobody else gets a turn"), tell("no turn for others"))
        sheet.put(row, room.col, first_that_fits(texts, room.width), Style.BY_COMPUTING)
    if row + 1 < stop:
        row += 1
        put_pieces(sheet, row, room.col, fitting([_since(loop)], room.width))
    if row + 1 < stop:
        _put_progress(sheet, Area(row + 1, room.col, 1, room.width), loop)


def _since(loop: LoopNow) -> Piece:
    time, most = short_duration(loop.since_s), short_duration(loop.whole_s)
    words = tell("for {time} of {most}", time=time, most=most)
    before, _, after = words.partition(time)
    return piece((before, Style.DIM), (time, Style.STRONG), (after, Style.DIM))


def _put_progress(sheet: Sheet, area: Area, loop: LoopNow) -> None:
    done = round(area.width * min(loop.since_s / loop.whole_s, 1.0)) if loop.whole_s > 0.0 else area.width
    glyphs = sheet.look.glyphs
    sheet.put(area.row, area.col, glyphs.track * done, Style.CPU)
    sheet.put(area.row, area.col + done, glyphs.track_ahead * (area.width - done), Style.TRACK)


def _put_calm(sheet: Sheet, snapshot: Snapshot, room: Area, loop: LoopNow, *, last: bool) -> None:
    row = room.row + (1 if room.height >= 5 else 0)
    if loop.down:
        texts = (tell("its process is not there"), tell("not there"))
        sheet.put(row, room.col, first_that_fits(texts, room.width), Style.DIM)
        return
    put_pieces(sheet, row, room.col, list(_who_has(sheet, snapshot, loop, room.width)))
    if last and room.height >= 3:
        _put_last(sheet, snapshot, row + 2, room, loop)


def _who_has(sheet: Sheet, snapshot: Snapshot, loop: LoopNow, width: int) -> Iterator[Piece]:
    """``● #1290 page   0.4 ms``; the name goes first where there is no room."""
    if loop.request < 0:
        texts = (tell("free: nobody needs it"), tell("free"))
        yield piece((first_that_fits(texts, width), Style.DIM))
        return
    time = short_duration(loop.since_s)
    mark = (mark_of(sheet.look, snapshot, loop.request), Style.CPU)
    names = (numbered(snapshot.playback, loop.request), f"#{loop.request}")
    name = next((each for each in names if cell_width(each) + cell_width(time) + 4 <= width), names[-1])
    yield piece(mark, (f" {name}", Style.TEXT))
    if cell_width(name) + cell_width(time) + 4 <= width:
        yield piece((time, Style.DIM))


def _put_last(sheet: Sheet, snapshot: Snapshot, row: int, room: Area, loop: LoopNow) -> None:
    """Who had it before: their marks, the latest at the right."""
    (its,) = (each for each in snapshot.inventory.loops if each.units > loop.copy)
    requests = last_turns(snapshot, its.name, loop.copy, TURNS)
    words = tell("before")
    if not len(requests) or cell_width(words) + 1 + len(requests) > room.width:
        return
    from_here = who(snapshot.playback).past(requests, sheet.look.glyphs)
    sheet.put(row, room.col, words, Style.FAINT)
    sheet.grid.put_cells(row, room.col + cell_width(words) + 1, *from_here)


def _put_rows(sheet: Sheet, snapshot: Snapshot, area: Area, loops: tuple[LoopNow, ...]) -> None:
    """One window for all loops, with a row for each; those that are blocked come first if not all fit."""
    blocked = sum(loop.blocked for loop in loops)
    name = tell("WHO HAS A P") if snapshot.inventory.processors else tell("THE LOOPS, ONE EACH")
    title: list[Piece] = [piece((name, Style.BY_COMPUTING if blocked else Style.PLACE))]
    if blocked:
        title.append(piece((tell("{n} BLOCKED", n=blocked), Style.BAD)))
    inside = put_box(
        sheet,
        area,
        Box(
            title=tuple(title),
            rule=Style.CPU if blocked else Style.RULE,
            ground=Ground.ALARM if blocked else Ground.PANE,
        ),
    )
    shown = sorted(loops, key=lambda loop: not loop.blocked)[: inside.height]
    pitch = max((inside.height + 1) // len(loops), 1)
    for row, loop in enumerate(sorted(shown, key=lambda loop: loop.copy)):
        place = Area(inside.row + row * pitch, inside.col + MARGIN, 1, inside.width - 2 * MARGIN)
        number = f"{loop.copy} "
        sheet.put(place.row, place.col, number, Style.DIM)
        place = place._replace(col=place.col + len(number), width=place.width - len(number))
        if loop.blocked:
            sheet.grid.lay(*place, Ground.COMPUTING)
            time = short_duration(loop.since_s)
            who_has = f"{mark_of(sheet.look, snapshot, loop.request)} {numbered(snapshot.playback, loop.request)}"
            sheet.put(place.row, place.col, clipped(who_has, place.width - len(time) - 1, sheet.look), Style.ON_BRIGHT)
            sheet.put_right(place.row, place.col + place.width, time, Style.ON_BRIGHT)
        else:
            _put_calm(sheet, snapshot, place, loop, last=False)
        _offer(sheet, snapshot, place, loop)


def _put_no_answer(sheet: Sheet, snapshot: Snapshot, street: Street, loop: LoopNow) -> None:
    """Below the empty way of the answers; where there is no window, that the loop is blocked is said here too."""
    row = street.answers_row + 1
    first = street.lanes[0].row if street.lanes else street.height
    if street.answers_row < 0 or row >= first:
        return
    quiet = piece(
        (tell("no answer has left the server for {time}", time=short_duration(quiet_s(snapshot))), Style.DIM), rank=2
    )
    pieces = [quiet]
    if not street.window.height:
        for_s = short_duration(loop.since_s)
        blocked = piece((tell("BLOCKED"), Style.BAD), (f" {for_s}", Style.STRONG))
        pieces = [blocked, piece((tell("nobody else gets a turn"), Style.BY_COMPUTING), rank=1), quiet]
    put_pieces(sheet, row, street.way.col, fitting(pieces, street.line_col - street.way.col - 1))


def _offer(sheet: Sheet, snapshot: Snapshot, area: Area, loop: LoopNow) -> None:
    if loop.request >= 0:
        target: Target = RequestTarget(view=snapshot.number, request=loop.request)
        sheet.offer(area, lambda _row, _col: target)
