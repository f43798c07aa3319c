"""Rules about a lock that has time to spare, and for which requests wait nevertheless: behind long computations.

What to watch: a loop makes the others wait until a long callback is over, a GIL for a switch interval each time.
"""

from functools import partial

import numpy as np

from simulator.plan.resources import Gil, Lock, Loop
from simulator.plan.words import State
from simulator.trace.attribution import AT_LIMIT
from simulator.trace.culprits import MOST, Computing, who_failed
from simulator.trace.cures import Cure
from simulator.trace.facts import HARDLY, HIGH, NOTABLE, Facts, failed_words, one_of, percents
from simulator.trace.finding import Finding, Kind, Party, told
from simulator.trace.measures import COMPLETED
from simulator.trace.residence import blocks
from simulator.words.kinds import kind_name
from simulator.words.language import said, said_many
from simulator.words.numbers import short_duration
from simulator.words.phrases import all_of


def loop_blocked(facts: Facts) -> Finding | None:
    """An event loop has time to spare, but single callbacks block it."""
    for lock in facts.trace.plan.locks:
        if not isinstance(lock, Loop):
            continue
        used = facts.summary.resources[lock.name].utilisation
        computing = facts.computing(lock)
        waited, share = _others_wait(facts, lock, computing.name)
        if share < NOTABLE or not (computing.long_part >= MOST or computing.stands_out):
            continue
        if facts.stands_still(lock) >= MOST:
            continue  # told with what it waits for
        if used >= HIGH and not facts.cores_full:
            continue  # told with the loop that is always busy
        lost = who_failed(facts.measures, but=computing.name)
        fields = {
            "name": partial(kind_name, computing.name),
            "one": one_of(lock),
            "longest": short_duration(computing.longest_s),
            "waited": short_duration(waited),
            "share": percents(share),
        }
        if _has_others(facts):
            text = said(
                '"{name}" blocks {one} for up to {longest} at a time, and all other requests wait {waited} on average '
                "({share} of their time).",
                **fields,
            )
        else:
            text = said(
                '"{name}" blocks {one} for up to {longest} at a time, and requests wait {waited} on average '
                "({share} of their time).",
                **fields,
            )
        victims = (Party(Kind.CLASS, lost.name),) if lost is not None else ()
        cures = (Cure.OWN_PROCESSES, Cure.MORE_PROCESSES)
        culprits = (Party(Kind.CLASS, computing.name),)
        return Finding(share, told(text, failed_words(lost)), cures, lock.name, culprits, victims)
    return None


def loop_stands_still(facts: Facts) -> Finding | None:
    """What an event loop is kept for, most of the time, is a call that waits: no core is at work, nobody gets on."""
    for lock in facts.trace.plan.locks:
        if facts.stands_still(lock) < MOST:
            continue
        holding = facts.computing(lock)
        waited, share = _others_wait(facts, lock, holding.name)
        if share < NOTABLE:
            continue
        used = facts.summary.resources[lock.name]
        lost = who_failed(facts.measures, but=holding.name)
        text = said_many(
            '"{name}" waits in a synchronous call, for up to {longest} at a time, and keeps {one} meanwhile: {who} '
            "stands still {still} of the time, while {cores}.",
            '"{name}" waits in a synchronous call, for up to {longest} at a time, and keeps {one} meanwhile: {who} '
            "stand still {still} of the time, while {cores}.",
            used.size,
            name=partial(kind_name, holding.name),
            longest=short_duration(holding.longest_s),
            one=one_of(lock),
            who=partial(all_of, lock.name, used.size),
            still=percents(used.split[State.BLOCKS.value]),
            cores=facts.busy_cores,
        )
        fields = {"waited": short_duration(waited), "share": percents(share)}
        if _has_others(facts):
            victims = said("All other requests wait {waited} for it on average ({share} of their time).", **fields)
        else:
            victims = said("Requests wait {waited} for it on average ({share} of their time).", **fields)
        return Finding(
            share,
            told(text, victims, failed_words(lost)),
            (Cure.OWN_PROCESSES, Cure.MORE_PROCESSES),
            lock.name,
            (Party(Kind.CLASS, holding.name),),
            (Party(Kind.CLASS, lost.name),) if lost is not None else (),
        )
    return None


