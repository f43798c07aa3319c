"""The latencies of a run as a curve: for each of many shares of the requests, the seconds that they took at most.

What to watch: shares crowd together near one, because a mean hides what happens there and a p99 is all about it.
"""

from dataclasses import dataclass

import numpy as np

from simulator.trace.outcomes import latencies, percentiles
from simulator.trace.table import Trace

Curve = tuple[float, ...]
BEYOND = tuple(float(part) for part in np.geomspace(1.0, 1e-3, 121))
"""The part of the requests that took longer, for each point of a curve: all of them, down to one in a thousand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """A pair's curves; each has a point for every one of ``BEYOND``, and is empty where nothing was completed."""

    predicted: Curve = ()
    measured: tuple[Curve, ...] = ()
    """Of the valid repeats."""


def curve(trace: Trace) -> Curve:
    """Seconds from the intended arrival to the last byte, of the completed requests in the window."""
    seconds = latencies(trace)
    return tuple(percentiles(seconds, [100.0 * (1.0 - part) for part in BEYOND])) if len(seconds) else ()
