"""Text put into boxes: cut to a width with a sign that something was cut, or broken into lines at its blanks."""

from collections.abc import Iterator, Sequence

from simulator.stage.canvas.cells import cell_width, cells_of
from simulator.stage.canvas.grid import CellGrid
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.style import Style
from simulator.stage.scene import KeyHint


def clipped(text: str, width: int, look: Look) -> str:
    """Text that takes at most ``width`` cells; the last one says that there was more."""
    if cell_width(text) <= width:
        return text
    return _first_cells(text, width - 1).rstrip() + look.glyphs.more if width > 0 else ""


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most ``width`` cells, broken at blanks; a word that is wider than a line is broken anywhere."""
    lines, line = [], ""
    for piece, begins in _pieces(text, width):
        longer = f"{line}{' ' if begins and line else ''}{piece}"
        if not line or cell_width(longer) <= width:
            line = longer
        else:
            lines.append(line)
            line = piece
    return [*lines, line] if line else lines


def _pieces(text: str, width: int) -> Iterator[tuple[str, bool]]:
    """The words, those that are wider than a line in pieces; and whether a piece begins a word."""
    for word in text.split():
        rest, begins = word, True
        while cell_width(rest) > width > 0 and len(rest) > 1:
            piece = _first_cells(rest, width) or rest[0]
            yield piece, begins
            rest, begins = rest[len(piece) :], False
        if rest:
            yield rest, begins


def clipped_lines(text: str, width: int, count: int, look: Look) -> list[str]:
    """At most ``count`` lines of text; the last one says if there was more, after a whole word if it has several."""
    lines = wrapped(text, width)
    if len(lines) <= count:
        return lines
    return [*lines[: count - 1], _with_more(lines[count - 1], width, look)] if count > 0 else []


def _with_more(line: str, width: int, look: Look) -> str:
    more = f" {look.glyphs.more}"
    while cell_width(line) + cell_width(more) > width and " " in line:
        line = line.rpartition(" ")[0]
    if cell_width(line) + cell_width(more) <= width:
        return line + more
    return _first_cells(line, width - 1) + look.glyphs.more if width > 0 else ""


def filled(text: str, width: int) -> str:
    """Exactly so many cells: cut at the end, or filled with blanks."""
    text = _first_cells(text, width)
    return text + " " * (width - cell_width(text))


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


def put_keys(grid: CellGrid, row: int, keys: Sequence[KeyHint]) -> None:
    """A line of keys and what they do, as many as fit whole."""
    col = 1
    for hint in keys:
        if col + cell_width(hint.key) + 1 + cell_width(hint.does) > grid.width:
            return
        col = grid.put(row, col, hint.key, Style.KEY)
        col = grid.put(row, col, f" {hint.does}", Style.KEY_NAME) + 2


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
