"""Workloads of every kind, for Hypothesis to put together."""

from collections.abc import Sequence
from dataclasses import replace
from math import inf
from random import Random
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from simulator.workload.interventions import Do, Intervention, Interventions
from simulator.workload.table import PER_ROW, Work, Workload

ROUND_S = (0.0, 0.25, 0.5, 0.5, 1.0, 2.0, 0.1, 0.3)
"""Some are sums of others, so that ties come about; not all of them are exact in binary."""
ROUNDEST_S = (0.0, 0.5, 0.5, 0.5)
"""Nearly everything happens on the half second."""
PATIENCE_S = (inf, 0.0, 0.5, 1.0, 2.0, 5.0)
RTT_S = (0.0, 0.5, 1.0, 0.04)
BOOT_S = (0.1, 0.25, 0.5, 0.5, 1.0, 3.0, 0.777)
KINDS = (
    (Work.CPU, Work.CPU, Work.IO),
    (Work.CPU, Work.BLOCK, Work.IO),
    (Work.CPU, Work.NATIVE, Work.IO, Work.BLOCK),
    (Work.CPU, Work.CPU, Work.IO, Work.BLOCK, Work.CRASH),
)
"""Of which kinds of work the requests of a class consist."""
SIZES = (0.0, 50.0, 100.0, 200.0, 333.0)
RATES = (100.0, 200.0, 700.0, inf)


def _column(random: np.random.Generator, count: int, palette: Sequence[float]) -> NDArray[np.float64]:
    return random.choice(np.array(palette, np.float64), count)


def seeded_workload(seed: int, rows: int = 24, reserve: int = 0) -> Workload:
    """Up to ``rows`` requests of up to three classes from up to two kinds of clients, in an open or a closed loop.

    With so many further rows for each, which leave the requests as they are.
    """
    random = np.random.default_rng(seed)
    classes, clients, width = (int(random.integers(1, most, endpoint=True)) for most in (3, 2, 3))
    in_loop = min(rows, (0, 0, 0, 1, 3, 6)[random.integers(6)])
    limited = in_loop > 0 and seed % 2 == 1
    n = rows // in_loop * in_loop if in_loop and not limited else rows
    seconds = (ROUNDEST_S, ROUND_S, tuple(random.uniform(0.0, 2.0, 50)))[random.integers(3)]
    patience = ((inf,), (inf,), (1.5, 2.0, 4.0, 8.0), PATIENCE_S, tuple(random.uniform(0.0, 8.0, 50)))[
        random.integers(5)
    ]
    kinds = np.full((classes, width), Work.NONE, np.int8)
    for row in kinds:
        palette = KINDS[random.integers(len(KINDS))]
        steps = random.choice(palette, random.integers(1, width, endpoint=True))
        row[: len(steps)] = steps
    request_class = random.integers(0, classes, n).astype(np.int16)
    phases = _column(random, n * width, seconds).reshape(n, width)
    workload = Workload(
        class_names=tuple("abc"[:classes]),
        client_names=tuple("xy"[:clients]),
        phase_kinds=kinds,
        arrival=np.full(n, np.nan) if in_loop else np.sort(_column(random, n, seconds)),
        request_class=request_class,
        client=random.integers(0, clients, n).astype(np.int16),
        upload=_column(random, n, SIZES),
        response=_column(random, n, SIZES),
        phases=np.where(kinds[request_class] == Work.NONE, 0.0, phases),
        rtt=_column(random, n, ((0.0,), (0.0,), RTT_S)[random.integers(3)]),
        patience=_column(random, n, patience),
        up_rate=_column(random, clients, RATES),
        down_rate=_column(random, clients, RATES),
        coin=random.random(n),
        duration=(2.0, 5.0)[random.integers(2)],
        clients_in_loop=in_loop,
        think=_column(random, n, seconds) if in_loop else None,
        limit=n if limited else 0,
        starts=_column(random, in_loop, seconds) if in_loop and seed % 3 == 0 else None,
        interventions=seeded_interventions(seed),
    )
    return reserved(workload, reserve, seconds, patience, random) if reserve else workload


def reserved(
    load: Workload,
    reserve: int,
    seconds: Sequence[float],
    patience: Sequence[float],
    random: np.random.Generator,
) -> Workload:
    """With so many further rows for each request: times, patience and coins of their own."""
    n, shape = len(load), load.phases.shape
    levels = [
        {
            "arrival": np.full(n, np.nan),
            "phases": np.where(load.phase_kinds[load.request_class] == Work.NONE, 0.0, phases),
            "patience": _column(random, n, patience),
            "coin": random.random(n),
        }
        for phases in (_column(random, load.phases.size, seconds).reshape(shape) for _ in range(reserve))
    ]
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(load, name), *(level.get(name, getattr(load, name)) for level in levels)])
        for name in PER_ROW
        if getattr(load, name) is not None
    }
    return replace(load, reserve=reserve, **columns)


def seeded_interventions(seed: int) -> Interventions:
    """None for half of the seeds, otherwise up to five, many of them at moments at which other things happen."""
    random = Random(f"interventions {seed}")
    if random.random() < 0.5:
        return ()
    moments = random.choice((ROUNDEST_S, ROUND_S, tuple(random.uniform(0.0, 4.0) for _ in range(9))))
    entries = [
        _intervention(random, random.choice(moments) + random.choice(moments))
        for _ in range(random.choice((1, 1, 2, 3, 5)))
    ]
    return tuple(sorted(entries, key=lambda entry: entry.at))


def _intervention(random: Random, at: float) -> Intervention:
    do = random.choice((Do.KILL, Do.KILL, Do.KILL, Do.SLOW_IO, Do.SLOTS, Do.CORES))
    match do:
        case Do.KILL:
            return Intervention(at=at, do=do, number=random.choice((0, 0, 1, 2)), lasting=random.choice(BOOT_S))
        case Do.SLOW_IO:
            return Intervention(at=at, do=do, factor=random.choice((0.5, 2.0, 3.3)), lasting=random.choice(BOOT_S))
        case _:
            number = random.choice((1, 1, 2, 3, 4))
            return Intervention(at=at, do=do, number=number, quota=some_quota(random, do, number))


def some_quota(random: Random, do: Do, number: int) -> float:
    """Of a container that gets so many cores; often there is none."""
    return number * random.choice((0.0, 0.0, 0.5, 0.9, 0.33)) if do is Do.CORES else 0.0


def workloads() -> st.SearchStrategy[Workload]:
    """The numbers are left to a seed: to choose hundreds of them one by one takes ten times as long as the run."""
    return st.builds(seeded_workload, st.integers(0, 2**32), st.integers(0, 24))
