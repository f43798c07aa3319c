"""Figures over time for sparklines and charts: how many, how busy, how long.

What to watch: a curve is made once and kept as its running integral, so the average of any stretch is the difference of
two values. Most curves are made for the whole run; those that need every stay cut into segments, for the part in sight.
"""

from collections.abc import Callable, Iterator
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from simulator.plan.steps import Seize
from simulator.plan.words import Outcome
from simulator.trace.holding import holdings
from simulator.trace.levels import level
from simulator.trace.measures import CORES
from simulator.trace.outcomes import percentiles
from simulator.trace.playback.averages import ROUNDING, Average, Rate
from simulator.trace.playback.crowds import Crowds
from simulator.trace.playback.latest import Latest
from simulator.trace.playback.ledger import Ledger
from simulator.trace.playback.outages import Outages
from simulator.trace.playback.sites import Sites, when_left

Floats = NDArray[np.float64]
Curve = Callable[[Floats], Floats]
"""From the edges of n columns to the n averages between them."""

PERCENTILES = {"p50_s": 50.0, "p95_s": 95.0, "p99_s": 99.0}
COLUMNS_KEPT = 4096
STRETCHES_KEPT = 4
FEW_BLOCKS = 12


class Curves:
    """All curves of one run; each is made when it is first asked for."""

    def __init__(self, ledger: Ledger, sites: Sites, outages: Outages) -> None:
        """None is made yet."""
        self._ledger, self._sites, self._trace, self._outages = ledger, sites, ledger.trace, outages
        self._made: dict[str, Curve] = {}
        self._recipes: dict[str, Callable[[], Curve]] = dict(self._all())
        self._computing: dict[str, Callable[[Crowds], Average]] = dict(self._of_computing())
        self._known: Latest[tuple[int, ...], Crowds] = Latest(STRETCHES_KEPT)
        self._columns: Latest[tuple[float, float], list[float]] = Latest(COLUMNS_KEPT)

    @property
    def names(self) -> tuple[str, ...]:
        """What can be asked for."""
        return (*self._recipes, *self._computing, *PERCENTILES)

    def between(self, name: str, edges: Floats, window_s: float) -> Floats:
        """The figure between each two neighbouring edges. KeyError for an unknown name."""
        if name in PERCENTILES:
            which = list(PERCENTILES).index(name)
            column_s = float(edges[1] - edges[0])
            ends = np.floor(edges[1:] / column_s + ROUNDING) * column_s  # the same ones again in the next frame
            return np.array([self._percentiles(end, window_s)[which] for end in ends.tolist()])
        if name in self._computing:
            return self._computing[name](self._crowds(float(edges[0]), float(edges[-1])))(edges)
        if name not in self._made:
            self._made[name] = self._recipes[name]()
        return self._made[name](edges)

    def _crowds(self, start_s: float, end_s: float) -> Crowds:
        """Of the blocks around a short stretch, which are cut anyway, or of the whole run."""
        numbers = tuple(self._ledger.blocks(start_s, end_s))
        if len(numbers) > FEW_BLOCKS:
            numbers = ()
        if numbers not in self._known:
            cuts = map(self._ledger.block, numbers) if numbers else self._ledger.all()
            self._known[numbers] = Crowds(self._trace, self._sites, self._outages.cores, list(cuts))
        return self._known[numbers]

    def _all(self) -> Iterator[tuple[str, Callable[[], Curve]]]:
        trace, sites = self._trace, self._sites
        completed = trace.outcome == Outcome.COMPLETED
        yield "arrivals_rps", lambda: Rate(trace.arrival)
        yield "completions_rps", lambda: Rate(trace.finished[completed])
        yield "failures_rps", lambda: Rate(trace.finished[~completed])
        yield "in_system", lambda: Average(level(trace.arrival, self._ledger.life_end))
        for backlog, place in zip(sites.backlogs, sites.of_backlog, strict=True):
            yield f"{backlog.name}: waiting", partial(self._stays, place)
        for part in sites.held:
            if isinstance(sites.places[part.taken_at].step, Seize):
                yield f"{part.pool.name}: waiting", partial(self._stays, part.taken_at)
            yield f"{part.pool.name}: in use", partial(self._pool, part.column)

    def _of_computing(self) -> Iterator[tuple[str, Callable[[Crowds], Average]]]:
        for number, lock in enumerate(self._sites.locks):
            yield f"{lock.name}: waiting", partial(Crowds.lock_queue, number=number)
            yield f"{lock.name}: in use", partial(Crowds.lock_use, number=number)
        yield f"{CORES}: waiting", lambda crowds: crowds.cores_queue
        yield f"{CORES}: in use", lambda crowds: crowds.cores_use

    def _stays(self, place: int) -> Curve:
        """Requests at a place where they only wait."""
        rows = np.flatnonzero(~np.isnan(self._trace.reached[:, place]))
        start, end = self._trace.reached[rows, place], when_left(self._trace, place, rows)
        there = np.flatnonzero(end > start)
        return Average(level(start[there], end[there]))

    def _pool(self, column: int) -> Curve:
        part = self._sites.held[column]
        held = holdings(self._trace, part)
        return Average(level(held.start, held.end), part.pool.size * part.pool.processes)

    @cached_property
    def _latencies(self) -> tuple[Floats, Floats]:
        """When requests were completed, in order, and how long they had taken."""
        rows = np.flatnonzero(self._trace.outcome == Outcome.COMPLETED)
        rows = rows[np.argsort(self._trace.finished[rows], kind="stable")]
        finished = self._trace.finished[rows]
        return finished, finished - self._trace.arrival[rows]

    def _percentiles(self, end_s: float, window_s: float) -> list[float]:
        """Of the seconds that requests took which were completed in the window before a moment; nan if none were."""
        key = (end_s, window_s)
        if key not in self._columns:
            finished, seconds = self._latencies
            first, last = finished.searchsorted((end_s - window_s, end_s), "right").tolist()
            wanted = list(PERCENTILES.values())
            none = [float("nan")] * len(wanted)
            self._columns[key] = percentiles(seconds[first:last], wanted) if last > first else none
        return self._columns[key]
