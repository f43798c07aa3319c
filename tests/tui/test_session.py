"""One sitting: changes, the way back, and results that come too late."""

import pytest

from simulator.experiments.refusal import RefusalError
from simulator.experiments.run import run_checked
from simulator.experiments.setup import Prepared, Setup
from simulator.lab.history import Session
from tests.tui.sittings import shown


@pytest.fixture
def session() -> Session:
    return Session(shown("prefork", duration="1 s"))


def with_seed(session: Session, seed: int) -> Setup:
    assert session.wanted is not None
    return session.wanted.setup.with_key("seed", str(seed))


def wanted(session: Session, seed: int) -> Prepared:
    found = session.change(with_seed(session, seed))
    assert found is not None
    return found


def seed_shown(session: Session) -> int:
    return session.shown.playbacks[0].trace.workload.seed


def test_what_was_computed_is_shown_and_what_was_before_is_kept(session: Session) -> None:
    before = session.shown
    found = wanted(session, 7)
    assert session.pending
    assert session.finish(found, run_checked(found, detail=True))
    assert (seed_shown(session), session.before, session.pending) == (7, before, False)


def test_a_result_that_was_overtaken_is_dropped(session: Session) -> None:
    late, newer = wanted(session, 7), wanted(session, 8)
    assert session.finish(newer, run_checked(newer, detail=True))
    assert not session.finish(late, run_checked(late, detail=True))
    assert seed_shown(session) == 8


def test_the_next_change_begins_with_the_newest_setup_computed_or_not(session: Session) -> None:
    wanted(session, 7)
    assert session.wanted is not None
    found = session.change(session.wanted.setup.with_key("machine.cores", "4"))
    assert found is not None
    assert (found.scenario.seed, found.scenario.machine.cores) == (7, 4)


def test_the_same_setup_again_is_no_change(session: Session) -> None:
    assert session.wanted is not None
    assert session.change(session.wanted.setup) is None
    assert session.undo() is None


def test_undo_and_redo_walk_through_all_changes(session: Session) -> None:
    start = session.wanted
    seven, eight = wanted(session, 7), wanted(session, 8)
    assert [session.undo(), session.undo(), session.undo()] == [seven, start, None]
    assert [session.redo(), session.redo(), session.redo()] == [seven, eight, None]


def test_a_new_change_forgets_what_was_undone(session: Session) -> None:
    wanted(session, 7)
    session.undo()
    wanted(session, 9)
    assert session.redo() is None


def test_a_setup_that_cannot_be_is_refused_and_nothing_changed(session: Session) -> None:
    before = session.wanted
    assert before is not None
    with pytest.raises(RefusalError, match="rate"):
        session.change(before.setup.with_key("arrivals.rate", "nonsense"))
    assert (session.wanted, session.steps_back) == (before, 0)


def test_a_run_that_failed_is_taken_back(session: Session) -> None:
    before = session.wanted
    session.fail(wanted(session, 7))
    assert (session.wanted, session.steps_back, session.pending) == (before, 0, False)


def test_long_runs_are_computed_beside_the_screen(session: Session) -> None:
    small, large = wanted(session, 7), session.change(with_seed(session, 7).with_key("arrivals.rate", "1000000"))
    assert large is not None
    assert session.at_once(small)
    assert not session.at_once(large)
