"""Who was in the way of one request while it waited: who had the slot, the loop, the GIL or the cores meanwhile.

What to watch: the answer is a request, not a statistic. ``attribution`` says what most waiting of a run was about; this
says that request 1041 stood behind request 1033, which had the loop for 350 ms.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.plan.place import state_of
from simulator.plan.resources import QUOTA_PERIOD_S, Gil, Lock, Loop, Pool
from simulator.plan.steps import Link
from simulator.plan.walk import Place, Way
from simulator.plan.words import Need, State
from simulator.trace.availability import quota_at
from simulator.trace.demands import lock_copies
from simulator.trace.playback.activity import AT_WORK, Activity
from simulator.trace.playback.place_map import PlaceMap, place_map
from simulator.trace.playback.segment_index import SegmentIndex
from simulator.trace.playback.segments import Segments
from simulator.trace.request_life import Stay
from simulator.trace.table import Trace
from simulator.words.language import later, tell, tell_many, translated
from simulator.words.numbers import count, line_rate, share_in_words, short_duration, size
from simulator.words.phrases import all_of

Floats = NDArray[np.float64]
TOLERANCE_S = 1e-9
ALWAYS = 0.98
"""From this share of the time on, slots count as taken all the time."""
SENDS, READS = later("the client sends {size} at {rate}"), later("the client reads {size} at {rate}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocker:
    """What was in the way during one stay."""

    words: str
    """``behind #1033, which had the event loop for 350 ms``; empty where nothing was."""
    request: int = -1
    """The request that was most in the way; -1: none in particular."""


NOBODY = Blocker(words="")


def _quota_words(quota: float) -> str:
    """Nobody in particular was in the way."""
    budget, period = short_duration(quota * QUOTA_PERIOD_S), short_duration(QUOTA_PERIOD_S)
    return tell("the quota of {budget} of computing per {period} was spent", budget=budget, period=period)


