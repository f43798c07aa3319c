"""Run a plan under a workload: every path from a description to a trace goes through here."""

from collections.abc import Callable
from typing import Literal

from simulator.plan import Plan
from simulator.trace.table import Trace
from simulator.workload.table import Workload

EngineName = Literal["kernel", "reference"]
Progress = Callable[[float], None]
Draw = Callable[[int], Workload]
"""Draws the workload of a closed loop with so many rounds; more rounds never change the first ones."""


def run(
    plan: Plan,
    workload: Workload,
    *,
    engine: EngineName = "kernel",
    detail: bool = False,
    redraw: Draw | None = None,
    progress: Progress | None = None,
) -> Trace:
    """Simulate the workload on the plan until the last request has ended.

    ``detail`` also records every time that a lock was held (``Trace.grants``). In a closed loop the number of requests
    is not known before; where the workload has too few rounds, ``redraw`` is asked for twice as many. ``progress`` is
    called now and then with the simulated seconds so far.

    Raises ValueError for a closed loop that has too few rounds and no ``redraw``.
    """
    while True:
        trace = _run_once(plan, workload, engine, detail, progress)
        if trace is not None:
            return trace
        if redraw is None:
            rounds = len(workload) // workload.clients_in_loop
            raise ValueError(f"{rounds} rounds of requests are too few for {workload.duration} s")
        workload = redraw(2 * len(workload) // workload.clients_in_loop)


def _run_once(
    plan: Plan, workload: Workload, engine: EngineName, detail: bool, progress: Progress | None
) -> Trace | None:
    """The trace, or None if a closed loop ran out of rows."""
    # Imported here: each engine is only loaded by those who use it.
    from simulator.engine.enlarging import enlarged

    if engine == "reference":
        from simulator.engine.reference import simulate
    else:
        from simulator.engine.kernel_run import simulate
    plan, workload = enlarged(plan, workload)
    trace = simulate(plan, workload, detail=detail, progress=progress)
    if trace is not None:
        trace.labels["engine"] = engine
    return trace
