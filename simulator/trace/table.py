"""The trace: when every request reached every place of its walk, on which slot, and how it ended.

This is the only thing that anybody reads after a run, simulated or measured.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from functools import cached_property
from math import nan
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.plan import Plan
from simulator.plan.processes import every_process
from simulator.plan.walk import Place, walk
from simulator.workload.interventions import Death, Do, Interventions
from simulator.workload.table import Work, Workload

Floats = NDArray[np.float64]

AT_ONCE = 0.1
"""The part of the time in which requests may arrive within which all do, where a crowd comes at once."""


class Per(Enum):
    """What a column has an entry for, in every row."""

    REQUEST = "request"
    PLACE = "place"
    POOL = "pool"
    LOCK_PLACE = "lock place"
    """A place that computes under a lock."""


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

    What stands here is the whole list: engines fill it, files hold it, and all of them go by it.
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
    slot: NDArray[np.int32] = field(metadata=_column(np.int32, -1, Per.POOL))
    """[n, pools] the slot it held, numbered through all copies of the pool (copy * size + slot); -1: none."""
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
    locked = sum(place.lock is not None for place in places)
    widths = {Per.PLACE: len(places), Per.POOL: len(plan.pools), Per.LOCK_PLACE: locked}
    known = {} if workload.clients_in_loop else {"arrival": workload.arrival}
    return known | {each.name: each.made(len(workload), widths) for each in COLUMNS if each.name not in known}


@dataclass(frozen=True, eq=False, kw_only=True)
class Grants:
    """Who held a lock when: one row for every time that a request had the GIL or the loop. Recorded when asked for."""

    request: NDArray[np.int32]
    place: NDArray[np.int16]
    """Index into the walk."""
    start: Floats
    end: Floats


class Window(NamedTuple):
    """The measured part of a run, in seconds from its start."""

    start: float
    end: float
    arrivals_end: float
    """Until when arrivals count: the end of the window, but for a run whose story comes after them."""
    to_the_end: bool
    """Whether it ends with the last request and not with the arrivals; see ``Trace.window``."""

    def contains(self, times: Floats) -> NDArray[np.bool_]:
        """Which moments lie in it: the last request ends in it too. False for nan."""
        return (times >= self.start) & ((times <= self.end) if self.to_the_end else (times < self.end))


@dataclass(frozen=True, eq=False, kw_only=True)
class Trace(Columns):
    """Columns over the requests that were sent, in order of arrival; ``workload`` has the same rows."""

    plan: Plan
    workload: Workload
    grants: Grants | None = None
    labels: dict[str, str] = field(default_factory=dict)
    """What was run: model, load, engine, command and the like."""

    @cached_property
    def has_further_rows(self) -> bool:
        """Whether something was repeated, or a job sent off."""
        return bool((self.parent >= 0).any())

    @cached_property
    def request(self) -> NDArray[np.int32]:
        """[n] the row of the request that all of this is about: the first of those that follow one another."""
        request = np.arange(len(self), dtype=np.int32)
        above = self.parent
        while (above >= 0).any():
            request = np.where(above >= 0, above, request)
            above = np.where(above >= 0, self.parent[above], -1)
        return request

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """The walk; its places are the columns of ``reached``."""
        return walk(self.plan, self.workload.phase_count)

    @cached_property
    def interventions(self) -> Interventions:
        """What happened to the server, in order of time: by the timeline, and by requests of which a process died."""
        deaths = tuple(self._deaths())
        timeline = self.workload.interventions
        return tuple(sorted((*timeline, *deaths), key=lambda entry: entry.at)) if deaths else timeline

    def _deaths(self) -> Iterator[Death]:
        load = self.workload
        if not (load.phase_kinds == Work.CRASH).any():
            return
        for inside in every_process(self.plan, self.places):
            for index, place in enumerate(self.places[inside.first : inside.end], inside.first):
                if place.phase is None:
                    continue
                deadly = (load.phase_kinds[load.request_class, place.phase] == Work.CRASH) & (self.process >= 0)
                boot = load.phases[:, place.phase]
                for row in np.flatnonzero(deadly & (boot > 0.0) & ~np.isnan(self.reached[:, index])).tolist():
                    at, process = float(self.reached[row, index]), int(self.process[row])
                    yield Death(at=at, do=Do.KILL, number=process, lasting=float(boot[row]), request=row)

    @cached_property
    def horizon_s(self) -> float:
        """When the last thing of the run happened; never before its duration, unless that only bounds it."""
        last = max((float(np.fmax.reduce(times, initial=0.0)) for times in (self.left, self.finished)), default=0.0)
        return last if self.workload.limit and last else max(self.workload.duration, last)

    @cached_property
    def window(self) -> Window:
        """From the end of the warm-up to the end of the arrivals.

        Where all come at once, within a tenth of that time, and more than half of the time that they spend in the
        system lies after the last arrival, that would leave out what the run is about. There it is from the first
        arrival to the end of the last request; so it is where clients in a loop have a number of requests to make.
        """
        low, high = self.workload.warmup, self.workload.duration
        first, last = _earliest_and_latest(self.arrival, self.parent)
        first = max(low, first)
        counted = self.workload.limit > 0
        if last >= low and (counted or last - first <= AT_ONCE * (high - low)):
            ended = np.fmax(self.left, self.finished)
            ended = np.where(np.isnan(ended), self.horizon_s, ended)
            before = float(np.maximum(np.minimum(ended, last) - np.maximum(self.arrival, low), 0.0).sum())
            after = float(np.maximum(ended - np.maximum(self.arrival, last), 0.0).sum())
            if counted or after > before:
                return Window(first, float(ended.max()), last, to_the_end=True)
        return Window(low, high, high, to_the_end=False)

    @cached_property
    def lock_places(self) -> tuple[int, ...]:
        """The columns of ``lock_wait``, as indices into the walk."""
        return tuple(i for i, place in enumerate(self.places) if place.lock is not None)


def _earliest_and_latest(arrival: Floats, parent: NDArray[np.int32]) -> tuple[float, float]:
    """When the first and the last new request came: what repeats one, or is sent off by one, comes of itself."""
    new = arrival if parent.strides == (0,) else arrival[parent < 0]
    return float(np.fmin.reduce(new, initial=np.inf)), float(np.fmax.reduce(new, initial=-np.inf))
