"""What must hold on every run, whatever the plan: each violation is a sentence, and a sound trace has none.

What to watch: what can be asked of each row by itself is asked of all rows, block by block, however long the run is.
The laws that follow queues and cores through time (``laws``) cost ten times as much; of a long run they are checked at
its beginning and at its end, for whatever goes wrong late is still there at the end.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from math import inf

import numpy as np
from numpy.typing import NDArray

from simulator.plan.words import Outcome
from simulator.trace.columns import renumbered
from simulator.trace.holding import held_parts
from simulator.trace.laws import EQUAL_S, broken_laws, equal_s
from simulator.trace.residence import Floats, Rows, blocks
from simulator.trace.table import Grants, Trace

WHOLE = 200_000
"""Rows. All laws are checked on all rows of runs that are not longer."""
STRETCH = 10_000
"""Rows, roughly: of a longer run, those that arrived first, and those that ended last. Five times as many would take
a quarter more of the time of a comparison of a million requests each."""
BLOCK = 1 << 14
"""Rows looked at together: few enough for all that is asked of them to stay near the processor."""
SAMPLES = 1 << 16
"""Rows among which the moment is looked for at which a stretch begins or ends."""
Found = dict[str, tuple[int, int]]
"""By sentence: the first row of which it is true, and of how many it is."""


def check(trace: Trace) -> list[str]:
    """Sentences about what cannot be true in this trace; none if it is sound."""
    if not len(trace):
        return []
    said = [*_each_row(trace, simulated=True), *_held_in_all(trace)]
    for part, between in stretches(trace):
        said += broken_laws(part, between)
    return said


def check_measured(trace: Trace) -> list[str]:
    """What must hold for a measured run too: one end for each request, and no place before the one in front of it.

    The other laws are about the plan. A real server need not follow it: that is why it is measured.
    """
    return _each_row(trace, simulated=False)


# Asked of every row.


def _each_row(trace: Trace, *, simulated: bool) -> list[str]:
    found: Found = {}
    for block in blocks(trace, BLOCK):
        _ends(trace, block, found)
        _order(trace, block, found)
        if simulated:
            _leaves(trace, block, found)
            _follows(trace, block, found)
    return [f"{_rows(first, number)} {what}" for what, (first, number) in found.items()]


def _rows(first: int, number: int) -> str:
    return f"request {first}" if number == 1 else f"request {first} and {number - 1} more"


def _note(found: Found, what: str, block: slice, wrong: NDArray[np.bool_]) -> None:
    if wrong.any():
        first, number = found.get(what, (block.start + int(np.argmax(wrong)), 0))
        found[what] = (first, number + int(wrong.sum()))


def _ends(trace: Trace, block: slice, found: Found) -> None:
    outcome, finished = trace.outcome[block], trace.finished[block]
    _note(found, "ended in no known way", block, (outcome < 0) | (outcome >= len(Outcome)))
    unlike = (outcome == Outcome.OPEN) != np.isnan(finished)
    _note(found, "must have either an outcome and an end, or neither", block, unlike)
    _note(found, "finished before it arrived", block, finished < trace.arrival[block])


def _order(trace: Trace, block: slice, found: Found) -> None:
    before = trace.arrival[block].copy()
    wrong = np.zeros(len(before), np.bool_)
    for moment in (*np.ascontiguousarray(trace.reached[block].T), trace.left[block]):
        back = moment < before  # false for nan
        if back.any():
            wrong |= back & (moment < before - equal_s(trace))
        np.fmax(before, moment, out=before)
    _note(found, "reached a place before the one in front of it", block, wrong)


def _leaves(trace: Trace, block: slice, found: Found) -> None:
    gone = np.isnan(trace.left[block]) & ~np.isnan(trace.finished[block])
    _note(found, "ended, and never left the server", block, gone)
    longest = trace.arrival[block] + trace.workload.patience[block]
    _note(found, "waited longer than its client would", block, trace.finished[block] > longest + equal_s(trace))


def _follows(trace: Trace, block: slice, found: Found) -> None:
    if trace.parent.strides == (0,):
        return
    parent, here = trace.parent[block], np.arange(block.start, block.stop)
    followed = np.flatnonzero(parent >= 0)
    wrong = parent >= here
    wrong[followed] |= trace.arrival[parent[followed]] > trace.arrival[block][followed]
    _note(found, "came before what it follows", block, wrong)


def _held_in_all(trace: Trace) -> Iterator[str]:
    """Slots that exist, and were not held for longer in all than there was time: of pools that nobody leaves early."""
    for part in held_parts(trace, trace.places):
        pool, size = part.pool, part.pool.size * part.pool.processes
        highest, seconds = -1, 0.0
        for block, (taking, column) in product(blocks(trace, BLOCK), zip(part.takings, part.columns, strict=True)):
            slot, reached = trace.slot[block, column], trace.reached[block]
            highest = max(highest, int(slot.max()))
            held = reached[:, taking.freed_at] - reached[:, taking.taken_at + 1]
            seconds += float(held.sum(where=(slot >= 0) & (held > 0.0)))
        if highest >= size:
            yield f"{pool.name} {highest} was held, and the last one is {size - 1}"
        if not pool.frees_when_client_leaves and seconds > size * trace.horizon_s * (1.0 + EQUAL_S):
            yield f"{pool.name} slots were held for {seconds:.6f} s, and there are {size} for {trace.horizon_s:.6f} s"


# Which rows the laws over time are checked on, and between which moments: everybody who is there then is among them.


def stretches(trace: Trace) -> Iterator[tuple[Trace, tuple[float, float]]]:
    """The whole run if it is not long, otherwise its beginning and its end."""
    if len(trace) <= WHOLE:
        yield trace, (0.0, trace.horizon_s)
        return
    every, share = slice(None, None, max(len(trace) // SAMPLES, 1)), STRETCH / len(trace)
    until = _quantile(trace.arrival[every], share)
    yield from _stretch(trace, _chosen(trace, lambda rows: trace.arrival[rows] < until), (0.0, until))
    since = _quantile(_ended(trace, every), 1.0 - share)
    yield from _stretch(trace, _chosen(trace, lambda rows: _ended(trace, rows) > since), (since, trace.horizon_s))


def _ended(trace: Trace, rows: slice) -> Floats:
    """When each was over for server and client; inf while it is not."""
    ended: Floats = np.fmax(trace.left[rows], trace.finished[rows])
    ended[np.isnan(ended)] = inf
    return ended


def _quantile(moments: Floats, share: float) -> float:
    place = int(share * len(moments))
    return float(np.partition(moments, place)[place])


def _chosen(trace: Trace, which: Callable[[slice], NDArray[np.bool_]]) -> Rows:
    return np.concatenate([block.start + np.flatnonzero(which(block)) for block in blocks(trace)])


def _stretch(trace: Trace, rows: Rows, between: tuple[float, float]) -> Iterator[tuple[Trace, tuple[float, float]]]:
    """A run of these rows alone; it lasts as long as the whole one, and nothing is known of what they follow."""
    if not len(rows) or between[1] <= between[0]:
        return
    workload = replace(trace.workload.take(rows), duration=trace.horizon_s)
    columns = trace.rows(rows) | {"parent": np.broadcast_to(np.int32(-1), len(rows))}
    yield Trace(plan=trace.plan, workload=workload, grants=_grants(trace, rows), **columns), between


def _grants(trace: Trace, rows: Rows) -> Grants | None:
    grants = trace.grants
    if grants is None:
        return None
    number = renumbered(grants.request, rows, len(trace))
    kept = np.flatnonzero(number >= 0)
    return replace(grants.take(kept), request=number[kept])
