"""Why it is as it is at one moment: a table of rules, each of which looks at the moment and may say a sentence.

What to watch: nothing is said that the moment does not show. A rule weighs its sentence by the number of requests that
wait for the reason it gives; the heaviest is said. Where nobody waits for anybody else, that is said.
"""

from collections.abc import Callable, Iterable, Iterator
from math import inf

import numpy as np

from simulator.plan.processes import process_count
from simulator.plan.words import Need
from simulator.trace.availability import interventions, lost
from simulator.trace.finding import Finding
from simulator.trace.playback.activity import Activity, in_need_of
from simulator.trace.playback.lane_groups import GroupKind
from simulator.trace.playback.moment import Moment, PoolNow
from simulator.trace.playback.moment_facts import MomentFacts, does
from simulator.trace.playback.why_waiting import cores_wanted, lock_taken, queue_in, slots_taken, syn_dropped
from simulator.words.numbers import count, short_duration
from simulator.words.phrases import counted, is_or_are, listed, sentence, some_of
from simulator.workload.interventions import Do, Intervention

WAITS = in_need_of(Need.ACCEPT, Need.SLOT, Need.LOCK, Need.CORE)
"""Waits for something that other requests have."""
JUST_S = 0.25
"""For so long a death counts more than any queue."""
ALL = {1: "it", 2: "both"}
"""All of so many; of more it is ``all``."""
Rule = Callable[[MomentFacts], Iterable[Finding]]


def why(now: MomentFacts) -> str:
    """One sentence, or two about the end of the load."""
    said = [finding for rule in RULES for finding in rule(now)]
    return max(said, key=lambda finding: finding.weight).text  # the first of equals


def process_down(now: MomentFacts) -> Iterator[Finding]:
    """Processes that were killed and are not back yet; of several the latest is told."""
    t_s, processes = now.moment.t_s, process_count(now.trace.plan)
    down = [
        kill for kill in interventions(now.trace, Do.KILL) if kill.at <= t_s < kill.until and kill.number < processes
    ]
    if not down:
        return
    latest = down[-1]
    taken = len(lost(now.trace, latest))
    text, waiting = _died(latest, t_s, taken), 0
    if len({kill.number for kill in down}) == processes:
        line, waiting = queue_in(list(now.moment.backlogs[-1:]))
        text += f"; {line} meanwhile" if waiting else ""
    yield Finding(inf if t_s - latest.at <= JUST_S else taken + waiting, sentence(text))


def _died(kill: Intervention, t_s: float, taken: int) -> str:
    """``process 0 was killed 340 ms ago and took 5 requests along; it is back in 1.7 s``."""
    when = f" {short_duration(t_s - kill.at)} ago" if t_s > kill.at else ""
    return (
        f"process {kill.number} was killed{when} and took {counted(taken, 'request')} along; "
        f"it is back in {short_duration(kill.until - t_s)}"
    )


def draining(now: MomentFacts) -> Iterator[Finding]:
    """No more requests come."""
    moment, over = now.moment, now.trace.workload.duration
    left = len(moment.present)
    if moment.t_s >= over and left:
        text = f"the load ended {short_duration(moment.t_s - over)} ago, and {counted(left, 'request')} "
        text += f"{is_or_are(left)} still in the system: {_doing(moment)}"
        yield Finding(0.3, sentence(text))


def with_the_proxy(now: MomentFacts) -> Iterator[Finding]:
    """A proxy deals with slow clients, so that no worker has to."""
    served = now.place_map.served
    kinds = {group.name: group.kind for group in now.place_map.groups}
    inner = [pool for pool in now.moment.pools if kinds[pool.pool.name] is GroupKind.SLOTS]
    for pool in now.moment.pools:
        if kinds[pool.pool.name] is not GroupKind.COUNT:
            continue
        place = now.moment.present
        outside = place.take(~served[place.place] & now.place_map.of_pool[now.moment.pools.index(pool)][place.place])
        slow = outside.doing(Activity.UPLOAD, Activity.DOWNLOAD)
        if len(slow):
            text = f"{counted(len(slow), 'slow client')} {_hold(len(slow))} {counted(len(slow), pool.pool.name)} and "
            yield Finding(0.2, sentence(text + _nothing_else(inner, now.moment)))


def _hold(number: int) -> str:
    return "holds" if number == 1 else "hold"


def _nothing_else(inner: list[PoolNow], moment: Moment) -> str:
    """What the slow clients leave to others."""
    if not inner:
        number = len(moment.parked)
        return f"nothing else; the server behind has {counted(number, 'waiting request')} in hand"
    free = [(pool.free, len(pool.request), pool.pool.name) for pool in inner]
    parts = [f"{some_of(number, size, name)} {is_or_are(number)} free" for number, size, name in free]
    return f"no {inner[0].pool.name}: {listed(parts)}"


def what_all_do(now: MomentFacts) -> Iterator[Finding]:
    """Every request is about its own business, or no rule knows why one waits."""
    present = now.moment.present
    if not len(present):
        return
    alone = "" if WAITS[present.activity].any() else "nobody waits for anybody else: "
    number, activity = len(present), Activity(present.activity[0])
    if number == 1:
        text = f"the only request in the system {does(activity, 1)}"
    elif len(present.counts()) == 1:
        text = f"{some_of(number, number, 'request')} in the system {does(activity, number)}"
    else:
        text = f"of {counted(number, 'request')} in the system {_doing(now.moment)}"
    yield Finding(0.1, sentence(alone + text))


def idle(now: MomentFacts) -> Iterator[Finding]:
    """Nobody is there. What was taken away (slots of a pool that became smaller) is not idle."""
    moment = now.moment
    what = [some_of(p.free, len(p.request), p.pool.name) for p in moment.pools if p.free]
    free = [int(np.count_nonzero(lock.activity == Activity.IDLE)) for lock in moment.locks]
    locks = [(number, len(lock.holder), lock.lock.name) for number, lock in zip(free, moment.locks, strict=True)]
    what += [some_of(*each) for each in locks if each[0]]
    what.append(some_of(moment.cores, moment.cores, "core"))
    over = "" if moment.t_s < now.trace.workload.duration else ", and no more will come"
    verb = is_or_are(1 if what == ["the core"] else 2)
    yield Finding(0.0, sentence(f"no request is in the system{over}: {listed(what)} {verb} idle"))


def _doing(moment: Moment) -> str:
    """``3 wait for I/O and 1 computes``, the most common first; ``all wait for I/O`` where all do the same."""
    counts = sorted(moment.present.counts().items(), key=lambda entry: -entry[1])
    if len(counts) == 1:
        ((activity, number),) = counts
        return f"{ALL.get(number, 'all')} {does(activity, number)}"
    return listed([f"{count(number)} {does(activity, number)}" for activity, number in counts])


RULES: tuple[Rule, ...] = (
    process_down,
    slots_taken,
    lock_taken,
    cores_wanted,
    syn_dropped,
    draining,
    with_the_proxy,
    what_all_do,
    idle,
)
