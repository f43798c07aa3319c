"""What is read from a trace to be compared with a formula.

Warm-up: the system starts empty, so the first tenth of every run is left out, or more where a test says so. Means over
requests are over those that came after it; means over time run from there to the last arrival. Every run goes on until
its last request has ended, so no request that counts is cut off.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.plan import Outcome
from simulator.trace.columns import Floats
from simulator.trace.table import Trace

Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Run:
    """A trace, and the window of time that counts, in seconds."""

    trace: Trace
    start: float
    end: float

    @cached_property
    def counts(self) -> Bools:
        """[n] whether a request came within the window."""
        arrival = self.trace.arrival
        within: Bools = (arrival >= self.start) & (arrival < self.end)
        return within

    def reached(self, place: str) -> Floats:
        """[n] when a request came to a place; nan: never."""
        names = [place.name for place in self.trace.places]
        reached: Floats = self.trace.reached[:, names.index(place)]
        return reached

    @cached_property
    def begun(self) -> Floats:
        """[n] when the first phase of the service began; nan: never."""
        here = [i for i, place in enumerate(self.trace.places) if place.phase == 0]
        begun: Floats = np.fmin.reduce(self.trace.reached[:, here], axis=1)
        return begun

    @cached_property
    def served(self) -> Bools:
        """[n] whether a request counts and was served."""
        served: Bools = self.counts & ~np.isnan(self.begun)
        return served

    @cached_property
    def waits(self) -> Floats:
        """Of those that count and were served: seconds from arrival to the beginning of the service."""
        return (self.begun - self.trace.arrival)[self.served]

    @cached_property
    def sojourns(self) -> Floats:
        """Of those that count and were served: seconds from arrival to the end."""
        return (self.trace.left - self.trace.arrival)[self.served]

    def sizes(self, phase: int = 0) -> Floats:
        """Of those that count and were served: seconds of service."""
        sizes: Floats = self.trace.workload.phases[self.served, phase]
        return sizes

    def time_in_window(self, since: Floats, until: Floats) -> float:
        """Seconds between two moments of each request, as far as they are within the window, for all together."""
        return float((until.clip(self.start, self.end) - since.clip(self.start, self.end)).sum())

    @cached_property
    def found(self) -> NDArray[np.intp]:
        """Of those that count: how many others a request finds (Poisson arrivals see time averages)."""
        gone = np.searchsorted(np.sort(self.trace.left), self.trace.arrival[self.counts], side="right")
        found: NDArray[np.intp] = np.flatnonzero(self.counts) - gone
        return found


Measure = Callable[[Run], float]


def sojourn(run: Run) -> float:
    """Mean seconds from arrival to the end."""
    return float(run.sojourns.mean())


def wait(run: Run) -> float:
    """Mean seconds from arrival to the beginning of the service."""
    return float(run.waits.mean())


def wait_of_all(run: Run) -> float:
    """Mean seconds from arrival to the beginning of the service, or to leaving without any."""
    until = np.where(np.isnan(run.begun), run.trace.left, run.begun)
    return float((until - run.trace.arrival)[run.counts].mean())


def wait_spread(run: Run) -> float:
    """Standard deviation of the wait in seconds."""
    return float(run.waits.std())


def wait_square(run: Run) -> float:
    """Mean of the squared wait."""
    return float((run.waits**2).mean())


def number(run: Run) -> float:
    """Requests in the system, averaged over time."""
    return run.time_in_window(run.trace.arrival, run.trace.left) / (run.end - run.start)


def queue(run: Run) -> float:
    """Requests that wait, averaged over time."""
    until = np.where(np.isnan(run.begun), run.trace.left, run.begun)
    return run.time_in_window(run.trace.arrival, until) / (run.end - run.start)


def rate(run: Run) -> float:
    """Requests completed per second."""
    ended = run.trace.finished[run.trace.outcome == Outcome.COMPLETED]
    return float(np.count_nonzero((ended >= run.start) & (ended < run.end)) / (run.end - run.start))


def unserved(run: Run) -> float:
    """Share of the requests that never got a server."""
    return 1 - float(run.served.sum() / run.counts.sum())


def had_to_wait(run: Run) -> float:
    """Share of the requests that were not served at once."""
    at_once = (run.begun == run.trace.arrival)[run.counts]
    return 1 - float(at_once.mean())


def waits_beyond(t: float) -> Measure:
    """Share of the served requests that wait longer."""
    return lambda run: float((run.waits > t).mean())


def sojourns_beyond(t: float) -> Measure:
    """Share of the served requests that stay longer."""
    return lambda run: float((run.sojourns > t).mean())


def found_at_most(most: int) -> Measure:
    """Share of the requests that find at most so many others."""
    return lambda run: float((run.found <= most).mean())


def pairs_at_most(second: str, before: int, behind: int) -> Measure:
    """Share of the requests that find at most so many before the place with which a second station begins, and so many
    from there on (Poisson arrivals see time averages).
    """

    def measured(run: Run) -> float:
        arrival, came = run.trace.arrival[run.counts], np.flatnonzero(run.counts)
        through = np.searchsorted(np.sort(run.reached(second)), arrival, side="right")
        gone = np.searchsorted(np.sort(run.trace.left), arrival, side="right")
        return float(((came - through <= before) & (through - gone <= behind)).mean())

    return measured


def sojourn_of_sizes(low: float, high: float) -> Measure:
    """Mean sojourn of the requests whose service takes between two times, per second of service."""

    def measured(run: Run) -> float:
        sizes = run.sizes()
        chosen = (sizes >= low) & (sizes < high)
        return float(run.sojourns[chosen].mean() / sizes[chosen].mean())

    return measured


def wait_of_sizes(low: float, high: float) -> Measure:
    """Mean wait of the requests whose service takes between two times."""

    def measured(run: Run) -> float:
        sizes = run.sizes()
        return float(run.waits[(sizes >= low) & (sizes < high)].mean())

    return measured
