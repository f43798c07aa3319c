"""Counting how many there are at each moment."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulator.trace.intervals import Floats, concurrency, most_at_once, overlap, union

moments = st.integers(0, 20).map(float)
intervals = st.lists(st.tuples(moments, moments).map(sorted), max_size=30)


def columns(pairs: list[list[float]]) -> tuple[Floats, Floats]:
    table = np.array(pairs, dtype=float).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def test_an_interval_that_ends_where_another_begins_does_not_overlap_it() -> None:
    both = concurrency(np.array([0.0, 1.0]), np.array([1.0, 3.0]))
    assert both.maximum(0.0, 10.0) == 1.0
    assert both.integral(0.0, 10.0) == 3.0


def test_mean_and_maximum_look_only_at_the_window() -> None:
    three = concurrency(np.array([0.0, 0.0, 4.0]), np.array([2.0, 1.0, 6.0]))
    assert three.mean(1.0, 5.0) == (1.0 + 1.0) / 4.0
    assert three.maximum(1.0, 4.0) == 1.0
    assert three.maximum(2.0, 4.0) == 0.0


def test_nothing_is_zero() -> None:
    nothing = concurrency(np.empty(0), np.empty(0))
    assert (nothing.mean(0.0, 1.0), nothing.maximum(0.0, 1.0)) == (0.0, 0.0)


@given(intervals)
def test_a_level_is_what_counting_by_hand_finds(pairs: list[list[float]]) -> None:
    starts, ends = columns(pairs)
    found = concurrency(starts, ends).values(np.linspace(0.5, 20.5, 21))
    assert found.tolist() == [sum(a <= t + 0.5 < b for a, b in pairs) for t in range(21)]


@given(intervals)
def test_a_union_is_in_use_exactly_where_somebody_is(pairs: list[list[float]]) -> None:
    starts, ends = columns(pairs)
    used, many = concurrency(*union(starts, ends)), concurrency(starts, ends)
    at = np.linspace(0.5, 20.5, 21)
    assert used.values(at).tolist() == np.minimum(many.values(at), 1).tolist()


@given(intervals, moments, moments)
def test_an_overlap_is_what_the_level_adds_up_to_and_an_end_that_nobody_knows_adds_nothing(
    pairs: list[list[float]], low: float, high: float
) -> None:
    starts, ends = columns(pairs)
    expected = concurrency(starts, ends).integral(low, high)
    assert overlap(np.append(starts, [np.nan, 0.0]), np.append(ends, [20.0, np.nan]), low, high) == expected


@given(intervals)
def test_counting_in_steps_never_finds_fewer_at_once_than_there_are(pairs: list[list[float]]) -> None:
    starts, ends = columns(pairs)
    assert most_at_once(starts, ends, 20.0) >= concurrency(starts, ends).height.max(initial=0.0)


def test_intervals_far_apart_are_not_counted_at_once() -> None:
    assert most_at_once(np.array([0.0, 2.0, 4.0]), np.array([1.0, 3.0, np.nan]), 10.0) == 1
