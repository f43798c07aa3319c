"""The summary of a run for a person at a terminal: what was run, why it went as it did, and the figures.

What to watch: the reason comes before the numbers. Everything is read from the trace and its summary.
"""

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.padding import Padding
from rich.text import Text

from simulator.experiments.advice import Advice
from simulator.experiments.amounts import amount_text
from simulator.experiments.catalogue import catalogue
from simulator.results.document import timeline_of, timeline_words
from simulator.results.report_tables import INDENT, latency_table, resource_rows, time_table
from simulator.results.terminal import Prose
from simulator.trace.figures import Summary
from simulator.trace.outcomes import offered_rate
from simulator.trace.table import Trace
from simulator.words.language import in_this_language, paragraph, tell
from simulator.words.numbers import count, duration, percent, rate


def report(trace: Trace, summary: Summary, advice: Advice | None = None) -> Iterator[RenderableType]:
    """The parts of the summary, from top to bottom. ``advice``: where it was tried what might help."""
    yield from _headline(trace)
    yield _heading("Why")
    for sentence in summary.diagnosis:
        yield _marked(sentence)
    if advice is not None:
        yield from _tried(advice)
    yield _heading("Requests")
    yield from _outcomes(trace, summary)
    yield _heading("Latency", " from the intended arrival to the last byte at the client")
    yield from latency_table(summary)
    yield _heading("What the resources did", f" {_window(summary)}")
    yield from resource_rows(summary)
    if summary.where_time_goes:
        yield _heading("Where the time of a request goes", ", mean of all and of the slowest 1 %")
        yield from time_table(summary)


def _window(summary: Summary) -> str:
    """What was measured."""
    start, end = map(duration, summary.window)
    return f"from {start} to {end}" + (", when the last request was through" if summary.to_the_end else "")


def settings_in_words(settings: Mapping[str, Any], model: str = "") -> list[str]:
    """``workers 4``, ``backlog 2048``, ``temp file 1 GiB``; a switch is named, with ``no`` where it is off."""
    known = catalogue()[model].settings if model in catalogue() else ()  # a saved run may be of a model that is gone
    units = {field.name: field.metadata.get("unit") for field in known}
    parts = []
    for name, value in settings.items():
        words = name.replace("_", " ")
        switch = words if value else f"no {words}"
        parts.append(switch if isinstance(value, bool) else f"{words} {amount_text(value, units.get(name))}")
    return parts


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


def _headline(trace: Trace) -> Iterator[RenderableType]:
    labels = trace.labels
    yield Text(in_this_language(labels, "title") or "A run", style="bold")
    if story := in_this_language(labels, "story"):
        yield Prose(paragraph(story), "italic")
    yield Text()
    model = labels.get("model", "?")
    yield _deployment(model, json.loads(labels.get("settings", "{}")), model)
    for name, settings in json.loads(labels.get("fronts", "{}")).items():
        yield _deployment(f"behind {name}", settings, name)
    cores = trace.plan.cores.count
    workload, clients = trace.workload, trace.workload.clients_in_loop
    loop = f"closed loop, {count(clients)} clients" if clients else "open loop"
    warmup = f", first {duration(workload.warmup)} not measured" if workload.warmup else ""
    lasting, machine = f"{duration(workload.duration)}{warmup}", f"{cores} core{'s' * (cores > 1)}"
    yield Listed(Text(style="bright_black"), [loop, lasting, machine, f"seed {workload.seed}", *_origin(labels)])
    for entry in timeline_of(trace):
        yield Text(timeline_words(entry, trace.plan), style="bright_black")
    yield from _driver(labels)


def _origin(labels: Mapping[str, str]) -> list[str]:
    engine = labels.get("engine", "?")
    origin = "measured on real servers" if engine == "measured" else f"{engine} engine"
    named = [f"{name} {labels[name]}" for name in ("server", "machine") if name in labels]
    return [origin, *named]


