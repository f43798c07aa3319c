"""Rules about what is in use all the time: more comes than the bottleneck can carry, or hardly anybody else came.

What to watch: overload is a matter of rates, so it is asked of a load that lasts; a crowd that comes at once is none.
"""

from functools import partial
from math import ceil

import numpy as np

from simulator.plan.words import OWN, State
from simulator.trace.availability import quotas
from simulator.trace.cures import Cure
from simulator.trace.facts import NOTABLE, Facts, noun, percents
from simulator.trace.figures import Bottleneck
from simulator.trace.finding import Finding, told
from simulator.trace.holding import needing
from simulator.trace.intervals import overlap
from simulator.trace.measures import NOT_COMPLETED
from simulator.trace.residence import blocks, server_end
from simulator.trace.rules_capacity import cures_of_slots
from simulator.words.language import Said, said, said_many
from simulator.words.numbers import count, duration, rate, tenths, three_digits
from simulator.words.phrases import all_of

OVERLOADED = 0.95
GROWS_BY = 20.0
"""Requests more in the system at the end than at the start: less is chance."""
LASTING = 10.0
"""A load lasts from so many times on what one request takes of the bottleneck."""


def overload(facts: Facts) -> Finding | None:
    """More arrives than the bottleneck can carry, so the queue grows for as long as the load lasts."""
    found, (low, high) = facts.summary.bottleneck, _arriving(facts)
    if found is None or found.utilisation < OVERLOADED or facts.summary.loop == "closed":
        return None
    if high - low < LASTING * found.seconds_each:
        return None  # a crowd that comes at once is no load that lasts
    came = (facts.measures.category >= NOT_COMPLETED) & needing(facts.trace, facts.measures.held, found.resource)
    arriving = np.count_nonzero(came) / (high - low)
    first, last = _in_system(facts)
    growing = last - first > max(GROWS_BY, first)
    if arriving < found.limit_rps or not (growing or facts.summary.failed):
        return None
    outcome = said("What is too much fails.")
    if growing:
        outcome = said(
            "{first} requests in the system became {last}, and more for as long as this load lasts.",
            first=count(first), last=count(last),
        )  # fmt: skip
    return Finding(
        0.95, told(_too_much(facts, found, arriving), outcome), _cures_of_overload(facts, found), found.resource
    )


def _too_much(facts: Facts, found: Bottleneck, arriving: float) -> Said:
    """What comes, what can be carried by those that were there, and why no more can."""
    there = found.size * facts.measures.available(found.resource, found.size)
    fields = {
        "arriving": rate(arriving), "who": partial(all_of, noun(found.resource), ceil(found.size)),
        "limit": rate(there / found.seconds_each), "each": duration(found.seconds_each),
        "size": found.size, "there": str(tenths(there)),
    }  # fmt: skip
    if found.kind == "cores" and any(quota for _, _, quota in quotas(facts.trace)):
        return said(
            "{arriving} requests/s arrive, and a quota of {there} cores can carry {limit} at most, because each "
            "request computes for {each} on average ({there} / {each}).",
            **{**fields, "there": three_digits(there)},
        )
    if found.for_some and tenths(there) == found.size:
        return said(
            "{arriving} requests/s arrive that need one of {who}, which can carry {limit} at most, because each holds "
            "one for {each} on average ({size} / {each}).",
            **fields,
        )
    if tenths(there) != found.size:
        if found.kind == "pool":
            return said(
                "{arriving} requests/s arrive, and {who} could carry {limit} at most, because only {there} of {size} "
                "were there on average and each request holds one for {each} ({there} / {each}).",
                **fields,
            )
        if found.kind == "loop":
            return said(
                "{arriving} requests/s arrive, and {who} could carry {limit} at most, because only {there} of {size} "
                "were there on average and each request needs one to itself for {each} ({there} / {each}).",
                **fields,
            )
        return said(
            "{arriving} requests/s arrive, and {who} could carry {limit} at most, because only {there} of {size} "
            "were there on average and each request computes for {each} ({there} / {each}).",
            **fields,
        )
    if found.kind == "pool":
        return said(
            "{arriving} requests/s arrive, and {who} can carry {limit} at most, because each request holds one for "
            "{each} on average ({size} / {each}).",
            **fields,
        )
    if found.kind == "loop":  # who only waits in a synchronous call has it too
        return said(
            "{arriving} requests/s arrive, and {who} can carry {limit} at most, because each request needs one to "
            "itself for {each} on average ({size} / {each}).",
            **fields,
        )
    return said(
        "{arriving} requests/s arrive, and {who} can carry {limit} at most, because each request computes for "
        "{each} on average ({size} / {each}).",
        **fields,
    )


def _cures_of_overload(facts: Facts, found: Bottleneck) -> tuple[Cure, ...]:
    """More of what is short; for slots by what they are short for."""
    if found.kind == "pool":
        pool = next(pool for pool in facts.trace.plan.pools if pool.name == found.resource)
        split = facts.summary.resources[pool.name].split
        return cures_of_slots(facts, pool, max(OWN, key=lambda state: split.get(state.value, 0.0)))
    if found.kind == "processors":
        return (Cure.ALL_CORES if found.size < facts.cores.size else Cure.MORE_CORES,)
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


# --- taken, but nobody else came --------------------------------------------------------------------------------------


def taken(facts: Facts) -> Finding | None:
    """Something is in use all the time, and yet hardly anybody waits for it, for hardly anybody else came."""
    resources = facts.summary.resources
    full = [name for name, each in resources.items() if each.kind != "backlog" and each.utilisation >= OVERLOADED]
    waiting = sum(facts.attribution.all.values())
    if not full or waiting >= NOTABLE:
        return None
    name = max(full, key=lambda each: resources[each].utilisation)
    used = resources[name]
    doing = max((s for s in State if s.value in used.split), key=lambda state: used.split[state.value])
    fields = {
        "who": partial(all_of, noun(name), used.size),
        "used": percents(used.utilisation),
        "share": percents(used.split[doing.value]),
        "doing": said(doing.value),
        "waiting": percents(waiting),
    }
    text = said_many(
        "{who} is in use {used} of the time, {share} {doing}, though requests spend only {waiting} of their time "
        "waiting for others: hardly anybody else came meanwhile, and whoever comes has to wait.",
        "{who} are in use {used} of the time, {share} {doing}, though requests spend only {waiting} of their time "
        "waiting for others: hardly anybody else came meanwhile, and whoever comes has to wait.",
        used.size,
        **fields,
    )
    pool = next((pool for pool in facts.trace.plan.pools if pool.name == name), None)
    cures = cures_of_slots(facts, pool, doing) if pool is not None else ()
    who = facts.holders(pool) if pool is not None else None
    return Finding(NOTABLE, text, cures, name, who.parties if who is not None else ())
