"""Which places of the walk belong to which resource: worked out once from the plan, and used at every moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from simulator.plan.place import having
from simulator.plan.resources import Backlog, Lock, Loop
from simulator.plan.steps import Link
from simulator.plan.walk import Place, accepted_at, connected_at, sent_at
from simulator.plan.words import OUTSIDE, State
from simulator.trace.holding import Held, held_parts
from simulator.trace.playback.activity import FOR_LOCK, OF_STATE, Activities, Activity, among
from simulator.trace.playback.lane_groups import GroupKind, LaneGroup, lane_groups
from simulator.trace.table import Trace
from simulator.workload.table import Work

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, slots=True)
class PlaceMap:
    """Masks have one entry for each place, and one more for the time after the server."""

    places: tuple[Place, ...]
    locks: tuple[Lock, ...]
    backlogs: tuple[Backlog, ...]
    held: tuple[Held, ...]
    """In the order of the pools."""
    of_pool: tuple[Mask, ...]
    """Where a slot of each pool is held."""
    of_lock: tuple[Mask, ...]
    """Where each lock is needed."""
    unlocked: Mask
    """Where requests compute without a lock."""
    exempt: tuple[Mask | None, ...]
    """By lock: [classes, places] where those of a class have no use for it, though others do; None: nowhere."""
    beside: tuple[Mask | None, ...]
    """Of the GIL of threads: where callbacks need it that have a loop, or wait for that; None: nowhere."""
    having: tuple[Mask, ...]
    """By lock: [activities] what whoever has it does where it is needed ..."""
    wanting: tuple[Mask, ...]
    """... and what whoever waits for it does."""
    request_class: NDArray[np.int16]
    of_backlog: tuple[int, ...]
    """Where requests wait to be accepted from each backlog."""
    connects: tuple[int, ...]
    """Where requests connect to each backlog; -1 if nowhere."""
    groups: tuple[LaneGroup, ...]
    """Which resources make lanes, and which are counted."""
    slots: Mask
    """Where a slot that makes a lane is held."""
    served: Mask
    """From the last accept to the end of the first sending after it: in the hands of the server, not of a proxy."""

    def under(self, lock: int, some: "_Situated") -> Mask:
        """Which of some are where they need a lock, by its number, whether or not they have it."""
        needed: Mask = self.of_lock[lock][some.place]
        exempt, beside = self.exempt[lock], self.beside[lock]
        if exempt is not None:
            needed &= ~exempt[self.request_class[some.request], some.place]
        if beside is not None:
            needed &= ~(beside[some.place] & (some.activity == Activity.LOOP))
        return needed

    def has(self, lock: int, some: "_Situated") -> Mask:
        """Which of some have a lock, by its number."""
        found: Mask = self.having[lock][some.activity] & self.under(lock, some)
        return found

    def wants(self, lock: int, some: "_Situated") -> Mask:
        """Which of some wait for it."""
        found: Mask = self.wanting[lock][some.activity] & self.under(lock, some)
        return found

    def alone(self, some: "_Situated") -> Mask:
        """Which of some are where they compute without a lock."""
        without: Mask = self.unlocked[some.place]
        for exempt, beside in zip(self.exempt, self.beside, strict=True):
            if exempt is not None:
                free: Mask = exempt[self.request_class[some.request], some.place]
                without |= free if beside is None else free & ~beside[some.place]
        return without


class _Situated(Protocol):
    """Requests at places."""

    @property
    def request(self) -> NDArray[np.int32]:
        """Which."""

    @property
    def place(self) -> NDArray[np.int16]:
        """Indices into the walk."""

    @property
    def activity(self) -> Activities:
        """What they do there."""


def _exempt(trace: Trace, places: tuple[Place, ...], lock: Lock) -> Mask | None:
    """Native code where there is a GIL; and waiting, that keeps a loop and lets go of the GIL."""
    load = trace.workload
    found = np.zeros((len(load.class_names), len(places) + 1), np.bool_)
    for index, place in enumerate(places):
        if place.phase is not None and lock in place.locks:
            others = (Work.NATIVE,) if lock == place.lock else (Work.NATIVE, Work.IO, Work.BLOCK)
            free = [kind for kind in others if lock not in kind.locks(place)]
            found[:, index] = np.isin(load.phase_kinds[:, place.phase], free)
    return found if found.any() else None


def _beside(places: tuple[Place, ...], lock: Lock) -> Mask | None:
    mask = _mask(places, [i for i, place in enumerate(places) if lock in place.locks[1:]])
    return mask if mask.any() else None


def place_map(trace: Trace) -> PlaceMap:
    """The map of the walk that the requests of a trace take."""
    places, plan = trace.places, trace.plan
    held = held_parts(trace, places)
    of_pool = tuple(_mask(places, part.places) for part in held)
    groups = lane_groups(plan)
    lanes = {group.name for group in groups if group.kind is GroupKind.SLOTS}
    slots = _mask(places, ())
    for part, mask in zip(held, of_pool, strict=True):
        if part.pool.name in lanes:
            slots |= mask
    return PlaceMap(
        places=places,
        locks=plan.locks,
        backlogs=plan.backlogs,
        held=held,
        of_pool=of_pool,
        of_lock=tuple(_needing(places, lock) for lock in plan.locks),
        unlocked=_mask(places, [i for i, p in enumerate(places) if p.state is State.COMPUTING and p.lock is None]),
        exempt=tuple(_exempt(trace, places, lock) for lock in plan.locks),
        beside=tuple(_beside(places, lock) for lock in plan.locks),
        having=tuple(among(*(OF_STATE[state] for state in having(lock))) for lock in plan.locks),
        wanting=tuple(_wanting(lock) for lock in plan.locks),
        request_class=trace.workload.request_class,
        of_backlog=tuple(accepted_at(places, backlog) for backlog in plan.backlogs),
        connects=tuple(_connecting(places, backlog) for backlog in plan.backlogs),
        groups=groups,
        slots=slots,
        served=_mask(places, _served(places)),
    )


def _mask(places: tuple[Place, ...], indices: Sequence[int]) -> Mask:
    mask = np.zeros(len(places) + 1, np.bool_)
    mask[list(indices)] = True
    return mask


def _needing(places: tuple[Place, ...], lock: Lock) -> Mask:
    return _mask(places, [i for i, place in enumerate(places) if lock in place.locks])


def _wanting(lock: Lock) -> Mask:
    """Whoever waits for a GIL where a loop is needed too has that."""
    return among(Activity.LOOP) if isinstance(lock, Loop) else FOR_LOCK


def _connecting(places: tuple[Place, ...], backlog: Backlog) -> int:
    found = connected_at(places, backlog)
    return -1 if found is None else found


def _served(places: tuple[Place, ...]) -> range:
    waits = [i for i, place in enumerate(places) if place.state in OUTSIDE]
    first = max(waits, default=-1) + 1
    sent = sent_at(places, first)
    return range(first, len(places) if sent is None else sent + 1)


def by_client(place: Place) -> bool:
    """Whether a connect is over the client's own line rather than between two programs."""
    return place.knocks_at is not None and place.link is Link.CLIENT
