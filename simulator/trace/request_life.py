"""The life of one request, told place by place: what it did or waited for, from when to when, and whose slot it held.

Where every hold of a lock was recorded (``Trace.grants``), the stays under it are exact. Elsewhere a stay at a
computing place is laid out as: first all the waiting for the lock, then all the waiting for a core, then all the
computing; their lengths are right, their order is a convention.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.plan.resources import Gil, Lock
from simulator.plan.words import IN_TURNS, OUTSIDE, Need, State, needing
from simulator.trace.holding import Held, held_parts
from simulator.trace.residence import Span, Stretch, client_end
from simulator.trace.table import Trace
from simulator.trace.throttling import Throttled, spans, throttled
from simulator.words.language import later

ORDER = (*needing(Need.LOCK), *needing(Need.CORE), *needing(Need.WORK))
"""In which a stay at a computing place is told."""

NOTHING_S = 1e-12
"""Shorter stretches are rounding errors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """One stretch in the life of a request. Times in seconds from the start of the run."""

    place: str
    """Name of the place in the walk; ``after the server`` for the last bytes on their way."""
    state: State
    start: float
    end: float
    slots: tuple[str, ...]
    """What it held, outermost first, for example ``worker 3`` (counted from 0)."""
    process: int | None
    """The process that serves it, once it has one."""
    for_nobody: bool
    """Whether its client was gone by then."""


def life(trace: Trace, request: int) -> list[Stay]:
    """Everything that happened to one request (a row of the trace), in order of time; stays of no length are left out.

    Raises IndexError for a request that the trace does not have.
    """
    if not 0 <= request < len(trace):
        raise IndexError(f"request {request}: the trace has requests 0 to {len(trace) - 1}")
    rows = slice(request, request + 1)
    end = float(client_end(trace, rows)[0])
    names = [place.name for place in trace.places]
    parts = held_parts(trace, trace.places)
    told = []
    for span in sorted(spans(trace, rows), key=lambda s: float(s.start[0])):
        for state, start, until in _stretches(trace, span, request):
            stay = Stay(
                place=names[span.place] if span.place < len(names) else later("after the server"),
                state=state,
                start=start,
                end=until,
                slots=_slots(trace, request, span, parts),
                process=_process(trace, request, span),
                for_nobody=start >= end,
            )
            told.append(stay)
    return told


def _stretches(trace: Trace, span: Span, request: int) -> Iterator[tuple[State, float, float]]:
    """The states of a span one after another."""
    start, end = float(span.start[0]), float(span.end[0])
    shares = {state: float(np.ravel(share)[0]) for state, share in span.shares.items()}
    holds = _holds(trace, span, request)
    waits = next((state for state in IN_TURNS if state in shares), None)
    if waits is not None and holds:
        yield from _around(waits, holds, start, end, shares, throttled(trace))
        return
    length = end - start
    present = [s for s in dict.fromkeys((*ORDER, *shares)) if shares.get(s, 0.0) * length > NOTHING_S]
    for state in present:
        until = end if state is present[-1] else start + shares[state] * length
        yield state, start, until
        start = until


def _holds(trace: Trace, span: Span, request: int) -> list[tuple[float, float]]:
    grants = trace.grants
    if grants is None:
        return []
    here = (grants.request == request) & (grants.place == span.place)
    rows = np.flatnonzero(here & np.isin(grants.lock, taken_away(trace.plan.locks)))
    return sorted(zip(grants.start[rows].tolist(), grants.end[rows].tolist(), strict=True))


def taken_away(locks: Sequence[Lock]) -> list[int]:
    """The numbers of the locks that threads take turns at; who has a loop may have one of these in turns meanwhile."""
    return [number for number, lock in enumerate(locks) if isinstance(lock, Gil)]


def _around(
    waits: State, holds: list[Stretch], start: float, end: float, shares: dict[State, float], still: Throttled
) -> Iterator[tuple[State, float, float]]:
    """Waiting for the GIL, or a P, between the holds; a hold is part waiting for a core, part computing."""
    held = shares[State.CORE] + shares[State.COMPUTING]
    core = shares[State.CORE] / held if held > 0.0 else 0.0  # of the time in which the quota lasts
    now = start
    for taken, given in (*holds, (end, end)):
        if taken - now > NOTHING_S:
            yield waits, now, taken
        yield from _on_the_cores(taken, given, core, still.within(taken, given))
        now = given


def _on_the_cores(
    taken: float, given: float, core: float, still: Sequence[Stretch]
) -> Iterator[tuple[State, float, float]]:
    """One hold: first what waits for a core, then what computes, in each stretch between those in which nobody does."""
    now = taken
    for start, end in (*still, (given, given)):
        runs = now + core * (start - now)
        for state, since, until in (
            (State.CORE, now, runs),
            (State.COMPUTING, runs, start),
            (State.THROTTLED, start, end),
        ):
            if until - since > NOTHING_S:
                yield state, since, until
        now = end


def _slots(trace: Trace, request: int, span: Span, parts: tuple[Held, ...]) -> tuple[str, ...]:
    held = sorted((part for part in parts if span.place in part), key=lambda part: part.waits_at)
    here = np.array([request]), np.array([span.place])
    numbers = [(part.pool.name, int(part.slots(trace, *here)[0])) for part in held]
    return tuple(f"{name} {slot}" for name, slot in numbers if slot >= 0)


def _process(trace: Trace, request: int, span: Span) -> int | None:
    """A request has its process from the moment at which it leaves the accept queue."""
    process = int(trace.process[request])
    return None if process < 0 or any(state in OUTSIDE for state in span.shares) else process
