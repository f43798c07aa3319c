"""What an engine writes down while it runs, and the trace made of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from simulator.plan import Plan
from simulator.plan.processes import every_process
from simulator.plan.walk import Place, walk
from simulator.trace.columns import Columns, blank_columns, renumbered
from simulator.trace.table import Grants, Trace
from simulator.workload.table import Workload

KINDS = (np.int32, np.int16, np.int16, np.float64, np.float64)
"""Of the columns of grants."""


class Shortage(Enum):
    """Of which rows a run needed more than the workload has."""

    ROUNDS = "rounds of a closed loop"
    FURTHER = "further rows of a request"


@dataclass(frozen=True, eq=False, kw_only=True)
class Record(Columns):
    """The columns of a trace over all rows of the workload."""

    places: tuple[Place, ...]

    @classmethod
    def blank(cls, plan: Plan, workload: Workload) -> "Record":
        """An empty record for this plan and workload. Raises MemoryError where the machine cannot hold it."""
        n, places = len(workload), walk(plan, workload.phase_count)
        columns = blank_columns(plan, workload)
        if workload.reserve:
            columns |= {"arrival": np.full(n, np.nan), "parent": np.full(n, -1, np.int32)}
            columns["attempt"] = np.zeros(n, np.int16)
        if any(each.groups for each in every_process(plan, places)):
            columns["group"] = np.full(n, -1, np.int32)
        if plan.cores.wake_cost_s:
            columns["woken"] = np.zeros((n, len(places)))
        return cls(places=places, **columns)

    def trace(self, plan: Plan, workload: Workload, grants: Grants | None) -> Trace:
        """The trace of the rows that began, in order of arrival."""
        if not workload.clients_in_loop and not workload.reserve:  # every row began, and they are in order
            return Trace(plan=plan, workload=workload, grants=grants, **self.rows(slice(None)))
        began = np.flatnonzero(~np.isnan(self.arrival))
        rows = began[np.argsort(self.arrival[began], kind="stable")]
        if grants is not None:
            grants = replace(grants, request=renumbered(grants.request, rows, len(self.arrival)))
        columns: dict[str, Any] = self.rows(rows)
        load = workload.take(rows)
        if workload.reserve:
            columns["parent"] = renumbered(columns["parent"], rows, len(self.arrival))
            if not workload.clients_in_loop:
                load = replace(load, arrival=columns["arrival"])
        return Trace(plan=plan, workload=load, grants=grants, **columns)


def grants_table(columns: Iterable[ArrayLike]) -> Grants:
    """The columns request, place, lock, start and end, put in order of time."""
    request, place, lock, start, end = (np.asarray(column, kind) for column, kind in zip(columns, KINDS, strict=True))
    order = np.lexsort((lock, request, end, start))
    request, place, lock, start, end = request[order], place[order], lock[order], start[order], end[order]
    return Grants(request=request, place=place, lock=lock, start=start, end=end)
