"""One request's life: every part of it a bar on a time axis, with its name in words and who was in the way.

    stories = LifeStories(trace)    # simulator.trace.playback.life_story; once a run
    told = stories.of(1041)         # once a request
    grid = waterfall(told, Size(120, 36), look, t_s=12.48)

What to watch: the last lines add up. What the parts say is what the client waited, to the digit.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from simulator.plan.words import State
from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.canvas.key_bar import KeyHint, put_keys
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.plotting import Axis, linear_axis, put_axis
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import clipped, clipped_lines, put_right, put_title
from simulator.stage.states import STATE_STYLES
from simulator.stage.waterfall_words import about, ending, facts, heading, notes, total_words
from simulator.trace.playback.life_story import LifePart, LifeStory
from simulator.words.language import later, tell, translated
from simulator.words.numbers import short_duration, tick
from simulator.words.phrases import numbered

WIDE, NARROW = 100, 46
"""From this width on the slot has a column of its own; below this one there is no time axis."""
TALL = 20
"""From this height on there are blank lines."""
LENGTH_WIDTH = 9
LEAST_BAR = 8
INDENT = 3
UNKNOWN = later("not known")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """Where things stand in a line; a width of 0 leaves the thing out."""

    label: int
    bar: int
    bar_width: int
    held: int
    held_width: int


@dataclass(frozen=True, slots=True)
class _Block:
    """The lines of one part: its bar, and below it who was in the way."""

    part: LifePart
    below: list[str]


def waterfall(
    told: LifeStory,
    size: Size,
    look: Look,
    *,
    t_s: float | None = None,
    first: int = 0,
    keys: tuple[KeyHint, ...] = (),
) -> CellGrid:
    """The screen. ``t_s`` marks a moment of the run; ``first`` is the first part shown where not all fit."""
    grid = CellGrid(*size)
    if not grid.height or not grid.width:
        return grid
    put_title(grid, look, heading(told), about(told))
    top = _put_facts(grid, told, look)
    bottom = _put_totals(grid, told, look, keys)
    columns = _columns(size.width)
    axis = linear_axis(0.0, told.last_s - told.arrival_s, max(columns.bar_width, 1))
    if columns.bar_width and bottom - top > 2:
        put_axis(grid, top, columns.bar, axis, tick, look)
        top += 1
    placed = list(_placed(told, size, (top, bottom), first, look))
    if columns.bar_width and placed and t_s is not None and told.arrival_s <= t_s <= told.last_s:
        rows = sum(1 + len(block.below) for _, block in placed)
        grid.restyle(top, columns.bar + axis.column(t_s - told.arrival_s), min(rows, bottom - top), 1, Style.CURSOR)
    for row, block in placed:
        _put_block(grid, row, block, (told, columns, axis), look)
    return grid


def _columns(width: int) -> _Columns:
    label = 2 + max(cell_width(translated(state.value)) for state in State) + 1
    held = 18 if width >= WIDE else 0
    bar = 1 + label + LENGTH_WIDTH + 1
    room = width - bar - held - 1
    if width < NARROW or room < LEAST_BAR:
        return _Columns(label=max(width - 2 - LENGTH_WIDTH, 0), bar=width, bar_width=0, held=width, held_width=0)
    return _Columns(label=label, bar=bar, bar_width=room, held=bar + room + 1, held_width=max(held - 1, 0))


def _put_facts(grid: CellGrid, told: LifeStory, look: Look) -> int:
    """What came, from whom, and how it ended; returns the next free row."""
    row = 1
    if grid.height >= 8:
        words, style = ending(told)
        after = grid.put(row, 1, clipped(words, grid.width - 2, look), style)
        if grid.height >= TALL:
            row, after = row + 1, -1
        grid.put(row, after + 2, clipped(facts(told, look), grid.width - after - 3, look), Style.DIM)
        row += 1
    return row + (1 if grid.height >= TALL else 0)


def _put_totals(grid: CellGrid, told: LifeStory, look: Look, keys: tuple[KeyHint, ...]) -> int:
    """The sum by state, what has to be said besides, and the keys; returns the first row that they need."""
    row = grid.height
    if keys and grid.height >= 6:
        row -= 1
        put_keys(grid, row, keys)
    if grid.height < 5:
        return row
    room = grid.width - 2
    remarks = [line for note in notes(told) for line in clipped_lines(note, room, 2, look)]
    for remark in reversed(remarks if grid.height >= TALL else []):
        row -= 1
        grid.put(row, 1, remark, Style.DIM)
    lines = _total_lines(told, room, look)[: max(grid.height // 5, 1)]
    row -= len(lines)
    for offset, line in enumerate(lines):
        col = 1
        for text, style in line:
            col = grid.put(row + offset, col, text, style)
    if grid.height >= TALL // 2:
        row -= 1
        _put_stack(grid, row, told, look)
    return row


def _total_lines(told: LifeStory, width: int, look: Look) -> list[list[tuple[str, Style]]]:
    """``total 2.31 s = `` and then each state, as many in a line as fit."""
    total, parts = total_words(told)
    total = look.spelled(total)
    lines: list[list[tuple[str, Style]]] = [[(total, Style.HEADING)]]
    used = cell_width(total)
    for number, (state, amount) in enumerate(parts):
        sign = " = " if number == 0 else " + "
        words = translated(UNKNOWN if state is None else state.value)
        glyph, style = (look.glyphs.more, Style.WARN) if state is None else _look_of(state, look)
        piece = [(sign, Style.DIM), (f"{amount} ", Style.TEXT), (glyph, style), (f" {words}", Style.TEXT)]
        length = sum(cell_width(text) for text, _ in piece)
        if used + length > width and used > cell_width(total):
            lines.append([("      ", Style.TEXT)])
            used = 6
        lines[-1] += piece
        used += length
    return lines


def _look_of(state: State, look: Look) -> tuple[str, Style]:
    style = STATE_STYLES[state]
    return look.glyph(style), style


def _put_stack(grid: CellGrid, row: int, told: LifeStory, look: Look) -> None:
    """The whole latency as one line, each state as wide as its share."""
    totals = told.totals_s()
    width = grid.width - 2
    edges = np.rint(np.cumsum([0.0, *totals.values()]) / max(sum(totals.values()), 1e-12) * width).astype(int).tolist()
    for state, start, end in zip(totals, edges[:-1], edges[1:], strict=True):
        glyph, style = (look.glyphs.empty, Style.WARN) if state is None else _look_of(state, look)
        grid.fill(row, 1 + start, 1, end - start, glyph, style=style)


def _placed(told: LifeStory, size: Size, rows: tuple[int, int], first: int, look: Look) -> Iterator[tuple[int, _Block]]:
    """The blocks that are seen, each with its row: with the lines below it where there is room for all of them."""
    top, bottom = rows
    shown = told.parts[min(max(first, 0), max(len(told.parts) - 1, 0)) :]
    blocks: list[_Block] = []
    for most in (2, 1, 0):
        blocks = [_Block(part, _below(part, size.width, most, look)) for part in shown]
        if sum(1 + len(block.below) for block in blocks) <= bottom - top:
            break
    row = top
    for block in blocks:
        if row >= bottom:
            return
        yield row, block
        row += 1 + len(block.below)


def _below(part: LifePart, width: int, most: int, look: Look) -> list[str]:
    said = [part.blocker.words] if part.blocker.words else []
    if part.slots and width < WIDE and said:
        held = tell("held {slots}", slots=_slots(part))
        said = [tell("{first}; {second}", first=said[0], second=held)]
    return clipped_lines("".join(said), width - 2 * INDENT, most, look) if most else []


def _slots(part: LifePart) -> str:
    """``worker 3``, ``event loop``: the name of a resource, and which of it."""
    return translated(", ").join(map(numbered, part.slots))


def _put_block(grid: CellGrid, row: int, block: _Block, where: tuple[LifeStory, _Columns, Axis], look: Look) -> None:
    told, columns, axis = where
    part = block.part
    glyph, style = _look_of(part.state, look)
    name = state = translated(part.state.value)
    if part.for_nobody:
        name = tell("{state} (for nobody)", state=state)
    elif part.state is State.COMPUTING:
        name = tell("{state}: {place}", state=state, place=part.place)
    grid.put(row, 1, glyph, style)
    grid.put(row, 3, clipped(name, columns.label - 2, look), Style.GHOST if part.for_nobody else Style.TEXT)
    length = look.spelled(short_duration(part.seconds))
    put_right(grid, row, 1 + columns.label + LENGTH_WIDTH - 1, length, Style.HEADING)
    if columns.bar_width:
        for start, end in part.pieces:
            left, right = axis.span(start - told.arrival_s, end - told.arrival_s)
            grid.fill(row, columns.bar + left, 1, right - left, glyph, style=style)
        if part.state is State.CONNECTING:
            _put_retries(grid, row, told, (columns, axis), look)
        grid.put(row, columns.held, clipped(_slots(part), columns.held_width, look), Style.DIM)
    longest = max((cell_width(line) for line in block.below), default=0)
    indent = max(min(columns.bar, grid.width - 1 - longest), INDENT)  # under the bar, if there is room
    for offset, line in enumerate(block.below, 1):
        grid.put(row + offset, indent, line, Style.DIM)


def _put_retries(grid: CellGrid, row: int, told: LifeStory, where: tuple[_Columns, Axis], look: Look) -> None:
    columns, axis = where
    for at in told.retries_s:
        if at <= told.last_s:
            grid.put(row, columns.bar + axis.column(at - told.arrival_s), look.glyphs.marker, Style.WARN)
