"""Rules about processes that died, by the timeline or of a request.

What to watch: who was inside is lost; who came meanwhile waits only where no other process was up.
"""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from simulator.plan.processes import main_pool, process_count
from simulator.plan.words import Loss, Outcome, lost_by
from simulator.trace.availability import interventions, lost, processes_down
from simulator.trace.cures import Cure
from simulator.trace.facts import Facts
from simulator.trace.finding import Finding, Kind, Party, told
from simulator.trace.intervals import concurrency
from simulator.trace.outcomes import percentiles
from simulator.trace.residence import Floats
from simulator.trace.table import Trace
from simulator.words.kinds import kind_name
from simulator.words.language import Said, said, said_many
from simulator.words.numbers import count, short_duration
from simulator.workload.interventions import Death, Do, Intervention

ANY_DEATH = 0.3
"""A death weighs this much, and half the share of the requests that it took along."""
NOBODY_THERE = 0.96
"""The weight where no process was up for some time, and most of the waiting is because of that."""
CUT_OFF = lost_by(Loss.CRASH)


def crashes(facts: Facts) -> Finding | None:
    """Processes died. Who was inside is lost; who came meanwhile waits only if there was no other process."""
    trace, processes = facts.trace, process_count(facts.trace.plan)
    kills = [kill for kill in interventions(trace, Do.KILL) if kill.number < processes]
    if not kills:
        return None
    taken = sum(int(np.isin(trace.outcome[lost(trace, kill)], CUT_OFF).sum()) for kill in kills)
    none_up = _nobody_up(facts)
    answered = bool((trace.outcome == Outcome.BAD_GATEWAY).any())
    text = _died(kills, taken)
    proxy = said("The proxy answered with status 502.") if answered else None
    poison = _died_of(trace, kills)
    text = told(text, _poison_words(poison, kills), proxy, _nobody_there(facts, none_up) if none_up else _others(facts))
    waited_for = _waited_for(facts)
    weight = NOBODY_THERE if none_up and waited_for else ANY_DEATH + taken / facts.summary.offered / 2
    cures = (Cure.MORE_PROCESSES,) if processes == 1 else ()
    culprit = Party(Kind.ENTRY, "kill") if poison is None else Party(Kind.CLASS, poison)
    return Finding(weight, text, cures, waited_for, (culprit,))


def _died_of(trace: Trace, kills: list[Intervention]) -> str | None:
    """The class of whose requests most of these deaths came; None where the timeline killed."""
    load = trace.workload
    classes = [int(load.request_class[kill.request]) for kill in kills if isinstance(kill, Death)]
    if 2 * len(classes) <= len(kills):
        return None
    name: str = load.class_names[int(np.bincount(classes).argmax())]
    return name


def _poison_words(name: str | None, kills: list[Intervention]) -> Said | None:
    if name is None:
        return None
    return said_many(
        'It died of a request of "{name}", and all that it had in hand went with it.',
        'They died of requests of "{name}", each with all that it had in hand.',
        len(kills),
        name=partial(kind_name, name),
    )


def _died(kills: list[Intervention], taken: int) -> Said:
    fields = {
        "process": kills[0].number,
        "at": short_duration(kills[0].at),
        "times": count(len(kills)),
        "lost": count(taken),
    }
    if len(kills) == 1 and not taken:
        return said("Process {process} died at {at}; no request was lost with it.", **fields)
    if len(kills) == 1:
        return said_many(
            "Process {process} died at {at}; {lost} request was lost with it.",
            "Process {process} died at {at}; {lost} requests were lost with it.",
            taken,
            **fields,
        )
    return said_many(
        "A process died {times} times; {lost} request was lost with it.",
        "A process died {times} times; {lost} requests were lost with it.",
        taken,
        **fields,
    )


def _waited_for(facts: Facts) -> str:
    """What most of the waiting was for, if it was because of a death."""
    found = facts.episode
    entry = found.trigger.entry if found is not None and found.trigger is not None else None
    return found.resource if found is not None and entry is not None and entry.do is Do.KILL else ""


