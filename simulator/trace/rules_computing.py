"""Rules about computing: the cores, the GIL, and the event loop.

What to watch: whoever has a loop or a GIL for long is named, with what it does to the others, be the lock in use all
the time or hardly ever.
"""

from functools import partial

from simulator.plan.resources import QUOTA_PERIOD_S, Gil, Lock, Loop, Processors
from simulator.plan.words import Need, State, needing
from simulator.trace.availability import CORES
from simulator.trace.culprits import MOST, Computing, who_failed
from simulator.trace.cures import Cure
from simulator.trace.demands import runs_native_code
from simulator.trace.facts import (
    HARDLY,
    HIGH,
    NOTABLE,
    Facts,
    failed_words,
    one_of,
    percents,
    share_of_time,
    slots_limit_computing,
)
from simulator.trace.finding import Finding, Kind, Party, told
from simulator.words.kinds import kind_name
from simulator.words.language import Said, said, said_many
from simulator.words.numbers import count, short_duration
from simulator.words.phrases import all_of


def other_programs(facts: Facts) -> Finding | None:
    """Something else ran on the machine while a real server was measured: nothing else can be believed before that."""
    if not facts.others:
        return None
    text = said(
        "Other programs had {share} of the processor while this was measured, so requests waited for a core for longer "
        "than they would have: measure again when nothing else runs, before you change anything.",
        share=percents(facts.others),
    )
    return Finding(1.0, text)


def throttled(facts: Facts) -> Finding | None:
    """A container's quota is used up before its period is over, and all of its threads stand still."""
    quota, waiting = facts.trace.plan.cores.quota, facts.attribution.score(CORES, *needing(Need.CORE))
    if not quota or facts.throttled < HARDLY or waiting < NOTABLE:
        return None
    for_core = share_of_time(facts.summary.where_time_goes, *needing(Need.CORE))
    text = said(
        "The container is throttled {share} of the time: its quota of {quota} cores, {budget} of computing in every "
        "100 ms, is used up before the 100 ms are over, and all threads stand still until the next begin; requests "
        "spend {waiting} of their time waiting for a core.",
        share=percents(facts.throttled),
        quota=f"{quota:g}",
        budget=short_duration(quota * QUOTA_PERIOD_S),
        waiting=percents(for_core),
    )
    return Finding(min(waiting, 1.0), text, (Cure.MORE_CORES,), CORES)


def cores_saturated(facts: Facts) -> Finding | None:
    """More computing than the cores can do, all the time or in bursts."""
    if throttled(facts) is not None:
        return None  # told with the quota
    if facts.others and not facts.cores_full:  # then it is not the server's computing that took them
        return None
    score = _explained_by_cores(facts)
    if score < NOTABLE:
        return None
    text, computing = _all_busy(facts) if facts.cores_full else _in_bursts(facts), facts.computing()
    if computing.share < MOST:
        return Finding(min(score, 1.0), text, (Cure.MORE_CORES,), CORES)
    who = said(
        '"{name}" makes up {part} of what is computed, up to {longest} at a time.',
        name=partial(kind_name, computing.name),
        part=percents(computing.share),
        longest=short_duration(computing.longest_s),
    )
    return Finding(min(score, 1.0), told(text, who), (Cure.MORE_CORES,), CORES, (Party(Kind.CLASS, computing.name),))


def _explained_by_cores(facts: Facts) -> float:
    """How much of the latency: waiting for a core, and what waits behind slots and locks whose holders compute."""
    score = facts.attribution.score(CORES, State.CORE)
    if not facts.cores_full and score < NOTABLE:
        return 0.0  # a slot that computes is no reason to wait for a core
    for pool in facts.trace.plan.pools:
        if facts.pool_size(pool) >= facts.cores.size and not slots_limit_computing(facts, pool):
            score += facts.attribution.score(pool.name, State.COMPUTING)
    if facts.cores_full:
        score += sum(facts.lock_score(lock) for lock in facts.trace.plan.locks)
    return score


def _all_busy(facts: Facts) -> Said:
    size = facts.cores.size
    return said_many(
        "{who} is {busy} busy{law}, and whoever wants to compute shares it with others.",
        "{who} are {busy} busy{law}, and whoever wants to compute shares them with others.",
        size,
        who=partial(all_of, "core", size),
        busy=percents(facts.cores.utilisation),
        law=facts.law(CORES),
    )


