"""What requests really waited for: a wait for a slot is charged to what the slots were used for meanwhile.

What to watch: "in the backlog" and "waiting for a slot" explain nothing. If the slots spend 71 % of their time
listening to slow uploads, 71 % of the wait for a slot is waiting for other people's uploads.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from simulator.plan.place import having, state_of
from simulator.plan.resources import Backlog, Lock, Loop, Pool
from simulator.plan.steps import Link
from simulator.plan.walk import Place
from simulator.plan.words import IN_LINE, IN_TURNS, Need, State, needing
from simulator.trace.availability import CORES
from simulator.trace.measures import COMPLETED, INDEX, NOT_COMPLETED, SLOWEST, STATES, Measures
from simulator.trace.residence import Floats, blocks

Cause = tuple[str, State]
"""A resource, and what it was used for while others waited; for a lock or the cores: waiting for them."""
Charges = Mapping[Cause, float]
HANDSHAKE_ROUND_TRIPS = 1.5
AT_LIMIT = 0.8
"""From this share of their limit on, on average, processes are taken not to accept because of the limit."""
SLOWEST_COUNTS = 0.2
"""How much a share of the slowest requests' time weighs against the same share of everybody's."""


class Attribution:
    """The share of the requests' time that they waited because of each cause."""

    def __init__(self, measures: Measures) -> None:
        """Charged once over all requests that arrived in the window, once over the slowest of the completed."""
        self._measures = measures
        self.all = self._shares(NOT_COMPLETED, COMPLETED, SLOWEST)
        self.slowest = self._shares(SLOWEST)

    def score(self, resource: str, *states: State) -> float:
        """How much of the latency a cause explains, between 0 and 1."""
        everybody = sum(self.all.get((resource, state), 0.0) for state in states)
        slowest = sum(self.slowest.get((resource, state), 0.0) for state in states)
        return max(everybody, slowest * SLOWEST_COUNTS)

    def _shares(self, *categories: int) -> Charges:
        life = self._measures.mean_life(*categories)
        total = float(life.sum())
        if total <= 0.0:
            return {}
        handshake = HANDSHAKE_ROUND_TRIPS * self._mean_rtt(categories)
        charges = _charged(self._measures, life, handshake)
        return {cause: seconds / total for cause, seconds in charges.items() if seconds > 0.0}

    def _mean_rtt(self, categories: tuple[int, ...]) -> float:
        """Over the requests of these categories, of which there are some."""
        measures, total = self._measures, 0.0
        among = np.isin(range(len(measures.counts)), categories)
        for block in blocks(measures.trace):
            total += float(measures.trace.workload.rtt[block][among[measures.category[block]]].sum())
        return total / measures.count(*categories)


def _charged(measures: Measures, life: Floats, handshake_s: float) -> Charges:
    charges: defaultdict[Cause, float] = defaultdict(float)
    for i, place in enumerate(measures.places):
        waits = float(life[i, INDEX[place.state]])
        if place.takes is not None:
            waits += _knocking(measures, life, i, handshake_s)
            for cause, share in uses(measures, place.takes).items():
                charges[cause] += waits * share
        elif place.queue is not None and place.queue is place.waits_for:  # for a token
            charges[place.queue.name, place.state] += waits
        elif place.queue is not None and place.waits_for is not None:
            waits += _knocking(measures, life, i, handshake_s)
            for cause, share in _eagerly(measures, i, place.queue.name, place.waits_for.name, place.by).items():
                charges[cause] += waits * share
        for cause, seconds in _locked_out(measures, place, life[i]):
            charges[cause] += seconds
        cores = CORES if place.cores is None else place.cores.name
        for state in needing(Need.CORE):
            charges[cores, state] += float(life[i, INDEX[state]])
    return charges


def _knocking(measures: Measures, life: Floats, index: int, handshake_s: float) -> float:
    """Seconds that it took to get into the backlog in which requests wait at a place, beyond the handshake."""
    if not isinstance(measures.places[index].queue, Backlog):
        return 0.0
    due = handshake_s if measures.places[index - 1].link is Link.CLIENT else 0.0
    return max(float(life[index - 1, INDEX[State.CONNECTING]]) - due, 0.0)


