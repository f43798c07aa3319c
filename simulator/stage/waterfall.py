"""One request's life: every part of it a bar on a time axis, with its name in words and who was in the way.

    stories = LifeStories(trace)    # simulator.trace.playback.life_story; once a run
    told = stories.of(1041)         # once a request
    grid = waterfall(told, Size(120, 36), look, t_s=12.48)

What to watch: the last lines add up. What the parts say is what the client waited, to the digit.
"""

from collections.abc import Iterator

from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.canvas.key_bar import KeyHint, put_keys
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.plotting import linear_axis, put_axis
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import clipped, clipped_lines, put_title
from simulator.stage.waterfall_parts import Block, blocks_of, columns_for, put_block, put_stack, total_lines
from simulator.stage.waterfall_words import about, ending, facts, heading, notes
from simulator.trace.playback.life_story import LifeStory
from simulator.words.numbers import tick

TALL = 20
"""From this height on there are blank lines."""


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
    columns = columns_for(size.width)
    axis = linear_axis(0.0, told.last_s - told.arrival_s, max(columns.bar_width, 1))
    if columns.bar_width and bottom - top > 2:
        put_axis(grid, top, columns.bar, axis, tick, look)
        top += 1
    placed = list(_placed(told, size, (top, bottom), first, look))
    if columns.bar_width and placed and t_s is not None and told.arrival_s <= t_s <= told.last_s:
        rows = sum(1 + len(block.below) for _, block in placed)
        grid.restyle(top, columns.bar + axis.column(t_s - told.arrival_s), min(rows, bottom - top), 1, Style.CURSOR)
    for row, block in placed:
        put_block(grid, row, block, (told, columns, axis), look)
    return grid


def _placed(told: LifeStory, size: Size, rows: tuple[int, int], first: int, look: Look) -> Iterator[tuple[int, Block]]:
    """The blocks that are seen, each with its row: with the lines below it where there is room for all of them."""
    top, bottom = rows
    shown = told.parts[min(max(first, 0), max(len(told.parts) - 1, 0)) :]
    row = top
    for block in blocks_of(shown, size.width, bottom - top, look):
        if row >= bottom:
            return
        yield row, block
        row += 1 + len(block.below)


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
    lines = total_lines(told, room, look)[: max(grid.height // 5, 1)]
    row -= len(lines)
    for offset, line in enumerate(lines):
        col = 1
        for text, style in line:
            col = grid.put(row + offset, col, text, style)
    if grid.height >= TALL // 2:
        row -= 1
        put_stack(grid, row, told, look)
    return row
