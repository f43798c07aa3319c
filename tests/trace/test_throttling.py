"""While the quota of a container is spent, what a request does has a name of its own: it is throttled."""

import pytest

from simulator.plan.words import State
from simulator.trace.request_life import life
from simulator.trace.summary import summarise
from simulator.trace.throttling import throttled
from tests.theory.test_quota import computed


def told(quota: float, work_s: float, arrivals: list[float], request: int = 0) -> list[tuple[State, float, float]]:
    """What a request did, from when to when."""
    return [(stay.state, stay.start, stay.end) for stay in life(computed(quota, work_s, arrivals), request)]


def test_a_stay_is_cut_where_the_quota_is_spent_and_where_the_next_period_begins() -> None:
    parts = told(0.5, 0.12, [0.0])
    assert [state for state, _, _ in parts] == [State.COMPUTING, State.THROTTLED] * 2 + [State.COMPUTING]
    assert [end for _, _, end in parts] == pytest.approx([0.05, 0.1, 0.15, 0.2, 0.22])


def test_two_threads_spend_the_quota_twice_as_fast() -> None:
    trace = computed(1.5, 0.2, [0.0, 0.0])
    assert throttled(trace).within(0.0, 0.3) == [pytest.approx((0.075, 0.1)), pytest.approx((0.175, 0.2))]


def test_who_stays_within_the_quota_is_never_throttled() -> None:
    assert {state for state, _, _ in told(0.5, 0.04, [0.0, 0.2])} == {State.COMPUTING}


def test_a_core_that_others_have_is_waited_for_and_not_for_the_quota() -> None:
    states = {state for state, _, _ in told(0.5, 0.02, [0.0, 0.0])}
    assert State.CORE in states
    assert State.THROTTLED not in states


def test_a_summary_says_how_long_requests_were_throttled() -> None:
    seconds = summarise(computed(0.5, 0.12, [0.0])).where_time_goes
    assert seconds[State.THROTTLED.value] == pytest.approx(0.1)
    assert seconds[State.COMPUTING.value] == pytest.approx(0.12)
    assert State.CORE.value not in seconds or seconds[State.CORE.value] == pytest.approx(0.0, abs=1e-9)


def test_without_a_quota_nothing_is_looked_for() -> None:
    assert len(throttled(computed(2.0, 0.2, [0.0]))) == 0
