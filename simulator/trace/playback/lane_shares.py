"""For which part of each column a lane did what, added up exactly from all that was done in it.

What to watch: a stretch adds to the column in which it begins what is left of that, and 1 to all further ones; its end
takes the same away. So all are added up at once, however many columns they cover.
"""

import numpy as np
from numpy.typing import NDArray

from simulator.trace.playback.activity import Activities, Activity
from simulator.trace.playback.lane_uses import Window

Floats = NDArray[np.float64]
DIGITS = 9
"""Of shares: sums in another order must not look different."""


def added_up(activity: Activities, start: Floats, end: Floats, lane: NDArray[np.int32], window: Window) -> Floats:
    """[activities, lanes, columns]; lanes count from the first one in the window."""
    width = window.columns + 2
    begin, stop = (np.clip(window.column(times), 0.0, window.columns) for times in (start, end))
    seen = np.flatnonzero((stop > begin) & (lane >= 0) & (lane < window.lanes))
    row = (activity[seen].astype(np.intp) * window.lanes + lane[seen]) * width
    change = np.zeros(len(Activity) * window.lanes * width)
    for edge, sign in ((begin[seen], 1.0), (stop[seen], -1.0)):
        whole = np.floor(edge)
        part, cell = edge - whole, row + whole.astype(np.intp)
        change += sign * np.bincount(cell, 1.0 - part, len(change))
        change += sign * np.bincount(cell + 1, part, len(change))
    shares = np.cumsum(change.reshape(len(Activity), window.lanes, width), axis=2)[:, :, : window.columns]
    return np.clip(np.round(shares, DIGITS), 0.0, 1.0)
