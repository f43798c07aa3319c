"""What is said about a GIL or an event loop that some class had while others waited for it. Whole sentences.

What to watch: not who has it at this moment is told, but who had it since others wait: a page that has had the loop for
two milliseconds is not the reason, the reports before it are.
"""

from collections.abc import Iterator, Mapping

import numpy as np

from simulator.plan.resources import Gil, Loop, Processors
from simulator.trace.playback.activity import FOR_LOCK, Activity
from simulator.trace.playback.congestion import Cause
from simulator.trace.playback.moment import LockNow, Present
from simulator.trace.playback.moment_facts import MomentFacts, idle_cores, queue_in, victims
from simulator.trace.playback.why_waiting import queued
from simulator.words.language import later, tell, tell_many, translated
from simulator.words.numbers import count, share_in_words, short_duration
from simulator.words.phrases import all_of, plural

BREATH_S = 0.1
"""When nobody waits for a shorter time than this, the waiting goes on."""
PART = 0.1
"""Who had a lock for a smaller part of the longest time is not counted."""
LONG_S = 0.05
"""Whoever had a lock for so long is told of by number; of many short turns none stands out."""
OF_ONE = {
    False: later('{n} requests "{name}" have had the {lock} for {time} of the last {window}.'),
    True: later(
        '{n} requests "{name}" have had the {lock} for {time} of the last {window}, #{request} alone for {longest}.'
    ),
}
HAS_NOW = later(
    '{n} requests "{name}" have had the {lock} for {time} of the last {window}; #{request} has it now, for {now}.'
)
OF_SEVERAL = {
    False: later('{n} requests "{name}" have had {locks} for {share} of the last {window}.'),
    True: later(
        '{n} requests "{name}" have had {locks} for {share} of the last {window}, #{request} alone for {longest}.'
    ),
}
"""By whether one of them had it for long; of one lock, and of several."""
SEVERAL = 2
"""Threads that wait."""


def lock_taken(now: MomentFacts, cause: Cause) -> Iterator[str]:
    """Some class has had the loop or the GIL while others waited."""
    lock, name = now.moment.lock(cause.resource), translated(cause.resource)
    waiting = _joined(lock.waiting)
    backlogs, turns = now.backlogs_of(cause.resource), _in_turn(now, lock, waiting)
    in_front = list(queue_in(now, backlogs))
    if turns:  # how many threads wait is said
        lines = in_front
    elif sum(len(each.waiting) for each in backlogs) > len(waiting):  # most come first: there may be room for one line
        lines = [*in_front, *_in_hand(lock, len(waiting))]
    else:
        lines = [*_behind(now, lock, waiting), *_loops_behind(now, lock), *in_front]
    for pool in now.moment.pools:
        if (FOR_LOCK[pool.activity] & (pool.request >= 0)).any():  # who waits for them, waits for the lock
            lines += queued(now, pool)
    start_s = now.start_s
    if lines:
        start_s = now.congestion.waited_since(cause.resource, now.start_s, now.moment.t_s, BREATH_S)
    yield turns or _having(now, cause, lock, start_s)
    stands = list(_stands(now, lock))
    yield from stands
    if not (lines or turns):
        yield tell("Nobody waits for the {lock} at this moment.", lock=name)
        return
    yield from lines
    free = int(np.count_nonzero(lock.activity == Activity.IDLE))
    if free and isinstance(lock.lock, Loop):
        loops = plural(cause.resource, free)
        yield tell_many("{n} other {loops} is idle.", "{n} other {loops} are idle.", free, n=count(free), loops=loops)
    elif not stands:  # then that is said
        yield from idle_cores(now)


def _stands(now: MomentFacts, lock: LockNow) -> Iterator[str]:
    """Who has a loop waits in a synchronous call: that looks as busy from outside, and no core is at work for it."""
    holders = lock.holder[lock.activity == Activity.BLOCKS]
    if len(holders):
        yield tell(
            'The {lock} waits in a call of #{request} ("{name}"), and no core is used.',
            lock=translated(lock.lock.name),
            request=int(holders[0]),
            name=now.class_of(int(holders[0])),
        )


def _loops_behind(now: MomentFacts, lock: LockNow) -> Iterator[str]:
    """Of those who wait for a GIL one may have the event loop, for which others wait meanwhile."""
    for loop in now.moment.locks:
        if isinstance(loop.lock, Loop) and loop.lock.gil == lock.lock:
            behind = [len(loop.waiting[copy]) for copy in np.flatnonzero(loop.activity == Activity.GIL).tolist()]
            if behind:
                yield tell_many(
                    "One that waits for it has the {loop}, and {n} request waits for that.",
                    "One that waits for it has the {loop}, and {n} requests wait for that.",
                    sum(behind),
                    loop=translated(loop.lock.name),
                    n=count(sum(behind)),
                )


