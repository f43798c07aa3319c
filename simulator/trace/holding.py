"""Which places of the walk hold a slot, and from when to when each request held its own."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Pool
from simulator.plan.walk import Place, freed_at, taken_at
from simulator.plan.words import Outcome
from simulator.trace.residence import Floats, Span
from simulator.trace.table import Trace


@dataclass(frozen=True, slots=True)
class Held:
    """The part of the walk during which a request holds a slot of a pool."""

    pool: Pool
    column: int
    """Column of ``Trace.slot``."""
    taken_at: int
    """The place where a request waits for the slot; it holds the slot when it leaves that place."""
    freed_at: int
    """The place that gives the slot back."""

    def __contains__(self, place: object) -> bool:
        """Whether a request at this place (an index into the walk) holds a slot."""
        return isinstance(place, int) and self.taken_at < place < self.freed_at


def held_parts(trace: Trace, places: tuple[Place, ...]) -> tuple[Held, ...]:
    """For every pool of the plan, in the order of the columns of ``Trace.slot``."""
    pools = enumerate(trace.plan.pools)
    return tuple(Held(pool, column, taken_at(places, pool), freed_at(places, pool)) for column, pool in pools)


@dataclass(frozen=True, eq=False, slots=True)
class Holdings:
    """Who held a slot of one pool when: one row for every request that got one. Times in seconds."""

    rows: NDArray[np.intp]
    slot: NDArray[np.int32]
    start: Floats
    end: Floats


def holdings(trace: Trace, part: Held, block: slice = slice(None)) -> Holdings:
    """The intervals during which slots of a pool were held; by some requests, or by all."""
    slot = trace.slot[block, part.column]
    rows = np.flatnonzero(slot >= 0)
    slot, rows = slot[rows], rows + (block.start or 0)
    start = trace.reached[:, part.taken_at + 1][rows]
    for place in range(part.taken_at + 2, part.freed_at + 1):
        missing = np.flatnonzero(np.isnan(start))
        if not len(missing):
            break
        start[missing] = trace.reached[:, place][rows[missing]]
    end = trace.reached[:, part.freed_at][rows]
    end = np.where(np.isnan(end), trace.horizon_s, end)
    if part.pool.frees_when_client_leaves:
        gone = trace.outcome[rows] == Outcome.GAVE_UP
        end = np.where(gone, np.minimum(end, trace.arrival[rows] + trace.workload.patience[rows]), end)
    got = np.flatnonzero(end > start)
    return Holdings(rows[got], slot[got], start[got], end[got])


def held_until(trace: Trace, part: Held, span: Span) -> Floats:
    """Until when the requests of a span that lies in this part have their slots: all of it, while their clients stay.

    Where nothing is given back early, that is ``span.end`` itself.
    """
    if not part.pool.frees_when_client_leaves:
        return span.end
    gone = trace.arrival[span.rows] + trace.workload.patience[span.rows]
    return np.clip(gone, span.start, span.end)
