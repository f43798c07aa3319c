"""What a run tells: the few dozen things in it that are worth a line, and the dozen that one should see.

What to watch: each thing is told once, where it begins. A queue that wavers around a hundred has become longer than a
hundred once, and was not gone before it was; blocks of an event loop that follow one another are one thing, the worst
of them. Everything is found in whole columns of the trace, when somebody first asks for it.
"""

from collections.abc import Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Loop, Pool
from simulator.plan.words import Outcome
from simulator.trace.intervals import StepFunction, concurrency, most_at_once, union
from simulator.trace.playback.events import Details, EventKind, Events, events_of, joined
from simulator.trace.playback.lane_groups import GroupKind
from simulator.trace.playback.notable_events import NotableEvents
from simulator.trace.playback.place_map import PlaceMap
from simulator.trace.playback.segment_index import SegmentIndex
from simulator.trace.playback.waiting_lines import when_left
from simulator.workload.interventions import Do

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

LONGER_THAN = (20, *(step * 10**power for power in range(1, 8) for step in (5, 10, 20)))
"""Lengths of a queue that are told; the shortest only where no queue is longer than the next."""
OF_LONGEST = 25
"""Where the longest queue is longer than so many times such a length, it is too short to be told."""
LEAST_HELD_S, HELD_GAP_S = 1.0, 2.0
"""Slots are held for slow clients if they are for so long, but for gaps shorter than the other."""
AT_ONCE_S = 0.5
"""And for so long without a gap: many quick uploads one after the other are no slow one."""
MOSTLY = 0.8
"""Of the time: by one kind of clients, which is then named."""
SPIKE_STEP_S, SPIKE_TIMES, SPIKE_LEAST, SPIKE_STEPS = 0.5, 4.0, 20, 4
"""A spike: so many times as many arrivals as usual, at least so many in each of so many steps in a row."""
CLOSE_S = 2.0
"""Blocks of a loop that end within this are told as one."""
MANY = (100, 1_000, 10_000, 100_000, 1_000_000)
MOST_MOMENTS, MOST_OF_A_KIND = 12, 4
"""What one should see of a run."""
SAME_S = 1e-3
"""Of two moments that are closer together only the more important one is worth a visit."""

RANKS = {
    EventKind.INTERVENED: 0,
    EventKind.SPIKE: 1,
    EventKind.FAILED: 1,
    EventKind.SYN_DROPPED: 1,
    EventKind.CROWDED: 1,
    EventKind.HELD: 2,
    EventKind.SLOWEST: 2,
    EventKind.BLOCKED: 3,
    EventKind.SPIKE_OVER: 3,
    EventKind.BACK: 3,
    EventKind.GONE: 4,
    EventKind.LONGER: 5,
    EventKind.MANY_FAILED: 6,
}
"""The lower, the more one should see it."""
REPEATED = 3
"""How much less one needs to see another one of the same kind."""


