"""Reading a moment: from the segments that are under way to who holds and who waits."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Backlog, Lock
from simulator.plan.words import Outcome
from simulator.trace.playback.activity import AT_WORK, ELSEWHERE, FOR_LOCK, LINED_UP, READY, Activity
from simulator.trace.playback.ledger import Ledger
from simulator.trace.playback.moment import BacklogNow, LockNow, Moment, PoolNow, Present
from simulator.trace.playback.outages import Outages
from simulator.trace.playback.sites import Sites, by_client

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Reader:
    """Reads the moments of one run."""

    def __init__(self, ledger: Ledger, sites: Sites, outages: Outages) -> None:
        """Nothing is read yet."""
        self.trace, self.ledger, self.sites, self.outages = ledger.trace, ledger, sites, outages

    def at(self, t_s: float) -> Moment:
        """The moment: what begins at it has begun, what ends at it is over."""
        present = self._present(t_s)
        sites = self.sites
        return Moment(
            t_s=t_s,
            present=present,
            pools=tuple(self._pool(present, column, t_s) for column in range(len(sites.held))),
            locks=tuple(self._lock(present, column, t_s) for column in range(len(sites.locks))),
            backlogs=tuple(self._backlog(present, i, t_s) for i in range(len(sites.backlogs))),
            cores=self.outages.cores_at(t_s),
            runnable=self._runnable(present),
            parked=present.take(
                self.sites.served[present.place] & ~self.sites.slots[present.place] & ELSEWHERE[present.activity]
            ),
            for_nobody=present.take(self._gone(present, t_s)),
            ended={o: int(ends.searchsorted(t_s, "right")) if len(ends) else 0 for o, ends in self.endings.items()},
        )

    @cached_property
    def endings(self) -> dict[Outcome, Floats]:
        """When requests were over for their clients, in order, by outcome."""
        rows, times = self.ledger.by_end
        outcome = self.trace.outcome[rows]
        return {o: times[np.flatnonzero(outcome == o)] for o in Outcome if o is not Outcome.OPEN}

    def _present(self, t_s: float) -> Present:
        now, trace = self.ledger.at(t_s), self.trace
        came = now.start.copy()
        later = np.flatnonzero(~LINED_UP[now.activity] & (now.place < len(self.sites.places)))
        came[later] = trace.reached[now.request[later], now.place[later]]
        order = np.lexsort((now.request, came, now.place))
        request, place = now.request[order], now.place[order]
        return Present(
            request, place, now.activity[order], now.start[order], came[order], self._process(request, place)
        )

    def _process(self, request: NDArray[np.int32], place: NDArray[np.int16]) -> NDArray[np.int32]:
        """A request has its process from the moment at which it leaves the accept queue."""
        process = self.trace.process[request]
        process[place < self._accepted] = -1
        return process

    @cached_property
    def _accepted(self) -> int:
        """The first place after the last accept queue."""
        return int(np.argmax(self.sites.served))

    def _gone(self, present: Present, t_s: float) -> Mask:
        gone: Mask = self.trace.finished[present.request] <= t_s
        over = np.flatnonzero(gone)  # few, whoever is there
        gone[over] = self.trace.outcome[present.request[over]] != Outcome.COMPLETED
        return gone

    # --- resources ------------------------------------------------------------------------------------------------

    def _pool(self, present: Present, column: int, t_s: float) -> PoolNow:
        part = self.sites.held[column]
        size = part.pool.size * part.pool.processes
        request, activity = np.full(size, -1, np.int32), np.zeros(size, np.uint8)
        since = np.full(size, np.nan)
        holders = present.take(self.sites.of_pool[column][present.place])
        slot = self.trace.slot[holders.request, column]
        has = slot >= 0
        if part.pool.frees_when_client_leaves:
            has &= ~self._gone(holders, t_s)
        holders, slot = holders.take(has), slot[has]
        activity[self.outages.slots_down(column, t_s)] = Activity.DOWN
        request[slot], activity[slot] = holders.request, holders.activity
        since[slot] = holders.since_s
        queue = present.at(part.taken_at).doing(Activity.QUEUED)
        return PoolNow(pool=part.pool, request=request, activity=activity, since_s=since, queue=queue)

    def _lock(self, present: Present, column: int, t_s: float) -> LockNow:
        lock = self.sites.locks[column]
        there = present.take(self.sites.of_lock[column][present.place])
        copies = np.maximum(there.process, 0) if lock.processes > 1 else np.zeros(len(there), np.int32)
        holder, since = np.full(lock.processes, -1, np.int32), np.full(lock.processes, np.nan)
        activity = np.zeros(lock.processes, np.uint8)
        activity[self.outages.copies_down(column, t_s)] = Activity.DOWN
        at_work = AT_WORK[there.activity]
        for i in np.flatnonzero(at_work).tolist():
            holder[copies[i]], activity[copies[i]] = there.request[i], there.activity[i]
            since[copies[i]] = self._held_since(int(there.request[i]), column, float(there.since_s[i]))
        waits = FOR_LOCK[there.activity]
        waiting = tuple(there.take(waits & (copies == copy)) for copy in range(lock.processes))
        return LockNow(lock=lock, holder=holder, activity=activity, since_s=since, waiting=waiting)

    def _held_since(self, request: int, column: int, since_s: float) -> float:
        """A thread or callback keeps its lock from one computation to the next."""
        cut = self.ledger.of_rows(np.array([request]))
        held = self.sites.of_lock[column][cut.place] & AT_WORK[cut.activity]
        ends = dict(zip(cut.end[held].tolist(), cut.start[held].tolist(), strict=True))
        while since_s in ends:
            since_s = ends[since_s]
        return since_s

    def _backlog(self, present: Present, index: int, t_s: float) -> BacklogNow:
        backlog: Backlog = self.sites.backlogs[index]
        waiting = present.at(self.sites.of_backlog[index]).doing(Activity.BACKLOG)
        connecting = present.at(self.sites.connects[index])
        return BacklogNow(backlog=backlog, waiting=waiting, retrying=connecting.take(self._dropped(connecting, t_s)))

    def _dropped(self, connecting: Present, t_s: float) -> Mask:
        """Whose handshake should be over. In a measured run only those who are known to have repeated something."""
        if not len(connecting):
            return np.zeros(0, np.bool_)
        rows, place = connecting.request, int(connecting.place[0])
        shake = 1.5 * self.trace.workload.rtt[rows] if by_client(self.sites.places[place]) else 0.0
        dropped: Mask = connecting.came_s + shake <= t_s
        unsure = np.flatnonzero(dropped & (self.trace.syn_retries[rows] == 0))
        rows = rows[unsure]
        in_vain = np.isnan(self.trace.reached[rows, place + 1]) & ~np.isnan(self.trace.finished[rows])
        dropped[unsure] = in_vain | (self.trace.data_retries[rows] > 0)
        return dropped

    def _runnable(self, present: Present) -> int:
        """A lock is at work whenever anybody is at it, and all who hold or want it need one core together."""
        ready = np.flatnonzero(READY[present.activity])
        place, process = present.place[ready], present.process[ready]
        count = int(np.count_nonzero(self.sites.unlocked[place]))
        for lock, mask in zip(self.sites.locks, self.sites.of_lock, strict=True):
            count += self._copies_at_work(process[mask[place]], lock)
        return count

    @staticmethod
    def _copies_at_work(processes: NDArray[np.int32], lock: Lock) -> int:
        return len(set(processes.tolist())) if lock.processes > 1 else min(len(processes), 1)
