"""The results as one document of plain data: what ``--json`` writes and ``summary.csv`` lists.

Its keys are a contract with everybody who reads them by program: add some, rename none. Times are in milliseconds where
the key says so. A figure that does not exist (the latency of no request) is null.
"""

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from simulator.experiments.advice import Advice, Figures
from simulator.experiments.run import LINE
from simulator.trace.facts import OTHERS
from simulator.trace.figures import Ends, Latency, ResourceSummary, Summary
from simulator.trace.finding import Finding, Party
from simulator.trace.seen_words import SEEN, SERVER
from simulator.trace.table import Trace
from simulator.trace.timeline import step_for
from simulator.words.numbers import json_number
from simulator.words.printable import harmless_cell, printable_json
from simulator.workload.interventions import Do, Intervention

Document = dict[str, Any]


def document(trace: Trace, summary: Summary, advice: Advice | None = None) -> Document:
    """The results of a run, ready for JSON. ``advice``: where it was tried what might help."""
    labels = trace.labels
    return {
        **_what_was_run(trace, summary),
        **_what_came_of_it(summary),
        **({} if advice is None else _advice(advice)),
        **({"driver": json.loads(labels["driver"])} if "driver" in labels else {}),  # of a measured run only
        **({"other_programs": float(labels[OTHERS])} if OTHERS in labels else {}),  # the same
    }


def _what_was_run(trace: Trace, summary: Summary) -> Document:
    labels = trace.labels
    start, end = summary.window
    return {
        "model": labels.get("model"),
        "load": labels.get("load"),
        "title": labels.get("title"),
        "seed": trace.workload.seed,
        "engine": labels.get("engine"),
        "version": labels.get("version"),
        "settings": json.loads(labels.get("settings", "{}")),
        "in_front": json.loads(labels.get("fronts", "{}")),
        "machine": labels.get("machine"),
        "profile": labels.get("profile"),
        "server": labels.get(SERVER),
        "server_line": _line(labels),
        "seen": json.loads(labels.get(SEEN, "null")),
        "cores": trace.plan.cores.count,
        "loop": summary.loop,
        "clients_in_loop": trace.workload.clients_in_loop or None,
        "requests_in_loop": trace.workload.limit or None,
        "duration_s": trace.workload.duration,
        "window_s": {"start": start, "end": end},
        "window_ends_with": "last request" if summary.to_the_end else "arrivals",
        "timeline": [timeline_data(entry) for entry in timeline_of(trace)],
        "timeline_csv_step_s": step_for(trace),
    }


def _line(labels: Mapping[str, str]) -> Document | None:
    """How the server is started, and what became of it; nothing where a model was named."""
    if LINE not in labels:
        return None
    from simulator.experiments.production_answer import answer_to, data  # only who types a line pays for it

    answer = answer_to(labels[LINE])
    return {"line": labels[LINE]} if answer is None else data(answer)


def _what_came_of_it(summary: Summary) -> Document:
    return {
        "requests": {
            "offered": summary.offered,
            "completed": summary.completed,
            "open": summary.open,
            "failed": dict(summary.failed),
        },
        "throughput_rps": json_number(summary.throughput_rps),
        "goodput_rps": json_number(summary.goodput_rps),
        "latency_ms": _latency(summary.latency),
        "classes": {
            name: {**_ends(each), "latency_ms": _latency(each.latency)} for name, each in summary.classes.items()
        },
        "clients": {name: _ends(each) for name, each in summary.clients.items()},
        "resources": {name: _resource(resource) for name, resource in summary.resources.items()},
        "where_time_goes_ms": _milliseconds(summary.where_time_goes),
        "where_slowest_ms": _milliseconds(summary.where_slowest),
        "bottleneck": _bottleneck(summary),
        "diagnosis": list(summary.diagnosis),
        "findings": [_finding(finding) for finding in summary.findings],
    }


def as_json(results: Document) -> str:
    """The document as text, ending with a newline."""
    return printable_json(json.dumps(results, indent=2, ensure_ascii=False, allow_nan=False)) + "\n"


def flat(results: Document) -> Iterator[tuple[str, str | None]]:
    """Every figure of the document as a dotted key and a value, like ``latency_ms.p99``; null has no value.

    Texts are such as a spreadsheet shows and does not obey; figures are never touched.
    """
    for key, value in _flat("", results):
        yield harmless_cell(key), value


