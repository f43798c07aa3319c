"""To whom it was done: the class of requests, or the clients, that waited for what others held.

What to watch: whoever holds a slot for long does not suffer from it. The sentence names those who wait for most of
their time, not those who wait for the most seconds: a quick request that waits a second is worse off than a slow one.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from simulator.trace.facts import Facts, percents
from simulator.trace.finding import Kind, Party
from simulator.trace.measures import COMPLETED
from simulator.trace.residence import Rows, client_end
from simulator.words.kinds import kind_name
from simulator.words.language import Said, said, said_many
from simulator.words.numbers import count, duration

MUCH = 0.5
"""Of the time of those who are named: who waits for less of it is not the victim of others."""
PART = 0.1
"""Of the waiting of all who are not to blame: who has less is no example."""
FEW = 3
"""Fewer requests are not called by the name of all."""


@dataclass(frozen=True, slots=True)
class Victims:
    """Those of one name who waited, of the requests that were asked about."""

    party: Party
    number: int
    mean_s: float
    """How long each of them waited, on average."""
    share: float
    """Of their time."""


def who_waited(facts: Facts, culprits: Collection[Party], rows: Rows | None = None) -> Victims | None:
    """Of those who are not to blame, the name whose requests wait for most of their time; None without any.

    ``rows``: of these requests; without them of all that were completed of those that came in the window.
    """
    load = facts.trace.workload
    of = {Kind.CLASS: (load.class_names, load.request_class), Kind.CLIENT: (load.client_names, load.client)}
    blamed = {party.kind: party.name for party in culprits if party.kind in of}
    if not blamed:
        return None
    asked = np.flatnonzero(facts.measures.category >= COMPLETED) if rows is None else rows
    kind = Kind.CLASS if Kind.CLASS in blamed and len(load.class_names) > 1 else Kind.CLIENT
    if kind not in blamed:
        return None
    names, numbers = of[kind]
    others = asked[numbers[asked] != names.index(blamed[kind])]
    return _worst_off(facts, others, kind, names, numbers)


def _worst_off(
    facts: Facts, rows: Rows, kind: Kind, names: tuple[str, ...], numbers: NDArray[np.int16]
) -> Victims | None:
    who, waited = numbers[rows].astype(np.intp), facts.waits.total[rows]
    took = client_end(facts.trace)[rows] - facts.trace.arrival[rows]
    seconds, time = (np.bincount(who, weights=each, minlength=len(names)) for each in (waited, took))
    number = np.bincount(who, minlength=len(names))
    suffers = (seconds >= PART * max(float(seconds.sum()), 1e-300)) & (number >= FEW)
    share = np.where(suffers, seconds / np.maximum(time, 1e-300), 0.0)
    worst = int(share.argmax())
    if share[worst] < MUCH:
        return None
    mean = float(seconds[worst] / number[worst])
    return Victims(Party(kind, names[worst]), int(number[worst]), mean, min(float(share[worst]), 1.0))


def all_along(victims: Victims | None) -> Said | None:
    """Who waits, and for how long, in a run of which that is true all the time."""
    if victims is None:
        return None
    fields = {
        "waited": duration(victims.mean_s),
        "share": percents(victims.share),
        "victim": partial(kind_name, victims.party.name),
    }
    if victims.party.kind is Kind.CLIENT:
        return said('Requests from "{victim}" wait {waited} on average ({share} of their time).', **fields)
    return said('Requests of "{victim}" wait {waited} on average ({share} of their time).', **fields)


def then(victims: Victims | None) -> Said | None:
    """Who waited in an episode."""
    if victims is None:
        return None
    fields = {
        "number": count(victims.number),
        "waited": duration(victims.mean_s),
        "victim": partial(kind_name, victims.party.name),
    }
    if victims.party.kind is Kind.CLIENT:
        return said_many(
            '{number} request from "{victim}" waited {waited}.',
            '{number} requests from "{victim}" waited, {waited} on average.',
            victims.number,
            **fields,
        )
    return said_many(
        '{number} request of "{victim}" waited {waited}.',
        '{number} requests of "{victim}" waited, {waited} on average.',
        victims.number,
        **fields,
    )
