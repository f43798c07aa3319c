"""Curves over the last seconds, as rows of little bars: how many wait, how many are in hand, how long it takes.

What to watch: the scale is that of all views together and of the whole run. So the same height means the same
everywhere, and no curve jumps because another value came into sight.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from math import floor

import numpy as np
from numpy.typing import NDArray

from simulator.app.stage.cells import cells_of
from simulator.app.stage.figures import fixed_count, fixed_duration, nice_ceiling, step
from simulator.app.stage.kept import kept
from simulator.app.stage.layout import Claim, Rank, Section
from simulator.app.stage.sheet import Sheet
from simulator.app.stage.sight import ROUNDING, Sight
from simulator.app.stage.style import Style
from simulator.trace.playback import Playback

Floats = NDArray[np.float64]

COARSER = 10
"""A column of a curve stands for so many columns of the lanes."""
WINDOW_S = 5.0
"""Percentiles are those of the requests that were completed in so many seconds."""
LABEL_WIDTH = 20
NAME_WIDTH = 10
VALUE_WIDTH = 8
GHOST_WIDTH = 13
SCALE_COLUMNS = 120
HEIGHTS = (Rank.SPARKS_TALL, Rank.SPARKS_TALLER, Rank.SPARKS_HIGH, Rank.SPARKS_HIGHER, Rank.SPARKS_HIGHEST)
"""Further rows of every curve, where there is room."""
DECADES = 3.0
"""Of a logarithmic scale."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One row of bars."""

    name: str
    series: Callable[[Sight], tuple[str, ...]]
    """What is added up."""
    is_duration: bool
    scale: str
    """The series whose highest value ends the scale. Who waits in a queue is in flight, so both have one scale."""


def _queues(sight: Sight) -> tuple[str, ...]:
    """Everything that requests wait in line for inside the server."""
    waited_for = [backlog.name for backlog in sight.fittings.backlogs]
    waited_for += [pool.name for pool in sight.fittings.queued_for] + [loop.name for loop in sight.fittings.loops]
    return tuple(f"{name}: waiting" for name in waited_for)


CURVES = (
    Curve("in queues", _queues, False, "in_system"),
    Curve("in flight", lambda _: ("in_system",), False, "in_system"),
    Curve("p50", lambda _: ("p50_s",), True, "p50_s"),
    Curve("p99", lambda _: ("p99_s",), True, "p99_s"),
)


def spark_sections(sight: Sight) -> Iterator[Section]:
    """One section for each curve, and one that says what they mean."""
    for curve in CURVES:
        first = Rank.SPARKS_FIRST if curve is CURVES[-1] else Rank.SPARKS
        claims = (Claim(first), *(Claim(rank, whole=True) for rank in HEIGHTS))
        yield Section(claims=claims, draw=partial(_draw, sight=sight, curve=curve))
    yield Section(claims=(Claim(Rank.AXIS),), draw=lambda sheet: _draw_scale(sheet, sight))


def _draw(sheet: Sheet, *, sight: Sight, curve: Curve) -> None:
    width = max(sheet.width - LABEL_WIDTH - VALUE_WIDTH - 1, 1)
    ghost = sight.view.ghost if width - GHOST_WIDTH > LABEL_WIDTH else None
    width -= GHOST_WIDTH if ghost else 0
    values = _values(sight, sight.playback, curve, width)
    row = sheet.height - 1
    top = scale_of(sight, curve)
    sheet.put(row, 1, curve.name, Style.TEXT)
    sheet.put(row, 1 + NAME_WIDTH, f"0-{step(top) if curve.is_duration else f'{top:g}'}", Style.DIM)
    logarithmic = sight.scene.log_s and curve.is_duration
    if ghost:
        before = _values(sight, ghost, curve, width)
        bars(sheet, LABEL_WIDTH, _heights(before, top, logarithmic), Style.GHOST)
        text = f" was {_figure(before, curve).strip()}"
        sheet.put(row, LABEL_WIDTH + width + VALUE_WIDTH, text, Style.GHOST)
    bars(sheet, LABEL_WIDTH, _heights(values, top, logarithmic), sight.spark)
    sheet.put(row, LABEL_WIDTH + width, _figure(values, curve), Style.TEXT)


