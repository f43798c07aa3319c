"""The tables of the terminal summary: latencies, resources, and where the time goes. All fit into 80 columns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from shutil import get_terminal_size

from rich.cells import cell_len
from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from simulator.plan.words import State
from simulator.results.terminal import GLUE
from simulator.trace.figures import Latency, ResourceSummary, Summary
from simulator.words.columns import aligned
from simulator.words.numbers import TimeUnit, count, percent, three_digits, unit_for

FIGURES = tuple(field.name for field in fields(Latency) if field.name not in ("samples", "thin"))
HEADS = {"p999": "p99.9"}
BAR = 30
TIMES = "\N{MULTIPLICATION SIGN}"
SMALL_BAR = 8
SHORTEST = 8
"""Cells that a name or a bar gets at least."""
NAME = 20
"""Cells that the name of a resource gets at most."""
INDENT = 2
QUIET = "bright_black"
NEGLIGIBLE = 0.001
"""Shares of a request's time that get no line."""


def latency_table(summary: Summary) -> Iterator[RenderableType]:
    """One row a class and one for all; a percentile with fewer than ten samples above it is marked."""
    rows = {name: each.latency for name, each in summary.classes.items()}
    if len(rows) != 1:
        rows["all"] = summary.latency
    unit = unit_for(getattr(row, name) for row in rows.values() for name in FIGURES)
    heads = ("samples", *(HEADS.get(name, name) for name in FIGURES))
    table = [[Text(head, style=QUIET) for head in heads]]
    table += [
        [Text(count(row.samples)), *(Text(unit.format(getattr(row, name))) for name in FIGURES)]
        for row in rows.values()
    ]
    for cells, marked in zip(table, ((), *map(_thin, rows.values())), strict=True):
        for cell, figure in zip(cells[1:], FIGURES, strict=True):
            cell.append("*" if figure in marked else " ", "yellow")  # takes its cell everywhere: digits stay aligned
    names = [Text(f"in {unit.name}", style=QUIET), *(Text(name) for name in rows)]
    for name in names:
        name.truncate(max(room() - _width(table), SHORTEST), overflow="ellipsis")
    lines = [[name, *cells] for name, cells in zip(names, table, strict=True)]
    for cell in lines[-1]:
        cell.stylize("bold")
    yield aligned(lines, frozenset(range(1, len(lines[0]))), INDENT)
    if any(map(_thin, rows.values())):
        yield Padding(Text("* fewer than ten samples above it: take it as a hint", style=QUIET), (0, 0, 0, INDENT))


def _thin(row: Latency) -> tuple[str, ...]:
    """The percentiles to mark: without samples there is none."""
    return row.thin if row.samples else ()


def resource_rows(summary: Summary) -> Iterator[RenderableType]:
    """For every resource a bar of what its time went into, with the parts named below it."""
    titles = [_title(name, resource.size) for name, resource in summary.resources.items()]
    queues = [Text(_queue(resource), style=QUIET) for resource in summary.resources.values()]
    width = max(title.cell_len for title in titles)
    used = max(cell_len(percent(resource.utilisation)) for resource in summary.resources.values())
    gaps = 3
    bar = min(max(room() - width - used - max(queue.cell_len for queue in queues) - gaps, SHORTEST), BAR)
    rows = [
        [title, *_use(resource, bar), queue]
        for title, queue, resource in zip(titles, queues, summary.resources.values(), strict=True)
    ]
    lines = aligned(rows, frozenset({1}), INDENT).split("\n")
    for line, resource in zip(lines, summary.resources.values(), strict=True):
        line.no_wrap, line.overflow = True, "ellipsis"
        yield line
        parts = legend(resource.split)
        if resource.kind != "backlog" and parts:
            yield Padding(Text("  ").join(parts), (0, 0, 0, INDENT + width + 2))


def time_table(summary: Summary) -> Iterator[RenderableType]:
    """Mean time in every state, over all requests and over the slowest hundredth, side by side."""
    mean, slow = summary.where_time_goes, summary.where_slowest
    states = sorted({*mean, *slow}, key=lambda state: -mean.get(state, 0.0))
    states = [state for state in states if max(_share(mean, state), _share(slow, state)) >= NEGLIGIBLE]
    unit = unit_for([sum(mean.values()), sum(slow.values())])
    heads = (f"in {unit.name}", "all", "", "", "slowest", "", "")
    table = [[Text(head, style=QUIET) for head in heads]]
    table += [[Text(state), *_part(mean, state, unit), *_part(slow, state, unit)] for state in states]
    sums = ("sum", unit.format(sum(mean.values())), "", "", unit.format(sum(slow.values())), "", "")
    table.append([Text(word, style="bold") for word in sums])
    yield aligned(table, frozenset({1, 2, 4, 5}), INDENT)


