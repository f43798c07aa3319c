"""A terminal that answers is never sent more pictures than it takes in; one that does not is not waited for."""

from textual import events
from textual.pilot import Pilot

from simulator.app.tui.app import StageApp
from simulator.app.tui.lab_screen import LabScreen
from simulator.app.tui.pace import FAR_S, LOST_S, Pace
from simulator.app.tui.sitting import Sitting
from tests.tui.conftest import Play
from tests.tui.sittings import Manual


def answered(pace: Pace, now: Manual, after_s: float) -> None:
    pace.ask()
    now.pass_s(after_s)
    pace.answer()


def test_a_terminal_that_never_answered_is_not_waited_for(now: Manual) -> None:
    pace = Pace(now)
    for _ in range(3):
        pace.ask()
    assert not pace.behind
    assert not pace.waiting


def test_a_slow_one_gets_one_picture_at_a_time(now: Manual) -> None:
    pace = Pace(now)
    answered(pace, now, 2 * FAR_S)
    assert not pace.behind
    pace.ask()
    assert pace.behind
    pace.answer()
    assert not pace.behind


def test_a_quick_or_far_one_gets_the_next_while_the_last_is_on_its_way(now: Manual) -> None:
    pace = Pace(now)
    answered(pace, now, FAR_S / 2)
    pace.ask()
    assert not pace.behind
    pace.ask()
    assert pace.behind


def test_an_answer_that_was_lost_is_not_waited_for_forever(now: Manual) -> None:
    pace = Pace(now)
    answered(pace, now, 2 * FAR_S)
    pace.ask()
    now.pass_s(LOST_S + 0.1)
    assert not pace.behind


def test_no_picture_is_drawn_while_the_terminal_is_behind(sitting: Sitting, now: Manual, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        app = pilot.app
        assert isinstance(app, StageApp)
        screen = app.screen
        assert isinstance(screen, LabScreen)
        app.pace.ask()
        now.pass_s(2 * FAR_S)
        while app.pace.waiting or not app.pace.answers:
            app.post_message(events.CursorPosition(0, 0))
            await pilot.pause()
        sitting.clock.play()
        app.pace.ask()
        before = screen.pictures
        for _ in range(5):
            now.pass_s(0.1)
            screen.tick()
        assert screen.pictures == before
        app.pace.answer()
        screen.tick()
        assert screen.pictures == before + 1

    play(sitting, played)
