"""The trace: when every request reached every place of its walk, on which slot, and how it ended.

This is the only thing that anybody reads after a run, simulated or measured.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.plan import Plan
from simulator.plan.processes import every_process
from simulator.plan.resources import Lock
from simulator.plan.walk import Place, locked, walk
from simulator.trace.columns import Columns, Floats
from simulator.workload.interventions import Death, Do, Interventions
from simulator.workload.table import Work, Workload

AT_ONCE = 0.1
"""The part of the time in which requests may arrive within which all do, where a crowd comes at once."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Grants:
    """Who held a lock when: one row for every time that a request had the GIL or the loop. Recorded when asked for."""

    request: NDArray[np.int32]
    place: NDArray[np.int16]
    """Index into the walk."""
    lock: NDArray[np.int16]
    """Index into ``plan.locks``: a place under a loop may need a GIL as well."""
    start: Floats
    end: Floats

    def take(self, which: slice | NDArray[np.intp]) -> "Grants":
        """Some of them."""
        return Grants(**{each.name: getattr(self, each.name)[which] for each in fields(self)})


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
    def locked(self) -> tuple[tuple[int, Lock], ...]:
        """The columns of ``lock_wait``: an index into the walk, and a lock that is needed there."""
        return locked(self.places)

    @cached_property
    def lock_places(self) -> tuple[int, ...]:
        """The columns of ``lock_wait``, as indices into the walk; a loop stands in front of the GIL of its threads."""
        return tuple(place for place, _ in self.locked)


def _earliest_and_latest(arrival: Floats, parent: NDArray[np.int32]) -> tuple[float, float]:
    """When the first and the last new request came: what repeats one, or is sent off by one, comes of itself."""
    new = arrival if parent.strides == (0,) else arrival[parent < 0]
    return float(np.fmin.reduce(new, initial=np.inf)), float(np.fmax.reduce(new, initial=-np.inf))
