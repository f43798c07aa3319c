"""Loads, plans' runs, and traces written by hand, for the tests of measures and diagnosis."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import inf, nan

import numpy as np

from simulator.experiments.run import run
from simulator.plan import Outcome, Plan
from simulator.trace.columns import Floats, blank_columns
from simulator.trace.table import Trace
from simulator.workload.table import Work, Workload

KINDS = {work.name.lower(): work for work in Work}


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One class of requests, all alike. Seconds, bytes, bytes per second."""

    steps: Sequence[tuple[str, float]] = (("cpu", 0.01),)
    every: int = 1
    """Every so-manieth request is of this class; the last class that fits wins."""
    upload: float = 100.0
    response: float = 100.0
    up: float = inf
    down: float = inf


def load_at(
    arrivals: Sequence[float] | Floats,
    duration: float,
    warmup: float = 0.0,
    patience: float = inf,
    rtt: float = 0.0,
    **kinds: Kind,
) -> Workload:
    """Requests at the given moments; the classes by name, each with clients of its own."""
    kinds = kinds or {"page": Kind()}
    n, classes = len(arrivals), list(kinds.values())
    of_class = np.zeros(n, np.int16)
    for index, kind in enumerate(classes):
        of_class[kind.every - 1 :: kind.every] = index
    width = max(len(kind.steps) for kind in classes)
    table, lengths = np.zeros((len(classes), width), np.int8), np.zeros((len(classes), width))
    for index, kind in enumerate(classes):
        for phase, (what, seconds) in enumerate(kind.steps):
            table[index, phase], lengths[index, phase] = KINDS[what], seconds
    return Workload(
        class_names=tuple(kinds),
        client_names=tuple(kinds),
        phase_kinds=table,
        arrival=np.asarray(arrivals, dtype=np.float64),
        request_class=of_class,
        client=of_class,
        upload=np.array([kind.upload for kind in classes])[of_class],
        response=np.array([kind.response for kind in classes])[of_class],
        phases=lengths[of_class],
        rtt=np.full(n, rtt),
        patience=np.full(n, patience),
        up_rate=np.array([kind.up for kind in classes]),
        down_rate=np.array([kind.down for kind in classes]),
        coin=np.random.default_rng(3).random(n),
        duration=duration,
        warmup=warmup,
    )


def random_load(rate: float, duration: float, patience: float = inf, rtt: float = 0.0, **kinds: Kind) -> Workload:
    """Poisson arrivals, the same ones at every call."""
    gaps = np.random.default_rng(7).exponential(1 / rate, int(rate * duration * 2) + 10)
    arrivals = np.cumsum(gaps)
    return load_at(arrivals[arrivals < duration], duration, 0.0, patience, rtt, **kinds)


@dataclass(frozen=True, kw_only=True)
class Life:
    """One request of a trace written by hand: when it reached which place, in seconds."""

    reached: dict[str, float]
    left: float
    finished: float | None = None
    """The same as ``left``, if not given."""
    outcome: Outcome = Outcome.COMPLETED
    process: int = -1
    slots: dict[str, int] = field(default_factory=dict)
    lock_wait: dict[str, float] = field(default_factory=dict)


def trace_of(plan: Plan, load: Workload, *lives: Life) -> Trace:
    """A trace of these lives; the load has a row for each."""
    blank = Trace(plan=plan, workload=load, **blank_columns(plan, load))
    names = [place.name for place in blank.places]
    unknown = {name for life in lives for name in life.reached} - set(names)
    assert not unknown, f"{unknown} not in {names}"
    locked, pools = [names[i] for i in blank.lock_places], [pool.name for pool in plan.pools]
    return replace(
        blank,
        left=np.array([life.left for life in lives]),
        finished=np.array([life.left if life.finished is None else life.finished for life in lives]),
        outcome=np.array([life.outcome for life in lives], np.int8),
        process=np.array([life.process for life in lives], np.int32),
        slot=_table([[life.slots.get(name, -1) for name in pools] for life in lives], len(pools)).astype(np.int32),
        reached=_table([[life.reached.get(name, nan) for name in names] for life in lives], len(names)),
        lock_wait=_table([[life.lock_wait.get(name, 0.0) for name in locked] for life in lives], len(locked)),
    )


def _table(rows: Sequence[Sequence[float]], width: int) -> Floats:
    """The same with no rows or no columns."""
    return np.array(rows, dtype=np.float64).reshape(len(rows), width)


def simulate(plan: Plan, load: Workload, detail: bool = False) -> Trace:
    """A run on the engine that defines what the steps mean."""
    return run(plan, load, engine="reference", detail=detail)
