"""The summary of a run for a person at a terminal: what was run, why it went as it did, and the figures.

What to watch: the reason comes before the numbers. Everything is read from the trace and its summary.
"""

import json
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from simulator.experiments.advice import Advice
from simulator.experiments.run import LINE
from simulator.results.document import timeline_of
from simulator.results.report_tables import INDENT, Listed, latency_table, resource_rows, time_table
from simulator.results.run_words import settings_in_words, timeline_words, way_in_words
from simulator.results.terminal import GLUE
from simulator.trace.driver_words import LABEL, driver_words
from simulator.trace.figures import Ends, Summary
from simulator.trace.outcomes import offered_rate
from simulator.trace.seen_words import seen_words
from simulator.trace.table import Trace
from simulator.words.kinds import kind_name
from simulator.words.language import in_this_language, paragraph, tell, tell_many, translated
from simulator.words.numbers import count, duration, percent, rate, short_duration
from simulator.words.prose import Prose, Typed


def report(trace: Trace, summary: Summary, advice: Advice | None = None) -> Iterator[RenderableType]:
    """The parts of the summary, from top to bottom. ``advice``: where it was tried what might help."""
    start, end = map(duration, summary.window)
    yield from _headline(trace)
    yield _heading(translated("Why"))
    for sentence in summary.diagnosis:
        yield _marked(str(sentence))
    if advice is not None:
        yield from _tried(advice)
    yield _heading(
        translated("Requests"), tell(", of the whole run; rates from {start} to {end}", start=start, end=end)
    )
    yield from _outcomes(trace, summary)
    yield _heading(translated("Latency"), translated(" from the intended arrival to the last byte at the client"))
    yield from latency_table(summary)
    yield _heading(
        translated("What the resources did"),
        tell(" from {start} to {end}, when the last request was through", start=start, end=end)
        if summary.to_the_end
        else tell(" from {start} to {end}", start=start, end=end),
    )
    yield from resource_rows(summary)
    yield from _way(trace)
    if summary.where_time_goes:
        yield _heading(
            translated("Where the time of a request goes"), translated(", mean of all and of the slowest 1 %")
        )
        yield from time_table(summary)


def _headline(trace: Trace) -> Iterator[RenderableType]:
    labels = trace.labels
    yield Text(in_this_language(labels, "title") or translated("A run"), style="bold")
    if story := in_this_language(labels, "story"):
        yield Prose(paragraph(story), "italic")
    yield Text()
    model = labels.get("model", "?")
    yield _deployment(model, json.loads(labels.get("settings", "{}")), model)
    for name, settings in json.loads(labels.get("fronts", "{}")).items():
        yield _deployment(tell("behind {name}", name=name), settings, name)
    yield Listed(Text(style="bright_black"), [*_load(trace), *_origin(labels)])
    yield from _line(labels)
    for entry in timeline_of(trace):
        yield Text(timeline_words(entry, trace.plan), style="bright_black")
    yield from _driver(labels)


def _line(labels: Mapping[str, str]) -> Iterator[RenderableType]:
    """How the server is started, and what became of that."""
    if LINE not in labels or labels.get("engine") == "measured":
        return
    from simulator.experiments.production_answer import answer_to, short_lists  # only who types a line pays for it

    answer = answer_to(labels[LINE])
    if answer is None:
        return
    yield Text(tell("started as {line}", line=answer.line), style="cyan")
    for sentence in short_lists(answer):
        yield Padding(Prose(sentence, "bright_black"), (0, 0, 0, INDENT))


def _load(trace: Trace) -> Iterator[str]:
    workload, cores = trace.workload, trace.plan.cores.count
    clients = workload.clients_in_loop
    yield (
        tell_many("closed loop, {n} client", "closed loop, {n} clients", clients, n=count(clients))
        if clients
        else translated("open loop")
    )
    if workload.limit:
        yield tell_many("{n} request in all", "{n} requests in all", workload.limit, n=count(workload.limit))
    lasting, warmup = duration(workload.duration), duration(workload.warmup)
    yield tell("{time}, first {warmup} not measured", time=lasting, warmup=warmup) if workload.warmup else lasting
    yield tell_many("{n} core", "{n} cores", cores, n=count(cores))
    if trace.plan.cores.quota:
        yield tell("quota of {quota}", quota=f"{trace.plan.cores.quota:g}")
    yield tell("seed {number}", number=workload.seed)


