"""What calibrating found, as two tables: the constants with their spread, and the servers beside what they explain."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from simulator.app.amounts import MISSING, duration, three_digits
from simulator.app.calibrate.clock import Samples
from simulator.app.calibrate.findings import Finding
from simulator.app.calibrate.servers import ServerCost
from simulator.app.calibrate.work import seconds_of
from simulator.app.columns import aligned
from simulator.plan import Machine

QUIET = "bright_black"
INDENT = 2
SIZES = (("MiB", 2**20), ("KiB", 2**10), ("B", 1))


def tables(
    findings: Sequence[Finding], servers: Sequence[ServerCost], machine: Machine, ending: str
) -> Iterator[RenderableType]:
    """Both tables, and a last line."""
    yield Text("What this machine needs", style="bold cyan")
    yield _table(("", "median", "p10", "p90", "[machine]"), [_finding_row(each) for each in findings], {1, 2, 3})
    yield Text()
    yield Text("Computing of a real server for a request, and its memory", style="bold cyan")
    heads = ("", "median", "p10", "p90", "by the file", "process", "connection")
    yield _table(heads, [_server_row(each, machine) for each in servers], {1, 2, 3, 4, 5, 6})
    yield Text()
    yield Text(ending)


def size(number: float) -> str:
    """Bytes with their unit, to three digits: ``2.25 MiB``."""
    unit, worth = next(each for each in SIZES if number >= each[1] or each[1] == 1)
    return f"{three_digits(number / worth)} {unit}"


def spread(samples: Samples) -> tuple[float, float, float]:
    """Median, p10 and p90: the samples nearest to those ranks."""
    ordered = sorted(samples)
    last = len(ordered) - 1
    return ordered[len(ordered) // 2], ordered[round(0.1 * last)], ordered[round(0.9 * last)]


def _finding_row(finding: Finding) -> list[str]:
    written = size if finding.in_bytes else duration
    figures = [written(each) for each in spread(finding.samples)] if finding.samples else [MISSING] * 3
    return [finding.what, *figures, (finding.field or "").removesuffix("_s")]


def _server_row(server: ServerCost, machine: Machine) -> list[str]:
    figures = [duration(each) for each in spread(server.request_s)]
    process = size(spread(server.process_bytes)[0]) if server.process_bytes else MISSING
    held = size(server.connection_bytes) if server.connection_bytes else MISSING
    return [server.name, *figures, duration(seconds_of(server.work, machine)), process, held]


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], right: set[int]) -> RenderableType:
    lines = [[Text(head, style=QUIET) for head in heads], *([Text(cell) for cell in row] for row in rows)]
    for line in lines[1:]:
        line[1].stylize("bold")
    return aligned(lines, frozenset(right), INDENT)
