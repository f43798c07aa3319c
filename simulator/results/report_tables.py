"""The tables of the terminal summary: latencies, resources, and where the time goes. All fit into 80 columns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.padding import Padding
from rich.text import Text

from simulator.plan.words import State
from simulator.results.terminal import GLUE
from simulator.trace.availability import CORES
from simulator.trace.figures import Latency, ResourceSummary, Summary
from simulator.words.columns import aligned, columns
from simulator.words.kinds import kind_name
from simulator.words.language import later, tell, translated
from simulator.words.marks import OTHER_MARKS, STATE_MARKS
from simulator.words.numbers import TimeUnit, count, percent, three_digits, unit_for
from simulator.words.phrases import plural

FIGURES = tuple(field.name for field in fields(Latency) if field.name not in ("samples", "thin"))
HEADS = {"p999": "p99.9"}
WORDS = (later("all"), later("samples"), later("mean"), later("max"), later("slowest"), later("sum"))
NO_STATES = (later("idle"), later("down"))
"""What a resource does that is used for nothing."""
BAR = 30
TIMES = "\N{MULTIPLICATION SIGN}"
SMALL_BAR = 8
MARK = "*"
SHORTEST = 8
"""Cells of a bar that is worth drawing beside the queues."""
ROOMY = 60
"""Columns from which on the parts of a bar stand below it and not below its name."""
UNEVEN = 0.3
"""Between the busiest and the idlest process, as a part of what all are used on average: from here on it is said."""
USED = 0.02
"""Of who is used for less nothing is said."""
NAME = 20
"""Cells that the name of a resource gets at most."""
INDENT = 2
QUIET = "bright_black"
NEGLIGIBLE = 0.001
"""Shares of a request's time that get no line."""


def latency_table(summary: Summary) -> Iterator[RenderableType]:
    """One row a class and one for all; a percentile with fewer than ten samples above it is marked."""
    rows = {kind_name(name): each.latency for name, each in summary.classes.items()}
    if len(rows) != 1:
        rows[translated("all")] = summary.latency
    unit = unit_for(getattr(row, name) for row in rows.values() for name in FIGURES)
    heads = ("samples", *(HEADS.get(name, name) for name in FIGURES))
    table = [[Text(translated(head), style=QUIET) for head in heads]]
    table += [
        [Text(count(row.samples)), *(Text(unit.format(getattr(row, name))) for name in FIGURES)]
        for row in rows.values()
    ]
    for cells, marked in zip(table, ((), *map(_thin, rows.values())), strict=True):
        for cell, figure in zip(cells[1:], FIGURES, strict=True):
            cell.append(MARK if figure in marked else " ", "yellow")  # takes its cell everywhere: digits stay aligned
    names = [Text(tell("in {unit}", unit=unit.name), style=QUIET), *(Text(name) for name in rows)]
    lines = [[name, *cells] for name, cells in zip(names, table, strict=True)]
    for cell in lines[-1]:
        cell.stylize("bold")
    yield aligned(lines, frozenset(range(1, len(lines[0]))), INDENT, columns())
    if any(map(_thin, rows.values())):
        yield thin_remark()


def thin_remark() -> RenderableType:
    """What the mark at a percentile means."""
    words = tell("{mark} fewer than ten samples above it: take it as a hint", mark=MARK)
    return Padding(Text(words, style=QUIET), (0, 0, 0, INDENT))


def _thin(row: Latency) -> tuple[str, ...]:
    """The percentiles to mark: without samples there is none."""
    return row.thin if row.samples else ()


