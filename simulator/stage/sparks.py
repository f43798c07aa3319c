"""Curves over the last seconds, as rows of little bars: how many wait, how many are in hand, how long it takes.

What to watch: the scale is that of all views together and of the whole run. So the same height means the same
everywhere, and no curve jumps because another value came into snapshot.
"""

from collections.abc import Iterator
from functools import partial
from math import floor

import numpy as np

from simulator.stage.cache import kept, still
from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.layout import Claim, Section
from simulator.stage.canvas.plotting import Floats, put_bars
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import clipped
from simulator.stage.curves import CURVES, VALUE_WIDTH, WINDOW_S, Curve, Kind, own_curves, top_of
from simulator.stage.ranks import Rank
from simulator.stage.snapshot import ROUNDING, Snapshot, count_now, recent_average
from simulator.trace.playback import Playback
from simulator.words.language import later, tell, translated
from simulator.words.numbers import exact_duration

COARSER = (10, 5, 2, 1)
"""A column of a curve stands for so many columns of the lanes; the first one that the run is long enough for."""
MOST_SPAN = 1.5
"""Of the run: what a curve spans at most, or a large part of it would stay blank to the end."""
LABEL_WIDTH = 20
GHOST_WIDTH = 13
TALL_CLAIM = Claim(Rank.SPARKS_TALL, whole=True)
HEIGHTS = (Rank.SPARKS_TALLER, Rank.SPARKS_HIGH, Rank.SPARKS_HIGHER, Rank.SPARKS_HIGHEST)
"""Further rows of every curve, where there is room."""
TALL = 6
"""From this height on, in rows, there is a mark on every third row instead of every second."""
DECADES = 3.0
"""Of a logarithmic scale."""


def spark_sections(snapshot: Snapshot, width: int) -> Iterator[Section]:
    """One section for each curve that all servers have, and one that says what they mean."""
    step_s = _step_s(snapshot, width)
    for curve in CURVES:
        more = curve.rank is Rank.SPARKS_MORE  # those that come later are as tall as the others are by then
        first = (Claim(curve.rank, 2, whole=True),) if more else (Claim(curve.rank, whole=True), TALL_CLAIM)
        claims = (*first, *(Claim(rank, whole=True) for rank in HEIGHTS))
        yield Section(claims=claims, draw=partial(_draw, snapshot=snapshot, curve=curve, step_s=step_s))
    yield Section(claims=(Claim(Rank.AXIS),), draw=lambda sheet: _draw_scale(sheet, snapshot, step_s))


def own_section(snapshot: Snapshot, width: int) -> Section:
    """What is left over in a view: a blank row, and below it curves of what only this server has."""
    draw = partial(_draw_own, snapshot=snapshot, step_s=_step_s(snapshot, width))
    return Section(claims=(Claim(Rank.SPACE),), draw=draw, stretches=True)


def _step_s(snapshot: Snapshot, width: int) -> float:
    """Seconds that a column of the curves stands for."""
    columns, end_s = _columns(width), snapshot.scene.end_s
    steps = [coarser * snapshot.column_s for coarser in COARSER]
    return next((step_s for step_s in steps if columns * step_s <= MOST_SPAN * end_s), steps[-1])


def _columns(width: int) -> int:
    return max(width - LABEL_WIDTH - VALUE_WIDTH - 1, 1)


def _draw_own(sheet: Sheet, *, snapshot: Snapshot, step_s: float) -> None:
    curves = list(own_curves(snapshot))[: max(sheet.height - 1, 0)]
    if not curves:
        return
    height, spare = divmod(sheet.height - 1, len(curves))
    row = 1
    for number, curve in enumerate(curves, 1):
        part = sheet.part(row, 0, sheet.width, height)
        _draw(part, snapshot=snapshot, curve=curve, step_s=step_s)
        sheet.paste(part)
        row += height + (number > len(curves) - spare)


def _draw(sheet: Sheet, *, snapshot: Snapshot, curve: Curve, step_s: float) -> None:
    """All but the figure stands still between two columns, and many frames are drawn in that time."""
    scale = top_of(snapshot, curve), snapshot.scene.log_s and curve.kind is Kind.DURATION
    if snapshot.view.ghost is None:
        depends_on = ("curve", curve.name, _last(snapshot, step_s), step_s, scale, snapshot.spark)
        draw = partial(_draw_curve, snapshot=snapshot, curve=curve, step_s=step_s, scale=scale)
        still(sheet, snapshot.playback, depends_on, draw)
    else:
        _draw_curve(sheet, snapshot=snapshot, curve=curve, step_s=step_s, scale=scale)
    width = _columns(sheet.width) - (GHOST_WIDTH if _ghost(snapshot, sheet.width) else 0)
    value = _figure(snapshot, curve, _values(snapshot, snapshot.playback, curve, (width, step_s)))
    sheet.put(0, LABEL_WIDTH + width, curve.figure(value), Style.TEXT)


def _figure(snapshot: Snapshot, curve: Curve, values: Floats) -> float:
    """The value now. What a short column has of a rate or a share says little; elsewhere it is that of some seconds."""
    if curve.kind is Kind.COUNT:
        return count_now(snapshot, snapshot.playback, curve.series(snapshot))
    if curve.kind in (Kind.RATE, Kind.SHARE):
        (series,) = curve.series(snapshot)
        return recent_average(snapshot, series)
    return float(values[-1])


