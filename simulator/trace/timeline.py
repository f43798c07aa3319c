"""The run over time: one row for every tenth of a second (or another step), averaged within the step.

Every interval adds a straight piece to the running integral of its column, so a column is two histograms over the
steps: what an event adds within its own step, and the level that it leaves behind for all later ones. Nothing needs
to be sorted.
"""

from collections import defaultdict
from math import ceil, floor, log10

import numpy as np
from numpy.typing import NDArray

from simulator.plan.place import state_of
from simulator.plan.resources import Cores, Loop, Memory, Upstreams
from simulator.plan.words import IN_TURNS, Outcome, State
from simulator.trace.availability import CORES, away_by_name, cores_in_use
from simulator.trace.demands import blocked
from simulator.trace.holding import Held, held_parts, held_until
from simulator.trace.intervals import StepFunction
from simulator.trace.measures import measure
from simulator.trace.queues import Part
from simulator.trace.residence import Floats, Span, blocks, client_end
from simulator.trace.table import Trace
from simulator.trace.throttling import spans, throttled

BLOCK_ROWS = 1 << 17
"""Rows whose times are added up before they are added to those of earlier ones: other sums would round differently."""
STEP_S = 0.1
MOST_ROWS = 100_000
"""Of a file: more than that nobody looks at, and it would grow to gigabytes."""
Column = Floats | NDArray[np.int64]


class Bins:
    """Seconds that intervals spend in each step of a run."""

    def __init__(self, count: int, step_s: float) -> None:
        """``count`` steps of ``step_s`` seconds, starting at 0."""
        self._count, self._step = count, step_s
        self._within, self._change = np.zeros(count), np.zeros(count)

    def add(self, start: Floats, end: Floats, share: Floats | float = 1.0) -> None:
        """Add intervals, each counting as much as its share."""
        weights = np.broadcast_to(np.asarray(share, dtype=np.float64), start.shape)
        self._events(start, weights)
        self._events(end, -weights)

    def add_level(self, level: StepFunction) -> None:
        """Add a step function."""
        self._events(level.at, np.diff(level.height, prepend=0.0))

    def _events(self, at: Floats, change: Floats) -> None:
        if not len(at):
            return
        bins = self.of(at)
        first, rest = int(bins.min()), (bins + 1) * self._step - at
        reach = slice(first, int(bins.max()) + 1)
        self._within[reach] += np.bincount(bins - first, weights=change * rest)
        self._change[reach] += np.bincount(bins - first, weights=change)

    def add_one_by_one(self, at: Floats, change: Floats | float) -> None:
        """Add changes of the level so that it makes no difference in how many portions they come."""
        bins = self.of(at)
        np.add.at(self._within, bins, change * ((bins + 1) * self._step - at))
        np.add.at(self._change, bins, change)

    def of(self, at: Floats) -> NDArray[np.intp]:
        """The steps that some moments fall into."""
        return np.minimum((at / self._step).astype(np.intp), self._count - 1)

    def joined(self, other: "Bins") -> "Bins":
        """The intervals of both."""
        both = Bins(self._count, self._step)
        both._within, both._change = self._within + other._within, self._change + other._change
        return both

    def mean(self, capacity: float = 1.0) -> Floats:
        """[count] the average level in each step, divided by the capacity."""
        before = np.cumsum(self._change) - self._change
        mean: Floats = np.maximum(self._within / self._step + before, 0.0) / capacity
        return np.where(mean < 1e-9, 0.0, mean)  # rounding


def step_for(trace: Trace) -> float:
    """Seconds of a step: a tenth, or the first of 0.2, 0.5, 1, 2, 5 and so on with which a long run has MOST_ROWS."""
    shortest = trace.horizon_s / MOST_ROWS
    power = 10.0 ** floor(log10(max(shortest, STEP_S)))
    return next(step for factor in (1.0, 2.0, 5.0, 10.0) if (step := max(factor * power, STEP_S)) >= shortest)


