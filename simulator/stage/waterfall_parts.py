"""The parts of a request's life as lines: a name, a length, a bar on the time axis, and who was in the way.

What to watch: one life or several beside one another are drawn with the same lines, so that they compare.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.plan.words import State
from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.grid import CellGrid
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.plotting import Axis
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import clipped, clipped_lines, put_right
from simulator.stage.states import STATE_STYLES
from simulator.stage.waterfall_words import total_words
from simulator.trace.playback.life_story import LifePart, LifeStory
from simulator.words.language import later, tell, translated
from simulator.words.numbers import short_duration
from simulator.words.phrases import numbered

WIDE, NARROW = 100, 46
"""From this width on the slot has a column of its own; below this one there is no time axis."""
LENGTH_WIDTH, HELD_WIDTH = 9, 22
LEAST_BAR, LEAST_LABEL = 8, 26
"""In a language with short names of states, a computation still has room for its place."""
INDENT = 3
UNKNOWN = later("not known")


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where things stand in a line; a width of 0 leaves the thing out."""

    label: int
    bar: int
    bar_width: int
    held: int
    held_width: int


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of one part: its bar, and below it who was in the way."""

    part: LifePart
    below: list[str]


def columns_for(width: int) -> Columns:
    """As they fit into a screen of this width."""
    label = max(2 + max(cell_width(translated(state.value)) for state in State) + 1, LEAST_LABEL)
    held = HELD_WIDTH if width >= WIDE else 0
    bar = 1 + label + LENGTH_WIDTH + 1
    room = width - bar - held - 1
    if width < NARROW or room < LEAST_BAR:
        return Columns(label=max(width - 2 - LENGTH_WIDTH, 0), bar=width, bar_width=0, held=width, held_width=0)
    return Columns(label=label, bar=bar, bar_width=room, held=bar + room + 1, held_width=max(held - 1, 0))


def blocks_of(parts: Sequence[LifePart], width: int, height: int, look: Look) -> list[Block]:
    """Every part with as many lines below it as there is room for in all."""
    blocks: list[Block] = []
    for most in (2, 1, 0):
        blocks = [Block(part, _below(part, width, most, look)) for part in parts]
        if sum(1 + len(block.below) for block in blocks) <= height:
            break
    return blocks


def _below(part: LifePart, width: int, most: int, look: Look) -> list[str]:
    said = [part.blocker.words] if part.blocker.words else []
    if part.slots and width < WIDE and said:
        held = tell("held {slots}", slots=_slots(part))
        said = [tell("{first}; {second}", first=said[0], second=held)]
    return clipped_lines("".join(said), width - 2 * INDENT, most, look) if most else []


def _slots(part: LifePart) -> str:
    """``worker 3``, ``event loop``: the name of a resource, and which of it."""
    return translated(", ").join(map(numbered, part.slots))


def put_block(grid: CellGrid, row: int, block: Block, where: tuple[LifeStory, Columns, Axis], look: Look) -> None:
    """A part, in a life, with these columns and this axis."""
    told, columns, axis = where
    part = block.part
    glyph, style = look_of(part.state, look)
    name = state = translated(part.state.value)
    if part.for_nobody:
        around = cell_width(tell("{state} (for nobody)", state=""))  # a long state is cut, not what it was done for
        name = tell("{state} (for nobody)", state=clipped(state, max(columns.label - 2 - around, 0), look))
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
        held = _slots(part)
        if cell_width(held) > columns.held_width and part.slots:  # of a proxy's connection and a worker, the worker
            held = numbered(part.slots[-1])
        grid.put(row, columns.held, clipped(held, columns.held_width, look), Style.DIM)
    longest = max((cell_width(line) for line in block.below), default=0)
    indent = max(min(columns.bar, grid.width - 1 - longest), INDENT)  # under the bar, if there is room
    for offset, line in enumerate(block.below, 1):
        grid.put(row + offset, indent, line, Style.DIM)


def _put_retries(grid: CellGrid, row: int, told: LifeStory, where: tuple[Columns, Axis], look: Look) -> None:
    columns, axis = where
    for at in told.retries_s:
        if at <= told.last_s:
            grid.put(row, columns.bar + axis.column(at - told.arrival_s), look.glyphs.marker, Style.WARN)


def total_lines(told: LifeStory, width: int, look: Look) -> list[list[tuple[str, Style]]]:
    """``total 2.31 s = `` and then each state, as many in a line as fit."""
    total, parts = total_words(told)
    total = look.spelled(total)
    lines: list[list[tuple[str, Style]]] = [[(total, Style.HEADING)]]
    used = cell_width(total)
    for number, (state, amount) in enumerate(parts):
        sign = " = " if number == 0 else " + "
        words = translated(UNKNOWN if state is None else state.value)
        glyph, style = (look.glyphs.more, Style.WARN) if state is None else look_of(state, look)
        piece = [(sign, Style.DIM), (f"{amount} ", Style.TEXT), (glyph, style), (f" {words}", Style.TEXT)]
        length = sum(cell_width(text) for text, _ in piece)
        if used + length > width and used > cell_width(total):
            lines.append([("      ", Style.TEXT)])
            used = 6
        lines[-1] += piece
        used += length
    return lines


def look_of(state: State, look: Look) -> tuple[str, Style]:
    """The glyph of a state, and its style."""
    style = STATE_STYLES[state]
    return look.glyph(style), style


def put_stack(grid: CellGrid, row: int, told: LifeStory, look: Look) -> None:
    """The whole latency as one line, each state as wide as its share."""
    totals = told.totals_s()
    width = grid.width - 2
    edges = np.rint(np.cumsum([0.0, *totals.values()]) / max(sum(totals.values()), 1e-12) * width).astype(int).tolist()
    for state, start, end in zip(totals, edges[:-1], edges[1:], strict=True):
        glyph, style = (look.glyphs.empty, Style.WARN) if state is None else look_of(state, look)
        grid.fill(row, 1 + start, 1, end - start, glyph, style=style)
