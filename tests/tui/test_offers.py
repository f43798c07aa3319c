"""The key bar and the list of all keys: what matters most is always in sight, and nothing is offered in vain."""

import re
from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from simulator.lab.actions import perform
from simulator.lab.key_lists import bar, hints, key_menu
from simulator.lab.keys import BY_ID
from simulator.lab.lab import Lab, open_lab
from simulator.lab.offers import offers
from simulator.lab.scenes import scene
from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.canvas.key_bar import put_keys
from simulator.stage.canvas.key_menu import key_at
from simulator.stage.canvas.look import GLYPH_SETS, Look
from simulator.tui.screen import GridScreen, HelpScreen
from simulator.words.language import Language, speaking
from tests.tui.conftest import Play
from tests.tui.labs import ManualClock, setup_of, shown
from tests.tui.on_screen import picture

SIZES = ((80, 24), (120, 36), (200, 50), (40, 12))
SERVERS = (("prefork",), ("coroutine",), ("threaded+nginx:processes=2",), ("prefork", "dev-server", "callback"))


def pressed(id: str) -> str:
    return BY_ID[id].shown


def bar_of(lab: Lab, width: int) -> str:
    grid = CellGrid(width, 1)
    put_keys(grid, 0, hints(lab, pressed))
    return grid.text(0).rstrip()


def offered(lab: Lab) -> set[str]:
    return {each for offer in offers(lab) for each in offer.ids}


# --- the key bar --------------------------------------------------------------------------------------------------


def test_at_80_columns_the_bar_has_the_keys_that_matter_most(lab: Lab) -> None:
    assert bar_of(lab, 80) == (" space play  n nginx  + - workers  enter one request  j next moment  ? all keys")


def test_at_120_columns_it_has_the_best_ones_too(lab: Lab) -> None:
    lab.playhead.play()
    keys = re.split(r" {2,}", bar_of(lab, 120).strip())
    assert [each.split()[0] for each in keys] == ["space", "n", "+", "enter", "j", "c", "h", "v", "e", "?"]


STATES: dict[str, Callable[[Lab], None]] = {
    "paused": lambda lab: None,
    "playing": lambda lab: lab.playhead.play(),
    "the list of knobs is open": lambda lab: perform(lab, "panel"),
    "broken": lambda lab: setattr(lab, "broken", "a law is broken"),
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [40, 80, 120, 200])
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("servers", SERVERS, ids=" ".join)
def test_the_way_to_all_keys_stands_at_the_right_end_in_every_state(
    servers: tuple[str, ...], state: str, width: int, language: Language, now: ManualClock
) -> None:
    lab = open_lab(shown(*servers), now)
    STATES[state](lab)
    with speaking(language):
        words = {"en": "? all keys", "zh": "? 全部按键"}[language]
        grid = CellGrid(width, 1)
        put_keys(grid, 0, hints(lab, pressed))
        assert grid.text(0).endswith(f"{words} ")


def test_what_the_bar_offers_depends_on_what_is_open(two: Lab) -> None:
    assert "tab server" in bar_of(two, 80)
    perform(two, "panel")
    assert bar_of(two, 80).startswith(" up down choose  left right turn")
    assert bar(two)[-1].ids == ("help",)


def test_of_a_run_that_was_saved_nothing_can_be_changed_and_nothing_offers_it(now: ManualClock) -> None:
    from simulator.lab.history import Result

    lab = open_lab(Result.of((shown("prefork").playbacks[0].trace,)), now)
    assert not offered(lab) & {"front", "larger", "more-load", "kill", "compare", "panel", "copy"}
    assert bar_of(lab, 80).startswith(" space play  enter one request  j next moment")


def test_keys_that_would_turn_nothing_are_not_offered(now: ManualClock) -> None:
    alike = ("clients.phone.up=20MB/s", "clients.office.up=20MB/s")
    lab = open_lab(shown("prefork", set=alike), now)
    assert "more-slow" not in offered(lab)
    assert "more-load" in offered(lab)


