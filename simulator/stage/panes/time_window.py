"""The stretch of a run that its curves show, and what they show of it: averages, percentiles, counts of each second.

What to watch: a curve begins at the left edge. While a run is young the window grows in steps, so that there is always
a curve to see and none of its columns changes between two steps; later it is the last minute.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor

import numpy as np

from simulator.stage.cache import kept
from simulator.stage.canvas.braille import Floats
from simulator.stage.inventory import inventory
from simulator.stage.snapshot import RECENT_S, ROUNDING
from simulator.trace.playback import Playback
from simulator.words.language import tell
from simulator.words.numbers import exact_duration

SPANS_S = (10.0, 12.0, 15.0, 18.0, 22.0, 27.0, 33.0, 40.0, 50.0, 60.0)
"""How long the window is: the first one that holds all of the run up to now; the last one moves along."""
SECOND_S = 1.0
LEAST_S = 1e-3
SCALE_STEP_S = 0.1
"""Of whole runs, one value for so many seconds is looked at to find the ends of a scale."""
MOST_STEPS, MOST_PERCENTILES = 4000, 240
"""Of a whole run, where the ends of a scale are looked for."""


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """Columns of dots, as many as there is room for; the first ``known`` of them are over."""

    step_s: float
    """Seconds of a column."""
    first: int
    """Columns of the run that lie before the window."""
    known: int
    columns: int

    @property
    def span_s(self) -> tuple[float, float]:
        """What is known, from when to when."""
        return self.first * self.step_s, (self.first + self.known) * self.step_s

    @property
    def words(self) -> str:
        """Which part of the run it is."""
        length = exact_duration(round(self.columns * self.step_s, 1))
        return tell("the last {span}", span=length) if self.first else tell("0 to {end}", end=length)


def time_window(t_s: float, end_s: float, columns: int) -> TimeWindow:
    """The window at a moment of a run that has this end."""
    span_s = next((span_s for span_s in SPANS_S if span_s >= t_s), SPANS_S[-1])
    step_s = max(min(span_s, end_s), LEAST_S) / max(columns, 1)
    over = floor(max(t_s, 0.0) / step_s + ROUNDING)
    return TimeWindow(step_s, max(over - columns, 0), min(over, columns), columns)


# What there is to see.


def mean_values(playback: Playback, names: Sequence[str], window: TimeWindow) -> Floats:
    """The average of each column that is over; several series are added up."""
    known = [name for name in names if name in playback.series_names]
    if not window.known or not known:
        return np.zeros(window.known)
    values = [playback.series(name, *window.span_s, window.known) for name in known]
    return np.asarray(np.sum(values, axis=0))


def per_second(playback: Playback, names: Sequence[str], window: TimeWindow) -> Floats:
    """How many there were in the second before the end of each column."""
    if not window.known:
        return np.zeros(0)
    columns = max(round(SECOND_S / window.step_s), 1)
    before = min(columns - 1, window.first)
    longer = TimeWindow(window.step_s, window.first - before, window.known + before, window.columns)
    sums = np.concatenate(([0.0], np.cumsum(mean_values(playback, names, longer))))
    ends = np.arange(before + 1, len(sums))
    starts = np.maximum(ends - columns, 0)
    return np.asarray((sums[ends] - sums[starts]) / (ends - starts))


def percentile_values(playback: Playback, name: str, window: TimeWindow) -> Floats:
    """A percentile of what was answered in the seconds before the end of each column; nan where nothing was."""
    if not window.known:
        return np.zeros(0)
    return playback.series(name, *window.span_s, window.known, window_s=RECENT_S)


def recent_percentile(playback: Playback, name: str, t_s: float) -> float:
    """The same at a moment."""
    return float(playback.series(name, 0.0, t_s, 1, window_s=RECENT_S)[0]) if t_s > 0.0 else float("nan")


def in_last_second(playback: Playback, names: Sequence[str], t_s: float) -> float:
    """How many there were in the second before a moment."""
    start_s = max(t_s - SECOND_S, 0.0)
    if t_s <= start_s:
        return 0.0
    return float(sum(playback.series(name, start_s, t_s, 1)[0] for name in names if name in playback.series_names))


def queues(playback: Playback) -> tuple[str, ...]:
    """The series of all that requests wait in line for: to be let in, for a thread, for an event loop."""
    there = inventory(playback)
    names = [backlog.name for backlog in there.backlogs]
    names += [pool.name for pool in there.queued_for] + [loop.name for loop in there.loops]
    return tuple(f"{name}: waiting" for name in names)


# The ends of scales: those of whole runs, so that no curve jumps because another value came into sight.


def most(playback: Playback, name: str, values: Callable[[Playback, TimeWindow], Floats]) -> float:
    """The highest value in the whole run; 0 where there is none."""

    def worked_out() -> float:
        columns = min(max(ceil(playback.end_s / SCALE_STEP_S), 1), MOST_STEPS)
        found = values(playback, TimeWindow(max(playback.end_s, LEAST_S) / columns, 0, columns, columns))
        return float(np.nanmax(found)) if np.isfinite(found).any() else 0.0

    return kept(playback, ("most", name), worked_out)


def percentile_ends(playback: Playback) -> tuple[float, float]:
    """The lowest median and the highest 99th percentile of the whole run; nan where nothing was answered."""

    def worked_out() -> tuple[float, float]:
        window = TimeWindow(max(playback.end_s, LEAST_S) / MOST_PERCENTILES, 0, MOST_PERCENTILES, MOST_PERCENTILES)
        low, high = (percentile_values(playback, name, window) for name in ("p50_s", "p99_s"))
        if not np.isfinite(low).any():
            return float("nan"), float("nan")
        return float(np.nanmin(low)), float(np.nanmax(high))

    return kept(playback, "ends of percentiles", worked_out)
