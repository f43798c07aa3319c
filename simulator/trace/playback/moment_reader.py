"""Reading a moment: from the segments that are under way to who holds and who waits."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Backlog, Lock, Loop
from simulator.plan.words import Outcome
from simulator.trace.availability import Outages
from simulator.trace.playback.activity import AT_WORK, ELSEWHERE, LINED_UP, READY, Activity
from simulator.trace.playback.moment import BacklogNow, LockNow, Moment, PoolNow, Present
from simulator.trace.playback.place_map import PlaceMap, by_client
from simulator.trace.playback.segment_index import SegmentIndex

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


class MomentReader:
    """Reads the moments of one run."""

    def __init__(self, segment_index: SegmentIndex, place_map: PlaceMap, outages: Outages) -> None:
        """Nothing is read yet."""
        self._trace, self._index, self._map, self._outages = segment_index.trace, segment_index, place_map, outages

    def at(self, t_s: float) -> Moment:
        """The moment: what begins at it has begun, what ends at it is over."""
        present = self._present(t_s)
        return Moment(
            t_s=t_s,
            present=present,
            pools=tuple(self._pool(present, column, t_s) for column in range(len(self._map.held))),
            locks=tuple(self._lock(present, column, t_s) for column in range(len(self._map.locks))),
            backlogs=tuple(self._backlog(present, i, t_s) for i in range(len(self._map.backlogs))),
            cores=self._outages.cores_at(t_s),
            runnable=self._runnable(present),
            throttled=bool((present.activity == Activity.THROTTLED).any()),
            parked=present.take(
                self._map.served[present.place] & ~self._map.slots[present.place] & ELSEWHERE[present.activity]
            ),
            for_nobody=present.take(self._gone(present, t_s)),
            ended={o: int(ends.searchsorted(t_s, "right")) if len(ends) else 0 for o, ends in self._endings.items()},
        )

    @cached_property
    def _endings(self) -> dict[Outcome, Floats]:
        """When requests were over for their clients, in order, by outcome."""
        rows, times = self._index.by_end
        outcome = self._trace.outcome[rows]
        return {o: times[np.flatnonzero(outcome == o)] for o in Outcome if o is not Outcome.OPEN}

    def _present(self, t_s: float) -> Present:
        now, trace = self._index.at(t_s), self._trace
        came = now.start.copy()
        later = np.flatnonzero(~LINED_UP[now.activity] & (now.place < len(self._map.places)))
        came[later] = trace.reached[now.request[later], now.place[later]]
        order = np.lexsort((now.request, came, now.place))
        request, place = now.request[order], now.place[order]
        return Present(
            request, place, now.activity[order], now.start[order], came[order], self._process(request, place)
        )

    def _process(self, request: NDArray[np.int32], place: NDArray[np.int16]) -> NDArray[np.int32]:
        """A request has its process from the moment at which it leaves the accept queue."""
        process = self._trace.process[request]
        process[place < self._accepted] = -1
        return process

    @cached_property
    def _accepted(self) -> int:
        """The first place after the last accept queue."""
        return int(np.argmax(self._map.served))

    def _gone(self, present: Present, t_s: float) -> Mask:
        gone: Mask = self._trace.finished[present.request] <= t_s
        over = np.flatnonzero(gone)  # few, whoever is there
        gone[over] = self._trace.outcome[present.request[over]] != Outcome.COMPLETED
        return gone

    # --- resources ------------------------------------------------------------------------------------------------

    def _pool(self, present: Present, column: int, t_s: float) -> PoolNow:
        part = self._map.held[column]
        size = part.pool.size * part.pool.processes
        request, activity = np.full(size, -1, np.int32), np.zeros(size, np.uint8)
        since = np.full(size, np.nan)
        holders = present.take(self._map.of_pool[column][present.place])
        slot = part.slots(self._trace, holders.request, holders.place)
        has = slot >= 0
        if part.pool.frees_when_client_leaves:
            has &= ~self._gone(holders, t_s)
        holders, slot = holders.take(has), slot[has]
        activity[self._outages.slots_down(column, t_s)] = Activity.DOWN
        request[slot], activity[slot] = holders.request, holders.activity
        since[slot] = holders.since_s
        queue = present.at(*part.waits_at).doing(Activity.QUEUED)
        return PoolNow(pool=part.pool, request=request, activity=activity, since_s=since, queue=queue)

    def _lock(self, present: Present, column: int, t_s: float) -> LockNow:
        lock = self._map.locks[column]
        there = present.take(self._map.under(column, present))
        copies = np.maximum(there.process, 0) if lock.processes > 1 else np.zeros(len(there), np.int32)
        holder, since = np.full(lock.units, -1, np.int32), np.full(lock.units, np.nan)
        activity = np.zeros(lock.units, np.uint8)
        activity[self._outages.copies_down(column, t_s)] = Activity.DOWN
        at_work = self._map.having[column][there.activity]
        units = copies
        if lock.units > lock.processes:
            units = self._index.units(lock).of(there.request, there.since_s)
        have, of = there.take(at_work), units[at_work]
        holder[of], activity[of], since[of] = have.request, have.activity, self._held_since(have, column)
        waits = self._map.wanting[column][there.activity]
        waiting = _by_copy(there.take(waits), copies[waits], lock.processes)
        return LockNow(lock=lock, holder=holder, activity=activity, since_s=since, waiting=waiting)

    def _held_since(self, have: Present, column: int) -> list[float]:
        """A thread or callback keeps its lock from one computation to the next."""
        if not len(have):
            return []
        cut = self._index.of_rows(np.sort(have.request).astype(np.intp))
        held = self._map.has(column, cut)
        ends = zip(cut.request[held].tolist(), cut.end[held].tolist(), strict=True)
        before = dict(zip(ends, cut.start[held].tolist(), strict=True))
        found = []
        for request, since_s in zip(have.request.tolist(), have.since_s.tolist(), strict=True):
            while (request, since_s) in before:
                since_s = before[request, since_s]  # noqa: PLW2901
            found.append(since_s)
        return found

    def _backlog(self, present: Present, index: int, t_s: float) -> BacklogNow:
        backlog: Backlog = self._map.backlogs[index]
        waiting = present.at(self._map.of_backlog[index]).doing(Activity.BACKLOG)
        connecting = present.at(self._map.connects[index])
        return BacklogNow(backlog=backlog, waiting=waiting, retrying=connecting.take(self._dropped(connecting, t_s)))

    def _dropped(self, connecting: Present, t_s: float) -> Mask:
        """Whose handshake should be over. In a measured run only those who are known to have repeated something."""
        if not len(connecting):
            return np.zeros(0, np.bool_)
        rows, place = connecting.request, int(connecting.place[0])
        shake = 1.5 * self._trace.workload.rtt[rows] if by_client(self._map.places[place]) else 0.0
        dropped: Mask = connecting.came_s + shake <= t_s
        unsure = np.flatnonzero(dropped & (self._trace.syn_retries[rows] == 0))
        rows = rows[unsure]
        in_vain = np.isnan(self._trace.reached[rows, place + 1]) & ~np.isnan(self._trace.finished[rows])
        dropped[unsure] = in_vain | (self._trace.data_retries[rows] > 0)
        return dropped

    def _runnable(self, present: Present) -> int:
        """A lock is at work whenever anybody is at it, and all who hold or want it need one core together, or as many
        as may have it.
        """
        ready = present.take(READY[present.activity])
        blocks = present.take(present.activity == Activity.BLOCKS)
        count = int(np.count_nonzero(self._map.alone(ready)))
        for number, lock in enumerate(self._map.locks):
            at = self._map.under(number, ready)
            if isinstance(lock, Loop) and lock.gil is not None:  # whoever is at the GIL too is counted with that
                at &= AT_WORK[ready.activity] & ~self._map.under(self._map.locks.index(lock.gil), ready)
            still = blocks.process[self._map.under(number, blocks)]
            process = ready.process[at]
            if len(still):
                process = process[~np.isin(process, still)] if lock.processes > 1 else process[:0]
            count += self._copies_at_work(process, lock)
        return count

    @staticmethod
    def _copies_at_work(processes: NDArray[np.int32], lock: Lock) -> int:
        each = lock.units // lock.processes
        if lock.processes == 1:
            return min(len(processes), each)
        return int(np.minimum(np.bincount(np.maximum(processes, 0)), each).sum()) if len(processes) else 0


def _by_copy(waiting: Present, copies: NDArray[np.int32], count: int) -> tuple[Present, ...]:
    """Those who wait for each copy of a lock: of hundreds, few have anybody."""
    found = [waiting.take(np.zeros(0, np.intp))] * count
    for copy in sorted(set(copies.tolist())):
        found[copy] = waiting.take(copies == copy)
    return tuple(found)
