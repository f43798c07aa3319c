"""Workloads of every kind, for Hypothesis to put together."""

from collections.abc import Sequence
from math import inf

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from simulator.workload.table import Work, Workload

ROUND_S = (0.0, 0.25, 0.5, 0.5, 1.0, 2.0, 0.1, 0.3)
"""Some are sums of others, so that ties come about; not all of them are exact in binary."""
ROUNDEST_S = (0.0, 0.5, 0.5, 0.5)
"""Nearly everything happens on the half second."""
PATIENCE_S = (inf, 0.0, 0.5, 1.0, 2.0, 5.0)
RTT_S = (0.0, 0.5, 1.0, 0.04)
SIZES = (0.0, 50.0, 100.0, 200.0, 333.0)
RATES = (100.0, 200.0, 700.0, inf)


def _column(random: np.random.Generator, count: int, palette: Sequence[float]) -> NDArray[np.float64]:
    return random.choice(np.array(palette, np.float64), count)


def seeded_workload(seed: int, rows: int = 24) -> Workload:
    """Up to ``rows`` requests of up to three classes from up to two kinds of clients, in an open or a closed loop."""
    random = np.random.default_rng(seed)
    classes, clients, width = (int(random.integers(1, most, endpoint=True)) for most in (3, 2, 3))
    in_loop = min(rows, (0, 0, 0, 1, 3, 6)[random.integers(6)])
    n = rows // in_loop * in_loop if in_loop else rows
    seconds = (ROUNDEST_S, ROUND_S, tuple(random.uniform(0.0, 2.0, 50)))[random.integers(3)]
    patience = ((inf,), (inf,), (1.5, 2.0, 4.0, 8.0), PATIENCE_S, tuple(random.uniform(0.0, 8.0, 50)))[
        random.integers(5)
    ]
    kinds = np.full((classes, width), Work.NONE, np.int8)
    for row in kinds:
        steps = random.choice((Work.CPU, Work.CPU, Work.IO), random.integers(1, width, endpoint=True))
        row[: len(steps)] = steps
    request_class = random.integers(0, classes, n).astype(np.int16)
    phases = _column(random, n * width, seconds).reshape(n, width)
    return Workload(
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
    )


def workloads() -> st.SearchStrategy[Workload]:
    """The numbers are left to a seed: to choose hundreds of them one by one takes ten times as long as the run."""
    return st.builds(seeded_workload, st.integers(0, 2**32), st.integers(0, 24))
