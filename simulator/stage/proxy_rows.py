"""A proxy: how many of its connections still take a request in, wait for the server behind, or feed the client.

What to watch: with a buffering proxy, the slow clients are here, where they cost a connection, and not in the lanes.
"""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Pool
from simulator.plan.walk import Place, Way, freed_at, while_held
from simulator.stage.cache import kept
from simulator.stage.canvas.layout import Claim, Section
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import Piece, piece
from simulator.stage.crowd import Kind, kind_piece, put_crowd_row, put_label
from simulator.stage.fixed_width import count_piece, fixed_count
from simulator.stage.ranks import Rank
from simulator.stage.snapshot import Snapshot
from simulator.trace.playback import LaneGroup

LEAST_CROWD = 10


def proxy_sections(snapshot: Snapshot) -> Iterator[Section]:
    """One row for each pool that is drawn as counts."""
    for group in snapshot.inventory.counted:
        yield Section(claims=(Claim(Rank.PROXY),), draw=partial(_draw, snapshot=snapshot, group=group))


def _draw(sheet: Sheet, *, snapshot: Snapshot, group: LaneGroup) -> None:
    pool = group.resource
    if not isinstance(pool, Pool):
        return
    now = snapshot.now.pool(group.name)
    held = now.request[now.request >= 0]
    before, behind, after = (Kind(style, held[which]) for style, which in _parts(snapshot, pool, held))
    col = put_label(sheet, group.name, snapshot.inventory.left)
    pieces = [
        piece((fixed_count(len(held), 4), Style.TEXT), (f"/{group.lanes}", Style.DIM)),
        kind_piece(before, "taking in", sheet.look, rank=1),
        kind_piece(behind, "server", sheet.look, rank=1),
        kind_piece(after, "to client", sheet.look, rank=1),
        *_turned_away(snapshot, pool),
    ]
    put_crowd_row(sheet, col, [before, behind, after], pieces, snapshot.number, LEAST_CROWD)


def _turned_away(snapshot: Snapshot, pool: Pool) -> Iterator[Piece]:
    """Whoever found all connections in use; only of a run in which somebody does."""
    outcomes = snapshot.playback.trace.outcome
    if kept(snapshot.playback, ("turned away", pool), lambda: bool((outcomes == pool.when_full).any())):
        number = snapshot.now.ended[pool.when_full]
        yield count_piece("refused", number, Style.BAD, rank=2)


def _parts(snapshot: Snapshot, pool: Pool, held: NDArray[np.int32]) -> Iterator[tuple[Style, NDArray[np.bool_]]]:
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
