"""Why the figures are what they are: a table of rules, each of which looks at the measures and may say a sentence.

What to watch: a rule weighs its sentence by the share of the requests' time that it explains, so that the first
sentence is about what would help most. When no rule has anything to say, that is said.
"""

from collections.abc import Callable

from simulator.trace.attribution import Attribution
from simulator.trace.facts import HARDLY, NOTABLE, Facts, noun
from simulator.trace.figures import Summary
from simulator.trace.finding import Finding
from simulator.trace.measures import COMPLETED, CORES, NOT_COMPLETED, SLOWEST, Measures
from simulator.trace.rules_capacity import (
    accept_limit,
    held_by_io,
    held_by_readers,
    held_by_uploads,
    imbalance,
    overload,
    too_few_to_compute,
)
from simulator.trace.rules_computing import (
    cores_saturated,
    gil_convoy,
    gil_or_cores,
    gil_saturated,
    loop_blocked,
    loop_saturated,
    other_programs,
)
from simulator.trace.rules_ends import (
    broken,
    crashes,
    few_samples,
    gateway_timeouts,
    gave_up,
    overflow,
    refused,
    turned_away,
    without_effect,
)
from simulator.words.numbers import share_in_words
from simulator.words.phrases import all_of, is_or_are, sentence

Rule = Callable[[Facts], Finding | None]

RULES: tuple[Rule, ...] = (
    other_programs,
    overload,
    held_by_uploads,
    held_by_readers,
    held_by_io,
    too_few_to_compute,
    cores_saturated,
    gil_saturated,
    gil_convoy,
    gil_or_cores,
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
MOST_SENTENCES = 3


def findings(facts: Facts) -> list[Finding]:
    """What the rules say about a run, the weightiest first."""
    said = [finding.found_by(rule.__name__) for rule in RULES if (finding := rule(facts)) is not None]
    return sorted(said, key=lambda finding: -finding.weight)  # stable: equals in the order of the table


def diagnose(measures: Measures, summary: Summary) -> tuple[Finding, ...]:
    """At most three findings that explain a run; and where nothing is wrong, one that says so."""
    if not measures.count(NOT_COMPLETED, COMPLETED, SLOWEST):
        return (Finding(0.0, "No request arrived in the measured part of the run."),)
    facts = Facts(measures, summary, Attribution(measures))
    said = findings(facts)
    if not any(finding.weight > 0.0 for finding in said):
        said.insert(0, Finding(0.0, _all_clear(facts)))
    return tuple(said[:MOST_SENTENCES])


def _all_clear(facts: Facts) -> str:
    """No rule fired. Either hardly anything waits, or it waits for something that is free most of the time."""
    resources = facts.summary.resources
    waits = dict.fromkeys(resources, 0.0)
    for (name, _), share in facts.attribution.all.items():
        waits[name] = waits.get(name, 0.0) + share
    name, worst = max(waits.items(), key=lambda item: item[1])
    if worst >= NOTABLE and name not in resources:  # a rate limit, or the cores of another machine
        return sentence(f"requests spend {share_in_words(worst)} of their time waiting for the {name}")
    if worst >= NOTABLE:
        who = all_of(noun(name), resources[name].size)
        used = share_in_words(resources[name].utilisation)
        return sentence(
            f"requests spend {share_in_words(worst)} of their time waiting for {who}, though {who} "
            f"{is_or_are(resources[name].size)} in use {used} of the time: at times several come at once; "
            f"more capacity would only be needed in these moments"
        )
    own = share_in_words(1.0 - sum(waits.values()))
    nothing = "nothing" if sum(waits.values()) < HARDLY else "hardly anything"
    name = max((n for n in resources if resources[n].kind != "backlog"), key=lambda n: resources[n].utilisation)
    who = "the cores are" if name == CORES else f"the busiest resource, {name}, is"
    return sentence(
        f"{nothing} waits: {own} of a request's time is its own computing, its I/O and its client's line; "
        f"{who} in use {share_in_words(resources[name].utilisation)} of the time"
    )
