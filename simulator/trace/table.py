"""The trace: when every request reached every place of its walk, on which slot, and how it ended.

This is the only thing that anybody reads after a run, simulated or measured.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.plan import Plan
from simulator.plan.walk import Place, walk
from simulator.workload.table import Workload

Floats = NDArray[np.float64]


PER_REQUEST = ("arrival", "reached", "left", "finished", "outcome", "process", "slot", "syn_retries", "lock_wait")
"""The columns of a trace."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Grants:
    """Who held a lock when: one row for every time that a request had the GIL or the loop. Recorded when asked for."""

    request: NDArray[np.int32]
    place: NDArray[np.int16]
    """Index into the walk."""
    start: Floats
    end: Floats


@dataclass(frozen=True, eq=False, kw_only=True)
class Trace:
    """Columns over the n requests that were sent, in order of arrival. Times in seconds from the start of the run.

    ``workload`` has the same rows. nan in ``reached`` means never: the request ended before, or its class has no such
    phase. After a request's last place it has ``left`` the server; it is ``finished`` for its client when the last byte
    is there, or at the moment when it gave up or was turned away.
    """

    plan: Plan
    workload: Workload
    arrival: Floats
    """[n] when the client meant to start; latency counts from here."""
    reached: Floats
    """[n, places]"""
    left: Floats
    """[n] when the server was through with it."""
    finished: Floats
    """[n] nan while open."""
    outcome: NDArray[np.int8]
    """[n] an ``Outcome``."""
    process: NDArray[np.int32]
    """[n] the process that served it, -1 where none did."""
    slot: NDArray[np.int32]
    """[n, pools] the slot it held, numbered through all copies of the pool (copy * size + slot); -1: none."""
    syn_retries: NDArray[np.int16]
    """[n] how often the SYN had to be repeated."""
    data_retries: NDArray[np.int16]
    """[n] how often the first data had to be repeated, because the backlog was full when the handshake was done; 0 in
    measured runs."""
    lock_wait: Floats
    """[n, lock places] seconds that it waited for the lock at each place that computes under one; nan: not known."""
    grants: Grants | None = None
    labels: dict[str, str] = field(default_factory=dict)
    """What was run: model, load, engine, command and the like."""

    def __len__(self) -> int:
        """Number of requests."""
        return len(self.arrival)

    def take(self, rows: NDArray[np.intp]) -> "Trace":
        """Some of the requests, in the given order, numbered anew; without grants, which go by the old numbers."""
        taken = {name: getattr(self, name)[rows] for name in PER_REQUEST}
        return replace(self, workload=self.workload.take(rows), grants=None, **taken)

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """The walk; its places are the columns of ``reached``."""
        return walk(self.plan, self.workload.phase_count)

    @cached_property
    def horizon_s(self) -> float:
        """When the last thing of the run happened; never before its duration."""
        last = max((float(np.fmax.reduce(times, initial=0.0)) for times in (self.left, self.finished)), default=0.0)
        return max(self.workload.duration, last)

    @cached_property
    def lock_places(self) -> tuple[int, ...]:
        """The columns of ``lock_wait``, as indices into the walk."""
        return tuple(i for i, place in enumerate(self.places) if place.lock is not None)
