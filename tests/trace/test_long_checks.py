"""A long run is checked too: each row of it, and the laws over time at its beginning and at its end."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from simulator.experiments.deployment_words import pane
from simulator.experiments.options import RunOptions
from simulator.experiments.refusal import InvariantError
from simulator.experiments.run import check_laws, run_unchecked
from simulator.experiments.setup import Setup, prepared
from simulator.plan import Outcome
from simulator.trace import checks
from simulator.trace.checks import check, stretches
from simulator.trace.holding import held_parts
from simulator.trace.table import Trace

REQUESTS = 12_000
EARLY, MIDDLE, LATE = 100, REQUESTS // 2, REQUESTS - 100
"""Rows."""
STRETCH = 3000


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is called long, so that nobody waits: in proportion to what it is."""
    monkeypatch.setattr(checks, "WHOLE", 10_000)
    monkeypatch.setattr(checks, "STRETCH", STRETCH)


@cache
def run(word: str, rate: int, requests: int = REQUESTS) -> Trace:
    options = RunOptions(load="mixed", rate=str(rate), duration=f"{requests / rate} s")
    (trace,) = run_unchecked(prepared(Setup(sides=(pane(word),), options=options)), detail=True)
    return trace


@pytest.fixture
def long(short: None) -> Trace:
    """One of the runs below, to be broken."""
    trace = run("threaded", 30)
    columns: dict[str, Any] = {name: np.array(column) for name, column in trace.rows(slice(None)).items()}
    return replace(trace, **columns)


def test_so_many_requests_are_checked_and_a_late_mistake_is_noticed() -> None:
    trace = run("prefork", 30, 250_000)
    assert len(trace) > checks.WHOLE
    assert check(trace) == []
    trace.slot[-5000:] = 0
    assert check(trace) != []


@pytest.mark.parametrize("rate", [30, 150], ids=["calm", "overloaded"])
@pytest.mark.parametrize(
    "word", ["prefork", "threaded", "threaded:accept=eager,processes=2", "coroutine", "prefork+nginx"]
)
def test_a_long_run_has_nothing_wrong_with_it(word: str, rate: int, short: None) -> None:
    assert check(run(word, rate)) == []


def test_the_laws_over_time_are_checked_where_the_run_begins_and_where_it_ends(short: None) -> None:
    trace = run("threaded", 30)
    (first, (begin, until)), (last, (since, end)) = stretches(trace)
    assert len(first) == pytest.approx(STRETCH, rel=0.02)
    assert len(last) == pytest.approx(STRETCH, rel=0.02)
    assert (begin, end) == (0.0, trace.horizon_s)
    assert first.arrival.max() < until < since < np.fmax(last.left, last.finished).min()


def never_ended(trace: Trace, row: int) -> None:
    trace.outcome[row] = Outcome.OPEN


def back_in_time(trace: Trace, row: int) -> None:
    trace.reached[row, 3] = 0.0


def no_such_slot(trace: Trace, row: int) -> None:
    trace.slot[row] = 1000


def never_left(trace: Trace, row: int) -> None:
    trace.left[row] = np.nan


@pytest.mark.parametrize("row", [EARLY, MIDDLE, LATE], ids=["early", "in the middle", "late"])
@pytest.mark.parametrize("spoil", [never_ended, back_in_time, no_such_slot, never_left], ids=lambda s: s.__name__)
def test_what_is_wrong_with_one_row_is_noticed_wherever_it_is(
    long: Trace, spoil: Callable[[Trace, int], None], row: int
) -> None:
    spoil(long, row)
    with pytest.raises(InvariantError, match="contradicts itself"):
        check_laws(long)


def a_slot_for_two(trace: Trace, rows: slice) -> None:
    trace.slot[rows] = 0


def waited_for_a_free_lock(trace: Trace, rows: slice) -> None:
    trace.lock_wait[rows] += 0.001


@pytest.mark.parametrize("begin", [0, REQUESTS - 1000], ids=["early", "late"])
@pytest.mark.parametrize("spoil", [a_slot_for_two, waited_for_a_free_lock], ids=lambda s: s.__name__)
def test_a_law_over_time_that_breaks_at_either_end_is_noticed(
    long: Trace, spoil: Callable[[Trace, slice], None], begin: int
) -> None:
    spoil(long, slice(begin, begin + 1000))
    with pytest.raises(InvariantError, match="contradicts itself"):
        check_laws(long)


def test_slots_that_were_held_for_longer_than_there_was_time_are_noticed_over_the_whole_run(long: Trace) -> None:
    held = np.flatnonzero(long.slot[:, 0] >= 0)[MIDDLE : MIDDLE + 500]
    column = held_parts(long, long.places)[0].takings[0].freed_at
    long.reached[held, column:] = long.horizon_s
    long.left[held] = long.finished[held] = long.horizon_s
    assert any("slots were held" in sentence for sentence in check(long))
