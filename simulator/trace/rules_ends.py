"""Rules about how requests end: refused, turned away, given up, broken off, late because packets were repeated."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from simulator.plan.resources import Backlog, Bucket, Memory
from simulator.plan.steps import Link
from simulator.plan.walk import Way
from simulator.plan.words import Loss, Outcome, State, lost_by
from simulator.trace.culprits import who_failed
from simulator.trace.cures import Cure
from simulator.trace.facts import HARDLY, Facts, failed_words, percents
from simulator.trace.finding import Finding, Kind, Party, told
from simulator.trace.outcomes import percentiles
from simulator.trace.residence import BLOCK_ROWS, Floats, Rows
from simulator.words.language import Said, said, said_many
from simulator.words.numbers import count, rate, short_duration
from simulator.words.phrases import listed, some_of

ANY_FAILURE = 0.3
"""A failure weighs this much, and half the share of the requests that it hit. So it comes before a small wait, and
after the cause of a large one: that requests fail is seen in the counts, the sentences are there to say why."""
FEW_RETRIES = 0.005
"""Repeated packets of fewer requests than this do not reach the p99."""


def refused(facts: Facts) -> Finding | None:
    """No place in the backlog, and the client was told so or stopped trying."""
    turned, timed_out = _ended(facts, Outcome.REFUSED), _ended(facts, Outcome.CONNECT_TIMEOUT)
    if not turned + timed_out or not facts.trace.plan.backlogs:
        return None
    fields = {**_of_all(facts, turned + timed_out), **_full(facts)}
    if not timed_out:
        text = said("{number} of {all} requests ({share}) were refused because {backlogs} was full.", **fields)
    elif not turned:
        text = said(
            "{number} of {all} requests ({share}) tried in vain to connect because {backlogs} was full.", **fields
        )
    else:
        text = said(
            "{number} of {all} requests ({share}) were refused or tried in vain to connect because {backlogs} was "
            "full.",
            **fields,
        )
    return _failure(facts, turned + timed_out, text, _overflowed(facts)[0].name, Cure.LONGER_BACKLOG)


def overflow(facts: Facts) -> Finding | None:
    """The backlog overflowed, and clients repeated the SYN, or the data that they took to have been sent."""
    rows = np.flatnonzero(facts.measures.category)
    syn, data = facts.trace.syn_retries[rows] > 0, facts.trace.data_retries[rows] > 0
    retried = rows[syn | data]
    if not len(retried) or len(retried) < FEW_RETRIES * len(rows):
        return None
    again = _sent_again(facts, int(syn.sum()), int(data.sum()), len(rows))
    text = told(again, _got_in(facts, retried), _half_open(facts), _without_data(facts, rows[data]))
    weight = (ANY_FAILURE + len(retried) / len(rows)) / 2
    return Finding(weight, text, (Cure.LONGER_BACKLOG,), _overflowed(facts)[0].name)


def _sent_again(facts: Facts, syn: int, data: int, among: int) -> Said:
    """Which packets were dropped."""
    fields = {"syn": count(syn), "data": count(data), "all": count(among), **_full(facts)}
    if not data:
        return said(
            "{backlogs} overflowed: {syn} of {all} requests had to knock again, because the SYN that opens a "
            "connection was dropped.",
            **fields,
        )
    if not syn:
        return said(
            "{backlogs} overflowed: of {data} of {all} requests the end of the handshake was dropped, and the first "
            "data had to be sent again.",
            **fields,
        )
    return said(
        "{backlogs} overflowed: {syn} of {all} requests had to knock again, because the SYN that opens a connection "
        "was dropped; of {data} the end of the handshake was dropped, and the first data had to be sent again.",
        **fields,
    )


def _got_in(facts: Facts, retried: Rows) -> Said | None:
    """How long it took the others, and whether the tail of the latencies shows it."""
    late, slowest = _connected_after(facts, retried), facts.summary.where_slowest
    shows = slowest.get(State.CONNECTING.value, 0.0) > sum(slowest.values()) / 3
    p99 = short_duration(facts.summary.latency.p99)
    if not len(late):
        return said("The p99 of {p99} shows that.", p99=p99) if shows else None
    median = short_duration(percentiles(late, [50.0])[0])
    if shows:
        return said(
            "Those that got in were connected after {median} (median), which the p99 of {p99} shows.",
            median=median,
            p99=p99,
        )
    return said("Those that got in were connected after {median} (median).", median=median)


def _half_open(facts: Facts) -> Said | None:
    forgotten = len(_forgotten(facts))
    if not forgotten:
        return None
    return said_many(
        "{number} took itself for connected while the server had dropped the end of its handshake, and was broken off "
        "in the end.",
        "{number} took themselves for connected while the server had dropped the end of their handshakes, and were "
        "broken off in the end.",
        forgotten,
        number=count(forgotten),
    )


def _without_data(facts: Facts, rows: Rows) -> Said | None:
    waited = _waited_for_data(facts, rows)
    if waited <= HARDLY * facts.trace.workload.duration:
        return None
    return said(
        "Some were accepted before their data had come, for which the server waited {waited} in all.",
        waited=short_duration(waited),
    )


def _full(facts: Facts) -> dict[str, object]:
    """``the backlog of 10 places``, as a field."""
    return {"backlogs": partial(_backlogs, [(b.name, b.limit + 1) for b in _overflowed(facts)])}


def _backlogs(full: Sequence[tuple[str, int]]) -> str:
    each = [said("the {name} of {places} places", name=said(name), places=count(places)) for name, places in full]
    return listed([str(one) for one in each])


def _overflowed(facts: Facts) -> Sequence[Backlog]:
    """The backlogs that were full at some time; all, if it cannot be told."""
    queues = facts.summary.resources
    full = [b for b in facts.trace.plan.backlogs if queues[b.name].queue_max > b.limit]
    return full or facts.trace.plan.backlogs


def _connected_after(facts: Facts, rows: Rows) -> Floats:
    """Seconds that connecting took, of those of the requests that reached the backlog."""
    reached, trace = [np.empty(0)], facts.trace
    for i, place in enumerate(facts.measures.places):
        if place.knocks_at in _overflowed(facts):
            took = trace.reached[rows, i + 1] - trace.reached[rows, i]
            reached.append(took[~np.isnan(took)])
    return np.concatenate(reached)


def _waited_for_data(facts: Facts, rows: Rows) -> float:
    """Seconds that the server waited for what these clients had to send, all added up."""
    waited, trace = 0.0, facts.trace
    for i, place in enumerate(facts.measures.places):
        if place.way is Way.UP and place.link is Link.CLIENT:
            for some in np.array_split(rows, len(rows) // BLOCK_ROWS + 1):
                later = np.fmin.reduce(trace.reached[some, i + 1 :], axis=1, initial=np.inf)
                waited += float(np.nansum(np.fmin(later, trace.left[some]) - trace.reached[some, i]))
    return waited


def broken(facts: Facts) -> Finding | None:
    """A real server broke connections off; those that it had forgotten before a full backlog are told with that."""
    lost = _ended(facts, Outcome.BROKEN) - len(_forgotten(facts))
    if lost <= 0:
        return None
    text = said(
        "{number} of {all} requests ({share}) were broken off before they had their whole response, and nobody said "
        "why.",
        **_of_all(facts, lost),
    )
    return _failure(facts, lost, text)


def _forgotten(facts: Facts) -> Rows:
    """Requests that were half open before a full backlog until the server knew nothing of them any more."""
    rows, trace = np.flatnonzero(facts.measures.category), facts.trace
    forgotten: Rows = rows[(trace.outcome[rows] == Outcome.BROKEN) & (trace.data_retries[rows] > 0)]
    return forgotten


def turned_away(facts: Facts) -> Finding | None:
    """A limit was reached, and the server answered with an error."""
    limited = sum(_ended(facts, outcome) for outcome in lost_by(Loss.LIMIT))
    if not limited:
        return None
    plan = facts.trace.plan
    told_by = not any(isinstance(each, Bucket | Memory) for each in plan.resources)  # else it may have been one of them
    pool = next((p for p in plan.pools if told_by and p.queue_limit is not None and _ended(facts, p.when_full)), None)
    fields = _of_all(facts, limited)
    if pool is None:
        text = said("{number} of {all} requests ({share}) were turned away because a limit was reached.", **fields)
        return _failure(facts, limited, text)
    size = facts.pool_size(pool)
    fields |= {"slots": partial(some_of, size, size, pool.name), "waited": count(pool.queue_limit or 0)}
    if pool.queue_limit:
        text = said(
            "{number} of {all} requests ({share}) were turned away because {slots} were taken and {waited} waited "
            "already.",
            **fields,
        )
    else:
        text = said("{number} of {all} requests ({share}) were turned away because {slots} were taken.", **fields)
    return _failure(facts, limited, text, pool.name, Cure.MORE_SLOTS)


def gateway_timeouts(facts: Facts) -> Finding | None:
    """A proxy stopped waiting for the server behind it."""
    late = _ended(facts, Outcome.UPSTREAM_TIMEOUT)
    if not late:
        return None
    text = said(
        "For {number} of {all} requests ({share}) the proxy stopped waiting for the server.", **_of_all(facts, late)
    )
    return _failure(facts, late, text)


def gave_up(facts: Facts) -> Finding | None:
    """Clients left, and the server may have worked for nobody."""
    left = _ended(facts, Outcome.GAVE_UP)
    if not left:
        return None
    throughput, goodput = facts.summary.throughput_rps, facts.summary.goodput_rps
    fields = _of_all(facts, left)
    if throughput > goodput * 1.01:
        text = said(
            "{number} of {all} requests ({share}) were given up by their clients, and {wasted} of what the server did "
            "was for nobody (goodput {goodput} of {throughput} requests/s).",
            wasted=percents(1 - goodput / throughput),
            goodput=rate(goodput),
            throughput=rate(throughput),
            **fields,
        )
    else:
        text = said(
            "{number} of {all} requests ({share}) were given up by their clients before they had an answer.", **fields
        )
    lost = who_failed(facts.measures, outcome=Outcome.GAVE_UP)
    if lost is not None and lost.number / lost.of < 2 * left / facts.summary.offered:
        lost = None  # it hit everybody alike
    victims = (Party(Kind.CLASS, lost.name),) if lost is not None else ()
    found = _failure(facts, left, told(text, failed_words(lost)), "", Cure.SHORTER_BACKLOG)
    return Finding(found.weight, found.sentence, found.cures, victims=victims)


def few_samples(facts: Facts) -> Finding | None:
    """The tail rests on a handful of requests."""
    thin, samples = facts.summary.latency.thin, facts.summary.latency.samples
    if "p99" not in thin:
        return None
    if not samples:
        return Finding(0.0, said("No completed request was measured, so there is no latency to show."))
    text = said_many(
        "Only {number} completed request was measured, so fewer than ten lie above the {thin}.",
        "Only {number} completed requests were measured, so fewer than ten lie above the {thin}.",
        samples,
        number=count(samples),
        thin=thin[0],
    )
    return Finding(0.0, text)


def _ended(facts: Facts, outcome: Outcome) -> int:
    return int(np.count_nonzero(facts.trace.outcome == outcome))


def _of_all(facts: Facts, number: int) -> dict[str, object]:
    offered = facts.summary.offered
    return {"number": count(number), "all": count(offered), "share": percents(number / offered)}


def _failure(facts: Facts, number: int, text: Said, resource: str = "", *cures: Cure) -> Finding:
    return Finding(ANY_FAILURE + number / facts.summary.offered / 2, text, cures, resource)
