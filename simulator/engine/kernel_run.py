"""Run a plan on the kernel: lower it, let the events happen, read the record."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from simulator.engine.loading import kernel
from simulator.engine.lowering import Program, lower
from simulator.engine.record import Record, Shortage, grants_table
from simulator.plan import Plan
from simulator.trace.table import Grants, Trace
from simulator.workload.table import Workload

EVENTS_AT_A_TIME = 200_000
"""The compiled loop cannot be interrupted; between two portions of this size Ctrl-C and progress get their turn."""


def simulate(
    plan: Plan, workload: Workload, *, detail: bool, progress: Callable[[float], None] | None = None
) -> Trace | Shortage:
    """Run to the end, or until the workload has too few rows."""
    module = kernel()
    record = Record.blank(plan, workload)
    program = lower(plan, workload)
    run = module.set_up(program, workload, record, detail)
    while module.advance(run, EVENTS_AT_A_TIME):
        if progress is not None:
            progress(module.time(run))
    rounds, further = module.ran_out(run)
    if rounds or further:
        return Shortage.FURTHER if further else Shortage.ROUNDS
    if not module.COMPILED:
        record = _filled(record, module.columns(run))
    return record.trace(plan, workload, _grants(plan, program, module.grants_so_far(run)) if detail else None)


def _grants(plan: Plan, program: Program, columns: tuple[Any, ...]) -> Grants:
    """The holds that the kernel noted, with the numbers of locks in place of those of stations."""
    request, place, station, start, end = columns
    number_of = np.zeros(len(program.stations.all) + 1, np.int16)
    for number, lock in enumerate(plan.locks):
        number_of[program.stations.number(lock)] = number
    return grants_table((request, place, number_of[np.asarray(station, np.intp)], start, end))


def _filled(record: Record, columns: dict[str, list[float]]) -> Record:
    """The record with the columns that plain Python filled as lists."""
    arrays: dict[str, Any] = {}
    for name, values in columns.items():
        like = getattr(record, name)
        if not like.flags.writeable:  # a rare column without anything in it
            continue
        arrays[name] = np.array(values, like.dtype).reshape(like.shape)
    return replace(record, **arrays)
