"""Run a plan under a workload: every path from a description to a trace goes through here."""

from collections.abc import Callable
from typing import Literal, Protocol

from simulator.engine.record import Shortage
from simulator.plan import Plan
from simulator.trace.table import Trace
from simulator.workload.table import Workload

EngineName = Literal["kernel", "reference"]
Progress = Callable[[float], None]

MOST_FURTHER = 1024
"""Further rows of one request. A job that kills whoever takes it, and comes again each time, has no end."""


class Draw(Protocol):
    """Draws the same requests again, with another number of rows."""

    def __call__(self, *, rounds: int | None, reserve: int) -> Workload:
        """In a closed loop so many rounds; and so many further rows for each request. The first ones stay the same."""


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

    ``detail`` also records every time that a lock was held (``Trace.grants``). How many requests a closed loop sends,
    how many are repeated and how many jobs are sent off is not known before; where the workload has too few rows,
    ``redraw`` is asked for twice as many. ``progress`` is called now and then with the simulated seconds so far.

    Raises ValueError for a workload that has too few rows, and no ``redraw``.
    """
    while True:
        trace = _run_once(plan, workload, engine, detail, progress)
        if isinstance(trace, Trace):
            return trace
        workload = _enlarged(workload, trace, redraw)


def _enlarged(workload: Workload, shortage: Shortage, redraw: Draw | None) -> Workload:
    rounds, reserve = None, workload.reserve
    if workload.clients_in_loop:
        rounds = workload.requests // workload.clients_in_loop
    if redraw is None or reserve >= MOST_FURTHER:
        few = f"{rounds} rounds of requests" if shortage is Shortage.ROUNDS else f"{reserve} further rows a request"
        advice = ": pass redraw=partial(draw, scenario)" if redraw is None else ""
        raise ValueError(f"{few} are too few for {workload.duration} s{advice}")
    if shortage is Shortage.FURTHER:
        return redraw(rounds=rounds, reserve=max(2 * reserve, 1))
    assert rounds is not None  # only a closed loop has them
    return redraw(rounds=2 * rounds, reserve=reserve)


def _run_once(
    plan: Plan, workload: Workload, engine: EngineName, detail: bool, progress: Progress | None
) -> Trace | Shortage:
    """The trace, or of which rows there were too few."""
    # Imported here: each engine is only loaded by those who use it.
    from simulator.engine.enlarging import enlarged

    if engine == "reference":
        from simulator.engine.reference.server import simulate
    else:
        from simulator.engine.kernel_run import simulate
    plan, workload = enlarged(plan, workload)
    trace = simulate(plan, workload, detail=detail, progress=progress)
    if isinstance(trace, Trace):
        trace.labels["engine"] = engine
    return trace
