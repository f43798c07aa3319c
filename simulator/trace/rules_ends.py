"""Rules about how requests end: refused, turned away, given up, lost in a crash, late because packets were repeated."""

from collections.abc import Sequence

import numpy as np

from simulator.plan.processes import main_pool, process_count
from simulator.plan.resources import Backlog, Bucket, Memory
from simulator.plan.steps import Link
from simulator.plan.walk import Way
from simulator.plan.words import Loss, Outcome, State, lost_by
from simulator.trace.availability import interventions, lost
from simulator.trace.cures import Cure
from simulator.trace.facts import HARDLY, Facts
from simulator.trace.finding import Finding
from simulator.trace.outcomes import percentiles
from simulator.trace.residence import BLOCK_ROWS, Floats, Rows
from simulator.words.numbers import count, rate, share_in_words, short_duration
from simulator.words.phrases import a, counted, plural, sentence
from simulator.workload.interventions import Do, Intervention

ANY_FAILURE = 0.3
"""A failure weighs this much, and half the share of the requests that it hit. So it comes before a small wait, and
after the cause of a large one: that requests fail is seen in the counts, the sentences are there to say why."""
FEW_RETRIES = 0.005
"""Repeated packets of fewer requests than this do not reach the p99."""
CUT_OFF = lost_by(Loss.CRASH)


def refused(facts: Facts) -> Finding | None:
    """No place in the backlog, and the client was told so or stopped trying."""
    turned, timed_out = _ended(facts, Outcome.REFUSED), _ended(facts, Outcome.CONNECT_TIMEOUT)
    if not turned + timed_out or not facts.trace.plan.backlogs:
        return None
    how = " or ".join(words for n, words in ((turned, "were refused"), (timed_out, "tried in vain to connect")) if n)
    places = " and ".join(f"the {b.name} ({count(b.limit + 1)} places)" for b in _overflowed(facts))
    text = (
        f"{_of_all(facts, turned + timed_out)} {how} because {places} was full: "
        f"a longer backlog would only make them wait; shorten what holds the server"
    )
    return _failure(facts, turned + timed_out, text, Cure.LONGER_BACKLOG)


def overflow(facts: Facts) -> Finding | None:
    """The backlog overflowed, and clients repeated the SYN, or the data that they took to have been sent."""
    rows = np.flatnonzero(facts.measures.category)
    syn, data = facts.trace.syn_retries[rows] > 0, facts.trace.data_retries[rows] > 0
    retried = rows[syn | data]
    if not len(retried) or len(retried) < FEW_RETRIES * len(rows):
        return None
    sizes = " and ".join(f"the {b.name} of {count(b.limit + 1)} places" for b in _overflowed(facts))
    what = [(int(syn.sum()), "the SYN"), (int(data.sum()), "their first data")]
    (first, packet), *more = [(number, packet) for number, packet in what if number]
    text = f"{sizes} overflowed: {count(first)} of {count(len(rows))} requests had to repeat {packet}"
    text += "".join(f" and {count(number)} {packet}" for number, packet in more)
    late = _connected_after(facts, retried)
    if len(late):
        text += f", and those that got in were connected after {short_duration(percentiles(late, [50.0])[0])} (median)"
    forgotten = len(_forgotten(facts))
    if forgotten:
        them = "it" if forgotten == 1 else "them"
        text += f"; {count(forgotten)} stayed half open until the server forgot {them} and broke {them} off"
    waited = _waited_for_data(facts, rows[data])
    if waited > HARDLY * facts.trace.workload.duration:
        text += f"; some were accepted before their data, which were waited for {short_duration(waited)} in all"
    slowest = facts.summary.where_slowest
    if slowest.get(State.CONNECTING.value, 0.0) > sum(slowest.values()) / 3:
        text += f"; that is what the p99 of {short_duration(facts.summary.latency.p99)} shows"
    return Finding((ANY_FAILURE + len(retried) / len(rows)) / 2, sentence(text), (Cure.LONGER_BACKLOG,))


def _overflowed(facts: Facts) -> Sequence[Backlog]:
    """The backlogs that were full at some time; all, if it cannot be told."""
    queues = facts.summary.resources
    full = [b for b in facts.trace.plan.backlogs if queues[b.name].queue_max > b.limit]
    return full or facts.trace.plan.backlogs


def _connected_after(facts: Facts, rows: Rows) -> Floats:
    """Seconds that connecting took, of those of the requests that reached the backlog."""
    reached, trace = [], facts.trace
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
    text = f"{_of_all(facts, lost)} were broken off before they had their whole response: the server's log may say why"
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
    told = not any(isinstance(each, Bucket | Memory) for each in plan.resources)  # else it may have been one of these
    pools = [p for p in plan.pools if told and p.queue_limit is not None and _ended(facts, p.when_full)]
    limits = " and ".join(
        f"all {count(facts.pool_size(p))} {plural(p.name)} were taken"
        + (f" and {count(p.queue_limit)} requests waited" if p.queue_limit else "")
        for p in pools
    )
    text = f"{_of_all(facts, limited)} were turned away because {limits or 'a limit was reached'}"
    text += ": requests stay too long for this limit, or it is too low"
    return _failure(facts, limited, text, *([Cure.MORE_SLOTS] if pools else []))


