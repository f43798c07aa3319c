"""The way in, row by row: clients, the connections of a proxy, accept queues, and who waits inside for a slot.

What to watch: with a buffering proxy, the slow clients are there, where they cost a connection, and not in the lanes. A
full accept queue turns inverse, and what was turned away is counted for good.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from math import ceil

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Backlog, Pool
from simulator.plan.walk import Place, Way, freed_at, while_held
from simulator.plan.words import Loss, Outcome, lost_by
from simulator.stage.cache import kept
from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.layout import Claim, Section
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import Piece, filled, fitting, piece, put_pieces
from simulator.stage.crowd import (
    NOBODY,
    SCALE_WIDTH,
    Kind,
    Marks,
    kind_piece,
    put_crowd,
    put_crowd_row,
    put_label,
    scale_words,
)
from simulator.stage.fixed_width import count_piece, fixed_count, fixed_duration
from simulator.stage.ranks import Rank
from simulator.stage.snapshot import Snapshot
from simulator.trace.playback import Activity, LaneGroup
from simulator.trace.playback.moment import Present
from simulator.words.language import later, tell, translated

LEAST_CLIENTS, LEAST_HELD = 8, 10
"""Cells that requests get at least, beside the words about them."""
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


# The clients that the server does not have yet, or has no more: who connects, answers on their way, what is lost.


def client_section(snapshot: Snapshot) -> Section:
    """One row."""
    return Section(claims=(Claim(Rank.CLIENTS),), draw=lambda sheet: _draw_clients(sheet, snapshot))


def _draw_clients(sheet: Sheet, snapshot: Snapshot) -> None:
    present = snapshot.now.present
    backlogs = snapshot.now.backlogs
    retrying = backlogs[0].retrying.request if backlogs else NOBODY
    connecting = present.doing(Activity.CONNECTING).request
    connecting = connecting[~np.isin(connecting, retrying)]
    delivery = present.doing(Activity.DELIVERY).request
    died = snapshot.playback.trace.outcome[delivery] == Outcome.CRASHED
    kinds = [Kind(Style.DELIVERY, delivery[~died]), Kind(Style.CONNECTING, connecting), Kind(Style.DROPPED, retrying)]
    names = [tell("answer on its way"), tell("connecting"), tell("trying again")]
    if snapshot.inventory.kills:  # its client will hear of it: the connection is reset
        kinds, names = [Kind(Style.CRASHED, delivery[died]), *kinds], [tell("crashed"), *names]
    col = put_label(sheet, tell("clients"), snapshot.left)
    pieces = [kind_piece(kind, words, sheet.look, width=4) for kind, words in zip(kinds, names, strict=True)]
    put_crowd_row(sheet, col, kinds, pieces, snapshot.number, LEAST_CLIENTS)


# A proxy: how many of its connections still take a request in, wait for the server behind, or feed the client.


def proxy_sections(snapshot: Snapshot) -> Iterator[Section]:
    """One row for each pool that is drawn as counts."""
    for group in snapshot.inventory.counted:
        yield Section(claims=(Claim(Rank.PROXY),), draw=partial(_draw_proxy, snapshot=snapshot, group=group))


def _draw_proxy(sheet: Sheet, *, snapshot: Snapshot, group: LaneGroup) -> None:
    pool = group.resource
    if not isinstance(pool, Pool):
        return
    now = snapshot.now.pool(group.name)
    held = now.request[now.request >= 0]
    before, behind, after = (Kind(style, held[which]) for style, which in _before_at_and_behind(snapshot, pool, held))
    col = put_label(sheet, translated(group.name), snapshot.left)
    pieces = [
        piece((fixed_count(len(held), 4), Style.TEXT), (f"/{group.lanes}", Style.DIM)),
        kind_piece(before, tell("taking in"), sheet.look, rank=1),
        kind_piece(behind, tell("server"), sheet.look, rank=1),
        kind_piece(after, tell("to client"), sheet.look, rank=1),
        *_refused(snapshot, pool),
    ]
    put_crowd_row(sheet, col, [before, behind, after], pieces, snapshot.number, LEAST_HELD)


def _refused(snapshot: Snapshot, pool: Pool) -> Iterator[Piece]:
    """Whoever found all connections in use; only of a run in which somebody does."""
    outcomes = snapshot.playback.trace.outcome
    if kept(snapshot.playback, ("turned away", pool), lambda: bool((outcomes == pool.when_full).any())):
        number = snapshot.now.ended[pool.when_full]
        yield count_piece(tell("refused"), number, Style.BAD, rank=2)


def _before_at_and_behind(
    snapshot: Snapshot, pool: Pool, held: NDArray[np.int32]
) -> Iterator[tuple[Style, NDArray[np.bool_]]]:
    """Who of the holders is before, at and behind the server that the proxy stands in front of."""
    trace = snapshot.playback.trace
    first, last = kept(snapshot.playback, ("upstream", pool), lambda: upstream(trace.places, pool))
    present = snapshot.now.present
    place = dict(zip(present.request.tolist(), present.place.tolist(), strict=True))
    places = np.array([place.get(request, 0) for request in held.tolist()], np.int64)
    yield Style.UPLOAD, places < first
    yield Style.IO, (places >= first) & (places <= last)
    yield Style.DOWNLOAD, places > last


def upstream(places: tuple[Place, ...], pool: Pool) -> tuple[int, int]:
    """The first and the last place at which a request that holds a slot of the pool is with another server."""
    inside = while_held(places, pool)
    first = next((i for i in inside if places[i].waits_for is not None), freed_at(places, pool))
    sends = [i for i in inside if places[i].way is Way.DOWN]
    ends = [i for i in inside if places[i].frees is not None] + sends[:1]
    return first, max(ends, default=first)


# The kernel's accept queues, and requests that wait inside the server for a slot.


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
