"""Rules about who waited when: a stretch of the run in which most of the waiting is, and requests that come together.

What to watch: an average over the run denies both. Of a minute in which nobody was served nothing is seen in "held
37 % of the time", and five that come at once wait for one another at a server that is idle most of the time.
"""

from functools import partial

import numpy as np

from simulator.trace.availability import CORES
from simulator.trace.cures import Cure
from simulator.trace.episodes import Episode
from simulator.trace.facts import HIGH, NOTABLE, Facts, noun, percents
from simulator.trace.finding import Finding, Kind, Party, told
from simulator.trace.measures import OUTSIDE
from simulator.trace.residence import Rows, blocks
from simulator.trace.triggers import Trigger
from simulator.trace.victims import then, who_waited
from simulator.trace.waits import short_of, waiting_part
from simulator.words.kinds import kind_name
from simulator.words.language import Said, said, said_many
from simulator.words.numbers import count, duration, rate, short_duration, three_digits
from simulator.words.phrases import a, all_of, some_of
from simulator.workload.interventions import Do, Intervention

STORY = 0.97
"""The weight of an episode: it says when and why, which no average does."""
LATER = 0.1
"""Of an episode: what is over sooner after its cause is not called late."""
MOSTLY = 0.5
"""Of the waiting."""
FEW = 3
"""Fewer groups of requests that come together are no habit."""
AT_LEAST = 1.0 + MOSTLY
"""Requests that come at a moment, on average: with fewer, most cannot come together, and nothing else is looked at."""


def episode(facts: Facts) -> Finding | None:
    """From when to when, how deep, what set it off, and how long it took to be over."""
    found = facts.episode
    if found is None or _weight(facts, found) < NOTABLE:
        return None
    trigger = found.trigger
    if trigger is not None and trigger.entry is not None and trigger.entry.do in (Do.KILL, Do.KILL_GROUP):
        return None  # the rule about deaths tells it
    culprits = trigger.parties if trigger is not None else ()
    waited = who_waited(facts, culprits, _came_then(facts, found))
    text = told(_how_deep(facts, found), _set_off(found, trigger), then(waited), _over(facts, found))
    victims = (waited.party,) if waited is not None else ()
    return Finding(STORY, text, _cures(facts, found), found.resource, culprits, victims)


def _weight(facts: Facts, found: Episode) -> float:
    """The share of the requests' time that was waiting within the episode."""
    total = float(facts.measures.life.sum())
    return float(facts.waits.total.sum()) * found.share / max(total, 1e-300)


def _came_then(facts: Facts, found: Episode) -> Rows:
    """All who came while it lasted, or for whom it began, and had to wait."""
    arrival, first = facts.trace.arrival, facts.trace.arrival[found.rows].min()
    return np.flatnonzero((arrival >= first) & (arrival < found.end_s) & (facts.waits.total > 0.0))


def _how_deep(facts: Facts, found: Episode) -> Said:
    size = facts.summary.resources[found.resource].size
    fields = {
        "begin": short_duration(found.begin_s),
        "end": short_duration(found.end_s),
        "most": count(found.most),
        "longest": short_duration(found.longest_s),
    }
    if found.full and found.most == 1:
        return said_many(
            "From {begin} to {end} {who} was taken: one request at a time waited, the longest for {longest}.",
            "From {begin} to {end} {who} were taken: one request at a time waited, the longest for {longest}.",
            size,
            who=partial(some_of, size, size, noun(found.resource)),
            **fields,
        )
    if found.full:
        return said_many(
            "From {begin} to {end} {who} was taken: up to {most} requests waited at once, one of them for {longest}.",
            "From {begin} to {end} {who} were taken: up to {most} requests waited at once, one of them for {longest}.",
            size,
            who=partial(some_of, size, size, noun(found.resource)),
            **fields,
        )
    if found.most == 1:
        return said(
            "From {begin} to {end} requests had to wait for {who}: one at a time, the longest for {longest}.",
            who=partial(all_of, noun(found.resource), size),
            **fields,
        )
    return said(
        "From {begin} to {end} requests had to wait for {who}: up to {most} at once, one of them for {longest}.",
        who=partial(all_of, noun(found.resource), size),
        **fields,
    )


def _set_off(found: Episode, trigger: Trigger | None) -> Said | None:
    if trigger is None:
        return None
    if trigger.entry is not None:
        return _entry(trigger.entry, trigger.until_s)
    if trigger.party.kind is Kind.CLASS and trigger.doing is not None:
        return said_many(
            'It began with a request of "{name}" that held {one} for {each}, mostly {doing}.',
            'It began with {number} requests of "{name}" that held {one} for {each} each, mostly {doing}.',
            trigger.number,
            number=count(trigger.number),
            name=partial(kind_name, trigger.party.name),
            one=partial(a, found.resource),
            each=duration(trigger.each_s),
            doing=said(trigger.doing.value),
        )
    if trigger.rate_rps:
        return said(
            "Until {peak} {rate} requests/s came, at other times {usual}.",
            peak=short_duration(trigger.until_s),
            rate=rate(trigger.rate_rps),
            usual=rate(trigger.usual_rps),
        )
    if trigger.mostly is not None:
        return said(
            'It began when {number} requests of "{name}" came at once.',
            number=count(trigger.number),
            name=partial(kind_name, trigger.mostly.name),
        )
    return said("It began when {number} requests came at once.", number=count(trigger.number))


