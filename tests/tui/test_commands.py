"""What the palette lists: servers, loads and moments in plain words, and everything that keys do."""

import pytest
from textual.pilot import Pilot

from simulator.lab.commands import commands
from simulator.lab.keys import BY_ID, KEYS
from simulator.lab.lab import Lab, open_lab
from simulator.lab.palette import Command, Press, found
from simulator.stage.canvas.look import THEMES, Look
from simulator.tui.app import StageApp
from simulator.words.language import language, speaking, translated
from tests.tui.conftest import Play
from tests.tui.labs import ManualClock, setup_of, shown


def listed(lab: Lab) -> tuple[Command, ...]:
    return commands(lab, [(key, translated(key.about)) for key in KEYS], Look())


def words(lab: Lab, typed: str = "") -> list[str]:
    return [each.command.words for each in found(listed(lab), typed)]


def choose(lab: Lab, typed: str) -> None:
    """What enter does with the first line."""
    deed = found(listed(lab), typed)[0].command.deed
    assert callable(deed)
    deed()


@pytest.fixture
def crash(now: ManualClock) -> Lab:
    return open_lab(shown("threaded", "coroutine", load="crash"), now)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("show thr", "show threaded"),
        ("nginx", "put nginx in front"),
        ("load: spike", "load: spike, A spike"),
        ("compare with cor", "compare with coroutine"),
        ("pause", "play"),
        ("kill the worker", "kill the worker of the selected lane"),
        ("light", "theme: light"),
        ("中文", "language: 中文"),
        ("shrink", "half as many workers, threads or cores from here on"),
        ("largest queue", "go to the largest crowd, at"),
    ],
)
def test_what_somebody_would_type_finds_it_first(typed: str, first: str, lab: Lab) -> None:
    assert next(iter(words(lab, typed)), "").startswith(first)


def test_plain_words_and_the_name_of_the_action_find_the_same_line(lab: Lab) -> None:
    assert words(lab, "slow-io") == words(lab, "all I/O ten times")


def test_what_matters_most_comes_first_and_leaving_last(lab: Lab) -> None:
    lines = words(lab)
    assert lines[:3] == ["play", "put nginx in front", BY_ID["front-beside"].about]
    assert lines.index("show threaded") < lines.index("load: spike, A spike") < lines.index("one second back")
    assert lines[-1] == "leave the program"


def test_while_it_plays_the_same_line_is_to_pause(lab: Lab) -> None:
    lab.playhead.play()
    assert words(lab)[0] == "pause"


def test_the_crash_can_be_gone_to_and_what_happens_to_one_server_says_to_which(crash: Lab) -> None:
    assert words(crash, "go to the crash")[0].startswith("go to the crash, at 20")  # of both: it is in the load
    choose(crash, "go to the crash")
    assert crash.playhead.t_s == pytest.approx(20.0, abs=0.1)
    choose(crash, "the largest crowd of B")
    assert crash.focus == 1
    assert "most" in crash.message


def test_another_server_is_shown_in_the_place_of_the_one_in_focus(lab: Lab) -> None:
    choose(lab, "show threaded")
    assert [side.model.name for side in setup_of(lab).sides] == ["threaded"]
    assert "show threaded" not in words(lab)


def test_a_server_is_put_beside_it_and_shown_alone_again(lab: Lab) -> None:
    choose(lab, "compare with coroutine")
    assert [side.model.name for side in setup_of(lab).sides] == ["prefork", "coroutine"]
    choose(lab, "show prefork alone")
    assert [side.model.name for side in setup_of(lab).sides] == ["prefork"]


def test_the_same_server_is_shown_twice_as_large(lab: Lab) -> None:
    choose(lab, "prefork with 8 workers")
    assert setup_of(lab).sides[0].config.workers == 8
    assert "show prefork with 16 workers" in words(lab)


def test_another_load_begins_at_its_start_and_forgets_what_was_turned(lab: Lab) -> None:
    lab.playhead.seek(2.0)
    choose(lab, "load: spike")
    assert setup_of(lab).options.load == "spike"
    assert setup_of(lab).options.set == ()
    assert lab.playhead.t_s == 0.0
    assert "load: spike, A spike" not in words(lab)


def test_of_a_run_that_was_saved_no_other_server_or_load_is_offered(now: ManualClock) -> None:
    from simulator.lab.history import Result

    lines = words(open_lab(Result.of((shown("prefork").playbacks[0].trace,)), now))
    assert not [line for line in lines if line.startswith(("show ", "compare with", "load:", "put nginx"))]
    assert "play" in lines


def test_no_key_that_would_do_nothing_is_listed(lab: Lab) -> None:
    pressed = {each.deed.id for each in listed(lab) if isinstance(each.deed, Press)}
    assert "undo" not in pressed
    assert "next-pane" not in pressed
    assert {"more-load", "kill", "finer", "page-down"} <= pressed


def test_it_speaks_the_language_of_now_and_is_found_in_it(lab: Lab) -> None:
    with speaking("zh"):
        assert words(lab, "换成")[0] == "换成 callback"
        assert words(lab, "前面放")[0] == "前面放 nginx"
        assert words(lab, "English")[0] == "语言：English"


def test_what_is_typed_nowhere_is_found_nowhere(lab: Lab) -> None:
    assert words(lab, "qqzz") == []


def test_themes_and_languages_are_chosen_by_name(lab: Lab, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        assert isinstance(pilot.app, StageApp)
        for typed in ("theme: light", "language"):
            await pilot.press("ctrl+p", *({" ": "space", ":": "colon"}.get(each, each) for each in typed))
            await pilot.app.workers.wait_for_complete()
            await pilot.press("enter")
            await pilot.pause()
        assert pilot.app.look.theme is THEMES["light"]
        assert language() == "zh"

    play(lab, played)


def test_the_first_screen_has_its_keys_and_the_looks_in_it_too(play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        assert isinstance(pilot.app, StageApp)
        await pilot.press("ctrl+p", *"mono")
        await pilot.app.workers.wait_for_complete()
        await pilot.press("enter")
        await pilot.pause()
        assert pilot.app.look.theme is THEMES["mono"]

    play(None, played)
