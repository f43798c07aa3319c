"""One trace out of what the driver saw and what each server reported: all clocks are one, so nothing is fitted.

What to watch: every server knows only its own places. Behind a proxy there are two servers, so the walk of the whole is
taken apart into the places of each. What nobody reported is nan; when it was ready, and so how long it waited for its
turn, is worked out in ``waits``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from simulator.app.real.endings import outcomes
from simulator.app.real.job import Result
from simulator.app.real.reports import LEFT, Report
from simulator.app.real.waits import enter_waits
from simulator.plan import Outcome, Plan, Pool
from simulator.plan.walk import Place, connected_at, walk
from simulator.trace.table import Trace, blank_columns
from simulator.workload.table import Workload

CONNECT = "connect_"
"""With this begins a proxy's mark for turning to the server behind it, whose places it does not know."""


def merge(plans: Sequence[Plan], workload: Workload, result: Result, reports: Sequence[Iterable[Report]]) -> Trace:
    """The trace of a measured run.

    ``plans``: of the server alone, then with one more front each, the whole being the last. ``reports``: of the server,
    then of each front.
    """
    plan = plans[-1]
    said = [list(its) for its in reports]
    seen = {
        "finished": result.finished.copy(),
        "outcome": outcomes(plan, result, said[-1]),
        "syn_retries": result.syn_retries,
    }
    if workload.clients_in_loop:
        seen["arrival"] = result.arrival
    trace = Trace(
        plan=plan,
        workload=workload,
        **blank_columns(plan, workload) | seen,
    )
    trace.finished[trace.outcome == Outcome.OPEN] = np.nan
    trace.reached[:, 0] = np.where(np.isnan(trace.arrival), np.nan, trace.arrival)
    for layer, (columns, its) in enumerate(zip(layers(plans, workload.phase_count), said, strict=True)):
        _enter(trace, columns, its, result.start, innermost=layer == 0, outermost=layer == len(plans) - 1)
    if len(trace.places) > 1:
        trace.reached[:, 1] = result.stood
    enter_waits(trace, result.sent)
    _put_in_order(trace.reached)
    return _sent(trace)


def layers(plans: Sequence[Plan], phase_count: int) -> list[dict[str, int]]:
    """For each server, the innermost first: its places as it names them, and their columns in the walk of the whole."""
    walks = [walk(plan, phase_count) for plan in reversed(plans)]
    first = 0
    bounds = [(first, len(walks[0]))]  # of each plan's places within those of the whole, the outermost first
    for outer, inner in pairwise(walks):
        first += _where(outer, inner)
        bounds.append((first, first + len(inner)))
    found: list[dict[str, int]] = [{} for _ in bounds]
    for column, place in enumerate(walks[0]):
        depth = max(d for d, (start, end) in enumerate(bounds) if start <= column < end)
        name, own = place.name.split(" #")[0], found[depth]
        own[name if name not in own else f"{name} #{sum(key.split(' #')[0] == name for key in own) + 1}"] = column
    return found[::-1]


def _where(outer: Sequence[Place], inner: Sequence[Place]) -> int:
    """At which place of ``outer`` the walk ``inner`` begins: where its backlog is connected to."""
    door = inner[0].knocks_at
    found = None if door is None else connected_at(outer, door)
    assert found is not None  # every server has a door, and what stands in front of it connects to it
    return found


def _enter(
    trace: Trace, columns: dict[str, int], reports: Iterable[Report], start: float, *, innermost: bool, outermost: bool
) -> None:
    """Write one server's reports into the trace."""
    by_mark = {name.replace(" ", "_"): column for name, column in columns.items()}
    pools = list(trace.plan.pools)
    held = [pools.index(pool) for pool in _pools(trace, columns)]
    inner = None if innermost else _behind(trace, columns)
    for report in reports:
        row = report.row
        for mark, moment in report.marks.items():
            column = inner if mark.startswith(CONNECT) else by_mark.get(mark)
            if column is not None:
                trace.reached[row, column] = moment - start
        if outermost and LEFT in report.marks:
            trace.left[row] = report.marks[LEFT] - start
        if innermost:
            trace.process[row] = report.process
        if report.slot >= 0 and held:
            trace.slot[row, held[0]] = report.slot
    if inner is not None:  # on one machine the connection stands at once
        trace.reached[:, inner + 1] = trace.reached[:, inner]


def _behind(trace: Trace, columns: dict[str, int]) -> int:
    """The column of a proxy's connect to the server behind it: the first place after the proxy's own."""
    return next(column for column in range(1, len(trace.places)) if column not in columns.values())


def _pools(trace: Trace, columns: dict[str, int]) -> list[Pool]:
    """The pools from which a server takes slots."""
    taken = [trace.places[column].takes for column in columns.values()]
    return [pool for pool in taken if pool is not None]


def _put_in_order(reached: NDArray[np.float64]) -> None:
    """No place before the one in front of it.

    The client learns some microseconds after the server that the connection stands; its moment gives way.
    """
    later = np.full(len(reached), np.inf)
    for column in range(reached.shape[1] - 1, -1, -1):
        here = reached[:, column]
        later = np.fmin(here, later)
        reached[:, column] = np.where(np.isnan(here), np.nan, later)


def _sent(trace: Trace) -> Trace:
    """Only what was sent, in order of arrival."""
    if not trace.workload.clients_in_loop:
        return trace
    rows = np.argsort(trace.arrival, kind="stable")[: np.count_nonzero(~np.isnan(trace.arrival))]
    return replace(trace, workload=trace.workload.take(rows), **trace.rows(rows))
