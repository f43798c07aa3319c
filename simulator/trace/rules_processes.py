"""A rule about processes: one that has too much to do beside one that has nothing."""

from functools import partial

import numpy as np

from simulator.plan.place import state_of
from simulator.plan.processes import process_count
from simulator.plan.resources import Backlog
from simulator.plan.words import State
from simulator.trace.cures import Cure
from simulator.trace.facts import NOTABLE, Facts, percents
from simulator.trace.finding import Finding, told
from simulator.trace.measures import COMPLETED, INDEX, NOT_COMPLETED, SLOWEST
from simulator.words.language import Said, said
from simulator.words.phrases import a

ELSEWHERE = 0.3
"""Share of the waiting during which another process had nothing to do, from which on the spread is to blame."""
UNEVEN = 1.2
"""A process that served so many times its share of the requests served more than the others."""


def imbalance(facts: Facts) -> Finding | None:
    """Requests wait in one process while another one is idle."""
    candidates = [c for c in (*_pools(facts), *_locks(facts)) if c[0] >= NOTABLE and c[1] >= ELSEWHERE]
    if not candidates:
        return None
    waiting, elsewhere, name, kind = max(candidates)
    text = said(
        "During {elsewhere} of the waiting for {one}, another process had nothing to do: a request stays with the "
        "process that accepted it.",
        elsewhere=percents(elsewhere),
        one=partial(a, name),
    )
    cures = (Cure.ACCEPT_WHEN_IDLE,) if kind == "pool" else (Cure.MORE_PROCESSES, Cure.OWN_PROCESSES)
    if any(backlog.processes > 1 for backlog in facts.trace.plan.backlogs):
        text = said(
            "During {elsewhere} of the waiting for {one}, another process had nothing to do: each listens on a socket "
            "of its own, and a connection stays with the one that it was hashed to.",
            elsewhere=percents(elsewhere),
            one=partial(a, name),
        )
        cures = (Cure.ONE_QUEUE, *cures)
    return Finding(min(waiting * elsewhere, 1.0), told(text, _spread(facts)), cures, name)


def _pools(facts: Facts) -> list[tuple[float, float, str, str]]:
    found = []
    for part in facts.measures.held:
        places, name = [facts.measures.places[at] for at in part.waits_at], part.pool.name
        own = {p.queue for p in places if isinstance(p.queue, Backlog) and p.queue.processes > 1}
        if part.pool.processes == 1 or not (own or part.pool in (place.queue for place in places)):
            continue
        state = State.BACKLOG if own else State.QUEUED
        waiting = sum(_share_of_life(facts, at, state) for at in part.waits_at)
        queue = next((each.name for each in own), name)
        found.append((waiting, _beside_free(facts, queue), name, "pool"))
    return found


def _locks(facts: Facts) -> list[tuple[float, float, str, str]]:
    found = []
    for lock in facts.trace.plan.locks:
        if lock.processes == 1:
            continue
        places = [i for i, place in enumerate(facts.measures.places) if lock in place.locks]
        waiting = sum(_share_of_life(facts, i, state_of(lock)) for i in places)
        found.append((waiting, _beside_free(facts, lock.name), lock.name, "lock"))
    return found


def _share_of_life(facts: Facts, place: int, state: State) -> float:
    """How much of the time of all requests of the window went into waiting at a place."""
    life = facts.measures.mean_life(NOT_COMPLETED, COMPLETED, SLOWEST)
    return float(life[place, INDEX[state]] / max(life.sum(), 1e-300))


def _beside_free(facts: Facts, name: str) -> float:
    """The share of the waiting for something that happened while one of its copies was free."""
    queue = facts.measures.queue(name)
    return queue.beside_free / queue.seconds if queue.seconds > 0.0 else 0.0


def _spread(facts: Facts) -> Said:
    """How many requests each process served."""
    served = facts.trace.process[(facts.measures.category > 0) & (facts.trace.process >= 0)]
    counts = np.bincount(served, minlength=process_count(facts.trace.plan))
    most = float(counts.max() / max(counts.sum(), 1))
    if most * len(counts) < UNEVEN:
        return said("Over the whole run all served about as many; it is at single moments that one has too many.")
    return said(
        "The busiest of {number} processes served {most} of the requests.", number=len(counts), most=percents(most)
    )
