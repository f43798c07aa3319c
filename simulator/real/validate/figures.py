"""The figures that validation compares, of one run: for all requests together and for each class.

What to watch: a simulated and a measured run go through the same lines here, so no difference comes from the counting.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from simulator.plan import Outcome
from simulator.trace.demands import carried_through
from simulator.trace.figures import Latency
from simulator.trace.outcomes import latencies, latency, latency_of_class
from simulator.trace.residence import Floats, server_end
from simulator.trace.table import Trace
from simulator.words.language import later

ALL = later("all")
THROUGHPUT, REPEATED = later("throughput"), later("SYN repeated")
TIMES = (later("mean"), "p50", "p95", "p99")
OUTCOMES = {outcome: outcome.words for outcome in Outcome}
Mask = NDArray[np.bool_]
FEWEST = 34
"""Requests that a throughput is judged by: with fewer, one that falls just inside or outside the window is more than
3 %, the bar."""


class Kind(Enum):
    """What a figure is, and so how it is printed and how far off it may be."""

    RATE = "requests per second"
    TIME = "seconds"
    SHARE = "share of the requests"


@dataclass(frozen=True, slots=True)
class Key:
    """Which figure."""

    subject: str
    """The class, or ``all``."""
    name: str
    """In English, as in files; whoever shows it calls ``translated``."""
    kind: Kind


@dataclass(frozen=True, slots=True)
class Figure:
    """What came out in one run."""

    value: float
    thin: bool = False
    """Whether there are too few samples for it to say much."""


Figures = dict[Key, Figure]


def figures(trace: Trace) -> Figures:
    """All figures of a run. Outcomes are shares of all requests, the rest is over the window."""
    names = trace.workload.class_names
    everything = np.ones(len(trace), np.bool_)
    found = dict(_of(trace, ALL, everything, latency(latencies(trace))))
    if len(names) > 1:
        for index, name in enumerate(names):
            of_class = trace.workload.request_class == index
            if of_class.any():
                found |= dict(_of(trace, name, of_class, latency_of_class(trace, index)))
    return found


def _of(trace: Trace, subject: str, rows: Mask, times: Latency) -> Iterator[tuple[Key, Figure]]:
    yield Key(subject, THROUGHPUT, Kind.RATE), _throughput(trace, rows)
    for name in TIMES:
        yield Key(subject, name, Kind.TIME), Figure(getattr(times, name), name in times.thin)
    for outcome, words in OUTCOMES.items():
        yield Key(subject, words, Kind.SHARE), Figure(_share(trace.outcome == outcome, rows))
    yield Key(subject, REPEATED, Kind.SHARE), Figure(_share(trace.syn_retries > 0, rows))


def _share(are_so: Mask, rows: Mask) -> float:
    return float(are_so[rows].mean()) if rows.any() else 0.0


def _throughput(trace: Trace, rows: Mask) -> Figure:
    """Requests per second that the server carried through in the window, be it for nobody: as in the summary."""
    window = trace.window
    if window.end <= window.start:
        return Figure(0.0)
    completed = trace.outcome == Outcome.COMPLETED
    at: Floats = np.where(completed, trace.finished, server_end(trace))
    counted = (completed | carried_through(trace)) & rows & window.contains(at)
    count = int(np.count_nonzero(counted))
    return Figure(count / (window.end - window.start), 0 < count < FEWEST)
