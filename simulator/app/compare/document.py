"""A comparison for programs: one JSON document, or one line of CSV for every figure and a column for each server.

What stands under ``runs`` is what ``simulate --json`` writes for each run; times are in milliseconds.
"""

import csv
import io
import json
import math
from collections.abc import Sequence
from typing import Any

import simulator
from simulator.app.compare.side import PERCENTILES, Side
from simulator.app.document import document, flat


def as_json(sides: Sequence[Side]) -> str:
    """The document as text, ending with a newline."""
    found = {
        "version": simulator.__version__,
        "load": sides[0].trace.labels.get("load"),
        "runs": [{"server": side.words, **document(side.trace, side.summary)} for side in sides],
        "differences": [_difference(side, sides[0]) for side in sides[1:]],
    }
    return json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def as_csv(sides: Sequence[Side]) -> str:
    """A header, and a line for every figure that any of the runs has."""
    runs = [dict(flat(document(side.trace, side.summary))) for side in sides]
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(["figure", *(f"{side.letter} {side.words}" for side in sides)])
    for figure in dict.fromkeys(key for run in runs for key in run):
        lines.writerow([figure, *(run.get(figure) for run in runs)])
    return text.getvalue()


def _difference(side: Side, first: Side) -> dict[str, Any]:
    """How much longer the percentiles are than those of the first server; null where there are no samples."""
    differences = {name: 1e3 * (side.percentile_s(name) - first.percentile_s(name)) for name in PERCENTILES}
    return {
        "server": side.words,
        "less": first.words,
        "latency_ms": {name: round(ms, 9) if math.isfinite(ms) else None for name, ms in differences.items()},
    }
