"""The figures of queues, settled block by block, are those of counting by hand between all moments of a run."""

import itertools
from collections import Counter
from contextlib import AbstractContextManager
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from simulator.experiments.run import run
from simulator.plan import Accept, AcceptEagerly, Seize
from simulator.plan.resources import Lock
from simulator.trace import residence
from simulator.trace.checks import check
from simulator.trace.demands import computes_at, needs_lock_at
from simulator.trace.measures import Measures, measure
from simulator.trace.residence import server_end
from simulator.trace.table import Trace
from simulator.trace.timeline import timeline
from tests.engine.strategies import seeded_plan
from tests.engine.strategies_load import seeded_workload

Stay = tuple[float, float, int]
"""From when to when, and at which copy of the resource."""
Seconds = list[tuple[float, Counter[int]]]
"""How long each stretch without a change lasts, and how many are at each copy meanwhile."""


def in_blocks(rows: int) -> AbstractContextManager[object]:
    """Whatever is worked out meanwhile is worked out for so many requests at a time."""
    return patch.object(residence, "BLOCK_ROWS", rows)


def generated(seed: int) -> Trace:
    """A run in which much happens at the same moment, and not every request comes to every place."""
    workload = seeded_workload(seed, rows=48)
    return run(
        seeded_plan(seed), workload, redraw=lambda *, rounds, reserve: seeded_workload(seed, rows=(rounds or 1) * 48)
    )


def measured(seed: int, rows: int) -> Measures:
    with in_blocks(rows):
        return measure(generated(seed))


def stays_at(trace: Trace, index: int, copies: int = 1, among: NDArray[np.bool_] | slice = slice(None)) -> list[Stay]:
    """Every stay at a place, as the columns say it; of some requests, or of all."""
    ends, found = server_end(trace).tolist(), []
    for row in np.arange(len(trace))[among].tolist():
        moments = trace.reached[row].tolist()
        later = [moment for moment in moments[index + 1 :] if moment == moment]
        copy = max(int(trace.process[row]), 0) if copies > 1 else 0
        found.append((moments[index], later[0] if later else ends[row], copy))
    return [(start, end, copy) for start, end, copy in found if end > start]  # not where it never came


def by_hand(some: list[Stay], window: tuple[float, float]) -> Seconds:
    low, high = window
    inside = [(max(start, low), min(end, high), copy) for start, end, copy in some]
    moments = sorted({moment for start, end, _ in inside if end > start for moment in (start, end)})
    return [
        (end - start, Counter(copy for a, b, copy in inside if a <= start and end <= b))
        for start, end in itertools.pairwise(moments)
    ]


def lines(trace: Trace) -> dict[str, list[Stay]]:
    """Every queue before a backlog or a pool, with all who waited there."""
    found: dict[str, list[Stay]] = {}
    for index, place in enumerate(trace.places):
        match place.step:
            case Accept(backlog=queue) | Seize(pool=queue):
                found.setdefault(queue.name, []).extend(stays_at(trace, index))
            case AcceptEagerly(backlog=queue) if place.lock is None:
                found.setdefault(queue.name, []).extend(stays_at(trace, index))
            case _:
                pass
    return found


def computing_alone_at(trace: Trace, index: int) -> list[Stay]:
    """Every stay at a place, of those who compute there and need no lock for it."""
    everybody = np.arange(len(trace))
    computes, place = computes_at(trace, index, everybody), trace.places[index]
    needs = needs_lock_at(trace, index, place.lock, everybody) & (place.lock is not None)
    return stays_at(trace, index, 1, computes & ~needs)


STANDS = -1
"""From here downwards: a loop that somebody has, and does not compute."""


def standing_at(trace: Trace, lock: Lock) -> list[Stay]:
    """When somebody had a loop and waited for something else, or was at the GIL of threads beside it."""
    found, everybody = [], np.arange(len(trace))
    for column, (index, needed) in enumerate(trace.locked):
        place = trace.places[index]
        if needed == lock == place.lock:
            stands = needs_lock_at(trace, index, lock, everybody) & ~computes_at(trace, index, everybody)
            if len(place.locks) > 1:
                stands |= needs_lock_at(trace, index, place.locks[1], everybody)
            found += later_at(trace, index, lock, stands, trace.lock_wait[:, column])
    return found


