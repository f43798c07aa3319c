"""Rules about slots: requests wait for one because the others are held, and by what they are held decides the cure."""

from simulator.plan.resources import Pool
from simulator.plan.steps import Link
from simulator.plan.words import OUTSIDE, State
from simulator.trace.attribution import inner_lock, inner_pool
from simulator.trace.facts import NOTABLE, Facts, Finding, slots_limit_computing
from simulator.words.phrases import all_of, is_or_are, percent, plural, sentence


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
    who = f"{all_of(pool.name, size)} {is_or_are(size)} held {percent(used.utilisation)} of the time"
    share = used.split.get(state.value, 0.0)
    text = f"{who}{facts.law(pool.name)}, {percent(share)} {doing}, while {facts.busy_cores()}: {advice}"
    weight = facts.attribution.score(pool.name, state)
    if pool.processes > 1:  # slots idle in another process are the business of the rule about imbalance
        weight *= used.utilisation
    return Finding(weight, sentence(text))


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