def _nobody_up(facts: Facts) -> list[tuple[float, float]]:
    """When all processes were down."""
    stretches = [stretch for each in processes_down(facts.trace).values() for stretch in each]
    start, end = (np.array(column) for column in zip(*stretches, strict=True))
    down = concurrency(start, end)
    until = np.append(down.at[1:], np.inf)
    all_down = np.flatnonzero(down.height >= process_count(facts.trace.plan))
    return [(float(down.at[i]), float(until[i])) for i in all_down]


def _others(facts: Facts) -> Said:
    """Who went on, at all times."""
    trace, processes = facts.trace, process_count(facts.trace.plan)
    if interventions(trace, Do.SLOTS):  # who was there at the time?
        return said("The others went on.")
    stretches = [stretch for each in processes_down(trace).values() for stretch in each]
    start, end = (np.array(column) for column in zip(*stretches, strict=True))
    up = processes - int(concurrency(start, end).height.max())
    if up < processes - 1:
        return said_many(
            "At times only one of {all} went on.",
            "At times only {up} of {all} went on.",
            up,
            up=count(up),
            all=count(processes),
        )
    return said_many("The other one went on.", "The other {up} went on.", up, up=count(up))


def _came_meanwhile(facts: Facts, none_up: list[tuple[float, float]]) -> NDArray[np.bool_]:
    trace = facts.trace
    came = np.zeros(len(trace), np.bool_)
    for start, end in none_up:
        came |= (trace.arrival >= start) & (trace.arrival < end)
    return came


def _nobody_there(facts: Facts, none_up: list[tuple[float, float]]) -> Said:
    """What it meant for those who came while no process was up."""
    trace, processes = facts.trace, process_count(facts.trace.plan)
    start, end = min(none_up)
    fields = {"begin": short_duration(start), "end": short_duration(end), "all": count(processes)}
    none = said_many(
        "It was the only one: from {begin} to {end} nobody was served.",
        "From {begin} to {end} none of the {all} processes was up.",
        processes,
        **fields,
    )
    if len(none_up) > 1:  # whoever came meanwhile came in any of them
        whole = short_duration(sum(end - start for start, end in none_up))
        none = said_many(
            "It was the only one: {times} times, for {whole} in all, nobody was served, first from {begin} to {end}.",
            "{times} times, for {whole} in all, none of the {all} processes was up, first from {begin} to {end}.",
            processes,
            times=count(len(none_up)),
            whole=whole,
            **fields,
        )
    rows = np.flatnonzero(_came_meanwhile(facts, none_up) & (trace.outcome == Outcome.COMPLETED))
    if not len(rows):
        return none
    took: Floats = trace.finished[rows] - trace.arrival[rows]
    return told(
        none,
        said_many(
            "The request that came meanwhile took {median}.",
            "The {number} requests that came meanwhile took {median} (median), one of them {longest}.",
            len(rows),
            number=count(len(rows)),
            median=short_duration(percentiles(took, [50.0])[0]),
            longest=short_duration(float(took.max())),
        ),
    )


def without_effect(facts: Facts) -> Finding | None:
    """An entry of the timeline names what this server does not have."""
    plan = facts.trace.plan
    processes = process_count(plan)
    missing = [kill.number for kill in interventions(facts.trace, Do.KILL) if kill.number >= processes]
    if missing:
        text = said_many(
            "The timeline kills process {missing}, and this server has only process 0.",
            "The timeline kills process {missing}, and this server has {all} (process 0 to {last}).",
            processes,
            missing=missing[0],
            all=count(processes),
            last=processes - 1,
        )
        return Finding(0.0, text)
    if interventions(facts.trace, Do.SLOTS) and main_pool(plan) is None:
        return Finding(0.0, said("The timeline changes the number of workers or threads, and this server has neither."))
    return None
