"""What the servers report: one line a request, ``row process slot outcome place=moment ... left=moment``."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

LEFT = "left"
CLOSED = "closed"
"""What the application in a production server sees instead: the server has taken its whole response."""


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


class Told(Protocol):
    """Where one server's reports come from."""

    def count(self) -> int:
        """How many there are by now."""

    def read(self, rows: int) -> Iterable[Report]:
        """Those about rows of the workload."""


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A file to which a server of ours appends."""

    path: Path

    def count(self) -> int:
        """Lines."""
        return self.path.read_bytes().count(b"\n") if self.path.exists() else 0

    def read(self, rows: int) -> Iterable[Report]:
        """One for each."""
        return read_reports(self.path, rows)


class Silence:
    """Of a server that reports nothing."""

    def count(self) -> int:
        """None."""
        return 0

    def read(self, _rows: int) -> Iterable[Report]:
        """None."""
        return ()


def read_reports(path: Path, rows: int) -> Iterator[Report]:
    """All reports about rows of the workload. A line that was cut off when a process was killed is passed over."""
    if not path.exists():
        return
    for line in path.read_text(errors="replace").splitlines():
        report = report_of(line)
        if report is not None and 0 <= report.row < rows:
            yield report


def report_of(line: str) -> Report | None:
    """What a line says; None where it was cut off."""
    try:
        return _report(line)
    except ValueError:
        return None


def _report(line: str) -> Report:
    row, process, slot, outcome, *marks = line.split()
    moments: dict[str, float] = {}
    for mark in marks:
        place, _, moment = mark.partition("=")
        moments.setdefault(place, float(moment))
    return Report(row=int(row), process=int(process), slot=int(slot), outcome=outcome, marks=moments)
