"""A terminal that answers is never sent more pictures than it takes in; one that does not is not waited for."""

import re

import pytest
from textual import events
from textual.pilot import Pilot

from simulator.experiments.options import ScreenOptions
from simulator.lab.lab import Lab
from simulator.tui.app import StageApp
from simulator.tui.lab_screen import LabScreen
from simulator.tui.opening import STILL, _opened
from simulator.tui.terminal import FAR_S, FIRST_S, LOST_S, NUMBERS, PILED_UP, REMEMBERED, Pace
from tests.tui.conftest import Play
from tests.tui.labs import ManualClock


def asked(pace: Pace) -> int:
    """Ask, and return the column that an answer will name."""
    found = re.fullmatch(r"\x1b\[1;(\d+)H\x1b\[6n", pace.ask())
    assert found is not None
    return int(found[1])


def answered(pace: Pace, now: ManualClock, after_s: float) -> None:
    column = asked(pace)
    now.pass_s(after_s)
    pace.answer(column)


def test_before_the_first_answer_one_picture_is_sent_and_no_more(now: ManualClock) -> None:
    pace = Pace(now)
    asked(pace)  # before any picture
    assert not pace.behind
    asked(pace)
    assert pace.behind


def test_a_quick_answer_to_the_first_question_which_no_picture_precedes_lets_no_second_picture_pass(
    now: ManualClock,
) -> None:
    pace = Pace(now)
    answered(pace, now, 0.001)
    asked(pace)
    assert pace.behind
    pace = Pace(now)
    answered(pace, now, 0.001)
    answered(pace, now, 0.001)  # a picture was
    asked(pace)
    assert not pace.behind


def test_a_terminal_that_never_answered_is_not_waited_for(now: ManualClock) -> None:
    pace = Pace(now)
    for _ in range(3):
        asked(pace)
    now.pass_s(FIRST_S)
    assert not pace.behind
    assert pace.waiting  # before the program ends: the first answer may be a late one
    now.pass_s(LOST_S - FIRST_S)
    assert not pace.waiting


def test_a_slow_one_gets_one_picture_at_a_time(now: ManualClock) -> None:
    pace = Pace(now)
    answered(pace, now, 2 * FAR_S)
    assert not pace.behind
    column = asked(pace)
    assert pace.behind
    pace.answer(column)
    assert not pace.behind


def test_a_quick_or_far_one_gets_the_next_while_the_last_is_on_its_way(now: ManualClock) -> None:
    pace = Pace(now)
    answered(pace, now, FAR_S / 2)  # before any picture
    answered(pace, now, FAR_S / 2)
    asked(pace)
    assert not pace.behind
    asked(pace)
    assert pace.behind


def test_a_quick_answer_does_not_make_a_slow_line_quick(now: ManualClock) -> None:
    pace = Pace(now)
    answered(pace, now, 2 * FAR_S)
    answered(pace, now, FAR_S / 10)  # a picture in which hardly anything was new
    asked(pace)
    assert pace.behind
    for _ in range(REMEMBERED):
        answered(pace, now, FAR_S / 10)
    asked(pace)
    assert not pace.behind


def test_an_answer_that_was_lost_is_not_waited_for_forever(now: ManualClock) -> None:
    pace = Pace(now)
    answered(pace, now, 2 * FAR_S)
    asked(pace)
    now.pass_s(LOST_S + 0.1)
    assert not pace.behind
    assert not pace.waiting


def test_an_answer_that_comes_late_does_not_pass_for_that_to_a_newer_question(now: ManualClock) -> None:
    pace = Pace(now)
    answered(pace, now, 2 * FAR_S)
    late = asked(pace)
    now.pass_s(LOST_S + 0.1)
    newer = asked(pace)
    pace.answer(late)
    assert pace.behind
    pace.answer(newer)
    assert not pace.behind


def test_an_answer_stands_for_all_that_was_asked_before(now: ManualClock) -> None:
    pace = Pace(now)
    answered(pace, now, FAR_S / 2)
    asked(pace)
    pace.answer(asked(pace))
    assert not pace.waiting


def test_a_line_that_takes_longer_than_answers_are_waited_for_is_waited_for_longer(now: ManualClock) -> None:
    pace = Pace(now)
    answered(pace, now, 2 * LOST_S)
    asked(pace)
    now.pass_s(2 * LOST_S)
    assert pace.behind


def test_the_cursor_is_put_only_where_the_terminal_has_a_column(now: ManualClock) -> None:
    for columns in (1, 7, NUMBERS, 10 * NUMBERS):
        pace = Pace(now)
        questions = [pace.ask(columns) for _ in range(3 * NUMBERS)]
        named = {int(re.findall(r"\d+", question)[1]) for question in questions}
        assert named == set(range(1, min(columns, NUMBERS) + 1))


def test_no_picture_is_drawn_while_the_terminal_is_behind(lab: Lab, now: ManualClock, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        app = pilot.app
        assert isinstance(app, StageApp)
        screen = app.screen
        assert isinstance(screen, LabScreen)
        column = asked(app.pace)
        now.pass_s(2 * FAR_S)
        app.post_message(events.CursorPosition(column - 1, 0))
        await pilot.pause()
        assert app.pace.answers
        lab.playhead.play()
        column = asked(app.pace)
        before = screen.pictures
        for _ in range(5):
            now.pass_s(0.1)
            screen.tick()
        assert screen.pictures == before
        app.pace.answer(column)
        screen.tick()
        assert screen.pictures == before + 1

    play(lab, played)


def test_a_terminal_that_is_late_again_and_again_is_slow_and_stays_so(now: ManualClock) -> None:
    pace = Pace(now)
    for _ in range(PILED_UP - 1):
        answered(pace, now, FAR_S)
    for _ in range(REMEMBERED):
        answered(pace, now, FAR_S / 2)
    assert not pace.slow  # a few late answers are forgotten
    for _ in range(PILED_UP):
        answered(pace, now, FAR_S)
    assert pace.slow
    for _ in range(REMEMBERED):
        answered(pace, now, FAR_S / 2)
    assert pace.slow


def test_on_a_slow_terminal_nothing_travels_from_then_on(lab: Lab, now: ManualClock, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        app = pilot.app
        assert isinstance(app, StageApp)
        screen = app.screen
        assert isinstance(screen, LabScreen)
        screen.tick()
        assert not screen.scene_now.reduced_motion
        for _ in range(PILED_UP):
            answered(app.pace, now, FAR_S)
        screen.tick()
        assert screen.scene_now.reduced_motion

    play(lab, played)


@pytest.mark.parametrize(("typed", "environ", "still"), [(True, "", True), (False, "1", True), (False, "", False)])
def test_nothing_travels_where_that_was_asked_for(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, typed: bool, environ: str, still: bool
) -> None:
    opened: list[bool] = []

    def run(app: StageApp) -> None:
        opened.append(app.reduced_motion)

    monkeypatch.setenv(STILL, environ)
    monkeypatch.setattr(StageApp, "run", run)
    _opened(lab, ScreenOptions(reduced_motion=typed))
    assert opened == [still]
