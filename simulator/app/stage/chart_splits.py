"""Where the time went: the mean latency of all requests and of the slowest 1 %, cut into what it was spent on.

What to watch: bars of one kind have one scale in all runs; the slowest have their own, or the others could not be seen.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate

from simulator.app.stage.cells import cell_width
from simulator.app.stage.chart_data import Figures
from simulator.app.stage.plot import Plot
from simulator.app.stage.style import STATE_STYLES, Style
from simulator.app.stage.writing import clipped, put_right
from simulator.plan.words import State
from simulator.trace.phrases import duration, percent

KINDS: tuple[tuple[str, Callable[[Figures], Mapping[State, float]]], ...] = (
    ("all", lambda run: run.split_s),
    ("slowest 1 %", lambda run: run.slowest_split_s),
)
NOTHING = "no request was completed"
KIND_WIDTH = 14
AMOUNT_WIDTH = 9


def put_splits(plot: Plot) -> None:
    """Two bars for each run, and what they are made of."""
    plot.put_heading("where the time went", "mean of the completed requests")
    lines = plot.height - 1
    each = 2 if lines >= 4 * len(plot.runs) + 2 * (len(plot.runs) > 1) else 1
    row = 1
    for kind, split_of in KINDS:
        splits = [split_of(run) for run in plot.runs]
        longest = max((sum(split.values()) for split in splits), default=0.0)
        if len(plot.runs) > 1 and each == 2:
            plot.grid.put(row, 0, kind, Style.DIM)
            row += 1
        for number, split in enumerate(splits):
            if row >= plot.height:
                return
            alone = len(plot.runs) == 1
            name = kind if alone or each == 1 else plot.runs[number].title
            if not alone and each == 1:
                name = f"{plot.mark(number)} {kind}"
            _put_bar(plot, row, (name, Style.TEXT if alone else plot.style(number)), split, longest)
            if each == 2:
                _put_shares(plot, row + 1, split)
            row += each


def _put_bar(plot: Plot, row: int, name: tuple[str, Style], split: Mapping[State, float], longest: float) -> None:
    plot.grid.put(row, 0, clipped(name[0], KIND_WIDTH - 1, plot.look), name[1])
    width = plot.width - KIND_WIDTH - AMOUNT_WIDTH
    if not split or longest <= 0.0:
        plot.grid.put(
            row, KIND_WIDTH, clipped("no request was completed", plot.width - KIND_WIDTH, plot.look), Style.DIM
        )
        return
    edges = [round(seconds / longest * width) for seconds in accumulate(split.values(), initial=0.0)]
    for state, start, end in zip(split, edges[:-1], edges[1:], strict=True):
        style = STATE_STYLES[state]
        plot.grid.fill(row, KIND_WIDTH + start, 1, end - start, plot.look.glyph(style), style=style)
    put_right(plot.grid, row, plot.width, duration(sum(split.values())), Style.HEADING)


def _put_shares(plot: Plot, row: int, split: Mapping[State, float]) -> None:
    """The longest parts in words, as many as fit whole."""
    total = sum(split.values())
    col = KIND_WIDTH
    for state, seconds in sorted(split.items(), key=lambda part: -part[1]):
        words: Sequence[tuple[str, Style]] = (
            (plot.look.glyph(STATE_STYLES[state]), STATE_STYLES[state]),
            (f" {percent(seconds / total)} {state.value}", Style.DIM),
        )
        if col + sum(cell_width(text) for text, _ in words) > plot.width or row >= plot.height:
            return
        for text, style in words:
            col = plot.grid.put(row, col, text, style)
        col += 3
