"""What has to be said about a measured run besides its figures: how the driver did, and what nobody had expected."""

import json
from dataclasses import asdict
from typing import Any

import numpy as np

from simulator.app.real.fitness import Fitness
from simulator.app.real.job import Ending, Result

LABEL = "driver"
EXPECTED_STATUSES = (0, 200, 502, 503, 504)


def driver_label(fit: Fitness, result: Result) -> str:
    """Everything about the driver, as text for the trace's label; JSON has no nan, so what is unknown is null."""
    about: dict[str, Any] = {name: _number(value) for name, value in asdict(fit).items() if name != "reasons"}
    statuses, counts = np.unique(result.status[result.ending == Ending.ANSWERED], return_counts=True)
    strange = {str(s): int(c) for s, c in zip(statuses, counts, strict=True) if s not in EXPECTED_STATUSES}
    broken = int((result.ending == Ending.BROKEN).sum())
    return json.dumps(
        about | {"valid": not fit.reasons, "reasons": fit.reasons, "broken": broken, "unexpected_statuses": strange}
    )


def _number(value: float) -> float | None:
    return round(value, 9) if np.isfinite(value) else None
