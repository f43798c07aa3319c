"""Rules about capacity: slots that are held, and connections that are not taken.

What to watch: requests wait for a slot because the others are held, and by what they are held decides what might help.
A slot that listens to a slow client needs another cure than one that computes.
"""

from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np

from simulator.plan.resources import Pool
from simulator.plan.walk import Way
from simulator.plan.words import OUTSIDE, State
from simulator.trace.attribution import inner_lock, inner_pool
from simulator.trace.cures import Cure
from simulator.trace.facts import NOTABLE, Facts, groups, percents, slots_limit_computing
from simulator.trace.finding import Finding, told
from simulator.trace.measures import INDEX
from simulator.trace.residence import BLOCK_ROWS
from simulator.trace.victims import all_along, who_waited
from simulator.words.language import Said, said, said_many
from simulator.words.numbers import count
from simulator.words.phrases import all_of

LINGERS = 0.1
"""From this share of the time on, the wait for clients to close is told beside what else holds a slot: it is not what
anybody expects of a response that has been sent."""


def accept_limit(facts: Facts) -> Finding | None:
    """Every process has as many connections in hand as it may take, and nothing else keeps it from taking more."""
    places = facts.measures.places
    for i, (before, place) in enumerate(pairwise(places), 1):
        if place.most_in_hand is None or place.lock is None or before.queue is None:
            continue
        waiting = facts.attribution.score(before.queue.name, State.BACKLOG)  # charged only at the limit
        if waiting >= NOTABLE:
            text = said(
                "The server takes {most} connections at most and has {hand} of them in hand on average, so others "
                "wait in the backlog.",
                most=count(place.most_in_hand * place.lock.processes),
                hand=percents(facts.measures.in_hand(i)),
            )
            return Finding(waiting, text, (Cure.HIGHER_ACCEPT_LIMIT,), before.queue.name)
    return None


# --- slots ------------------------------------------------------------------------------------------------------------


def held_by_uploads(facts: Facts) -> Finding | None:
    """Slots listen to clients that send slowly, or to nobody: a full backlog has dropped what they wait for."""
    if _listens_to_nobody(facts):
        found = _held(facts, State.UPLOAD, said("waiting for data that a full backlog had dropped"))
        return (
            None if found is None else replace(found, cures=(Cure.LONGER_BACKLOG, Cure.MORE_SLOTS, Cure.HOLD_NOTHING))
        )
    return _held(facts, State.UPLOAD, said("listening to slow uploads"))


def _listens_to_nobody(facts: Facts) -> bool:
    """Whether most of what is waited for was lost."""
    if not facts.trace.data_retries.any():
        return False
    return waited_for_lost_data(facts) > float(facts.measures.life[..., INDEX[State.UPLOAD]].sum()) / 2


