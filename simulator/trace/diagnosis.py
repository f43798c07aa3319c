"""Why the figures are what they are: a table of rules, each of which looks at the measures and may say a sentence.

What to watch: a rule weighs its sentence by the share of the requests' time that it explains, so that the first
sentence is about what hurts most. An average that an episode explains is not told. When no rule has anything to say,
that is said.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from simulator.trace.attribution import Attribution
from simulator.trace.availability import CORES, interventions
from simulator.trace.facts import HARDLY, NOTABLE, Facts, noun, percents
from simulator.trace.figures import Summary
from simulator.trace.finding import Finding, Kind, Party, told
from simulator.trace.measures import COMPLETED, NOT_COMPLETED, SLOWEST, Measures
from simulator.trace.rules_backlog import overflow, refused
from simulator.trace.rules_capacity import (
    accept_limit,
    held_by_closing,
    held_by_io,
    held_by_readers,
    held_by_uploads,
    too_few_to_compute,
)
from simulator.trace.rules_computing import cores_saturated, gil_saturated, loop_saturated, other_programs, throttled
from simulator.trace.rules_deaths import crashes, without_effect
from simulator.trace.rules_ends import broken, few_samples, gateway_timeouts, gave_up, too_fast, turned_away
from simulator.trace.rules_gil import gil_convoy, gil_or_cores, loop_waits_for_gil
from simulator.trace.rules_locks import loop_blocked, loop_stands_still
from simulator.trace.rules_overload import overload, taken
from simulator.trace.rules_processes import imbalance
from simulator.trace.rules_processors import processors_taken, too_few_processors
from simulator.trace.rules_waiting import episode, siblings
from simulator.words.language import Said, said, said_many
from simulator.words.numbers import duration, short_duration, three_digits
from simulator.words.phrases import all_of
from simulator.workload.interventions import Do

Rule = Callable[[Facts], Finding | None]

RULES: tuple[Rule, ...] = (
    other_programs,  # what makes all other figures doubtful comes first, and is never left out
    too_fast,
    episode,
    overload,
    siblings,
    held_by_uploads,
    held_by_readers,
    held_by_closing,
    held_by_io,
    too_few_to_compute,
    taken,
    throttled,
    cores_saturated,
    gil_saturated,
    loop_waits_for_gil,
    gil_convoy,
    too_few_processors,
    processors_taken,
    gil_or_cores,
    loop_stands_still,
    loop_blocked,
    loop_saturated,
    imbalance,
    accept_limit,
    refused,
    overflow,
    broken,
    turned_away,
    gateway_timeouts,
    gave_up,
    crashes,
    without_effect,
    few_samples,
)
STORIES = {episode.__name__, siblings.__name__, crashes.__name__}
"""These say of a resource what its averages hide."""
HELD = {rule.__name__ for rule in (held_by_uploads, held_by_readers, held_by_closing, held_by_io, too_few_to_compute)}
AVERAGES = HELD | {rule.__name__ for rule in (taken, cores_saturated)}
MOST_SENTENCES = 3


def findings(facts: Facts) -> list[Finding]:
    """What the rules say about a run, the weightiest first."""
    found = [replace(one, rule=rule.__name__) for rule in RULES if (one := rule(facts)) is not None]
    kept = _one_average_each(_without_averages(found))
    return sorted(kept, key=lambda finding: -finding.weight)  # stable: equals as in the table


def _one_average_each(found: list[Finding]) -> list[Finding]:
    """Of what is held by two things, the one that explains more is told: the other would repeat all but one figure."""
    best: dict[str, Finding] = {}
    for each in found:
        if each.rule in HELD and (each.resource not in best or each.weight > best[each.resource].weight):
            best[each.resource] = each
    return [each for each in found if each.rule not in HELD or best[each.resource] is each]


def _without_averages(found: list[Finding]) -> list[Finding]:
    """A story takes over what might help from the averages that it replaces."""
    stories = {each.resource for each in found if each.rule in STORIES and each.resource}
    averages, kept = [each for each in found if each.rule in AVERAGES and each.resource in stories], []
    for each in found:
        if each.rule in STORIES:
            cures = [cure for one in averages if one.resource == each.resource for cure in one.cures]
            kept.append(replace(each, cures=tuple(dict.fromkeys(cures or each.cures))))
        elif each not in averages:
            kept.append(each)
    return kept


def diagnose(measures: Measures, summary: Summary) -> tuple[Finding, ...]:
    """At most three findings that explain a run; and where nothing is wrong, one that says so."""
    if not measures.count(NOT_COMPLETED, COMPLETED, SLOWEST):
        return (Finding(0.0, said("No request arrived in the measured part of the run.")),)
    facts = Facts(measures, summary, Attribution(measures))
    found = findings(facts)
    if not any(finding.weight > 0.0 for finding in found):
        found.insert(0, _all_clear(facts))
    return tuple(found[:MOST_SENTENCES])


def _all_clear(facts: Facts) -> Finding:
    """No rule fired. Either hardly anybody waits for others, or for something that is free most of the time."""
    resources = facts.summary.resources
    waits = dict.fromkeys(resources, 0.0)
    for (name, _), share in facts.attribution.all.items():
        waits[name] = waits.get(name, 0.0) + share
    name, worst = max(waits.items(), key=lambda item: item[1])
    if worst >= NOTABLE:
        return Finding(0.0, _taken_now_and_then(facts, name, worst), resource=name)
    return _nobody_waits(facts, sum(waits.values()))


def _taken_now_and_then(facts: Facts, name: str, share: float) -> Said:
    """What requests wait for, though it is free most of the time."""
    resources = facts.summary.resources
    if name not in resources:  # a rate limit, or the cores of another machine
        return said(
            "Requests spend {share} of their time waiting for the {name}.", share=percents(share), name=said(name)
        )
    return said_many(
        "Requests spend {share} of their time waiting for {who}, though {who} is in use {used} of the time: at "
        "times several come at once.",
        "Requests spend {share} of their time waiting for {who}, though {who} are in use {used} of the time: at "
        "times several come at once.",
        resources[name].size,
        share=percents(share),
        who=partial(all_of, noun(name), resources[name].size),
        used=percents(resources[name].utilisation),
    )


def _nobody_waits(facts: Facts, waiting: float) -> Finding:
    """What requests' time is, and what is used most; ``waiting`` is the share in which they wait all the same."""
    resources = facts.summary.resources
    name = max((n for n in resources if resources[n].kind != "backlog"), key=lambda n: resources[n].utilisation)
    fields = {"own": percents(1.0 - waiting)}
    if waiting >= HARDLY:
        text = said(
            "Hardly any request waits for another one: {own} of a request's time is its own computing, its I/O and "
            "its client's line.",
            **fields,
        )
    else:
        text = said(
            "No request waits for another one: {own} of a request's time is its own computing, its I/O and its "
            "client's line.",
            **fields,
        )
    used = percents(resources[name].utilisation)
    if name == CORES:
        busiest = said("The cores are in use {used} of the time.", used=used)
    else:
        busiest = said("The busiest resource, {busiest}, is in use {used} of the time.", busiest=said(name), used=used)
    slow = _slow_io(facts)
    culprits = (Party(Kind.ENTRY, "slow-io"),) if slow is not None else ()
    return Finding(0.0, told(slow, text, busiest), resource=name, culprits=culprits)


def _slow_io(facts: Facts) -> Said | None:
    """That I/O was slow for some time, where requests took longer for nothing but that."""
    trace = facts.trace
    counted = facts.measures.category >= COMPLETED
    took = trace.finished - trace.arrival
    for entry in sorted(interventions(trace, Do.SLOW_IO), key=lambda each: -each.lasting * each.factor):
        meanwhile = (trace.arrival >= entry.at) & (trace.arrival < entry.until)
        others = counted & ~meanwhile
        if not (counted & meanwhile).any() or not others.any():
            continue
        then, usual = float(took[counted & meanwhile].mean()), float(took[others].mean())
        if then < (1.0 + NOTABLE) * usual:
            continue
        return said(
            "From {at} to {until} I/O took {factor} times as long: requests that came then took {then} on average, "
            "all others {usual}.",
            at=short_duration(entry.at),
            until=short_duration(entry.until),
            factor=three_digits(entry.factor),
            then=duration(then),
            usual=duration(usual),
        )
    return None
