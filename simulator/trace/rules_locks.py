"""Rules about a loop that has time to spare, and for which requests wait nevertheless: behind long computations.

What to watch: a loop makes the others wait until a long callback is over; how a GIL does is in ``rules_gil``.
"""

from functools import partial

from simulator.plan.resources import Loop
from simulator.plan.words import State
from simulator.trace.culprits import MOST, who_failed
from simulator.trace.cures import Cure
from simulator.trace.demands import runs_native_code
from simulator.trace.facts import HIGH, NOTABLE, Facts, failed_words, has_others, one_of, others_wait, percents
from simulator.trace.finding import Finding, Kind, Party, told
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
        waited, share = others_wait(facts, lock, computing.name)
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
        if has_others(facts):
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
        native = runs_native_code(facts.trace, lock, computing.name)
        cures = (*([Cure.HAND_OVER_NATIVE] if native else []), *_cures(facts))
        culprits = (Party(Kind.CLASS, computing.name),)
        return Finding(share, told(text, failed_words(lost)), cures, lock.name, culprits, victims)
    return None


def loop_stands_still(facts: Facts) -> Finding | None:
    """What an event loop is kept for, most of the time, is a call that waits: no core is at work, nobody gets on."""
    for lock in facts.trace.plan.locks:
        if facts.stands_still(lock) < MOST:
            continue
        holding = facts.computing(lock)
        waited, share = others_wait(facts, lock, holding.name)
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
        if has_others(facts):
            victims = said("All other requests wait {waited} for it on average ({share} of their time).", **fields)
        else:
            victims = said("Requests wait {waited} for it on average ({share} of their time).", **fields)
        return Finding(
            share,
            told(text, victims, failed_words(lost)),
            (Cure.LET_GO, Cure.HAND_OVER, *_cures(facts)),
            lock.name,
            (Party(Kind.CLASS, holding.name),),
            (Party(Kind.CLASS, lost.name),) if lost is not None else (),
        )
    return None


def _cures(facts: Facts) -> tuple[Cure, ...]:
    """A process of its own for what takes long; and nobody is hashed to the one that is blocked."""
    hashed = any(backlog.processes > 1 for backlog in facts.trace.plan.backlogs)
    return (*([Cure.ONE_QUEUE] if hashed else []), Cure.OWN_PROCESSES, Cure.MORE_PROCESSES)