def _origin(labels: Mapping[str, str]) -> Iterator[str]:
    engine = labels.get("engine", "?")
    yield translated("measured on real servers") if engine == "measured" else tell("{name} engine", name=engine)
    if "server" in labels:
        yield tell("server {name}", name=labels["server"])
    if "profile_of" in labels:
        yield tell(
            "costs of {profile}, {model}'s own (--profile: others)",
            profile=labels["profile"],
            model=labels["profile_of"],
        )
    elif "profile" in labels:
        yield tell("costs of {profile}", profile=labels["profile"])
    if "machine" in labels:
        yield tell("machine {name}", name=labels["machine"])


def _way(trace: Trace) -> Iterator[RenderableType]:
    """Through several programs or layers: what each of them costs a request."""
    layers = json.loads(trace.labels.get("settings", "{}")).get("middlewares", 0)
    predicted = trace.labels.get("engine") != "measured"  # there the plan has no say
    if not predicted or not (layers or trace.labels.get("fronts", "{}") != "{}"):
        return
    hops, whole_s = way_in_words(trace.plan)
    remark = tell(", and what each hop computes for it, {time} in all", time=short_duration(whole_s))
    yield _heading(translated("The way of a request"), remark)
    yield _indented(Text(f"{GLUE}→ ".join(hop.replace(" ", GLUE) for hop in hops)))


def _driver(labels: Mapping[str, str]) -> Iterator[RenderableType]:
    """How far a measured run can be believed."""
    if LABEL in labels:
        words = driver_words(json.loads(labels[LABEL]))
        yield Text(words.line, style="bright_black")
        for remark in [*words.remarks, *seen_words(labels)]:
            yield _marked(remark)


def _deployment(name: str, settings: Mapping[str, Any], model: str) -> Listed:
    return Listed(Text.assemble((name, "bold cyan"), "  "), settings_in_words(settings, model))


def _heading(words: str, remark: str = "") -> Text:
    return Text.assemble("\n", (words, "bold"), (remark, "bright_black"))


def _marked(sentence: str | Prose | Typed, colour: str = "yellow", mark: str = "▌") -> RenderableType:
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
            yield _marked(Typed(str(trial.sentence), shlex.join(trial.flags)), "green")
        else:
            yield _marked(Prose(str(trial.sentence)), mark=" ")
    if advice.remark is not None:
        yield _marked(Prose(str(advice.remark)), mark=" ")


def _outcomes(trace: Trace, summary: Summary) -> Iterator[RenderableType]:
    parts = [
        tell("{n} offered", n=count(summary.offered)),
        tell("{n} completed", n=count(summary.completed)),
        tell("{n} failed", n=count(sum(summary.failed.values()))),
    ]
    if summary.open:
        parts.append(tell("{n} still open", n=count(summary.open)))
    yield _indented(Listed(Text(), parts))
    for reason, number in summary.failed.items():
        share = percent(number / max(summary.offered, 1))
        line = tell("failed: {reason} {n} ({share})", reason=translated(reason), n=count(number), share=share)
        text = Text(line)
        text.highlight_words([translated(reason)], "bold red")
        yield _indented(text)
    yield from _failures(summary)
    rates = [
        tell("throughput {rate}/s", rate=rate(summary.throughput_rps)),
        tell("goodput {rate}/s", rate=rate(summary.goodput_rps)),
    ]
    if (arriving := offered_rate(trace)) and not summary.to_the_end:
        rates.insert(0, tell("offered {rate}/s", rate=rate(arriving)))
    yield _indented(Listed(Text(), rates))


def _failures(summary: Summary) -> Iterator[RenderableType]:
    """Whom the failures hit, where there are several whom they could."""
    for title, groups in (
        (translated("failed by class:"), summary.classes),
        (translated("failed by client:"), summary.clients),
    ):
        if summary.failed and len(groups) > 1:
            hit = sorted(groups.items(), key=lambda item: -item[1].failures / max(item[1].offered, 1))
            parts = [_hit(name, ends) for name, ends in hit if ends.failures]
            yield _indented(Listed(Text(title if title.endswith("\uff1a") else f"{title} "), parts))


def _hit(name: str, ends: Ends) -> str:
    share = percent(ends.failures / ends.offered)
    return tell(
        "{name} {n} of {offered} ({share})",
        name=kind_name(name),
        n=count(ends.failures),
        offered=count(ends.offered),
        share=share,
    )


def _indented(line: RenderableType) -> RenderableType:
    return Padding(line, (0, 0, 0, INDENT))
