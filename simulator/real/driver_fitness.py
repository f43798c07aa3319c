"""Was it the driver? How late it was, how much of a core it used, whether the run can be believed, and its label.

What to watch: a driver that cannot keep up makes any server look slow. A run counts only if the driver was idle for a
part of every second, and began its requests on time.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from simulator.real.job import Ending, Floats, Result
from simulator.trace.driver_words import driver_reasons
from simulator.words.language import speaking
from simulator.words.numbers import json_number

MOST_LATE_S = 0.005
MOST_LATE_SHARE = 0.05
"""Of the median latency. The p99 of the driver's own lateness may reach the larger of the two."""
SHORTEST_S = 0.5
"""A rest of a second that is shorter says nothing."""


@dataclass(frozen=True, kw_only=True)
class Fitness:
    """How the driver did. Times in seconds; nan where nothing was sent."""

    late_p50: float
    """Lateness: from the moment at which a client should have connected to the one at which it did."""
    late_p99: float
    late_max: float
    cpu_mean: float
    """Share of one core."""
    cpu_peak: float
    """The same in the worst second."""
    late_limit: float
    """What ``late_p99`` may be."""
    failed: int
    """Requests for which the driver had no socket or port."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the run is not valid; none if it is."""
        return tuple(driver_reasons(asdict(self)))


def fitness(result: Result, rtt: Floats) -> Fitness:
    """Judge a run; ``rtt`` has a row for each of the result's."""
    late = result.attempted - (result.arrival + 1.5 * np.maximum(rtt - result.network_rtt, 0.0))
    late = late[~np.isnan(late)]
    p50, p99, most = (float(x) for x in np.quantile(late, [0.5, 0.99, 1.0])) if len(late) else (np.nan,) * 3
    latency = (result.finished - result.arrival)[result.ending == Ending.ANSWERED]
    limit = max(MOST_LATE_S, MOST_LATE_SHARE * float(np.median(latency))) if len(latency) else MOST_LATE_S
    mean, peak = _cpu(result)
    return Fitness(
        late_p50=p50,
        late_p99=p99,
        late_max=most,
        cpu_mean=mean,
        cpu_peak=peak,
        late_limit=limit,
        failed=int((result.ending == Ending.DRIVER_FAILED).sum()),
    )


def _cpu(result: Result) -> tuple[float, float]:
    """Mean and largest share of a core."""
    lengths, used = np.diff(result.cpu_at), np.diff(result.cpu_used)
    if not lengths.sum() > 0.0:
        return 0.0, 0.0
    long = lengths >= SHORTEST_S
    peak = float((used[long] / lengths[long]).max(initial=0.0))
    return float(used.sum() / lengths.sum()), peak


# The label of a trace that says so, with what nobody had expected.

EXPECTED_STATUSES = (0, 200, 502, 503, 504)


def driver_label(fit: Fitness, result: Result) -> str:
    """Everything about the driver, as text for the trace's label; JSON has no nan, so what is unknown is null."""
    about: dict[str, Any] = {name: json_number(value) for name, value in asdict(fit).items()} | {"failed": fit.failed}
    with speaking("en"):  # for programs; people read what is made of the figures
        reasons = fit.reasons
    statuses, counts = np.unique(result.status[result.ending == Ending.ANSWERED], return_counts=True)
    strange = {str(s): int(c) for s, c in zip(statuses, counts, strict=True) if s not in EXPECTED_STATUSES}
    broken = int((result.ending == Ending.BROKEN).sum())
    return json.dumps(
        about
        | {
            "priority": result.priority,
            "valid": not reasons,
            "reasons": reasons,
            "broken": broken,
            "unexpected_statuses": strange,
        }
    )
