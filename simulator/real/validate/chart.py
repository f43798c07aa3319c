"""A validation as one chart in a file: for every pair its curves, its figures beside them, its finding as a title."""

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import altair as alt

from simulator.experiments.refusal import RefusalError
from simulator.real.validate.curve_chart import ALARM, GRID, INK, QUIET, curves_chart
from simulator.real.validate.figures import ALL, Kind
from simulator.real.validate.pairs import Result
from simulator.real.validate.tables import HEADS, times_in, words_of
from simulator.real.validate.verdict import Row, Verdict
from simulator.words.language import language, tell, tell_many, translated
from simulator.words.numbers import TimeUnit, count, percent_to_tenths, share_in_words, unit_for
from simulator.words.phrases import in_a_row

if TYPE_CHECKING:
    import altair as alt


FONT = "Liberation Sans, Arial, Helvetica, Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"


def chart(results: Sequence[Result]) -> alt.VConcatChart:
    """All pairs, one below the other."""
    pairs = tell_many(
        "{n} pair of a server and a load. Marks: p50, p95 and p99. Band: from the smallest to the largest of the "
        "repeats.",
        "{n} pairs of a server and a load. Marks: p50, p95 and p99. Band: from the smallest to the largest of the "
        "repeats.",
        len(results),
        n=count(len(results)),
    )
    tables = tell("The tables have all requests of a pair together; the titles also weigh the classes one by one.")
    about = [line for line in (pairs, tables, not_judged(results)) if line]
    title = alt.TitleParams(found_in_all(results), subtitle=about, fontSize=20, subtitleFontSize=12, offset=18)
    whole: alt.VConcatChart = (
        alt.vconcat(*(panel(result) for result in results), spacing=34, title=title)
        .configure(font=FONT, background="white", padding=20)
        .configure_view(stroke=None)
        .configure_title(anchor="start", color=INK, subtitleColor=QUIET, fontWeight="bold")
        .configure_axis(labelColor=QUIET, titleColor=QUIET, titleFontWeight="normal", gridColor=GRID, domainColor=GRID)
    )
    return whole


def panel(result: Result) -> alt.HConcatChart:
    """One pair: what was found, its curves, and its table."""
    name = tell("{server} under {load}", server=result.pair.server, load=result.pair.load)
    told = found(result)
    title = alt.TitleParams(told[0].upper() + told[1:], subtitle=name, fontSize=14, subtitleFontSize=12)
    return alt.hconcat(curves_chart(result.curves, result.requests), table_chart(result.rows), spacing=26, title=title)


# The title: the figures that are off, or how close the closest call was.

MOST = 3
"""Figures that a title names."""
BOTH = 2


def found(result: Result) -> str:
    """What came out for one pair."""
    if result.failure:
        return tell("not measured to the end: {failure}", failure=result.failure)
    if not result.rows:
        return tell("nothing valid was measured")
    if result.busy:
        others = share_in_words(max(driver.others for driver in result.drivers))
        return tell("not judged: other programs had up to {share} of the processor", share=others)
    off = [row for row in result.rows if row.verdict is Verdict.OUTSIDE]
    if off:
        off.sort(key=lambda row: (row.key.subject != ALL, -round(abs(row.error), 3)))
        named, more = in_a_row([_off(row) for row in off[:MOST]]), len(off) - MOST
        if more <= 0:
            return tell("predicted {figures}", figures=named)
        return tell("predicted {figures}, and {n} more", figures=named, n=count(more))
    judged = [row for row in result.rows if row.verdict is Verdict.BAR]
    if not judged:
        return tell("every prediction lies between the repeats")
    worst = max(judged, key=lambda row: abs(row.error) / (row.bar or 1.0))
    return tell("every figure inside its bar; the closest call: {figure}", figure=_off(worst))


def found_in_all(results: Sequence[Result]) -> str:
    """What came out for all of them."""
    verdicts = [row.verdict for result in results for row in result.rows]
    judged = [verdict for verdict in verdicts if verdict is not Verdict.NOT_JUDGED]
    if not verdicts:
        return tell("No figure was measured")
    if not judged:
        return tell("No figure was judged")
    good, n = sum(verdict is not Verdict.OUTSIDE for verdict in judged), len(judged)
    if good < n:
        return tell_many(
            "{good} of {n} figure came out as predicted",
            "{good} of {n} figures came out as predicted",
            n,
            good=count(good),
            n=count(n),
        )
    if n == BOTH:
        return tell("Both figures came out as predicted")
    return tell_many("The figure came out as predicted", "The {n} figures came out as predicted", n, n=count(n))


def not_judged(results: Sequence[Result]) -> str:
    """How many figures the headline leaves out; nothing where it leaves out none."""
    number = sum(row.verdict is Verdict.NOT_JUDGED for result in results for row in result.rows)
    if not number:
        return ""
    if any(result.busy for result in results):
        return tell_many(
            "{n} figure more is not judged: too few requests, overload, or other programs on the machine.",
            "{n} figures more are not judged: too few requests, overload, or other programs on the machine.",
            number,
            n=count(number),
        )
    return tell_many(
        "{n} figure more is not judged: too few requests, or overload.",
        "{n} figures more are not judged: too few requests, or overload.",
        number,
        n=count(number),
    )


