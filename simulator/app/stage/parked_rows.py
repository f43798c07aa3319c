"""What an event loop has in hand while nothing computes: sockets and tasks that wait, and those that wait for the loop.

What to watch: one long computation, and everything here turns from waiting into ready, but nobody comes to their turn.
"""

from collections.abc import Iterator

import numpy as np

from simulator.app.stage.crowd import Kind, put_crowd
from simulator.app.stage.figures import fixed_count
from simulator.app.stage.layout import Claim, Rank, Section
from simulator.app.stage.pieces import fitting, piece, put_pieces
from simulator.app.stage.sheet import Area, Sheet
from simulator.app.stage.sight import Sight
from simulator.app.stage.style import Style
from simulator.trace.playback import Activity

WAITS = (
    (Activity.UPLOAD, Style.UPLOAD, "upload"),
    (Activity.IO, Style.IO, "I/O"),
    (Activity.DOWNLOAD, Style.DOWNLOAD, "download"),
)
TALL = 3


def parked_sections(sight: Sight) -> Iterator[Section]:
    """The counts, and below them the requests, for plans with an event loop."""
    if sight.fittings.loops:
        claims = (Claim(Rank.PARKED), Claim(Rank.PARKED_CROWD), Claim(Rank.PARKED_TALL, TALL - 1))
        yield Section(claims=claims, draw=lambda sheet: _draw(sheet, sight))


def _draw(sheet: Sheet, sight: Sight) -> None:
    parked = sight.now.parked
    locks = [sight.now.lock(loop.name) for loop in sight.fittings.loops]
    ready = np.concatenate([waiting.request for lock in locks for waiting in lock.waiting])
    kinds = [Kind(style, parked.doing(activity).request) for activity, style, _ in WAITS]
    kinds.append(Kind(Style.LOOP, ready))
    names = [*(name for _, _, name in WAITS), "needs loop"]
    pieces = [piece(("in hand", Style.DIM), (fixed_count(sum(map(len, kinds))), Style.TEXT))]
    pieces += [
        piece(
            (sheet.look.glyph(kind.style), kind.style),
            (f" {name}", Style.DIM),
            (fixed_count(len(kind)), Style.TEXT),
            rank=int(kind.style is not Style.LOOP),
        )
        for kind, name in zip(kinds, names, strict=True)
    ]
    put_pieces(sheet, 0, 1, fitting(pieces, sheet.width - 2))
    if sheet.height > 1:
        col = sight.fittings.label_width + 2
        put_crowd(sheet, Area(1, col, sheet.height - 1, max(sheet.width - col - 1, 1)), kinds, sight.number)