def _eagerly(measures: Measures, index: int, queue: str, lock: str, by: Pool | None) -> Charges:
    """Why a connection waits to be accepted: the acceptor waits for its lock, or its process has taken all it may.

    An acceptor that needs a slot waits for that as long as others hold it.
    """
    if measures.in_hand(index + 1) >= AT_LIMIT:
        inner = next((part.pool for part in measures.held if any(at > index for at in part.waits_at)), None)
        return {(queue, State.BACKLOG): 1.0} if inner is None else uses(measures, inner)
    taken = {} if by is None else uses(measures, by)
    low, high = measures.window
    part = (
        0.0
        if by is None or high <= low
        else float(measures.slot_time[by.name].sum()) / (by.size * by.processes * (high - low))
    )
    charges = defaultdict[Cause, float](float)
    for cause, share in _kept_for(measures, _lock(measures, lock)).items():
        charges[cause] += (1.0 - part if taken else 1.0) * share
    for cause, share in taken.items():
        charges[cause] += part * share
    return charges


def _locked_out(measures: Measures, place: Place, life: Floats) -> Iterator[tuple[Cause, float]]:
    """Seconds of waiting for each lock at a place, and why."""
    for lock in place.locks:
        for cause, share in _kept_for(measures, lock).items():
            yield cause, float(life[INDEX[state_of(lock)]]) * share
    if place.locks:
        yield (place.locks[-1].name, State.GIL_OR_CORE), float(life[INDEX[State.GIL_OR_CORE]])


def _kept_for(measures: Measures, lock: Lock) -> Charges:
    """Why others wait for a lock; shares that sum to 1. Whoever has a loop may be waiting for the GIL of threads."""
    own = lock.name, state_of(lock)
    if not isinstance(lock, Loop) or lock.gil is None:
        return {own: 1.0}
    seconds, beside = measures.lock_time[lock.name].sum(axis=0), state_of(lock.gil)
    had = float(seconds[[INDEX[state] for state in having(lock)]].sum())
    part = float(seconds[INDEX[beside]]) / had if had > 0.0 else 0.0
    return {own: 1.0 - part, (lock.gil.name, beside): part}


def uses(measures: Measures, pool: Pool) -> Charges:
    """What the slots of a pool were used for while they were held; shares that sum to 1."""
    seconds = measures.slot_time[pool.name]
    total = float(seconds.sum())
    causes: defaultdict[Cause, float] = defaultdict(float)
    if total <= 0.0:
        return causes
    inner, lock = inner_pool(measures, pool), inner_lock(measures, pool)
    for state, used in zip(STATES, (seconds / total).tolist(), strict=True):
        if state in IN_LINE and inner is not None:
            for cause, share in uses(measures, inner).items():
                causes[cause] += used * share
        elif state.need is Need.CORE:
            causes[CORES, state] += used
        elif lock is not None and state.need in (Need.LOCK, Need.WORK):
            of = _lock(measures, lock)
            causes[of.gil.name if isinstance(of, Loop) and of.gil and state in IN_TURNS else lock, state] += used
        elif lock is not None and state in IN_LINE:
            causes[lock, state_of(_lock(measures, lock))] += used
        else:
            causes[pool.name, state] += used
    return causes


def inner_pool(measures: Measures, pool: Pool) -> Pool | None:
    """The pool that a request waits for while it holds a slot of this one."""
    part = next(p for p in measures.held if p.pool == pool)
    inside = (p.pool for p in measures.held if any(at in part for at in p.waits_at))
    return next(inside, None)


def inner_lock(measures: Measures, pool: Pool) -> str | None:
    """The lock that a request needs while it holds a slot of this pool."""
    part = next(p for p in measures.held if p.pool == pool)
    locks = (place.lock.name for i, place in enumerate(measures.places) if i in part and place.lock is not None)
    return next(locks, None)


def _lock(measures: Measures, name: str) -> Lock:
    return next(lock for lock in measures.trace.plan.locks if lock.name == name)
