"""Every key of the stage, pressed in a running application with a clock that stands still."""

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from simulator.app.stage.frame import target_at
from simulator.app.stage.glyphs import ASCII
from simulator.app.stage.look import Look
from simulator.app.stage.palette import MONO
from simulator.app.stage.target import LaneTarget, Target, TimeTarget
from simulator.app.tui.actions import ACTIONS
from simulator.app.tui.app import StageApp
from simulator.app.tui.canvas import Canvas
from simulator.app.tui.help_screen import HelpScreen
from simulator.app.tui.home_screen import HomeScreen
from simulator.app.tui.keys import BY_ID, KEYS
from simulator.app.tui.lab_screen import LabScreen
from simulator.app.tui.reading_screens import ChartsScreen, InspectScreen, SourceScreen
from simulator.app.tui.screen import GridScreen
from simulator.app.tui.sitting import Sitting, begin
from tests.tui.conftest import Play
from tests.tui.sittings import Manual, shown

Seen = Callable[[Sitting, StageApp], object]
BEGIN_S = 1.5


def setup_of(sitting: Sitting) -> object:
    assert sitting.shown.prepared is not None
    return sitting.shown.prepared.setup


EFFECTS: dict[str, Seen] = {
    **{key.id: lambda sitting, app: setup_of(sitting) for key in KEYS if key.id in ACTIONS},
    "play": lambda sitting, app: sitting.clock.playing,
    **{
        name: lambda sitting, app: sitting.clock.t_s
        for name in ("step-back", "step", "back", "forward", "start", "end", "jump")
    },
    **{name: lambda sitting, app: sitting.clock.speed for name in ("slower", "faster")},
    **{name: lambda sitting, app: sitting.pane.lane for name in ("select-up", "select-down")},
    **{name: lambda sitting, app: sitting.pane.first for name in ("page-up", "page-down")},
    **{name: lambda sitting, app: sitting.focus for name in ("next-pane", "previous-pane")},
    **{name: lambda sitting, app: sitting.column_s for name in ("finer", "coarser")},
    "zoom-pane": lambda sitting, app: sitting.zoomed,
    "log-scale": lambda sitting, app: sitting.log_s,
    "panel": lambda sitting, app: sitting.panel,
    **{name: lambda sitting, app: sitting.message for name in ("redo", "remove", "undo", "copy", "leave")},
    **{name: lambda sitting, app: type(app.screen) for name in ("charts", "source", "help", "inspect")},
    "export": lambda sitting, app: app.screen.menu if isinstance(app.screen, LabScreen) else None,
    "glyphs": lambda sitting, app: app.look.glyphs,
    "theme": lambda sitting, app: app.look.theme,
    "quit": lambda sitting, app: app.is_running,
}
FROM_ELSEWHERE = {"page-up": "page-down"}
"""Keys that do nothing before another one was pressed."""
pressed_keys = pytest.mark.parametrize(
    ("name", "pressed"), [(key.id, each) for key in KEYS for each in key.keys.split(",")]
)


@pytest.fixture
def two(now: Manual) -> Sitting:
    """Two servers with more lanes than fit, somewhere in the run, a busy lane selected."""
    sitting = begin(shown("prefork:workers=64", "threaded", rate="100"), now)
    sitting.clock.seek(BEGIN_S)
    holders = sitting.shown.playbacks[0].at(BEGIN_S).pools[0].request
    sitting.look(lane=int((holders >= 0).argmax()))
    return sitting


def test_the_table_of_keys_and_the_effects_tested_here_are_the_same() -> None:
    assert set(EFFECTS) == {key.id for key in KEYS}


