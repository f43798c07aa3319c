"""What every figure in the sentences of the rules claims to be, recomputed from the trace and its measures."""

from collections.abc import Callable, Iterator

import numpy as np

from simulator.plan import Gil
from simulator.plan.words import Outcome, State
from simulator.trace.availability import CORES
from simulator.trace.facts import Facts
from simulator.trace.finding import Finding, Kind
from simulator.trace.measures import COMPLETED, OUTSIDE
from simulator.trace.residence import client_end
from simulator.trace.throttling import spans
from simulator.trace.waits import WAITING
from simulator.words.numbers import count, duration, rate, share_in_words, short_duration, three_digits
from simulator.workload.table import Work

Claim = Callable[[Facts, Finding], "str | set[str]"]


# --- what each figure claims to be ------------------------------------------------------------------------------------


def used(facts: Facts, found: Finding) -> str:
    return share_in_words(facts.summary.resources[found.resource or facts.trace.plan.locks[0].name].utilisation)


def states(facts: Facts, found: Finding) -> set[str]:
    """The share of any state: which one it is stands beside it, see the test of that."""
    return {share_in_words(share) for share in facts.summary.resources[found.resource].split.values()}


def arriving(facts: Facts, found: Finding) -> str:
    low, high = facts.trace.window.start, facts.trace.window.arrivals_end
    return rate(np.count_nonzero((facts.trace.arrival >= low) & (facts.trace.arrival < high)) / (high - low))


def offered(facts: Facts, found: Finding) -> set[str]:
    return {count(len(facts.trace)), count(int(np.count_nonzero(facts.measures.category)))}


def outcomes(facts: Facts, found: Finding) -> set[str]:
    """Of all, or of one class, how many ended in some way; refusals of both kinds are told together."""
    trace = facts.trace
    ended = [int((trace.outcome == outcome).sum()) for outcome in Outcome]
    ended += [ended[Outcome.REFUSED] + ended[Outcome.CONNECT_TIMEOUT], ended[Outcome.CONNECTION_LIMIT]]
    ended += [sum(ended[each] for each in Outcome if each.loss is not None)]
    ended += [
        int(((trace.outcome == Outcome.GAVE_UP) & (trace.workload.request_class == i)).sum())
        for i in range(len(trace.workload.class_names))
    ]
    return {count(n) for n in ended} | {share_in_words(n / len(trace)) for n in ended}


def longest_wait(facts: Facts, found: Finding) -> str:
    """Added up anew from the spans of all requests."""
    waited = np.zeros(len(facts.trace))
    ends = client_end(facts.trace)
    for span in spans(facts.trace):
        share = sum(np.broadcast_to(span.shares.get(state, 0.0), span.rows.shape) for state in WAITING)
        waited[span.rows] += np.asarray(share) * np.maximum(np.minimum(span.end, ends[span.rows]) - span.start, 0.0)
    return short_duration(float(waited.max()))


def _waits_of_victims(facts: Facts, found: Finding) -> tuple[float, float]:
    """On average of those that are named and were completed, and as a share of their time: from the spans."""
    load, victim = facts.trace.workload, found.victims[0]
    counted = (facts.measures.category >= COMPLETED) & (
        load.request_class == load.class_names.index(victim.name)
        if victim.kind is Kind.CLASS
        else load.client == load.client_names.index(victim.name)
    )
    waited = 0.0
    for span in spans(facts.trace, np.flatnonzero(counted)):
        share = sum(np.broadcast_to(span.shares.get(state, 0.0), span.rows.shape) for state in WAITING)
        waited += float((np.asarray(share) * (span.end - span.start)).sum())
    took = float((facts.trace.finished[counted] - facts.trace.arrival[counted]).sum())
    return waited / int(counted.sum()), waited / took


def victims_wait(facts: Facts, found: Finding) -> str:
    return duration(_waits_of_victims(facts, found)[0])


