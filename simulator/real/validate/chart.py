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
from simulator.real.validate.tables import HEADS, words_of
from simulator.real.validate.verdict import Row, Verdict
from simulator.words.numbers import TimeUnit, count, percent_to_tenths, unit_for
from simulator.words.phrases import all_of, plural, sentence

if TYPE_CHECKING:
    import altair as alt


FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
MARKS = "Marks: p50, p95 and p99. Band: from the smallest to the largest of the repeats."
TABLES = "The tables have all requests of a pair together; the titles also weigh the classes one by one."


def chart(results: Sequence[Result]) -> alt.VConcatChart:
    """All pairs, one below the other."""
    pairs = f"{count(len(results))} {plural('pair', len(results))} of a server and a load."
    about = [line for line in (f"{pairs} {MARKS}", TABLES, not_judged(results)) if line]
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
    name = f"{result.pair.server} under {result.pair.load}"
    sentence = found(result)
    title = alt.TitleParams(sentence[0].upper() + sentence[1:], subtitle=name, fontSize=14, subtitleFontSize=12)
    return alt.hconcat(curves_chart(result.curves, result.requests), table_chart(result.rows), spacing=26, title=title)


# The title: the figures that are off, or how close the closest call was.

MOST = 3
"""Figures that a title names."""


def found(result: Result) -> str:
    """What came out for one pair."""
    if result.failure:
        return f"not measured to the end: {result.failure}"
    if not result.rows:
        return "nothing valid was measured"
    off = [row for row in result.rows if row.verdict is Verdict.OUTSIDE]
    if off:
        off.sort(key=lambda row: (row.key.subject != ALL, -round(abs(row.error), 3)))
        more = f", and {count(len(off) - MOST)} more" if len(off) > MOST else ""
        return f"predicted {', '.join(map(_off, off[:MOST]))}{more}"
    judged = [row for row in result.rows if row.verdict is Verdict.BAR]
    if not judged:
        return "every prediction lies between the repeats"
    worst = max(judged, key=lambda row: abs(row.error) / (row.bar or 1.0))
    return f"every figure inside its bar; the closest call: {_off(worst)}"


def found_in_all(results: Sequence[Result]) -> str:
    """What came out for all of them."""
    verdicts = [row.verdict for result in results for row in result.rows]
    judged = [verdict for verdict in verdicts if verdict is not Verdict.NOT_JUDGED]
    if not judged:
        return "No figure was measured"
    good = sum(verdict is not Verdict.OUTSIDE for verdict in judged)
    if good == len(judged):
        return f"{sentence(all_of('figure', good)).removesuffix('.')} came out as predicted"
    return f"{count(good)} of {count(len(judged))} {plural('figure', len(judged))} came out as predicted"


def not_judged(results: Sequence[Result]) -> str:
    """How many figures the headline leaves out; nothing where it leaves out none."""
    number = sum(row.verdict is Verdict.NOT_JUDGED for result in results for row in result.rows)
    who = f"{count(number)} {plural('figure', number)}"
    return f"{who} more {'is' if number == 1 else 'are'} not judged: too few requests, or overload." if number else ""


def _off(row: Row) -> str:
    """``p99 of "report" 12 % too low``; nan where one side has none."""
    of = "" if row.key.subject == ALL else f' of "{row.key.subject}"'
    unit = "points" if row.key.kind is Kind.SHARE else "%"
    if row.error != row.error:
        return f"{row.key.name}{of} on one side only"
    return f"{row.key.name}{of} {percent_to_tenths(abs(row.error))} {unit} too {'high' if row.error > 0 else 'low'}"


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
    for column, text in enumerate((f"times in {unit.name}", *HEADS[:-1], "verdict")):
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
        raise RefusalError(f"--report {path}: expected a name that ends in one of {known}")
    if not all(map(find_spec, NEEDED)):
        raise RefusalError("--report needs Altair and vl-convert. Type first: pip install 'loopfork[report]'")
    chosen: Format = ending  # type: ignore[assignment]  # it is one of them
    return chosen


def draw(chart: "alt.VConcatChart", chosen: Format, path: Path) -> None:
    """Write the chart to the path, whatever its name is."""
    if chosen == "html":
        chart.save(path, format="html", inline=True)
    elif chosen == "svg":
        chart.save(path, format="svg")
    else:
        chart.save(path, format="png", scale_factor=SHARP)
