"""Many small deployments one after the other: what a sweep over workers and rates costs."""

from collections.abc import Iterator

from simulator.experiments.run import run
from simulator.trace.outcomes import latencies, latency
from tests.bench.clock import in_turn
from tests.bench.figure import Figure
from tests.bench.scene import prefork, slow_clients
from tests.bench.sizes import Sizes

WORKERS = range(1, 21)
SECONDS = 10


def figures(sizes: Sizes) -> Iterator[Figure]:
    """Drawing, running, and the percentiles of latency; every number of workers meets the same requests."""
    rates = range(2, 2 + 2 * sizes.rates, 2)
    taken = in_turn(max(1, sizes.rounds // 2), lambda: _sweep(rates))[0]
    yield Figure(
        what=f"sweep of {len(rates) * len(WORKERS):,} deployments",
        values=tuple(s.cpu for s in taken),
        elapsed=tuple(s.elapsed for s in taken),
        unit="s",
    )


def _sweep(rates: range) -> None:
    for rate in rates:
        workload, machine = slow_clients(SECONDS * rate, rate=rate)
        for workers in WORKERS:
            latency(latencies(run(prefork(machine, workers=workers), workload)))
