"""The first screen: one key begins, one key asks a question, and anything else can be chosen."""

import pytest
from textual.pilot import Pilot

from simulator.lab.first_moment import first_moment
from simulator.lab.home_menus import first_home, prospect
from simulator.lab.keys import BY_ID
from simulator.lab.lab import Lab
from simulator.lab.questions import QUESTIONS, START, Question
from simulator.stage.canvas.grid import Size
from simulator.stage.home import HomeTarget, target_at
from simulator.tui.home_screen import HomeScreen
from simulator.tui.lab_screen import LabScreen
from simulator.words.language import speak, translated
from tests.tui.conftest import SIZE, Play
from tests.tui.on_screen import picture


def home_of(pilot: Pilot[int]) -> HomeScreen:
    screen = pilot.app.screen
    assert isinstance(screen, HomeScreen)
    return screen


def lab_of(pilot: Pilot[int]) -> Lab:
    screen = pilot.app.screen
    assert isinstance(screen, LabScreen)
    return screen.lab


async def opened(pilot: Pilot[int], *keys: str) -> Lab:
    await pilot.press(*keys)
    await pilot.pause()
    return lab_of(pilot)


def titles(lab: Lab) -> list[str]:
    assert lab.shown.prepared is not None
    return [side.title for side in lab.shown.prepared.setup.sides]


def asks(lab: Lab, question: Question) -> None:
    """It watches what the question asks."""
    assert lab.shown.prepared is not None
    assert lab.shown.prepared.setup == question.setup
    assert lab.playhead.playing
    assert question.opens_s <= lab.playhead.t_s < question.worst_s
    assert lab.message == question.watch


def test_enter_begins_with_the_first_comparison_shortly_before_it_shows_something(play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        asks(await opened(pilot, "enter"), START)
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(pilot.app.screen, HomeScreen)

    play(None, played)


@pytest.mark.parametrize("number", range(len(QUESTIONS)))
def test_every_question_is_one_key_away(number: int, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        asks(await opened(pilot, str(number + 1)), QUESTIONS[number])

    play(None, played)


def test_arrows_go_through_the_questions_and_enter_opens_the_one_in_focus(play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("down", "down")
        assert "simulate compare threaded prefork --load cpu-heavy --watch --at 27.5s" in picture(pilot)
        asks(await opened(pilot, "enter"), QUESTIONS[1])

    play(None, played)


def test_tab_leads_to_the_free_choice_where_left_and_right_choose(play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("tab", "tab", "right", "down", "right")
        assert "simulate --model threaded --load spike --watch" in picture(pilot)
        lab = await opened(pilot, "enter")
        assert titles(lab) == ["threaded"]
        assert lab.playhead.t_s == pytest.approx(first_moment(lab.shown.playbacks))

    play(None, played)


def test_the_free_choice_can_be_watched_with_and_without_nginx_or_beside_another_server(play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        assert titles(await opened(pilot, "N")) == ["prefork", "nginx + prefork"]
        await pilot.press("escape")
        await pilot.pause()
        assert len(titles(await opened(pilot, "c"))) == 2

    play(None, played)


@pytest.mark.parametrize(("names", "focused"), [(("spike",), "server"), (("threaded", "nginx"), "load")])
def test_with_half_of_it_typed_already_the_other_half_is_in_focus(names: tuple[str, ...], focused: str) -> None:
    home = first_home(names)
    assert home.menu is not None
    assert home.menus[home.menu].title == focused
    words = " ".join(title for side in prospect(home).setup.sides for title in side.title.split())
    assert all(name in (words, prospect(home).setup.options.load) or name in words for name in names)


def test_a_click_selects_and_a_click_on_what_is_selected_opens_it(play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        home = home_of(pilot).home
        places = {
            target_at(home, Size(*SIZE), row, col): (col, row) for row in range(SIZE[1]) for col in range(0, SIZE[0], 4)
        }
        await pilot.click(offset=places[HomeTarget(line=3)])
        assert home_of(pilot).home.focus == 3
        servers, line = home.menus[1], home.first_menu + 1
        names = [choice.name for choice in servers.choices]
        seen = [names[each.choice] for each in places if isinstance(each, HomeTarget) and each.line == line]
        another = next(name for name in seen if name in ("coroutine", "threaded", "callback"))
        there = HomeTarget(line=line, choice=names.index(another))
        await pilot.click(offset=places[there])
        assert f"--model {another}" in picture(pilot)
        await pilot.click(offset=places[there])
        await pilot.pause()
        assert titles(lab_of(pilot)) == [another]

    play(None, played)


async def until_drawn(pilot: Pilot[int]) -> None:
    """Until a picture of the stage stands beside the line in focus."""
    for _ in range(600):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause(0.05)
        home_of(pilot).tick()
        if home_of(pilot).shows_stage:
            return
    pytest.fail("no picture of the stage")


def test_beside_a_question_stands_the_stage_at_its_worst_moment_as_soon_as_it_is_drawn(play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        await until_drawn(pilot)
        assert "prefork at 20.5 s" in picture(pilot)
        await pilot.press("down", "down", "down")
        await until_drawn(pilot)
        assert "coroutine at 11.1 s" in picture(pilot)
        await pilot.press("tab")
        await until_drawn(pilot)
        assert "prefork at 17" in picture(pilot)  # of the free choice, where there is something to see

    play(None, played)


def test_until_the_stage_is_drawn_a_sentence_says_what_will_be_seen(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.tui.home_screen.LOAD_AFTER_S", 3600.0)

    async def played(pilot: Pilot[int]) -> None:
        assert "Watch the workers" in picture(pilot)
        await pilot.press("down", "down")
        assert "Watch the cores" in picture(pilot)
        assert not home_of(pilot).shows_stage

    play(None, played)


def test_after_a_change_of_language_the_stage_beside_it_follows(play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        await until_drawn(pilot)
        await pilot.press("l")
        await until_drawn(pilot)
        assert "慢客户端" in picture(pilot)
        assert translated(START.about) in picture(pilot)
        speak("en")

    play(None, played)


def test_the_list_of_actions_has_the_questions_themselves(play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        told = [home_of(pilot).tells(BY_ID[f"question-{number}"]) for number in range(1, 7)]
        assert told == [question.asks for question in QUESTIONS]

    play(None, played)
