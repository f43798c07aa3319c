"""Keys that do something now, in one line, and where to click for each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.grid import CellGrid
from simulator.stage.canvas.sheet import Area, Find, Sheet
from simulator.stage.canvas.style import Style

GAP = 2
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
    at_end: bool = False
    """Whether it stands at the right end, and before all others."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyTarget:
    """A key in the key bar."""

    hint: KeyHint


def put_keys(grid: CellGrid, row: int, keys: Sequence[KeyHint]) -> None:
    """A line of keys and what they do, as many as fit whole; the first ones matter most."""
    for col, hint in _placed(tuple(keys), grid.width):
        end = grid.put(row, col, hint.key, Style.KEY)
        grid.put(row, end, f" {hint.does}", Style.KEY_NAME)


def draw_keys(sheet: Sheet, keys: tuple[KeyHint, ...]) -> None:
    """The same where a pointer finds them."""
    for col, hint in _placed(keys, sheet.width):
        end = sheet.put(0, col, hint.key, Style.KEY)
        end = sheet.put(0, end, f" {hint.does}", Style.KEY_NAME)
        sheet.offer(Area(0, col, 1, end - col), key_finder(hint))


@lru_cache(BARS_KEPT)
def _placed(keys: tuple[KeyHint, ...], width: int) -> list[tuple[int, KeyHint]]:
    """The keys for which there is room, each with its column: from the left, and those at the right end."""
    at_end, placed, right = [hint for hint in keys if hint.at_end], list[tuple[int, KeyHint]](), width - 1
    for hint in reversed(at_end):
        if right - _width(hint) >= 1:
            right -= _width(hint)
            placed.append((right, hint))
            right -= GAP
    col = 1
    for hint in keys:
        if not hint.at_end and col + _width(hint) <= right:
            placed.append((col, hint))
            col += _width(hint) + GAP
    return placed


def _width(hint: KeyHint) -> int:
    return cell_width(hint.key) + 1 + cell_width(hint.does)


def key_finder(hint: KeyHint) -> Find:
    """Finds a key wherever one points within its area."""
    return lambda _row, _col: KeyTarget(hint=hint)
