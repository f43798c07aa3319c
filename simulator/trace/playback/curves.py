"""Figures over time for sparklines and charts: how many, how busy, how long.

What to watch: a curve is made once and kept as its running integral, so the average of any stretch is the difference of
two values. Most curves are made for the whole run; those that need every stay cut into segments, for the part in sight.
"""

from collections.abc import Callable, Iterator
from functools import cached_property, partial
from math import ceil, floor, nan

import numpy as np
from numpy.typing import NDArray

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
from simulator.trace.playback.sites import Sites

Floats = NDArray[np.float64]
Curve = Callable[[Floats], Floats]
"""From the edges of n columns to the n averages between them."""

PERCENTILES = {"p50_s": 50.0, "p95_s": 95.0, "p99_s": 99.0}
COLUMNS_KEPT = 4096
STRETCHES_KEPT = 4
STRETCH_S = 1.0
"""Curves of computing are made for whole multiples of this."""


class Curves:
    """All curves of one run; each is made when it is first asked for."""

    def __init__(self, ledger: Ledger, sites: Sites, outages: Outages) -> None:
        """None is made yet."""
        self._ledger, self._sites, self._trace, self._outages = ledger, sites, ledger.trace, outages
        self._made: dict[str, Curve] = {}
        self._recipes: dict[str, Callable[[], Curve]] = dict(self._all())
        self._computing: dict[str, Callable[[Crowds], Average]] = dict(self._of_computing())
        self._known: Latest[tuple[int, int], Crowds] = Latest(STRETCHES_KEPT)
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
            return np.array([column[which] for column in self._percentiles(ends.tolist(), window_s)])
        if name in self._computing:
            return self._computing[name](self._crowds(float(edges[0]), float(edges[-1])))(edges)
        if name not in self._made:
            self._made[name] = self._recipes[name]()
        return self._made[name](edges)

    def _crowds(self, start_s: float, end_s: float) -> Crowds:
        """Of a stretch that is somewhat longer, so that the next frames need the same one."""
        first, last = floor(start_s / STRETCH_S), ceil(end_s / STRETCH_S)
        if (first, last) not in self._known:
            cuts = self._ledger.busy(first * STRETCH_S, last * STRETCH_S)
            self._known[first, last] = Crowds(self._trace, self._sites, self._outages.cores, cuts)
        return self._known[first, last]

    def _all(self) -> Iterator[tuple[str, Callable[[], Curve]]]:
        trace, sites = self._trace, self._sites
        completed = trace.outcome == Outcome.COMPLETED
        yield "arrivals_rps", lambda: Rate(trace.arrival)
        yield "completions_rps", lambda: Rate(trace.finished[completed])
        yield "failures_rps", lambda: Rate(trace.finished[~completed])
        yield "in_system", lambda: Average(self._ledger.in_system)
        for backlog, place in zip(sites.backlogs, sites.of_backlog, strict=True):
            yield f"{backlog.name}: waiting", partial(self._stays, place)
        for part in sites.held:
            if sites.places[part.taken_at].queue == part.pool:
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
        line = self._ledger.lines[place]
        there = np.flatnonzero(line.left > line.came)  # false for those who never came
        return Average(level(line.came[there], line.left[there]))

    def _pool(self, column: int) -> Curve:
        part = self._sites.held[column]
        held = holdings(self._trace, part)
        return Average(level(held.start, held.end), part.pool.size * part.pool.processes)

    @cached_property
    def _latencies(self) -> tuple[Floats, Floats]:
        """When requests were completed, in order, and how long they had taken."""
        rows, finished = self._ledger.completed
        return finished, finished - self._trace.arrival[rows]

    def _percentiles(self, ends_s: list[float], window_s: float) -> list[list[float]]:
        """Of the seconds that requests took which were completed in the window before a moment; nan if none were."""
        known = {end_s: self._columns[end_s, window_s] for end_s in ends_s if (end_s, window_s) in self._columns}
        missing = [end_s for end_s in ends_s if end_s not in known]
        finished, seconds = self._latencies
        firsts = finished.searchsorted(np.array(missing) - window_s, "right").tolist()
        lasts = finished.searchsorted(np.array(missing), "right").tolist()
        wanted = list(PERCENTILES.values())
        for end_s, first, last in zip(missing, firsts, lasts, strict=True):
            found = percentiles(seconds[first:last], wanted) if last > first else [nan] * len(wanted)
            known[end_s] = self._columns[end_s, window_s] = found
        return [known[end_s] for end_s in ends_s]