def room() -> int:
    """Cells of a line behind the indent; 80 in all where the output is no terminal."""
    return get_terminal_size().columns - INDENT


def _width(table: Sequence[Sequence[Text]]) -> int:
    """Cells that the columns take, each with the gap before it."""
    return sum(1 + max(cell.cell_len for cell in column) for column in zip(*table, strict=True))


def _title(name: str, size: int) -> Text:
    title = Text(name, style="bold")
    title.truncate(NAME, overflow="ellipsis")
    return title.append(f" {TIMES}{count(size)}")


def _queue(resource: ResourceSummary) -> str:
    waiting = "waiting" if resource.kind == "backlog" else "queue"
    return f"{waiting} {three_digits(resource.queue_mean)} mean, {count(resource.queue_max)} max"


def _use(resource: ResourceSummary, width: int) -> tuple[Text, Text]:
    """How much of it was in use, and for what. Of a backlog that says little: it is a queue and nothing else."""
    if resource.kind == "backlog":
        return Text(), Text(" " * width)
    return Text(percent(resource.utilisation)), split_bar(resource.split, width)


def _part(times: Mapping[str, float], state: str, unit: TimeUnit) -> tuple[Text, Text, Text]:
    share = _share(times, state)
    cells = round(share * SMALL_BAR)
    bar = Text(look(state).glyph * cells, look(state).style)
    bar.append(" " * (SMALL_BAR - cells))
    return Text(unit.format(times.get(state, 0.0))), Text(percent(share)), bar


def _share(times: Mapping[str, float], state: str) -> float:
    total = sum(times.values())
    return times.get(state, 0.0) / total if total else 0.0


# Bars split by what was going on: every state has its own colour, and its own hatching where there is no colour.


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is drawn."""

    glyph: str
    style: str


LOOKS: dict[str, Look] = {
    State.CONNECTING: Look("▧", "bright_black"),
    State.BACKLOG: Look("▥", "bright_red"),
    State.QUEUED: Look("▦", "bright_yellow"),
    State.UPLOAD: Look("░", "magenta"),
    State.COMPUTING: Look("█", "green"),
    State.GIL: Look("▚", "red"),
    State.LOOP: Look("▞", "red"),
    State.CORE: Look("▓", "yellow"),
    State.GIL_OR_CORE: Look("▨", "bright_magenta"),
    State.IO: Look("▒", "blue"),
    State.DOWNLOAD: Look("▤", "cyan"),
    State.DELIVERY: Look("─", "bright_black"),
    "down": Look("╌", "bright_black"),
    "idle": Look("·", "bright_black"),
}
UNKNOWN = Look("•", "white")


def look(state: str) -> Look:
    """How to draw a state, be it one of ``State``, ``down`` or ``idle``."""
    return LOOKS.get(state, UNKNOWN)


def split_bar(split: Mapping[str, float], width: int) -> Text:
    """A bar of exactly ``width`` cells; every state gets its share, rounded so that the sum fits."""
    bar = Text()
    for state, cells in zip(split, _cells(list(split.values()), width), strict=True):
        bar.append(look(state).glyph * cells, look(state).style)
    return bar


def legend(split: Mapping[str, float]) -> list[Text]:
    """What the parts of a bar mean, the largest first; what is less than half a percent is left out."""
    shown = sorted((item for item in split.items() if item[1] >= 0.005), key=lambda item: -item[1])
    return [
        Text.assemble((look(state).glyph, look(state).style), f" {percent(share)} {state}".replace(" ", GLUE))
        for state, share in shown
    ]


def _cells(shares: list[float], width: int) -> list[int]:
    """Largest remainders: whole cells that sum to the width wherever the shares sum to one."""
    total = sum(shares)
    if total <= 0.0:
        return [0 for _ in shares]
    exact = [share / max(total, 1.0) * width for share in shares]
    cells = [int(value) for value in exact]
    missing = round(sum(exact)) - sum(cells)
    by_rest = sorted(range(len(exact)), key=lambda i: cells[i] - exact[i])
    for i in by_rest[:missing]:
        cells[i] += 1
    return cells
