"""The tables of the terminal summary: latencies, resources, and where the time goes. All fit into 80 columns."""

from collections.abc import Iterator, Mapping
from dataclasses import fields

from rich.cells import cell_len
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from simulator.app.amounts import TimeUnit, percent, three_digits, unit_for
from simulator.app.bars import legend, look, split_bar
from simulator.trace.figures import Latency, ResourceSummary, Summary
from simulator.trace.phrases import count

FIGURES = tuple(field.name for field in fields(Latency) if field.name not in ("samples", "thin"))
HEADS = {"p999": "p99.9"}
BAR = 30
TIMES = "\N{MULTIPLICATION SIGN}"
SMALL_BAR = 8
NEGLIGIBLE = 0.001
"""Shares of a request's time that get no line."""


def latency_table(summary: Summary) -> Iterator[RenderableType]:
    """One row a class and one for all; a percentile with fewer than ten samples above it is marked."""
    rows = {name: each.latency for name, each in summary.classes.items()}
    if len(rows) != 1:
        rows["all"] = summary.latency
    unit = unit_for(getattr(row, name) for row in rows.values() for name in FIGURES)
    table = _table()
    table.add_column(f"in {unit.name}", no_wrap=True, overflow="ellipsis", max_width=24)
    table.add_column("samples", justify="right", no_wrap=True)
    columns = [_column(name, list(rows.values()), unit) for name in FIGURES]
    for head, _ in columns:
        table.add_column(head, no_wrap=True)
    for number, (name, row) in enumerate(rows.items()):
        style = "bold" if name == "all" or len(rows) == 1 else ""
        table.add_row(name, count(row.samples), *(cells[number] for _, cells in columns), style=style)
    yield Padding(table, (0, 0, 0, 2))
    if any(row.thin for row in rows.values()):
        yield Padding(Text("* fewer than ten samples above it: take it as a hint", style="bright_black"), (0, 0, 0, 2))


def resource_rows(summary: Summary) -> Iterator[RenderableType]:
    """For every resource a bar of what its time went into, with the parts named below it."""
    names = {name: f"{name} {TIMES}{count(resource.size)}" for name, resource in summary.resources.items()}
    width = min(max(map(cell_len, names.values()), default=0), 24)
    for name, resource in summary.resources.items():
        yield _resource_row(names[name], resource, width)
        parts = legend(resource.split)
        if resource.kind != "backlog" and parts:
            yield Padding(Text("  ").join(parts), (0, 0, 0, width + 4))


def time_table(summary: Summary) -> Iterator[RenderableType]:
    """Mean time in every state, over all requests and over the slowest hundredth, side by side."""
    mean, slow = summary.where_time_goes, summary.where_slowest
    states = sorted({*mean, *slow}, key=lambda state: -mean.get(state, 0.0))
    states = [state for state in states if max(_share(mean, state), _share(slow, state)) >= NEGLIGIBLE]
    unit = unit_for([sum(mean.values()), sum(slow.values())])
    table = _table()
    table.add_column(f"in {unit.name}", no_wrap=True)
    for title in ("all", "slowest"):
        table.add_column(title, justify="right", no_wrap=True)
        table.add_column("", justify="right", no_wrap=True)
        table.add_column("", no_wrap=True, width=SMALL_BAR)
    for state in states:
        table.add_row(state, *_part(mean, state, unit), *_part(slow, state, unit))
    table.add_row("sum", unit.format(sum(mean.values())), "", "", unit.format(sum(slow.values())), "", "", style="bold")
    yield Padding(table, (0, 0, 0, 2))


def _table() -> Table:
    return Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bright_black")


def _column(name: str, rows: list[Latency], unit: TimeUnit) -> tuple[str, list[Text]]:
    """Head and cells of one figure. Padded here: aligned to the right, Rich would push a mark under the digits."""
    figures = [unit.format(getattr(row, name)) for row in rows]
    head = HEADS.get(name, name)
    width = max(map(len, (head, *figures)))
    marks = ["*" if name in row.thin else "" for row in rows]
    cells = [Text.assemble(f.rjust(width), (mark, "yellow")) for f, mark in zip(figures, marks, strict=True)]
    return head.rjust(width), cells


def _resource_row(name: str, resource: ResourceSummary, width: int) -> RenderableType:
    queue = f"queue {three_digits(resource.queue_mean)} mean, {count(resource.queue_max)} max"
    row = Table.grid(padding=(0, 1))
    row.add_column(width=width, no_wrap=True, overflow="ellipsis")
    row.add_column(width=5, justify="right")
    row.add_column(width=BAR if resource.kind != "backlog" else None)
    row.add_column(no_wrap=True)
    if resource.kind == "backlog":
        row.add_row(Text(name, style="bold"), "", Text(queue.replace("queue", "waiting"), style="bright_black"))
    else:
        row.add_row(
            Text(name, style="bold"),
            percent(resource.utilisation),
            split_bar(resource.split, BAR),
            Text(queue, style="bright_black"),
        )
    return Padding(row, (0, 0, 0, 2))


def _part(times: Mapping[str, float], state: str, unit: TimeUnit) -> tuple[str, str, Text]:
    share = _share(times, state)
    bar = Text(look(state).glyph * round(share * SMALL_BAR), style=look(state).style)
    return unit.format(times.get(state, 0.0)), percent(share), bar


def _share(times: Mapping[str, float], state: str) -> float:
    total = sum(times.values())
    return times.get(state, 0.0) / total if total else 0.0
