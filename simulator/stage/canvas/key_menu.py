"""All keys that do something now, over the dimmed screen: in groups, each with a few words, one press away.

What to watch: groups stay whole, side by side in at most three columns, as long as all of them fit. Where they do not,
the lines flow through as many columns as there is room for, and the rest is on further pages.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

from simulator.stage.canvas.box import APART, Box, put_box
from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.glyphs import UNICODE
from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.canvas.key_bar import KeyHint, KeyTarget, key_finder
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Ground, Style
from simulator.stage.canvas.text import clipped, piece

MOST_COLUMNS = 3
GAP, EDGE = 2, 1
"""Cells between columns, and inside of the frame."""
ARROWS = {"left": "←", "right": "→", "up": "↑", "down": "↓"}
"""Written on the keys themselves."""
Entry = tuple[KeyHint, ...]
"""A key with its words, or two keys; the words are those of the first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyGroup:
    """Keys that belong together."""

    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyMenu:
    """What is listed, and where the reader is."""

    title: str
    groups: tuple[KeyGroup, ...]
    close: KeyHint
    """The key that closes it."""
    turn: KeyHint
    """The key that goes on to the next page."""
    page: int = 0
    """Counted from 0, and on from the last page to the first."""

    def draw(self, grid: CellGrid, look: Look) -> None:
        """Dim what the grid shows, and draw the list in the middle of it."""
        grid.restyle(0, 0, grid.height, grid.width, Style.FADED)
        grid.lay(0, 0, grid.height, grid.width, Ground.BACK)
        sheet, top, left = _drawn(self, Size(grid.width, grid.height), look)
        grid.fill(top, left - 1, sheet.height, sheet.width + 2)
        grid.blit(sheet.grid, top, left)


Line = str | Entry | None
"""A title, an entry, or a blank line."""
Column = Sequence[Line]
Page = Sequence[Column]


def key_at(menu: KeyMenu, size: Size, cell: tuple[int, int], look: Look) -> KeyHint | None:
    """The key under a cell of the screen, by its row and column."""
    sheet, top, left = _drawn(menu, size, look)
    found = sheet.target(cell[0] - top, cell[1] - left)
    return found.hint if isinstance(found, KeyTarget) else None


def _drawn(menu: KeyMenu, size: Size, look: Look) -> tuple[Sheet, int, int]:
    """The list in its box, and its place on a screen of this size."""
    groups = [_spelled(group, look) for group in menu.groups]
    pages = _pages(groups, size.width - 2 - 2 * EDGE, size.height - 2)
    page = pages[menu.page % len(pages)]
    widths = [_width(column) for column in page]
    box = _box(menu, len(pages))
    labels = sum(
        cell_width(hint.key) + cell_width(hint.does) + 3
        for hint in (*box.bottom, *box.bottom_right)
        if isinstance(hint, KeyHint)
    )
    inner = max(sum(widths) + GAP * (len(widths) - 1), labels + 2 * APART)
    rows = max(len(column) for several in pages for column in several)  # a page more must not move the box
    sheet = Sheet(min(inner + 2 + 2 * EDGE, size.width), min(rows + 2, size.height), look)
    put_box(sheet, Area(0, 0, sheet.height, sheet.width), box)
    col = 1 + EDGE
    for column, width in zip(page, widths, strict=True):
        _put_column(sheet, col, column, min(width, sheet.width - 1 - EDGE - col))
        col += width + GAP
    return sheet, (size.height - sheet.height) // 2, (size.width - sheet.width) // 2


def _box(menu: KeyMenu, pages: int) -> Box:
    """In its lower border stand the keys of the list itself."""
    turn = (replace(menu.turn, does=f"{menu.page % pages + 1}/{pages}"),) if pages > 1 else ()
    title = piece((menu.title, Style.HEADING))
    return Box(title=(title,), bottom=(menu.close,), bottom_right=turn, rule=Style.ACCENT)


def _spelled(group: KeyGroup, look: Look) -> KeyGroup:
    """With arrows on the keys where the terminal has some."""
    arrows = ARROWS if look.glyphs is UNICODE else {}
    entries = tuple(tuple(replace(hint, key=arrows.get(hint.key, hint.key)) for hint in each) for each in group.entries)
    return replace(group, entries=entries)


# --- how the lines are shared out -------------------------------------------------------------------------------------


def _pages(groups: Sequence[KeyGroup], width: int, height: int) -> list[Page]:
    """At least one page of at least one column."""
    height = max(height, 1)
    for count in range(min(MOST_COLUMNS, len(groups)), 0, -1):
        whole = [_divided(groups, cuts) for cuts in combinations(range(1, len(groups)), count - 1)]
        fits = [page for page in whole if _page_width(page) <= width and max(map(len, page)) <= height]
        if fits:
            return [min(fits, key=lambda page: max(map(len, page)))]
    lines = list(_lines(groups))
    beside = max((width + GAP) // (max(_width(lines), 1) + GAP), 1)
    columns = list(_flowing(lines, height))
    return [columns[first : first + beside] for first in range(0, len(columns), beside)] or [[[]]]


def _divided(groups: Sequence[KeyGroup], cuts: Sequence[int]) -> Page:
    edges = [0, *cuts, len(groups)]
    return [list(_lines(groups[start:stop])) for start, stop in pairwise(edges)]


def _lines(groups: Sequence[KeyGroup]) -> Iterator[Line]:
    for number, group in enumerate(groups):
        if number:
            yield None
        yield group.title
        yield from group.entries


def _flowing(lines: Sequence[Line], height: int) -> Iterator[Column]:
    """Columns of at most so many lines; none begins with a blank one, and none ends with a title."""
    column: list[Line] = []
    for number, line in enumerate(lines):
        title_last = isinstance(line, str) and len(column) == height - 1 and number + 1 < len(lines) and height > 1
        if len(column) >= height or title_last:
            yield column
            column = []
        if column or line is not None:
            column.append(line)
    yield column


def _page_width(page: Page) -> int:
    return sum(map(_width, page)) + GAP * (len(page) - 1)


def _width(column: Column) -> int:
    entries = [line for line in column if isinstance(line, tuple)]
    words = max((cell_width(entry[0].does) for entry in entries), default=0)
    titles = max((cell_width(line) for line in column if isinstance(line, str)), default=0)
    return max(_key_width(column) + 1 + words, titles)


def _key_width(column: Column) -> int:
    keys = (" ".join(hint.key for hint in line) for line in column if isinstance(line, tuple))
    return max(map(cell_width, keys), default=0)


# --- how they are drawn -----------------------------------------------------------------------------------------------


def _put_column(sheet: Sheet, col: int, column: Column, width: int) -> None:
    key_width = _key_width(column)
    for row, line in enumerate(column, 1):
        if isinstance(line, str):
            sheet.put(row, col, clipped(line.upper(), width, sheet.look), Style.HEADING)
        elif line is not None:
            _put_entry(sheet, row, col, line, (key_width, width))


def _put_entry(sheet: Sheet, row: int, col: int, entry: Entry, widths: tuple[int, int]) -> None:
    key_width, width = widths
    sheet.offer(Area(row, col, 1, width), key_finder(entry[0]))
    at = col
    for number, hint in enumerate(entry):
        at += number > 0
        end = sheet.put(row, at, hint.key, Style.KEY)
        sheet.offer(Area(row, at, 1, end - at), key_finder(hint))
        at = end
    words = clipped(entry[0].does, width - key_width - 1, sheet.look)
    sheet.put(row, col + key_width + 1, words, Style.TEXT)