def timeline(trace: Trace, step_s: float = 0.1) -> dict[str, Column]:
    """Columns by name: ``time_s`` (start of the step), ``arrivals``, ``completions``, ``in_system``,
    ``<queue>: waiting`` (mean length), and ``<resource>: <state>`` (share of its capacity, ``idle`` included, and
    ``down`` where something was down).
    """
    count = max(ceil(trace.horizon_s / step_s - 1e-9), 1)
    columns: dict[str, Column] = {"time_s": np.arange(count, dtype=np.float64) * step_s}
    arrivals, completions = np.zeros(count, np.int64), np.zeros(count, np.int64)
    came, went = Bins(count, step_s), Bins(count, step_s)
    for block in blocks(trace):
        arrival, finished = trace.arrival[block], trace.finished[block]
        np.add.at(arrivals, came.of(arrival), 1)
        np.add.at(completions, came.of(finished[trace.outcome[block] == Outcome.COMPLETED]), 1)
        came.add_one_by_one(arrival, 1.0)
        went.add_one_by_one(client_end(trace, block), -1.0)
    columns |= {"arrivals": arrivals, "completions": completions, "in_system": came.joined(went).mean()}
    return columns | _resource_columns(trace, count, step_s)


class _Recorder:
    """The bins of every column of every resource."""

    def __init__(self, trace: Trace, count: int, step_s: float) -> None:
        self.trace, self.places = trace, trace.places
        self.held = held_parts(trace, self.places)
        plan = trace.plan
        queues = [r.name for r in plan.resources if not isinstance(r, Cores | Memory | Upstreams)]  # there is no line
        self.queues = {name: Bins(count, step_s) for name in queues}
        self.splits: dict[str, dict[State, Bins]] = {
            part.pool.name: {state: Bins(count, step_s) for state in _states_inside(part, trace)} for part in self.held
        }
        for lock in plan.locks:
            states = [State.COMPUTING, State.CORE, *([State.THROTTLED] if throttled(trace) else [])]
            states += [State.BLOCKS] if blocked(trace, lock) else []
            states += [state_of(lock.gil)] if isinstance(lock, Loop) and lock.gil is not None else []
            self.splits[lock.name] = {state: Bins(count, step_s) for state in states}
        self.splits[CORES] = {State.COMPUTING: Bins(count, step_s)}
        self.queues[CORES] = Bins(count, step_s)
        self.sizes = {pool.name: pool.size * pool.processes for pool in plan.pools}
        self.sizes |= {lock.name: lock.units for lock in plan.locks} | {CORES: plan.cores.count}

    def add(self, span: Span) -> None:
        if span.place == len(self.places):
            return
        place = self.places[span.place]
        if place.queue is not None and place.state in span.shares:
            self.queues[place.queue.name].add(span.start, span.end)
        for part in self.held:
            if span.place in part:
                self._add_slots(part, span)
        for lock in span.locks:
            self._add_lock(lock.name, span)
        for state, share in span.shares.items() if place.cores is None else ():
            if state is State.COMPUTING:
                self.splits[CORES][state].add(span.start, span.end, share)
            elif state in (State.CORE, State.THROTTLED):
                self.queues[CORES].add(span.start, span.end, share)

    def _add_lock(self, name: str, span: Span) -> None:
        for state, share in span.shares.items():
            if state in self.splits[name]:
                self.splits[name][state].add(span.start, span.end, share)
            elif state in (*IN_TURNS, State.LOOP):
                self.queues[name].add(span.start, span.end, share)

    def _add_slots(self, part: Held, span: Span) -> None:
        end = held_until(self.trace, part, span)
        for state, share in span.shares.items():
            self.splits[part.pool.name][state].add(span.start, end, share)