def _off(row: Row) -> str:
    """``p99 of "report" 12 % too low``; nan where one side has none."""
    figure = translated(row.key.name)
    if row.key.subject != ALL:
        figure = tell('{figure} of "{name}"', figure=figure, name=row.key.subject)
    if row.error != row.error:
        return tell("{figure} on one side only", figure=figure)
    size = percent_to_tenths(abs(row.error))
    by = tell("{size} points", size=size) if row.key.kind is Kind.SHARE else f"{size} %"
    if row.error > 0:
        return tell("{figure} {by} too high", figure=figure, by=by)
    return tell("{figure} {by} too low", figure=figure, by=by)


# The figures beside the curves: text in columns, so that a picture has them too.

WIDTH, LINE = 540, 21
COLUMNS = (0, 185, 265, 330, 425, 470, 480)
"""Where the columns end; the first and the last begin there."""
LAST = len(COLUMNS) - 1
Cell = dict[str, Any]


def table_chart(rows: Sequence[Row]) -> alt.LayerChart | alt.FacetChart:
    """One line for each figure of all requests together."""
    own = [row for row in rows if row.key.subject == ALL]
    unit = unit_for([value for row in own if row.key.kind is Kind.TIME for value in (row.predicted, row.measured)])
    cells = list(_cells(own, unit))
    columns = [_column([cell for cell in cells if cell["column"] == column], column) for column in range(len(COLUMNS))]
    return alt.layer(*columns).properties(width=WIDTH, height=LINE * (len(own) + 1))


def _cells(rows: Sequence[Row], unit: TimeUnit) -> Iterator[Cell]:
    for column, text in enumerate((times_in(unit), *map(translated, HEADS[:-1]), tell("verdict"))):
        yield {"y": LINE / 2, "column": column, "text": text, "head": True}
    for line, row in enumerate(rows, 1):
        for column, text in enumerate(words_of(row, unit)):
            bad = row.verdict is Verdict.OUTSIDE and column == LAST
            yield {"y": LINE * (line + 0.5), "column": column, "text": text, "bad": bad}


def _column(cells: list[Cell], column: int) -> alt.Chart:
    align: Literal["left", "right"] = "left" if column in (0, LAST) else "right"
    colour = alt.when("datum.bad").then(alt.value(ALARM)).when("datum.head").then(alt.value(QUIET))
    words = alt.Chart(alt.InlineData(values=cells)).mark_text(align=align, fontSize=12, baseline="middle")
    column_chart: alt.Chart = words.encode(
        x=alt.value(COLUMNS[column]),
        y=alt.Y("y:Q", axis=None, scale=None),
        text="text:N",
        color=colour.otherwise(alt.value(INK)),
    )
    return column_chart


# The file: a page that needs no network, or a picture, by the ending of its name. Altair and vl-convert come only with
# the extra ``[report]``, and are loaded only when something is drawn.

Format = Literal["html", "svg", "png"]
SHARP = 2.0
"""Pixels of a picture for each point of the chart."""
NEEDED = ("altair", "vl_convert")


def format_of(path: Path) -> Format:
    """What to draw. Raises RefusalError for an ending that says nothing, and where nothing can be drawn at all."""
    ending = path.suffix.removeprefix(".").lower()
    if ending not in get_args(Format):
        known = ", ".join(f".{each}" for each in get_args(Format))
        raise RefusalError(
            tell("--report {path}: expected a name that ends in one of {endings}", path=path, endings=known)
        )
    if not all(map(find_spec, NEEDED)):
        raise RefusalError(
            tell("--report needs Altair and vl-convert. Type first: {line}", line="pip install 'loopfork[report]'")
        )
    chosen: Format = ending  # type: ignore[assignment]  # it is one of them
    return chosen


def draw(chart: "alt.VConcatChart", chosen: Format, path: Path) -> None:
    """Write the chart to the path, whatever its name is."""
    if chosen == "html":
        path.write_text(page(chart), encoding="utf-8")
    elif chosen == "svg":
        chart.save(path, format="svg")
    else:
        chart.save(path, format="png", scale_factor=SHARP)


FITTING = """
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>svg.marks { max-width: calc(100vw - 72px); height: auto; }</style>
"""
"""A picture that is wider than the window is drawn smaller, not cut."""


def page(chart: "alt.VConcatChart") -> str:
    """HTML that needs no network, in the language of now, and fits into a narrow window."""
    actions = {"export": True, "source": False, "compiled": False, "editor": False}
    words = {
        "CLICK_TO_VIEW_ACTIONS": tell("Save the picture"),
        "SVG_ACTION": tell("Save as SVG"),
        "PNG_ACTION": tell("Save as PNG"),
    }
    options = {"renderer": "svg", "actions": actions, "i18n": words}
    html: str = chart.to_html(inline=True, embed_options=options)
    return html.replace("<html>", f'<html lang="{language()}">', 1).replace("<head>", f"<head>{FITTING}", 1)
