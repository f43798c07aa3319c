"""The queue: a block of marks that is honest about how many wait, and the line from its head to the workers.

What to watch: empty places are not drawn, and servers side by side have one scale, so that they compare. What marks are
worth is written wherever there are any. How many wait, and for how long, stands in white.
"""

from collections.abc import Iterator

import numpy as np

from simulator.stage.canvas.grid import Styles
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import Area, Find, Sheet
from simulator.stage.canvas.style import WHO, Style
from simulator.stage.canvas.text import Piece, Words, fitting, piece, put_pieces, with_figure
from simulator.stage.fixed_width import fixed_duration
from simulator.stage.scene import RequestTarget, Target
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.crowd import WRITTEN, Marks, marks_for, scale_words
from simulator.stage.street.detail import coloured_pieces
from simulator.stage.street.figures import headed, heading_end
from simulator.stage.street.followed import light
from simulator.stage.street.lineup import Limit, Line, cells_of_marks, is_full, limit_of, marks_at, room_of, waiting
from simulator.stage.street.one_scale import cells_for
from simulator.stage.street.places import Street
from simulator.stage.street.shares import Form
from simulator.stage.street.who import NOBODY, Rows, who
from simulator.words.language import later, tell, tell_many, translated
from simulator.words.numbers import count

QUEUE, READY = later("QUEUE"), later("READY")
ONE_EACH = later("1 mark = 1 request")


def put_queue(sheet: Sheet, snapshot: Snapshot, street: Street, ways: int = 1, travelling: Rows = NOBODY) -> Marks:
    """Who waits and is not drawn elsewhere; the way in leads through the first so many rows to the tail."""
    line, area, served = waiting(snapshot), street.queue, 0
    marks = marks_for(len(line), cells_for(snapshot, street))
    if not room_of(area):
        return marks
    served = line.served % area.height
    characters = np.full((area.height, area.width), " ", "<U1")
    styles = np.zeros((area.height, area.width), np.uint8)
    _put_way(sheet.look, characters, styles, _lengths(marks.length, area.height, served)[:ways])
    rows, cols = cells_of_marks(Area(0, 0, area.height, area.width), np.arange(marks.length), served)
    characters[rows, cols], styles[rows, cols] = _marks(sheet.look, snapshot, line, marks, travelling)
    if not coloured_pieces(snapshot, street):
        styles[rows, cols] = WHO[0]
    sheet.grid.put_cells(area.row, area.col, characters, styles)
    _put_followed(sheet, snapshot, street, line, marks)
    if marks.length:
        sheet.offer(area, _finder(line, marks, area, snapshot.number))
    return marks


def _lengths(length: int, height: int, served: int) -> list[int]:
    """Marks in each row."""
    whole, rest = divmod(length, height)
    return [whole + ((row - served) % height < rest) for row in range(height)]


def _put_way(look: Look, characters: np.ndarray, styles: Styles, lengths: list[int]) -> None:
    for row, length in enumerate(lengths):
        stop = characters.shape[1] - length - (1 if length else 0)
        characters[row, : max(stop, 0)] = look.glyphs.empty
        styles[row, : max(stop, 0)] = Style.WAY_IN


def _marks(look: Look, snapshot: Snapshot, line: Line, marks: Marks, travelling: Rows) -> tuple[np.ndarray, Styles]:
    """From the head to the tail."""
    characters = np.full(marks.length, look.glyphs.who[0], "<U1")
    styles = np.full(marks.length, Style.TEXT, np.uint8)
    if marks.level:
        characters[: marks.fine] = look.glyphs.crowds[marks.level - 1]
    else:
        its = who(snapshot.playback)
        shown = line.rows[: marks.fine]
        characters[: marks.fine], styles[: marks.fine] = its.marks(shown, snapshot.t_s, look.glyphs)
        characters[: marks.fine][np.isin(shown, travelling)] = " "
    if marks.coarse:
        characters[marks.fine :] = look.glyphs.crowds[marks.level]
    return characters, styles


def _put_followed(sheet: Sheet, snapshot: Snapshot, street: Street, line: Line, marks: Marks) -> None:
    found = np.flatnonzero(line.rows == snapshot.view.selected_request)
    if len(found):
        rows, cols = cells_of_marks(street.queue, marks_at(found, marks), line.served)
        light(sheet, int(rows[0]), int(cols[0]))


def _finder(line: Line, marks: Marks, area: Area, view: int) -> Find:
    """Under a coarse mark, the first that it stands for."""
    numbers = marks_at(np.arange(len(line)), marks)
    first = line.rows[np.searchsorted(numbers, np.arange(marks.length))]
    served = line.served

    def find(row: int, col: int) -> Target | None:
        mark = (area.width - 1 - col) * area.height + (row - served) % area.height
        return RequestTarget(view=view, request=int(first[mark])) if mark < len(first) else None

    return find


# The words about it.


