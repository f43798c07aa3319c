"""What an engine writes down while it runs, and the trace made of it."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from simulator.plan import Plan
from simulator.plan.walk import Place, walk
from simulator.trace.table import Columns, Grants, Trace, blank_columns
from simulator.workload.table import Workload

KINDS = (np.int32, np.int16, np.float64, np.float64)
"""Of the columns of grants."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Record(Columns):
    """The columns of a trace over all rows of the workload."""

    places: tuple[Place, ...]

    @classmethod
    def blank(cls, plan: Plan, workload: Workload) -> "Record":
        """An empty record for this plan and workload. Raises MemoryError where the machine cannot hold it."""
        return cls(places=walk(plan, workload.phase_count), **blank_columns(plan, workload))

    def trace(self, plan: Plan, workload: Workload, grants: Grants | None) -> Trace:
        """The trace of the requests that were sent, in order of arrival."""
        if not workload.clients_in_loop:  # every row was sent, and they are in order
            return Trace(plan=plan, workload=workload, grants=grants, **self.rows(slice(None)))
        order = np.argsort(self.arrival, kind="stable")  # nan sorts last
        rows = order[: np.count_nonzero(~np.isnan(self.arrival))]
        if grants is not None:
            place_of_row = np.full(len(self.arrival), -1, np.int32)
            place_of_row[rows] = np.arange(len(rows), dtype=np.int32)
            grants = Grants(
                request=place_of_row[grants.request], place=grants.place, start=grants.start, end=grants.end
            )
        return Trace(plan=plan, workload=workload.take(rows), grants=grants, **self.rows(rows))


def grants_table(columns: Iterable[ArrayLike]) -> Grants:
    """The columns request, place, start and end, put in order of time."""
    request, place, start, end = (np.asarray(column, kind) for column, kind in zip(columns, KINDS, strict=True))
    order = np.lexsort((request, end, start))
    return Grants(request=request[order], place=place[order], start=start[order], end=end[order])
