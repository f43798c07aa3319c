"""What every chart shares: the figures of its runs, and the piece of the grid that it is drawn on.

What to watch: a figure is worked out when a chart first asks for it, for only some of them are looked at.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simulator.plan.words import Outcome, State
from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.grid import CellGrid
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.plotting import Axis, Floats
from simulator.stage.canvas.style import SPARKS, Style
from simulator.stage.canvas.text import clipped, put_right
from simulator.trace.measures import COMPLETED, SLOWEST, STATES, Measures, measure
from simulator.trace.outcomes import failed, latencies
from simulator.trace.playback import Playback

WAITING = ": waiting"


class Figures:
    """One run. Times in seconds."""

    def __init__(self, playback: Playback, title: str) -> None:
        """``title`` is what the legends call it."""
        self.playback = playback
        self.title = title
        self._density: tuple[tuple[Axis, Axis], Floats] | None = None

    @cached_property
    def latencies_s(self) -> Floats:
        """Of the completed requests that arrived in the measured part of the run, the shortest first."""
        return np.sort(latencies(self.playback.trace))

    @cached_property
    def completed_at(self) -> tuple[Floats, Floats]:
        """Arrival and latency of every completed request of the run."""
        trace = self.playback.trace
        rows = np.flatnonzero(trace.outcome == Outcome.COMPLETED)
        return trace.arrival[rows], trace.finished[rows] - trace.arrival[rows]

    @cached_property
    def failed_at(self) -> Floats:
        """Arrival of every request of the run that ended without an answer."""
        trace = self.playback.trace
        return trace.arrival[np.flatnonzero(failed(trace.outcome))]

    def density(self, time: Axis, latency: Axis) -> Floats:
        """[rows, columns] completed requests in each cell; the longest latencies are in the first row.

        The last one is kept: only the playhead moves from picture to picture.
        """
        if self._density is None or self._density[0] != (time, latency):
            self._density = (time, latency), _counted(*self.completed_at, time, latency)
        return self._density[1]

    def percentiles_s(self, wanted: Sequence[float]) -> list[float]:
        """Percentiles of at least one latency, interpolated linearly between two of them."""
        places = np.array(wanted) / 100.0 * (len(self.latencies_s) - 1)
        found: list[float] = np.interp(places, np.arange(len(self.latencies_s)), self.latencies_s).tolist()
        return found

    @property
    def end_s(self) -> float:
        """The end of the run."""
        return self.playback.end_s

    @property
    def queues(self) -> tuple[str, ...]:
        """Names of what requests queue for."""
        return tuple(name.removesuffix(WAITING) for name in self.playback.series_names if name.endswith(WAITING))

    def queue(self, name: str, end_s: float, columns: int) -> Floats:
        """[columns] the average length of a queue; 0 where the run has no such queue."""
        if name not in self.queues:
            return np.zeros(columns)
        return self.playback.series(name + WAITING, 0.0, end_s, columns)

    @cached_property
    def split_s(self) -> Mapping[State, float]:
        """Mean seconds that a completed request spent in each state, in the order of ``State``."""
        return self._split(COMPLETED, SLOWEST)

    @cached_property
    def slowest_split_s(self) -> Mapping[State, float]:
        """The same of the slowest 1 %."""
        return self._split(SLOWEST)

    @cached_property
    def _measures(self) -> Measures:
        return measure(self.playback.trace)

    def _split(self, *categories: int) -> Mapping[State, float]:
        means = self._measures.mean_life(*categories).sum(axis=0).tolist()
        return {state: seconds for state, seconds in zip(STATES, means, strict=True) if seconds > 0.0}


def _counted(arrival: Floats, seconds: Floats, time: Axis, latency: Axis) -> Floats:
    if not len(seconds):
        return np.zeros((latency.cells, time.cells))
    edges = np.array(latency.edges())
    edges[0], edges[-1] = min(edges[0], float(seconds.min())), max(edges[-1], float(seconds.max()))
    found, _, _ = np.histogram2d(seconds, arrival, (edges, np.array(time.edges())))
    flipped: Floats = found[::-1]
    return flipped


# The piece of the grid: with a heading, and a mark and a colour for each run.


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Plot:
    """A chart that is being drawn."""

    grid: CellGrid
    """Its own piece; the first line is for the heading."""
    runs: Sequence[Figures]
    look: Look
    logarithmic: bool
    t_s: float | None

    @property
    def width(self) -> int:
        """In cells."""
        return self.grid.width

    @property
    def height(self) -> int:
        """In cells."""
        return self.grid.height

    def style(self, run: int) -> Style:
        """The colour of a run."""
        return SPARKS[run % len(SPARKS)]

    def mark(self, run: int) -> str:
        """What stands for a run where several share a chart."""
        glyphs = self.look.glyphs
        return (glyphs.dot, glyphs.ring, glyphs.playhead, glyphs.times)[run % len(SPARKS)]

    def put_heading(self, title: str, remark: str = "") -> None:
        """The first line: the title, and what has to be known to read the chart."""
        after = self.grid.put(0, 0, clipped(title, self.width, self.look), Style.HEADING)
        if after + cell_width(remark) + 2 <= self.width:
            put_right(self.grid, 0, self.width, remark, Style.DIM)

    def put_playhead(self, row: int, col: int, height: int) -> None:
        """The column of the moment that is shown elsewhere; cells that hold something keep their style."""
        area = np.s_[max(row, 0) : row + height, col : col + 1]
        if 0 <= col < self.width:
            blank = self.grid.characters[area] == " "
            self.grid.styles[area][blank] = Style.CURSOR
