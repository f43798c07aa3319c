"""Charts of one to four runs, with the same scales for all of them.

figures = tuple(Figures(view.playback, view.title) for view in scene.views)   # once a run
grid = charts(Charts(runs=figures), Size(120, 36), look)
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import accumulate

from simulator.plan.words import State
from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.canvas.key_bar import KeyHint, put_keys
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import clipped, put_right, put_title
from simulator.stage.chart_latency import put_histogram, put_percentiles
from simulator.stage.chart_time import put_over_time, put_queues
from simulator.stage.plot import Figures, Plot
from simulator.stage.states import STATE_STYLES
from simulator.words.language import later, tell, translated
from simulator.words.numbers import share_in_words, short_duration


class Chart(Enum):
    """One chart; the value is its title, which whoever shows it translates."""

    HISTOGRAM = later("how many requests took how long")
    PERCENTILES = later("percentiles")
    OVER_TIME = later("latency over time")
    QUEUES = later("queues over time")
    SPLITS = later("where the time went")


WIDE, TALL = 100, 28
"""From this size on all charts are shown together."""
LEAST_HEIGHT = 10
"""Of a chart, where several stand under one another."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Charts:
    """What the screen shows."""

    runs: tuple[Figures, ...]
    """One to four."""
    load: str = ""
    """The name of the scenario."""
    shown: Chart | None = None
    """One chart, as large as the screen; None: as many as fit."""
    logarithmic: bool = True
    """Latencies on a logarithmic axis."""
    t_s: float | None = None
    """The playhead, on the charts over time."""
    keys: tuple[KeyHint, ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """A chart and its part of the screen."""

    chart: Chart
    row: int
    col: int
    width: int
    height: int


def charts(state: Charts, size: Size, look: Look) -> CellGrid:
    """The screen."""
    grid = CellGrid(*size)
    if not grid.height or not grid.width:
        return grid
    names = f" {look.glyphs.bullet} ".join(run.title for run in state.runs)
    about = tell("under {load}, without its warm-up", load=state.load) if state.load else ""
    put_title(grid, look, tell("charts  {servers}", servers=names), about)
    if state.keys and grid.height >= 6:
        put_keys(grid, grid.height - 1, state.keys)
    for placed in layout(state, size):
        piece = CellGrid(placed.width, placed.height)
        plot = Plot(grid=piece, runs=state.runs, look=look, logarithmic=state.logarithmic, t_s=state.t_s)
        if piece.height and piece.width:
            PAINTERS[placed.chart](plot)
        grid.blit(piece, placed.row, placed.col)
    return grid


def layout(state: Charts, size: Size) -> list[Placed]:
    """Where the charts are: one, all five, or those under one another that fit."""
    top, width = (2 if size.height >= LEAST_HEIGHT else 1), size.width - 2
    height = size.height - top - (2 if size.height >= LEAST_HEIGHT else 1 if size.height >= 6 else 0)
    if not state.runs or height < 1 or width < 1:
        return []
    if state.shown is not None:
        return [Placed(state.shown, top, 1, width, height)]
    if size.width >= WIDE and size.height >= TALL:
        return _all_five(state, top, width, height)
    count = max(min(height // LEAST_HEIGHT, len(Chart)), 1)
    each = (height - (count - 1)) // count
    return [Placed(chart, top + i * (each + 1), 1, width, each) for i, chart in enumerate(list(Chart)[:count])]


def _all_five(state: Charts, top: int, width: int, height: int) -> list[Placed]:
    """Latencies left, the run over time right, below them where the time went."""
    runs = len(state.runs)
    splits = 1 + 4 * runs + 2 * (runs > 1)  # with words; without them half of it
    splits = splits if splits <= height * 3 // 8 else min(1 + 2 * runs, height // 3)
    upper = height - splits - 2
    first, second = upper - upper // 2, upper // 2
    half = (width - 3) // 2
    right = 1 + width - half
    return [
        Placed(Chart.HISTOGRAM, top, 1, half, first),
        Placed(Chart.PERCENTILES, top + first + 1, 1, half, second),
        Placed(Chart.OVER_TIME, top, right, half, first),
        Placed(Chart.QUEUES, top + first + 1, right, half, second),
        Placed(Chart.SPLITS, top + first + second + 2, 1, width, splits),
    ]


# Where the time went: the mean latency of all requests and of the slowest 1 %, cut into what it was spent on. What to
# watch: bars of one kind have one scale in all runs; the slowest have their own, or the others could not be seen.

KINDS: tuple[tuple[str, Callable[[Figures], Mapping[State, float]]], ...] = (
    (later("all"), lambda run: run.split_s),
    (later("slowest 1 %"), lambda run: run.slowest_split_s),
)
NOTHING = later("no request was completed")
KIND_WIDTH = 14
AMOUNT_WIDTH = 9


def put_splits(plot: Plot) -> None:
    """Two bars for each run, and what they are made of."""
    plot.put_heading(translated(Chart.SPLITS.value), tell("mean of the completed requests"))
    lines = plot.height - 1
    each = 2 if lines >= 4 * len(plot.runs) + 2 * (len(plot.runs) > 1) else 1
    row = 1
    for kind, split_of in KINDS:
        splits = [split_of(run) for run in plot.runs]
        longest = max((sum(split.values()) for split in splits), default=0.0)
        if len(plot.runs) > 1 and each == 2:
            plot.grid.put(row, 0, translated(kind), Style.DIM)
            row += 1
        for number, split in enumerate(splits):
            if row >= plot.height:
                return
            alone = len(plot.runs) == 1
            name = translated(kind) if alone or each == 1 else plot.runs[number].title
            if not alone and each == 1:
                name = f"{plot.mark(number)} {translated(kind)}"
            _put_bar(plot, row, (name, Style.TEXT if alone else plot.style(number)), split, longest)
            if each == 2:
                _put_shares(plot, row + 1, split)
            row += each


def _put_bar(plot: Plot, row: int, name: tuple[str, Style], split: Mapping[State, float], longest: float) -> None:
    plot.grid.put(row, 0, clipped(name[0], KIND_WIDTH - 1, plot.look), name[1])
    width = plot.width - KIND_WIDTH - AMOUNT_WIDTH
    if not split or longest <= 0.0:
        plot.grid.put(row, KIND_WIDTH, clipped(translated(NOTHING), plot.width - KIND_WIDTH, plot.look), Style.DIM)
        return
    edges = [round(seconds / longest * width) for seconds in accumulate(split.values(), initial=0.0)]
    for state, start, end in zip(split, edges[:-1], edges[1:], strict=True):
        style = STATE_STYLES[state]
        plot.grid.fill(row, KIND_WIDTH + start, 1, end - start, plot.look.glyph(style), style=style)
    put_right(plot.grid, row, plot.width, plot.look.spelled(short_duration(sum(split.values()))), Style.HEADING)


def _put_shares(plot: Plot, row: int, split: Mapping[State, float]) -> None:
    """The longest parts in words, as many as fit whole."""
    total = sum(split.values())
    col = KIND_WIDTH
    for state, seconds in sorted(split.items(), key=lambda part: -part[1]):
        words: Sequence[tuple[str, Style]] = (
            (plot.look.glyph(STATE_STYLES[state]), STATE_STYLES[state]),
            (f" {share_in_words(seconds / total)} {translated(state.value)}", Style.DIM),
        )
        if col + sum(cell_width(text) for text, _ in words) > plot.width or row >= plot.height:
            return
        for text, style in words:
            col = plot.grid.put(row, col, text, style)
        col += 3


PAINTERS: Mapping[Chart, Callable[[Plot], None]] = {
    Chart.HISTOGRAM: put_histogram,
    Chart.PERCENTILES: put_percentiles,
    Chart.OVER_TIME: put_over_time,
    Chart.QUEUES: put_queues,
    Chart.SPLITS: put_splits,
}
