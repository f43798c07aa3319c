"""``python -m tests.quiet.table FILE.csv``: the figures of a validation as the table of docs/validation.md.

One line a case, over all its requests: predicted and measured mean, and how far each figure is off. A figure in
brackets has too few samples above it, or comes from an overload, to be judged. Production servers have narrower bars
than ``simulate validate`` has: what they cost was measured before, and nothing disturbs the machine.
"""

import csv
import re
import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

Row = dict[str, str]
ERRORS = ("throughput", "mean", "p50", "p95", "p99")
PRODUCTION = ("gunicorn", "uvicorn", "uwsgi", "waitress")
"""With these words begin the names of servers that people deploy."""
BARS = {"throughput": 0.02, "mean": 0.05, "p50": 0.05, "p95": 0.10, "p99": 0.15}
BESIDE_COMPUTING = BARS | {"mean": 0.10, "p50": 0.10, "p95": 0.15, "p99": 0.20}
"""Where a request computes for long, under one GIL or on one loop, and the others wait for it."""
SATURATION_BAR = 0.05
"""Of the throughput under overload."""
SHORTER = (
    (' --set requests.list.steps=[{cpu="20 ms"},{io="50 ms"},{cpu="20 ms"},{io="100 ms"},{cpu="20 ms"}]', ""),
    (' --set requests.detail.steps=[{cpu="40 ms"},{io="120 ms"},{cpu="20 ms"}]', ", 20 x computing"),
    (' --set requests.page.response="4MiB"', ", 4 MiB"),
    (" --set requests.page.response=4MiB", ", 4 MiB"),
    (' --set requests.page.steps=[{cpu="0.5 ms"},{io="5 ms"}] --set clients.browser.rtt="0 ms"', ", short"),
    (' --set clients.browser.rtt="0 ms"', ", no round trip"),
    (" --set machine.cores=1", ""),
    (" --rate ", ", "),
)


def bar_of(row: Row) -> float | None:
    """How far a figure may be off; None where it is not judged."""
    if row["verdict"] == "not judged" or not row["bar"]:
        return None
    own = float(row["bar"])
    if not row["server"].startswith(PRODUCTION) or row["unit"] == "share":
        return own
    if row["figure"] == "throughput" and own >= 2 * SATURATION_BAR:
        return SATURATION_BAR
    return (BESIDE_COMPUTING if "mixed" in row["load"] else BARS)[row["figure"]]


def is_outside(row: Row) -> bool:
    """Whether the figure is off by more than its bar, and not just another measurement."""
    bar = bar_of(row)
    return bar is not None and row["verdict"] != "inside the spread" and abs(float(row["error"])) > bar


def table(rows: Iterable[Row]) -> Iterator[str]:
    """The lines of the table."""
    yield (
        "| server | load, requests/s | mean, predicted | measured | " + " | ".join(ERRORS) + " | worst of all classes |"
    )
    yield "|---|---|---:|---:|" + "---:|" * len(ERRORS) + "---:|"
    for (server, load), group in groupby(rows, key=lambda row: (row["server"], row["load"])):
        figures = list(group)
        overall = {row["figure"]: row for row in figures if row["subject"] == "all"}
        mean = overall["mean"]
        cells = [server, _short(load), _time(mean["predicted"]), _time(mean["measured"])]
        cells += [_error(overall[name]) for name in ERRORS]
        yield f"| {' | '.join([*cells, _worst(figures)])} |"


def _short(load: str) -> str:
    for long, short in SHORTER:
        load = load.replace(long, short)
    return re.sub(r" --duration \w+| --machine \S+| --profile \S+", "", load)


def _time(milliseconds: str) -> str:
    number = float(milliseconds)
    return f"{number / 1e3:.2f} s" if number >= 1e3 else f"{number:.3g} ms"


def _error(row: Row) -> str:
    said = f"{100 * float(row['error']):+.1f} %"
    return f"({said})" if row["verdict"] == "not judged" else said


def _worst(figures: list[Row]) -> str:
    judged = [row for row in figures if row["verdict"] != "not judged" and row["unit"] != "share"]
    worst = max(judged, key=lambda row: abs(float(row["error"])))
    outside = any(map(is_outside, figures))
    return f"{_error(worst)}{' **outside**' if outside else ''}"


def main() -> None:
    """Print the table of the file that is named."""
    with Path(sys.argv[1]).open(newline="") as stream:
        sys.stdout.writelines(f"{line}\n" for line in table(csv.DictReader(stream)))


if __name__ == "__main__":
    main()
