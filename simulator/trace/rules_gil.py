"""Rules about a GIL that has time to spare: threads take turns at it, and so does the event loop beside which they run.

What to watch: a short computation waits a switch interval behind each long one; a loop does so with every callback, and
meanwhile nobody else gets a turn on it.
"""

from functools import partial

from simulator.plan.place import having
from simulator.plan.resources import Gil, Loop, Processors
from simulator.plan.words import State
from simulator.trace.culprits import MOST, Computing
from simulator.trace.cures import Cure
from simulator.trace.facts import HARDLY, HIGH, NOTABLE, Facts, has_others, one_of, others_wait, percents
from simulator.trace.finding import Finding, Kind, Party
from simulator.words.kinds import kind_name
from simulator.words.language import said, said_many
from simulator.words.numbers import short_duration
from simulator.words.phrases import all_of


def loop_waits_for_gil(facts: Facts) -> Finding | None:
    """Whoever has an event loop waits for the GIL: threads of the same process compute under it."""
    for loop in facts.trace.plan.locks:
        if not isinstance(loop, Loop) or loop.gil is None:
            continue
        part, computing = _part_beside(facts, loop), facts.computing(loop.gil)
        score = facts.attribution.score(loop.gil.name, State.GIL)
        if score < NOTABLE or part < MOST:
            continue
        text = said(
            "{one} waits for {other} {part} of the time that it is in use: threads of its process compute (most of it "
            '"{name}", up to {longest} at a time), and behind them each callback waits a switch interval of {interval} '
            "or more. Requests spend {score} of their time waiting because of that.",
            one=one_of(loop),
            other=partial(all_of, loop.gil.name, 1),
            part=percents(part),
            name=partial(kind_name, computing.name),
            longest=short_duration(computing.longest_s),
            interval=short_duration(loop.gil.switch_interval_s),
            score=percents(min(score, 1.0)),
        )
        cures = (Cure.OWN_PROCESSES, Cure.MORE_PROCESSES)
        return Finding(min(score, 1.0), text, cures, loop.gil.name, (Party(Kind.CLASS, computing.name),))
    return None


def _part_beside(facts: Facts, loop: Loop) -> float:
    """The part of a loop's use in which who has it waits for the GIL."""
    split = facts.summary.resources[loop.name].split
    had = sum(split.get(state.value, 0.0) for state in having(loop))
    return split.get(State.GIL.value, 0.0) / had if had > 0.0 else 0.0


def gil_convoy(facts: Facts) -> Finding | None:
    """Short computations wait a switch interval behind long ones, though the GIL has time to spare."""
    for lock in facts.trace.plan.locks:
        if not isinstance(lock, Gil) or isinstance(lock, Processors):
            continue
        computing = facts.computing(lock)
        waited, share = others_wait(facts, lock, computing.name)
        used = facts.summary.resources[lock.name].utilisation
        if used >= HIGH or computing.longest_s <= lock.switch_interval_s:
            continue
        if loop_waits_for_gil(facts) is not None:
            continue  # told with the loop
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
        if has_others(facts):
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