@pressed_keys
def test_every_key_does_what_it_is_for(name: str, pressed: str, two: Sitting, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        app = pilot.app
        assert isinstance(app, StageApp)
        if name in FROM_ELSEWHERE:
            await pilot.press(BY_ID[FROM_ELSEWHERE[name]].keys)
        before = EFFECTS[name](two, app)
        await pilot.press(pressed)
        await app.workers.wait_for_complete()
        if name == "quit":
            assert app.return_value == 0
        else:
            await pilot.pause()
            assert EFFECTS[name](two, app) != before

    play(two, played, size=(120, 30))


@pytest.mark.parametrize(
    ("name", "screen"),
    [("charts", ChartsScreen), ("source", SourceScreen), ("help", HelpScreen), ("inspect", InspectScreen)],
)
@pytest.mark.parametrize("size", [(120, 36), (80, 24), (40, 12), (240, 67), (10, 3)])
def test_every_screen_opens_scrolls_and_closes_at_every_size(
    name: str, screen: type[GridScreen], size: tuple[int, int], two: Sitting, play: Play
) -> None:
    async def played(pilot: Pilot[int]) -> None:
        await pilot.press(BY_ID[name].keys.split(",")[0])
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


def test_a_paused_picture_is_not_painted_again(sitting: Sitting, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, LabScreen)
        screen.tick()
        before = (screen.pictures, screen.canvas.rows_painted)
        for _ in range(20):
            screen.tick()
        assert (screen.pictures, screen.canvas.rows_painted) == before

    play(sitting, played)


def test_while_it_plays_only_rows_that_change_are_painted(sitting: Sitting, now: Manual, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, LabScreen)
        sitting.clock.play()
        screen.tick()
        before = screen.canvas.rows_painted
        now.pass_s(0.05)
        screen.tick()
        assert 0 < screen.canvas.rows_painted - before < screen.cells.height

    play(sitting, played)


def test_a_message_goes_away_after_some_seconds(sitting: Sitting, now: Manual, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("u")
        assert "nothing was changed yet" in picture(pilot)
        now.pass_s(60.0)
        pilot.app.screen.tick()  # type: ignore[attr-defined]
        assert "nothing was changed yet" not in picture(pilot)

    play(sitting, played)


@pytest.mark.parametrize("size", [(120, 36), (80, 24), (40, 12), (240, 67), (20, 5), (1, 1)])
def test_the_picture_has_the_size_of_the_terminal_also_after_it_changed(
    size: tuple[int, int], two: Sitting, play: Play
) -> None:
    async def played(pilot: Pilot[int]) -> None:
        await pilot.resize_terminal(*size)
        await pilot.pause()
        screen = pilot.app.screen
        assert isinstance(screen, LabScreen)
        assert screen.canvas.grid is not None
        assert (screen.canvas.grid.width, screen.canvas.grid.height) == size
        assert all(screen.canvas.render_line(row).cell_length == size[0] for row in range(size[1]))

    play(two, played)


def test_the_ascii_look_shows_no_other_character_than_those_of_the_load(two: Sitting, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        for key in ("a", "h", "escape", "v", "escape", "question_mark", "escape", "e"):
            await pilot.press(key)
            await pilot.pause()
            strange = {character for character in picture(pilot) if not character.isascii()}
            assert strange <= set("上传图片小"), key

    play(two, played, look=Look(ASCII))


def test_without_colours_no_cell_has_one(two: Sitting, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, LabScreen)
        for row in range(screen.cells.height):
            for segment in screen.canvas.render_line(row):
                assert segment.style is not None
                assert (segment.style.color, segment.style.bgcolor) == (None, None)

    play(two, played, look=Look(theme=MONO))


# --- the mouse ----------------------------------------------------------------------------------------------------


def row_of(app: StageApp, col: int, kind: type[Target]) -> int:
    """The lowest row with such a thing in that column."""
    screen = app.screen
    assert isinstance(screen, LabScreen)
    rows = reversed(range(screen.cells.height))
    return next(row for row in rows if isinstance(target_at(screen.scene_now, screen.cells, row, col), kind))


def test_a_click_on_a_lane_selects_it_and_opens_the_request_that_is_there(now: Manual, play: Play) -> None:
    sitting = begin(shown("prefork:workers=1", rate="200"), now)
    sitting.clock.seek(BEGIN_S)

    async def clicked(pilot: Pilot[int]) -> None:
        assert isinstance(pilot.app, StageApp)
        await pilot.click("Canvas", offset=(2, row_of(pilot.app, 2, LaneTarget)))
        await pilot.pause()
        assert isinstance(pilot.app.screen, InspectScreen)
        assert sitting.pane.lane == 0

    play(sitting, clicked)


def test_a_click_on_the_time_bar_seeks_and_dragging_goes_on(two: Sitting, play: Play) -> None:
    async def clicked(pilot: Pilot[int]) -> None:
        assert isinstance(pilot.app, StageApp)
        row = row_of(pilot.app, 40, TimeTarget)
        await pilot.click("Canvas", offset=(40, row))
        await pilot.pause()
        first_s = two.clock.t_s
        pilot.app.screen.query_one(Canvas).post_message(Canvas.Pointed(row, 80, dragged=True))
        await pilot.pause()
        assert two.clock.t_s > first_s != BEGIN_S

    play(two, clicked)


def test_a_click_in_the_list_of_knobs_selects_the_line(sitting: Sitting, play: Play) -> None:
    async def clicked(pilot: Pilot[int]) -> None:
        await pilot.press("a")
        await pilot.click("Canvas", offset=(100, 3))
        await pilot.pause()
        assert sitting.panel == 2

    play(sitting, clicked)


# --- computing and saving -----------------------------------------------------------------------------------------


def test_a_long_run_is_computed_beside_the_screen_and_keys_go_on(
    sitting: Sitting, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.app.tui.session.AT_ONCE_S", -1.0)

    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("plus", "plus", "plus")
        await pilot.press("right")
        assert sitting.clock.t_s == 1.0
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert sitting.shown.playbacks[0].trace.plan.pools[0].size == 7
        assert not sitting.busy

    play(sitting, played)


@pytest.mark.parametrize("kind", range(8))
def test_everything_on_the_menu_can_be_saved(kind: int, sitting: Sitting, play: Play, tmp_path: Path) -> None:
    sitting.clock.seek(3.9)

    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("e", *["down"] * kind, "enter")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert sitting.message.startswith("saved ")
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert files
        assert all(path.stat().st_size for path in files)

    play(sitting, played, size=(80, 24))


def test_saving_where_nothing_may_be_written_says_so(
    sitting: Sitting, play: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()

    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("e", "enter")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert "cannot" in sitting.message

    play(sitting, played)


def test_nothing_can_be_turned_on_a_run_that_was_measured(now: Manual, play: Play) -> None:
    first = shown("prefork")
    sitting = begin(type(first)(prepared=None, playbacks=first.playbacks), now)

    async def played(pilot: Pilot[int]) -> None:
        for key in KEYS:
            if key.id in ACTIONS:
                await pilot.press(key.keys.split(",")[0])
        assert sitting.shown.playbacks is first.playbacks
        await pilot.press("space")
        assert isinstance(pilot.app.screen, LabScreen)

    play(sitting, played)


# --- the first screen ---------------------------------------------------------------------------------------------


def test_the_first_screen_opens_what_was_chosen_and_escape_leads_back(play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        assert isinstance(pilot.app.screen, HomeScreen)
        await pilot.press("right", "down", "enter")
        await pilot.pause()
        lab = pilot.app.screen
        assert isinstance(lab, LabScreen)
        assert lab.sitting.shown.playbacks[0].trace.labels["model"] == "threaded"
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(pilot.app.screen, HomeScreen)

    play(None, played)


def test_the_palette_finds_actions_by_their_sentence(sitting: Sitting, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("ctrl+p")
        await pilot.pause()
        commands = list(pilot.app.get_system_commands(pilot.app.screen_stack[-2]))
        half = next(command for command in commands if command.title.startswith("half as many"))
        half.callback()
        assert sitting.session.steps_back == 1

    play(sitting, played)


def picture(pilot: Pilot[int]) -> str:
    screen = pilot.app.screen
    assert isinstance(screen, GridScreen)
    return str(screen.canvas.grid)
