"""A comparison of two to four servers under the same requests: for a person at a terminal, and for programs.

For a person: the figures side by side, how far the percentiles are apart, and why each is as it is.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

import simulator
from simulator.experiments.deployment import Deployment
from simulator.experiments.deployment_words import pane_words
from simulator.results.document import document, flat
from simulator.results.report_tables import HEADS, INDENT, MARK, QUIET, thin_remark
from simulator.trace.availability import CORES
from simulator.trace.figures import Summary
from simulator.trace.table import Trace
from simulator.words.columns import aligned, columns
from simulator.words.language import in_this_language, later, tell, translated
from simulator.words.numbers import MISSING, TimeUnit, count, duration, json_number, percent, rate, unit_for
from simulator.words.printable import printable_json
from simulator.words.prose import Prose

PERCENTILES = ("p50", "p90", "p95", "p99", "p999")


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Side:
    """A server by its letter, and its run."""

    letter: str
    deployment: Deployment
    trace: Trace
    summary: Summary

    @property
    def words(self) -> str:
        """As it would be typed."""
        return pane_words(self.deployment)

    def percentile_s(self, name: str) -> float:
        """Of the latency; nan without samples."""
        seconds: float = getattr(self.summary.latency, name)
        return seconds


def letters(count: int) -> tuple[str, ...]:
    """A, B, C, D."""
    return tuple("ABCD"[:count])


# For a person.

NAME_STYLE = "bold cyan"


def comparison(sides: Sequence[Side]) -> Iterator[RenderableType]:
    """From top to bottom."""
    labels = sides[0].trace.labels
    yield Text(in_this_language(labels, "title") or translated("A comparison"), style="bold")
    yield Text(translated("the same requests for all of them"), style=QUIET)
    for side in sides:
        costs = tell("costs of {profile}", profile=side.trace.labels["profile"])
        yield Text.assemble((f"{side.letter} ", "bold"), (side.words, NAME_STYLE), (f"  {costs}", QUIET))
    yield _heading(translated("Figures"))
    yield figure_table(sides)
    for side in sides:
        if side.summary.to_the_end:
            start, end = map(duration, side.summary.window)
            words = tell(
                "{letter} is measured from {start} to {end}, when the last request was through",
                letter=side.letter,
                start=start,
                end=end,
            )
            yield Padding(Text(words, style=QUIET), (0, 0, 0, INDENT))
    if any(side.summary.latency.thin for side in sides):
        yield thin_remark()
    yield _heading(tell("Percentiles of the latency, less those of {letter}", letter=sides[0].letter))
    yield difference_table(sides)
    yield _heading(translated("Why"))
    for side in sides:
        for number, sentence in enumerate(side.summary.diagnosis):
            yield _reason(side.letter if number == 0 else " ", str(sentence))


def figure_table(sides: Sequence[Side]) -> Text:
    """One line a figure, one column a server."""
    unit = _unit(sides)
    lines = [
        [
            Text(tell("times in {unit}", unit=unit.name), style=QUIET),
            *(Text(side.letter, style="bold") for side in sides),
        ]
    ]
    for name, cell in _rows(unit).items():
        lines.append([Text(translated(name)), *(Text(cell(side)) for side in sides)])
    return aligned(lines, frozenset(range(1, len(sides) + 1)), INDENT, columns())


def difference_table(sides: Sequence[Side]) -> Text:
    """One line for each server after the first."""
    gaps = {
        side.letter: [side.percentile_s(name) - sides[0].percentile_s(name) for name in PERCENTILES]
        for side in sides[1:]
    }
    unit = _unit(sides)
    head = [
        Text(tell("in {unit}", unit=unit.name), style=QUIET),
        *(Text(HEADS.get(name, name), style=QUIET) for name in PERCENTILES),
    ]
    lines = [head]
    for letter, several in gaps.items():
        lines.append([Text(f"{letter} - {sides[0].letter}", style="bold"), *(_gap(gap, unit) for gap in several)])
    return aligned(lines, frozenset(range(1, len(PERCENTILES) + 1)), INDENT, columns())


def _unit(sides: Sequence[Side]) -> TimeUnit:
    """One for both tables: a difference stands in the unit of what it is the difference of."""
    return unit_for(side.percentile_s(name) for side in sides for name in (*PERCENTILES, "mean", "max"))


def _rows(unit: TimeUnit) -> dict[str, Callable[[Side], str]]:
    def seconds(name: str) -> Callable[[Side], str]:
        def cell(side: Side) -> str:
            mark = MARK if name in side.summary.latency.thin else " "
            return unit.format(side.percentile_s(name)) + mark

        return cell

    return {
        later("offered"): lambda side: count(side.summary.offered) + " ",
        later("completed"): lambda side: count(side.summary.completed) + " ",
        later("failed"): lambda side: count(sum(side.summary.failed.values())) + " ",
        later("goodput"): lambda side: f"{rate(side.summary.goodput_rps)}/s ",
        **{HEADS.get(name, name): seconds(name) for name in ("mean", *PERCENTILES, "max")},
        later("cores in use"): lambda side: percent(side.summary.resources[CORES].utilisation) + " ",
        later("bottleneck"): lambda side: _bottleneck(side) + " ",
    }


def _bottleneck(side: Side) -> str:
    found = side.summary.bottleneck
    return MISSING if found is None else f"{translated(found.resource)} {percent(found.utilisation)}"


def _gap(seconds: float, unit: TimeUnit) -> Text:
    if not isfinite(seconds):
        return Text(MISSING)
    words = unit.format(seconds)
    return Text(f"+{words}" if seconds > 0.0 else words, style="red" if seconds > 0.0 else "green")


def _heading(words: str) -> Text:
    return Text(f"\n{words}", style="bold")


def _reason(letter: str, sentence: str) -> RenderableType:
    from rich.table import Table

    row = Table.grid(padding=(0, 1))
    row.add_row(Text(f" {letter}", style="bold yellow"), Prose(sentence))
    return row


# For programs: one JSON document, or one line of CSV for every figure and a column for each server.
# What stands under ``runs`` is what ``simulate --json`` writes for each run; times are in milliseconds.


def as_json(sides: Sequence[Side]) -> str:
    """The document as text, ending with a newline."""
    found = {
        "version": simulator.__version__,
        "load": sides[0].trace.labels.get("load"),
        "runs": [{**document(side.trace, side.summary), "server": side.words} for side in sides],
        "differences": [_difference(side, sides[0]) for side in sides[1:]],
    }
    return printable_json(json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False)) + "\n"


def as_csv(sides: Sequence[Side]) -> str:
    """A header, and a line for every figure that any of the runs has."""
    runs = [dict(flat(document(side.trace, side.summary))) for side in sides]
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(["figure", *(f"{side.letter} {side.words}" for side in sides)])
    for figure in dict.fromkeys(key for run in runs for key in run):
        lines.writerow([figure, *(run.get(figure) for run in runs)])
    return text.getvalue()


def _difference(side: Side, first: Side) -> dict[str, Any]:
    """How much longer the percentiles are than those of the first server; null where there are no samples."""
    differences = {name: 1e3 * (side.percentile_s(name) - first.percentile_s(name)) for name in PERCENTILES}
    return {
        "server": side.words,
        "less": first.words,
        "latency_ms": {name: json_number(ms) for name, ms in differences.items()},
    }
