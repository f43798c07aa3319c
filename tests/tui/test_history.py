"""One lab: changes, the way back, and results that come too late."""

import pytest

from simulator.experiments.refusal import RefusalError
from simulator.experiments.run import run_checked
from simulator.experiments.setup import Prepared, Setup
from simulator.lab.history import History
from tests.tui.labs import shown


@pytest.fixture
def history() -> History:
    return History(shown("prefork", duration="1 s"))


def with_seed(history: History, seed: int) -> Setup:
    assert history.wanted is not None
    return history.wanted.setup.with_key("seed", str(seed))


def wanted(history: History, seed: int) -> Prepared:
    found = history.change(with_seed(history, seed))
    assert found is not None
    return found


def seed_shown(history: History) -> int:
    return history.shown.playbacks[0].trace.workload.seed


def test_what_was_computed_is_shown_and_what_was_before_is_kept(history: History) -> None:
    before = history.shown
    found = wanted(history, 7)
    assert history.wanted is found is not before.prepared
    assert history.finish(found, run_checked(found, detail=True))
    assert (seed_shown(history), history.before, history.wanted) == (7, before, history.shown.prepared)


def test_a_result_that_was_overtaken_is_dropped(history: History) -> None:
    late, newer = wanted(history, 7), wanted(history, 8)
    assert history.finish(newer, run_checked(newer, detail=True))
    assert not history.finish(late, run_checked(late, detail=True))
    assert seed_shown(history) == 8


def test_the_next_change_begins_with_the_newest_setup_computed_or_not(history: History) -> None:
    wanted(history, 7)
    assert history.wanted is not None
    found = history.change(history.wanted.setup.with_key("machine.cores", "4"))
    assert found is not None
    assert (found.scenario.seed, found.scenario.machine.cores) == (7, 4)


def test_the_same_setup_again_is_no_change(history: History) -> None:
    assert history.wanted is not None
    assert history.change(history.wanted.setup) is None
    assert history.undo() is None


def test_undo_and_redo_walk_through_all_changes(history: History) -> None:
    start = history.wanted
    seven, eight = wanted(history, 7), wanted(history, 8)
    assert [history.undo(), history.undo(), history.undo()] == [seven, start, None]
    assert [history.redo(), history.redo(), history.redo()] == [seven, eight, None]


def test_a_new_change_forgets_what_was_undone(history: History) -> None:
    wanted(history, 7)
    history.undo()
    wanted(history, 9)
    assert history.redo() is None


def test_a_setup_that_cannot_be_is_refused_and_nothing_changed(history: History) -> None:
    before = history.wanted
    assert before is not None
    with pytest.raises(RefusalError, match="rate"):
        history.change(before.setup.with_key("arrivals.rate", "nonsense"))
    assert (history.wanted, history.steps_back) == (before, 0)


def test_a_run_that_failed_is_taken_back(history: History) -> None:
    before = history.wanted
    history.fail(wanted(history, 7))
    assert (history.wanted, history.steps_back, history.shown.prepared) == (before, 0, before)


def test_long_runs_are_computed_beside_the_screen(history: History) -> None:
    small, large = wanted(history, 7), history.change(with_seed(history, 7).with_key("arrivals.rate", "1000000"))
    assert large is not None
    assert history.at_once(small)
    assert not history.at_once(large)
