"""Rules about how requests end: turned away, given up, broken off; and whether enough of them were completed."""

from dataclasses import replace
from functools import partial

import numpy as np

from simulator.plan.resources import Bucket, Memory
from simulator.plan.words import Loss, Outcome, lost_by
from simulator.trace.culprits import who_failed
from simulator.trace.cures import Cure
from simulator.trace.facts import Facts, failed_words, percents
from simulator.trace.finding import Finding, Kind, Party, told
from simulator.trace.residence import Rows
from simulator.words.language import Said, said, said_many
from simulator.words.numbers import count, rate, short_duration, size
from simulator.words.phrases import some_of

MOST_BYTES_PER_S = 10e9
ANY_FAILURE = 0.3
"""A failure weighs this much, and half the share of the requests that it hit. So it comes before a small wait, and
after the cause of a large one: that requests fail is seen in the counts, the sentences are there to say why."""


def broken(facts: Facts) -> Finding | None:
    """A real server broke connections off; those that it had forgotten before a full backlog are told with that."""
    lost = ended(facts, Outcome.BROKEN) - len(forgotten(facts))
    if lost <= 0:
        return None
    text = said(
        "{number} of {all} requests ({share}) were broken off before they had their whole response, and nobody said "
        "why.",
        **of_all(facts, lost),
    )
    return failure(facts, lost, text)


def forgotten(facts: Facts) -> Rows:
    """Requests that were half open before a full backlog until the server knew nothing of them any more."""
    rows, trace = np.flatnonzero(facts.measures.category), facts.trace
    forgotten: Rows = rows[(trace.outcome[rows] == Outcome.BROKEN) & (trace.data_retries[rows] > 0)]
    return forgotten


def turned_away(facts: Facts) -> Finding | None:
    """A limit was reached, and the server answered with an error."""
    limited = sum(ended(facts, outcome) for outcome in lost_by(Loss.LIMIT))
    if not limited:
        return None
    plan = facts.trace.plan
    told_by = not any(isinstance(each, Bucket | Memory) for each in plan.resources)  # else it may have been one of them
    pool = next((p for p in plan.pools if told_by and p.queue_limit is not None and ended(facts, p.when_full)), None)
    fields = of_all(facts, limited)
    if pool is None:
        text = said("{number} of {all} requests ({share}) were turned away because a limit was reached.", **fields)
        return failure(facts, limited, text)
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
    return failure(facts, limited, text, pool.name, Cure.MORE_SLOTS)


def gateway_timeouts(facts: Facts) -> Finding | None:
    """A proxy stopped waiting for the server behind it."""
    late = ended(facts, Outcome.UPSTREAM_TIMEOUT)
    if not late:
        return None
    text = said(
        "For {number} of {all} requests ({share}) the proxy stopped waiting for the server.", **of_all(facts, late)
    )
    return failure(facts, late, text)


def gave_up(facts: Facts) -> Finding | None:
    """Clients left, and the server may have worked for nobody."""
    left = ended(facts, Outcome.GAVE_UP)
    if not left:
        return None
    throughput, goodput = facts.summary.throughput_rps, facts.summary.goodput_rps
    fields = of_all(facts, left)
    if throughput > goodput * 1.01:
        text = said(
            "{number} of {all} requests ({share}) were abandoned by their clients, and {wasted} of what the server did "
            "was for nobody (goodput {goodput} of {throughput} requests/s).",
            wasted=percents(1 - goodput / throughput),
            goodput=rate(goodput),
            throughput=rate(throughput),
            **fields,
        )
    else:
        text = said(
            "{number} of {all} requests ({share}) were abandoned by their clients before they had an answer.", **fields
        )
    lost = who_failed(facts.measures, outcome=Outcome.GAVE_UP)
    if lost is not None and lost.number / lost.of < 2 * left / facts.summary.offered:
        lost = None  # it hit everybody alike
    victims = (Party(Kind.CLASS, lost.name),) if lost is not None else ()
    found = facts.summary.bottleneck
    if found is not None and found.kind in ("gil", "loop"):
        lost = None  # told with who had that for so long
    told_to = told(text, failed_words(lost))
    return replace(failure(facts, left, told_to, "", Cure.SHORTER_BACKLOG), victims=victims)


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


def too_fast(facts: Facts) -> Finding | None:
    """Bytes moved faster than any line carries them: a line without limit, or a size with a digit too many."""
    trace = facts.trace
    took = trace.finished - trace.arrival
    moved = np.where(trace.outcome == Outcome.COMPLETED, trace.workload.upload + trace.workload.response, 0.0)
    fast = np.flatnonzero(moved > MOST_BYTES_PER_S * took)
    if not len(fast):
        return None
    first = int(fast[np.argmax(moved[fast])])
    text = said(
        "A request moved {size} in {time}, which is more than 10 GB/s, and no line does that: give its clients one, "
        'with --set clients.{client}.{way}="100 Mbit/s" or in the scenario.',
        size=size(float(moved[first])),
        time=short_duration(float(took[first])),
        client=trace.workload.client_names[trace.workload.client[first]],
        way="up" if trace.workload.upload[first] > trace.workload.response[first] else "down",
    )
    return Finding(1.0, text)


def ended(facts: Facts, outcome: Outcome) -> int:
    """How many ended so."""
    return int(np.count_nonzero(facts.trace.outcome == outcome))


def of_all(facts: Facts, number: int) -> dict[str, object]:
    """Fields: ``{number} of {all} requests ({share})``."""
    offered = facts.summary.offered
    return {"number": count(number), "all": count(offered), "share": percents(number / offered)}


def failure(facts: Facts, number: int, text: Said, resource: str = "", *cures: Cure) -> Finding:
    """Weighed by how many requests failed."""
    return Finding(ANY_FAILURE + number / facts.summary.offered / 2, text, cures, resource)
