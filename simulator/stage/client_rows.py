"""The clients, and the connections of a proxy: who is on the way in or out, and costs no lane.

What to watch: with a buffering proxy the slow clients are there, where they cost a connection, and not in the lanes.
"""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Pool
from simulator.plan.walk import Place, Way, freed_at, while_held
from simulator.plan.words import Outcome
from simulator.stage.cache import kept
from simulator.stage.canvas.layout import Claim, Section
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import Piece, piece
from simulator.stage.crowd import (
    NOBODY,
    Kind,
    kind_piece,
    put_crowd_row,
    put_label,
)
from simulator.stage.fixed_width import count_piece, fixed_count
from simulator.stage.ranks import Rank
from simulator.stage.snapshot import Snapshot
from simulator.trace.playback import Activity, LaneGroup
from simulator.words.language import tell, translated

LEAST_CLIENTS, LEAST_HELD = 8, 10
"""Cells that requests get at least, beside the words about them."""


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
