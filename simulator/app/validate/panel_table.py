"""The figures of a pair as a chart beside its curves: text in columns, so that a picture has them too."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import altair as alt

from simulator.app.amounts import TimeUnit, unit_for
from simulator.app.validate.figures import ALL, Kind
from simulator.app.validate.palette import ALARM, INK, QUIET
from simulator.app.validate.tables import HEADS, words_of
from simulator.app.validate.verdict import Row, Verdict

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
