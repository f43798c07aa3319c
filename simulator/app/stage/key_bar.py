"""The key bar: the keys that do something now."""

from functools import lru_cache

from simulator.app.stage.layout import Claim, Rank, Section
from simulator.app.stage.pieces import Piece, fitting, piece, put_pieces
from simulator.app.stage.scene import KeyHint, Scene
from simulator.app.stage.sheet import Area, Find, Sheet
from simulator.app.stage.style import Style
from simulator.app.stage.target import KeyTarget
from simulator.app.stage.writing import clipped

BARS_KEPT = 16
"""Key bars that are remembered: the same keys are written in every frame."""


def message_section(scene: Scene) -> Section:
    """What the program has to say, in place of the keys, for frames without a log."""
    return Section(claims=(Claim(Rank.KEYS),), draw=lambda sheet: _say(sheet, scene.message))


def key_section(scene: Scene) -> Section:
    """One row; none where no key does anything, as in a picture."""
    return Section(claims=(Claim(Rank.KEYS, int(bool(scene.keys))),), draw=lambda sheet: _draw(sheet, scene))


def _draw(sheet: Sheet, scene: Scene) -> None:
    hints, pieces = _fitting(scene.keys, sheet.width - 2)
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


def _say(sheet: Sheet, message: str) -> None:
    sheet.put(0, 1, clipped(message, sheet.width - 2, sheet.look), Style.ACCENT)


def _finder(hint: KeyHint) -> Find:
    return lambda _row, _col: KeyTarget(hint=hint)
