"""The same request's life on several servers, one under the other on one time axis, and what the difference is.

What to watch: a server has as many lines as any other. Where not all parts of a life fit, the longest are shown in
their order, and one line says how many are left out and how long they took together; so the sum still adds up.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from simulator.plan.words import Outcome, State
from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.canvas.key_bar import KeyHint, put_keys
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.plotting import Axis, linear_axis, log_axis, put_axis
from simulator.stage.canvas.style import SPARKS, Style
from simulator.stage.canvas.text import clipped, clipped_lines, put_right, put_title, wrapped
from simulator.stage.waterfall_parts import (
    LENGTH_WIDTH,
    Columns,
    blocks_of,
    columns_for,
    put_block,
    put_stack,
    total_lines,
)
from simulator.stage.waterfall_words import brief_ending, ending, heading
from simulator.trace.playback.life_story import LifePart, LifeStory
from simulator.trace.playback.why import Why
from simulator.words.language import later, tell, tell_many, translated
from simulator.words.numbers import short_duration, tick

LETTERS = "ABCD"
LEAST_PARTS = 3
"""Lines for the parts of a life; where there are no more, their sum is left out."""
ROOMY = 30
"""From this height on there is a blank line between servers."""
DECADES = 1e4
"""A logarithmic axis begins at this part of the longest life."""
ALIKE = 0.02
"""Lives whose lengths differ by less than this part took as long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """A request under one of the servers."""

    number: int
    """Of the server: 0 is A."""
    server: str
    told: LifeStory | None
    """None where it was never sent there: its client was not through with the one before."""

    @property
    def letter(self) -> str:
        """What the server is called beside others."""
        return LETTERS[self.number]


@dataclass(frozen=True, slots=True, kw_only=True)
class LivesView:
    """How they are looked at."""

    base: int = 0
    """The place of the life that the others are told against."""
    t_s: float | None = None
    """A moment of the run to be marked."""
    logarithmic: bool = False


def waterfalls(
    lives: Sequence[Life],
    size: Size,
    look: Look,
    *,
    view: LivesView,
    keys: tuple[KeyHint, ...] = (),
) -> CellGrid:
    """The screen."""
    base, t_s, logarithmic = view.base, view.t_s, view.logarithmic
    grid = CellGrid(*size)
    if not grid.height or not grid.width:
        return grid
    first = lives[base].told
    put_title(grid, look, heading(first) if first else "", first.labels.get("load", "") if first else "")
    top, bottom = 1, grid.height
    if keys and grid.height >= 6:
        bottom -= 1
        put_keys(grid, bottom, keys)
    top = _put_differences(grid, top, lives, base, look)
    columns, longest_s = columns_for(size.width), max((_length_s(life) for life in lives), default=0.0)
    cells = max(columns.bar_width, 1)
    axis = log_axis(longest_s / DECADES, longest_s, cells) if logarithmic else linear_axis(0.0, longest_s, cells)
    if columns.bar_width and bottom - top > 2 * len(lives):
        put_axis(grid, top, columns.bar, axis, tick, look)
        top += 1
    each = (bottom - top) // max(len(lives), 1)
    for number, life in enumerate(lives):
        _put_life(grid, (top + number * each, each - (grid.height >= ROOMY)), life, (columns, axis, t_s), look)
    return grid


def _length_s(life: Life) -> float:
    return life.told.last_s - life.told.arrival_s if life.told else 0.0


# --- one server -------------------------------------------------------------------------------------------------------


def _put_life(
    grid: CellGrid, rows: tuple[int, int], life: Life, where: tuple[Columns, Axis, float | None], look: Look
) -> None:
    """In so many rows from a row on: who it is and how it ended, its parts, and their sum."""
    top, height = rows
    if height < 1:
        return
    col = grid.put(top, 1, life.letter, SPARKS[life.number % len(SPARKS)]) + 1
    col = grid.put(top, col, clipped(life.server.upper(), grid.width - col - 1, look), Style.HEADING) + 2
    if life.told is None:
        grid.put(top, col, clipped(tell("never sent"), grid.width - col - 1, look), Style.DIM)
        return
    words, style = ending(life.told)
    if cell_width(words) > grid.width - col - 1:
        words, style = brief_ending(life.told)
    grid.put(top, col, clipped(words, grid.width - col - 1, look), style)
    sums = total_lines(life.told, grid.width - 2, look)
    if 1 + len(sums) + LEAST_PARTS > height:
        sums = []  # half a sum would be wrong, and the lines of the parts add up too
    stack = height >= 2 + len(sums) + LEAST_PARTS
    row = top + 1
    row += _put_parts(grid, (row, height - 1 - len(sums) - stack), life.told, where, look)
    if stack:
        put_stack(grid, row, life.told, look)
        row += 1
    for line in sums:
        col = 1
        for text, part_style in line:
            col = grid.put(row, col, text, part_style)
        row += 1


