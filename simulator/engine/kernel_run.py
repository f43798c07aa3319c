"""Run a plan on the kernel: lower it, let the events happen, read the record."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from simulator.engine.loading import kernel
from simulator.engine.lowering import lower
from simulator.engine.record import Record, grants_table
from simulator.plan import Plan
from simulator.trace.table import Trace
from simulator.workload.table import PER_ROW, Workload

EVENTS_AT_A_TIME = 200_000
"""The compiled loop cannot be interrupted; between two portions of this size Ctrl-C and progress get their turn."""


def simulate(
    plan: Plan, workload: Workload, *, detail: bool, progress: Callable[[float], None] | None = None
) -> Trace | None:
    """Run to the end. None if a closed loop needed more rows than the workload has."""
    module = kernel()
    record = Record.blank(plan, workload)
    run = module.set_up(lower(plan, workload), _own(workload), record, plan.cores, detail)
    while module.advance(run, EVENTS_AT_A_TIME):
        if progress is not None:
            progress(module.time(run))
    if module.ran_out(run):
        return None
    if not module.COMPILED:
        record = _filled(record, module.columns(run))
    return record.trace(plan, workload, grants_table(module.grants_so_far(run)) if detail else None)


def _own(workload: Workload) -> Workload:
    """The workload as the kernel reads it: with a place in memory for each row, though all rows may be alike."""
    columns = {name: getattr(workload, name) for name in PER_ROW}
    own = {name: np.require(column, requirements=("C", "W")) for name, column in columns.items() if column is not None}
    return replace(workload, **own)


def _filled(record: Record, columns: dict[str, list[float]]) -> Record:
    """The record with the columns that plain Python filled as lists."""
    arrays: dict[str, Any] = {}
    for name, values in columns.items():
        like = getattr(record, name)
        arrays[name] = np.array(values, like.dtype).reshape(like.shape)
    return replace(record, **arrays)
