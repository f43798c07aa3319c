"""The workload: every request of a run as one row, drawn before the run starts.

Every architecture meets exactly these requests, so a comparison between two of them is fair.
"""

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.plan.place import Place
from simulator.plan.resources import Lock, Loop
from simulator.workload.interventions import Interventions

Floats = NDArray[np.float64]

GOLDEN = 0x9E3779B97F4A7C15
"""2**64 divided by the golden ratio: its multiples lie far apart (SplitMix64)."""
MOST_ROWS = 50_000_000
"""Requests of a run. More would not fit the memory of an ordinary machine."""
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
    NATIVE = 3
    """Time on a core in code that lets go of the GIL. An event loop runs it as it runs everything."""
    BLOCK = 4
    """Waiting in a call that does not come back before: no core is needed, and most event loops stand still."""
    CRASH = 5
    """The process dies of it, and is back after so many seconds; 0: this request does no harm."""

    @property
    def computes(self) -> bool:
        """Whether it needs a core."""
        return self in (Work.CPU, Work.NATIVE)

    def needs_lock(self, place: Place) -> bool:
        """Whether it is done under the lock of a place. Computing keeps a loop; which waiting does, the place says."""
        if place.lock is None or self is Work.CPU:
            return place.lock is not None
        return isinstance(place.lock, Loop) and (self is Work.NATIVE or self.name.lower() in place.keeps)

    def locks(self, place: Place) -> tuple[Lock, ...]:
        """Those that it is done under there: of a loop and the GIL of its threads, only computing needs both."""
        if not self.needs_lock(place):
            return ()
        return place.locks if self is Work.CPU else place.locks[:1]

    def is_done_at(self, place: Place) -> bool:
        """Whether who has such a phase has business at a place that is about it."""
        return self is not Work.NONE and (place.kinds is None or self.name.lower() in place.kinds)


@dataclass(frozen=True, eq=False, kw_only=True)
class Workload:
    """Columns over n requests. Times in seconds, sizes in bytes, rates in bytes per second (inf: unlimited).

    A column in which all rows are alike may be read-only.

    Open loop: rows in order of arrival. Closed loop (``clients_in_loop`` = N): row k*N + c is the k-th request of
    client c; ``arrival`` is then unknown (nan), and the client sends it ``think`` seconds after its previous one ended.
    With a ``limit`` the rows are taken in their order by whichever client is free, so whatever the server, the
    requests are the same ones.
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
    """[n, phases] seconds of each phase; 0 where the class has none. Of a CRASH, until the process is back."""
    rtt: Floats
    """[n] round-trip time of the client's line."""
    patience: Floats
    """[n] seconds after arrival at which the client gives up; inf: never."""
    up_rate: Floats
    """[clients] bytes per second."""
    down_rate: Floats
    """[clients] bytes per second."""
    coin: Floats
    """[n] a number in [0, 1) for the choices of the engine: which sleeping acceptor wakes first; see also ``luck``."""
    duration: float
    """Arrivals stop here; the run goes on until the last request has ended."""
    warmup: float = 0.0
    """Requests that arrive before this are left out of the measures."""
    seed: int = 0
    clients_in_loop: int = 0
    """0 for an open loop, otherwise the number of clients that wait for an answer and think."""
    think: Floats | None = None
    """[n] closed loop only: seconds between the end of the client's previous request and this one.

    With a limit: the client of row r thinks as long as row r + N says, after the last one of all counted from 0 again.
    """
    limit: int = 0
    """Closed loop only: so many requests are sent by all clients together, and there is a row for each of them; the
    duration only bounds them. 0: as many as the duration lets the clients send."""
    starts: Floats | None = None
    """[clients] closed loop only: when each client sends its first request; None: when it has thought."""
    interventions: Interventions = ()
    """What is done to the server meanwhile, in order of time."""
    reserve: int = 0
    """How many further rows there are for each request: for what it may repeat, and for the jobs that it may send off.

    Behind the n requests come n rows, the first further one of each; then n more. They are of the class and the client
    of their request, with times and a patience of their own; their arrival is nan.
    """

    def __len__(self) -> int:
        """Rows: of a closed loop those that could be sent, and of the further ones those that could be made."""
        return len(self.arrival)

    @property
    def requests(self) -> int:
        """The rows that are no further ones; row ``r`` is one on behalf of request ``r % requests``."""
        return len(self) // (1 + self.reserve)

    def luck(self, number: int) -> Floats:
        """[n] a number in [0, 1) for each row: another one for each ``number``, and always the same for the same coin.

        The coin's bits, mixed by SplitMix64. So a row keeps its luck when others are added, taken out, or come again.
        """
        mixed = (self.coin * 2.0**53).astype(np.uint64) + np.uint64((number + 1) * GOLDEN % 2**64)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def acceptor_coin(self, process: int) -> float:
        """The same for the acceptor of a process: of the seed, whatever requests there are."""
        mixed = self.seed * GOLDEN + (process + 1) * 0xBF58476D1CE4E5B9 & 2**64 - 1
        mixed = (mixed ^ mixed >> 30) * 0x94D049BB133111EB & 2**64 - 1
        return ((mixed ^ mixed >> 31) >> 11) * 2.0**-53

    def begins(self) -> list[float]:
        """When each client of a closed loop sends its first request."""
        assert self.think is not None  # a closed loop has think times
        first = self.think[: self.requests] if self.starts is None else self.starts
        clients = self.clients_in_loop if self.limit else min(self.clients_in_loop, self.requests)
        return [float(moment) for moment in np.resize(first, clients)]

    @property
    def phase_count(self) -> int:
        """Phases of the class that has most."""
        count: int = self.phases.shape[1]
        return count

    def take(self, rows: NDArray[np.intp]) -> "Workload":
        """The workload of some of the rows, in the given order."""
        columns = {name: getattr(self, name) for name in PER_ROW}
        return replace(self, reserve=0, **{name: _taken(c, rows) for name, c in columns.items() if c is not None})


def _taken(column: Any, rows: NDArray[np.intp]) -> Any:
    return alike(column[0], len(rows)) if are_alike(column) and len(column) else column[rows]
