"""A run in 64 letters: equal if, and hardly ever unless, every byte of two traces is the same.

Run as ``python -m tests.engine.fingerprint`` it prints the fingerprints of a few runs, for comparison with another
process's.
"""

import json
import sys
from hashlib import sha256

import numpy as np

from simulator.experiments.run import EngineName
from simulator.trace.table import Trace
from simulator.workload.table import PER_ROW, Workload
from tests.engine.comparison import columns
from tests.engine.deployments import deployments

DEPLOYMENTS = ("prefork", "threaded eager 2 2", "nginx coroutine")
LOADS = ("slow-clients", "think-time")
ENGINES: tuple[EngineName, ...] = ("kernel", "reference")


def of_workload(workload: Workload) -> str:
    """The fingerprint of the requests."""
    digest = sha256()
    for name in PER_ROW:
        column = getattr(workload, name)
        digest.update(b"-" if column is None else np.ascontiguousarray(column).tobytes())
    return digest.hexdigest()


def of_trace(trace: Trace) -> str:
    """The fingerprint of the requests and of all that happened to them."""
    digest = sha256(of_workload(trace.workload).encode())
    for name, column in columns(trace):
        digest.update(f"{name} {column.dtype} {column.shape}".encode())
        digest.update(np.ascontiguousarray(column).tobytes())
    return digest.hexdigest()


def some_runs() -> dict[str, str]:
    """Fingerprints of some runs, by server, load and engine."""
    chosen = [deployment for deployment in deployments() if str(deployment) in DEPLOYMENTS]
    return {
        f"{deployment}, {load}, {engine}": of_trace(deployment.run(load, "10 s", engine))
        for deployment in chosen
        for load in LOADS
        for engine in ENGINES
    }


if __name__ == "__main__":
    json.dump(some_runs(), sys.stdout)
