"""One trace out of what the driver saw and what each server reported: all clocks are one, so nothing is fitted.

What to watch: every server knows only its own places. Behind a proxy there are two servers, so the walk of the whole is
taken apart into the places of each. What nobody reported is nan; when it was ready, and so how long it waited for its
turn, is worked out in ``measured_waits``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.wire.report import LOST
from simulator.plan import Outcome, Plan, Pool
from simulator.plan.walk import Place, connected_at, takings, walk
from simulator.real.job import Ending, Result
from simulator.real.measured_waits import enter_waits, put_in_order
from simulator.real.reports import CLOSED, LEFT, Report
from simulator.trace.columns import blank_columns
from simulator.trace.table import Trace
from simulator.workload.table import Work, Workload

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
        "outcome": outcomes(plan, result, said[-1], crashes=deadly(workload)),
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
    door = _door(trace.places)
    for column in range(door + 1):
        trace.reached[:, column] = np.where(np.isnan(trace.arrival), np.nan, trace.arrival)
    for layer, (columns, its) in enumerate(zip(layers(plans, workload.phase_count), said, strict=True)):
        _enter(trace, columns, its, result.start, innermost=layer == 0, outermost=layer == len(plans) - 1)
    if len(trace.places) > door + 1:
        trace.reached[:, door + 1] = result.stood
    enter_waits(trace, result.sent)
    _lose(trace, [report.row for report in said[0] if report.outcome == LOST])
    put_in_order(trace.reached)
    _give_slots(trace)
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
    door = inner[_door(inner)].knocks_at
    found = None if door is None else connected_at(outer, door)
    assert found is not None  # every server has a door, and what stands in front of it connects to it
    return found - _door(inner)


def _door(places: Sequence[Place]) -> int:
    """Where one connects; before it, at most, one of several sockets is chosen."""
    return next((i for i, place in enumerate(places) if place.knocks_at is not None), 0)


def _enter(
    trace: Trace, columns: dict[str, int], reports: Iterable[Report], start: float, *, innermost: bool, outermost: bool
) -> None:
    """Write one server's reports into the trace."""
    by_mark = {name.replace(" ", "_"): column for name, column in columns.items()}
    mine = set(columns.values())
    held = [column for column, taking in enumerate(takings(trace.plan, trace.places)) if taking.taken_at in mine]
    freed = [column for column in mine if trace.places[column].frees and trace.places[column].piece is None]
    inner = None if innermost else _behind(trace, columns)
    for report in reports:
        row = report.row
        for mark, moment in report.marks.items():
            column = inner if mark.startswith(CONNECT) else _meant(trace, row, by_mark.get(mark))
            if column is not None:
                trace.reached[row, column] = moment - start
        over = report.marks.get(LEFT, report.marks.get(CLOSED))
        if outermost and over is not None:
            trace.left[row] = over - start
        if CLOSED in report.marks:  # with the response, the worker or thread is rid of the request
            trace.reached[row, freed] = report.marks[CLOSED] - start
        if innermost:
            trace.process[row] = report.process
        if report.slot >= 0 and held:
            trace.slot[row, held[0]] = report.slot
    if inner is not None:  # on one machine the connection stands at once
        for column in range(inner + 1, inner + _door(trace.places[inner:]) + 2):
            trace.reached[:, column] = trace.reached[:, inner]


AT_ONCE_S = 0.1
"""A process has written down whom it takes along before it is gone."""


def _lose(trace: Trace, rows: Sequence[int]) -> None:
    """Who was lost with a process left the server at the very moment at which it died, as in a simulated run, and has
    reached nothing that a wait would have led to.
    """
    load, lost = trace.workload, np.array(rows, np.intp)
    for index, place in enumerate(trace.places):
        if place.phase is None:
            continue
        fatal = (load.phase_kinds[load.request_class, place.phase] == Work.CRASH) & (load.phases[:, place.phase] > 0.0)
        for row in np.flatnonzero(fatal & ~np.isnan(trace.reached[:, index])).tolist():
            at = trace.reached[row, index]
            with_it = lost[(trace.process[lost] == trace.process[row]) & (np.abs(trace.left[lost] - at) < AT_ONCE_S)]
            trace.left[with_it] = at
            trace.reached[with_it] = np.where(trace.reached[with_it] > at, np.nan, trace.reached[with_it])


def _behind(trace: Trace, columns: dict[str, int]) -> int:
    """The column of a proxy's connect to the server behind it: the first place after the proxy's own."""
    return next(column for column in range(1, len(trace.places)) if column not in columns.values())