def gateway_timeouts(facts: Facts) -> Finding | None:
    """A proxy stopped waiting for the server behind it."""
    late = _ended(facts, Outcome.UPSTREAM_TIMEOUT)
    if not late:
        return None
    text = f"for {_of_all(facts, late)} the proxy stopped waiting for the server: look at what holds that server"
    return _failure(facts, late, text)


def gave_up(facts: Facts) -> Finding | None:
    """Clients left, and the server may have worked for nobody."""
    left = _ended(facts, Outcome.GAVE_UP)
    if not left:
        return None
    throughput, goodput = facts.summary.throughput_rps, facts.summary.goodput_rps
    text = f"{_of_all(facts, left)} were given up by their clients"
    if throughput > goodput * 1.01:
        wasted = share_in_words(1 - goodput / throughput)
        text += f", and {wasted} of what the server did was for nobody "
        text += f"(goodput {rate(goodput)} of {rate(throughput)} requests/s)"
        text += ": queue less, and drop a request whose client has left"
    else:
        text += " before they had an answer"
    return _failure(facts, left, text, Cure.SHORTER_BACKLOG)


def crashes(facts: Facts) -> Finding | None:
    """Processes died. Who was inside is lost; who came meanwhile waits only if there was no other process."""
    trace, processes = facts.trace, process_count(facts.trace.plan)
    kills = [kill for kill in interventions(trace, Do.KILL) if kill.number < processes]
    if not kills:
        return None
    taken = sum(int(np.isin(trace.outcome[lost(trace, kill)], CUT_OFF).sum()) for kill in kills)
    along = counted(taken, "request") if taken else "no request"
    if len(kills) == 1:
        text = f"process {kills[0].number} died at {short_duration(kills[0].at)} and took {along} along"
    else:
        text = f"{a('process')} died {count(len(kills))} times, which took {along} along"
    if (trace.outcome == Outcome.BAD_GATEWAY).any():
        text += " (the proxy answered with status 502)"
    others = "the others" if interventions(trace, Do.SLOTS) else _others(processes - 1)  # who was there at the time
    cures = (Cure.MORE_PROCESSES,) if processes == 1 else ()
    waited = _nobody_there(facts, kills) if processes == 1 else f"; {others} went on"
    return Finding(ANY_FAILURE + taken / facts.summary.offered / 2, sentence(text + waited), cures)


def _others(number: int) -> str:
    return "the other one" if number == 1 else f"the other {count(number)}"


def _nobody_there(facts: Facts, kills: list[Intervention]) -> str:
    """What the only process's death meant for those who came while it was down."""
    trace = facts.trace
    came = np.zeros(len(trace), np.bool_)
    for kill in kills:
        came |= (trace.arrival >= kill.at) & (trace.arrival < kill.until)
    rows = np.flatnonzero(came & (trace.outcome == Outcome.COMPLETED))
    if not len(rows):
        return "; it was the only one"
    took = percentiles(trace.finished[rows] - trace.arrival[rows], [50.0])[0]
    return (
        f"; it was the only one, so the {counted(len(rows), 'request')} that came before it was back "
        f"took {short_duration(took)} (median): with another process they would have gone there"
    )


def without_effect(facts: Facts) -> Finding | None:
    """An entry of the timeline names what this server does not have."""
    plan = facts.trace.plan
    processes = process_count(plan)
    missing = [kill.number for kill in interventions(facts.trace, Do.KILL) if kill.number >= processes]
    if missing:
        known = f"{count(processes)} (process 0 to {processes - 1})" if processes > 1 else "only process 0"
        return Finding(0.0, sentence(f"the timeline kills process {missing[0]}, and this server has {known}"))
    if interventions(facts.trace, Do.SLOTS) and main_pool(plan) is None:
        text = "the timeline changes the number of workers or threads, and this server has neither"
        return Finding(0.0, sentence(text))
    return None


def few_samples(facts: Facts) -> Finding | None:
    """The tail rests on a handful of requests."""
    thin, samples = facts.summary.latency.thin, facts.summary.latency.samples
    if "p99" not in thin:
        return None
    if not samples:
        return Finding(0.0, sentence("no completed request was measured, so there is no latency to show"))
    measured = "request was" if samples == 1 else "requests were"
    text = (
        f"only {count(samples)} completed {measured} measured, so fewer than ten lie above the {thin[0]}: "
        f"run longer before trusting it"
    )
    return Finding(0.0, sentence(text))


def _ended(facts: Facts, outcome: Outcome) -> int:
    return facts.summary.failed.get(outcome.words, 0)


def _of_all(facts: Facts, number: int) -> str:
    share = share_in_words(number / facts.summary.offered)
    return f"{count(number)} of {count(facts.summary.offered)} requests ({share})"


def _failure(facts: Facts, number: int, text: str, *cures: Cure) -> Finding:
    return Finding(ANY_FAILURE + number / facts.summary.offered / 2, sentence(text), cures)
