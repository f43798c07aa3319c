"""What an event loop has in hand while nothing computes: sockets and tasks that wait, and those that wait for the loop.

What to watch: one long computation, and everything here turns from waiting into ready, but nobody comes to their turn.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from simulator.plan.words import Need, State, needing
from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.layout import Claim, Section
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import Piece, fitting, piece, put_pieces
from simulator.stage.crowd import SCALE_WIDTH, Kind, kind_piece, put_crowd, scale_piece
from simulator.stage.fixed_width import COUNT_WIDTH, count_behind, fixed_count
from simulator.stage.ranks import Rank
from simulator.stage.snapshot import Snapshot
from simulator.stage.states import STATE_STYLES
from simulator.trace.playback import OF_STATE
from simulator.words.language import tell, translated

WAITS = tuple((OF_STATE[state], STATE_STYLES[state], state.short) for state in needing(Need.OTHERS))
ROWS = len(WAITS) + 1
"""One for each kind."""
READY = State.LOOP.short
NAMES = (*(name for _, _, name in WAITS), READY)
"""In English; whoever shows them calls ``translated``."""


def parked_sections(snapshot: Snapshot) -> Iterator[Section]:
    """For plans with an event loop: the counts, and below them the requests; or where there is room a row a kind."""
    if snapshot.inventory.loops:
        claims = (Claim(Rank.PARKED), Claim(Rank.PARKED_CROWD), Claim(Rank.PARKED_TALL, ROWS - 2, whole=True))
        yield Section(claims=claims, draw=lambda sheet: _draw(sheet, snapshot))


def _draw(sheet: Sheet, snapshot: Snapshot) -> None:
    parked = snapshot.now.parked
    locks = [snapshot.now.lock(loop.name) for loop in snapshot.inventory.loops]
    ready = np.concatenate([waiting.request for lock in locks for waiting in lock.waiting])
    kinds = [Kind(style, parked.doing(activity).request) for activity, style, _ in WAITS]
    kinds.append(Kind(Style.LOOP, ready))
    if sheet.height >= ROWS:
        _draw_rows(sheet, snapshot, kinds)
    else:
        _draw_together(sheet, snapshot, kinds)


def _pieces(sheet: Sheet, kinds: Sequence[Kind]) -> list[Piece]:
    """What each kind waits for, and how many there are; those that need the loop matter most."""
    return [
        kind_piece(kind, translated(name), sheet.look, rank=int(kind.style is not Style.LOOP))
        for kind, name in zip(kinds, NAMES, strict=True)
    ]


def _draw_together(sheet: Sheet, snapshot: Snapshot, kinds: Sequence[Kind]) -> None:
    """The counts in one row, and below it all requests as one crowd."""
    pieces = [
        piece((tell("in hand"), Style.DIM), (count_behind(sum(map(len, kinds))), Style.TEXT)),
        *_pieces(sheet, kinds),
    ]
    scale = piece((" " * SCALE_WIDTH, Style.DIM), rank=int(sheet.height == 1) * 9)
    pieces = fitting([*pieces, scale], sheet.width - 2)
    if sheet.height > 1 and scale in pieces:
        marks = put_crowd(sheet, _beside_labels(sheet, snapshot, 1, sheet.height - 1), kinds, snapshot.number)
        pieces = [scale_piece(marks, sheet.look) if each is scale else each for each in pieces]
    put_pieces(sheet, 0, 1, pieces)


def _draw_rows(sheet: Sheet, snapshot: Snapshot, kinds: Sequence[Kind]) -> None:
    """A row for each kind, all of one length; those that wait for the loop stand next to it, on top."""
    area = _beside_labels(sheet, snapshot, 0, 1)
    col = max(area.col, *(cell_width(translated(name)) + 2 for name in NAMES))
    area = Area(0, col, 1, sheet.width - col - COUNT_WIDTH - SCALE_WIDTH - 3)
    named = list(zip(kinds, NAMES, strict=True))
    for row, (kind, name) in enumerate([named[-1], *named[:-1]]):
        sheet.put(row, 1, translated(name), kind.style if len(kind) else Style.DIM)
        marks = put_crowd(sheet, area._replace(row=row), [kind], snapshot.number)
        if area.width > 0 and (not row or marks.coarse or marks.level):
            put_pieces(sheet, row, area.col + area.width + 1, [scale_piece(marks, sheet.look)])
        sheet.put_right(row, sheet.width - 1, fixed_count(len(kind)), Style.TEXT if len(kind) else Style.DIM)


def _beside_labels(sheet: Sheet, snapshot: Snapshot, row: int, height: int) -> Area:
    """Where lanes are drawn too."""
    col = snapshot.left
    return Area(row, col, height, max(sheet.width - col - 1, 1))
