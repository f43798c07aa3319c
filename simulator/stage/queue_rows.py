"""The way in, row by row: clients, the connections of a proxy, accept queues, and who waits inside for a slot.

What to watch: with a buffering proxy, the slow clients are there, where they cost a connection, and not in the lanes. A
full accept queue turns inverse, and what was turned away is counted for good.
"""

from collections.abc import Iterator
from functools import partial
from math import ceil

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Backlog, Pool
from simulator.plan.walk import Place, Way, freed_at, while_held
from simulator.plan.words import Loss, Outcome, lost_by
from simulator.stage.cache import kept
from simulator.stage.canvas.layout import Claim, Section
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import Piece, fitting, piece, put_pieces
from simulator.stage.crowd import NOBODY, Kind, kind_piece, put_crowd, put_crowd_row, put_label, scale_for
from simulator.stage.fixed_width import count_piece, fixed_count
from simulator.stage.ranks import Rank
from simulator.stage.snapshot import Snapshot
from simulator.trace.playback import Activity, LaneGroup

LEAST_CLIENTS, LEAST_HELD = 8, 10
"""Cells that requests get at least, beside the words about them."""
LEAST_PLACES = 16
MOST_SCALE = 2
"""A queue is drawn whole if a glyph then stands for so many requests at most; else only its beginning."""
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
    kinds = [Kind(Style.DELIVERY, delivery[~died]), Kind(Style.WAITING, connecting), Kind(Style.DROPPED, retrying)]
    names = ["answer on its way", "connecting", "trying again"]
    if snapshot.inventory.kills:  # its client will hear of it: the connection is reset
        kinds, names = [Kind(Style.CRASHED, delivery[died]), *kinds], ["crashed", *names]
    col = put_label(sheet, "clients", snapshot.inventory.left)
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
    col = put_label(sheet, group.name, snapshot.inventory.left)
    pieces = [
        piece((fixed_count(len(held), 4), Style.TEXT), (f"/{group.lanes}", Style.DIM)),
        kind_piece(before, "taking in", sheet.look, rank=1),
        kind_piece(behind, "server", sheet.look, rank=1),
        kind_piece(after, "to client", sheet.look, rank=1),
        *_refused(snapshot, pool),
    ]
    put_crowd_row(sheet, col, [before, behind, after], pieces, snapshot.number, LEAST_HELD)


def _refused(snapshot: Snapshot, pool: Pool) -> Iterator[Piece]:
    """Whoever found all connections in use; only of a run in which somebody does."""
    outcomes = snapshot.playback.trace.outcome
    if kept(snapshot.playback, ("turned away", pool), lambda: bool((outcomes == pool.when_full).any())):
        number = snapshot.now.ended[pool.when_full]
        yield count_piece("refused", number, Style.BAD, rank=2)


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
    yield Style.WAITING, (places >= first) & (places <= last)
    yield Style.DOWNLOAD, places > last


def upstream(places: tuple[Place, ...], pool: Pool) -> tuple[int, int]:
    """The first and the last place at which a request that holds a slot of the pool is with another server."""
    inside = while_held(places, pool)
    first = next((i for i in inside if places[i].waits_for is not None), freed_at(places, pool))
    sends = [i for i in inside if places[i].way is Way.DOWN]
    ends = [i for i in inside if places[i].frees is not None] + sends[:1]
    return first, max(ends, default=first)


# The kernel's accept queues, as rows of places.


def backlog_sections(snapshot: Snapshot) -> Iterator[Section]:
    """One row for each accept queue."""
    for number, backlog in enumerate(snapshot.inventory.backlogs):
        rank = Rank.QUEUE if number == len(snapshot.inventory.backlogs) - 1 else Rank.PROXY
        yield Section(
            claims=(Claim(rank),), draw=partial(_draw_backlog, snapshot=snapshot, number=number, backlog=backlog)
        )


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


# Requests that wait inside the server for a slot.


def pool_queue_sections(snapshot: Snapshot) -> Iterator[Section]:
    """One row for each pool that requests wait for."""
    for pool in snapshot.inventory.queued_for:
        yield Section(claims=(Claim(Rank.QUEUES),), draw=partial(_draw_pool_queue, snapshot=snapshot, pool=pool))


def _draw_pool_queue(sheet: Sheet, *, snapshot: Snapshot, pool: Pool) -> None:
    queue = snapshot.now.pool(pool.name).queue
    col = put_label(sheet, f"for {pool.name}", snapshot.inventory.left)
    limit = "" if pool.queue_limit is None else f"/{pool.queue_limit * pool.processes}"
    sheet.put(0, sheet.width - 6 - len(limit), fixed_count(len(queue)) + limit)
    area = Area(0, col, 1, max(sheet.width - col - 8 - len(limit), 1))
    put_crowd(sheet, area, [Kind(Style.WAITING, queue.request)], snapshot.number)
