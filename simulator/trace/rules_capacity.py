"""Rules about capacity: a load that is more than the server can carry, slots that are held, and who gets the work.

What to watch: requests wait for a slot because the others are held, and by what they are held decides the cure. A slot
that listens to a slow client needs another cure than one that computes.
"""

from itertools import pairwise

import numpy as np

from simulator.plan.resources import Pool
from simulator.plan.steps import Link
from simulator.plan.words import OUTSIDE, OWN, State
from simulator.trace.attribution import inner_lock, inner_pool
from simulator.trace.cures import Cure
from simulator.trace.facts import NOTABLE, Facts, noun, slots_limit_computing
from simulator.trace.figures import Bottleneck
from simulator.trace.finding import Finding
from simulator.trace.intervals import overlap
from simulator.trace.measures import COMPLETED, INDEX, NOT_COMPLETED, SLOWEST
from simulator.trace.residence import blocks, server_end
from simulator.words.numbers import count, duration, rate, share_in_words
from simulator.words.phrases import all_of, is_or_are, plural, sentence

OVERLOADED = 0.95
GROWS_BY = 20.0
"""Requests more in the system at the end than at the start: less is chance."""
LASTING = 10.0
"""A load lasts from so many times on what one request takes of the bottleneck."""
ELSEWHERE = 0.3
"""Share of the waiting during which another process had nothing to do, from which on the spread is to blame."""


def overload(facts: Facts) -> Finding | None:
    """More arrives than the bottleneck can carry, so the queue grows for as long as the load lasts."""
    found, (low, high) = facts.summary.bottleneck, _arriving(facts)
    if found is None or found.utilisation < OVERLOADED or facts.summary.loop == "closed":
        return None
    if high - low < LASTING * found.seconds_each:
        return None  # a crowd that comes at once is no load that lasts
    arriving = facts.measures.count(NOT_COMPLETED, COMPLETED, SLOWEST) / (high - low)
    first, last = _in_system(facts)
    growing = last - first > max(GROWS_BY, first)
    if arriving < found.limit_rps or not (growing or facts.summary.failed):
        return None
    who = all_of(noun(found.resource), found.size)
    text = f"{rate(arriving)} requests/s arrive, and {who} can carry {rate(found.limit_rps)}"
    text += f" at most ({found.size} / {duration(found.seconds_each)} each): "
    if growing:
        text += f"{count(first)} requests in the system became {count(last)}, and more for as long as this load lasts"
    else:
        text += "what is too much fails"
    return Finding(0.95, sentence(text), _cures_of_overload(facts, found))


def _cures_of_overload(facts: Facts, found: Bottleneck) -> tuple[Cure, ...]:
    """More of what is short; for slots by what they are short for."""
    if found.kind == "pool":
        pool = next(pool for pool in facts.trace.plan.pools if pool.name == found.resource)
        split = facts.summary.resources[pool.name].split
        return cures_of_slots(facts, pool, max(OWN, key=lambda state: split.get(state.value, 0.0)))
    more = {"gil": Cure.MORE_PROCESSES, "loop": Cure.MORE_PROCESSES, "cores": Cure.MORE_CORES}
    return (more[found.kind],)


def _arriving(facts: Facts) -> tuple[float, float]:
    """The part of the window in which requests arrived."""
    return facts.trace.window.start, facts.trace.window.arrivals_end


def _in_system(facts: Facts) -> tuple[float, float]:
    """Requests in the server in the first and in the last tenth of the time in which requests arrived."""
    low, high = _arriving(facts)
    trace, tenth = facts.trace, (high - low) / 10
    first = last = 0.0
    for block in blocks(trace):
        start, end = trace.arrival[block], server_end(trace, block)
        first += overlap(start, end, low, low + tenth)
        last += overlap(start, end, high - tenth, high)
    return first / tenth, last / tenth


def accept_limit(facts: Facts) -> Finding | None:
    """Every process has as many connections in hand as it may take, and nothing else keeps it from taking more."""
    places = facts.measures.places
    for i, (before, place) in enumerate(pairwise(places), 1):
        if place.most_in_hand is None or place.lock is None or before.queue is None:
            continue
        waiting = facts.attribution.score(before.queue.name, State.BACKLOG)  # charged only at the limit
        if waiting >= NOTABLE:
            most = count(place.most_in_hand * place.lock.processes)
            text = (
                f"the server takes {most} connections at most and has {share_in_words(facts.measures.in_hand(i))} of "
                f"them in hand on average, so others wait in the backlog: raise that limit"
            )
            return Finding(waiting, sentence(text), (Cure.HIGHER_ACCEPT_LIMIT,))
    return None


# --- slots ------------------------------------------------------------------------------------------------------------


def held_by_uploads(facts: Facts) -> Finding | None:
    """Slots listen to clients that send slowly."""
    pool = _main_cause(facts, State.UPLOAD)
    if pool is None:
        return None
    advice = (
        f"allow more {plural(pool.name)}"
        if _is_outer(facts, pool)
        else f"{_proxy_should(facts, pool)} buffer each request, so that it takes no {pool.name} before all of it is in"
    )
    return _finding(facts, pool, State.UPLOAD, "listening to slow uploads", advice)


def held_by_readers(facts: Facts) -> Finding | None:
    """Slots are stuck in sending to clients that read slowly."""
    pool = _main_cause(facts, State.DOWNLOAD)
    if pool is None:
        return None
    advice = (
        f"allow more {plural(pool.name)}"
        if _is_outer(facts, pool)
        else f"{_proxy_should(facts, pool)} buffer {_more(facts, pool)}the response, so that it is taken at once"
    )
    return _finding(facts, pool, State.DOWNLOAD, "sending to slow readers", advice)


