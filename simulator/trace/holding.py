"""Which places of the walk hold a slot, and from when to when each request held its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Pool
from simulator.plan.walk import Place, Taking, takings
from simulator.plan.words import Outcome
from simulator.trace.residence import Floats, Span
from simulator.trace.table import Trace
from simulator.workload.table import Work


@dataclass(frozen=True, slots=True)
class Held:
    """The parts of the walk during which a request holds a slot of a pool. Of most pools it is one."""

    pool: Pool
    number: int
    """Of the pool in the plan."""
    takings: tuple[Taking, ...]
    columns: tuple[int, ...]
    """Of ``Trace.slot``, for each taking; none where there is no work that would need a slot."""

    def __contains__(self, place: object) -> bool:
        """Whether a request at this place (an index into the walk) holds a slot."""
        return isinstance(place, int) and any(each.taken_at < place < each.freed_at for each in self.takings)

    @property
    def places(self) -> tuple[int, ...]:
        """All places at which a request holds a slot."""
        return tuple(place for each in self.takings for place in each.held)

    @property
    def waits_at(self) -> tuple[int, ...]:
        """The places at which requests wait for a slot."""
        return tuple(each.taken_at for each in self.takings)

    def slots(self, trace: Trace, rows: NDArray[Any], places: NDArray[Any]) -> NDArray[np.int32]:
        """The slots that requests hold, each at a place at which one is held; -1 for one that is gone, or unknown."""
        if len(self.columns) == 1:
            return np.asarray(trace.slot[rows, self.columns[0]])
        found = np.full(len(rows), -1, np.int32)
        for taking, column in zip(self.takings, self.columns, strict=True):
            here = np.flatnonzero((places > taking.taken_at) & (places < taking.freed_at))
            found[here] = trace.slot[rows[here], column]
        return found


def held_parts(trace: Trace, places: tuple[Place, ...]) -> tuple[Held, ...]:
    """For every pool, in the order of the plan."""
    found: dict[Pool, list[tuple[int, Taking]]] = {pool: [] for pool in trace.plan.pools}
    for column, taking in enumerate(takings(trace.plan, places)):
        found[taking.pool].append((column, taking))
    return tuple(
        Held(pool, number, tuple(taking for _, taking in all_of), tuple(column for column, _ in all_of))
        for number, (pool, all_of) in enumerate(found.items())
    )


@dataclass(frozen=True, eq=False, slots=True)
class Holdings:
    """Who held a slot of one pool when: one row for every time that a request got one. Times in seconds."""

    rows: NDArray[np.intp]
    slot: NDArray[np.int32]
    start: Floats
    end: Floats


def holdings(trace: Trace, part: Held, block: slice = slice(None)) -> Holdings:
    """The intervals during which slots of a pool were held; by some requests, or by all."""
    every = [_taken(trace, *each, block) for each in zip(part.takings, part.columns, strict=True)]
    if len(every) == 1:
        return every[0]
    none = Holdings(np.empty(0, np.intp), np.empty(0, np.int32), np.empty(0), np.empty(0))
    return Holdings(
        *(np.concatenate([getattr(each, name) for each in (none, *every)]) for name in ("rows", "slot", "start", "end"))
    )


def _taken(trace: Trace, taking: Taking, column: int, block: slice) -> Holdings:
    slot = trace.slot[block, column]
    rows = np.flatnonzero(slot >= 0)
    slot, rows = slot[rows], rows + (block.start or 0)
    start = trace.reached[:, taking.taken_at + 1][rows]
    for place in range(taking.taken_at + 2, taking.freed_at + 1):
        missing = np.flatnonzero(np.isnan(start))
        if not len(missing):
            break
        start[missing] = trace.reached[:, place][rows[missing]]
    end = trace.reached[:, taking.freed_at][rows]
    end = np.where(np.isnan(end), trace.horizon_s, end)
    if taking.pool.frees_when_client_leaves:
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


def needing(trace: Trace, held: Sequence[Held], resource: str) -> NDArray[np.bool_]:
    """[n] which requests have pieces of work for which they need a slot of a pool; of anything else all."""
    part = next((part for part in held if part.pool.name == resource), None)
    places = [trace.places[at] for at in part.waits_at] if part is not None else []
    load = trace.workload
    if not places or any(place.piece is None for place in places):
        return np.ones(len(trace), np.bool_)
    of_class = [any(Work(kinds[p.piece or 0]).is_done_at(p) for p in places) for kinds in load.phase_kinds.tolist()]
    return np.array(of_class)[load.request_class]
