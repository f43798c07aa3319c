"""Rules about the Ps of goroutines: fewer than cores, or taken by long computations while others wait for a slice.

What to watch: where there is a P for each core, waiting for a P is waiting for a core under another name, and only
fewer Ps than cores are a cause of their own.
"""

from functools import partial

from simulator.plan.resources import Processors
from simulator.trace.cures import Cure
from simulator.trace.facts import HIGH, NOTABLE, Facts, has_others, others_wait, percents
from simulator.trace.finding import Finding, Kind, Party
from simulator.words.kinds import kind_name
from simulator.words.language import said_many
from simulator.words.numbers import short_duration
from simulator.words.phrases import all_of


def too_few_processors(facts: Facts) -> Finding | None:
    """All Ps are in use while cores are idle."""
    for lock in facts.trace.plan.locks:
        if not isinstance(lock, Processors) or facts.cores_full:
            continue
        used, score = facts.summary.resources[lock.name], facts.lock_score(lock)
        if used.size >= facts.cores.size or used.utilisation < HIGH or score < NOTABLE:
            continue
        text = said_many(
            "{who} is {used} busy{law} while {cores}: no more goroutines compute at once than GOMAXPROCS says.",
            "{who} are {used} busy{law} while {cores}: no more goroutines compute at once than GOMAXPROCS says.",
            used.size,
            who=partial(all_of, lock.name, used.size),
            used=percents(used.utilisation),
            law=facts.law(lock.name),
            cores=facts.busy_cores,
        )
        return Finding(min(score, 1.0), text, (Cure.ALL_CORES,), lock.name)
    return None


def processors_taken(facts: Facts) -> Finding | None:
    """Short computations wait until long ones make room, though the Ps have time to spare."""
    for lock in facts.trace.plan.locks:
        if not isinstance(lock, Processors):
            continue
        computing = facts.computing(lock)
        waited, share = others_wait(facts, lock, computing.name)
        used = facts.summary.resources[lock.name]
        busy = facts.cores_full or (used.utilisation >= HIGH and used.size < facts.cores.size)
        if busy or share < NOTABLE or computing.longest_s <= lock.switch_interval_s:
            continue
        fields = {
            "waited": short_duration(waited),
            "share": percents(share),
            "used": percents(used.utilisation),
            "who": partial(all_of, lock.name, used.size),
            "name": partial(kind_name, computing.name),
            "longest": short_duration(computing.longest_s),
            "least": short_duration(lock.switch_interval_s),
            "most": short_duration(2 * lock.switch_interval_s),
        }
        if has_others(facts):
            text = said_many(
                "Other requests wait {waited} for a P on average ({share} of their time) though {who} is in use only "
                '{used} of the time: while "{name}" computes (up to {longest}), they wait until it makes room, which '
                "it does after {least} to {most}.",
                "Other requests wait {waited} for a P on average ({share} of their time) though {who} are in use only "
                '{used} of the time: while "{name}" computes (up to {longest}) on all of them, they wait until one '
                "makes room, which it does after {least} to {most}.",
                used.size,
                **fields,
            )
        else:
            text = said_many(
                "Requests wait {waited} for a P on average ({share} of their time) though {who} is in use only {used} "
                "of the time: they compute for up to {longest}, and make room for others after {least} to {most}.",
                "Requests wait {waited} for a P on average ({share} of their time) though {who} are in use only {used} "
                "of the time: they compute for up to {longest}, and make room for others after {least} to {most}.",
                used.size,
                **fields,
            )
        cures = (Cure.ALL_CORES,) if used.size < facts.cores.size else (Cure.MORE_CORES,)
        return Finding(share, text, cures, lock.name, (Party(Kind.CLASS, computing.name),))
    return None
