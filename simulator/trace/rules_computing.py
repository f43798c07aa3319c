"""Rules about computing: the cores, the GIL, and the event loop."""

import numpy as np

from simulator.plan.resources import Gil, Lock, Loop
from simulator.plan.words import State
from simulator.trace.attribution import AT_LIMIT
from simulator.trace.cures import Cure
from simulator.trace.facts import HARDLY, NOTABLE, Facts, slots_limit_computing
from simulator.trace.finding import Finding
from simulator.trace.measures import COMPLETED, CORES, OUTSIDE
from simulator.trace.outcomes import percentiles
from simulator.trace.residence import Floats
from simulator.words.language import said
from simulator.words.numbers import count, share_in_words, short_duration
from simulator.words.phrases import a, all_of, is_or_are, sentence
from simulator.workload.table import Work

HIGH = 0.7
"""From this utilisation on, requests wait for a lock because it is busy, not because of a few long computations."""
MOSTLY = 0.5
"""Long computations are to blame if they cause more than this part of the waiting."""
LONG = 10.0
"""A computation this many times the median is called long."""


def other_programs(facts: Facts) -> Finding | None:
    """Something else ran on the machine while a real server was measured: nothing else can be believed before that."""
    if not facts.others:
        return None
    sentence = said(
        "Other programs had {share} of the processor while this was measured, so requests waited for a core for longer "
        "than they would have: measure again when nothing else runs, before you change anything.",
        share=lambda: share_in_words(facts.others),
    )
    return Finding(1.0, sentence)


def cores_saturated(facts: Facts) -> Finding | None:
    """More computing than the cores can do, all the time or in bursts."""
    if facts.others and not facts.cores_full:  # then it is not the server's computing that took them
        return None
    score = facts.attribution.score(CORES, State.CORE)
    for pool in facts.trace.plan.pools:
        if facts.pool_size(pool) >= facts.cores.size and not slots_limit_computing(facts, pool):
            score += facts.attribution.score(pool.name, State.COMPUTING)
    if facts.cores_full:
        score += sum(_lock_score(facts, lock) for lock in facts.trace.plan.locks)
    if score < NOTABLE:
        return None
    size, law = facts.cores.size, facts.law(CORES)
    if facts.cores_full:
        text = f"{facts.busy_cores()}{law}: "
        text += "no other number of processes or threads gets more out of them; compute less, or add cores"
    else:
        crowd = f" by {count(facts.cores.queue_max + size)} threads at once" if facts.cores.queue_max else ""
        text = (
            f"computing comes in bursts: {facts.busy_cores()} on average, but at times all are wanted{crowd}; "
            f"only less computing or more cores shortens these moments"
        )
    return Finding(min(score, 1.0), sentence(text), (Cure.MORE_CORES,))


def gil_saturated(facts: Facts) -> Finding | None:
    """Threads of one process can use one core together."""
    return _saturated(facts, Gil, "threads of one process compute one at a time")


def loop_saturated(facts: Facts) -> Finding | None:
    """An event loop can use one core."""
    return _saturated(facts, Loop, "one loop runs one callback at a time, on one core")


def _saturated(facts: Facts, kind: type[Lock], why: str) -> Finding | None:
    lock = _main_cause(facts, kind)
    if lock is None or facts.cores_full:
        return None
    used = facts.summary.resources[lock.name]
    if used.utilisation < HIGH:
        return None
    who = f"{all_of(lock.name, used.size)} {is_or_are(used.size)} {share_in_words(used.utilisation)} busy"
    cure = "add processes, or compute less"
    if used.size >= facts.cores.size:
        cure = "compute less, or add cores and processes"
    text = f"{who}{facts.law(lock.name)} while {facts.busy_cores()}: {why}; {cure}"
    cures = (Cure.MORE_PROCESSES, Cure.OWN_PROCESSES) if kind is Gil else (Cure.OWN_PROCESSES, Cure.MORE_PROCESSES)
    return Finding(min(_lock_score(facts, lock), 1.0), sentence(text), cures)


def gil_convoy(facts: Facts) -> Finding | None:
    """Short computations wait a switch interval behind long ones, though the GIL has time to spare."""
    for lock in facts.trace.plan.locks:
        if not isinstance(lock, Gil):
            continue
        longest, who, _ = long_computations(facts, lock)
        waited, share = _others_wait(facts, lock, who)
        used = facts.summary.resources[lock.name].utilisation
        if used >= HIGH or longest <= lock.switch_interval_s:
            continue
        if share < NOTABLE:
            held = _held_by_long_ones(facts, lock, longest, who)
            if held is not None:
                return held
            continue
        whom, each = ("other requests", "every short one") if _has_others(facts) else ("requests", "every other one")
        text = (
            f"{whom} wait {short_duration(waited)} for {all_of(lock.name, 1)} on average ({share_in_words(share)} of "
            f"their time) though it is in use only {share_in_words(used)} of the time: behind the long computations of "
            f'"{who}" (up to {short_duration(longest)}) {each} waits a switch interval of '
            f"{short_duration(lock.switch_interval_s)} or more; {_cure(facts)}"
        )
        return Finding(share, sentence(text), (Cure.OWN_PROCESSES, Cure.MORE_PROCESSES))
    return None