def held_by_io(facts: Facts) -> Finding | None:
    """Slots wait for a database or another service."""
    pool = _main_cause(facts, State.IO)
    if pool is None:
        return None
    advice = (
        f"shorten that wait; with the cores this busy more {plural(pool.name)} would soon wait for a core"
        if facts.cores_full
        else f"more {plural(pool.name)}, or async code that holds none while it waits, would serve others meanwhile"
    )
    return _finding(facts, pool, State.IO, "waiting for I/O", advice)


def too_few_to_compute(facts: Facts) -> Finding | None:
    """No more slots than cores, all computing."""
    pool = _main_cause(facts, State.COMPUTING)
    if pool is None or not slots_limit_computing(facts, pool) or inner_lock(facts.measures, pool) is not None:
        return None
    advice = f"add {plural(pool.name)}, one for each core at least"
    if facts.pool_size(pool) == facts.cores.size:
        advice = f"add {plural(pool.name)}; when all compute, they will share {all_of('core', facts.cores.size)}"
    return _finding(facts, pool, State.COMPUTING, "computing", advice)


def _finding(facts: Facts, pool: Pool, state: State, doing: str, advice: str) -> Finding:
    used, size = facts.summary.resources[pool.name], facts.pool_size(pool)
    who = f"{all_of(pool.name, size)} {is_or_are(size)} held {share_in_words(used.utilisation)} of the time"
    share = used.split.get(state.value, 0.0)
    text = f"{who}{facts.law(pool.name)}, {share_in_words(share)} {doing}, while {facts.busy_cores()}: {advice}"
    weight = facts.attribution.score(pool.name, state)
    if pool.processes > 1:  # slots idle in another process are the business of the rule about imbalance
        weight *= used.utilisation
    return Finding(weight, sentence(text), cures_of_slots(facts, pool, state))


def cures_of_slots(facts: Facts, pool: Pool, state: State) -> tuple[Cure, ...]:
    """What might help where the slots of a pool are in this state."""
    if _is_outer(facts, pool):
        return (Cure.MORE_SLOTS,)
    if state in (State.UPLOAD, State.DOWNLOAD):
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


def _proxy_should(facts: Facts, pool: Pool) -> str:
    return "let the proxy in front" if _behind_a_proxy(facts, pool) else "have a proxy in front"


def _more(facts: Facts, pool: Pool) -> str:
    """A proxy that is there already may buffer, but too little."""
    return "all of " if _behind_a_proxy(facts, pool) else ""


def _behind_a_proxy(facts: Facts, pool: Pool) -> bool:
    """Whether somebody on the same machine holds the client's connection and passes the request on."""
    taken = next(part.taken_at for part in facts.measures.held if part.pool == pool)
    before = facts.measures.places[:taken]
    return any(place.knocks_at is not None and place.link is Link.LOCAL for place in before)


def _is_outer(facts: Facts, pool: Pool) -> bool:
    """Whether the slot is held around another pool or an accept queue: a proxy's connection, say."""
    part = next(p for p in facts.measures.held if p.pool == pool)
    nested = any(i in part and place.state in OUTSIDE for i, place in enumerate(facts.measures.places))
    return nested or inner_pool(facts.measures, pool) is not None


# --- processes --------------------------------------------------------------------------------------------------------


def imbalance(facts: Facts) -> Finding | None:
    """Requests wait in one process while another one is idle."""
    candidates = [c for c in (*_pools(facts), *_locks(facts)) if c[0] >= NOTABLE and c[1] >= ELSEWHERE]
    if not candidates:
        return None
    waiting, elsewhere, name, kind = max(candidates)
    cure = (
        f"let a process accept only when it has an idle {name}"
        if kind == "pool"
        else f"balance by how busy each process is, or keep every stay on the {name} short"
    )
    what = name if kind == "lock" else plural(name)
    text = (
        f"during {share_in_words(elsewhere)} of the waiting for {what}, another process had "
        f"nothing to do ({_spread(facts)}): a request stays with the process that accepted it; {cure}"
    )
    cures = (Cure.ACCEPT_WHEN_IDLE,) if kind == "pool" else (Cure.MORE_PROCESSES, Cure.OWN_PROCESSES)
    return Finding(min(waiting * elsewhere, 1.0), sentence(text), cures)


def _pools(facts: Facts) -> list[tuple[float, float, str, str]]:
    found = []
    for part in facts.measures.held:
        if part.pool.processes == 1 or facts.measures.places[part.taken_at].queue != part.pool:
            continue
        name = part.pool.name
        found.append((_share_of_life(facts, part.taken_at, State.QUEUED), _beside_free(facts, name), name, "pool"))
    return found


def _locks(facts: Facts) -> list[tuple[float, float, str, str]]:
    found = []
    for lock in facts.trace.plan.locks:
        if lock.processes == 1:
            continue
        places = [i for i, place in enumerate(facts.measures.places) if place.lock == lock]
        waiting = sum(_share_of_life(facts, i, State.GIL) + _share_of_life(facts, i, State.LOOP) for i in places)
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


def _spread(facts: Facts) -> str:
    """How many requests each process served."""
    served = facts.trace.process[(facts.measures.category > 0) & (facts.trace.process >= 0)]
    counts = np.bincount(served)
    most = share_in_words(float(counts.max() / counts.sum()))
    return f"the busiest process served {most} of the requests, of {len(counts)}"
