"""What changed over the run: every request as a dot where it came and how long it took, and the queues.

What to watch: a dot is a request, and where many fall into one cell it gets darker. Those that got no answer have no
latency; they stand in a line of their own at the top, since leaving them out would make an overload look quick.
"""

import numpy as np

from simulator.stage.canvas.cells import Characters, cell_width
from simulator.stage.canvas.plotting import Axis, Floats, bar_cells, linear_axis, log_axis, put_axis
from simulator.stage.canvas.sheet import equal_parts
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import clipped
from simulator.stage.chart_latency import LABEL_WIDTH, put_ticks
from simulator.stage.plot import Plot
from simulator.words.language import tell, translated
from simulator.words.numbers import count, three_digits, tick

LEAST_PANEL = 4
"""From this height on a panel has a line for its name."""
LEAST_QUEUE = 0.05
"""Queues that are never longer than this, on average over a column, are left out."""
MOST_WIDTH = 10
FINE = 1 << 14
"""Columns of a run that are short enough for how long a queue was at most: a wide column has only an average."""


def put_over_time(plot: Plot) -> None:
    """One panel for each run under one another, with the same axes."""
    width = plot.width - LABEL_WIDTH
    plot.put_heading(tell("latency over time"), tell("one dot a request, by arrival"))
    if width < 4 or plot.height < 3:
        return
    time = linear_axis(0.0, max((run.end_s for run in plot.runs), default=1.0), width)
    rows = equal_parts(plot.height - 2, len(plot.runs))
    row = 1
    for number, height in enumerate(rows):
        if height > 0:
            _put_dots(plot, number, (row, height), time)
        row += height
    put_axis(plot.grid, plot.height - 1, LABEL_WIDTH, time, tick, plot.look)
    if plot.t_s is not None:
        plot.put_playhead(1, LABEL_WIDTH + time.column(plot.t_s), plot.height - 2)


def _put_dots(plot: Plot, number: int, rows: tuple[int, int], time: Axis) -> None:
    row, height = rows
    run = plot.runs[number]
    top = 1 if height >= LEAST_PANEL else 0
    if top:
        lost = tell("not answered: {n}", n=count(len(run.failed_at)))
        name = f"{run.title}  {plot.look.glyph(Style.DROPPED)} {lost}"
        plot.grid.put(row, 0, clipped(name, plot.width, plot.look), plot.style(number))
    height -= top
    axis = _axis(plot, height)
    cells = run.density(time, axis)
    plot.grid.put_cells(row + top, LABEL_WIDTH, _shaded(plot, cells), plot.style(number))
    put_ticks(plot, axis, row + top)
    for col in {time.column(at) for at in run.failed_at.tolist()}:
        plot.grid.put(row + top, LABEL_WIDTH + col, plot.look.glyph(Style.DROPPED), Style.DROPPED)


def _axis(plot: Plot, cells: int) -> Axis:
    longest = max((float(run.completed_at[1].max()) for run in plot.runs if len(run.completed_at[1])), default=1.0)
    shortest = min((float(run.completed_at[1].min()) for run in plot.runs if len(run.completed_at[1])), default=0.001)
    if plot.logarithmic:
        return log_axis(shortest, longest, max(cells, 1), 3)
    return linear_axis(0.0, longest, max(cells, 1), 3)


def _shaded(plot: Plot, cells: Floats) -> Characters:
    """One request is a dot; from there to the fullest cell there are more of them."""
    ramp = np.array([" ", *plot.look.glyphs.shades], dtype="<U1")
    most = max(float(cells.max()), 2.0)
    level = np.ceil(np.sqrt(cells / most) * (len(ramp) - 1)).astype(np.int64)
    shaded: Characters = ramp[np.where(cells == 1.0, 1, np.minimum(level, len(ramp) - 1))]
    return shaded


def put_queues(plot: Plot) -> None:
    """One line for each queue of each run; the same queue has the same scale in all of them."""
    plot.put_heading(tell("queues over time"), tell("average length; one scale for each name"))
    end = max((run.end_s for run in plot.runs), default=1.0)
    names = [name for run in plot.runs for name in run.queues]
    label = min(max((cell_width(translated(name)) for name in names), default=0) + 3, max(plot.width // 3, 1))
    width = plot.width - label - MOST_WIDTH
    if width < 4 or plot.height < 3:
        return
    curves = [
        (number, name, run.queue(name, end, width)) for number, run in enumerate(plot.runs) for name in run.queues
    ]
    longest = {name: max(float(curve.max()) for _, its, curve in curves if its == name) for name in names}
    shown = [entry for entry in curves if longest[entry[1]] >= LEAST_QUEUE]
    each = max(min((plot.height - 2) // max(len(shown), 1), 4), 1)
    row = 1
    for number, name, curve in shown[: (plot.height - 2) // each]:
        most = float(plot.runs[number].queue(name, end, FINE).max())
        _put_queue(plot, (row, each, label), (number, name), curve / longest[name], most)
        row += each
    if not shown:
        plot.grid.put(row, 0, tell("hardly anybody ever queued"), Style.DIM)
        row += 1
    axis = linear_axis(0.0, end, width)
    put_axis(plot.grid, row, label, axis, tick, plot.look)
    if plot.t_s is not None:
        plot.put_playhead(1, label + axis.column(plot.t_s), row - 1)


def _put_queue(plot: Plot, where: tuple[int, int, int], queue: tuple[int, str], shares: Floats, most: float) -> None:
    row, height, label = where
    number, name = queue
    last = row + height - 1
    mark = f"{plot.mark(number)} " if len(plot.runs) > 1 else ""
    plot.grid.put(last, 0, clipped(mark + translated(name), label - 1, plot.look), plot.style(number))
    plot.grid.put_cells(row, label, bar_cells(shares, height, plot.look), plot.style(number))
    words = tell("max {n}", n=three_digits(most))
    plot.grid.put(last, label + len(shares) + 1, clipped(words, MOST_WIDTH - 1, plot.look), Style.DIM)
