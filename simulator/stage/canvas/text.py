"""Text in the room that there is: cut with a sign that says so, broken into lines, or left out piece by piece."""

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.stage.canvas.cells import cell_width, cells_of
from simulator.stage.canvas.grid import CellGrid
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.style import Style
from simulator.words.wrapping import wrapped as break_lines


def clipped(text: str, width: int, look: Look) -> str:
    """Text that takes at most ``width`` cells, in the glyphs of a look; the last one says that there was more."""
    text = look.spelled(text)
    if cell_width(text) <= width:
        return text
    return _first_cells(text, width - 1).rstrip() + look.glyphs.more if width > 0 else ""


def first_that_fits(texts: Sequence[str], width: int) -> str:
    """Of several wordings, from long to short, the first that takes at most ``width`` cells; empty where none does."""
    return next((text for text in texts if cell_width(text) <= width), "")


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most ``width`` cells; a word that is wider than a line is broken anywhere."""
    return break_lines(text, width, cell_width)


def clipped_lines(text: str, width: int, count: int, look: Look) -> list[str]:
    """At most ``count`` lines of text; the last one says if there was more, after a whole word if it has several."""
    lines = wrapped(text, width)
    if len(lines) <= count:
        return lines
    return [*lines[: count - 1], _with_more(lines[count - 1], width, look)] if count > 0 else []


def _with_more(line: str, width: int, look: Look) -> str:
    more = f" {look.glyphs.more}"
    while cell_width(line) + cell_width(more) > width and " " in line:
        kept, _, word = line.rpartition(" ")
        if cell_width(word) > len(word):  # Chinese has few blanks: the last one may be half a line back
            break
        line = kept
    if cell_width(line) + cell_width(more) <= width:
        return line + more
    return _first_cells(line, width - 1).rstrip() + look.glyphs.more if width > 0 else ""


def filled(text: str, width: int) -> str:
    """Exactly so many cells: cut at the end, or filled with blanks."""
    text = _first_cells(text, width)
    return text + " " * (width - cell_width(text))


def centred(text: str, width: int, fill: str = " ") -> str:
    """In the middle of so many cells; what cannot be halved goes to the right."""
    rest = max(width - cell_width(text), 0)
    return f"{fill * (rest // 2)}{text}{fill * (rest - rest // 2)}"


def put_right(grid: CellGrid, row: int, end: int, text: str, style: Style) -> int:
    """Write text that ends before column ``end``, and return its first column."""
    start = end - cell_width(text)
    grid.put(row, start, text, style)
    return start


def put_title(grid: CellGrid, look: Look, left: str, right: str = "") -> None:
    """The line at the top of a screen, from edge to edge."""
    grid.fill(0, 0, 1, grid.width, style=Style.TITLE)
    room = grid.width - 2 - (cell_width(right) + 2 if right else 0)
    if room < cell_width(left):
        right, room = "", grid.width - 2
    grid.put(0, 1, clipped(left, room, look), Style.TITLE)
    put_right(grid, 0, grid.width - 1, right, Style.TITLE)


def _first_cells(text: str, width: int) -> str:
    """The longest beginning of text that takes at most ``width`` cells."""
    if text.isascii():
        return text[: max(width, 0)]
    taken = 0
    for index, character in enumerate(text):
        taken += len(cells_of(character))
        if taken > width:
            return text[:index]
    return text


# A line made of pieces: where not all fit, those that matter least are left out, and the others stay in their order.
# What to watch: whether a piece fits depends on how wide it is, so what changes with the moment is written with a fixed
# width.

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


def with_figure(words: str, figure: str, style: Style, others: Style = Style.DIM) -> list[Words]:
    """Words with one figure among them, which has a style of its own."""
    before, _, after = words.partition(figure)
    return [each for each in ((before, others), (figure, style), (after, others)) if each[0]]


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