def later_at(trace: Trace, index: int, lock: Lock, which: NDArray[np.bool_], by: NDArray[np.float64]) -> list[Stay]:
    """What is left of some stays at a place, when a part of each is over."""
    found = []
    for row in np.flatnonzero(which).tolist():
        stays = stays_at(trace, index, lock.processes, np.arange(len(trace)) == row)
        found += [(start + float(by[row]), end, copy) for start, end, copy in stays]
    return [stay for stay in found if stay[1] > stay[0]]


def at_lock(trace: Trace, lock: Lock) -> list[Stay]:
    """Every stay at a place that needs the lock, of those who compute there; of those who have a loop at its GIL."""
    everybody, found = np.arange(len(trace)), list[Stay]()
    for column, (index, needed) in enumerate(trace.locked):
        if needed == lock:
            needs = needs_lock_at(trace, index, lock, everybody)
            if lock == trace.places[index].lock:
                found += stays_at(trace, index, lock.processes, needs)
            else:
                found += later_at(trace, index, lock, needs, trace.lock_wait[:, column - 1])
    return found


@given(st.integers(0, 10**6), st.integers(1, 30))
def test_a_queue_is_as_long_as_those_who_wait_in_it(seed: int, rows: int) -> None:
    measures = measured(seed, rows)
    for name, waited in lines(measures.trace).items():
        expected = by_hand(waited, measures.window)
        queue = measures.queue(name)
        assert queue.most == max((many.total() for _, many in expected), default=0)
        assert queue.seconds == pytest.approx(sum(seconds * many.total() for seconds, many in expected))


@given(st.integers(0, 10**6), st.integers(1, 30))
def test_all_who_are_at_a_copy_of_a_lock_wait_for_it_but_those_who_may_have_it(seed: int, rows: int) -> None:
    measures = measured(seed, rows)
    for lock in measures.trace.plan.locks:
        stretches, each = by_hand(at_lock(measures.trace, lock), measures.window), lock.units // lock.processes
        have = [(seconds, many, sum(min(there, each) for there in many.values())) for seconds, many in stretches]
        waiting = [(seconds, many.total() - taken, taken) for seconds, many, taken in have]
        queue = measures.queue(lock.name)
        assert queue.most == max((number for _, number, _ in waiting), default=0)
        assert queue.seconds == pytest.approx(sum(seconds * number for seconds, number, _ in waiting), abs=1e-9)
        if lock.processes > 1:
            beside = sum(seconds * number for seconds, number, used in waiting if used < lock.units)
            assert queue.beside_free == pytest.approx(beside, abs=1e-9)


@given(st.integers(0, 10**6), st.integers(1, 30))
def test_runnable_is_who_computes_without_a_lock_and_one_at_each_copy_of_a_lock(seed: int, rows: int) -> None:
    measures, threads = measured(seed, rows), itertools.count()
    trace, found, most = measures.trace, [], dict[int, int]()
    for lock in trace.plan.locks:
        numbers = [next(threads) for _ in range(lock.processes)]
        most |= dict.fromkeys(numbers, lock.units // lock.processes)
        found += [(start, end, numbers[copy]) for start, end, copy in at_lock(trace, lock)]
        found += [(start, end, STANDS - numbers[copy]) for start, end, copy in standing_at(trace, lock)]
    for index in range(len(trace.places)):
        found += [(start, end, next(threads)) for start, end, _ in computing_alone_at(trace, index)]
    expected = by_hand(found, measures.window)
    runnable = [
        sum(min(there, most.get(thread, 1)) if thread >= 0 else -1 for thread, there in many.items())
        for _, many in expected
    ]
    assert measures.runnable.most == max(runnable, default=0)


@given(st.integers(0, 10**6), st.integers(1, 30))
def test_no_law_is_broken_where_the_parts_are_cut(seed: int, rows: int) -> None:
    trace = generated(seed)
    with in_blocks(rows):
        assert check(trace) == []


@given(st.integers(0, 10**6), st.integers(1, 30))
def test_the_run_over_time_is_the_same_to_the_last_bit_wherever_the_parts_are_cut(seed: int, rows: int) -> None:
    trace = generated(seed)
    whole = timeline(trace, 0.3)
    with in_blocks(rows):
        cut = timeline(trace, 0.3)
    assert {name: column.tolist() for name, column in cut.items()} == {
        n: column.tolist() for n, column in whole.items()
    }
