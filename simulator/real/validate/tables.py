"""What validation prints: for each pair a table of predicted beside measured, then the orders, then one sentence."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from math import isfinite

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from simulator.real.validate.figures import ALL, Kind
from simulator.real.validate.pairs import Driven, Result
from simulator.real.validate.ranking import Order
from simulator.real.validate.verdict import Row, Verdict
from simulator.trace.driver_words import PRIORITIES
from simulator.words.columns import aligned, columns
from simulator.words.language import later, tell, tell_many, translated
from simulator.words.numbers import (
    MISSING,
    TimeUnit,
    count,
    duration,
    percent,
    percent_to_tenths,
    rate,
    share_in_words,
    three_digits,
    to_places,
    unit_for,
)
from simulator.words.phrases import clauses, in_a_row
from simulator.words.prose import Prose

HEADS = (later("predicted"), later("measured"), later("error"), later("min-max"), later("bar"), "")
"""Of the columns; whoever shows them calls ``translated``."""
QUIET = "bright_black"
COLOURS = {Verdict.SPREAD: "green", Verdict.BAR: "green", Verdict.OUTSIDE: "bold red", Verdict.NOT_JUDGED: QUIET}
INDENT = 2
UNITS = {Kind.RATE: "/s", Kind.TIME: "", Kind.SHARE: " %"}
"""Of times the unit stands once above the table."""


def pair_table(result: Result) -> Iterator[RenderableType]:
    """The heading, what must be known about the measurement, and the table."""
    yield Text(tell("{server} under {load}", server=result.pair.server, load=result.pair.load), style="bold")
    valid = sum(driver.valid for driver in result.drivers)
    parts = [
        tell_many("{n} request", "{n} requests", result.requests, n=count(result.requests)),
        tell_many("{n} valid repeat", "{n} valid repeats", valid, n=count(valid)),
        *_driver(result.drivers),
    ]
    yield Padding(Prose(" · ".join(parts), QUIET), (0, 0, 0, INDENT))
    for remark in remarks(result):
        yield Padding(Prose(remark, "yellow"), (0, 0, 0, INDENT))
    if result.rows:
        yield table(result.rows)
    yield Text("")


def remarks(result: Result) -> Iterator[str]:
    """What went wrong with measuring, and first of all what makes every figure doubtful."""
    if result.busy:
        others = max(driver.others for driver in result.drivers)
        yield tell(
            "Other programs had up to {share} of the processor while this was measured: nothing below is judged. "
            "Validate again when nothing else runs.",
            share=share_in_words(others),
        )
    for number, driver in enumerate(result.drivers, 1):
        if not driver.valid:
            yield tell(
                "Repeat {number} is not valid, and not the server's fault: {reasons}.",
                number=number,
                reasons=clauses(driver.reasons),
            )
        elif driver.busy and not result.busy:
            yield tell(
                "Repeat {number} does not count: other programs had {share} of the processor.",
                number=number,
                share=share_in_words(driver.others),
            )
    if result.failure:
        yield tell("Not measured to the end: {failure}.", failure=result.failure)
    elif not result.rows:
        yield tell(
            "Nothing valid was measured, so nothing is said about the model. Try a lower --rate or a quieter machine."
        )


def table(rows: Sequence[Row]) -> Text:
    """One line a figure, under the name of its class."""
    times = [value for row in rows if row.key.kind is Kind.TIME for value in (row.predicted, row.measured, row.high)]
    unit = unit_for(times)
    lines = [[Text(times_in(unit), style=QUIET), *(Text(translated(head), style=QUIET) for head in HEADS)]]
    for subject, figures in groupby(rows, key=lambda row: row.key.subject):
        lines.append([Text(translated(ALL) if subject == ALL else subject, style="bold"), *(Text("") for _ in HEADS)])
        lines += [_cells(row, unit) for row in figures]
    return aligned(lines, frozenset({1, 2, 3, 4, 5}), 0, columns())


def order_lines(found: Iterable[Order]) -> Iterator[RenderableType]:
    """The order of the servers by their mean under each load."""
    for order in found:
        yield Text(tell("Order by mean under {load}, the quickest first", load=order.load), style="bold")
        lines = [
            [Text(translated(what)), Text(" · ".join(names))]
            for what, names in ((HEADS[0], order.predicted), (HEADS[1], order.measured))
        ]
        yield Padding(aligned(lines, frozenset(), 0), (0, 0, 0, INDENT))
        for one, other in order.wrong:
            told = tell(
                "outside: {one} was predicted to be quicker than {other}, and is slower in every repeat",
                one=one,
                other=other,
            )
            yield Padding(Prose(told, COLOURS[Verdict.OUTSIDE]), (0, 0, 0, INDENT))
        yield Text("")


def conclusion(results: Sequence[Result]) -> Iterator[RenderableType]:
    """How many figures got which verdict."""
    verdicts = [row.verdict for result in results for row in result.rows]
    counts = [f"{count(verdicts.count(each))} {translated(each.value)}" for each in Verdict if each in verdicts]
    if verdicts:
        n = count(len(verdicts))
        yield Text(
            tell_many("{n} figure: {counts}", "{n} figures: {counts}", len(verdicts), n=n, counts=in_a_row(counts))
        )
    else:
        yield Text(tell("No figure was measured."))
    empty = sum(not result.rows or result.failure is not None for result in results)
    if empty and verdicts:
        told = tell_many(
            "{n} pair could not be measured: see above.",
            "{n} pairs could not be measured: see above.",
            empty,
            n=count(empty),
        )
        yield Prose(told)


def _driver(drivers: Sequence[Driven]) -> Iterator[str]:
    late = [driver.late_p99 for driver in drivers if driver.late_p99 is not None]
    peaks = [driver.cpu_peak for driver in drivers if driver.cpu_peak is not None]
    if late and peaks:
        yield tell(
            "driver at most {late} late (p99), {cpu} of a core", late=duration(max(late)), cpu=percent(max(peaks))
        )
    for priority in sorted({driver.priority for driver in drivers} & PRIORITIES.keys()):
        yield translated(PRIORITIES[priority])


def times_in(unit: TimeUnit) -> str:
    """Above the names of the figures."""
    return tell("times in {unit}", unit=unit.name)


def words_of(row: Row, unit: TimeUnit) -> tuple[str, ...]:
    """The cells of a row: its name, and what stands under each of ``HEADS``."""
    kind = row.key.kind
    low, high = (_number(value, kind, unit) for value in (row.low, row.high))
    return (
        translated(row.key.name),
        _value(row.predicted, kind, unit),
        _value(row.measured, kind, unit),
        _error(row.error, kind),
        f"{low}-{high}",
        "" if row.bar is None else f"{to_places(100.0 * row.bar, 0)} {_per(kind)}",
        translated(row.verdict.value),
    )


def _cells(row: Row, unit: TimeUnit) -> list[Text]:
    styles = ("", "", "", "", QUIET, QUIET, COLOURS[row.verdict])
    name, *words = words_of(row, unit)
    return [Text(word, style=style) for word, style in zip((f" {name}", *words), styles, strict=True)]


def _value(value: float, kind: Kind, unit: TimeUnit) -> str:
    return _number(value, kind, unit) + UNITS[kind]


def _number(value: float, kind: Kind, unit: TimeUnit) -> str:
    if not isfinite(value):
        return MISSING
    match kind:
        case Kind.TIME:
            return three_digits(value / unit.seconds)
        case Kind.RATE:
            return rate(value)
        case Kind.SHARE:
            return percent_to_tenths(value)


def _error(error: float, kind: Kind) -> str:
    return f"{percent_to_tenths(error, signed=True)} {_per(kind)}" if isfinite(error) else MISSING


def _per(kind: Kind) -> str:
    """A difference of two shares is in points of percent."""
    return "pt" if kind is Kind.SHARE else "%"
