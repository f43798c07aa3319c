"""Keys that do something now, in one line, and where to click for each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.grid import CellGrid
from simulator.stage.canvas.sheet import Area, Find, Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import Piece, fitting, piece, put_pieces

BARS_KEPT = 16
"""Key bars that are remembered: the same keys are written in every frame."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyHint:
    """A key that does something now."""

    key: str
    """As it is shown: ``space``, ``[ ]``, ``n``."""
    does: str
    """One or two words."""
    action: str = ""
    """What the application does when it is clicked; the key itself if empty."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyTarget:
    """A key in the key bar."""

    hint: KeyHint


def put_keys(grid: CellGrid, row: int, keys: Sequence[KeyHint]) -> None:
    """A line of keys and what they do, as many as fit whole."""
    col = 1
    for hint in keys:
        if col + cell_width(hint.key) + 1 + cell_width(hint.does) > grid.width:
            return
        col = grid.put(row, col, hint.key, Style.KEY)
        col = grid.put(row, col, f" {hint.does}", Style.KEY_NAME) + 2


def draw_keys(sheet: Sheet, keys: tuple[KeyHint, ...]) -> None:
    """The same where a pointer finds them; of keys that do not all fit, the first ones matter most."""
    hints, pieces = _fitting(keys, sheet.width - 2)
    put_pieces(sheet, 0, 1, pieces)
    col = 1
    for hint, each in zip(hints, pieces, strict=True):
        sheet.offer(Area(0, col, 1, each.width), _finder(hint))
        col += each.width + 2


@lru_cache(BARS_KEPT)
def _fitting(keys: tuple[KeyHint, ...], width: int) -> tuple[list[KeyHint], list[Piece]]:
    """The keys for which there is room, and how they are written."""
    pieces = [
        piece((hint.key, Style.KEY), (f" {hint.does}", Style.KEY_NAME), rank=number) for number, hint in enumerate(keys)
    ]
    kept = fitting(pieces, width)
    return [keys[each.rank] for each in kept], kept


def _finder(hint: KeyHint) -> Find:
    return lambda _row, _col: KeyTarget(hint=hint)