def _entry(entry: Intervention, until_s: float) -> Said | None:
    at, until = short_duration(entry.at), short_duration(until_s)
    match entry.do:
        case Do.SLOW_IO:
            return said(
                "It began when I/O took {factor} times as long, from {at} to {until}.",
                factor=three_digits(entry.factor),
                at=at,
                until=until,
            )
        case Do.BURST:
            return said(
                "It began when {number} requests more came, from {at} to {until}.",
                number=count(entry.number),
                at=at,
                until=until,
            )
        case Do.CORES if entry.quota:
            return said(
                "It began when the quota was changed to {quota} cores, at {at}.", quota=f"{entry.quota:g}", at=at
            )
        case Do.CORES:
            return said(
                "It began when the number of cores was changed to {number}, at {at}.",
                number=count(entry.number),
                at=at,
            )
        case Do.SLOTS:
            return said(
                "It began when the number of workers or threads was changed to {number}, at {at}.",
                number=count(entry.number),
                at=at,
            )
        case _:
            return None


def _over(facts: Facts, found: Episode) -> Said | None:
    """How long after its cause, or after the last request had come, it was over."""
    trigger, last = found.trigger, float(np.nanmax(facts.trace.arrival))
    ended = found.end_s >= last
    entry = trigger is not None and trigger.entry is not None and not last <= trigger.until_s  # its own were the last
    if trigger is not None and entry and found.end_s - trigger.until_s > LATER * found.length_s:
        after = short_duration(found.end_s - trigger.until_s)
        if ended:
            return said("It outlasted its cause by {after}, until no more requests came.", after=after)
        return said("It outlasted its cause by {after}.", after=after)
    if ended and found.end_s - last > LATER * found.length_s:
        return said("It was over {after} after the last request had come.", after=short_duration(found.end_s - last))
    return None


def _cures(facts: Facts, found: Episode) -> tuple[Cure, ...]:
    """Where no average has anything to say of it: more of what was short."""
    kind = facts.summary.resources[found.resource].kind
    if found.resource == CORES:
        return (Cure.MORE_CORES,)
    return (Cure.MORE_SLOTS,) if kind == "pool" and not facts.accepts(found.resource) else (Cure.MORE_PROCESSES,)


# --- behind one another -----------------------------------------------------------------------------------------------


def siblings(facts: Facts) -> Finding | None:
    """Requests that come at the same moment wait for one another."""
    trace = facts.trace
    if trace.workload.clients_in_loop or waiting_part(facts.measures) < NOTABLE or _alone(facts):
        return None
    new = trace.parent < 0 if trace.has_further_rows else True
    counted = np.flatnonzero((facts.measures.category != OUTSIDE) & new)  # in order of arrival
    arrival = trace.arrival[counted]
    first = np.flatnonzero(np.append(True, np.diff(arrival) > 0.0))
    together, sizes = len(arrival) / len(first), np.diff(np.append(first, len(arrival)))
    if len(first) < FEW or np.count_nonzero(sizes > 1) < MOSTLY * len(first):
        return None
    waited = facts.waits.total[counted]
    behind = float(waited.sum() - (np.minimum.reduceat(waited, first) * sizes).sum())  # the luckiest waits for others
    lived = float(facts.measures.life[1:].sum())
    share = float(waited.sum()) / max(lived, 1e-300)
    if behind < MOSTLY * waited.sum() or share < NOTABLE:
        return None
    places = facts.waits.place
    weight = np.bincount(places.astype(np.intp), weights=facts.waits.seconds, minlength=1)
    resource = short_of(facts.measures.places, int(weight.argmax()))
    used = facts.summary.resources.get(resource)
    if used is None or used.utilisation >= HIGH:
        return None
    text = said_many(
        "Requests spend {share} of their time waiting for {who}, though it is in use only {used} of the time: they "
        "come {together} at once on average, and {behind} of the waiting is for others that came at the same moment.",
        "Requests spend {share} of their time waiting for {who}, though they are in use only {used} of the time: "
        "requests come {together} at once on average, and {behind} of the waiting is for others that came at the same "
        "moment.",
        used.size,
        share=percents(share),
        who=partial(all_of, noun(resource), used.size),
        used=percents(used.utilisation),
        together=three_digits(together),
        behind=percents(behind / float(waited.sum())),
    )
    cures = (Cure.MORE_SLOTS,) if used.kind == "pool" else (Cure.MORE_PROCESSES,)
    return Finding(share, text, cures, resource, (Party(Kind.ARRIVALS, "together"),))


def _alone(facts: Facts) -> bool:
    """Whether too few requests come at the same moment; found block by block, since nearly every run is like this."""
    trace = facts.trace
    number = moments = 0
    last = -1.0
    for block in blocks(trace):
        counted = facts.measures.category[block] != OUTSIDE
        if trace.has_further_rows:
            counted &= trace.parent[block] < 0
        arrival = trace.arrival[block][counted]
        if len(arrival):
            number += len(arrival)
            moments += int(arrival[0] > last) + int(np.count_nonzero(np.diff(arrival) > 0.0))
            last = float(arrival[-1])
    return not number or number < AT_LEAST * moments
