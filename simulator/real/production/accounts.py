"""What our application inside a production server has seen, as reports like those of our own servers.

What to watch: an application knows the number that the system gave to its process and its thread, not which worker of
the server that is. They are counted here, in the order in which they first served; one that has taken the place of
another gets its number.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from models.applications.account import HERE
from simulator.experiments.production import Production
from simulator.real.reports import Report, report_of

INSIDE = ("handle.", "respond")
"""Places that an application sees, by how their names begin."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """What one application says."""

    folder: Path
    production: Production

    def count(self) -> int:
        """How many requests are through, as far as the application knows."""
        return sum(1 for path in self.folder.iterdir() if not path.name.startswith(HERE) for _ in _lines(path))

    def read(self, rows: int) -> list[Report]:
        """All reports about rows of the workload."""
        return read_accounts(self.folder, self.production, rows)


def read_accounts(folder: Path, production: Production, rows: int) -> list[Report]:
    """All of them, with processes and threads counted as a model counts them."""
    lines = [line for path in sorted(folder.iterdir()) if not path.name.startswith(HERE) for line in _lines(path)]
    reports = [report for line in lines if (report := report_of(line)) is not None and 0 <= report.row < rows]
    reports.sort(key=_since)
    roles = dict(production.roles)
    processes, threads = production.processes, roles.get("threads", 1)
    numbers = _numbered([(report.process, report) for report in reports], processes)
    within: dict[int, list[tuple[int, Report]]] = {}
    for report in reports:
        within.setdefault(report.process, []).append((report.slot, report))
    seats = {process: _numbered(its, threads) for process, its in within.items()}
    return [
        _counted(report, numbers.get(report.process, -1), seats[report.process].get(report.slot, -1), threads)
        for report in reports
    ]


def _lines(path: Path) -> Iterator[str]:
    """A file is mapped, and longer than what stands in it."""
    written = path.read_bytes().partition(b"\0")[0]
    return iter(written.decode(errors="replace").splitlines())


def _since(report: Report) -> float:
    return min(report.marks.values(), default=0.0)


def _until(report: Report) -> float:
    return max(report.marks.values(), default=0.0)


def _numbered(served: Iterable[tuple[int, Report]], most: int) -> dict[int, int]:
    """A number below ``most`` for each; whoever comes when all have one takes that of who has been gone the longest."""
    served, last = list(served), dict[int, float]()
    for who, report in served:
        last[who] = max(last.get(who, 0.0), _until(report))
    numbers: dict[int, int] = {}
    holder: dict[int, int] = {}
    for who, report in served:
        if who in numbers:
            continue
        gone = [number for number, other in holder.items() if last[other] < _since(report)]
        if len(holder) < most:
            number = len(holder)
        elif gone:
            number = min(gone, key=lambda number: last[holder[number]])
        else:
            continue
        numbers[who] = number
        holder[number] = who
    return numbers


def _counted(report: Report, process: int, thread: int, threads: int) -> Report:
    known = process >= 0 and thread >= 0
    return replace(report, process=process, slot=process * threads + thread if known else -1)
