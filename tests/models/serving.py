"""Runs of the shipped servers under loads written by hand, and what the tests of their signatures ask about a run."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.experiments.catalogue import catalogue
from simulator.experiments.run import run
from simulator.plan import Machine, Outcome
from simulator.trace.table import Trace
from simulator.workload.table import Workload

Floats = NDArray[np.float64]
TWO_CORES = Machine(cores=2)
MB = 1e6


def serve(
    name: str, load: Workload, machine: Machine = TWO_CORES, nginx: dict[str, Any] | None = None, **settings: Any
) -> Trace:
    """The load on a server; with ``nginx``, behind one with these settings."""
    model, proxy = catalogue()[name], catalogue()["nginx"]
    plan = model.plan(model.config(**settings), machine)
    if nginx is not None:
        plan = proxy.in_front(plan, proxy.config(**nginx), machine)
    return run(plan, load, detail=True)


def latencies(trace: Trace, class_name: str | None = None) -> Floats:
    """Seconds from arrival to the last byte, all of them completed."""
    rows = of_class(trace, class_name)
    assert (trace.outcome[rows] == Outcome.COMPLETED).all()
    return trace.finished[rows] - trace.arrival[rows]


def of_class(trace: Trace, class_name: str | None = None) -> NDArray[np.intp]:
    """The rows of a class, or all."""
    if class_name is None:
        return np.arange(len(trace))
    return np.flatnonzero(trace.workload.request_class == trace.workload.class_names.index(class_name))


def seconds_at(trace: Trace, place_name: str) -> Floats:
    """[n] how long each request stayed at a place that all of them came to."""
    column = [place.name for place in trace.places].index(place_name)
    after = trace.reached[:, column + 1] if column + 1 < len(trace.places) else trace.left
    assert not np.isnan(after).any()
    return np.asarray(after - trace.reached[:, column])
