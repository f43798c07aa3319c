"""Why it is as it is at one moment: who keeps others waiting, or that nobody does. Whole sentences, the claim first.

What to watch: which cause is named is decided in ``claims``, and stays while the run plays; here it gets its words.
What is said about a moment depends on nothing but the run, the moment and the speed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.plan.processes import process_count
from simulator.plan.resources import QUOTA_PERIOD_S
from simulator.trace.availability import interventions, lost, quota_at
from simulator.trace.playback.activity import AT_WORK
from simulator.trace.playback.claims import Dropped, Named
from simulator.trace.playback.congestion import Cause
from simulator.trace.playback.lane_groups import GroupKind
from simulator.trace.playback.moment import Moment
from simulator.trace.playback.moment_facts import MomentFacts, is_cores, queue_in
from simulator.trace.playback.why_calm import calm, drains
from simulator.trace.playback.why_locked import lock_taken
from simulator.trace.playback.why_waiting import slots_taken
from simulator.trace.throttling import throttled
from simulator.words.language import language, tell, tell_many, translated
from simulator.words.numbers import count, share_in_words, short_duration, to_places
from simulator.words.phrases import counted, plural, sentence, some_of
from simulator.workload.interventions import Do, Intervention

SEVERAL_GONE, PART_GONE = 5, 0.2
"""So many of those who wait, and such a part of them, must have given up to be what is told first."""
PART_WASTED = 0.1
"""Such a part of the answers must have been for nobody to be told."""
OFTEN_THROTTLED = 0.1
"""Such a part of the time is told also while threads run."""
NOBODY: NDArray[np.int32] = np.empty(0, np.int32)


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
    told = [
        *died,
        *gone,
        *list(waiting)[int(bool(gone)) :],
    ]  # in place of what the slots are held for at this very moment
    told[1:1] = _throttled(now)
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
    used, wasted = (now.mean(name) for name in ("completions_rps", "for_nobody_rps"))
    if wasted > PART_WASTED * (used + wasted):
        seconds = now.moment.t_s - now.start_s
        made, vain = count(round((used + wasted) * seconds)), count(round(wasted * seconds))
        yield tell("{n} of the {m} answers of the last {window} were for nobody.", n=vain, m=made, window=now.window)


def _told(now: MomentFacts, cause: Named) -> Iterator[str]:
    if cause is None:
        yield from calm(now)
        return
    if isinstance(cause, Dropped):
        yield from _syn_dropped(now, cause.backlog)
    elif is_cores(cause):
        yield from _cores_wanted(now, cause)
    elif any(lock.lock.name == cause.resource for lock in now.moment.locks):
        yield from lock_taken(now, cause)
    else:
        yield from slots_taken(now, cause)
    yield from drains(now)


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
    if not taken:
        return tell(
            "Process {process} was killed {ago} ago, and no request was lost with it; it is back in {back}.", **fields
        )
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


# --- cores, and the backlog -------------------------------------------------------------------------------------------


def _cores_wanted(now: MomentFacts, cause: Cause) -> Iterator[str]:
    """More threads want to compute than there are cores."""
    moment, name = now.moment, now.name_of(cause)
    cores = some_of(moment.cores, moment.cores, "core")
    if moment.runnable > moment.cores and not moment.throttled:
        yield tell(
            "{threads} want {cores}, so each computes at {share} of its speed.",
            threads=counted(moment.runnable, _who_computes(moment)),
            cores=cores,
            share=share_in_words(moment.cores / moment.runnable),
        )
    else:
        threads = plural(_who_computes(moment))
        yield tell(
            "In the last {window}, more {threads} wanted to compute than there are cores.",
            window=now.window,
            threads=threads,
        )
    if name:
        yield tell('Most of this computing is for requests "{name}".', name=name)
    for pool in moment.pools:
        yield from queue_in(now, now.backlogs_of(pool.pool.name))


def _throttled(now: MomentFacts) -> Iterator[str]:
    """A container's quota is spent, or was so again and again until now."""
    moment, quota, still = now.moment, quota_at(now.trace, now.moment.t_s), throttled(now.trace)
    fields = {"budget": short_duration(quota * QUOTA_PERIOD_S), "period": short_duration(QUOTA_PERIOD_S)}
    until_s = still.at(moment.t_s)
    if until_s is not None and moment.throttled:
        yield tell(
            "Throttled until {until}: the quota of {budget} of computing per {period} is spent.",
            until=tell("{time} s", time=to_places(until_s, 1)),
            **fields,
        )
        return
    share = still.seconds(now.start_s, moment.t_s) / max(moment.t_s - now.start_s, 1e-9)
    if share >= OFTEN_THROTTLED:
        yield tell(
            "Throttled {share} of the last {window}: the quota of {budget} of computing per {period} was spent.",
            share=share_in_words(share),
            window=now.window,
            **fields,
        )


def _who_computes(moment: Moment) -> str:
    """What shares the cores: workers where each has a slot and nothing but slots computes, otherwise threads."""
    computing = [(int(np.count_nonzero(AT_WORK[pool.activity])), pool.pool.name) for pool in moment.pools]
    found = [name for number, name in computing if number == moment.runnable]
    return found[-1] if found and not moment.locks else "thread"


def _syn_dropped(now: MomentFacts, number: int) -> Iterator[str]:
    """The backlog may have room again, but clients whose SYN was dropped do not know."""
    backlog = now.moment.backlogs[number]
    retrying, name = len(backlog.retrying), translated(backlog.backlog.name)
    if retrying:
        yield tell_many(
            "{n} client waits to try again: its SYN was dropped when the {backlog} was full.",
            "{n} clients wait to try again: their SYN was dropped when the {backlog} was full.",
            retrying,
            n=count(retrying),
            backlog=name,
        )
    else:
        yield tell("The {backlog} was full, and SYNs were dropped; all have been repeated by now.", backlog=name)
    taken, room = count(len(backlog.waiting)), count(backlog.room)
    yield tell("The {backlog} has {taken} of {room} places taken now.", backlog=name, taken=taken, room=room)
