"""How each request ended for its client: what the driver saw, made exact by what the outermost server said about it.

What to watch: a client cannot tell a server that dies from one that turns it away without a word. The server can: it
reports whom it heard, and a proxy reports why it answered 502.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.app.real.job import Ending, Result
from simulator.app.real.reports import Report
from simulator.plan import Outcome, Plan

OUTCOMES = {
    Ending.OPEN: Outcome.OPEN,
    Ending.ANSWERED: Outcome.COMPLETED,
    Ending.REFUSED: Outcome.REFUSED,
    Ending.BROKEN: Outcome.BROKEN,
    Ending.CONNECT_TIMEOUT: Outcome.CONNECT_TIMEOUT,
    Ending.GAVE_UP: Outcome.GAVE_UP,
    Ending.DRIVER_FAILED: Outcome.OPEN,  # and the run is not valid
}
STATUSES = {502: Outcome.BAD_GATEWAY, 503: Outcome.QUEUE_FULL, 504: Outcome.UPSTREAM_TIMEOUT}
"""Of answers other than 200. All others are no response that a client could use: broken."""
SAID = {
    "upstream_refused": Outcome.REFUSED,  # a 502 because no server behind took the connection
    "connection_limit": Outcome.CONNECTION_LIMIT,
}
"""What a server may report of a request that did not get its response."""
EXPLAINED = (Outcome.BROKEN, Outcome.BAD_GATEWAY)
"""Where the server's own word is more exact than what the client saw."""


def outcomes(plan: Plan, result: Result, outermost: Sequence[Report]) -> NDArray[np.int8]:
    """[n] An ``Outcome`` for every row; ``outermost`` are the reports of the server that clients connect to."""
    found = np.array([OUTCOMES[Ending(ending)] for ending in result.ending.tolist()], np.int8)
    answered = result.ending == Ending.ANSWERED
    found[answered & (result.status != 200)] = Outcome.BROKEN
    for status, outcome in STATUSES.items():
        found[answered & (result.status == status)] = outcome
    said = {report.row: report.outcome for report in outermost}
    turned_away = _turned_away(plan)
    for row in np.flatnonzero(np.isin(found, EXPLAINED)).tolist():
        if row in said:
            found[row] = SAID.get(said[row], found[row])
        elif result.ending[row] == Ending.BROKEN:
            found[row] = turned_away
    return found


def _turned_away(plan: Plan) -> Outcome:
    """What it means that a server closes a connection before it has heard anything."""
    first = next(iter(plan.pools), None)
    if first is None or first.queue_limit is None:
        return Outcome.BROKEN
    return first.when_full