def _states_inside(part: Held, trace: Trace) -> list[State]:
    """What a slot of the pool can be used for, in the order of ``State``."""
    inside = [trace.places[place] for place in part.places]
    states = {place.state for place in inside}
    if State.COMPUTING in states:
        states |= {State.CORE, State.THROTTLED} if throttled(trace) else {State.CORE}
    if any(place.phase is not None for place in inside):
        states.add(State.IO)
    states |= {state_of(lock) for place in inside for lock in place.locks}
    if any(place.lock is not None and blocked(trace, place.lock) for place in inside):
        states.add(State.BLOCKS)
    if State.GIL in states and np.isnan(trace.lock_wait).any():
        states.add(State.GIL_OR_CORE)
    return [state for state in State if state in states]


def _resource_columns(trace: Trace, count: int, step_s: float) -> dict[str, Column]:
    recorder = _Recorder(trace, count, step_s)
    for block in blocks(trace, BLOCK_ROWS):
        for span in spans(trace, block):
            recorder.add(span)
    in_use, gone = _exact_use(trace, count, step_s), _down(trace, count, step_s)
    columns: dict[str, Column] = {f"{name}: waiting": bins.mean() for name, bins in recorder.queues.items()}
    for name, split in recorder.splits.items():
        shares = {state: bins.mean(recorder.sizes[name]) for state, bins in split.items()}
        used = np.sum([np.zeros(count), *shares.values()], axis=0)
        if name in in_use:
            exact = in_use[name].mean(recorder.sizes[name])
            first = next(iter(shares))  # computing: it gets what the spans put into a neighbouring step
            shares = {state: share * exact / np.where(used > 0.0, used, 1.0) for state, share in shares.items()}
            shares[first] = np.where(used > 0.0, shares[first], exact)
            used = exact
        columns |= {f"{name}: {state.value}": share for state, share in shares.items()}
        if name in gone:
            columns[f"{name}: down"] = down = gone[name].mean(recorder.sizes[name])
            used = used + down
        columns[f"{name}: idle"] = np.maximum(1.0 - used, 0.0)
    return columns


def _down(trace: Trace, count: int, step_s: float) -> dict[str, Bins]:
    """When slots, locks and cores were away, for what was away at all."""
    found = {}
    for name, level in away_by_name(trace).items():
        found[name] = Bins(count, step_s)
        found[name].add_level(level)
    return found


def _exact_use(trace: Trace, count: int, step_s: float) -> dict[str, Bins]:
    """When locks and cores were in use. Spans know only the average of a stay during which threads took turns."""
    use = _ExactUse(trace, count, step_s)
    measure(trace, (0.0, trace.horizon_s), use.read)
    use.flush(count)
    return {name: use.up[name].joined(use.down[name]) for name in use.up} | {CORES: use.cores}


class _ExactUse:
    """The bins of locks and cores, filled part by part."""

    def __init__(self, trace: Trace, count: int, step_s: float) -> None:
        self._trace = trace
        self.up, self.down = ({lock.name: Bins(count, step_s) for lock in trace.plan.locks} for _ in range(2))
        self.cores, self._height = Bins(count, step_s), 0.0
        self._ups, self._downs = (defaultdict[tuple[str, int], list[Floats]](list) for _ in range(2))

    def read(self, part: Part) -> None:
        for name, copies in part.in_use.items():
            for copy, changes in copies.items():
                self._ups[name, copy].append(changes.up)
                self._downs[name, copy].append(changes.down)
        self.flush(int(self.cores.of(np.array([part.runnable.end]))[0]))
        level = cores_in_use(self._trace, part.runnable)
        level = throttled(self._trace).running(level, part.runnable.end)
        self.cores.add_one_by_one(level.at, np.diff(level.height, prepend=self._height))
        self._height = float(level.height[-1])

    def flush(self, step: int) -> None:
        """Add what happened before a step: within each step one copy of a lock after the other."""
        for kept, bins, change in ((self._ups, self.up, 1.0), (self._downs, self.down, -1.0)):
            for name, copy in sorted(kept):
                moments = np.concatenate(kept[name, copy])
                number = int(np.count_nonzero(bins[name].of(moments) < step))
                bins[name].add_one_by_one(moments[:number], change)
                kept[name, copy] = [moments[number:]]