def _before(snapshot: Snapshot, ghost: Playback, curve: Curve, values: Floats, step_s: float) -> float:
    """The same of the run before the last change."""
    if curve.kind is Kind.COUNT:
        return count_now(snapshot, ghost, curve.series(snapshot))
    columns = round(WINDOW_S / step_s) if curve.kind in (Kind.RATE, Kind.SHARE) else 1
    last = values[-max(columns, 1) :]
    known = last[np.isfinite(last)]
    return float(known.mean()) if len(known) else float("nan")


def _ghost(snapshot: Snapshot, width: int) -> Playback | None:
    """The run before the last change, where there is room for it."""
    return snapshot.view.ghost if _columns(width) - GHOST_WIDTH > LABEL_WIDTH else None


def _draw_curve(sheet: Sheet, *, snapshot: Snapshot, curve: Curve, step_s: float, scale: tuple[float, bool]) -> None:
    ghost = _ghost(snapshot, sheet.width)
    width = _columns(sheet.width) - (GHOST_WIDTH if ghost else 0)
    values = _values(snapshot, snapshot.playback, curve, (width, step_s))
    _draw_label(sheet, curve, *scale)
    if ghost:
        before = _values(snapshot, ghost, curve, (width, step_s))
        put_bars(sheet, LABEL_WIDTH, _heights(before, *scale), Style.GHOST)
        figure = curve.figure(_before(snapshot, ghost, curve, before, step_s)).strip()
        text = " " + clipped(tell("was {figure}", figure=figure), GHOST_WIDTH - 1, sheet.look)
        sheet.put(0, LABEL_WIDTH + width + VALUE_WIDTH, text, Style.GHOST)
    put_bars(sheet, LABEL_WIDTH, _heights(values, *scale), snapshot.spark)


def _draw_label(sheet: Sheet, curve: Curve, top: float, logarithmic: bool) -> None:
    """The name, and the scale: from where to where in one row, or in several what their upper edges mean."""
    last = sheet.height - 1

    def value(row: int) -> float:
        share = (sheet.height - row) / sheet.height
        return top * 10.0 ** ((share - 1.0) * DECADES) if logarithmic else top * share

    low = curve.mark(top * 10.0**-DECADES) if logarithmic else "0"
    marks = {row: curve.mark(value(row)) for row in range(0, last, 2 if last < TALL else 3)}
    marks[last] = low if last else f"{low}-{curve.mark(top)}"
    for row, mark in marks.items():
        sheet.put(row, 0, f"{mark} ".rjust(LABEL_WIDTH), Style.DIM)
    room = LABEL_WIDTH - 3 - cell_width(marks[0])
    name = curve.long_name if 0 < cell_width(curve.long_name) <= room else translated(curve.name)
    sheet.put(0, 1, clipped(name, room, sheet.look), Style.TEXT)


def _last(snapshot: Snapshot, step_s: float) -> int:
    """The columns of a curve that are over."""
    return floor(snapshot.t_s / step_s + ROUNDING)


def _values(snapshot: Snapshot, playback: Playback, curve: Curve, columns: tuple[int, float]) -> Floats:
    """The curve up to the moment; its columns lie on whole multiples of their duration, like those of the lanes."""
    width, step_s = columns
    last = _last(snapshot, step_s)
    known = min(last, width)

    def worked_out() -> Floats:
        values = np.full(width, np.nan)
        names = [name for name in curve.series(snapshot) if name in playback.series_names]
        if known > 0 and names:
            span = (last - known) * step_s, last * step_s
            values[width - known :] = sum(playback.series(name, *span, known, window_s=WINDOW_S) for name in names)
        return values

    return kept(playback, ("curve", curve.name, last, width, step_s), worked_out)


def _heights(values: Floats, top: float, logarithmic: bool) -> Floats:
    if not logarithmic:
        return np.clip(values / top, 0.0, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.clip(1.0 + np.log10(values / top) / DECADES, 0.0, 1.0)


LINEAR = (
    later("1 column = {span}; percentiles of the last {window}; equal heights are equal values in all views"),
    later("1 column = {span}; percentiles of the last {window}"),
    later("1 column = {span}"),
)
LOGARITHMIC = (
    later(
        "1 column = {span}; percentiles of the last {window}; equal heights are equal values in all views; "
        "logarithmic: {n} decades"
    ),
    later("1 column = {span}; percentiles of the last {window}; logarithmic: {n} decades"),
    later("1 column = {span}; logarithmic: {n} decades"),
    later("1 column = {span}; logarithmic"),
)
"""What the curves mean, from long to short; the longest is for several views."""


def _draw_scale(sheet: Sheet, snapshot: Snapshot, step_s: float) -> None:
    messages = (LOGARITHMIC if snapshot.scene.log_s else LINEAR)[len(snapshot.scene.views) == 1 :]
    span, window, decades = exact_duration(round(step_s, 9)), exact_duration(WINDOW_S), f"{DECADES:g}"
    texts = [tell(message, span=span, window=window, n=decades) for message in messages]
    text = next((text for text in texts if cell_width(text) < sheet.width - LABEL_WIDTH), texts[-1])
    sheet.put(0, LABEL_WIDTH, text, Style.DIM)