def resource_rows(summary: Summary) -> Iterator[RenderableType]:
    """For every resource a bar of what its time went into, with the parts named below it."""
    titles = [_title(name, resource) for name, resource in summary.resources.items()]
    queues = [Text(_queue(resource), style=QUIET) for resource in summary.resources.values()]
    width = max(title.cell_len for title in titles)
    used = max(cell_len(percent(resource.utilisation)) for resource in summary.resources.values())
    longest, gaps = max(queue.cell_len for queue in queues), 3
    room = columns() - INDENT - width - used - gaps
    bar = max(min(room - longest, BAR), 0)
    beside = bar >= SHORTEST
    if not beside:  # the queues stand below
        bar = max(min(room, BAR), 0)
    rows = [
        [title, *_use(resource, bar), *([queue] if beside else [])]
        for title, queue, resource in zip(titles, queues, summary.resources.values(), strict=True)
    ]
    lines = aligned(rows, frozenset({1}), INDENT).split("\n")
    margin = INDENT + width + 2 if columns() >= ROOMY else 2 * INDENT
    for line, resource, queue in zip(lines, summary.resources.values(), queues, strict=True):
        line.no_wrap, line.overflow = True, "ellipsis"
        yield line
        if not beside and queue:
            yield Padding(queue, (0, 0, 0, margin))
        parts = legend(resource.split)
        if resource.kind != "backlog" and parts:
            yield Padding(Text("  ").join(parts), (0, 0, 0, margin))
        if _is_uneven(resource.each):
            yield Padding(Text(_apart(resource), style=QUIET), (0, 0, 0, margin))


def time_table(summary: Summary) -> Iterator[RenderableType]:
    """Mean time in every state, over all requests and over the slowest hundredth, side by side."""
    mean, slow = summary.where_time_goes, summary.where_slowest
    states = sorted({*mean, *slow}, key=lambda state: -mean.get(state, 0.0))
    states = [state for state in states if max(_share(mean, state), _share(slow, state)) >= NEGLIGIBLE]
    unit = unit_for([sum(mean.values()), sum(slow.values())])
    heads = (tell("in {unit}", unit=unit.name), translated("all"), "", "", translated("slowest"), "", "")
    table = [[Text(head, style=QUIET) for head in heads]]
    table += [[Text(translated(state)), *_part(mean, state, unit), *_part(slow, state, unit)] for state in states]
    sums = (translated("sum"), unit.format(sum(mean.values())), "", "", unit.format(sum(slow.values())), "", "")
    table.append([Text(word, style="bold") for word in sums])
    yield aligned(table, frozenset({1, 2, 4, 5}), INDENT, columns(), joined=frozenset({2, 3, 5, 6}))


def _title(name: str, resource: ResourceSummary) -> Text:
    """With its size; of a backlog the one that was set, though Linux lets one connection more in."""
    title = Text(plural("core") if name == CORES else translated(name), style="bold")
    title.truncate(NAME, overflow="ellipsis")
    return title.append(f" {TIMES}{count(resource.size - (resource.kind == 'backlog'))}")


def _queue(resource: ResourceSummary) -> str:
    if resource.queue_in is not None:
        return tell("queue: the {backlog}", backlog=translated(resource.queue_in))
    mean, most = three_digits(resource.queue_mean), count(resource.queue_max)
    if resource.kind == "backlog":
        return tell("waiting {mean} mean, {most} max", mean=mean, most=most)
    return tell("queue {mean} mean, {most} max", mean=mean, most=most)


def _is_uneven(each: Sequence[float]) -> bool:
    if not each or max(each) < USED:
        return False
    return (max(each) - min(each)) * len(each) >= UNEVEN * sum(each)


def _apart(resource: ResourceSummary) -> str:
    most, least = percent(max(resource.each)), percent(min(resource.each))
    return tell("the busiest one {most}, the idlest {least}", most=most, least=least)


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


@dataclass(frozen=True, slots=True)
class Listed:
    """Words with dots between them. Where a line is full it is broken behind a dot, never within a setting."""

    head: Text
    parts: Sequence[str]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """One line or several."""
        line = self.head.copy()
        for number, part in enumerate(self.parts):
            dot, more = " · " if number else "", " ·" if number + 1 < len(self.parts) else ""
            if number and line.cell_len + cell_len(dot + part + more) > options.max_width:
                yield line.append(" ·")
                line, dot = Text(style=self.head.style), ""
            line.append(dot + part)
        yield line


# Bars split by what was going on, in the marks of the stage.


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is drawn."""

    glyph: str
    style: str


LOOKS: dict[str, Look] = {
    **{state: Look(STATE_MARKS[state.name].unicode, STATE_MARKS[state.name].colour) for state in State},
    **{name.lower(): Look(OTHER_MARKS[name].unicode, OTHER_MARKS[name].colour) for name in ("DOWN", "IDLE")},
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
        Text.assemble(
            (look(state).glyph, look(state).style), f" {percent(share)} {translated(state)}".replace(" ", GLUE)
        )
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