def test_servers_side_by_side_have_keys_that_one_alone_does_not_need(lab: Lab, two: Lab) -> None:
    assert {"next-pane", "zoom-pane", "fewer-panes"} <= offered(two)
    assert not {"next-pane", "zoom-pane", "fewer-panes"} & offered(lab)


def test_undo_is_offered_once_there_is_something_to_undo(lab: Lab) -> None:
    assert "undo" not in offered(lab)
    perform(lab, "more-load")
    assert "undo" in offered(lab)
    perform(lab, "undo")
    assert "redo" in offered(lab)


def test_before_a_class_only_time_is_offered_and_the_way_back(lab: Lab) -> None:
    perform(lab, "present")
    assert scene(lab).presenting
    assert bar_of(lab, 80).startswith(" space play  j next moment  J moment before  F all again")
    perform(lab, "present")
    assert not scene(lab).presenting


# --- the list of all keys -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("glyphs", GLYPH_SETS)
@pytest.mark.parametrize("servers", SERVERS, ids=" ".join)
def test_everything_that_is_offered_is_on_some_page_and_no_word_is_cut(
    servers: tuple[str, ...], glyphs: str, size: tuple[int, int], language: Language, now: ManualClock
) -> None:
    lab, look = open_lab(shown(*servers), now), Look(GLYPH_SETS[glyphs])
    with speaking(language):
        pages = []
        for page in range(12):
            lab.menu_page = page
            grid = CellGrid(*size)
            key_menu(lab, pressed).draw(grid, look)
            pages.append("\n".join(map(grid.text, range(grid.height))))
        seen = "\n".join(pages)
        assert look.glyphs.more not in seen
        for offer in offers(lab):
            assert offer.words in seen, offer
            assert any(offer.group.upper() in page for page in pages)


def test_at_80_by_24_all_keys_of_a_server_are_on_one_page(lab: Lab) -> None:
    grid = CellGrid(80, 24)
    key_menu(lab, pressed).draw(grid, Look())
    assert "1/" not in str(grid)
    assert "put nginx in front" in str(grid)


def test_one_press_does_what_is_listed_and_the_list_is_closed(lab: Lab, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("colon")
        assert "put nginx in front" in picture(pilot)
        await pilot.press("n")
        await pilot.pause()
        assert setup_of(lab).sides[0].fronts
        assert "ALL KEYS" not in picture(pilot)

    play(lab, played)


def test_a_question_mark_lists_the_keys_and_a_second_one_opens_the_help(lab: Lab, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("question_mark")
        assert "ALL KEYS" in picture(pilot)
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(pilot.app.screen, HelpScreen)
        await pilot.press("escape")
        await pilot.pause()
        assert lab.menu_page is None

    play(lab, played)


def test_in_a_small_terminal_its_pages_are_turned(lab: Lab, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("f2")
        first = picture(pilot)
        assert "1/" in first
        await pilot.press("pagedown")
        assert "2/" in picture(pilot)
        await pilot.press("pageup")
        assert picture(pilot) == first

    play(lab, played, size=(40, 12))


def test_a_click_on_a_line_does_it_and_one_beside_the_list_closes_it(lab: Lab, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, GridScreen)
        await pilot.press("colon")
        size, menu = Size(120, 36), key_menu(lab, screen.host.pressed)
        cells = ((row, col) for row in range(36) for col in range(120))
        row, col = next(cell for cell in cells if (hint := key_at(menu, size, cell, Look())) and hint.action == "kill")
        await pilot.click("Canvas", offset=(col + 8, row))
        await pilot.pause()
        assert len(lab.shown.prepared.scenario.timeline) == 1  # type: ignore[union-attr]
        await pilot.press("colon")
        await pilot.click("Canvas", offset=(1, 1))
        await pilot.pause()
        assert lab.menu_page is None

    play(lab, played)