def _in_bursts(facts: Facts) -> Said:
    """Who hardly notices it on average says what the slowest wait."""
    summary = facts.summary
    share, slowest = (share_of_time(life, State.CORE) for life in (summary.where_time_goes, summary.where_slowest))
    fields = {
        "cores": facts.busy_cores,
        "threads": count(facts.cores.queue_max + facts.cores.size),
        "share": percents(share),
        "slowest": percents(slowest),
    }
    if share < NOTABLE < slowest:
        return said(
            "Computing comes in bursts: {cores} on average, but at times {threads} threads want to compute at once, "
            "and requests spend {share} of their time waiting for a core, the slowest 1 % {slowest}.",
            **fields,
        )
    return said(
        "Computing comes in bursts: {cores} on average, but at times {threads} threads want to compute at once, "
        "and requests spend {share} of their time waiting for a core.",
        **fields,
    )


# --- one lock, in use most of the time --------------------------------------------------------------------------------


def gil_saturated(facts: Facts) -> Finding | None:
    """Threads of one process can use one core together."""
    return _saturated(facts, Gil)


def loop_saturated(facts: Facts) -> Finding | None:
    """An event loop can use one core."""
    return _saturated(facts, Loop)


def _saturated(facts: Facts, kind: type[Lock]) -> Finding | None:
    lock = _main_cause(facts, kind)
    if lock is None or facts.cores_full:
        return None
    used = facts.summary.resources[lock.name]
    if used.utilisation < HIGH or facts.stands_still(lock) >= MOST:
        return None
    fields = {
        "who": partial(all_of, lock.name, used.size),
        "used": percents(used.utilisation),
        "law": facts.law(lock.name),
        "cores": facts.busy_cores,
    }
    if kind is Gil:
        text = said_many(
            "{who} is {used} busy{law} while {cores}: threads of one process compute one at a time.",
            "{who} are {used} busy{law} while {cores}: threads of one process compute one at a time.",
            used.size,
            **fields,
        )
    else:
        text = said_many(
            "{who} is {used} busy{law} while {cores}: one loop runs one callback at a time, on one core.",
            "{who} are {used} busy{law} while {cores}: one loop runs one callback at a time, on one core.",
            used.size,
            **fields,
        )
    computing = facts.computing(lock)
    apart, lost = computing.stands_out, None
    if apart or (computing.share >= MOST and isinstance(lock, Loop)):
        lost = who_failed(facts.measures, but=computing.name) if apart else None
        text = told(_takes_it(computing, lock), text, failed_words(lost))
    cures: tuple[Cure, ...] = (Cure.MORE_PROCESSES, Cure.OWN_PROCESSES)
    if kind is Loop:
        native = runs_native_code(facts.trace, lock, computing.name)
        cures = (*([Cure.HAND_OVER_NATIVE] if native else []), Cure.OWN_PROCESSES, Cure.MORE_PROCESSES)
    victims = (Party(Kind.CLASS, lost.name),) if lost is not None else ()
    culprits = (Party(Kind.CLASS, computing.name),) if computing.share >= MOST else ()
    return Finding(min(facts.lock_score(lock), 1.0), text, cures, lock.name, culprits, victims)


def _takes_it(computing: Computing, lock: Lock) -> Said:
    """What the class does that has the lock for most of the time."""
    fields = {
        "name": partial(kind_name, computing.name),
        "one": one_of(lock),
        "longest": short_duration(computing.longest_s),
        "part": percents(computing.share),
    }
    if isinstance(lock, Loop) and len(computing.names) == 1:
        return said('"{name}" blocks {one} for up to {longest} at a time.', **fields)
    if isinstance(lock, Loop):
        return said(
            '"{name}" blocks {one} for up to {longest} at a time and makes up {part} of what is computed there.',
            **fields,
        )
    return said(
        '"{name}" computes for up to {longest} at a time and makes up {part} of all computing under {one}; whoever '
        "else needs it waits a switch interval of {interval} or more, each time anew.",
        **fields,
        interval=short_duration(lock.switch_interval_s),
    )


def _main_cause(facts: Facts, kind: type[Lock]) -> Lock | None:
    locks = [lock for lock in facts.trace.plan.locks if isinstance(lock, kind) and not isinstance(lock, Processors)]
    lock = max(locks, default=None, key=facts.lock_score)
    return lock if lock is not None and facts.lock_score(lock) >= NOTABLE else None
