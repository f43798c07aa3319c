"""Rules about what was done to the server during the run: what a crash cost, and whom."""

import numpy as np

from simulator.plan.processes import main_pool, process_count
from simulator.plan.words import Loss, Outcome, lost_by
from simulator.trace.availability import interventions, lost
from simulator.trace.facts import Facts, Finding
from simulator.trace.outcomes import percentiles
from simulator.trace.rules_ends import ANY_FAILURE
from simulator.words.phrases import a, count, duration, plural, sentence
from simulator.workload.interventions import Do, Intervention

CUT_OFF = lost_by(Loss.CRASH)


def crashes(facts: Facts) -> Finding | None:
    """Processes died. Who was inside is lost; who came meanwhile waits only if there was no other process."""
    trace, processes = facts.trace, process_count(facts.trace.plan)
    kills = [kill for kill in interventions(trace, Do.KILL) if kill.number < processes]
    if not kills:
        return None
    taken = sum(int(np.isin(trace.outcome[lost(trace, kill)], CUT_OFF).sum()) for kill in kills)
    along = f"{count(taken)} {plural('request', taken)}" if taken else "no request"
    if len(kills) == 1:
        text = f"process {kills[0].number} died at {duration(kills[0].at)} and took {along} along"
    else:
        text = f"{a('process')} died {count(len(kills))} times, which took {along} along"
    if (trace.outcome == Outcome.BAD_GATEWAY).any():
        text += " (the proxy answered with status 502)"
    others = "the others" if interventions(trace, Do.SLOTS) else _others(processes - 1)  # who was there at the time
    waited = _nobody_there(facts, kills) if processes == 1 else f"; {others} went on"
    return Finding(ANY_FAILURE + taken / facts.summary.offered / 2, sentence(text + waited))


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
        f"; it was the only one, so the {count(len(rows))} {plural('request', len(rows))} that came before it was back "
        f"took {duration(took)} (median): with another process they would have gone there"
    )