def put_queue_words(sheet: Sheet, snapshot: Snapshot, street: Street) -> None:
    """Where they stand depends on how much room there is from side to side."""
    line = waiting(snapshot)
    marks = marks_for(len(line), cells_for(snapshot, street))
    if street.form is Form.WIDE:
        _put_heading(sheet, snapshot, street, line, marks)
    elif headed(snapshot, street):
        name = piece((translated(_name(snapshot)), Style.PLACE), (" ", Style.RULE), _count(snapshot, line))
        room = heading_end(snapshot, street) - street.queue.col
        shown = fitting([_blank(name), *map(_blank, _full(snapshot))], room)
        put_pieces(sheet, street.heading_row, street.queue.col - 1, shown, 0)
        _put_lines(sheet, street.figures, [[(_scale(sheet.look, marks), Style.FAINT)]])
    elif street.framed:
        full = is_full(snapshot)
        number = (count(len(line)), Style.BAD if full else Style.STRONG if len(line) else Style.FAINT)
        words = tell("full") if full else tell_many("waits", "waiting", len(line))
        scale = (_scale(sheet.look, marks, short=True), Style.FAINT)
        _put_lines(sheet, street.figures, [[number], [(words, Style.BAD if full else Style.DIM)], [scale]])
    elif street.queue.col > 1:
        _put_tiny(sheet, snapshot, street, line, marks)


def _blank(words: Piece) -> Piece:
    return piece((" ", Style.RULE), *words.words, (" ", Style.RULE), rank=words.rank)


def _name(snapshot: Snapshot) -> str:
    return READY if snapshot.inventory.loops else QUEUE


def _count(snapshot: Snapshot, line: Line) -> tuple[str, Style]:
    number = len(line)
    if not number:
        return tell("nobody waits"), Style.STRONG
    if snapshot.inventory.loops:
        return tell_many("{n} waits for its turn", "{n} wait for their turn", number, n=count(number)), Style.STRONG
    return tell_many("{n} waiting", "{n} waiting", number, n=count(number)), Style.STRONG


def _full(snapshot: Snapshot) -> Iterator[Piece]:
    """Of a queue that turns people away now."""
    limit = limit_of(snapshot)
    if limit is None or not limit.reached:
        return
    yield piece((_turned_away(snapshot, limit), Style.BAD), rank=1)


def _turned_away(snapshot: Snapshot, limit: Limit) -> str:
    """Whoever is told so at once, or whose knocking the kernel does not answer."""
    refused = sum(snapshot.now.ended[outcome] for outcome in limit.turned_away)
    if refused:
        return tell_many("full, {n} refused", "full, {n} refused", refused, n=count(refused))
    again = sum(len(backlog.retrying) for backlog in snapshot.now.backlogs[-1:])
    if again:
        return tell_many("full, {n} tries again", "full, {n} try again", again, n=count(again))
    return tell("full")


def _put_heading(sheet: Sheet, snapshot: Snapshot, street: Street, line: Line, marks: Marks) -> None:
    row, area = street.heading_row, street.queue
    pieces = [
        piece((translated(_name(snapshot)), Style.PLACE)),
        piece(_count(snapshot, line), rank=-1),
        *_full(snapshot),
    ]
    if len(line):
        waits = fixed_duration(snapshot.t_s - float(line.came_s[0])).strip()
        pieces.append(piece((tell("the first for {time}", time=waits), Style.DIM), rank=3))
    limit = limit_of(snapshot)
    if limit is not None and not limit.reached:
        pieces.append(piece((tell("room for {n}", n=count(limit.places)), Style.FAINT), rank=4))
    scale = piece((_scale(sheet.look, marks), Style.FAINT), rank=2)
    room = area.width if street.window.width else max(street.figures.col - 2 - area.col, area.width)
    shown = fitting([*pieces, *([scale] if marks.length else [])], room)
    end = put_pieces(sheet, row, area.col, [each for each in shown if each is not scale])
    if scale in shown:
        sheet.put(row, max(end + 2, area.col + area.width - scale.width), *scale.words[0])


def _scale(look: Look, marks: Marks, *, short: bool = False) -> str:
    """What marks stand for, in full where each stands for one; ``short``: only those that stand for more."""
    if not marks.length:
        return ""
    if marks.levels == (0,) and not short:
        return translated(ONE_EACH)
    if short and marks.coarse and marks.level:
        return " ".join(f"{look.glyphs.crowds[level - 1]}{WRITTEN[level]}" for level in marks.levels)
    shown = Marks(marks.level + 1, marks.coarse) if short and marks.coarse else marks
    return scale_words(shown, look.glyphs.who[0], look, " ")


def _put_lines(sheet: Sheet, area: Area, lines: list[list[Words]]) -> None:
    for row, words in enumerate(lines[: area.height]):
        if words and piece(*words).width <= area.width:
            put_pieces(sheet, area.row + row, area.col, [piece(*words)])


def _put_tiny(sheet: Sheet, snapshot: Snapshot, street: Street, line: Line, marks: Marks) -> None:
    area = Area(street.queue.row, 0, street.queue.height, street.queue.col - 1)
    style = Style.BAD if is_full(snapshot) else Style.STRONG if len(line) else Style.FAINT
    number = count(len(line))
    words = tell_many("{n} waits", "{n} wait", len(line), n=number)
    whole = with_figure(words, number, style)
    first = whole if piece(*whole).width <= area.width else [(number, style)]
    _put_lines(sheet, area, [first, [(_scale(sheet.look, marks, short=True), Style.FAINT)]])
