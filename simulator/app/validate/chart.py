"""A validation as one chart: for every pair its curves, its figures beside them, and what was found as a title."""

from collections.abc import Sequence

import altair as alt

from simulator.app.validate.finding import found, found_in_all, not_judged
from simulator.app.validate.pairs import Result
from simulator.app.validate.palette import GRID, INK, QUIET
from simulator.app.validate.panel_curves import curves_chart
from simulator.app.validate.panel_table import table_chart
from simulator.trace.phrases import count, plural

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
