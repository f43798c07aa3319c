"""The screens around the stage open, do what they are for at every size, and close again."""

import pytest
from textual.pilot import Pilot

from simulator.lab import scenes as staging
from simulator.lab.keys import BY_ID
from simulator.lab.lab import Lab, open_lab
from simulator.lab.scenes import scene
from simulator.stage.canvas.grid import Size
from simulator.stage.canvas.look import GLYPH_SETS, THEMES, Look
from simulator.stage.frame import frame
from simulator.tui.inspect_screen import InspectScreen
from simulator.tui.lab_screen import LabScreen
from simulator.tui.reading_screens import ChartsScreen, SourceScreen
from simulator.tui.screen import GridScreen, HelpScreen
from tests.tui.conftest import Play
from tests.tui.labs import ManualClock, setup_of, shown


@pytest.mark.parametrize(
    ("name", "screen"),
    [("charts", ChartsScreen), ("source", SourceScreen), ("help", HelpScreen), ("inspect", InspectScreen)],
)
@pytest.mark.parametrize(
    "size",
    [(80, 24), (10, 3), *(pytest.param(size, marks=pytest.mark.slow) for size in ((120, 36), (40, 12), (240, 67)))],
)
def test_every_screen_opens_scrolls_and_closes_at_every_size(
    name: str, screen: type[GridScreen], size: tuple[int, int], two: Lab, play: Play
) -> None:
    async def played(pilot: Pilot[int]) -> None:
        await pilot.press(*[BY_ID[name].keys.split(",")[0]] * (2 if name == "help" else 1))
        await pilot.pause()
        assert isinstance(pilot.app.screen, screen)
        await pilot.press("down", "tab", "pagedown", "up", "shift+tab")
        grid = pilot.app.screen.canvas.grid
        assert grid is not None
        assert (grid.width, grid.height) == size
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(pilot.app.screen, LabScreen)

    play(two, played, size=size)


def test_the_request_whose_life_was_looked_at_last_is_followed_on_the_stage(two: Lab, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("enter")
        await pilot.pause()
        screen = pilot.app.screen
        assert isinstance(screen, InspectScreen)
        first = screen.request
        assert [view.selected_request for view in scene(two).views] == [first, first]
        await pilot.press("tab", "escape")
        assert [view.selected_request for view in scene(two).views] == [first + 1, first + 1]

    play(two, played)


def test_in_the_source_tab_goes_through_the_files_and_then_to_the_next_server(two: Lab, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("v")
        await pilot.pause()
        screen = pilot.app.screen
        assert isinstance(screen, SourceScreen)
        seen = [(two.focus, screen.alone)]
        for _ in range(7):
            await pilot.press("tab")
            seen.append((two.focus, screen.alone))
        assert seen == [(0, None), (0, 0), (0, 1), (1, None), (1, 0), (1, 1), (1, 2), (0, None)]
        await pilot.press("shift+tab")
        assert (two.focus, screen.alone) == (1, 2)

    play(two, played, size=(80, 24))


def test_in_the_source_long_lines_can_be_scrolled_sideways_and_the_bar_says_how(two: Lab, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("v", "tab")
        await pilot.pause()
        screen = pilot.app.screen
        assert isinstance(screen, SourceScreen)
        before, setup = str(screen.canvas.grid), setup_of(two)
        assert "> right" in before
        await pilot.press("greater_than_sign")
        assert str(screen.canvas.grid) != before
        await pilot.press("less_than_sign")
        assert str(screen.canvas.grid) == before
        assert setup_of(two) is setup

    play(two, played, size=(80, 24))


def test_the_palette_finds_actions_by_their_name_and_by_what_they_do(lab: Lab, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        for typed in ("shrink", "half as many"):
            await pilot.press("ctrl+p", *(each.replace(" ", "space") for each in typed))
            await pilot.app.workers.wait_for_complete()
            await pilot.press("enter")
            await pilot.pause()
        assert lab.history.steps_back == 2

    play(lab, played)


@pytest.mark.parametrize(
    ("server", "size"),
    [
        ("prefork:workers=1", "1 worker"),
        ("threaded:threads=8", "8 threads"),
        ("threaded:processes=2,threads=8", "2 processes of 8 threads each"),
        ("callback:processes=3", "3 processes"),
        ("dev-server", "1 process"),
    ],
)
def test_the_name_of_a_server_says_how_large_all_of_it_is(server: str, size: str, now: ManualClock) -> None:
    assert staging.scene(open_lab(shown(server), now)).views[0].note == size


@pytest.mark.parametrize("id", ["help", "leave"])
def test_a_key_that_comes_after_its_screen_was_closed_does_not_close_the_next_one(
    id: str, lab: Lab, play: Play
) -> None:
    async def played(pilot: Pilot[int]) -> None:
        stage = pilot.app.screen
        await pilot.press("h", "question_mark")
        help_screen = pilot.app.screen
        assert isinstance(help_screen, HelpScreen)
        help_screen.action_do(id)
        charts = pilot.app.screen
        assert charts is not stage
        help_screen.action_do(id)
        assert pilot.app.screen is charts

    play(lab, played)


def test_a_request_of_several_servers_is_shown_under_each_of_them_and_z_shows_one_alone(
    now: ManualClock, play: Play
) -> None:
    lab = open_lab(shown("prefork:workers=1", "coroutine", rate="100"), now)
    lab.playhead.seek(2.0)

    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("enter")
        await pilot.pause()
        screen = pilot.app.screen
        assert isinstance(screen, InspectScreen)
        both = str(screen.canvas.grid)
        assert " A PREFORK" in both
        assert " B COROUTINE" in both
        assert "Under B " in both
        await pilot.press("L")
        assert str(screen.canvas.grid) != both
        await pilot.press("z")
        assert " B COROUTINE" not in str(screen.canvas.grid)
        await pilot.press("z", "tab")
        assert f"request #{screen.request}" in str(screen.canvas.grid)

    play(lab, played)


def test_servers_beside_one_another_say_whose_costs_they_have_where_these_differ(now: ManualClock) -> None:
    def costs(*words: str, **options: object) -> list[str]:
        return [view.costs for view in scene(open_lab(shown(*words, **options), now=now)).views]

    assert costs("prefork", "prefork:profile=uwsgi") == ["costs of gunicorn-sync", "costs of uwsgi"]
    assert costs("prefork", "prefork:workers=2") == ["", ""]
    assert costs("prefork", "coroutine", profile="mini") == ["costs of mini", "costs of mini"]


def test_the_frame_of_a_server_says_whose_costs_it_has_as_far_as_there_is_room(now: ManualClock) -> None:
    two = scene(open_lab(shown("prefork", "prefork:profile=uwsgi"), now=now))
    look = Look(GLYPH_SETS["unicode"], THEMES["dark"])
    assert "A  prefork  4 workers  costs of gunicorn-sync" in frame(two, Size(120, 36), look).text(1)
    assert "prefork · 4 workers" in frame(two, Size(80, 24), look).text(0)
