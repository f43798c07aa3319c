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
from simulator.stage.canvas.style import Style
from simulator.stage.fixed_width import count_behind, fixed_count
from simulator.stage.layout import Claim, Rank, Section
from simulator.stage.pieces import Piece, fitting, piece, put_pieces
from simulator.stage.request_marks import Kind, put_crowd
from simulator.stage.sheet import Area, Sheet
from simulator.stage.sight import Sight
from simulator.trace.playback import LaneGroup

LEAST_CROWD = 10


def proxy_sections(sight: Sight) -> Iterator[Section]:
    """One row for each pool that is drawn as counts."""
    for group in sight.fittings.counted:
        yield Section(claims=(Claim(Rank.PROXY),), draw=partial(_draw, sight=sight, group=group))


def _draw(sheet: Sheet, *, sight: Sight, group: LaneGroup) -> None:
    pool = group.resource
    if not isinstance(pool, Pool):
        return
    now = sight.now.pool(group.name)
    held = now.request[now.request >= 0]
    before, behind, after = (Kind(style, held[which]) for style, which in _parts(sight, pool, held))
    col = sheet.put(0, 1, group.name, Style.DIM)
    col = max(col + 1, sight.fittings.label_width + 2)
    pieces = [
        piece((fixed_count(len(held), 4), Style.TEXT), (f"/{group.lanes}", Style.DIM)),
        *(
            piece(
                (sheet.look.glyph(kind.style), kind.style),
                (f" {words}", Style.DIM),
                (count_behind(len(kind)), Style.TEXT),
                rank=1,
            )
            for kind, words in ((before, "taking in"), (behind, "server"), (after, "to client"))
        ),
        *_turned_away(sight, pool),
    ]
    pieces = fitting(pieces, sheet.width - col - LEAST_CROWD)
    words = sum(each.width + 2 for each in pieces)
    width = max(sheet.width - col - words - 1, 1)
    put_crowd(sheet, Area(0, col, 1, width), [before, behind, after], sight.number)
    put_pieces(sheet, 0, col + width + 2, pieces)


def _turned_away(sight: Sight, pool: Pool) -> Iterator[Piece]:
    """Whoever found all connections in use; only of a run in which somebody does."""
    outcomes = sight.playback.trace.outcome
    if kept(sight.playback, ("turned away", pool), lambda: bool((outcomes == pool.when_full).any())):
        number = sight.now.ended[pool.when_full]
        yield piece(("refused", Style.DIM), (count_behind(number), Style.BAD if number else Style.DIM), rank=2)


def _parts(sight: Sight, pool: Pool, held: NDArray[np.int32]) -> Iterator[tuple[Style, NDArray[np.bool_]]]:
    """Who of the holders is before, at and behind the server that the proxy stands in front of."""
    trace = sight.playback.trace
    first, last = kept(sight.playback, ("upstream", pool), lambda: upstream(trace.places, pool))
    present = sight.now.present
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
