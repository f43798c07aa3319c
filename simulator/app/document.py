"""The results as one document of plain data: what ``--json`` writes and ``summary.csv`` lists.

Its keys are a contract with everybody who reads them by program: add some, rename none. Times are in milliseconds where
the key says so. A figure that does not exist (the latency of no request) is null.
"""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from simulator.app.timeline_words import timeline_data, timeline_of
from simulator.trace.figures import Latency, ResourceSummary, Summary
from simulator.trace.table import Trace

Document = dict[str, Any]


def document(trace: Trace, summary: Summary) -> Document:
    """The results of a run, ready for JSON."""
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
        "cores": trace.plan.cores.count,
        "loop": summary.loop,
        "clients_in_loop": trace.workload.clients_in_loop or None,
        "duration_s": trace.workload.duration,
        "window_s": {"start": start, "end": end},
        "timeline": [timeline_data(entry) for entry in timeline_of(trace)],
        "requests": {
            "offered": summary.offered,
            "completed": summary.completed,
            "open": summary.open,
            "failed": dict(summary.failed),
        },
        "throughput_rps": _number(summary.throughput_rps),
        "goodput_rps": _number(summary.goodput_rps),
        "latency_ms": _latency(summary.latency),
        "classes": {
            name: {"offered": c.offered, "completed": c.completed, "latency_ms": _latency(c.latency)}
            for name, c in summary.classes.items()
        },
        "resources": {name: _resource(resource) for name, resource in summary.resources.items()},
        "where_time_goes_ms": _milliseconds(summary.where_time_goes),
        "where_slowest_ms": _milliseconds(summary.where_slowest),
        "bottleneck": _bottleneck(summary),
        "diagnosis": list(summary.diagnosis),
        **({"driver": json.loads(labels["driver"])} if "driver" in labels else {}),  # of a measured run only
    }


def as_json(results: Document) -> str:
    """The document as text, ending with a newline."""
    return json.dumps(results, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def flat(results: Document) -> Iterator[tuple[str, str | None]]:
    """Every figure of the document as a dotted key and a value, like ``latency_ms.p99``; null has no value."""
    yield from _flat("", results)


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
            yield key, value if isinstance(value, str) else json.dumps(value)
            return
    for name, item in inner:
        yield from _flat(f"{key}.{name}" if key else name, item)


def _latency(latency: Latency) -> Document:
    names = [field.name for field in fields(latency) if field.name not in ("samples", "thin")]
    figures = {name: _number(1e3 * getattr(latency, name)) for name in names}
    return {**figures, "samples": latency.samples, "fewer_than_ten_above": list(latency.thin)}


def _resource(resource: ResourceSummary) -> Document:
    return {
        "kind": resource.kind,
        "size": resource.size,
        "utilisation": _number(resource.utilisation),
        "split": {state: _number(share) for state, share in resource.split.items()},
        "queue_mean": _number(resource.queue_mean),
        "queue_max": _number(resource.queue_max),
    }


def _bottleneck(summary: Summary) -> Document | None:
    found = summary.bottleneck
    if found is None:
        return None
    return {
        "resource": found.resource,
        "utilisation": _number(found.utilisation),
        "rate_rps": _number(found.rate_rps),
        "ms_each": _number(1e3 * found.seconds_each),
        "limit_rps": _number(found.limit_rps),
    }


def _milliseconds(seconds: Mapping[str, float]) -> Document:
    return {state: _number(1e3 * value) for state, value in seconds.items()}


def _number(value: float) -> float | None:
    """Rounded to where rounding errors begin: JSON has no nan and no infinity."""
    return round(float(value), 9) if math.isfinite(value) else None