class Story:
    """The story of one run."""

    def __init__(self, segment_index: SegmentIndex, place_map: PlaceMap, notable: NotableEvents) -> None:
        """Nothing is looked for yet."""
        self._index, self._trace, self._map, self._notable = segment_index, segment_index.trace, place_map, notable

    @cached_property
    def all(self) -> Events:
        """All of it, in order of time."""
        highlights = self._notable.highlights
        parts = [highlights.take(np.flatnonzero(highlights.kind != EventKind.BLOCKED)), self._notable.crowded]
        parts += [self._blocks, *self._many_failed(), *self._back(), *self._held(), *self._queue(), *self._spikes()]
        return joined(parts)

    @cached_property
    def moments(self) -> Rows:
        """Rows of the few that one should see, in order of time."""
        events = self.all
        seen: dict[EventKind, int] = dict.fromkeys(EventKind, 0)
        ranked = []
        for row in self._by_weight():
            kind = EventKind(int(events.kind[row]))
            if seen[kind] < MOST_OF_A_KIND or kind is EventKind.INTERVENED:
                ranked.append((RANKS[kind] + REPEATED * seen[kind], row))
            seen[kind] += 1
        chosen: list[int] = []
        for _, row in sorted(ranked):
            apart = all(abs(events.time_s[row] - events.time_s[other]) >= SAME_S for other in chosen)
            if apart and len(chosen) < MOST_MOMENTS:
                chosen.append(row)
        return np.array(sorted(chosen), np.intp)

    def _by_weight(self) -> list[int]:
        """All rows: the blocks that cost most and the longest queues first, everything else in order of time."""
        events = self.all
        weight = np.where(events.kind == EventKind.BLOCKED, events.seconds * events.others, 0.0)
        weight = np.where(events.kind == EventKind.LONGER, events.others, weight)
        rows: list[int] = np.argsort(-weight, kind="stable").tolist()
        return rows

    # --- what is found ------------------------------------------------------------------------------------------------

    @cached_property
    def _blocks(self) -> Events:
        blocks = self._notable.blocked
        if not len(blocks):
            return blocks
        group = np.floor(blocks.time_s / CLOSE_S)
        order = np.lexsort((-blocks.seconds * blocks.others, group))
        longest = order[np.append(True, np.diff(group[order]) > 0)]
        return blocks.take(np.sort(longest))

    def _many_failed(self) -> Iterator[Events]:
        """How many requests have ended in one way, at round numbers."""
        rows, times = self._index.by_end
        outcome = self._trace.outcome[rows]
        for each in Outcome:
            if each.loss is not None:
                found = np.flatnonzero(outcome == each)
                numbers = np.array([number for number in MANY if number <= len(found)], np.intp)
                at = found[numbers - 1] if len(numbers) else numbers
                details = Details(place=int(each), others=numbers)
                yield events_of(EventKind.MANY_FAILED, times[at], np.full(len(at), -1), details)

    def _back(self) -> Iterator[Events]:
        for number, entry in enumerate(self._trace.interventions):
            if entry.do in (Do.KILL, Do.KILL_GROUP) and entry.until <= self._index.end_s:
                yield events_of(EventKind.BACK, np.array([entry.until]), np.array([-1]), Details(place=number))

    def _held(self) -> Iterator[Events]:
        """All slots of the last pool that makes lanes are held for clients that send or read."""
        pools = [group.resource for group in self._map.groups if group.kind is GroupKind.SLOTS]
        part = next((part for part in reversed(self._map.held) if part.pool in pools), None)
        if part is None or not isinstance(part.pool, Pool):
            return
        mask, trace = self._map.of_pool[part.number], self._trace
        places = [i for i, place in enumerate(self._map.places) if mask[i] and place.way is not None]
        rows = [np.flatnonzero(~np.isnan(trace.reached[:, place])) for place in places]
        start = np.concatenate([np.empty(0), *(trace.reached[r, p] for r, p in zip(rows, places, strict=True))])
        end = np.concatenate([np.empty(0), *(when_left(trace, p, r) for r, p in zip(rows, places, strict=True))])
        size = part.pool.size * part.pool.processes
        if most_at_once(start, end, self._index.end_s) < size:
            return
        taken = concurrency(start, end)
        until = np.append(taken.at[1:], self._index.end_s)[: len(taken.at)]
        full = np.flatnonzero((taken.height >= size) & (until > taken.at))
        begin, over = union(taken.at[full], until[full] + HELD_GAP_S)
        who = np.concatenate([np.empty(0, np.intp), *rows])
        whole = union(taken.at[full], until[full])
        longest = np.zeros(len(begin))
        np.maximum.at(longest, begin.searchsorted(whole[0], "right") - 1, whole[1] - whole[0])
        long = (over - HELD_GAP_S - begin >= LEAST_HELD_S) & (longest >= AT_ONCE_S)
        for low, high in zip(begin[long].tolist(), (over[long] - HELD_GAP_S).tolist(), strict=True):
            seconds = np.maximum(np.minimum(end, high) - np.maximum(start, low), 0.0)
            by_kind = np.bincount(trace.workload.client[who], seconds)
            one_of_several = len(trace.workload.client_names) > 1 and by_kind.max() >= MOSTLY * by_kind.sum()
            kind = int(by_kind.argmax()) if one_of_several else -1
            yield events_of(EventKind.HELD, np.array([low]), np.array([-1]), Details(place=kind, others=size))

    @cached_property
    def queue(self) -> StepFunction:
        """How many wait in all lines together: to be let in, for a slot, for an event loop."""
        starts = [line.came for line in self._index.lines.values()]
        ends = [line.left for line in self._index.lines.values()]
        for lock in self._map.locks:
            if isinstance(lock, Loop):
                turns = self._index.turns(lock)
                starts += [turn.asked for turn in turns]
                ends += [turn.granted for turn in turns]
        start, end = np.concatenate([np.empty(0), *starts]), np.concatenate([np.empty(0), *ends])
        waits = np.flatnonzero(end > start)  # false for those who never came
        return concurrency(start[waits], end[waits])

    def _queue(self) -> Iterator[Events]:
        at, height = self.queue.at, self.queue.height
        longest = float(height.max(initial=0.0))
        lengths = [length for length in LONGER_THAN if longest / OF_LONGEST <= length < longest]
        lengths = lengths[lengths[:2] == list(LONGER_THAN[:2]) :]
        for length in lengths:
            up, _ = _crossings(height, length, length / 2)
            yield events_of(EventKind.LONGER, at[up], np.full(len(up), -1), Details(others=length))
        if lengths:
            _, down = _crossings(height, max(lengths[0], longest / 4), 0.0)
            yield events_of(EventKind.GONE, at[down], np.full(len(down), -1), Details())

    def _spikes(self) -> Iterator[Events]:
        came = self._trace.arrival[(self._trace.attempt == 0) & ~np.isnan(self._trace.arrival)]
        steps = int(self._trace.workload.duration / SPIKE_STEP_S)
        if steps < 2 * SPIKE_STEPS:
            return
        number = np.histogram(came, np.arange(steps + 1) * SPIKE_STEP_S)[0]
        usual = float(np.median(number))
        high = (number >= max(SPIKE_TIMES * usual, SPIKE_LEAST)) & (usual > 0.0)
        edges = np.flatnonzero(np.diff(np.concatenate(([False], high, [False])).astype(np.int8)))
        for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            if last - first >= SPIKE_STEPS and last < steps:
                times = float(number[first:last].mean()) / usual
                start, end = np.array([first * SPIKE_STEP_S]), np.array([last * SPIKE_STEP_S])
                yield events_of(EventKind.SPIKE, start, np.array([-1]), Details(seconds=times))
                waits = int(self.queue.values(end)[0])
                yield events_of(EventKind.SPIKE_OVER, end, np.array([-1]), Details(others=waits))


def _crossings(height: Floats, high: float, low: float) -> tuple[Rows, Rows]:
    """Where a curve rises above ``high`` having been at ``low`` before, and where it is at ``low`` again after that."""
    above = height > high
    marked = np.flatnonzero(above | (height <= low))
    state = np.concatenate(([False], above[marked])).astype(np.int8)
    turns = np.diff(state)
    return marked[turns > 0], marked[turns < 0]