def states_or_victims(facts: Facts, found: Finding) -> set[str]:
    """The share of a state, or of their time that the victims wait."""
    return states(facts, found) | ({share_in_words(_waits_of_victims(facts, found)[1])} if found.victims else set())


def computations(facts: Facts, found: Finding) -> set[str]:
    """The longest computation of any class."""
    load = facts.trace.workload
    longest = [load.phases[load.request_class == i].max() for i in range(len(load.class_names))]
    added = {place.work_s for place in facts.measures.places}
    return {short_duration(float(each + more)) for each in longest for more in added}


def shares_of_time(facts: Facts, found: Finding) -> set[str]:
    """The part of the time of requests that is spent in one state, or in all in which others are waited for."""
    life = facts.summary.where_time_goes
    total = sum(life.values())
    waiting = [sum(life.get(state.value, 0.0) for state in some) / total for some in (WAITING, *([s] for s in WAITING))]
    return {share_in_words(share) for share in waiting}


def throttled_time(facts: Facts, found: Finding) -> str:
    """The part of the time in which any request says that it is throttled."""
    low, high = facts.measures.window
    parts = [span for span in spans(facts.trace) if State.THROTTLED in span.shares]
    stays = sorted((float(a), float(b)) for span in parts for a, b in zip(span.start, span.end, strict=True))
    still, until = 0.0, low
    for start, end in stays:
        still += max(min(end, high) - max(start, until), 0.0)
        until = max(until, end)
    return share_in_words(still / (high - low))


def for_a_core(facts: Facts, found: Finding) -> str:
    """The part of the time of requests in which others have the core that they want."""
    life = facts.summary.where_time_goes
    return share_in_words(life.get(State.CORE.value, 0.0) / sum(life.values()))


def for_a_core_of_the_slowest(facts: Facts, found: Finding) -> str:
    life = facts.summary.where_slowest
    return share_in_words(life.get(State.CORE.value, 0.0) / sum(life.values()))


def without_core(facts: Facts, found: Finding) -> str:
    """The part of the time of requests in which they want a core: others have it, or the quota is used up."""
    life = facts.summary.where_time_goes
    return share_in_words(sum(life.get(each.value, 0.0) for each in (State.CORE, State.THROTTLED)) / sum(life.values()))


def holds(facts: Facts, found: Finding) -> set[str]:
    """How long requests of any class hold what limits, and the mean of all."""
    law = facts.summary.bottleneck
    assert law is not None
    times = {law.seconds_each, *(hold.seconds for hold in law.holds.values())}
    return {text for each in times for text in (duration(each), duration(each, 4))}


def _waited_for_lock(facts: Facts, found: Finding) -> tuple[float, float, int]:
    """Seconds that completed requests of other classes than the culprit's waited and took, and how many they are."""
    trace = facts.trace
    completed = facts.measures.category >= COMPLETED
    culprit = trace.workload.class_names.index(found.culprits[0].name)
    others = completed & (trace.workload.request_class != culprit)
    counted = others if others.any() else completed
    seconds = float(trace.lock_wait[counted].sum())
    for i, place in enumerate(facts.measures.places):
        if place.acceptor:
            seconds += float((trace.reached[counted, i] - trace.reached[counted, i - 1]).sum())
    return seconds, float((trace.finished[counted] - trace.arrival[counted]).sum()), int(counted.sum())


def waited_by_others(facts: Facts, found: Finding) -> str:
    """On average."""
    seconds, _, number = _waited_for_lock(facts, found)
    return short_duration(seconds / number)


def shares_for_others(facts: Facts, found: Finding) -> str:
    """The same as a share of all of their time."""
    seconds, lived, _ = _waited_for_lock(facts, found)
    return share_in_words(seconds / lived)


