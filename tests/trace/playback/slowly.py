"""What a playback claims, worked out the slow and obvious way: one request, one place, one column at a time."""

from math import inf, isnan

import numpy as np

from simulator.plan import Machine, Outcome
from simulator.trace.holding import held_parts, holdings
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


def moments_of(trace: Trace, count: int, seed: int = 0) -> list[float]:
    """Moments all over a run, and its very ends."""
    end = trace.horizon_s
    return [0.0, *np.random.default_rng(seed).uniform(0.0, end, count).tolist(), end]
