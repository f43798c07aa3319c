"""The curves of a pair as a chart: percentiles upwards, latency to the right on a logarithmic axis.

What to watch: upwards it is the share of the requests *beyond* that is logarithmic, so that the tail gets as much room
as the middle: from p90 to p99 is as far as from p0 to p90. The measured curve is the median of the repeats; the band
around it is all that they differed by, and no prediction can be expected to do better.
"""

from collections.abc import Iterator, Sequence
from math import floor, log10
from statistics import median
from typing import Any

import altair as alt

from simulator.real.validate.pairs import BEYOND, Curve, Curves
from simulator.words.language import later, tell, translated

PREDICTED, MEASURED = "predicted", "measured"
COLOURS = {PREDICTED: "#d55e00", MEASURED: "#0072b2"}
"""Vermilion and blue of Okabe and Ito: told apart with any colour vision, and in grey by their marks."""
SHAPES = {PREDICTED: "diamond", MEASURED: "circle"}
DASHES = {PREDICTED: [7, 3], MEASURED: [1, 0]}
LEGEND = {PREDICTED: later("predicted"), MEASURED: later("measured (median and spread)")}
MARKED = {"p50": 0.5, "p95": 0.05, "p99": 0.01}
"""The percentiles that are judged, by the part of the requests beyond them."""
TICKS = (1.0, 0.5, 0.1, 0.05, 0.01, 0.001)
WIDTH, HEIGHT, MARGIN = 430, 250, 1.08
Layers = alt.LayerChart | alt.FacetChart
"""What Altair says that layering makes."""
_TIME_LABEL = "datum.value >= 1000 ? datum.value / 1000 + ' s' : datum.value + ' ms'"
_PERCENTILE_LABEL = "'p' + format(100 * (1 - datum.value), '.4~g')"


def curves_chart(curves: Curves, samples: int) -> Layers:
    """Both curves and their marks; ``samples`` requests are behind each."""
    dense = dense_points(samples)
    x, y = _latency_axis(curves, dense), _percentile_axis(dense)
    colour, shape, dash = (_style(alt.Color, COLOURS), _style(alt.Shape, SHAPES), _style(alt.StrokeDash, DASHES))
    tips = [
        alt.Tooltip("said:N", title=" "),
        alt.Tooltip("percentile:N", title=tell("percentile")),
        alt.Tooltip("ms:Q", format=".3s", title=tell("latency in ms")),
    ]
    lines = alt.Chart(alt.InlineData(values=list(_lines(curves, dense)))).mark_line(strokeWidth=2.2)
    points = alt.Chart(alt.InlineData(values=list(marks(curves, dense)))).mark_point(filled=True, size=75, opacity=1.0)
    layers = (
        _band(curves, dense).encode(x=x, x2="to:Q", y=y),
        lines.encode(x=x, y=y, order="beyond:Q", color=colour, strokeDash=dash),
        points.encode(x=x, y=y, color=colour, shape=shape, tooltip=tips),
    )
    return alt.layer(*layers, *_legend()).properties(width=WIDTH, height=HEIGHT)


def _latency_axis(curves: Curves, dense: int) -> alt.X:
    milliseconds = [1e3 * seconds for line in (curves.predicted, *curves.measured) for seconds in line[:dense]]
    shown = [value for value in milliseconds if value > 0.0] or [1.0, 1e3]
    low, high = min(shown) / MARGIN, max(shown) * MARGIN
    title = tell("latency, logarithmic: intended arrival to last byte")
    axis = alt.Axis(values=_ticks(low, high), labelExpr=_TIME_LABEL, title=title)
    return alt.X("ms:Q", scale=alt.Scale(type="log", domain=[low, high], nice=False), axis=axis)


def _percentile_axis(dense: int) -> alt.Y:
    scale = alt.Scale(type="log", domain=[1.0, BEYOND[dense - 1]], nice=False)
    title = tell("percentile of the completed requests")
    axis = alt.Axis(values=list(TICKS), labelExpr=_PERCENTILE_LABEL, title=title)
    return alt.Y("beyond:Q", scale=scale, axis=axis)


def _style(channel: Any, values: dict[str, Any]) -> Any:
    scale = alt.Scale(domain=list(values), range=list(values.values()))
    return channel("what:N", scale=scale, legend=None)


def _legend() -> Iterator[alt.Chart]:
    """Both marks with their words, in the corner where no curve can be: the slowest requests are not the quickest."""
    one = alt.Chart(alt.InlineData(values=[{}]))
    for line, what in enumerate(SHAPES):
        y = alt.value(14 + 20 * line)
        mark = one.mark_point(filled=True, size=75, opacity=1.0, shape=SHAPES[what], color=COLOURS[what])
        yield mark.encode(x=alt.value(18), y=y)
        words = one.mark_text(align="left", baseline="middle", fontSize=12, color=INK, text=translated(LEGEND[what]))
        yield words.encode(x=alt.value(30), y=y)


def _band(curves: Curves, dense: int) -> alt.Chart:
    """Everything between the repeats."""
    rows = [
        {"beyond": part, "ms": 1e3 * min(values), "to": 1e3 * max(values)}
        for part, *values in zip(BEYOND[:dense], *_there(curves.measured), strict=False)
        if values
    ]
    band: alt.Chart = alt.Chart(alt.InlineData(values=rows))
    area: alt.Chart = band.mark_area(orient="horizontal", opacity=0.22, color=COLOURS[MEASURED])
    return area


def _both(curves: Curves) -> Iterator[tuple[str, Curve]]:
    yield MEASURED, tuple(map(median, zip(*_there(curves.measured), strict=True)))
    yield PREDICTED, curves.predicted


def _lines(curves: Curves, dense: int) -> Iterator[dict[str, Any]]:
    for what, line in _both(curves):
        for part, seconds in zip(BEYOND[:dense], line, strict=False):
            yield {"what": what, "beyond": part, "ms": 1e3 * seconds}


def marks(curves: Curves, dense: int) -> Iterator[dict[str, Any]]:
    """The percentiles that are judged, on both curves; ``dense``: how many points of a curve are drawn."""
    for what, line in _both(curves):
        for name, part in MARKED.items():
            if line and part >= BEYOND[dense - 1]:
                said = translated(LEGEND[what])
                yield {"what": what, "said": said, "beyond": part, "ms": 1e3 * at(line, part), "percentile": name}


def at(line: Curve, part: float) -> float:
    """The latency that this part of the requests exceeded, between two points of the curve."""
    after = next(i for i, beyond in enumerate(BEYOND) if beyond <= part)
    before = max(after - 1, 0)
    step = BEYOND[before] - BEYOND[after]
    return line[after] + (line[before] - line[after]) * ((part - BEYOND[after]) / step if step else 0.0)


def _there(lines: Sequence[Curve]) -> list[Curve]:
    return [line for line in lines if line]


def dense_points(samples: int) -> int:
    """How many points of a curve rest on at least one request beyond them."""
    return max(sum(part * samples >= 1.0 for part in BEYOND), 2)


def _ticks(low: float, high: float) -> list[float]:
    """One, two and five of each power of ten that lie inside; the bounds, if none does."""
    powers = range(floor(log10(low)), floor(log10(high)) + 1)
    inside = [float(f"{digit}e{power}") for power in powers for digit in (1, 2, 5)]
    return [tick for tick in inside if low <= tick <= high] or [float(f"{bound:.2g}") for bound in (low, high)]


# Colours of what a report draws besides its curves: quiet, so that the curves speak.

INK, QUIET, GRID, ALARM = "#1c2128", "#6a737d", "#e4e7eb", "#b3261e"
