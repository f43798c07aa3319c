"""The workload: every request of a run as one row, drawn before the run starts.

Every architecture meets exactly these requests, so a comparison between two of them is fair.
"""

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.workload.interventions import Interventions

Floats = NDArray[np.float64]

PER_ROW = ("arrival", "request_class", "client", "upload", "response", "phases", "rtt", "patience", "coin", "think")
"""The columns of a workload that have one entry a request."""


def alike(value: ArrayLike, count: int) -> NDArray[Any]:
    """A column with the same value, or values, in each of ``count`` rows: it takes no room, and is read-only."""
    return np.broadcast_to(value, (count, *np.shape(value)))


def are_alike(column: NDArray[Any]) -> bool:
    """Whether a column is known to have the same value in all rows: each of them is the same place in memory."""
    return column.strides[0] == 0


class Work(IntEnum):
    """What kind of work a phase of a request is."""

    NONE = 0
    """The class has fewer phases than the longest one."""
    CPU = 1
    """Time on a core."""
    IO = 2
    """Waiting, holding no core."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Workload:
    """Columns over n requests. Times in seconds, sizes in bytes, rates in bytes per second (inf: unlimited).

    A column in which all rows are alike may be read-only.

    Open loop: rows in order of arrival. Closed loop (``clients_in_loop`` = N): row k*N + c is the k-th request of
    client c; ``arrival`` is then unknown (nan), and the client sends it ``think`` seconds after its previous one ended.
    """

    class_names: tuple[str, ...]
    client_names: tuple[str, ...]
    phase_kinds: NDArray[np.int8]
    """[classes, phases]: a ``Work`` for every phase of every class."""
    arrival: Floats
    """[n] when the client starts to connect."""
    request_class: NDArray[np.int16]
    """[n] index into class_names."""
    client: NDArray[np.int16]
    """[n] index into client_names."""
    upload: Floats
    """[n] bytes of the request."""
    response: Floats
    """[n] bytes of the response."""
    phases: Floats
    """[n, phases] seconds of each phase; 0 where the class has none."""
    rtt: Floats
    """[n] round-trip time of the client's line."""
    patience: Floats
    """[n] seconds after arrival at which the client gives up; inf: never."""
    up_rate: Floats
    """[clients] bytes per second."""
    down_rate: Floats
    """[clients] bytes per second."""
    coin: Floats
    """[n] a number in [0, 1) for the engine's one random choice (which sleeping acceptor wakes first)."""
    duration: float
    """Arrivals stop here; the run goes on until the last request has ended."""
    warmup: float = 0.0
    """Requests that arrive before this are left out of the measures."""
    seed: int = 0
    clients_in_loop: int = 0
    """0 for an open loop, otherwise the number of clients that wait for an answer and think."""
    think: Floats | None = None
    """[n] closed loop only: seconds between the end of the client's previous request and this one."""
    interventions: Interventions = ()
    """What is done to the server meanwhile, in order of time."""

    def __len__(self) -> int:
        """Rows: in a closed loop those that could be sent, not all of which will be."""
        return len(self.arrival)

    @property
    def phase_count(self) -> int:
        """Phases of the class that has most."""
        count: int = self.phases.shape[1]
        return count

    def take(self, rows: NDArray[np.intp]) -> "Workload":
        """The workload of some of the rows, in the given order."""
        columns = {name: getattr(self, name) for name in PER_ROW}
        return replace(self, **{name: _taken(c, rows) for name, c in columns.items() if c is not None})


def _taken(column: Any, rows: NDArray[np.intp]) -> Any:
    return alike(column[0], len(rows)) if are_alike(column) and len(column) else column[rows]
