"""How the load driver of a measured run did, in words: whether its figures are the servers', or the driver's own."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.app.amounts import duration, percent
from simulator.trace.phrases import count


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