def gil_convoy(facts: Facts) -> Finding | None:
    """Short computations wait a switch interval behind long ones, though the GIL has time to spare."""
    for lock in facts.trace.plan.locks:
        if not isinstance(lock, Gil):
            continue
        computing = facts.computing(lock)
        waited, share = _others_wait(facts, lock, computing.name)
        used = facts.summary.resources[lock.name].utilisation
        if used >= HIGH or computing.longest_s <= lock.switch_interval_s:
            continue
        if share < NOTABLE:
            held = _held_by_long_ones(facts, lock, computing)
            if held is not None:
                return held
            continue
        fields = {
            "waited": short_duration(waited),
            "one": partial(all_of, lock.name, 1),
            "share": percents(share),
            "used": percents(used),
            "name": partial(kind_name, computing.name),
            "longest": short_duration(computing.longest_s),
            "interval": short_duration(lock.switch_interval_s),
        }
        if _has_others(facts):
            text = said(
                "Other requests wait {waited} for {one} on average ({share} of their time) though it is in use only "
                '{used} of the time: behind the long computations of "{name}" (up to {longest}) every short one waits '
                "a switch interval of {interval} or more.",
                **fields,
            )
        else:
            text = said(
                "Requests wait {waited} for {one} on average ({share} of their time) though it is in use only "
                '{used} of the time: behind the long computations of "{name}" (up to {longest}) every other one waits '
                "a switch interval of {interval} or more.",
                **fields,
            )
        cures = (Cure.OWN_PROCESSES, Cure.MORE_PROCESSES)
        return Finding(share, text, cures, lock.name, (Party(Kind.CLASS, computing.name),))
    return None


def _held_by_long_ones(facts: Facts, lock: Gil, computing: Computing) -> Finding | None:
    """Requests wait for a thread more than for the GIL, because the threads compute one at a time under it."""
    score, waits = facts.lock_score(lock), facts.summary.where_time_goes
    total = sum(waits.values())
    if score < NOTABLE or total <= 0.0:
        return None
    states = [s for s in (State.BACKLOG, State.QUEUED, State.GIL) if waits.get(s.value, 0.0) >= HARDLY * total]
    waiting = sum(waits[state.value] for state in states)
    fields = {
        "waiting": percents(waiting / total),
        "one": partial(all_of, lock.name, 1),
        "used": percents(facts.summary.resources[lock.name].utilisation),
        "name": partial(kind_name, computing.name),
        "longest": short_duration(computing.longest_s),
    }
    if State.GIL in states:
        text = said(
            "Requests spend {waiting} of their time waiting for a thread or for {one}, though {one} is in use only "
            '{used} of the time: while one computes for "{name}" (up to {longest}), the other threads are held too, '
            "waiting for {one}.",
            **fields,
        )
    else:
        text = said(
            "Requests spend {waiting} of their time waiting for a thread, though {one} is in use only {used} of the "
            'time: while one computes for "{name}" (up to {longest}), its thread serves nobody else.',
            **fields,
        )
    cures = (Cure.OWN_PROCESSES, Cure.MORE_PROCESSES)
    return Finding(min(score, 1.0), text, cures, lock.name, (Party(Kind.CLASS, computing.name),))


def gil_or_cores(facts: Facts) -> Finding | None:
    """In a measured run the waits for the GIL and for the cores are one figure, so no cause can be named."""
    for lock in facts.trace.plan.locks:
        score = facts.attribution.score(lock.name, State.GIL_OR_CORE)
        if score < NOTABLE:
            continue
        gil = facts.summary.resources[lock.name]
        text = said_many(
            "{score} of the requests' time threads are ready and wait for {who} or for a core, and measuring cannot "
            "tell which: {who} is {used} busy with computing, {cores}.",
            "{score} of the requests' time threads are ready and wait for {who} or for a core, and measuring cannot "
            "tell which: {who} are {used} busy with computing, {cores}.",
            gil.size,
            score=percents(score),
            who=partial(all_of, lock.name, gil.size),
            used=percents(gil.utilisation),
            cores=facts.busy_cores,
        )
        return Finding(min(score, 1.0), text, (), lock.name)
    return None


def _others_wait(facts: Facts, lock: Lock, name: str) -> tuple[float, float]:
    """Seconds that completed requests of other classes waited for a lock on average, and as a share of their time."""
    trace, names = facts.trace, facts.trace.workload.class_names
    completed = facts.measures.category >= COMPLETED
    others = completed & (trace.workload.request_class != (names.index(name) if name else -1))
    counted = others if others.any() else completed
    waited = total = 0.0
    for block in blocks(trace):  # there may be millions
        some = counted[block]
        total += float((trace.finished[block][some] - trace.arrival[block][some]).sum())
        for column, (i, needed) in enumerate(trace.locked):
            place, reached = facts.measures.places[i], trace.reached[block]
            if needed != lock:
                continue
            waited += float(np.nansum(trace.lock_wait[block, column][some]))
            if place.acceptor and place.lock == lock and facts.measures.in_hand(i) < AT_LIMIT:
                waited += float(np.nansum(reached[:, i][some] - reached[:, i - 1][some]))  # not seen in others' servers
    return (waited / np.count_nonzero(counted), waited / total) if total > 0.0 else (0.0, 0.0)


def _has_others(facts: Facts) -> bool:
    return len(np.unique(facts.trace.workload.request_class[facts.measures.category >= COMPLETED])) > 1
