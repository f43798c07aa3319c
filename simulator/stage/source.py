"""A model's plan and its real server beside one another, the lines of the steps that are at work highlighted.

What to watch: side by side only where lines are not cut for it; else one below the other, or one file alone.

code = code_of("prefork", "", (), trace.places)        # simulator.stage.code; once a deployment
grid = source(Source(code=code, active=("receive", "handle.1")), Size(120, 36), look)
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.canvas.key_bar import KeyHint, put_keys
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import equal_parts
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import clipped, put_title
from simulator.stage.code import Code, Line, Page
from simulator.words.language import later, tell, translated

READABLE = 88
"""Files stand side by side where each has so many columns, or as many as its longest line needs."""
NOT_HERE = later("the source of this model is not here")
LEAST_PANE = 8
"""Lines of a page, where several stand under one another."""
GUTTER = 6
"""Cells before the code: a mark, and the number of the line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What the screen shows."""

    code: Code
    active: tuple[str, ...] = ()
    """Names of the places of the walk where requests are now."""
    first: int = 0
    """Lines scrolled past; at 0 the screen follows the active lines where not all fit."""
    left: int = 0
    """Columns of the code scrolled past, where lines are longer than there is room for."""
    alone: int | None = None
    """The number of the one page that is shown, of ``source_pages``; None for all."""
    keys: tuple[KeyHint, ...] = ()


@dataclass(frozen=True, slots=True)
class _Pane:
    """A page and its part of the screen: one line for its title, the rest for its lines."""

    page: Page
    row: int
    col: int
    width: int
    height: int

    @property
    def gutter(self) -> int:
        """Cells before the code."""
        return GUTTER if self.width > 4 * GUTTER else 1

    @property
    def overhang(self) -> int:
        """Cells of the longest line for which there is no room."""
        return max(_longest(self.page) - (self.width - self.gutter), 0)


def source(state: Source, size: Size, look: Look) -> CellGrid:
    """The screen."""
    grid = CellGrid(*size)
    if not grid.height or not grid.width:
        return grid
    about = tell("a model and its real server, with the same names for the same steps")
    put_title(grid, look, tell("source"), about)
    if _has_keys(state, size):
        put_keys(grid, grid.height - 1, state.keys)
    if _has_now(size):
        grid.put(
            grid.height - 1 - _has_keys(state, size), 1, clipped(_now(state, look), grid.width - 2, look), Style.DIM
        )
    if not state.code.models:
        grid.put(1, 1, clipped(translated(NOT_HERE), grid.width - 2, look), Style.DIM)
    for pane in _panes(state, size):
        piece = CellGrid(pane.width, pane.height)
        _put_page(piece, pane, state, look)
        grid.blit(piece, 1 + pane.row, pane.col)
    return grid


def source_pages(code: Code) -> tuple[Page, ...]:
    """The pages that can be shown alone, models first; one that no place belongs to only where there is no other."""
    return (*_worth(code.models), *_worth(code.servers))


def overhang(state: Source, size: Size) -> int:
    """Columns to scroll sideways in; 0 where no line is cut."""
    return max((pane.overhang for pane in _panes(state, size)), default=0)


def _has_keys(state: Source, size: Size) -> bool:
    return bool(state.keys) and size.height >= 6


def _has_now(size: Size) -> bool:
    return size.height >= 10


def _worth(pages: Sequence[Page]) -> list[Page]:
    return [page for page in pages if page.spans] or list(pages[:1])


def _longest(page: Page) -> int:
    return max((sum(cell_width(text) for text, _ in line) for line in page.lines), default=0)


def _now(state: Source, look: Look) -> str:
    """The places where requests are; those that no line of a server works on are the kernel's."""
    reported = [place for place in state.active if any(place in page.spans for page in state.code.servers)]
    waiting = [place for place in state.active if place not in reported]
    said = [tell("now: {places}", places=", ".join(reported)) if reported else tell("no line is at work")]
    if waiting and state.code.servers:
        said.append(tell("in the kernel, before any line of the server: {places}", places=", ".join(waiting)))
    return f" {look.glyphs.bullet} ".join(said)


def _panes(state: Source, size: Size) -> Iterator[_Pane]:
    """One page alone; or models left and servers right, and where lines would be cut for it, servers below."""
    code, room = state.code, Size(size.width, max(size.height - 1 - _has_keys(state, size) - _has_now(size), 0))
    everywhere = _Box(0, 0, room.width, room.height)
    pages = source_pages(code)
    if state.alone is not None and state.alone < len(pages):
        yield _Pane(pages[state.alone], *everywhere)
    elif not code.servers:
        yield from _stacked(code.models, everywhere)
    elif _fit_beside(code, room.width // 2):
        half = room.width // 2
        yield from _stacked(code.models, _Box(0, 0, half, room.height))
        yield from _stacked(code.servers, _Box(0, half + 1, room.width - half - 1, room.height))
    else:
        half = room.height // 2
        yield from _stacked(code.models, _Box(0, 0, room.width, half))
        yield from _stacked(code.servers, _Box(half, 0, room.width, room.height - half))


def _fit_beside(code: Code, width: int) -> bool:
    return width >= READABLE or all(GUTTER + _longest(page) < width for page in source_pages(code))


class _Box(NamedTuple):
    row: int
    col: int
    width: int
    height: int


def _stacked(pages: Sequence[Page], box: _Box) -> Iterator[_Pane]:
    """Pages under one another, as many as can be read."""
    shown = _worth(pages)[: max(box.height // LEAST_PANE, 1)]
    row = box.row
    for page, height in zip(shown, equal_parts(box.height, len(shown)), strict=True):
        yield _Pane(page, row, box.col, box.width, height)
        row += height


def _put_page(grid: CellGrid, pane: _Pane, state: Source, look: Look) -> None:
    page, height = pane.page, grid.height - 1
    lit = page.active(state.active)
    last = max(len(page.lines) - height, 0)
    start = min(state.first, last) if state.first else _following(lit, height, last)
    rest = max(grid.width - len(page.title) - 3, 0)
    grid.put(0, 1, clipped(page.title, grid.width - 2, look), Style.HEADING)
    grid.put(0, grid.width - rest, look.glyphs.horizontal * rest, Style.RULE)
    for row, number in enumerate(range(start, min(start + height, len(page.lines))), 1):
        if pane.gutter == GUTTER:
            grid.put(row, 1, f"{number + 1:4}", Style.RULE)
        grid.blit(
            _line(page.lines[number], grid.width - pane.gutter, min(state.left, pane.overhang), look), row, pane.gutter
        )
        if number in lit:
            grid.put(row, 0, look.glyphs.play)
            grid.restyle(row, 0, 1, grid.width, Style.CODE_ACTIVE)


def _line(line: Line, width: int, left: int, look: Look) -> CellGrid:
    """The part of a line from a column on; its first and last cell say if there is more."""
    grid, col = CellGrid(width, 1), -left
    for text, style in line:
        col = grid.put(0, col, text, style)
    if "".join(text for text, _ in line)[:left].strip():
        grid.put(0, 0, look.glyphs.more, Style.DIM)
    if col > width:
        grid.put(0, width - 1, look.glyphs.more, Style.DIM)
    return grid


def _following(lit: Collection[int], height: int, last: int) -> int:
    """The line to begin with so that active ones are seen; it moves by half a page, not with every request."""
    if not lit or max(lit) < height:
        return 0
    half = max(height // 2, 1)
    return min(max(min(lit) - 2, 0) // half * half, last)
