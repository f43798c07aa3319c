"""Rules about a moment at which requests wait for one another: for a slot, a loop, the GIL, a core, a place in line.

What to watch: the weight of a sentence is the number of requests whose waiting it explains at this very moment.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Gil, Loop
from simulator.trace.finding import Finding
from simulator.trace.playback.activity import AT_WORK, FOR_LOCK, SENTENCE_ORDER, Activities, Activity
from simulator.trace.playback.moment import BacklogNow, LockNow, Moment, PoolNow
from simulator.trace.playback.moment_facts import MomentFacts, does, for_long, idle_cores
from simulator.words.numbers import count, share_in_words, short_duration
from simulator.words.phrases import a, counted, is_or_are, listed, sentence, some_of

Mask = NDArray[np.bool_]


def slots_taken(now: MomentFacts) -> Iterator[Finding]:
    """All slots are held, and others wait for one: what the slots are used for is the reason."""
    for pool in now.moment.pools:
        line, waiting = _line(now, pool)
        wanted = _wanted(pool)
        if waiting and wanted.any() and not (pool.activity[wanted] == Activity.IDLE).any():
            yield Finding(
                waiting, sentence(f"{_use_of(now.moment, pool, wanted)}, so {line}{_spare(now, pool, wanted)}")
            )


def _wanted(pool: PoolNow) -> Mask:
    """The slots that would help: where every process has its own, those of processes with a queue."""
    size, copies = pool.pool.size, pool.pool.processes
    if copies == 1:
        return np.ones(size, np.bool_)
    queued = np.bincount(np.maximum(pool.queue.process, 0), minlength=copies) > 0
    return np.repeat(queued, size)


def _use_of(moment: Moment, pool: PoolNow, wanted: Mask) -> str:
    """``7 of 8 workers wait for their clients to send (#1041 for 640 ms already)``."""
    activity = pool.activity[wanted]
    doing, number = _mostly(activity, pool.since_s[wanted])
    who = some_of(number, len(activity), pool.pool.name)
    if pool.pool.processes > 1:
        copies = np.flatnonzero(wanted)[:: pool.pool.size] // pool.pool.size
        who += f" of process {copies[0]}" if len(copies) == 1 else f" of {count(len(copies))} processes"
    if doing is Activity.DOWN:
        return f"{who} {does(doing, number)}"
    if doing is Activity.COMPUTING:
        return f"{who} {does(doing, number)}{_shared_cores(moment)}"
    if FOR_LOCK[doing]:
        return f"{who} {does(doing, number)}{_holders(moment)}"
    same = np.flatnonzero(wanted & (pool.activity == doing))
    first = same[np.argmin(pool.since_s[same])]
    since = for_long(moment, int(pool.request[first]), float(pool.since_s[first]))
    others = _what_others_do(activity, doing) if number * 2 <= len(activity) else []
    return listed([f"{who} {does(doing, number)} ({since})", *others])


def _what_others_do(activity: Activities, doing: Activity) -> list[str]:
    """``2 compute``; for pools where no more than half of the slots do the same."""
    merged = np.where(AT_WORK[activity], Activity.COMPUTING, activity)
    numbers = np.bincount(merged[merged != doing], minlength=len(Activity)).tolist()
    most_first = sorted(SENTENCE_ORDER, key=lambda each: -numbers[each])
    return [f"{count(numbers[each])} {does(each, numbers[each])}" for each in most_first if numbers[each]]


def _holders(moment: Moment) -> str:
    """``, which #1033 has had for 4 ms``, where one request has the only lock there is."""
    if len(moment.locks) != 1 or len(moment.locks[0].holder) != 1 or moment.locks[0].holder[0] < 0:
        return ""
    lock = moment.locks[0]
    return f" (#{lock.holder[0]} has had it for {short_duration(moment.t_s - float(lock.since_s[0]))})"


def _mostly(activity: Activities, since_s: NDArray[np.float64]) -> tuple[Activity, int]:
    """What most do, of equals what one of them has done longest, and how many.

    To wait for a core counts as computing, for the cores are then the reason.
    """
    merged = np.where(AT_WORK[activity], Activity.COMPUTING, activity)
    numbers = np.bincount(merged, minlength=len(Activity))
    among_most = np.flatnonzero(numbers[merged] == numbers.max())
    known = np.nan_to_num(since_s[among_most], nan=np.inf)
    most = int(merged[among_most[np.argmin(known)]])
    return Activity(most), int(numbers[most])


def _shared_cores(moment: Moment) -> str:
    if moment.runnable <= moment.cores:
        return ""
    return f" on {counted(moment.cores, 'core')} ({share_in_words(moment.cores / moment.runnable)} of a core each)"


def _line(now: MomentFacts, pool: PoolNow) -> tuple[str, int]:
    """Who waits for a slot of the pool, in words and as a number."""
    if len(pool.queue):
        number = len(pool.queue)
        return f"{counted(number, 'request')} {_wait(number)} for {a(pool.pool.name)}", number
    return queue_in(now.backlogs_of(pool.pool.name))


def queue_in(backlogs: list[BacklogNow]) -> tuple[str, int]:
    """``24 connections queue in the backlog and 3 clients wait to repeat their SYN``; empty if nobody does."""
    parts, total = [], 0
    for now in backlogs:
        waiting, retrying = len(now.waiting), len(now.retrying)
        if waiting:
            full = f" (full: {count(waiting)} of {count(now.room)})" if now.full else ""
            verb = "queues" if waiting == 1 else "queue"
            parts.append(f"{counted(waiting, 'connection')} {verb} in the {now.backlog.name}{full}")
        if retrying:
            parts.append(f"{counted(retrying, 'client')} {_wait(retrying)} to repeat {_their(retrying)} SYN")
        total += waiting + retrying
    return " and ".join(parts), total


def _spare(now: MomentFacts, pool: PoolNow, wanted: Mask) -> str:
    """What has nothing to do meanwhile: slots of another process, or cores."""
    free = int(np.count_nonzero(pool.activity[~wanted] == Activity.IDLE))
    if free:
        return f", while other processes have {counted(free, 'idle ' + pool.pool.name)}"
    return idle_cores(now.moment)


def lock_taken(now: MomentFacts) -> Iterator[Finding]:
    """Somebody has the loop or the GIL, and others wait behind."""
    for lock in now.moment.locks:
        held = np.flatnonzero(lock.holder >= 0)
        if not len(held):
            continue
        behind = np.array([len(waiting) for waiting in lock.waiting])
        backlogs = now.backlogs_of(lock.lock.name)
        in_line = sum(len(backlog.waiting) for backlog in backlogs) if (lock.holder >= 0).all() else 0
        total = int(behind[held].sum()) + in_line
        if total:
            yield Finding(total, sentence(_behind(now, lock, int(held[np.argmax(behind[held])]), backlogs, in_line)))


def _behind(now: MomentFacts, lock: LockNow, copy: int, backlogs: list[BacklogNow], in_line: int) -> str:
    """``#1033 ("report") has had the event loop for 180 ms: 12 requests wait for it``."""
    holder, since = int(lock.holder[copy]), float(lock.since_s[copy])
    behind, name, copies = len(lock.waiting[copy]), lock.lock.name, lock.lock.processes
    of_process = f" of process {copy}" if copies > 1 else ""
    text = f'#{holder} ("{now.class_of(holder)}") has had the {name}{of_process} for '
    text += short_duration(now.moment.t_s - since)
    parts = []
    if behind:
        whom = "thread" if isinstance(lock.lock, Gil) else "request"
        parts.append(f"{counted(behind, whom)} {_wait(behind)} for it")
    if in_line:
        parts.append(queue_in(backlogs)[0])
    text += f": {' and '.join(parts)}"
    free = int(np.count_nonzero(lock.activity == Activity.IDLE))
    if free and isinstance(lock.lock, Loop):
        return f"{text}, while {counted(free, 'other ' + name)} {is_or_are(free)} idle"
    return text + idle_cores(now.moment)


def cores_wanted(now: MomentFacts) -> Iterator[Finding]:
    """More threads want to compute than there are cores."""
    moment = now.moment
    if moment.runnable > moment.cores:
        text = f"{counted(moment.runnable, 'thread')} want {some_of(moment.cores, moment.cores, 'core')}"
        text += f", so each computes at {share_in_words(moment.cores / moment.runnable)} of its speed"
        yield Finding(moment.runnable - moment.cores, sentence(text))


def syn_dropped(now: MomentFacts) -> Iterator[Finding]:
    """The backlog may have room again, but clients whose SYN was dropped do not know."""
    for backlog in now.moment.backlogs:
        number = len(backlog.retrying)
        if number:
            room = f"has {count(len(backlog.waiting))} of {count(backlog.room)} places taken"
            text = f"{counted(number, 'client')} {_wait(number)} to repeat {_their(number)} SYN, which was dropped; "
            yield Finding(number, sentence(f"{text}the {backlog.backlog.name} {room} now"))


def _wait(number: int) -> str:
    return "waits" if number == 1 else "wait"


def _their(number: int) -> str:
    return "its" if number == 1 else "their"
