"""Crowds: a mark for each request while there is room, then a coarser one from the tail on, whose worth is written.

What to watch: what is drawn never gets shorter while a crowd grows, and never thinner. A full row stays full; from its
tail on marks turn into such that stand for ten, and when all do, into such that stand for a hundred. So nobody sees a
queue recover that explodes. The rule knows the number and the room, nothing of the run: rows of equal length compare.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import Area, Find, Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import Piece, filled, fitting, piece, put_pieces
from simulator.stage.fixed_width import COUNT_WIDTH, count_behind
from simulator.stage.scene import RequestTarget, Target
from simulator.words.language import tell

WORTHS = (1, 10, 100, 1000, 1_000_000)
"""What marks can stand for; the first is the glyph of what the request does, the others are of a look."""
WRITTEN = ("1", "10", "100", "1k", "1M")
SCALE_WIDTH = 11
"""``each=1 ⣿=10``"""
NOBODY: NDArray[np.int32] = np.empty(0, np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """Requests that do the same."""

    style: Style
    requests: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.requests)


@dataclass(frozen=True, slots=True)
class Marks:
    """How so many requests are drawn: the finer marks stand at the head, the coarser ones at the tail."""

    level: int
    """Of the finer marks, into ``WORTHS``."""
    fine: int
    coarse: int = 0
    """Each stands for what the next level is worth."""

    @property
    def length(self) -> int:
        """Cells that are drawn."""
        return self.fine + self.coarse

    @property
    def stands_for(self) -> int:
        """Requests that the marks stand for: as many as there are, or less than one mark more."""
        return self.fine * WORTHS[self.level] + self.coarse * WORTHS[min(self.level + 1, len(WORTHS) - 1)]

    @property
    def levels(self) -> tuple[int, ...]:
        """What there is to be seen, the finer first."""
        return (*([self.level] if self.fine else []), *([self.level + 1] if self.coarse else []))


def marks_for(count: int, cells: int) -> Marks:
    """The marks for a crowd in so many cells."""
    for level, worth in enumerate(WORTHS):
        units = -(-count // worth)
        if units <= cells:
            return Marks(level, units)
        if level + 1 < len(WORTHS) and units <= cells * (factor := WORTHS[level + 1] // worth):
            coarse = -(-(units - cells) // (factor - 1))
            return Marks(level, cells - coarse, coarse)
    return Marks(len(WORTHS) - 1, max(cells, 0))


def put_crowd(sheet: Sheet, area: Area, kinds: Sequence[Kind], view: int, *, head_right: bool = False) -> Marks:
    """Fill an area row by row from the left; or, as a queue, column by column from its head at the right edge.

    Of several kinds the largest one gets the coarser marks where that is enough, so that a few others stay in sight.
    """
    room = max(area.height, 0) * max(area.width, 0)
    count = sum(map(len, kinds))
    marks = marks_for(count, room)
    if not marks.length or not count:
        return marks
    requests = np.concatenate([kind.requests for kind in kinds])
    numbers = np.repeat(np.array([int(kind.style) for kind in kinds], np.uint8), [len(kind) for kind in kinds])
    starts, is_coarse = _starts(marks, [len(kind) for kind in kinds], count)
    styles = numbers[starts]
    characters = sheet.look.characters(styles)
    if marks.level:
        characters[~is_coarse] = sheet.look.glyphs.crowds[marks.level - 1]
    if marks.coarse:
        characters[is_coarse] = sheet.look.glyphs.crowds[marks.level]
    for row, line in enumerate(_lines(marks.length, area, head_right=head_right)):
        if len(line):
            col = area.col + (area.width - len(line) if head_right else 0)
            sheet.grid.put_cells(area.row + row, col, characters[line], styles[line])
    sheet.offer(area, _finder(requests[starts], area, view, head_right=head_right))
    return marks


def _starts(marks: Marks, lengths: Sequence[int], count: int) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """The first request of every mark, and which marks are coarse ones."""
    fine, coarse = WORTHS[marks.level], WORTHS[min(marks.level + 1, len(WORTHS) - 1)]
    largest = max(range(len(lengths)), key=lengths.__getitem__)
    after = sum(lengths[largest + 1 :])
    if fine > 1 or not marks.coarse or count - lengths[largest] > marks.fine:
        after = 0  # no room for the others one by one: whoever stands at the tail is drawn coarsely
    worth = np.full(marks.length, fine, np.intp)
    stop = marks.length - after
    worth[stop - marks.coarse : stop] = coarse if marks.coarse else fine
    starts = np.concatenate(([0], np.cumsum(worth)[:-1]))
    if after:
        starts[stop:] = np.arange(count - after, count)  # the last coarse mark may stand for fewer
    return np.minimum(starts, count - 1), worth == coarse if coarse > fine else np.zeros(marks.length, np.bool_)


def _lines(length: int, area: Area, *, head_right: bool) -> list[NDArray[np.intp]]:
    """For each row the marks that stand in it, from left to right."""
    marks = np.arange(length)
    if head_right:
        return [marks[row :: area.height][::-1] for row in range(area.height)]
    return [marks[row * area.width : (row + 1) * area.width] for row in range(area.height)]


def _finder(first: NDArray[np.int32], area: Area, view: int, *, head_right: bool) -> Find:
    """Finds the request under a cell; under a coarse mark the first that it stands for."""

    def find(row: int, col: int) -> Target | None:
        place = (area.width - 1 - col) * area.height + row if head_right else row * area.width + col
        return RequestTarget(view=view, request=int(first[place])) if 0 <= place < len(first) else None

    return find


# The words beside a crowd.


def scale_words(marks: Marks, glyph: str, look: Look, between: str = "") -> str:
    """What the marks stand for: ``○=1 ⣿=10``; written even where each stands for one."""
    named = [(look.glyphs.crowds[level - 1] if level else glyph, WRITTEN[level]) for level in marks.levels or (0,)]
    return f" {between}".join(f"{mark}{between}={between}{worth}" for mark, worth in named)


def scale_piece(marks: Marks, look: Look, style: Style | None = None) -> Piece:
    """The same in a fixed width, for marks of one style or of several."""
    glyph = tell("each") if style is None else look.glyph(style)
    return piece((filled(scale_words(marks, glyph, look), SCALE_WIDTH), Style.DIM))


def put_label(sheet: Sheet, text: str, left: int) -> int:
    """Write what a row is about; the column where the rest begins: ``left``, like lanes, if the text fits before it."""
    return max(sheet.put(0, 1, text, Style.DIM) + 1, left)


def put_crowd_row(
    sheet: Sheet, col: int, kinds: Sequence[Kind], pieces: Sequence[Piece], view: int, least: int
) -> None:
    """One row: the requests from column ``col`` on, at least so many cells, and what fits of some words at its end.

    What a mark is worth is left out last; and without it there are no marks.
    """
    scale = piece((" " * SCALE_WIDTH, Style.DIM), rank=-1)
    pieces = fitting([*pieces, scale], sheet.width - col - least)
    words = sum(each.width + 2 for each in pieces)
    width = sheet.width - col - words - 1
    marks = put_crowd(sheet, Area(0, col, 1, width), kinds, view) if width > 0 else Marks(0, 0)
    pieces = [scale_piece(marks, sheet.look) if each is scale else each for each in pieces]
    put_pieces(sheet, 0, col + max(width, 1) + 2, pieces)


def kind_piece(kind: Kind, words: str, look: Look, *, width: int = COUNT_WIDTH, rank: int = 0) -> Piece:
    """The glyph of a kind, what it is, and how many there are."""
    glyph, count = (look.glyph(kind.style), kind.style), (count_behind(len(kind), width), Style.TEXT)
    return piece(glyph, (f" {words}", Style.DIM), count, rank=rank)