def _joined(parts: tuple[Present, ...]) -> Present:
    if len(parts) == 1:
        return parts[0]
    names = ("request", "place", "activity", "since_s", "came_s", "process")
    return Present(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _having(now: MomentFacts, cause: Cause, lock: LockNow, start_s: float) -> str:
    """As ``5 requests "report" have had the event loop for 1 s of the last 1.1 s, #1753 alone for 200 ms``."""
    requests, seconds = now.congestion.had(cause, start_s, now.moment.t_s)
    if not len(requests):
        start_s = now.start_s
        requests, seconds = now.congestion.had(cause, start_s, now.moment.t_s)
    name = translated(cause.resource)
    if not len(requests):
        return tell("Others have had the {lock} while requests waited for it.", lock=name)
    longest = int(np.argmax(seconds))
    first, longest_s = int(requests[longest]), float(seconds[longest])
    counted = seconds >= PART * longest_s
    requests, seconds = requests[counted], seconds[counted]
    fields = {"lock": name, "request": first, "name": now.class_of(first)}
    if len(requests) == 1:
        return _alone(now, lock, first, longest_s, fields)
    fields |= {"n": count(len(requests)), "window": now.ago(start_s), "longest": short_duration(longest_s)}
    alone = longest_s >= LONG_S
    if lock.lock.units > 1:
        share = float(seconds.sum()) / ((now.moment.t_s - start_s) * lock.lock.units)
        fields |= {"locks": all_of(cause.resource, lock.lock.units), "share": share_in_words(share)}
        return tell(OF_SEVERAL[alone], **fields)
    fields |= {"time": short_duration(float(seconds.sum()))}
    holder = int(lock.holder[0])
    if holder in requests and now.moment.t_s - float(lock.since_s[0]) >= LONG_S:  # whoever looks sees that one
        return tell(HAS_NOW, **fields | {"request": holder, "now": now.ago(float(lock.since_s[0]))})
    return tell(OF_ONE[alone], **fields)


def _in_turn(now: MomentFacts, lock: LockNow, waiting: Present) -> str:
    """Where threads that are all alike want one GIL, nobody is to blame: only one of them can compute."""
    alike = len(now.trace.workload.class_names) == 1 and lock.lock.units == 1
    if isinstance(lock.lock, Processors) or not (
        isinstance(lock.lock, Gil) and alike and len(waiting) >= SEVERAL and lock.holder[0] >= 0
    ):
        return ""
    return tell(
        "Only one thread computes at a time: #{request} has the GIL, and {n} others wait for it, the first for {time}.",
        request=int(lock.holder[0]),
        n=count(len(waiting)),
        time=now.ago(float(waiting.since_s.min())),
    )


def _alone(now: MomentFacts, lock: LockNow, request: int, seconds: float, fields: dict[str, object]) -> str:
    held = np.flatnonzero(lock.holder == request)
    if len(held):
        since = now.ago(float(lock.since_s[held[0]]))
        return tell('#{request} ("{name}") has had the {lock} for {time}.', time=since, **fields)
    time = short_duration(seconds)
    return tell('#{request} ("{name}") had the {lock} for {time} and has just let go.', time=time, **fields)


def _in_hand(lock: LockNow, number: int) -> Iterator[str]:
    """Those who have been accepted, where more have not."""
    if number:
        yield tell_many(
            "{n} request that has been accepted waits for the {lock} too.",
            "{n} requests that have been accepted wait for the {lock} too.",
            number,
            n=count(number),
            lock=translated(lock.lock.name),
        )


def _behind(now: MomentFacts, lock: LockNow, waiting: Present) -> Iterator[str]:
    number = len(waiting)
    if not number:
        return
    victim, of_them = victims(now, waiting)
    fields = {"n": count(number), "time": now.ago(float(waiting.since_s.min())), "m": count(of_them), "name": victim}
    if isinstance(lock.lock, Processors):
        yield from _for_a_p(number, victim if of_them < number else "", fields)
    elif isinstance(lock.lock, Gil):
        yield tell_many(
            "{n} thread waits for it, for {time} already.",
            "{n} threads wait for it, the first for {time}.",
            number,
            **fields,
        )
    elif victim and of_them < number:
        yield tell('{n} requests wait for it, {m} of them "{name}", the first for {time}.', **fields)
    elif victim:
        yield tell('{n} requests "{name}" wait for it, the first for {time}.', **fields)
    else:
        yield tell_many(
            "{n} request waits for it, for {time} already.",
            "{n} requests wait for it, the first for {time}.",
            number,
            **fields,
        )


def _for_a_p(number: int, victim: str, fields: Mapping[str, object]) -> Iterator[str]:
    if victim:
        yield tell('{n} requests wait for a P, {m} of them "{name}", the first for {time}.', **fields)
    else:
        yield tell_many(
            "{n} request waits for a P, for {time} already.",
            "{n} requests wait for a P, the first for {time}.",
            number,
            **fields,
        )
