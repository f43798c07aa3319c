"""Stepping through a run: the moments at which anything changes for anybody, one after another, both ways.

What to watch: between two arrivals only requests that are in the system can change, so the next change is found among
the segments of those, wherever in the run that is.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simulator.trace.playback.ledger import Ledger

Floats = NDArray[np.float64]


def next_change(ledger: Ledger, t_s: float) -> float | None:
    """The first moment after this one at which a request comes, goes, or does something else; None after the last."""
    arrival = ledger.trace.arrival
    coming = int(arrival.searchsorted(t_s, "right"))
    first = float(arrival[coming]) if coming < len(arrival) else np.inf
    for times in _changes(ledger, t_s, first):
        first = min(first, float(np.min(times, initial=np.inf, where=times > t_s)))
    return first if first < np.inf else None


def previous_change(ledger: Ledger, t_s: float) -> float | None:
    """The last moment before this one at which a request came, went, or did something else; None before the first."""
    arrival = ledger.trace.arrival
    come = int(arrival.searchsorted(t_s, "left"))
    if not come:
        return None
    last = float(arrival[come - 1])
    for times in _changes(ledger, last, t_s):
        last = max(last, float(np.max(times, initial=-np.inf, where=times < t_s)))
    return last


def _changes(ledger: Ledger, start_s: float, end_s: float) -> Iterator[Floats]:
    """When anything changed, at least within a stretch: nan is never.

    A client may give up while its request stays where it is.
    """
    for cut in ledger.pieces(start_s, end_s):
        yield cut.start
        yield cut.end
    yield ledger.trace.finished[ledger.there(start_s, end_s)]
