"""A line made of pieces: where not all fit, those that matter least are left out, and the others stay in their order.

What to watch: whether a piece fits depends on how wide it is, so what changes with the moment is written with a fixed
width.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.style import Style
from simulator.stage.sheet import Sheet

Words = tuple[str, Style]
"""A text and its style."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words that are shown together or not at all."""

    words: tuple[Words, ...]
    width: int
    """In cells."""
    rank: int = 0
    """The lower, the more it matters."""


def piece(*words: Words, rank: int = 0) -> Piece:
    """A piece from its words."""
    return Piece(words, sum([cell_width(text) for text, _ in words]), rank)


def fitting(pieces: Sequence[Piece], width: int, gap: int = 2) -> list[Piece]:
    """The pieces that fit side by side into ``width`` cells; at least the most important one."""
    kept: list[int] = []
    left = width
    for i in sorted(range(len(pieces)), key=lambda i: (pieces[i].rank, i)):
        need = pieces[i].width + (gap if kept else 0)
        if need <= left or not kept:
            kept.append(i)
            left -= need
    return [pieces[i] for i in sorted(kept)]


def put_pieces(sheet: Sheet, row: int, col: int, pieces: Sequence[Piece], gap: int = 2) -> int:
    """Write pieces side by side and return the column after the last."""
    for number, each in enumerate(pieces):
        col += gap if number else 0
        for text, style in each.words:
            col = sheet.put(row, col, text, style)
    return col


def put_line(sheet: Sheet, row: int, pieces: Sequence[Piece], *, first: int = 1, gap: int = 2) -> int:
    """Write what fits of some pieces from column ``first`` to the right margin; the column after the last."""
    return put_pieces(sheet, row, first, fitting(pieces, sheet.width - first - 1, gap), gap)
