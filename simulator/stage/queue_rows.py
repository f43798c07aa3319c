"""Queues: the kernel's accept queue as a row of places, and the requests that wait inside the server for a slot.

What to watch: a full accept queue turns inverse, and what was turned away is counted for good.
"""

from collections.abc import Iterator
from functools import partial
from math import ceil

from simulator.plan.resources import Backlog, Pool
from simulator.plan.words import Loss, lost_by
from simulator.stage.canvas.layout import Claim, Section
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import Piece, fitting, piece, put_pieces
from simulator.stage.crowd import Kind, put_crowd, put_label, scale_for
from simulator.stage.fixed_width import count_piece, fixed_count
from simulator.stage.ranks import Rank
from simulator.stage.snapshot import Snapshot

LEAST_PLACES = 16
MOST_SCALE = 2
"""A queue is drawn whole if a glyph then stands for so many requests at most; else only its beginning."""
TURNED_AWAY = lost_by(Loss.NOT_CONNECTED)


def backlog_sections(snapshot: Snapshot) -> Iterator[Section]:
    """One row for each accept queue."""
    for number, backlog in enumerate(snapshot.inventory.backlogs):
        rank = Rank.QUEUE if number == len(snapshot.inventory.backlogs) - 1 else Rank.PROXY
        yield Section(
            claims=(Claim(rank),), draw=partial(_draw_backlog, snapshot=snapshot, number=number, backlog=backlog)
        )


def pool_queue_sections(snapshot: Snapshot) -> Iterator[Section]:
    """One row for each pool that requests wait for."""
    for pool in snapshot.inventory.queued_for:
        yield Section(claims=(Claim(Rank.QUEUES),), draw=partial(_draw_pool_queue, snapshot=snapshot, pool=pool))


def _draw_backlog(sheet: Sheet, *, snapshot: Snapshot, number: int, backlog: Backlog) -> None:
    now = snapshot.now.backlogs[number]
    waiting = len(now.waiting)
    col = put_label(sheet, backlog.name, snapshot.inventory.left)
    pieces = [_fill(waiting, now.room, now.full)]
    if number == 0:  # where clients connect; a proxy's failed connects are told by their outcome
        refused = sum(snapshot.now.ended[outcome] for outcome in TURNED_AWAY)
        pieces.append(count_piece("refused", refused, Style.BAD, rank=1))
    pieces.append(count_piece("retrying", len(now.retrying), Style.WARN, rank=2))  # their SYN found no place
    pieces = fitting(pieces, sheet.width - col - LEAST_PLACES - 4)
    words = sum(each.width + 2 for each in pieces)
    places = max(sheet.width - col - words - 3, 1)
    glyphs = sheet.look.glyphs
    bounded = now.room <= places * MOST_SCALE  # a queue of 2 049 places would hardly ever show anything
    scale = scale_for(now.room if bounded else waiting, places)
    cells = min(ceil(now.room / scale), places)
    end = sheet.put(0, col, "[", Style.RULE) + cells
    sheet.put(0, col + 1, glyphs.empty * cells, Style.TRACK)
    put_crowd(sheet, Area(0, col + 1, 1, cells), [Kind(Style.WAITING, now.waiting.request)], snapshot.number, scale)
    sheet.put(0, end, "]" if bounded else glyphs.more, Style.RULE)
    if now.full:
        sheet.grid.restyle(0, col, 1, cells + 2, Style.CRASHED)
    put_pieces(sheet, 0, end + 2, pieces)


def _fill(waiting: int, room: int, full: bool) -> Piece:
    return piece(
        (fixed_count(waiting, 4), Style.BAD if full else Style.TEXT if waiting else Style.DIM),
        (f"/{room}", Style.DIM),
    )


def _draw_pool_queue(sheet: Sheet, *, snapshot: Snapshot, pool: Pool) -> None:
    queue = snapshot.now.pool(pool.name).queue
    col = put_label(sheet, f"for {pool.name}", snapshot.inventory.left)
    limit = "" if pool.queue_limit is None else f"/{pool.queue_limit * pool.processes}"
    sheet.put(0, sheet.width - 6 - len(limit), fixed_count(len(queue)) + limit)
    area = Area(0, col, 1, max(sheet.width - col - 8 - len(limit), 1))
    put_crowd(sheet, area, [Kind(Style.WAITING, queue.request)], snapshot.number)