def _waiting_of_the_loop(facts: Facts) -> float:
    """The part of a loop's use in which who has it waits for the GIL: added up from the places that need both."""
    trace, load = facts.trace, facts.trace.workload
    waited = computed = 0.0
    for i, place in enumerate(trace.places):
        if len(place.locks) < 2:
            continue
        waits = {lock: trace.lock_wait[:, column] for column, (at, lock) in enumerate(trace.locked) if at == i}
        loop, gil = (np.nan_to_num(waits[lock]) for lock in place.locks)
        stay = np.nan_to_num(trace.reached[:, i + 1] - trace.reached[:, i]) - loop - gil
        if place.phase is not None:
            stay[load.phase_kinds[load.request_class, place.phase] != Work.CPU] = 0.0
        waited, computed = waited + float(gil.sum()), computed + float(stay.sum())
    return waited / (waited + computed)


def waiting_of_the_loop(facts: Facts, found: Finding) -> str:
    return share_in_words(_waiting_of_the_loop(facts))


def waiting_because_of_the_gil(facts: Facts, found: Finding) -> str:
    """Of the time of requests: for the GIL, and for a loop or in front of it as far as that waits for the GIL."""
    life = facts.summary.where_time_goes
    outside = sum(life.get(state.value, 0.0) for state in (State.LOOP, State.BACKLOG)) * _waiting_of_the_loop(facts)
    return share_in_words((life.get(State.GIL.value, 0.0) + outside) / sum(life.values()))


def parts_of_computing(facts: Facts, found: Finding) -> set[str]:
    """The part of each class in all computing of those who came in the window; a percent for those at its ends."""
    load = facts.trace.workload
    work = np.where(load.phase_kinds[load.request_class] == Work.CPU, load.phases, 0.0).sum(axis=1)
    parts = np.bincount(load.request_class, weights=work)
    around = [round(100 * part / parts.sum()) for part in parts]
    return {f"{each + more} %" for each in around for more in (-1, 0, 1)}


def held_by_groups(facts: Facts, found: Finding) -> set[str]:
    """How long requests of each class hold a slot, and all others."""
    part = next(part for part in facts.measures.held if part.pool.name == found.resource)
    trace, load = facts.trace, facts.trace.workload
    (taking,) = part.takings
    held = np.nan_to_num(trace.reached[:, taking.freed_at] - trace.reached[:, taking.taken_at + 1])
    means = set()
    for i in range(len(load.class_names)):
        for some in (load.request_class == i, load.request_class != i):
            among = held[some & (held > 0.0)]
            means |= {duration(float(among.mean()))} if len(among) else set()
    return means


def _gil(facts: Facts) -> Gil:
    return next(lock for lock in facts.trace.plan.locks if isinstance(lock, Gil))


NOUNS = {"who", "one", "name", "doing", "class", "client", "victim", "cores", "law", "second", "backlogs"}
NOUNS |= {"first", "slots", "busiest", "least", "thin", "process", "up", "missing", "other"}
ANYWHERE: dict[str, Claim] = {
    "used": used,
    "busy": lambda facts, _: share_in_words(facts.summary.resources[CORES].utilisation),
    "arriving": arriving,
    "all": offered,
    "number": outcomes,
    "share": outcomes,
    "of": lambda facts, _: {count(n) for n in np.bincount(facts.trace.workload.request_class)},
    "size": lambda facts, found: count(facts.summary.resources[found.resource].size),
    "longest": computations,
    "goodput": lambda facts, _: rate(facts.summary.goodput_rps),
    "throughput": lambda facts, _: rate(facts.summary.throughput_rps),
    "wasted": lambda facts, _: share_in_words(1.0 - facts.summary.goodput_rps / facts.summary.throughput_rps),
    "each": holds,
    "rate": lambda facts, _: law.rate if (law := facts.summary.bottleneck and facts.summary.bottleneck.law) else "",
    "interval": lambda facts, _: short_duration(_gil(facts).switch_interval_s),
    "waited": waited_by_others,
    "part": parts_of_computing,
    "group_s": held_by_groups,
    "others_s": held_by_groups,
    "limit": lambda facts, _: rate(facts.summary.bottleneck.limit_rps) if facts.summary.bottleneck else "",
    "p99": lambda facts, _: short_duration(facts.summary.latency.p99),
}


