"""What a playback claims, worked out the slow and obvious way: one request, one place, one column at a time."""

from collections.abc import Iterator
from itertools import pairwise
from math import inf, isnan

import numpy as np

from simulator.plan import Machine, Outcome, State
from simulator.trace.holding import held_parts, holdings
from simulator.trace.playback import OF_STATE, Activity
from simulator.trace.request_life import Stay, life
from simulator.trace.table import Trace

MACHINE = Machine()


def lives_of(trace: Trace) -> list[list[Stay]]:
    """The lives of all requests, as the inspector tells them."""
    return [life(trace, request) for request in range(len(trace))]


def doing_at(trace: Trace, t_s: float) -> dict[int, Stay]:
    """What every request that is in the system does at a moment."""
    over = [
        max((t for t in times if not isnan(t)), default=inf) for times in zip(trace.left, trace.finished, strict=True)
    ]
    there = [row for row, came in enumerate(trace.arrival.tolist()) if came <= t_s <= over[row]]
    return {row: stay for row in there for stay in life(trace, row) if stay.start <= t_s < stay.end}


def holders_at(trace: Trace, pool: int, t_s: float) -> dict[int, int]:
    """By slot: who holds it at a moment."""
    held = holdings(trace, held_parts(trace, trace.places)[pool])
    rows = zip(held.rows.tolist(), held.slot.tolist(), held.start.tolist(), held.end.tolist(), strict=True)
    return {slot: row for row, slot, start, end in rows if start <= t_s < end}


def changes(trace: Trace, lives: list[list[Stay]]) -> list[float]:
    """Every moment at which a request comes, goes, or does something else."""
    moments = {moment for told in lives for stay in told for moment in (stay.start, stay.end)}
    moments |= set(trace.arrival.tolist())
    return sorted(moments | {moment for moment in trace.finished.tolist() if not isnan(moment)})


def ended_by(trace: Trace, t_s: float) -> dict[Outcome, int]:
    """How many requests had ended in each way by a moment."""
    counts: dict[Outcome, int] = {outcome: 0 for outcome in Outcome if outcome is not Outcome.OPEN}
    for outcome, finished in zip(trace.outcome.tolist(), trace.finished.tolist(), strict=True):
        if outcome != Outcome.OPEN and finished <= t_s:
            counts[Outcome(outcome)] += 1
    return counts


def lane(trace: Trace, lives: list[list[Stay]], pool: int, slot: int, edges: list[float]) -> list[Activity]:
    """What shows in each column of the lane of one slot, long waits and all; nobody has crashed or given up."""
    held = holdings(trace, held_parts(trace, trace.places)[pool])
    mine = [(int(held.rows[i]), held.start[i], held.end[i]) for i in np.flatnonzero(held.slot == slot)]
    least = (edges[1] - edges[0]) / 8
    return [max(_shown(lives, mine, low, high, least), default=Activity.IDLE) for low, high in pairwise(edges)]


def _shown(
    lives: list[list[Stay]], mine: list[tuple[int, float, float]], low: float, high: float, least: float
) -> Iterator[Activity]:
    for request, taken, freed in mine:
        if freed <= low or taken >= high:
            continue
        for stay in lives[request]:
            start, end = max(stay.start, taken), min(stay.end, freed)
            waits = stay.state in (State.GIL, State.LOOP, State.CORE)
            if start < high and end > low and end > start and (not waits or end - start > least):
                yield OF_STATE[stay.state]


def moments_of(trace: Trace, count: int, seed: int = 0) -> list[float]:
    """Moments all over a run, and its very ends."""
    end = trace.horizon_s
    return [0.0, *np.random.default_rng(seed).uniform(0.0, end, count).tolist(), end]
