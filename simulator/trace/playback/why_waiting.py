"""What is said about a cause: who has the slots or cores that others wait for, who waits, and what is idle meanwhile.

What to watch: the cause is known already (``claims``). All figures are of the one moment, or of the time up to it for
which those who are there now have been waiting.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simulator.trace.playback.activity import Activity
from simulator.trace.playback.congestion import FOR_CLIENT, Cause
from simulator.trace.playback.moment import Moment, PoolNow
from simulator.trace.playback.moment_facts import MomentFacts, idle_cores, queue_in
from simulator.words.kinds import kind_name
from simulator.words.language import later, tell, tell_many, translated
from simulator.words.numbers import count, share_in_words, short_duration
from simulator.words.phrases import a, all_of, counted, plural, some_of

Mask = NDArray[np.bool_]

A_QUEUE_S = 2.0
"""A queue that is older than this has a beginning worth telling."""
FASTER = 4.0
"""A line that is so many times faster than that of whoever is waited for is called fast."""
GAP_S = 0.3
"""A queue that is gone for a shorter time than this goes on."""

# --- slots ------------------------------------------------------------------------------------------------------------

HELD = {
    (Activity.UPLOAD, True): (
        later('{slots} waits for a client "{name}" to send (#{request} for {time} already).'),
        later('{slots} wait for clients "{name}" to send (#{request} for {time} already).'),
    ),
    (Activity.UPLOAD, False): (
        later("{slots} waits for its client to send (#{request} for {time} already)."),
        later("{slots} wait for their clients to send (#{request} for {time} already)."),
    ),
    (Activity.DOWNLOAD, True): (
        later('{slots} waits for a client "{name}" to read (#{request} for {time} already).'),
        later('{slots} wait for clients "{name}" to read (#{request} for {time} already).'),
    ),
    (Activity.DOWNLOAD, False): (
        later("{slots} waits for its client to read (#{request} for {time} already)."),
        later("{slots} wait for their clients to read (#{request} for {time} already)."),
    ),
    (Activity.CLOSING, True): (
        later('{slots} waits for a client "{name}" to close (#{request} for {time} already).'),
        later('{slots} wait for clients "{name}" to close (#{request} for {time} already).'),
    ),
    (Activity.CLOSING, False): (
        later("{slots} waits for its client to close (#{request} for {time} already)."),
        later("{slots} wait for their clients to close (#{request} for {time} already)."),
    ),
    (Activity.IO, True): (
        later('{slots} waits for I/O of a request "{name}" (#{request} for {time} already).'),
        later('{slots} wait for I/O of requests "{name}" (#{request} for {time} already).'),
    ),
    (Activity.IO, False): (
        later("{slots} waits for I/O (#{request} for {time} already)."),
        later("{slots} wait for I/O (#{request} for {time} already)."),
    ),
    (Activity.COMPUTING, True): (
        later('{slots} computes for a request "{name}" (#{request} for {time} already).'),
        later('{slots} compute for requests "{name}" (#{request} for {time} already).'),
    ),
    (Activity.COMPUTING, False): (
        later("{slots} computes (#{request} for {time} already)."),
        later("{slots} compute (#{request} for {time} already)."),
    ),
}
"""By use, and whether somebody is named: for one slot, and for several."""
BEFORE = {
    (Activity.UPLOAD, True): later(
        'In the last {window} others had to wait because {slots} waited for clients "{name}" to send.'
    ),
    (Activity.UPLOAD, False): later(
        "In the last {window} others had to wait because {slots} waited for their clients to send."
    ),
    (Activity.DOWNLOAD, True): later(
        'In the last {window} others had to wait because {slots} waited for clients "{name}" to read.'
    ),
    (Activity.DOWNLOAD, False): later(
        "In the last {window} others had to wait because {slots} waited for their clients to read."
    ),
    (Activity.CLOSING, True): later(
        'In the last {window} others had to wait because {slots} waited for clients "{name}" to close.'
    ),
    (Activity.CLOSING, False): later(
        "In the last {window} others had to wait because {slots} waited for their clients to close."
    ),
    (Activity.IO, True): later(
        'In the last {window} others had to wait because {slots} waited for I/O of requests "{name}".'
    ),
    (Activity.IO, False): later("In the last {window} others had to wait because {slots} waited for I/O."),
    (Activity.COMPUTING, True): later(
        'In the last {window} others had to wait because {slots} computed for requests "{name}".'
    ),
    (Activity.COMPUTING, False): later("In the last {window} others had to wait because {slots} computed."),
}
"""The same where nobody waits any more, or no slot is used like that at this very moment."""


def slots_taken(now: MomentFacts, cause: Cause) -> Iterator[str]:
    """Slots are held, and others wait for one: what the slots are used for is the reason."""
    pool = now.moment.pool(cause.resource)
    wanted, waiting = _wanted(pool), list(queued(now, pool))
    held = wanted & (pool.request >= 0) & bool(waiting)
    used = held & _used(now, pool, cause)
    yield _use_of(now, pool, cause, used, wanted)
    rest = held & ~used
    if rest.sum() * 2 >= wanted.sum():  # at this moment others have most slots
        other = _main_cause(now, pool, rest)
        yield _use_of(now, pool, other, rest & _used(now, pool, other), wanted)
    if waiting:
        yield from waiting
        yield from _innocent(now, pool, cause)
        yield from _since(now, cause)
        yield from _spare(now, pool, wanted)
    else:
        yield tell("Nobody waits for {slot} at this moment.", slot=a(pool.pool.name))


def queued(now: MomentFacts, pool: PoolNow) -> Iterator[str]:
    """Who waits for a slot: inside of the server, and in front of it."""
    waiting = len(pool.queue)
    if waiting:
        fields = {"n": count(waiting), "slot": a(pool.pool.name), "time": now.ago(float(pool.queue.came_s.min()))}
        yield tell_many(
            "{n} request waits for {slot}, for {time} already.",
            "{n} requests wait for {slot}, the first for {time}.",
            waiting,
            **fields,
        )
    yield from queue_in(now, now.backlogs_of(pool.pool.name))


def _innocent(now: MomentFacts, pool: PoolNow, cause: Cause) -> Iterator[str]:
    """Those who wait for the slow lines of others, though their own lines are fast."""
    load = now.trace.workload
    if cause.use not in FOR_CLIENT:
        return
    rates = load.up_rate if cause.use is Activity.UPLOAD else load.down_rate
    fast = np.flatnonzero(rates >= FASTER * rates[cause.who])
    fed = [backlog.waiting.request for backlog in now.backlogs_of(pool.pool.name)]
    waiting = np.bincount(load.client[np.concatenate([pool.queue.request, *fed])], minlength=len(rates))
    if not len(fast) or not waiting[fast].any():
        return
    number, name = int(waiting[fast].max()), kind_name(load.client_names[int(fast[waiting[fast].argmax()])])
    yield tell_many(
        '{n} of them is a client "{name}" with a fast line.',
        '{n} of them are clients "{name}" with fast lines.',
        number,
        n=count(number),
        name=name,
    )


def _wanted(pool: PoolNow) -> Mask:
    """The slots that would help: where every process has its own, those of processes with a queue."""
    size, copies = pool.pool.size, pool.pool.processes
    queued = np.bincount(np.maximum(pool.queue.process, 0), minlength=copies) > 0
    return np.ones(size * copies, np.bool_) if copies == 1 or not queued.any() else np.repeat(queued, size)


def _main_cause(now: MomentFacts, pool: PoolNow, slots: Mask) -> Cause:
    """What most of some slots are held for at this moment."""
    use, who = now.congestion.uses(pool.request[slots], pool.activity[slots])
    width = int(who.max()) + 1
    most = int(np.bincount(use.astype(np.intp) * width + who).argmax())
    return Cause(pool.pool.name, Activity(most // width), most % width)


def _use_of(now: MomentFacts, pool: PoolNow, cause: Cause, used: Mask, wanted: Mask) -> str:
    """As ``3 of 4 workers wait for clients "phone" to send (#1041 for 640 ms already)``."""
    name, kind, number, size = now.name_of(cause), cause.use, int(used.sum()), int(wanted.sum())
    others = all_of(pool.pool.name, 1) if size == 1 else plural(pool.pool.name, size)
    slots = some_of(number, size, pool.pool.name) if number else others
    if (kind, bool(name)) not in HELD:
        return _by_state(kind, max(number, 1), slots)
    if not number:
        return tell(BEFORE[kind, bool(name)], slots=slots, name=name, window=now.window)
    if kind is Activity.COMPUTING and now.moment.runnable > now.moment.cores:
        return _on_few_cores(now.moment, slots, name, number)
    first = int(np.flatnonzero(used)[np.argmin(pool.since_s[used])])
    fields = {"request": int(pool.request[first]), "time": now.ago(float(pool.since_s[first]))}
    return tell(HELD[kind, bool(name)][number != 1], slots=slots, name=name, **fields)


def _used(now: MomentFacts, pool: PoolNow, cause: Cause) -> Mask:
    """Which slots are held because of this cause."""
    use, who = now.congestion.uses(np.maximum(pool.request, 0), pool.activity)
    found: Mask = (use == cause.use) & (who == cause.who)
    return found


def _on_few_cores(moment: Moment, slots: str, name: str, number: int) -> str:
    fields = {
        "slots": slots,
        "cores": counted(moment.cores, "core"),
        "share": share_in_words(moment.cores / moment.runnable),
        "name": name,
    }
    if name:
        return tell_many(
            '{slots} computes for a request "{name}" on {cores} ({share} of a core each).',
            '{slots} compute for requests "{name}" on {cores} ({share} of a core each).',
            number,
            **fields,
        )
    return tell_many(
        "{slots} computes on {cores} ({share} of a core each).",
        "{slots} compute on {cores} ({share} of a core each).",
        number,
        **fields,
    )


def _by_state(use: Activity, number: int, slots: str) -> str:
    state = translated(use.state.value if use.state is not None else use.name.lower())
    return tell_many(
        "{slots} is held by a request that is in this state: {state}.",
        "{slots} are held by requests that are in this state: {state}.",
        number,
        slots=slots,
        state=state,
    )


def _since(now: MomentFacts, cause: Cause) -> Iterator[str]:
    """When the queue began, where it is old enough to be told."""
    began = now.congestion.curves.began(cause.resource, now.moment.t_s, GAP_S)
    if began is not None and now.moment.t_s - began >= A_QUEUE_S:
        yield tell("The queue began at {moment}.", moment=short_duration(began))


def _spare(now: MomentFacts, pool: PoolNow, wanted: Mask) -> Iterator[str]:
    """What has nothing to do meanwhile: slots of another process, or cores."""
    free = int(np.count_nonzero(pool.activity[~wanted] == Activity.IDLE))
    if free:
        slots = plural(pool.pool.name, free)
        yield tell("Other processes have {n} idle {slots} meanwhile.", n=count(free), slots=slots)
    else:
        yield from idle_cores(now)
