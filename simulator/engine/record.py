"""What an engine writes down while it runs, and the trace made of it."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.plan import Plan
from simulator.plan.walk import Place, walk
from simulator.trace.table import Grants, Trace
from simulator.workload.table import Workload

KINDS = (np.int32, np.int16, np.float64, np.float64)
"""Of the columns of grants."""


@dataclass(frozen=True, eq=False)
class Record:
    """The columns of a trace over all rows of the workload; nan and -1 until something happened.

    Raises MemoryError where the machine cannot hold them.
    """

    places: tuple[Place, ...]
    arrival: NDArray[np.float64]
    reached: NDArray[np.float64]
    left: NDArray[np.float64]
    finished: NDArray[np.float64]
    outcome: NDArray[np.int8]
    process: NDArray[np.int32]
    slot: NDArray[np.int32]
    syn_retries: NDArray[np.int16]
    data_retries: NDArray[np.int16]
    lock_wait: NDArray[np.float64]

    @classmethod
    def blank(cls, plan: Plan, workload: Workload) -> "Record":
        """An empty record for this plan and workload."""
        n, places = len(workload), walk(plan, workload.phase_count)
        under_lock = sum(place.lock is not None for place in places)
        return cls(
            places=places,
            arrival=np.full(n, np.nan) if workload.clients_in_loop else workload.arrival,
            reached=np.full((n, len(places)), np.nan),
            left=np.full(n, np.nan),
            finished=np.full(n, np.nan),
            outcome=np.zeros(n, np.int8),
            process=np.full(n, -1, np.int32),
            slot=np.full((n, len(plan.pools)), -1, np.int32),
            syn_retries=np.zeros(n, np.int16),
            data_retries=np.zeros(n, np.int16),
            lock_wait=np.zeros((n, under_lock)),
        )

    def trace(self, plan: Plan, workload: Workload, grants: Grants | None) -> Trace:
        """The trace of the requests that were sent, in order of arrival."""
        columns = [column.name for column in fields(self) if column.name != "places"]
        if not workload.clients_in_loop:  # every row was sent, and they are in order
            return Trace(plan=plan, workload=workload, grants=grants, **{name: getattr(self, name) for name in columns})
        order = np.argsort(self.arrival, kind="stable")  # nan sorts last
        rows = order[: np.count_nonzero(~np.isnan(self.arrival))]
        if grants is not None:
            place_of_row = np.full(len(self.arrival), -1, np.int32)
            place_of_row[rows] = np.arange(len(rows), dtype=np.int32)
            grants = Grants(
                request=place_of_row[grants.request], place=grants.place, start=grants.start, end=grants.end
            )
        taken = {name: getattr(self, name)[rows] for name in columns}
        return Trace(plan=plan, workload=workload.take(rows), grants=grants, **taken)


def grants_table(columns: Iterable[ArrayLike]) -> Grants:
    """The columns request, place, start and end, put in order of time."""
    request, place, start, end = (np.asarray(column, kind) for column, kind in zip(columns, KINDS, strict=True))
    order = np.lexsort((request, end, start))
    return Grants(request=request[order], place=place[order], start=start[order], end=end[order])