def _flat(key: str, value: Any) -> Iterator[tuple[str, str | None]]:
    match value:
        case dict():
            inner = list(value.items())
        case list():
            inner = [(str(number), item) for number, item in enumerate(value, 1)]
        case None:
            yield key, None
            return
        case _:
            yield key, harmless_cell(value) if isinstance(value, str) else json.dumps(value)
            return
    for name, item in inner:
        yield from _flat(f"{key}.{name}" if key else name, item)


def _ends(ends: Ends) -> Document:
    return {"offered": ends.offered, "completed": ends.completed, "failed": dict(ends.failed)}


def _latency(latency: Latency) -> Document:
    names = [field.name for field in fields(latency) if field.name not in ("samples", "thin")]
    figures = {name: json_number(1e3 * getattr(latency, name)) for name in names}
    return {**figures, "samples": latency.samples, "fewer_than_ten_above": list(latency.thin)}


def _resource(resource: ResourceSummary) -> Document:
    return {
        "kind": resource.kind,
        "size": resource.size,
        "utilisation": json_number(resource.utilisation),
        "split": {state: json_number(share) for state, share in resource.split.items()},
        **({"each": [json_number(share) for share in resource.each]} if resource.each else {}),
        "queue_mean": json_number(resource.queue_mean),
        "queue_max": json_number(resource.queue_max),
        "queue_in": resource.queue_in,
    }


def _finding(finding: Finding) -> Document:
    """By the name of its rule, which is the same in every language, with whom it names."""
    return {
        "rule": finding.rule,
        "weight": json_number(finding.weight),
        "culprits": [_party(party) for party in finding.culprits],
        "victims": [_party(party) for party in finding.victims],
    }


def _party(party: Party) -> Document:
    return {"kind": party.kind.value, "name": party.name}


def _bottleneck(summary: Summary) -> Document | None:
    found = summary.bottleneck
    if found is None:
        return None
    return {
        "resource": found.resource,
        "utilisation": json_number(found.utilisation),
        "rate_rps": json_number(found.rate_rps),
        "ms_each": json_number(1e3 * found.seconds_each),
        "ms_each_by_class": _milliseconds({name: hold.seconds for name, hold in found.holds.items()}),
        "limit_rps": json_number(found.limit_rps),
    }


def _advice(advice: Advice) -> Document:
    tried = [
        {
            "change": str(trial.change),
            "flags": shlex.join(trial.flags),
            "verdict": trial.verdict.value,
            "before": _figures(trial.before),
            "after": _figures(trial.after),
        }
        for trial in advice.trials
    ]
    return {"advice": tried, "untried": [str(change) for change in advice.untried]}


def _figures(figures: Figures) -> Document:
    return {
        "offered": figures.offered,
        "lost": figures.lost,
        "p95_ms": json_number(1e3 * figures.p95_s),
        "p99_ms": json_number(1e3 * figures.p99_s),
        "goodput_rps": json_number(figures.goodput_rps),
        "victims_p95_ms": json_number(1e3 * figures.victims_p95_s),
    }


def _milliseconds(seconds: Mapping[str, float]) -> Document:
    return {state: json_number(1e3 * value) for state, value in seconds.items()}


# What was done to the server.


def timeline_of(trace: Trace) -> Iterator[Intervention]:
    """What the scenario says is done; without the sizes that a run with more slots or cores starts with."""
    for entry in trace.workload.interventions:
        if entry.at > 0.0 or entry.do not in (Do.SLOTS, Do.CORES):
            yield entry


def timeline_data(entry: Intervention) -> dict[str, Any]:
    """An entry by the keys of a scenario, with the unit in the name where it has one."""
    at: dict[str, Any] = {"at_s": entry.at}
    match entry.do:
        case Do.KILL:
            return at | {"do": "kill", "process": entry.number, "boot_s": entry.lasting}
        case Do.KILL_GROUP:
            return at | {"do": "kill", "group": entry.number, "boot_s": entry.lasting}
        case Do.SLOW_IO:
            return at | {"do": "slow-io", "factor": entry.factor, "for_s": entry.lasting}
        case Do.BURST:
            return at | {"do": "burst", "requests": entry.number, "for_s": entry.lasting}
        case Do.SLOTS:
            return at | {"do": "resize", "size": entry.number}
        case Do.CORES:
            return at | {"do": "resize", "cores": entry.quota or entry.number}
