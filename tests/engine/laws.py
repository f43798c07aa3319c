"""What must hold on every run, computed anew from the columns of a trace; ``simulator.trace.checks`` is not used here.

Each law yields sentences about what breaks it, and nothing for a sound trace. Traces need their grants
(``detail=True``): they say when a lock was held, and so when a thread that needs one was runnable.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from simulator.plan import AcceptEagerly, Connect, HandshakeTimers, Link, Outcome, Pool, State
from simulator.plan.walk import Way
from simulator.trace.table import Trace
from simulator.workload.interventions import Do
from simulator.workload.table import Work
from tests.engine.interventions import changes, cores_at, lost, open_slots
from tests.engine.stays import (
    EQUAL_S,
    Floats,
    alone,
    concerned,
    doing,
    first_overlap,
    how_many,
    locked,
    merged,
    next_place,
    process_at,
    work,
)

# --- requests -------------------------------------------------------------------------------------------------------


def every_request_ends_once(trace: Trace) -> Iterator[str]:
    """Conservation: offered = completed + failed by reason, and nobody is left behind in the server."""
    counts = {outcome: int((trace.outcome == outcome).sum()) for outcome in Outcome}
    if sum(counts.values()) != len(trace) or counts[Outcome.OPEN]:
        yield f"{len(trace)} requests ended as {counts}"
    if np.isnan(trace.left).any() or np.isnan(trace.finished).any():
        yield "a request never left the server, or its client waits for ever"
    completed = trace.outcome == Outcome.COMPLETED
    answers = [i for i, p in enumerate(trace.places) if p.way is Way.DOWN and p.link is Link.CLIENT]
    before = answers[0] if answers else len(trace.places)  # after its answer a request may yet fail
    for column, place in enumerate(trace.places[:before]):
        due = completed.copy()
        if place.piece is not None:
            due &= concerned(trace, column)
        if np.isnan(trace.reached[due, column]).any():
            yield f"a completed request never came to {place.name}"


def time_runs_forward(trace: Trace) -> Iterator[str]:
    """Causality: place after place, from the arrival to the end; and no client waits longer than its patience."""
    last = trace.arrival
    for moment in (*trace.reached.T, trace.left):
        if (moment < last).any():
            yield f"request {int(np.argmax(moment < last))} went back in time"
        last = np.where(np.isnan(moment), last, moment)
    late = trace.finished > trace.arrival + trace.workload.patience + EQUAL_S
    if late.any() or (trace.finished < trace.arrival).any():
        yield "a client was answered before it asked, or after it had given up"


def connecting_costs_what_the_schedules_say(trace: Trace) -> Iterator[str]:
    """Who got through after k repeated SYNs was connecting for the handshake and the k-th moment of the schedule.

    Whose ACK was dropped as well got in with the last repetition of its data, or after the one before it with the
    answer to a repeated SYN-ACK, or with the FIN of a client that left.
    """
    connects = [(i, place) for i, place in enumerate(trace.places) if place.knocks_at is not None]
    if len(connects) != 1:  # the retries of several connects are counted together
        return
    column, place = connects[0]
    assert isinstance(place.step, Connect)  # nothing else knocks
    rtt = trace.workload.rtt if place.link is Link.CLIENT else np.zeros(len(trace))
    stood = trace.reached[:, column + 1]
    plain = (trace.syn_retries == 0) & (trace.data_retries == 0)
    right = np.abs(stood - trace.reached[:, column] - 1.5 * rtt) <= EQUAL_S
    for row in np.flatnonzero(~plain & ~np.isnan(stood)):
        leaves = float(trace.arrival[row] + trace.workload.patience[row])
        began, trip = float(trace.reached[row, column]), float(rtt[row])
        tries = int(trace.syn_retries[row]), int(trace.data_retries[row])
        moments = _may_get_in_at(place.step, began, trip, leaves, *tries)
        right[row] = any(abs(moment - stood[row]) <= EQUAL_S for moment in moments)
    if not right[~np.isnan(stood)].all():
        yield "a connect took neither the handshake nor the handshake and the time to the last repetition"


def _may_get_in_at(step: Connect, began: float, trip: float, leaves: float, syns: int, data: int) -> Iterator[float]:
    """The moments at which one can get in after so many repetitions."""
    if step.at_once:
        began, trip = began + 1.5 * trip, 0.0
    timers, sent = step.timers, began
    for gap in np.diff([0.0, *step.retries_s])[:syns]:
        sent = fires_at(timers, sent, float(gap))
    dropped = sent + 1.5 * trip
    if not data:
        yield dropped
        return
    timeout = trip + max(timers.least_timeout_s, 2 * trip)
    before, last = dropped, fires_at(timers, dropped - trip / 2, timeout) + trip / 2
    for gap in [timeout, *(timeout * 2.0**n for n in range(1, data))][: data - 1]:
        before, last = last, fires_at(timers, last - trip / 2, gap) + trip / 2
    yield last
    if before <= leaves + trip / 2 <= last:
        yield leaves + trip / 2
    sent = dropped - trip
    for gap in timers.syn_ack_s * np.array([1.0, 2.0, 4.0, 8.0, 16.0]):
        sent = fires_at(timers, sent, float(gap))
        if before < sent + trip < last:
            yield sent + trip


def fires_at(timers: HandshakeTimers, since_s: float, delay_s: float) -> float:
    """A timer that is set at a moment hangs on a wheel: 63 waits to a level, each level eight times as coarse."""
    if timers.tick_s == 0:
        return since_s + delay_s
    ticks = ceil(round(delay_s / timers.tick_s, 5))
    unit = 8 ** sum(ticks >= 63 * 8**level for level in range(8))
    return float((floor(round(since_s / timers.tick_s, 5)) + ticks) // unit * unit + unit) * timers.tick_s


# --- slots ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Copy:
    """One copy of a pool. Rows of ``waits`` and ``holds``: start and end, for who queued and for who got a slot."""

    pool: Pool
    number: int
    waits: Floats
    holds: Floats
    joined: Floats
    """When those who got a slot joined the queue."""
    slot: NDArray[np.int64]
    """Which one they got."""


def copies(trace: Trace) -> Iterator[Copy]:
    """Every copy of every pool."""
    until, places = next_place(trace), trace.places
    gone = np.where(trace.outcome == Outcome.GAVE_UP, trace.arrival + trace.workload.patience, np.inf)
    columns = [(pool, taken) for pool in trace.plan.pools for taken, p in enumerate(places) if p.takes == pool]
    for pool in trace.plan.pools:
        found: list[list[tuple[Floats, Floats, Floats, NDArray[np.int64]]]] = [[] for _ in range(pool.processes)]
        for column, taken in ((column, taken) for column, (taking, taken) in enumerate(columns) if taking == pool):
            freed = next(i for i in range(taken, len(places)) if places[i].frees == pool)
            process = process_at(trace, taken) if pool.processes > 1 else np.zeros(len(trace), np.int64)
            end = trace.reached[:, freed]
            if pool.frees_when_client_leaves:
                end = np.fmin(end, np.maximum(gone, until[:, taken]))  # whose slot is gone does not come to the release
            wait = np.column_stack((trace.reached[:, taken], until[:, taken]))
            hold = np.column_stack((until[:, taken], end))
            for copy in range(pool.processes):
                here = ~np.isnan(wait[:, 0]) & (process == copy)
                got = here & (trace.slot[:, column] >= 0)
                found[copy].append((wait[here], hold[got], wait[got, 0], trace.slot[got, column].astype(np.int64)))
        for copy, stays in enumerate(found):
            if stays:
                yield Copy(pool, copy, *map(np.concatenate, zip(*stays, strict=True)))


def slots_are_held_by_one_at_a_time(trace: Trace) -> Iterator[str]:
    """No resource above its size: the slots that occur are those of the copy, and no two requests hold the same one."""
    for copy in copies(trace):
        if len(np.unique(copy.slot)) > copy.pool.size:
            yield f"{len(np.unique(copy.slot))} different {copy.pool.name}s in a copy of {copy.pool.size}"
        for slot in np.unique(copy.slot):
            moment = first_overlap(copy.holds[copy.slot == slot])
            if moment is not None:
                yield f"{copy.pool.name} {slot} was held twice at {moment} s"


def no_slot_is_free_while_somebody_waits(trace: Trace) -> Iterator[str]:
    """Work conservation: as long as the queue of a copy is not empty, all its slots that are there are held.

    From the trace: a request waits from the place that takes the slot to the next one, and holds it from there to the
    release. Pools whose clients take the slot back as they leave are left out: the columns do not tell in which order
    things happened where that is the moment at which the slot was given. So are those whose slots acceptors hold too.
    """
    accepting = [place.step.by for place in trace.places if isinstance(place.step, AcceptEagerly)]
    for copy in copies(trace):
        if copy.pool.frees_when_client_leaves or copy.pool in accepting:
            continue
        ends = np.unique(np.concatenate((copy.waits.ravel(), copy.holds.ravel(), changes(trace))))
        low = ends[:-1][np.diff(ends) > EQUAL_S]
        idle = (how_many(copy.waits, low) > 0) & (how_many(copy.holds, low) < copy.pool.size)
        for at in np.flatnonzero(idle) if len(changes(trace)) else ():
            held = copy.slot[(copy.holds[:, 0] <= low[at]) & (low[at] < copy.holds[:, 1])]
            idle[at] = not open_slots(trace, copy.pool, copy.number, low[at]) <= set(held.tolist())
        if idle.any():
            yield f"somebody waited for a {copy.pool.name} at {low[idle][0]} s, when one was free"


def first_come_first_served(trace: Trace) -> Iterator[str]:
    """Those who got a slot of a first-in-first-out pool got it in the order in which they came."""
    for copy in copies(trace):
        order = np.lexsort((copy.holds[:, 0], copy.joined))
        if copy.pool.order == "fifo" and (np.diff(copy.holds[order, 0]) < -EQUAL_S).any():
            yield f"somebody got a {copy.pool.name} before one who had come earlier"


# --- locks ----------------------------------------------------------------------------------------------------------


def a_lock_is_held_by_one_at_a_time(trace: Trace) -> Iterator[str]:
    """No two threads or callbacks of a process have its GIL or its loop at the same moment; of Ps no more than there
    are are taken.
    """
    for name, permits, held, _ in lock_copies(trace):
        if permits > 1:
            longer = held + np.array((EQUAL_S, 0.0))
            longer = longer[longer[:, 1] > longer[:, 0]]
            most = how_many(longer, longer[:, 0]).max(initial=0)
            if most > permits:
                yield f"{most} of {permits} {name} were taken"
            continue
        moment = first_overlap(held)
        if moment is not None:
            yield f"{name} was held twice at {moment} s"


def a_lock_is_never_free_while_somebody_wants_it(trace: Trace) -> Iterator[str]:
    """Whoever is at a place that computes under a lock either holds it, or somebody else of its process does."""
    for name, permits, held, stays in lock_copies(trace):
        if permits > 1:
            moments = np.unique(np.concatenate((held.ravel(), stays.ravel())))
            low = moments[:-1][np.diff(moments) > 3 * EQUAL_S] + EQUAL_S
            free = how_many(held, low) < np.minimum(how_many(stays, low), permits)
            if free.any():
                yield f"a {name} was free while somebody wanted it at {low[free][0]} s"
            continue
        taken = merged(held)
        around = np.searchsorted(taken[:, 0], stays[:, 0] + EQUAL_S, side="right") - 1
        covered = (around >= 0) & (stays[:, 1] <= taken[np.maximum(around, 0), 1] + EQUAL_S) if len(taken) else False
        wanted = (stays[:, 1] - stays[:, 0] > EQUAL_S) & ~np.asarray(covered)
        if wanted.any():
            yield f"{name} was free while somebody wanted it between {stays[wanted][0].tolist()} s"


def a_stay_under_a_lock_is_waiting_for_it_and_holding_it(trace: Trace) -> Iterator[str]:
    """The waiting that was recorded and the grants, noted at different moments, add up to the stay."""
    until, grants = next_place(trace), trace.grants
    assert grants is not None
    for index, (column, lock) in enumerate(trace.locked):
        held, of_lock = np.zeros(len(trace)), (grants.place == column) & (grants.lock == trace.plan.locks.index(lock))
        np.add.at(held, grants.request[of_lock], (grants.end - grants.start)[of_lock])
        stay = np.where(locked(trace, column, lock), until[:, column] - trace.reached[:, column], 0.0)
        wrong = np.abs(stay - held - waited(trace, index)) > EQUAL_S
        if wrong.any():
            row = int(np.argmax(wrong))
            yield f"request {row} at {trace.places[column].name}: {stay[row]} s are not its waiting and holding"


def waited(trace: Trace, index: int) -> Floats:
    """[n] how long each request waited at a place for one of its locks, and before for the other."""
    column, lock = trace.locked[index]
    if lock == trace.places[column].lock:
        return trace.lock_wait[:, index]
    return np.where(locked(trace, column, lock), trace.lock_wait[:, index - 1 : index + 1].sum(axis=1), 0.0)


def lock_copies(trace: Trace) -> Iterator[tuple[str, int, Floats, Floats]]:
    """For every copy of every lock: its name, how many may have it, when it was held (rows start, end), and when
    somebody held or wanted it.
    """
    until, grants = next_place(trace), trace.grants
    assert grants is not None
    for number, lock in enumerate(trace.plan.locks):
        held, stays = [], []
        for index, column in ((i, column) for i, (column, needed) in enumerate(trace.locked) if needed == lock):
            here, outer = locked(trace, column, lock), np.zeros(len(trace))
            if lock != trace.places[column].lock:  # whoever has the loop wants it; in several turns nobody knows when
                here &= trace.places[column].visits == 1
                outer = trace.lock_wait[:, index - 1]
            # a request at the place where an acceptor takes it has its process from then on
            process = process_at(trace, column + 1) if lock.processes > 1 else np.zeros(len(trace), np.int64)
            granted = (grants.place == column) & (grants.lock == number)
            held.append((process[grants.request[granted]], grants.start[granted], grants.end[granted]))
            stays.append((process[here], (trace.reached[:, column] + outer)[here], until[here, column]))
        of_held, of_stays = np.hstack([np.array(h) for h in held]), np.hstack([np.array(s) for s in stays])
        for copy in range(lock.processes):
            mine = of_held[1:, of_held[0] == copy].T, of_stays[1:, of_stays[0] == copy].T
            yield f"{lock.name} {copy}", lock.units // lock.processes, *mine


# --- the cores ------------------------------------------------------------------------------------------------------


def every_runnable_thread_gets_its_share_of_the_cores(trace: Trace) -> Iterator[str]:
    """Everybody's computing takes exactly as long as the number of runnable threads allows.

    From the trace: a thread is runnable while it is at a computing place without a lock, or holds the lock it needs (a
    grant). That gives their number at every moment, the share that each gets, and, summed up, the work that was done
    between any two moments. It must be the work that each request had to do, or less for one that was lost in a crash.
    So no core is idle while a runnable thread waits for one: the shares are then below one only if they add up to all
    cores, less the cost of switching.
    """
    needs, runnable, quotas = work(trace), list(runs(trace)), allowances(trace)
    start, end = (np.concatenate([run[i] for run in runnable] or [np.zeros(0)]) for i in (2, 3))
    moments = np.unique(np.concatenate(([0.0], start, end, changes(trace))))
    if any(quotas.values()):
        moments = np.union1d(moments, np.arange(0.0, moments[-1], 0.1))
    many = how_many(np.column_stack((start, end)), moments[:-1]).tolist()
    cores = [replace(trace.plan.cores, count=count) for count in cores_at(trace, moments[:-1]).tolist()]
    share = np.array([each.rate(number) for each, number in zip(cores, many, strict=True)])
    if any(quotas.values()):
        moments, share = throttled(
            moments, share, np.array([min(c.count, n) for c, n in zip(cores, many, strict=True)]), quotas
        )
    done = np.concatenate(([0.0], np.cumsum(share * np.diff(moments))))
    got = np.zeros_like(needs)
    for column, rows, begun, ended in runnable:
        np.add.at(
            got, (rows, np.full(len(rows), column)), np.interp(ended, moments, done) - np.interp(begun, moments, done)
        )
    wrong = np.where(lost(trace)[:, None], got - needs, np.abs(got - needs)) > EQUAL_S
    if wrong.any():
        row, column = (int(i) for i in np.argwhere(wrong)[0])
        name = trace.places[column].name
        yield f"request {row} at {name}: the cores had {got[row, column]} s for its {needs[row, column]} s"


def throttled(
    moments: Floats, share: Floats, at_work: NDArray[np.int64], quotas: dict[float, float]
) -> tuple[Floats, Floats]:
    """The same shares, but none from where the quota of a period of 100 ms is used up until the next one begins."""
    at, got, quota, left = [0.0], list[float](), 0.0, 0.0
    for begin, end, each, many in zip(moments[:-1], moments[1:], share, at_work, strict=True):
        quota = quotas.get(float(begin), quota)
        if begin in quotas or abs(begin / 0.1 - round(begin / 0.1)) < EQUAL_S:
            left = quota * 0.1
        runs_s = end - begin if not quota or not many else min(end - begin, max(left, 0.0) / many)
        at += [begin + runs_s, end]
        got += [each, 0.0]
        left -= runs_s * many
    return np.array(at), np.array(got)


def allowances(trace: Trace) -> dict[float, float]:
    """The quota of the cores, from which moment on; 0: there is none."""
    changed = {entry.at: entry.quota for entry in trace.workload.interventions if entry.do is Do.CORES}
    return {0.0: trace.plan.cores.quota} | changed


def runs(trace: Trace) -> Iterator[tuple[int, NDArray[np.int64], Floats, Floats]]:
    """When threads were runnable, place by place: the column, the rows, from when, to when."""
    until, grants = next_place(trace), trace.grants
    assert grants is not None
    for column, place in enumerate(trace.places):
        if place.lock is not None:
            numbers = [trace.plan.locks.index(lock) for lock in place.locks]  # Python needs all of them
            needed = np.where(doing(trace, column, Work.CPU), numbers[-1], numbers[0])[grants.request]
            computes = doing(trace, column, Work.CPU, Work.NATIVE)[grants.request]
            at = np.flatnonzero((grants.place == column) & computes & (grants.lock == needed))
            yield column, grants.request[at].astype(np.int64), grants.start[at], grants.end[at]
        if place.state is State.COMPUTING and (place.lock is None or place.phase is not None):
            rows = np.flatnonzero(alone(trace, column))
            yield column, rows.astype(np.int64), trace.reached[rows, column], until[rows, column]


LAWS = (
    every_request_ends_once,
    time_runs_forward,
    connecting_costs_what_the_schedules_say,
    slots_are_held_by_one_at_a_time,
    no_slot_is_free_while_somebody_waits,
    first_come_first_served,
    a_lock_is_held_by_one_at_a_time,
    a_lock_is_never_free_while_somebody_wants_it,
    a_stay_under_a_lock_is_waiting_for_it_and_holding_it,
    every_runnable_thread_gets_its_share_of_the_cores,
)
