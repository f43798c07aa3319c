"""Rules about a backlog that was full: whoever was refused, and whoever came late because packets were repeated."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from simulator.plan.resources import Backlog
from simulator.plan.walk import freed_at
from simulator.plan.words import Outcome, State
from simulator.trace.cures import Cure
from simulator.trace.facts import HARDLY, Facts
from simulator.trace.finding import Finding, told
from simulator.trace.intervals import concurrency
from simulator.trace.outcomes import percentiles
from simulator.trace.residence import Floats, Rows
from simulator.trace.rules_capacity import waited_for_lost_data
from simulator.trace.rules_ends import ANY_FAILURE, ended, failure, forgotten, of_all
from simulator.trace.table import Trace
from simulator.words.language import Said, said, said_many
from simulator.words.numbers import count, short_duration
from simulator.words.phrases import listed

FEW_RETRIES = 0.005
"""Repeated packets of fewer requests than this do not reach the p99."""


def refused(facts: Facts) -> Finding | None:
    """No place in the backlog, and the client was told so or stopped trying."""
    turned, timed_out = ended(facts, Outcome.REFUSED), ended(facts, Outcome.CONNECT_TIMEOUT)
    if not turned + timed_out or not facts.trace.plan.backlogs:
        return None
    fields = {**of_all(facts, turned + timed_out), **_full(facts)}
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
    return failure(facts, turned + timed_out, text, _overflowed(facts)[0].name, Cure.LONGER_BACKLOG)


def overflow(facts: Facts) -> Finding | None:
    """The backlog overflowed, and clients repeated the SYN, or the data that they took to have been sent."""
    rows = np.flatnonzero(facts.measures.category)
    syn, data = facts.trace.syn_retries[rows] > 0, facts.trace.data_retries[rows] > 0
    retried = rows[syn | data]
    if not len(retried) or len(retried) < FEW_RETRIES * len(rows):
        return None
    again = _sent_again(facts, int(syn.sum()), int(data.sum()), len(rows))
    text = told(
        again,
        _got_in(facts, retried),
        _half_open(facts),
        _without_data(facts),
        _for_nobody(facts, rows[data]),
    )
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
    number = len(forgotten(facts))
    if not number:
        return None
    return said_many(
        "{number} took itself for connected while the server had dropped the end of its handshake, and was broken off "
        "in the end.",
        "{number} took themselves for connected while the server had dropped the end of their handshakes, and were "
        "broken off in the end.",
        number,
        number=count(number),
    )


def _without_data(facts: Facts) -> Said | None:
    waited = waited_for_lost_data(facts)
    if waited <= HARDLY * facts.trace.workload.duration:
        return None
    return said(
        "Some were accepted before their data had come, for which the server waited {waited} in all.",
        waited=short_duration(waited),
    )


def _for_nobody(facts: Facts, rows: Rows) -> Said | None:
    """Who had left, half open, and was accepted all the same."""
    number, held = _held_for_nobody(facts, rows)
    if held <= HARDLY * facts.trace.workload.duration:
        return None
    return said_many(
        "{number} had given up by then and was accepted all the same, which took {held} of the time of those who "
        "serve, for nobody.",
        "{number} had given up by then and were accepted all the same, which took {held} of the time of those who "
        "serve, for nobody.",
        number,
        number=count(number),
        held=short_duration(held),
    )


def _full(facts: Facts) -> dict[str, object]:
    """``the backlog of 10 places``, as a field."""
    return {"backlogs": partial(_backlogs, [(b.name, b.places) for b in _overflowed(facts)])}


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


def most_at_the_door(trace: Trace) -> int:
    """How many were connecting, or waited to be accepted, at once: so long a backlog would have taken all of them."""
    most = 0
    for i, place in enumerate(trace.places):
        if place.knocks_at is not None:
            came = trace.reached[:, i]
            gone = np.fmin(trace.reached[:, min(i + 2, len(trace.places) - 1)], trace.left)
            gone = np.fmin(gone, np.where(np.isnan(trace.finished), np.inf, trace.finished))
            there = ~np.isnan(came) & (gone > came)
            most = max(most, int(concurrency(came[there], gone[there]).maximum(0.0, np.inf)))
    return most


def _held_for_nobody(facts: Facts, rows: Rows) -> tuple[int, float]:
    """How many of these left before a slot was theirs, and for how long they had it."""
    trace, number, held = facts.trace, 0, 0.0
    gone = trace.arrival[rows] + trace.workload.patience[rows]
    for i, place in enumerate(facts.measures.places):
        if place.takes is not None and place.queue in _overflowed(facts):
            taken = np.fmin.reduce(trace.reached[rows, i + 1 :], axis=1, initial=np.inf)
            freed = trace.reached[rows, freed_at(facts.measures.places, place.takes)]
            had = (trace.outcome[rows] == Outcome.GAVE_UP) & (taken > gone) & (freed >= taken)
            number, held = number + int(had.sum()), held + float((freed - taken)[had].sum())
    return number, held