class Blockers:
    """Answers for the requests of one run."""

    def __init__(self, trace: Trace) -> None:
        """Everything is worked out when it is asked for."""
        self._trace = trace

    @cached_property
    def _index(self) -> SegmentIndex:
        return SegmentIndex(self._trace)

    @cached_property
    def _map(self) -> PlaceMap:
        return place_map(self._trace)

    def of(self, request: int, stay: Stay) -> Blocker:
        """Who was in the way of a request during one of its stays."""
        place = next((p for p in self._map.places if p.name == stay.place), None)
        if place is None:
            return NOBODY
        load = self._trace.workload
        match stay.state.need:
            case Need.ROOM:
                return self._full_backlog(request, stay, place)
            case Need.ACCEPT | Need.SLOT:
                return self._acceptor(request, stay, place)
            case Need.LOCK if place.lock is not None:
                lock = next((each for each in place.locks if state_of(each) is stay.state), place.locks[-1])
                return self._at_lock(request, stay, lock, self._process(request, lock))
            case Need.CORE if stay.state is State.THROTTLED:
                return Blocker(words=_quota_words(quota_at(self._trace, stay.start)))
            case Need.CORE:
                return self._on_the_cores(request, stay)
            case Need.OTHERS if place.way is Way.UP:
                return self._line(request, SENDS, load.upload, load.up_rate)
            case Need.OTHERS if place.way is Way.DOWN:
                return self._line(request, READS, load.response, load.down_rate)
            case _:
                return NOBODY

    def _full_backlog(self, request: int, stay: Stay, place: Place) -> Blocker:
        syn, data = int(self._trace.syn_retries[request]), int(self._trace.data_retries[request])
        backlog = place.knocks_at
        handshake_s = 0.0 if place.link is Link.LOCAL else 1.5 * float(self._trace.workload.rtt[request])
        if backlog is None or stay.end - stay.start <= handshake_s + TOLERANCE_S:
            return NOBODY
        fields = {"backlog": translated(backlog.name), "n": count(backlog.limit + 1), "syn": syn, "data": data}
        if syn and data:
            words = tell(
                "the {backlog} was full ({n} connections); "
                "the SYN was sent again {syn} times, the first data {data} times",
                **fields,
            )
        elif syn:
            words = tell_many(
                "the {backlog} was full ({n} connections); the SYN was sent again once",
                "the {backlog} was full ({n} connections); the SYN was sent again {syn} times",
                syn,
                **fields,
            )
        elif data:
            words = tell_many(
                "the {backlog} was full ({n} connections); the first data were sent again once",
                "the {backlog} was full ({n} connections); the first data were sent again {data} times",
                data,
                **fields,
            )
        else:
            words = tell("the {backlog} was full ({n} connections)", **fields)
        return Blocker(words=words)

    def _acceptor(self, request: int, stay: Stay, place: Place) -> Blocker:
        match place.waits_for:
            case Pool() as pool:
                return self._slots(request, stay, pool)
            case Gil() | Loop() as lock:
                return self._at_lock(request, stay, lock, self._process(request, lock))
            case _:
                return NOBODY

    def _slots(self, request: int, stay: Stay, pool: Pool) -> Blocker:
        """What the slots were used for meanwhile, and who had one for longest."""
        copy = int(self._trace.process[request]) if pool.processes > 1 else -1
        holding = self._holding(request, stay, pool, copy)
        if not len(holding):
            return NOBODY
        overlap = holding.seconds_in(stay.start, stay.end)
        requests, seconds = holding.by_request(overlap)
        used = np.bincount(holding.activity, overlap, minlength=len(Activity))
        main = Activity(int(used.argmax()))
        some = pool.size * (pool.processes if copy < 0 else 1)
        share = float(seconds.sum()) / ((stay.end - stay.start) * some)
        first = int(requests[0])
        fields = {
            "slots": all_of(pool.name, some),
            "share": share_in_words(share),
            "part": share_in_words(float(used.max() / used.sum())),
            "state": translated(main.state.value if main.state is not None else main.name.lower()),
            "request": first,
            "time": short_duration(float(seconds[0])),
        }
        if share > ALWAYS:
            words = tell_many(
                "{slots} was taken, {part} of that {state}; longest by #{request} ({time})",
                "{slots} were taken, {part} of that {state}; longest by #{request} ({time})",
                some,
                **fields,
            )
        else:
            words = tell_many(
                "{slots} was taken {share} of the time, {part} of that {state}; longest by #{request} ({time})",
                "{slots} were taken {share} of the time, {part} of that {state}; longest by #{request} ({time})",
                some,
                **fields,
            )
        return Blocker(words=words, request=first)

    def _holding(self, request: int, stay: Stay, pool: Pool, copy: int) -> Segments:
        """What those who had slots did meanwhile: slots of one process, or of all where that is -1."""
        part = next(part for part in self._map.held if part.pool == pool)
        others = self._others(request, stay)
        holding = others.take(self._map.of_pool[part.number][others.place])
        slots = part.slots(self._trace, holding.request, holding.place)
        return holding if copy < 0 else holding.take(slots // pool.size == copy)

    def _process(self, request: int, lock: Lock) -> int:
        return int(self._trace.process[request]) if lock.processes > 1 else 0

    def _at_lock(self, request: int, stay: Stay, lock: Lock, copy: int) -> Blocker:
        """Who had the lock longest meanwhile, and how many had it too."""
        number = self._map.locks.index(lock)
        others = self._others(request, stay)
        had = others.take(self._map.has(number, others))
        if lock.processes > 1 and copy >= 0:
            place = next(p for p in self._map.places if lock in p.locks)
            had = had.take(lock_copies(self._trace, place, had.request.astype(np.intp)) == copy)
        if not len(had):
            return NOBODY
        requests, seconds = had.by_request(had.seconds_in(stay.start, stay.end))
        first = int(requests[0])
        longest = had.take(had.request == first)
        whole = float((longest.end - longest.start).sum())
        more = len(requests) - 1
        fields = {
            "request": first,
            "lock": translated(lock.name),
            "time": short_duration(whole),
            "n": count(more),
            "all": short_duration(float(seconds[1:].sum())),
        }
        if not more:
            return Blocker(words=tell("behind #{request}, which had the {lock} for {time}", **fields), request=first)
        words = tell_many(
            "behind #{request}, which had the {lock} for {time}, and {n} other for {all}",
            "behind #{request}, which had the {lock} for {time}, and {n} others for {all} in all",
            more,
            **fields,
        )
        return Blocker(words=words, request=first)

    def _on_the_cores(self, request: int, stay: Stay) -> Blocker:
        others = self._others(request, stay)
        ran = others.take(AT_WORK[others.activity])
        if not len(ran):
            return NOBODY
        requests, _ = ran.by_request(ran.seconds_in(stay.start, stay.end))
        cores = all_of("core", self._trace.plan.cores.count)
        first = int(requests[0])
        more = len(requests) - 1
        fields = {"cores": cores, "request": first, "n": count(more)}
        if not more:
            return Blocker(words=tell("shared {cores} with #{request}", **fields), request=first)
        words = tell_many(
            "shared {cores} with #{request} and {n} other",
            "shared {cores} with #{request} and {n} others",
            more,
            **fields,
        )
        return Blocker(words=words, request=first)

    def _line(self, request: int, does: str, sizes: Floats, rates: Floats) -> Blocker:
        rate = float(rates[self._trace.workload.client[request]])
        if not np.isfinite(rate):
            return NOBODY
        return Blocker(words=tell(does, size=size(float(sizes[request])), rate=line_rate(rate)))

    def _others(self, request: int, stay: Stay) -> Segments:
        """What all others did during a stay."""
        found = self._index.between(stay.start, stay.end)
        return found.take(found.request != request)
