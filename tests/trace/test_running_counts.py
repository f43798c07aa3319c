"""Counting part by part finds what counting at every moment finds, wherever the parts are cut."""

from dataclasses import dataclass

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulator.trace.intervals import Floats
from simulator.trace.running_counts import Changes, RunningCount, joined, total

END = 20
HALF_PAST = np.linspace(0.5, END - 0.5, END)
"""Everything changes on whole seconds, so a second is known by its middle."""


@dataclass(frozen=True)
class Counted:
    """Some intervals, and what was said of them part by part."""

    intervals: list[tuple[float, float]]
    parts: list[Changes]

    def by_hand(self) -> list[int]:
        """How many there are in each second."""
        return [sum(start < middle < end for start, end in self.intervals) for middle in HALF_PAST.tolist()]


@st.composite
def counts(draw: st.DrawFn) -> Counted:
    """Intervals that come a little before they are due, or only when they must, and are cut anywhere."""
    moment = st.integers(0, END)
    pairs = draw(st.lists(st.tuples(moment, moment).filter(lambda pair: pair[0] != pair[1]), max_size=30))
    intervals = [(float(min(pair)), float(max(pair))) for pair in pairs]
    cuts = [float(cut) for cut in sorted(draw(st.sets(st.integers(1, END - 1), max_size=5)))]
    early = draw(st.lists(st.booleans(), min_size=len(intervals), max_size=len(intervals)))
    count, parts, begin = RunningCount(), [], 0.0
    to_come = list(zip(intervals, early, strict=True))
    for end in (*cuts, float(END)):
        now = [one for one, before_due in to_come if one[0] < end or before_due]
        to_come = [(one, False) for one, before_due in to_come if not (one[0] < end or before_due)]
        count.add(*columns(now))
        parts.append(count.settle(begin, end, last=end == END))
        begin = end
    return Counted(intervals, parts)


def columns(pairs: list[tuple[float, float]]) -> tuple[Floats, Floats]:
    table = np.array(pairs, dtype=float).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def covered(starts: Floats, ends: Floats) -> list[int]:
    """By how many of the stretches each second is covered."""
    return [int(((starts < middle) & (middle < ends)).sum()) for middle in HALF_PAST.tolist()]


@given(counts())
def test_the_most_that_were_there_is_the_highest_count_of_all_parts(counted: Counted) -> None:
    most = 0
    for part in counted.parts:
        most = part.highest(most)
    assert most == max(counted.by_hand())


@given(counts())
def test_the_parts_put_together_are_the_count_at_every_moment(counted: Counted) -> None:
    assert joined(counted.parts).values(HALF_PAST).tolist() == counted.by_hand()
    assert sum(part.seconds() for part in counted.parts) == sum(counted.by_hand())


@given(counts(), st.integers(1, 5))
def test_stretches_are_exactly_when_so_many_are_there_and_lie_apart(counted: Counted, number: int) -> None:
    found = [part.stretches(number) for part in counted.parts]
    starts, ends = (np.concatenate(each) for each in zip(*found, strict=True))
    assert covered(starts, ends) == [int(many >= number) for many in counted.by_hand()]


@given(counts())
def test_merged_it_is_one_while_anybody_is_there_and_never_changes_to_what_it_was(counted: Counted) -> None:
    merged = [part.merged() for part in counted.parts]
    assert joined(merged).values(HALF_PAST).tolist() == [min(many, 1) for many in counted.by_hand()]
    up, down = (np.concatenate(each) for each in ([part.up for part in merged], [part.down for part in merged]))
    assert np.all(down > up)
    assert np.all(up[1:] > down[:-1])


@given(counts(), st.integers(1, 5))
def test_seconds_within_stretches_are_those_of_the_seconds_in_them(counted: Counted, number: int) -> None:
    within = sum(part.seconds_within(*part.stretches(number)) for part in counted.parts)
    assert within == sum(many for many in counted.by_hand() if many >= number)


@given(counts())
def test_without_the_one_who_is_served_the_others_are_left(counted: Counted) -> None:
    most = 0
    for part in counted.parts:
        others = part.without(part.merged())
        most = others.highest(most)
        assert (
            total([others, part.merged()]).step_function().values(HALF_PAST).tolist()
            == part.step_function().values(HALF_PAST).tolist()
        )
    assert most == max(max(many - 1, 0) for many in counted.by_hand())


@given(counts(), st.integers(1, 5))
def test_limited_it_is_never_more_than_there_may_be(counted: Counted, number: int) -> None:
    limited = [part.limited(number) for part in counted.parts]
    assert joined(limited).values(HALF_PAST).tolist() == [min(many, number) for many in counted.by_hand()]
