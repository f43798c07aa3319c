"""SYNs that found the backlog full: when the first of them was dropped, and whose it was.

What to watch: under overload a client sends its SYN up to a dozen times, so that a million requests come to many
million drops. What one should see is where they begin.
"""

import numpy as np

from simulator.trace.playback.events import Details, EventKind, Events, events_of
from simulator.trace.playback.place_map import PlaceMap, by_client
from simulator.trace.playback.waiting_lines import WaitingLine
from simulator.trace.table import Trace

ROUNDING_S = 1e-9


def first_drop(trace: Trace, place_map: PlaceMap, line: WaitingLine) -> Events:
    """The earliest drop of a connect; none where there is none.

    A SYN was dropped if it was repeated, or if it was the last one of a connect that failed with no SYN answered.
    """
    in_vain = ~line.went_on & (trace.data_retries == 0)
    rows = np.flatnonzero(~np.isnan(line.came) & ((trace.syn_retries > 0) | in_vain))
    trip = trace.workload.rtt[rows] if by_client(place_map.places[line.place]) else np.zeros(len(rows))
    came = line.came[rows] + trip / 2
    dropped = np.flatnonzero(came + trip < line.left[rows] - ROUNDING_S)
    earliest = dropped[np.argmin(came[dropped], keepdims=True)] if len(dropped) else dropped
    return events_of(EventKind.SYN_DROPPED, came[earliest], rows[earliest], Details(place=line.place))