def gil_or_cores(facts: Facts) -> Finding | None:
    """In a measured run the waits for the GIL and for the cores are one figure, so no cause can be named."""
    for lock in facts.trace.plan.locks:
        score = facts.attribution.score(lock.name, State.GIL_OR_CORE)
        if score < NOTABLE:
            continue
        gil = facts.summary.resources[lock.name]
        who = all_of(lock.name, gil.size)
        text = (
            f"{share_in_words(score)} of the requests' time threads are ready and wait for "
            f"{who} or for a core, and measuring cannot tell which ({who} {is_or_are(gil.size)} "
            f"{share_in_words(gil.utilisation)} busy with computing, {facts.busy_cores()}): simulate the "
            f"same run to see"
        )
        return Finding(min(score, 1.0), sentence(text))
    return None


def _held_by_long_ones(facts: Facts, lock: Gil, longest: float, who: str) -> Finding | None:
    """Requests wait for a thread more than for the GIL, because the threads compute one at a time under it."""
    score, waits = _lock_score(facts, lock), facts.summary.where_time_goes
    total = sum(waits.values())
    if score < NOTABLE or total <= 0.0:
        return None
    states = [s.value for s in (State.BACKLOG, State.QUEUED, State.GIL) if waits.get(s.value, 0.0) >= HARDLY * total]
    parts = " and ".join(f"{share_in_words(waits[state] / total)} of their time {state}" for state in states)
    used = facts.summary.resources[lock.name].utilisation
    held = f"the other threads are held too, waiting for {all_of(lock.name, 1)}"
    if State.GIL.value not in states:
        held = "its thread serves nobody else"
    text = (
        f"requests spend {parts}, though {all_of(lock.name, 1)} is in use only {share_in_words(used)} of the time: "
        f'while one computes for "{who}" (up to {short_duration(longest)}), {held}; {_cure(facts)}'
    )
    return Finding(min(score, 1.0), sentence(text), (Cure.OWN_PROCESSES, Cure.MORE_PROCESSES))


def _has_others(facts: Facts) -> bool:
    return len(np.unique(facts.trace.workload.request_class[facts.measures.category >= COMPLETED])) > 1


def _cure(facts: Facts) -> str:
    return "give the long ones processes of their own" if _has_others(facts) else "add processes, or compute less"


def loop_blocked(facts: Facts) -> Finding | None:
    """A few long computations stop everybody else on the loop."""
    for lock in facts.trace.plan.locks:
        if not isinstance(lock, Loop):
            continue
        longest, who, part = long_computations(facts, lock)
        waited, share = _others_wait(facts, lock, who)
        if share < NOTABLE or part < MOSTLY:
            continue
        whom = "all other requests" if _has_others(facts) else "all the others"
        text = (
            f'"{who}" blocks {a(lock.name)} for up to {short_duration(longest)} at a time, and {whom} wait '
            f"{short_duration(waited)} on average ({share_in_words(share)} of their time): move the long "
            f"computations to other processes, or cut them into pieces"
        )
        return Finding(share, sentence(text), (Cure.OWN_PROCESSES, Cure.MORE_PROCESSES))
    return None


def _others_wait(facts: Facts, lock: Lock, name: str) -> tuple[float, float]:
    """Seconds that completed requests of other classes waited for a lock on average, and as a share of their time."""
    trace, names = facts.trace, facts.trace.workload.class_names
    completed = facts.measures.category >= COMPLETED
    others = completed & (trace.workload.request_class != (names.index(name) if name else -1))
    counted = others if others.any() else completed
    waited = 0.0
    for column, i in enumerate(trace.lock_places):
        place = facts.measures.places[i]
        if place.lock != lock:
            continue
        waited += float(np.nansum(trace.lock_wait[:, column][counted]))
        if place.acceptor and facts.measures.in_hand(i) < AT_LIMIT:
            waited += float((trace.reached[:, i][counted] - trace.reached[:, i - 1][counted]).sum())
    total = float((trace.finished[counted] - trace.arrival[counted]).sum())
    return (waited / np.count_nonzero(counted), waited / total) if total > 0.0 else (0.0, 0.0)


def long_computations(facts: Facts, lock: Lock) -> tuple[float, str, float]:
    """The longest computation under a lock in seconds, its class, and the part of the waiting that long ones cause.

    Somebody who comes at a random moment meets a computation with a chance proportional to its length and waits for
    half of it, so each causes waiting proportional to its square.
    """
    load, counted = facts.trace.workload, facts.measures.category != OUTSIDE
    pieces: list[Floats] = []
    longest, who = 0.0, ""
    for place in facts.measures.places:
        if place.lock != lock or place.phase is None:
            continue
        computing = counted & (load.phase_kinds[:, place.phase] == Work.CPU)[load.request_class]
        seconds = load.phases[:, place.phase][computing] + place.work_s
        pieces.append(seconds)
        if len(seconds) and (not who or seconds.max() > longest):
            at = int(seconds.argmax())
            longest, who = float(seconds[at]), load.class_names[load.request_class[computing][at]]
    if not who:
        return 0.0, "", 0.0
    seconds = np.concatenate(pieces)
    pieces.clear()  # there may be millions
    long = seconds[seconds > LONG * percentiles(seconds, [50.0])[0]]
    squares = [float(np.einsum("i,i", column, column)) for column in (long, seconds)]  # as everywhere: no BLAS
    return longest, who, squares[0] / max(squares[1], 1e-300)


def _main_cause(facts: Facts, kind: type[Lock]) -> Lock | None:
    locks = [lock for lock in facts.trace.plan.locks if isinstance(lock, kind)]
    lock = max(locks, default=None, key=lambda one: _lock_score(facts, one))
    return lock if lock is not None and _lock_score(facts, lock) >= NOTABLE else None


def _lock_score(facts: Facts, lock: Lock) -> float:
    return facts.attribution.score(lock.name, State.GIL, State.LOOP, State.COMPUTING)
