"""A model's plan and its real server side by side, the lines of the steps that are at work highlighted.

code = code_of("prefork", "", (), trace.places)        # simulator.app.stage.code; once a deployment
grid = source(Source(code=code, active=("receive", "handle.1")), Size(120, 36), look)
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from simulator.app.stage.code import Code, Page
from simulator.app.stage.grid import CellGrid
from simulator.app.stage.look import Look
from simulator.app.stage.plot import heights
from simulator.app.stage.scene import KeyHint, Size
from simulator.app.stage.style import Style
from simulator.app.stage.writing import clipped, put_keys, put_title

SIDE_BY_SIDE = 110
NOT_HERE = "the source of this model is not here"
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
    keys: tuple[KeyHint, ...] = ()


@dataclass(frozen=True, slots=True)
class _Pane:
    """A page and its part of the screen: one line for its title, the rest for its lines."""

    page: Page
    row: int
    col: int
    width: int
    height: int


def source(state: Source, size: Size, look: Look) -> CellGrid:
    """The screen."""
    grid = CellGrid(*size)
    if not grid.height or not grid.width:
        return grid
    put_title(grid, look, "source", "a model and its real server, with the same names for the same steps")
    bottom = grid.height
    if state.keys and grid.height >= 6:
        bottom -= 1
        put_keys(grid, bottom, state.keys)
    if grid.height >= 10:
        bottom -= 1
        grid.put(bottom, 1, clipped(_now(state, look), grid.width - 2, look), Style.DIM)
    if not state.code.models:
        grid.put(1, 1, clipped(NOT_HERE, grid.width - 2, look), Style.DIM)
    for pane in _panes(state.code, Size(grid.width, bottom - 1)):
        piece = CellGrid(pane.width, pane.height)
        _put_page(piece, pane.page, state, look)
        grid.blit(piece, 1 + pane.row, pane.col)
    return grid


def source_height(state: Source) -> int:
    """Lines of the longest page, to scroll in."""
    return max((len(page.lines) for page in (*state.code.models, *state.code.servers)), default=0)


def _now(state: Source, look: Look) -> str:
    """The places where requests are; those that no line of a server works on are the kernel's."""
    reported = [place for place in state.active if any(place in page.spans for page in state.code.servers)]
    waiting = [place for place in state.active if place not in reported]
    said = [f"now: {', '.join(reported)}"] if reported else ["no line is at work"]
    if waiting and state.code.servers:
        said.append(f"in the kernel, before any line of the server: {', '.join(waiting)}")
    return f" {look.glyphs.bullet} ".join(said)


def _panes(code: Code, room: Size) -> Iterator[_Pane]:
    """Models left and servers right; where it is narrow, the servers below."""
    if not code.servers:
        yield from _stacked(code.models, _Box(0, 0, room.width, room.height))
    elif room.width >= SIDE_BY_SIDE:
        half = room.width // 2
        yield from _stacked(code.models, _Box(0, 0, half, room.height))
        yield from _stacked(code.servers, _Box(0, half + 1, room.width - half - 1, room.height))
    else:
        half = room.height // 2
        yield from _stacked(code.models, _Box(0, 0, room.width, half))
        yield from _stacked(code.servers, _Box(half, 0, room.width, room.height - half))


class _Box(NamedTuple):
    row: int
    col: int
    width: int
    height: int


def _stacked(pages: Sequence[Page], box: _Box) -> Iterator[_Pane]:
    """Pages under one another; one that no place belongs to only where there is no other."""
    shown = [page for page in pages if page.spans] or list(pages[:1])
    shown = shown[: max(box.height // LEAST_PANE, 1)]
    row = box.row
    for page, height in zip(shown, heights(box.height, len(shown)), strict=True):
        yield _Pane(page, row, box.col, box.width, height)
        row += height


def _put_page(grid: CellGrid, page: Page, state: Source, look: Look) -> None:
    lit = page.active(state.active)
    height = grid.height - 1
    last = max(len(page.lines) - height, 0)
    start = min(state.first, last) if state.first else _following(lit, height, last)
    gutter = GUTTER if grid.width > 4 * GUTTER else 1
    rest = max(grid.width - len(page.title) - 3, 0)
    grid.put(0, 1, clipped(page.title, grid.width - 2, look), Style.HEADING)
    grid.put(0, grid.width - rest, look.glyphs.horizontal * rest, Style.RULE)
    for row, number in enumerate(range(start, min(start + height, len(page.lines))), 1):
        if gutter == GUTTER:
            grid.put(row, 1, f"{number + 1:4}", Style.RULE)
        col = gutter
        for text, style in page.lines[number]:
            col = grid.put(row, col, text, style)
        if col > grid.width:
            grid.put(row, grid.width - 1, look.glyphs.more, Style.DIM)
        if number in lit:
            grid.put(row, 0, look.glyphs.play)
            grid.restyle(row, 0, 1, grid.width, Style.CODE_ACTIVE)


def _following(lit: Collection[int], height: int, last: int) -> int:
    """The line to begin with so that active ones are seen; it moves by half a page, not with every request."""
    if not lit or max(lit) < height:
        return 0
    half = max(height // 2, 1)
    return min(max(min(lit) - 2, 0) // half * half, last)
