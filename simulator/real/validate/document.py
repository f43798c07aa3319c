"""A validation for programs: one JSON document, or one line of CSV for every figure. Times in milliseconds."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import simulator
from simulator.real.validate.figures import Kind
from simulator.real.validate.pairs import Result
from simulator.real.validate.ranking import Order
from simulator.real.validate.verdict import Row
from simulator.words.numbers import json_number
from simulator.words.printable import harmless_cell, printable_json

Document = dict[str, Any]
UNITS = {Kind.RATE: "1/s", Kind.TIME: "ms", Kind.SHARE: "share"}
FIGURES = ("subject", "figure", "unit", "predicted", "measured", "low", "high", "error", "bar", "verdict")


def as_json(results: Sequence[Result], orders: Sequence[Order]) -> str:
    """The document as text, ending with a newline."""
    return printable_json(json.dumps(document(results, orders), indent=2, ensure_ascii=False, allow_nan=False)) + "\n"


def document(results: Sequence[Result], orders: Sequence[Order]) -> Document:
    """Everything that was found; what is unknown is null."""
    return {
        "version": simulator.__version__,
        "passed": all(result.passed for result in results) and not any(each.wrong for each in orders),
        "pairs": [_pair(result) for result in results],
        "orders": [asdict(each) for each in orders],
    }


def as_csv(results: Sequence[Result]) -> str:
    """A header, and a line for every figure of every pair."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(["server", "load", *FIGURES])
    for result in results:
        for row in result.rows:
            cells = [result.pair.server, result.pair.load, *_figure(row).values()]
            lines.writerow([harmless_cell(cell) if isinstance(cell, str) else cell for cell in cells])
    return text.getvalue()


def _pair(result: Result) -> Document:
    deployment = result.pair.deployment
    return {
        "server": result.pair.server,
        "load": result.pair.load,
        "model": deployment.model.name,
        "settings": asdict(deployment.config),
        "fronts": {model.name: asdict(config) for model, config in deployment.fronts},
        "requests": result.requests,
        "duration_s": result.duration,
        "passed": result.passed,
        "busy_machine": result.busy,
        "failure": result.failure,
        "repeats": [
            {
                "valid": driver.valid,
                "reasons": list(driver.reasons),
                "attempts": driver.attempts,
                "driver_cpu_peak": driver.cpu_peak,
                "driver_late_p99_ms": None if driver.late_p99 is None else json_number(1e3 * driver.late_p99),
                "other_programs": json_number(driver.others),
                "driver_priority": driver.priority or None,
            }
            for driver in result.drivers
        ],
        "figures": [_figure(row) for row in result.rows],
    }


def _figure(row: Row) -> Document:
    """The keys are ``FIGURES``."""
    scale = 1e3 if row.key.kind is Kind.TIME else 1.0
    numbers = {name: json_number(scale * getattr(row, name)) for name in ("predicted", "measured", "low", "high")}
    return {
        "subject": row.key.subject,
        "figure": row.key.name,
        "unit": UNITS[row.key.kind],
        **numbers,
        "error": json_number(row.error),
        "bar": row.bar,
        "verdict": row.verdict.value,
    }
