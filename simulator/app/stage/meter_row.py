"""How busy the server is, and with what: slots that are taken, those of them that compute, and the cores.

What to watch: all workers taken while hardly one computes is a server that stands still without being loaded.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simulator.app.stage.activities import styles_of
from simulator.app.stage.figures import fixed_percent, step
from simulator.app.stage.layout import Claim, Rank, Section
from simulator.app.stage.pieces import Piece, fitting, piece, put_pieces
from simulator.app.stage.recent import RECENT_S, recent
from simulator.app.stage.sheet import Sheet
from simulator.app.stage.sight import Sight
from simulator.app.stage.style import Style
from simulator.plan.resources import Pool
from simulator.trace.phrases import plural
from simulator.trace.playback import Activity

LEAST_BAR, MOST_BAR = 6, 24
CORES_BAR = 4


def meter_section(sight: Sight) -> Section:
    """One row."""
    return Section(claims=(Claim(Rank.METER),), draw=lambda sheet: _draw(sheet, sight))


def _draw(sheet: Sheet, sight: Sight) -> None:
    pieces = [words for pool in sight.fittings.slots for words in _of_pool(sight, pool)]
    pieces += [_of_lock(sight, lock.name) for lock in sight.fittings.locks]
    pieces.append(_of_cores(sheet, sight))
    pieces.append(piece((f"in {step(RECENT_S)}", Style.DIM), rank=3))
    kept = fitting(pieces, sheet.width - 2)
    col = put_pieces(sheet, 0, 1, kept)
    width = min(sheet.width - col - 5, MOST_BAR)
    if sight.fittings.slots and width >= LEAST_BAR:
        _bar(sheet, col + 2, width, sight.now.pool(sight.fittings.slots[-1].name).activity)


def _of_pool(sight: Sight, pool: Pool) -> Iterator[Piece]:
    now = sight.now.pool(pool.name)
    size = pool.size * pool.processes
    digits = len(str(size))
    computing = now.counts().get(Activity.COMPUTING, 0)
    full = now.taken == size
    name = plural(pool.name, size)
    yield piece((f"{name} busy ", Style.DIM), (f"{now.taken:>{digits}}/{size}", Style.BAD if full else Style.TEXT))
    yield piece(("computing ", Style.DIM), (f"{computing:>{digits}}/{size}", Style.TEXT), rank=1)


def _of_lock(sight: Sight, name: str) -> Piece:
    share = recent(sight, f"{name}: in use")
    return piece(
        (f"{name} busy ", Style.DIM), (fixed_percent(share), Style.BAD if share > 0.95 else Style.TEXT), rank=2
    )


def _of_cores(sheet: Sheet, sight: Sight) -> Piece:
    count = sight.now.cores
    share = recent(sight, "cores: in use")
    filled = round(share * CORES_BAR)
    bar = sheet.look.glyphs.full * filled, sheet.look.glyphs.empty * (CORES_BAR - filled)
    cores = "1 core" if count == 1 else f"{count} cores"
    words = ((f"{cores} busy ", Style.DIM), (fixed_percent(share), Style.TEXT))
    return piece(*words, (" ", Style.TEXT), (bar[0], Style.CPU), (bar[1], Style.TRACK), rank=1)


def _bar(sheet: Sheet, col: int, width: int, activity: NDArray[np.uint8]) -> None:
    """What the slots do now, each kind as long as its share."""
    slots = np.sort(activity)[::-1]
    styles = styles_of(slots[np.arange(width) * len(slots) // width])
    end = sheet.put(0, col, "[", Style.RULE)
    sheet.grid.put_cells(0, end, sheet.look.characters(styles), styles)
    sheet.put(0, end + width, "]", Style.RULE)