def bars(sheet: Sheet, col: int, heights: Floats, style: Style) -> None:
    """Bars that fill the sheet from below; heights from 0 to 1, nan for no value."""
    glyphs = cells_of(" " + sheet.look.glyphs.sparks)
    levels = len(glyphs) - 1
    known = np.isfinite(heights)
    eighths = np.where(known, np.ceil(np.where(known, heights, 0.0) * levels * sheet.height), 0).astype(np.intp)
    eighths = np.where(known, np.maximum(eighths, 1), 0)  # a value of nothing is a value
    for row in range(sheet.height):
        below = (sheet.height - 1 - row) * levels
        level = np.clip(eighths - below, 0, levels)
        for first, stop in _runs(level > 0):
            sheet.grid.put_cells(row, col + first, glyphs[level[first:stop]], int(style))


def _runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where it is true: first and one past the last, from left to right. What lies between stays as it is."""
    edges = np.flatnonzero(np.diff(mask, prepend=False, append=False)).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))


def _values(sight: Sight, playback: Playback, curve: Curve, width: int) -> Floats:
    """The curve up to the moment; its columns lie on whole multiples of their duration, like those of the lanes."""
    step_s = sight.column_s * COARSER
    last = floor(sight.t_s / step_s + ROUNDING)
    known = min(last, width)

    def worked_out() -> Floats:
        values = np.full(width, np.nan)
        if known > 0:
            span = (last - known) * step_s, last * step_s
            names = [name for name in curve.series(sight) if name in playback.series_names]
            values[width - known :] = sum(playback.series(name, *span, known, window_s=WINDOW_S) for name in names)
        return values

    return kept(playback, ("curve", curve.name, last, width, step_s), worked_out)


def _figure(values: Floats, curve: Curve) -> str:
    last = float(values[-1])
    if curve.is_duration:
        return fixed_duration(last)
    return fixed_count(round(last), 7) if last == last else "-".rjust(7)


def _heights(values: Floats, top: float, logarithmic: bool) -> Floats:
    if not logarithmic:
        return np.clip(values / top, 0.0, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.clip(1.0 + np.log10(values / top) / DECADES, 0.0, 1.0)


def scale_of(sight: Sight, curve: Curve) -> float:
    """The top of the scale: that of the views together, and of what they were before the last change."""
    views = sight.scene.views
    runs = [view.playback for view in views] + [view.ghost for view in views if view.ghost is not None]
    return nice_ceiling(max(_highest(run, curve.scale) for run in runs))


def _highest(playback: Playback, series: str) -> float:
    """The highest value of a curve in the whole run."""

    def worked_out() -> float:
        values = playback.series(series, 0.0, max(playback.end_s, 1e-3), SCALE_COLUMNS, window_s=WINDOW_S)
        return float(np.nanmax(values)) if np.isfinite(values).any() else 0.0

    return kept(playback, ("highest", series), worked_out)


def _draw_scale(sheet: Sheet, sight: Sight) -> None:
    heights = "equal heights are equal values in all views; " if len(sight.scene.views) > 1 else ""
    columns = f"1 column = {step(round(sight.column_s * COARSER, 9))}"
    texts = [
        f"{columns}; p50 and p99 of the last {step(WINDOW_S)}{'; ' + heights.strip('; ') if heights else ''}",
        columns,
    ]
    if sight.scene.log_s:
        texts = [f"{text}; logarithmic: {DECADES:g} decades" for text in texts]
    text = next((text for text in texts if len(text) < sheet.width - LABEL_WIDTH), texts[-1])
    sheet.put(0, LABEL_WIDTH, text, Style.DIM)