def _driver(labels: Mapping[str, str]) -> Iterator[RenderableType]:
    """How far a measured run can be believed."""
    words = driver_words(labels)
    if words is not None:
        yield Text(words.line, style="bright_black")
        for remark in words.remarks:
            yield _marked(remark)


def _deployment(name: str, settings: Mapping[str, Any], model: str) -> Listed:
    return Listed(Text.assemble((name, "bold cyan"), "  "), settings_in_words(settings, model))


def _heading(words: str, remark: str = "") -> Text:
    return Text.assemble("\n", (words, "bold"), (remark, "bright_black"))


def _marked(sentence: str | Text | Prose, colour: str = "yellow", mark: str = "▌") -> RenderableType:
    from rich.table import Table

    row = Table.grid(padding=(0, 1))
    row.add_row(
        Text(f" {mark}", style=f"bold {colour}"),
        Prose(sentence, "bold") if isinstance(sentence, str) else sentence,
    )
    return row


def _tried(advice: Advice) -> Iterator[RenderableType]:
    """What helps with what is typed for it, then what does not."""
    if advice.trials or advice.untried:
        yield _heading(tell("Tried on the same requests"))
    for trial in advice.trials:
        if trial.better:
            yield _marked(
                Text.assemble((str(trial.sentence), "bold"), "  ", (shlex.join(trial.flags), "cyan")), "green"
            )
        else:
            yield _marked(Prose(str(trial.sentence)), mark=" ")
    if advice.remark is not None:
        yield _marked(Prose(str(advice.remark)), mark=" ")


def _outcomes(trace: Trace, summary: Summary) -> Iterator[RenderableType]:
    failed = sum(summary.failed.values())
    parts = [f"{count(summary.offered)} offered", f"{count(summary.completed)} completed"]
    parts.append(f"{count(failed)} failed")
    if summary.open:
        parts.append(f"{count(summary.open)} still open")
    yield _indented(" · ".join(parts))
    for reason, number in summary.failed.items():
        share = percent(number / max(summary.offered, 1))
        yield _indented(Text.assemble("failed: ", (reason, "bold red"), f" {count(number)} ({share})"))
    rates = f"throughput {rate(summary.throughput_rps)}/s · goodput {rate(summary.goodput_rps)}/s"
    arriving = offered_rate(trace)
    yield _indented((f"offered {rate(arriving)}/s · " if arriving and not summary.to_the_end else "") + rates)


def _indented(line: str | Text) -> RenderableType:
    return Padding(line, (0, 0, 0, INDENT))


# How the load driver of a measured run did, in words: whether its figures are the servers', or the driver's own.


@dataclass(frozen=True, slots=True)
class DriverWords:
    """What the summary says."""

    line: str
    """Always."""
    remarks: tuple[str, ...]
    """What must not be overlooked."""


def driver_words(labels: Mapping[str, str]) -> DriverWords | None:
    """None for a run that was simulated."""
    if "driver" not in labels:
        return None
    about: dict[str, Any] = json.loads(labels["driver"])
    late = [duration(about[name]) for name in ("late_p50", "late_p99", "late_max") if about[name] is not None]
    began = f"began requests {late[0]} late (p99 {late[1]}, at most {late[2]})" if late else "sent nothing"
    cpu = f"used {percent(about['cpu_mean'])} of a core, {percent(about['cpu_peak'])} in its worst second"
    return DriverWords(f"driver: {began} · {cpu}", tuple(_remarks(about)))


def _remarks(about: Mapping[str, Any]) -> Iterator[str]:
    if not about["valid"]:
        yield f"This run is NOT VALID, whatever the figures below say: {'; '.join(about['reasons'])}."
    if about["broken"]:
        yield f"{count(about['broken'])} connections broke before the response was complete."
    for status, times in about["unexpected_statuses"].items():
        yield f"{count(times)} requests were answered with status {status}; counted as broken connections."
