"""What the servers report: one line a request, ``row process slot outcome place=moment ... left=moment``."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LEFT = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one server says about one request."""

    row: int
    process: int
    """-1: it does not say."""
    slot: int
    """Counted through all processes; -1: it held none."""
    outcome: str
    marks: dict[str, float]
    """Place, with _ for spaces, and the moment of time.monotonic() at which the request reached it."""


def read_reports(path: Path, rows: int) -> Iterator[Report]:
    """All reports about rows of the workload. A line that was cut off when a process was killed is passed over."""
    if not path.exists():
        return
    for line in path.read_text(errors="replace").splitlines():
        try:
            report = _report(line)
        except ValueError:
            continue
        if 0 <= report.row < rows:
            yield report


def _report(line: str) -> Report:
    row, process, slot, outcome, *marks = line.split()
    moments: dict[str, float] = {}
    for mark in marks:
        place, _, moment = mark.partition("=")
        moments.setdefault(place, float(moment))
    return Report(row=int(row), process=int(process), slot=int(slot), outcome=outcome, marks=moments)
