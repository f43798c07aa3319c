"""Why it is as it is at one moment: who keeps others waiting, or that nobody does. Whole sentences, the claim first.

What to watch: which cause is named is decided in ``claims``, and stays while the run plays; here it gets its words.
What is said about a moment depends on nothing but the run, the moment and the speed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.plan.processes import process_count
from simulator.plan.words import Need
from simulator.trace.availability import interventions, lost
from simulator.trace.playback.activity import Activity, in_need_of
from simulator.trace.playback.claims import Dropped, Named
from simulator.trace.playback.lane_groups import GroupKind
from simulator.trace.playback.moment import Moment, PoolNow
from simulator.trace.playback.moment_facts import MomentFacts, does, is_cores, queue_in
from simulator.trace.playback.why_locked import lock_taken
from simulator.trace.playback.why_waiting import cores_wanted, slots_taken, syn_dropped
from simulator.words.language import language, tell, tell_many
from simulator.words.numbers import count, short_duration
from simulator.words.phrases import in_a_row, listed, plural, sentence, some_of
from simulator.workload.interventions import Do, Intervention

WAITS = in_need_of(Need.ACCEPT, Need.SLOT, Need.LOCK, Need.CORE)
"""Waits for something that other requests have."""
NOBODY_S = 1.0
"""Where nobody was there for so long, what is idle is told."""
SEVERAL_GONE, PART_GONE = 5, 0.2
"""So many of those who wait, and such a part of them, must have given up to be what is told first."""
NOBODY: NDArray[np.int32] = np.empty(0, np.int32)
SOME = 0.1
"""So many slow clients at a proxy, on average, are worth a word."""


@dataclass(frozen=True, slots=True)
class Why:
    """The reason for what is seen at a moment, in the language in which it was asked for."""

    claim: str
    """One sentence: who does what."""
    more: tuple[str, ...] = ()
    """What it leads to, a sentence each."""
    loss: bool = False
    """Whether it is about requests that are lost, or worked on for nobody, and not about a cause of waiting."""

    def __str__(self) -> str:
        """All of it."""
        return next(self.shorter())

    def shorter(self) -> Iterator[str]:
        """All of it, then a sentence less each time, at last the claim alone."""
        gap = " " if language() == "en" else ""
        for kept in range(len(self.more), -1, -1):
            yield gap.join((self.claim, *self.more[:kept]))


def why(now: MomentFacts, cause: Named) -> Why:
    """What is said about a moment at which this cause is named."""
    died = list(_died(now))
    gone = list(_for_nobody(now)) if not died else []
    only_queue = bool(died) and (cause is None or _nobody_is_up(now))
    waiting = queue_in(now, list(now.moment.backlogs[-1:])) if only_queue else _told(now, cause)
    told = [*died, *gone, *waiting]
    return Why(sentence(told[0]), tuple(map(sentence, told[1:])), loss=bool(gone or died))


def _for_nobody(now: MomentFacts) -> Iterator[str]:
    """Many of those who stand in line have left, and the server, which cannot know, works for them all the same."""
    queues = [backlog.waiting.request for backlog in now.moment.backlogs[-1:]]
    waiting = np.concatenate([*queues, *(pool.queue.request for pool in now.moment.pools), NOBODY])
    gone = int(np.isin(waiting, now.moment.for_nobody.request).sum())
    if gone < SEVERAL_GONE or gone < PART_GONE * len(waiting):
        return
    yield tell(
        "{n} of the {m} who wait have given up; the server cannot know it and will serve them all the same.",
        n=count(gone),
        m=count(len(waiting)),
    )


def _told(now: MomentFacts, cause: Named) -> Iterator[str]:
    if cause is None:
        yield from _calm(now)
        return
    if isinstance(cause, Dropped):
        yield from syn_dropped(now, cause.backlog)
    elif is_cores(cause):
        yield from cores_wanted(now, cause)
    elif any(lock.lock.name == cause.resource for lock in now.moment.locks):
        yield from lock_taken(now, cause)
    else:
        yield from slots_taken(now, cause)
    yield from _drains(now)


# --- a process that was killed ----------------------------------------------------------------------------------------


def _died(now: MomentFacts) -> Iterator[str]:
    """A process was just killed, or none is left: of several the latest is told."""
    t_s = now.moment.t_s
    down = _down(now)
    if not down or (t_s - down[-1].at > now.memory_s and not _nobody_is_up(now)):
        return
    yield _killed(down[-1], now, len(lost(now.trace, down[-1])))
    for group in now.place_map.groups:
        if group.kind is GroupKind.SLOTS and group.per_process > 1:
            yield tell("It had {n} {slots}.", n=count(group.per_process), slots=plural(group.name, group.per_process))


def _down(now: MomentFacts) -> list[Intervention]:
    """The kills after which a process is not back yet."""
    t_s, processes = now.moment.t_s, process_count(now.trace.plan)
    kills = interventions(now.trace, Do.KILL)
    return [kill for kill in kills if kill.at <= t_s < kill.until and kill.number < processes]


def _nobody_is_up(now: MomentFacts) -> bool:
    return len({kill.number for kill in _down(now)}) == process_count(now.trace.plan)


def _killed(kill: Intervention, now: MomentFacts, taken: int) -> str:
    fields = {
        "process": kill.number,
        "ago": now.ago(kill.at),
        "n": count(taken),
        "back": short_duration(kill.until - now.moment.t_s),
    }
    if now.moment.t_s <= kill.at:
        return tell_many(
            "Process {process} was killed, and {n} request was lost with it; it is back in {back}.",
            "Process {process} was killed, and {n} requests were lost with it; it is back in {back}.",
            taken,
            **fields,
        )
    return tell_many(
        "Process {process} was killed {ago} ago, and {n} request was lost with it; it is back in {back}.",
        "Process {process} was killed {ago} ago, and {n} requests were lost with it; it is back in {back}.",
        taken,
        **fields,
    )


# --- nobody waits for anybody else ------------------------------------------------------------------------------------


def _calm(now: MomentFacts) -> Iterator[str]:
    t_s, present = now.moment.t_s, now.moment.present
    if t_s >= now.trace.workload.duration and len(present):
        yield from _drains(now)
        yield _what_all_do(now)
    elif (proxy := list(_at_the_proxy(now))) != []:
        yield from proxy
    elif len(present):
        yield _what_all_do(now)
    elif now.congestion.anybody(max(t_s - NOBODY_S, 0.0), t_s) and t_s < now.trace.workload.duration:
        yield tell("Nobody waits for anybody else: no request is in the system at this moment.")
    else:
        yield _idle(now)


def _drains(now: MomentFacts) -> Iterator[str]:
    """No more requests come, and some are left."""
    over, left = now.trace.workload.duration, len(now.moment.present)
    if now.moment.t_s >= over and left:
        yield tell_many(
            "The load ended {ago} ago, and {n} request is still in the system.",
            "The load ended {ago} ago, and {n} requests are still in the system.",
            left,
            ago=now.ago(over),
            n=count(left),
        )


def _at_the_proxy(now: MomentFacts) -> Iterator[str]:
    """A proxy deals with slow clients, so that no worker has to."""
    if now.congestion.curves.slow_clients.mean(now.start_s, now.moment.t_s) < SOME:
        return
    served = now.place_map.served
    kinds = {group.name: group.kind for group in now.place_map.groups}
    inner = [pool for pool in now.moment.pools if kinds[pool.pool.name] is GroupKind.SLOTS]
    for pool in now.moment.pools:
        if kinds[pool.pool.name] is not GroupKind.COUNT:
            continue
        place = now.moment.present
        outside = place.take(~served[place.place] & now.place_map.of_pool[now.moment.pools.index(pool)][place.place])
        slow = len(outside.doing(Activity.UPLOAD, Activity.DOWNLOAD))
        connections = plural(pool.pool.name, slow)
        fields = {"n": count(slow), "connections": connections, "slots": plural(inner[0].pool.name) if inner else ""}
        if inner:
            yield tell_many(
                "{n} slow client holds {n} {connections} and none of the {slots}.",
                "{n} slow clients hold {n} {connections} and none of the {slots}.",
                slow,
                **fields,
            )
            yield from map(_free, inner)
        else:
            yield tell_many(
                "{n} slow client holds {n} {connections} and nothing else.",
                "{n} slow clients hold {n} {connections} and nothing else.",
                slow,
                **fields,
            )
            yield _behind_the_proxy(now.moment)
        return


def _behind_the_proxy(moment: Moment) -> str:
    return tell_many(
        "The server behind has {n} waiting request in hand.",
        "The server behind has {n} waiting requests in hand.",
        len(moment.parked),
        n=count(len(moment.parked)),
    )


def _free(pool: PoolNow) -> str:
    slots = some_of(pool.free, len(pool.request), pool.pool.name)
    return tell_many("{slots} is free.", "{slots} are free.", pool.free, slots=slots)


def _what_all_do(now: MomentFacts) -> str:
    """Every request is about its own business, or there is too little waiting to name a cause."""
    present = now.moment.present
    alone = not WAITS[present.activity].any()
    number, activity = len(present), Activity(present.activity[0])
    if number == 1:
        doing = does(activity, 1)
        if alone:
            return tell("Nobody waits for anybody else: the only request in the system {doing}.", doing=doing)
        return tell("The only request in the system {doing}.", doing=doing)
    if len(present.counts()) == 1:
        fields = {"requests": some_of(number, number, "request"), "doing": does(activity, number)}
        if alone:
            return tell("Nobody waits for anybody else: {requests} in the system {doing}.", **fields)
        return tell("{requests} in the system {doing}.", **fields)
    if alone:
        return tell(
            "Nobody waits for anybody else: of {n} requests in the system {doing}.",
            n=count(number),
            doing=_doing(now.moment),
        )
    return tell(
        "Hardly anybody waits: of {n} requests in the system {doing}.", n=count(number), doing=_doing(now.moment)
    )


def _idle(now: MomentFacts) -> str:
    """Nobody is there. What was taken away (slots of a pool that became smaller) is not idle."""
    moment = now.moment
    what = [some_of(p.free, len(p.request), p.pool.name) for p in moment.pools if p.free]
    free = [int(np.count_nonzero(lock.activity == Activity.IDLE)) for lock in moment.locks]
    locks = [(number, len(lock.holder), lock.lock.name) for number, lock in zip(free, moment.locks, strict=True)]
    what += [some_of(*each) for each in locks if each[0]]
    what.append(some_of(moment.cores, moment.cores, "core"))
    only_one = len(what) == 1 and moment.cores == 1
    if moment.t_s < now.trace.workload.duration:
        return tell_many(
            "No request is in the system: {what} is idle.",
            "No request is in the system: {what} are idle.",
            1 if only_one else 2,
            what=listed(what),
        )
    return tell_many(
        "No request is in the system, and no more will come: {what} is idle.",
        "No request is in the system, and no more will come: {what} are idle.",
        1 if only_one else 2,
        what=listed(what),
    )


def _doing(moment: Moment) -> str:
    """``3 wait for I/O and 1 computes``, the most common first."""
    counts = sorted(moment.present.counts().items(), key=lambda entry: -entry[1])
    parts = [tell("{n} {doing}", n=count(number), doing=does(activity, number)) for activity, number in counts]
    return listed(parts) if language() == "en" else in_a_row(parts)
