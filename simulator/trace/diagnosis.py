"""Why the figures are what they are: a table of rules, each of which looks at the measures and may say a sentence.

What to watch: a rule weighs its sentence by the share of the requests' time that it explains, so that the first
sentence is about what would help most. When no rule has anything to say, that is said.
"""

from collections.abc import Callable

from simulator.plan.words import State
from simulator.trace.blame import Blame
from simulator.trace.facts import NOTABLE, Facts, Finding
from simulator.trace.figures import Summary
from simulator.trace.measures import CORES, Measures
from simulator.trace.phrases import percent, sentence
from simulator.trace.rules_computing import cores_saturated, gil_convoy, gil_saturated, loop_blocked, loop_saturated
from simulator.trace.rules_ends import few_samples, gateway_timeouts, gave_up, refused, syn_retries, turned_away
from simulator.trace.rules_load import accept_limit, imbalance, overload
from simulator.trace.rules_slots import held_by_io, held_by_readers, held_by_uploads, too_few_to_compute

Rule = Callable[[Facts], Finding | None]

RULES: tuple[Rule, ...] = (
    overload,
    held_by_uploads,
    held_by_readers,
    held_by_io,
    too_few_to_compute,
    cores_saturated,
    gil_saturated,
    gil_convoy,
    loop_blocked,
    loop_saturated,
    imbalance,
    accept_limit,
    refused,
    syn_retries,
    turned_away,
    gateway_timeouts,
    gave_up,
    few_samples,
)
MOST_SENTENCES = 3
WAITING = (State.BACKLOG, State.QUEUED, State.GIL, State.LOOP, State.CORE)


def findings(measures: Measures, summary: Summary) -> list[Finding]:
    """What the rules say about a run, the weightiest first."""
    facts = Facts(measures, summary, Blame(measures))
    said = [finding for rule in RULES if (finding := rule(facts)) is not None]
    return sorted(said, key=lambda finding: -finding.weight)  # stable: equals in the order of the table


def diagnose(measures: Measures, summary: Summary) -> tuple[str, ...]:
    """At most three sentences that explain a run; and where nothing is wrong, one that says so."""
    if not measures.count(1, 2, 3):
        return ("No request arrived in the measured part of the run.",)
    said = findings(measures, summary)
    if not any(finding.weight > 0.0 for finding in said):
        said.insert(0, Finding(0.0, _all_clear(measures, summary)))
    return tuple(finding.sentence for finding in said[:MOST_SENTENCES])


def _all_clear(measures: Measures, summary: Summary) -> str:
    """No rule fired. Either hardly anything waits, or it waits for something that is free most of the time."""
    life = measures.mean_life(1, 2, 3).sum(axis=0)
    shares = {state: float(life[i]) / max(float(life.sum()), 1e-300) for i, state in enumerate(State)}
    waiting = sum(shares[state] for state in WAITING)
    name, busiest = max(
        ((name, r) for name, r in summary.resources.items() if r.kind != "backlog"),
        key=lambda item: item[1].utilisation,
    )
    who = "the cores are" if name == CORES else f"the busiest resource, {name}, is"
    used = f"{who} in use {percent(busiest.utilisation)}"
    if waiting < NOTABLE:
        own = percent(1.0 - waiting)
        return sentence(
            f"nothing waits: {own} of a request's time is its own computing, its I/O and its client's line; "
            f"{used} of the time"
        )
    worst = max(WAITING, key=lambda state: shares[state])
    return sentence(
        f"requests spend {percent(shares[worst])} of their time {worst.value}, though {used} of the time: "
        f"they come in bunches; a little more capacity shortens this wait a lot"
    )
