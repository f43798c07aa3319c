"""Everything that is said of a state or of an outcome is said, and can be told from what is said of the others."""

import numpy as np
import pytest

from simulator.plan.words import Loss, Need, Outcome, State, lost_by, needing
from simulator.trace.outcomes import failed
from simulator.trace.playback.activity import OF_STATE, Activity


@pytest.mark.parametrize("what", ["value", "one", "several"])
def test_no_two_states_are_called_the_same(what: str) -> None:
    said = [getattr(state, what) for state in State]
    assert all(said)
    assert len(set(said)) == len(said)


def test_every_state_needs_one_thing_and_every_need_is_some_state() -> None:
    assert sorted(state for need in Need for state in needing(need)) == sorted(State)
    assert all(needing(need) for need in Need)


def test_every_state_has_a_rank_in_a_lane_of_its_own() -> None:
    assert len(set(OF_STATE.values())) == len(State)
    assert {activity.state for activity in Activity} == {None, *State}


def test_outcomes_are_numbered_from_zero_and_no_two_are_called_the_same() -> None:
    assert list(Outcome) == list(range(len(Outcome)))  # a column of them is counted by its numbers
    assert len({outcome.words for outcome in Outcome}) == len(Outcome)


def test_a_request_failed_unless_it_is_open_or_completed() -> None:
    fine = [Outcome.OPEN, Outcome.COMPLETED]
    lost = [outcome for loss in Loss for outcome in lost_by(loss)]
    assert sorted([*fine, *lost]) == list(Outcome)
    assert failed(np.array(Outcome, np.int8)).tolist() == [outcome not in fine for outcome in Outcome]
