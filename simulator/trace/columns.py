"""The columns of a trace: what is known of every request, of which type, and what stands there until it happens.

What to watch: this is the whole list. Engines fill it, files hold it, and all of them go by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from math import nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.plan import Plan
from simulator.plan.walk import locked, takings, walk
from simulator.workload.table import Workload

Floats = NDArray[np.float64]


class Per(Enum):
    """What a column has an entry for, in every row."""

    REQUEST = "request"
    PLACE = "place"
    TAKING = "taking"
    """A place where a slot is taken."""
    LOCK_PLACE = "lock place"
    """A place that computes under a lock; under a loop and the GIL of its threads, one for each of the two."""


@dataclass(frozen=True, slots=True)
class Column:
    """What is known of a column before any run."""

    name: str
    dtype: type[np.generic]
    blank: float
    """What stands in it until something happens."""
    per: Per
    rare: bool = False
    """Whether most runs have nothing in it: there it takes no room, neither in memory nor in a file."""

    def made(self, rows: int, widths: Mapping[Per, int]) -> NDArray[Any]:
        """The column with nothing in it; of a rare one read-only, for nobody will write to it."""
        if self.rare:
            return np.broadcast_to(np.array(self.blank, self.dtype), rows)
        shape = rows if self.per is Per.REQUEST else (rows, widths[self.per])
        return np.full(shape, self.blank, self.dtype) if self.blank else np.zeros(shape, self.dtype)

    def is_blank(self, array: NDArray[Any]) -> bool:
        """Whether nothing happened that stands in it."""
        return bool((array[: 1 if array.strides == (0,) else None] == self.blank).all())


def _column(dtype: type[np.generic], blank: float, per: Per = Per.REQUEST, *, rare: bool = False) -> Mapping[str, Any]:
    return {"dtype": dtype, "blank": blank, "per": per, "rare": rare}


@dataclass(frozen=True, eq=False, kw_only=True)
class Columns:
    """The columns of a trace over n requests. Times in seconds from the start of the run.

    nan in ``reached`` means never: the request ended before, or its class has no such phase. After a request's last
    place it has ``left`` the server; it is ``finished`` for its client when the last byte is there, or at the moment
    when it gave up or was turned away.
    """

    arrival: Floats = field(metadata=_column(np.float64, nan))
    """[n] when the client meant to start; latency counts from here."""
    left: Floats = field(metadata=_column(np.float64, nan))
    """[n] when the server was through with it."""
    finished: Floats = field(metadata=_column(np.float64, nan))
    """[n] nan while open."""
    outcome: NDArray[np.int8] = field(metadata=_column(np.int8, 0))
    """[n] an ``Outcome``."""
    process: NDArray[np.int32] = field(metadata=_column(np.int32, -1))
    """[n] the process that served it, -1 where none did."""
    syn_retries: NDArray[np.int16] = field(metadata=_column(np.int16, 0))
    """[n] how often the SYN had to be repeated."""
    data_retries: NDArray[np.int16] = field(metadata=_column(np.int16, 0))
    """[n] how often the first data had to be repeated, because the backlog was full when the handshake was done; 0 in
    measured runs."""
    reached: Floats = field(metadata=_column(np.float64, nan, Per.PLACE))
    """[n, places]"""
    slot: NDArray[np.int32] = field(metadata=_column(np.int32, -1, Per.TAKING))
    """[n, takings] the slot that it took at each place where it could take one, numbered through all copies of the pool
    (copy * size + slot); -1: none. Pool by pool; of most pools a slot is taken at one place only."""
    lock_wait: Floats = field(metadata=_column(np.float64, 0.0, Per.LOCK_PLACE))
    """[n, lock places] seconds that it waited for the lock at each place that computes under one; nan: not known."""

    parent: NDArray[np.int32] = field(metadata=_column(np.int32, -1, rare=True))
    """[n] the row that this one follows: what its client repeats, or what sent this job off; -1 for a new request."""
    attempt: NDArray[np.int16] = field(metadata=_column(np.int16, 0, rare=True))
    """[n] how often the same had been tried before."""
    group: NDArray[np.int32] = field(metadata=_column(np.int32, -1, rare=True))
    """[n] the group of processes that served it, where it then had one of the group's processes; -1: none."""

    woken: Floats = field(metadata=_column(np.float64, 0.0, Per.PLACE, rare=True))
    """[n, places] seconds that it computed more at each place, because its process had slept; where waking is free it
    has one entry for each row."""

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.arrival)

    def rows(self, which: slice | NDArray[np.intp]) -> dict[str, Any]:
        """The columns of some rows, by name."""
        return {column.name: _entries(getattr(self, column.name), which) for column in COLUMNS}


COLUMNS = tuple(Column(name=each.name, **each.metadata) for each in fields(Columns))


def _entries(column: NDArray[Any], rows: slice | NDArray[np.intp]) -> NDArray[Any]:
    """Some entries of a column; of one that takes no room a shorter one, which takes none either."""
    if len(column) and column.strides == (0,) and not isinstance(rows, slice):
        return np.broadcast_to(column[0], len(rows))
    taken: NDArray[Any] = column[rows]
    return taken


def renumbered(column: NDArray[np.int32], rows: NDArray[np.intp], count: int) -> NDArray[np.int32]:
    """Numbers of rows, where of ``count`` rows only some are left, in this order; -1 for those that are gone."""
    number = np.full(count + 1, -1, np.int32)  # the last one is for those that were -1
    number[rows] = np.arange(len(rows), dtype=np.int32)
    return number[column]


def blank_columns(plan: Plan, workload: Workload) -> dict[str, Any]:
    """The columns for a run in which nothing has happened yet, by name.

    Raises MemoryError where the machine cannot hold them.
    """
    places = walk(plan, workload.phase_count)
    widths = {
        Per.PLACE: len(places),
        Per.TAKING: len(takings(plan, places)),
        Per.LOCK_PLACE: len(locked(places)),
    }
    known = {} if workload.clients_in_loop else {"arrival": workload.arrival}
    return known | {each.name: each.made(len(workload), widths) for each in COLUMNS if each.name not in known}