def _killed_at(facts: Facts, found: Finding) -> str:
    return short_duration(next(entry.at for entry in facts.trace.workload.interventions))


def _slots_held_all_the_time(facts: Facts, found: Finding) -> set[str]:
    """Begin and end of a stretch in which, looked at closely, every slot is held."""
    episode = facts.episode
    assert episode is not None
    begin, end = episode.begin_s, episode.end_s
    held = facts.trace.slot[:, 0] >= 0
    (taking,) = facts.measures.held[0].takings
    start = np.where(held, facts.trace.reached[:, taking.taken_at + 1], np.inf)
    until = facts.trace.reached[:, taking.freed_at]
    for moment in np.linspace(begin, end, 200)[1:-1]:
        assert np.count_nonzero((start <= moment) & (until > moment)) >= facts.summary.resources["worker"].size - 1
    return {short_duration(begin), short_duration(end)}


OF_RULE: dict[str, dict[str, Claim]] = {
    "episode": {
        "begin": _slots_held_all_the_time,
        "end": _slots_held_all_the_time,
        "longest": longest_wait,
        "most": lambda facts, _: count(facts.episode.most) if facts.episode else "",
        "factor": lambda facts, _: three_digits(facts.trace.workload.interventions[0].factor),
        "at": _killed_at,
        "until": lambda facts, _: short_duration(facts.trace.workload.interventions[0].until),
        "after": lambda facts, _: (
            short_duration(facts.episode.end_s - facts.trace.workload.interventions[0].until) if facts.episode else ""
        ),
    },
    "siblings": {
        "share": shares_of_time,
        "together": lambda facts, _: three_digits(len(facts.trace) / len(np.unique(facts.trace.arrival))),
        "behind": lambda facts, _: share_in_words(
            1.0 - sum(_least(facts)) / float(facts.waits.total[facts.measures.category != OUTSIDE].sum())
        ),
    },
    "loop_waits_for_gil": {"part": waiting_of_the_loop, "score": waiting_because_of_the_gil},
    "loop_blocked": {"share": shares_for_others},
    "loop_stands_still": {"share": shares_for_others, "still": states},
    "throttled": {
        "share": throttled_time,
        "quota": lambda facts, _: f"{facts.trace.plan.cores.quota:g}",
        "budget": lambda facts, _: short_duration(0.1 * facts.trace.plan.cores.quota),
        "waiting": without_core,
    },
    "cores_saturated": {"share": for_a_core, "slowest": for_a_core_of_the_slowest},
    "gil_convoy": {"share": shares_for_others},
    "processors_taken": {"share": shares_for_others},
    "crashes": {
        "at": _killed_at,
        "lost": lambda facts, _: count(int((facts.trace.outcome == Outcome.CRASHED).sum())),
    },
    "few_samples": {"number": lambda facts, _: count(facts.summary.latency.samples)},
    "taken": {"share": states, "waiting": shares_of_time},
    "held_by_uploads": {"share": states_or_victims, "waited": victims_wait},
    "held_by_readers": {"share": states_or_victims, "waited": victims_wait},
    "held_by_closing": {"share": states_or_victims, "waited": victims_wait},
    "held_by_io": {"share": states_or_victims, "waited": victims_wait},
    "too_few_to_compute": {"share": states_or_victims, "waited": victims_wait},
}


def _least(facts: Facts) -> Iterator[float]:
    """For every request, how long the luckiest waited that came at the same moment."""
    for moment in np.unique(facts.trace.arrival):
        together = facts.waits.total[facts.trace.arrival == moment]
        yield float(together.min()) * len(together)
