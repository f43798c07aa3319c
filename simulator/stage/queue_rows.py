"""Queues, row by row: the accept queues of the kernel, and who waits inside the server for a slot.

What to watch: the head of a queue is at the right, where time is now in the lanes too. A full accept queue turns
inverse, and what was turned away is counted for good.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from math import ceil

from simulator.plan.resources import Backlog, Pool
from simulator.plan.words import Loss, lost_by
from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.layout import Claim, Section
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import Piece, filled, fitting, piece, put_pieces
from simulator.stage.crowd import (
    SCALE_WIDTH,
    Kind,
    Marks,
    put_crowd,
    put_label,
    scale_words,
)
from simulator.stage.fixed_width import count_piece, fixed_count, fixed_duration
from simulator.stage.ranks import Rank
from simulator.stage.snapshot import Snapshot
from simulator.trace.playback.moment import Present
from simulator.words.language import later, tell, translated

LEAST_PLACES, LEAST_ALONE = 16, 8
"""Cells that a queue gets at least, beside words that can be left out and beside those that cannot."""
LEAST_ROOM = 30
"""Cells for marks, how many they are, and what they are worth."""
NONE = Marks(0, 0)
NARROW, ROOMY = 40, 64
"""From so many cells on, words and all, the limit of a queue is told; and words are not short."""
MORE_ROWS = ((Rank.QUEUE_SOME, 2), (Rank.QUEUE_MORE, 1), (Rank.QUEUE_MOST, 1))
"""Of queues, beside the first row: as many as there are words beside them, or those of an empty one would be blank."""
ONE_EACH = later("1 mark = 1 request")
LONGEST_SCALE = 15
"""``⣿ = 10  █ = 100``"""
TURNED_AWAY = lost_by(Loss.NOT_CONNECTED)


def backlog_sections(snapshot: Snapshot, width: int) -> Iterator[Section]:
    """One for each accept queue; that of the server itself gets more rows where there are some."""
    for number, backlog in enumerate(snapshot.inventory.backlogs):
        last = number == len(snapshot.inventory.backlogs) - 1
        claims = (Claim(Rank.QUEUE), *_more_rows(snapshot, width, 2)) if last else (Claim(Rank.PROXY),)
        yield Section(claims=claims, draw=partial(_draw_backlog, snapshot=snapshot, number=number, backlog=backlog))


def _more_rows(snapshot: Snapshot, width: int, others: int) -> Iterator[Claim]:
    """Shared by the queues in front of the server and inside of it; no more rows than there are words for.

    ``others`` is how many pieces are said beside the number, the scale and how long the first has waited.
    """
    room = width - snapshot.left
    left = (2 if room >= ROOMY else 1) + others if room >= LEAST_ROOM else 0
    for rank, rows in MORE_ROWS:
        granted = min(ceil(rows / (1 + len(snapshot.inventory.queued_for))), left)
        left -= granted
        yield Claim(rank, granted)


def _draw_backlog(sheet: Sheet, *, snapshot: Snapshot, number: int, backlog: Backlog) -> None:
    now = snapshot.now.backlogs[number]
    pieces = []
    if number == 0:  # where clients connect; a proxy's failed connects are told by their outcome
        refused = sum(snapshot.now.ended[outcome] for outcome in TURNED_AWAY)
        pieces.append(count_piece(tell("refused"), refused, Style.BAD, rank=1))
    pieces.append(count_piece(tell("retrying"), len(now.retrying), Style.WARN, rank=2))  # their SYN found no place
    _put_queue(
        sheet, snapshot, _Queue(translated(backlog.name), Style.WAITING, now.waiting, pieces, now.room, now.full)
    )


def pool_queue_sections(snapshot: Snapshot, width: int) -> Iterator[Section]:
    """One for each pool that requests wait for."""
    for pool in snapshot.inventory.queued_for:
        claims = (Claim(Rank.QUEUES), *_more_rows(snapshot, width, 0))
        yield Section(claims=claims, draw=partial(_draw_pool_queue, snapshot=snapshot, pool=pool))


def _draw_pool_queue(sheet: Sheet, *, snapshot: Snapshot, pool: Pool) -> None:
    queue = snapshot.now.pool(pool.name).queue
    limit = None if pool.queue_limit is None else pool.queue_limit * pool.processes
    full = limit is not None and 0 < limit <= len(queue)
    _put_queue(
        sheet, snapshot, _Queue(tell("for {pool}", pool=translated(pool.name)), Style.QUEUED, queue, [], limit, full)
    )


@dataclass(frozen=True, slots=True)
class _Queue:
    """Who stands in line, the first first."""

    name: str
    style: Style
    waiting: Present
    pieces: list[Piece]
    """What else there is to say of it."""
    room: int | None
    """For how many there is a place."""
    full: bool


def _put_queue(sheet: Sheet, snapshot: Snapshot, queue: _Queue) -> None:
    """The requests with the head at the right, where time is now in the lanes too; and the words in as many rows.

    How much room the words take does not depend on the moment. Where what a mark is worth finds none, there are none.
    """
    col = put_label(sheet, queue.name, snapshot.left)
    roomy = sheet.height > 1 and sheet.width - col >= ROOMY
    width = max(cell_width(tell(ONE_EACH)), LONGEST_SCALE) if roomy else SCALE_WIDTH
    fill = _fill(queue, width if sheet.height > 1 else 0, limited=sheet.width - col >= NARROW)
    scale = piece((" " * width, Style.DIM))
    first = [_first(snapshot, queue)] if roomy else []
    lines = [_fitting(line, sheet.width - col) for line in _lines(sheet.height, [fill, scale, *first], queue.pieces)]
    words = max(sum(each.width + 2 for each in line) for line in lines)
    area = Area(0, col, sheet.height, max(sheet.width - col - words - 1, 0))
    marks = _put_places(sheet, snapshot, queue, area) if area.width and any(scale in line for line in lines) else NONE
    for row, line in enumerate(lines):
        written = [_scale(sheet, queue, marks, each.width) if each is scale else each for each in line]
        put_pieces(sheet, row, col + area.width + 2, written)


def _lines(height: int, first: list[Piece], others: list[Piece]) -> list[list[Piece]]:
    """Which pieces stand in which row: under one another where there are enough rows."""
    if height == 1:
        return [[*first[:2], *others]]
    if height >= len(first) + len(others):
        return [[each] for each in (*first, *others)]
    if height > len(first):
        return [*([each] for each in first), others]
    beside = [[each, *others[row : row + 1]] for row, each in enumerate(first)]
    return beside[:height]


def _fitting(line: list[Piece], room: int) -> list[Piece]:
    """How many there are and what a mark is worth are left out last."""
    kept = fitting(line, room - LEAST_PLACES)
    return kept if kept == line or len(kept) > 2 else fitting(line[:2], room - LEAST_ALONE)


def _put_places(sheet: Sheet, snapshot: Snapshot, queue: _Queue, area: Area) -> Marks:
    """A short queue is drawn with its empty places; of one for thousands they would hardly ever show anything."""
    glyphs, waiting, end = sheet.look.glyphs, len(queue.waiting), area.col + area.width
    kinds = [Kind(queue.style, queue.waiting.request)]
    bounded = queue.room is not None and queue.room + 2 <= area.width
    if bounded and queue.room is not None:
        area = Area(0, end - 1 - queue.room, 1, queue.room)
        sheet.put(0, area.col - 1, f"[{glyphs.empty * queue.room}]", Style.TRACK)
    elif not waiting:
        sheet.put(0, area.col, glyphs.empty * area.width, Style.TRACK)
    marks = put_crowd(sheet, area, kinds, snapshot.number, head_right=True)
    if not waiting:
        words, stop = tell("nobody waits here"), area.col - 2 if bounded else end
        if stop - cell_width(words) - 1 > snapshot.left:
            sheet.put_right(0, stop, f" {words}", Style.DIM)
    if queue.full:
        left, wider = (area.col - 1, 2) if bounded else (area.col, 0)
        sheet.grid.restyle(0, left, area.height, area.width + wider, Style.CRASHED)
    return marks


def _fill(queue: _Queue, width: int, *, limited: bool) -> Piece:
    waiting, style = len(queue.waiting), Style.BAD if queue.full else Style.TEXT if len(queue.waiting) else Style.DIM
    limit = f"/{queue.room}" if limited and queue.room is not None else ""
    if not width:
        return piece((fixed_count(waiting, 4), style), (limit, Style.DIM))
    number = fixed_count(waiting, 4).strip()
    return piece((number, style), (filled(limit, width - len(number)), Style.DIM))


def _scale(sheet: Sheet, queue: _Queue, marks: Marks, width: int) -> Piece:
    """In full where there is room."""
    glyph = sheet.look.glyph(queue.style)
    if width <= SCALE_WIDTH:
        words = scale_words(marks, glyph, sheet.look)
    else:
        words = tell(ONE_EACH) if marks.levels in ((), (0,)) else scale_words(marks, glyph, sheet.look, " ")
    return piece((filled(words, width), Style.DIM))


def _first(snapshot: Snapshot, queue: _Queue) -> Piece:
    """How long the head of the line has waited; as wide where there is none."""
    waits_s = snapshot.t_s - float(queue.waiting.came_s[0]) if len(queue.waiting) else 0.0
    words = tell("the first for {time}", time=fixed_duration(waits_s))
    return piece((words if len(queue.waiting) else " " * cell_width(words), Style.DIM), rank=3)