def waited_for_lost_data(facts: Facts) -> float:
    """Seconds that the server waited for what clients had to send whose first data were dropped, all added up."""
    waited, trace = 0.0, facts.trace
    rows = np.flatnonzero(facts.measures.category)
    rows = rows[trace.data_retries[rows] > 0]
    for i, place in enumerate(facts.measures.places):
        if place.way is Way.UP:
            for some in np.array_split(rows, len(rows) // BLOCK_ROWS + 1):
                later = np.fmin.reduce(trace.reached[some, i + 1 :], axis=1, initial=np.inf)
                waited += float(np.nansum(np.fmin(later, trace.left[some]) - trace.reached[some, i]))
    return waited


def held_by_readers(facts: Facts) -> Finding | None:
    """Slots are stuck in sending to clients that read slowly."""
    return _held(facts, State.DOWNLOAD, said("sending to slow readers"))


def held_by_closing(facts: Facts) -> Finding | None:
    """Slots wait for clients to close."""
    return _held(facts, State.CLOSING, said("waiting for clients to close"))


def held_by_io(facts: Facts) -> Finding | None:
    """Slots wait for a database or another service."""
    return _held(facts, State.IO, said("waiting for I/O"))


def too_few_to_compute(facts: Facts) -> Finding | None:
    """No more slots than cores, all computing."""
    pool = _main_cause(facts, State.COMPUTING)
    if pool is None or not slots_limit_computing(facts, pool) or inner_lock(facts.measures, pool) is not None:
        return None
    return _held(facts, State.COMPUTING, said("computing"))


def _held(facts: Facts, state: State, doing: Said) -> Finding | None:
    """By what the slots of a pool are held, and by whom; to be weighed by how much of the time that explains."""
    pool = _main_cause(facts, state)
    if pool is None:
        return None
    used, size = facts.summary.resources[pool.name], facts.pool_size(pool)
    who = facts.holders(pool)
    fields = {
        "who": partial(all_of, pool.name, size),
        "used": percents(used.utilisation),
        "share": percents(used.split.get(state.value, 0.0)),
        "doing": doing,
        "cores": facts.busy_cores,
        "law": facts.law(pool.name, by_class=who is None),
    }
    text = said_many(
        "{who} is held {used} of the time{law}, {share} {doing}, while {cores}.",
        "{who} are held {used} of the time{law}, {share} {doing}, while {cores}.",
        size,
        **fields,
    )
    closing = used.split.get(State.CLOSING.value, 0.0)
    if state is not State.CLOSING and closing >= LINGERS:
        text = said_many(
            "{who} is held {used} of the time{law}, {share} {doing} and {closing} waiting for clients to close, while "
            "{cores}.",
            "{who} are held {used} of the time{law}, {share} {doing} and {closing} waiting for clients to close, while "
            "{cores}.",
            size,
            closing=percents(closing),
            **fields,
        )
    weight = facts.attribution.score(pool.name, state)
    if pool.processes > 1:  # slots idle in another process are the business of the rule about imbalance
        weight *= used.utilisation
    if who is None:
        return Finding(weight, text, cures_of_slots(facts, pool, state), pool.name)
    waited = who_waited(facts, who.parties)
    text = told(text, groups(who, pool.name), all_along(waited))
    victims = (waited.party,) if waited is not None else ()
    return Finding(weight, text, cures_of_slots(facts, pool, state), pool.name, who.parties, victims)


def cures_of_slots(facts: Facts, pool: Pool, state: State) -> tuple[Cure, ...]:
    """What might help where the slots of a pool are in this state."""
    if _is_outer(facts, pool):
        return (Cure.MORE_SLOTS,)
    if facts.accepts(pool.name):
        return (Cure.PROXY, Cure.MORE_PROCESSES, Cure.HOLD_NOTHING)
    if state in (State.UPLOAD, State.DOWNLOAD, State.CLOSING):
        return (Cure.PROXY, Cure.MORE_SLOTS, Cure.HOLD_NOTHING)
    return (Cure.MORE_SLOTS, Cure.HOLD_NOTHING) if state is State.IO else (Cure.MORE_SLOTS, Cure.MORE_PROCESSES)


def _main_cause(facts: Facts, state: State) -> Pool | None:
    """The pool for which requests wait because its slots are in this state, and hardly for another reason."""
    pools = facts.trace.plan.pools
    pool = max(pools, default=None, key=lambda p: facts.attribution.score(p.name, state))
    if pool is None:
        return None
    score = facts.attribution.score(pool.name, state)
    highest = max(facts.attribution.score(pool.name, other) for other in State)
    return pool if score >= NOTABLE and score >= highest / 2 else None


def _is_outer(facts: Facts, pool: Pool) -> bool:
    """Whether the slot is held around another pool or an accept queue: a proxy's connection, say."""
    part = next(p for p in facts.measures.held if p.pool == pool)
    nested = any(i in part and place.state in OUTSIDE for i, place in enumerate(facts.measures.places))
    return nested or inner_pool(facts.measures, pool) is not None