def _meant(trace: Trace, row: int, column: int | None) -> int | None:
    """Where a piece is done that a request has; a server need not say that somebody else does it."""
    phase = None if column is None else trace.places[column].phase
    if column is None or phase is None:
        return column
    kind = Work(trace.workload.phase_kinds[trace.workload.request_class[row], phase])
    if kind.is_done_at(trace.places[column]):
        return column
    return next((i for i, place in enumerate(trace.places) if place.phase == phase and kind.is_done_at(place)), column)


def _give_slots(trace: Trace) -> None:
    """Which helper did which piece no server says: as in a model, that which had been idle longest."""
    of_pool: dict[Pool, list[tuple[float, float, int, int]]] = {}
    for column, taking in enumerate(takings(trace.plan, trace.places)):
        if trace.places[taking.taken_at].piece is None:
            continue
        begun, over = (trace.reached[:, place] for place in (taking.taken_at + 1, taking.freed_at))
        rows = np.flatnonzero(~np.isnan(begun) & ~np.isnan(over))
        stays = zip(begun[rows].tolist(), over[rows].tolist(), rows.tolist(), strict=True)
        of_pool.setdefault(taking.pool, []).extend((start, end, row, column) for start, end, row in stays)
    for pool, stays_of in of_pool.items():
        free_at = np.full((pool.processes, pool.size), -np.inf)
        for start, end, row, column in sorted(stays_of):
            copy = max(int(trace.process[row]), 0) if pool.processes > 1 else 0
            slot = int(free_at[copy].argmin())
            if free_at[copy, slot] <= start:
                free_at[copy, slot], trace.slot[row, column] = end, copy * pool.size + slot


def _sent(trace: Trace) -> Trace:
    """Only what was sent, in order of arrival."""
    if not trace.workload.clients_in_loop:
        return trace
    rows = np.argsort(trace.arrival, kind="stable")[: np.count_nonzero(~np.isnan(trace.arrival))]
    return replace(trace, workload=trace.workload.take(rows), **trace.rows(rows))


# How each request ended: what the driver saw, made exact by what the outermost server said about it. A client cannot
# tell a server that dies from one that turns it away without a word. The server can: it reports whom it heard, and a
# proxy reports why it answered 502.

OUTCOMES = {
    Ending.OPEN: Outcome.OPEN,
    Ending.ANSWERED: Outcome.COMPLETED,
    Ending.REFUSED: Outcome.REFUSED,
    Ending.BROKEN: Outcome.BROKEN,
    Ending.CONNECT_TIMEOUT: Outcome.CONNECT_TIMEOUT,
    Ending.GAVE_UP: Outcome.GAVE_UP,
    Ending.DRIVER_FAILED: Outcome.OPEN,  # and the run is not valid
}
STATUSES = {502: Outcome.BAD_GATEWAY, 503: Outcome.QUEUE_FULL, 504: Outcome.UPSTREAM_TIMEOUT}
"""Of answers other than 200. All others are no response that a client could use: broken."""
SAID = {
    "upstream_refused": Outcome.REFUSED,  # a 502 because no server behind took the connection
    "connection_limit": Outcome.CONNECTION_LIMIT,
    LOST: Outcome.CRASHED,
}
"""What a server may report of a request that did not get its response."""
EXPLAINED = (Outcome.BROKEN, Outcome.BAD_GATEWAY)
"""Where the server's own word is more exact than what the client saw."""


def outcomes(plan: Plan, result: Result, outermost: Sequence[Report], *, crashes: bool = False) -> NDArray[np.int8]:
    """[n] An ``Outcome`` for every row; ``outermost`` are the reports of the server that clients connect to.

    ``crashes``: processes die of some of the requests, so whom nobody reports was lost with one.
    """
    found = np.array([OUTCOMES[Ending(ending)] for ending in result.ending.tolist()], np.int8)
    answered = result.ending == Ending.ANSWERED
    found[answered & (result.status != 200)] = Outcome.BROKEN
    for status, outcome in STATUSES.items():
        found[answered & (result.status == status)] = outcome
    said = {report.row: report.outcome for report in outermost}
    turned_away = Outcome.CRASHED if crashes else _turned_away(plan)
    for row in np.flatnonzero(np.isin(found, EXPLAINED)).tolist():
        if row in said:
            found[row] = SAID.get(said[row], found[row])
        elif result.ending[row] == Ending.BROKEN:
            found[row] = turned_away
    return found


def deadly(workload: Workload) -> bool:
    """Whether processes die of some of its requests."""
    kinds = workload.phase_kinds[workload.request_class]
    return bool(((kinds == Work.CRASH) & (workload.phases > 0.0)).any())


def _turned_away(plan: Plan) -> Outcome:
    """What it means that a server closes a connection before it has heard anything."""
    first = next(iter(plan.pools), None)
    if first is None or first.queue_limit is None:
        return Outcome.BROKEN
    return first.when_full