def _put_parts(
    grid: CellGrid, rows: tuple[int, int], told: LifeStory, where: tuple[Columns, Axis, float | None], look: Look
) -> int:
    """The parts that there is room for; returns how many rows they took."""
    top, height = rows
    columns, axis, t_s = where
    shown, rest = _longest(told.parts, height)
    row = top
    for block in blocks_of(shown, grid.width, height - bool(rest), look):
        put_block(grid, row, block, (told, columns, axis), look)
        row += 1 + len(block.below)
    if rest:
        words = tell_many("{n} shorter part", "{n} shorter parts", len(rest), n=len(rest))
        grid.put(row, 3, clipped(words, columns.label - 2, look), Style.DIM)
        length = look.spelled(short_duration(sum(part.seconds for part in rest)))
        put_right(grid, row, 1 + columns.label + LENGTH_WIDTH - 1, length, Style.DIM)
        row += 1
    if columns.bar_width and t_s is not None and told.arrival_s <= t_s <= told.last_s:
        grid.restyle(top, columns.bar + axis.column(t_s - told.arrival_s), row - top, 1, Style.CURSOR)
    return row - top


def _longest(parts: Sequence[LifePart], room: int) -> tuple[list[LifePart], list[LifePart]]:
    """Those for which there is a line, in their order, and the others; one line is left to tell of these."""
    if len(parts) <= room:
        return list(parts), []
    by_length = sorted(parts, key=lambda part: part.seconds, reverse=True)
    kept = set(map(id, by_length[: max(room - 1, 0)]))
    return [part for part in parts if id(part) in kept], [part for part in parts if id(part) not in kept]


# --- what the difference is -------------------------------------------------------------------------------------------

WITHOUT = {
    State.CONNECTING: later("It got its connection at once, which took {time} under {base}."),
    State.BACKLOG: later("It did not wait to be accepted, which took {time} under {base}."),
    State.QUEUED: later("It did not wait for a slot, which took {time} under {base}."),
    State.GIL: later("It did not wait for the GIL, which took {time} under {base}."),
    State.PROCESSOR: later("It did not wait for a P, which took {time} under {base}."),
    State.LOOP: later("It did not wait for the event loop, which took {time} under {base}."),
    State.CORE: later("It did not wait for a core, which took {time} under {base}."),
    State.THROTTLED: later("It was not throttled, which took {time} under {base}."),
}
"""What a request was spared, where the other server has nothing of it, or next to nothing."""


def _put_differences(grid: CellGrid, top: int, lives: Sequence[Life], base: int, look: Look) -> int:
    """A sentence or two for each other server; returns the next free row."""
    others = [life for number, life in enumerate(lives) if number != base]
    most = 1 if grid.height < ROOMY and (len(others) > 1 or grid.height < 18) else 2
    for life in others:
        first, *more = difference(lives[base], life)
        texts = list(Why(first, tuple(more)).shorter())
        fitting = (lines for text in texts if len(lines := wrapped(text, grid.width - 2)) <= most)
        for line in next(fitting, None) or clipped_lines(texts[-1], grid.width - 2, most, look):
            grid.put(top, 1, look.spelled(line), Style.ACCENT)
            top += 1
    return top + (grid.height >= ROOMY)


def difference(base: Life, other: Life) -> Iterator[str]:
    """How the life under the other server differs from that under the first, and what most of it is."""
    one, two = base.told, other.told
    if one is None or two is None:
        yield tell("Under {letter} it was never sent.", letter=(other if two is None else base).letter)
        return
    times = {"time": short_duration(two.latency_s), "other": short_duration(one.latency_s)}
    if one.outcome is not two.outcome:
        yield tell(
            "Under {letter}: {outcome} after {time}; under {base}: {ended} after {other}.",
            letter=other.letter,
            base=base.letter,
            outcome=translated(two.outcome.words),
            ended=translated(one.outcome.words),
            **times,
        )
    elif abs(two.latency_s - one.latency_s) <= ALIKE * max(one.latency_s, two.latency_s):
        yield tell("Under {letter} it took as long: {time}.", letter=other.letter, time=times["time"])
        return
    elif two.outcome is Outcome.COMPLETED:
        yield tell("Under {letter} it took {time} instead of {other}.", letter=other.letter, **times)
    else:
        outcome = translated(two.outcome.words)
        yield tell(
            "Under {letter}: {outcome} after {time} instead of {other}.", letter=other.letter, outcome=outcome, **times
        )
    yield from _cause(base, one, two)


def _cause(base: Life, one: LifeStory, two: LifeStory) -> Iterator[str]:
    """The state that most of the difference is in."""
    before, after = one.totals_s(), two.totals_s()
    known = [state for state in dict.fromkeys([*before, *after]) if state is not None]
    if not known:
        return
    sign = 1.0 if two.latency_s < one.latency_s else -1.0
    state = max(known, key=lambda each: sign * (before.get(each, 0.0) - after.get(each, 0.0)))
    had_s, has_s = before.get(state, 0.0), after.get(state, 0.0)
    if state in WITHOUT and has_s <= ALIKE * had_s:
        yield tell(WITHOUT[state], time=short_duration(had_s), base=base.letter)
    elif had_s != has_s:
        yield tell(
            "Most of the difference: {state}, {time} instead of {other}.",
            state=translated(state.value),
            time=short_duration(has_s),
            other=short_duration(had_s),
        )
