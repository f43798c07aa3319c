"""Latencies as a distribution: how many requests took how long, and how long the slowest so-and-so many took.

What to watch: all runs share both axes, so that a column of the same height means the same number of requests.
"""

import numpy as np
from numpy.typing import NDArray

from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.plotting import Axis, Floats, bar_cells, linear_axis, log_axis, put_axis
from simulator.stage.canvas.sheet import equal_parts
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import clipped, put_right
from simulator.stage.plot import Figures, Plot
from simulator.words.language import tell
from simulator.words.numbers import count, short_duration, tick
from simulator.words.phrases import counted

PERCENTILES = (50.0, 95.0, 99.0)
NINES = 3.0
"""The axis of percentiles ends at 99.9 %: so many nines."""
MARKED = (0.0, 50.0, 90.0, 99.0, 99.9)
LABEL_WIDTH = 8


def put_histogram(plot: Plot) -> None:
    """One panel for each run under one another, with the same axes."""
    axis = latency_axis(plot, plot.width)
    counts = [_in_columns(run.latencies_s, axis) for run in plot.runs]
    tallest = max((int(each.max()) for each in counts), default=0)
    remark = tell("highest column {n}", n=count(tallest)) if tallest else ""
    plot.put_heading(tell("how many requests took how long"), remark)
    rows = equal_parts(plot.height - 2, len(plot.runs))
    row = 1
    for number, (run, each, height) in enumerate(zip(plot.runs, counts, rows, strict=True)):
        if height >= 2:
            plot.grid.put(row, 0, _summary(plot, number, plot.width), plot.style(number))
        top = 1 if height >= 2 else 0
        if len(run.latencies_s) and height > 0:
            shares = each / max(tallest, 1)
            plot.grid.put_cells(row + top, 0, bar_cells(shares, height - top, plot.look), plot.style(number))
        row += height
    put_axis(plot.grid, plot.height - 1, 0, axis, tick, plot.look)


def _in_columns(sorted_s: Floats, axis: Axis) -> NDArray[np.intp]:
    """How many fall into each column; none falls beside the axis."""
    edges = np.array(axis.edges())[1:-1]
    return np.diff(np.searchsorted(sorted_s, edges), prepend=0, append=len(sorted_s))


def put_percentiles(plot: Plot) -> None:
    """All runs over one another: latency above the share of the requests that took less."""
    plot.put_heading(tell("percentiles"), tell("share of the requests that took no longer"))
    width, height = plot.width - LABEL_WIDTH, plot.height - 2 - len(plot.runs)
    if width < 4 or height < 1:
        return
    axis = latency_axis(plot, height, tick_cells=3)
    at = (1.0 - 10.0 ** (-NINES * (np.arange(width) + 0.5) / width)) * 100.0
    put_ticks(plot, axis, 1)
    for number in reversed(range(len(plot.runs))):
        _put_curve(plot, number, axis, at)
    for percent in MARKED:
        col = LABEL_WIDTH + round(-np.log10(max(1.0 - percent / 100.0, 1e-9)) / NINES * width)
        words = f"{percent:g} %"
        plot.grid.put(height + 1, min(int(col), plot.width - len(words)), words, Style.DIM)
    for number in range(len(plot.runs)):
        words = f"{plot.mark(number)} {_summary(plot, number, plot.width - 2)}"
        plot.grid.put(height + 2 + number, 0, words, plot.style(number))


def _put_curve(plot: Plot, number: int, axis: Axis, at: Floats) -> None:
    """One mark in each column; where the curve is steep, all cells up to the next one."""
    run = plot.runs[number]
    if not len(run.latencies_s):
        return
    known = 100.0 * (1.0 - 0.5 / len(run.latencies_s))
    values = [value for p, value in zip(at.tolist(), run.percentiles_s(at.tolist()), strict=True) if p <= known]
    before = None
    for col, value in enumerate(values):
        cell = axis.column(value)
        low = cell if before is None or before >= cell else before + 1
        for each in range(low, cell + 1):
            plot.grid.put(axis.cells - each, LABEL_WIDTH + col, plot.mark(number), plot.style(number))
        before = cell


def _summary(plot: Plot, number: int, width: int) -> str:
    """One line about a run; in a narrow chart without the number of its requests."""
    run: Figures = plot.runs[number]
    many, failed = len(run.latencies_s), len(run.failed_at)
    lost = tell("{n} not answered", n=count(failed)) if failed else ""
    if not many:
        return clipped("  ".join(filter(None, (run.title, tell("no request was completed"), lost))), width, plot.look)
    values = run.percentiles_s(PERCENTILES)
    named = zip(PERCENTILES, values, strict=True)
    figures = plot.look.spelled("  ".join(f"p{p:g} {short_duration(value)}" for p, value in named))
    full = "  ".join(filter(None, (run.title, figures, counted(many, "request"), lost)))
    short = "  ".join(filter(None, (run.title, figures, lost)))
    return full if cell_width(full) <= width else clipped(short, width, plot.look)


def latency_axis(plot: Plot, cells: int, tick_cells: int = 12) -> Axis:
    """From the shortest to the longest latency of all runs."""
    longest = max((float(run.latencies_s[-1]) for run in plot.runs if len(run.latencies_s)), default=1.0)
    shortest = min((float(run.latencies_s[0]) for run in plot.runs if len(run.latencies_s)), default=0.001)
    if plot.logarithmic:
        return log_axis(shortest, longest, max(cells, 1), tick_cells)
    return linear_axis(0.0, longest, max(cells, 1), tick_cells)


def put_ticks(plot: Plot, axis: Axis, row: int) -> None:
    """The figures of an upright axis whose highest cell is in ``row``; one in a line."""
    lines = {row + axis.cells - 1 - axis.column(at): at for at in axis.ticks}
    for line, at in lines.items():
        put_right(plot.grid, line, LABEL_WIDTH - 1, plot.look.spelled(tick(at)), Style.DIM)
