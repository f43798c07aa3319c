"""What is said where nobody keeps others waiting: what all do, whom a proxy spares the workers, and what is idle."""

from collections.abc import Iterator

import numpy as np

from simulator.plan.words import Need
from simulator.trace.playback.activity import Activity, in_need_of
from simulator.trace.playback.lane_groups import GroupKind
from simulator.trace.playback.moment import Moment, PoolNow
from simulator.trace.playback.moment_facts import MomentFacts, does
from simulator.words.language import language, tell, tell_many
from simulator.words.numbers import count
from simulator.words.phrases import in_a_row, listed, plural, some_of

WAITS = in_need_of(Need.ACCEPT, Need.SLOT, Need.LOCK, Need.CORE)
"""Waits for something that other requests have."""
NOBODY_S = 1.0
"""Where nobody was there for so long, what is idle is told."""
SOME = 0.1
"""So many slow clients at a proxy, on average, are worth a word."""


def calm(now: MomentFacts) -> Iterator[str]:
    """What goes on while nobody waits for anybody else."""
    t_s, present = now.moment.t_s, now.moment.present
    if t_s >= now.trace.workload.duration and len(present):
        yield from drains(now)
        yield from _what_all_do(now)
    elif (proxy := list(_at_the_proxy(now))) != []:
        yield from proxy
    elif len(present):
        yield from _what_all_do(now)
    elif now.congestion.anybody(max(t_s - NOBODY_S, 0.0), t_s) and t_s < now.trace.workload.duration:
        yield tell("Nobody waits for anybody else.")
        yield tell("No request is in the system at this moment.")
    else:
        yield _idle(now)


def drains(now: MomentFacts) -> Iterator[str]:
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
        if not slow:
            return
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
            if len(now.moment.parked):
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


def _what_all_do(now: MomentFacts) -> Iterator[str]:
    """Every request is about its own business, or there is too little waiting to name a cause."""
    present = now.moment.present
    alone = not WAITS[present.activity].any()
    number, activity = len(present), Activity(present.activity[0])
    if alone:
        yield tell("Nobody waits for anybody else.")
    if number == 1:
        yield tell("The only request in the system {doing}.", doing=does(activity, 1))
    elif len(present.counts()) == 1:
        requests = some_of(number, number, "request")
        yield tell("{requests} in the system {doing}.", requests=requests, doing=does(activity, number))
    else:
        if not alone:
            yield tell("Hardly anybody waits.")
        yield tell("Of {n} requests in the system {doing}.", n=count(number), doing=_doing(now.moment))


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
