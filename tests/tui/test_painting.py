"""What is painted, when, and when not."""

import gc

import pytest
from rich.color import Color
from textual.pilot import Pilot

from simulator.lab.lab import Lab
from simulator.stage.canvas.glyphs import ASCII
from simulator.stage.canvas.grid import CellGrid
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.style import Ground, Style
from simulator.stage.canvas.themes import DARK, MONO
from simulator.stage.scene import Caption
from simulator.tui.canvas import Row
from simulator.tui.lab_screen import LabScreen
from tests.tui.conftest import Play
from tests.tui.labs import ManualClock
from tests.tui.on_screen import picture


def test_a_paused_picture_is_not_painted_again(lab: Lab, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, LabScreen)
        screen.tick()
        before = (screen.pictures, screen.canvas.rows_painted)
        for _ in range(20):
            screen.tick()
        assert (screen.pictures, screen.canvas.rows_painted) == before

    play(lab, played)


def test_while_it_plays_only_rows_that_change_are_painted(lab: Lab, now: ManualClock, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, LabScreen)
        lab.playhead.play()
        screen.tick()
        before = screen.canvas.rows_painted
        now.pass_s(0.05)
        screen.tick()
        assert 0 < screen.canvas.rows_painted - before < screen.cells.height

    play(lab, played)


def test_rows_that_are_no_longer_shown_do_not_wait_for_the_garbage_collector(
    lab: Lab, now: ManualClock, play: Play
) -> None:
    async def played(pilot: Pilot[int]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, LabScreen)
        lab.playhead.play()
        gc.disable()
        try:
            alive = rows_alive()
            before = screen.canvas.rows_painted
            while screen.canvas.rows_painted < before + 4 * screen.cells.height:
                now.pass_s(0.1)
                screen.tick()
                await pilot.pause()
            assert rows_alive() <= alive + screen.cells.height
        finally:
            gc.enable()

    play(lab, played)


def rows_alive() -> int:
    return sum(isinstance(each, Row) for each in gc.get_objects())


def test_a_terminal_shows_the_ground_behind_a_cell(lab: Lab, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, LabScreen)
        grid = CellGrid(*screen.cells)
        grid.put(0, 0, "abcd", Style.STRONG)
        grid.lay(0, 2, 1, 2, Ground.CLIENTS)
        screen.canvas.show(grid)
        plain, laid, _ = screen.canvas.render_line(0)
        assert (plain.text, laid.text) == ("ab", "cd")
        assert plain.style is not None
        assert laid.style is not None
        assert (plain.style.bgcolor, laid.style.bgcolor) == tuple(
            Color.parse(DARK.colours(Style.STRONG, ground)[1]) for ground in (Ground.BACK, Ground.CLIENTS)
        )

    play(lab, played)


def test_a_message_goes_away_after_some_seconds(lab: Lab, now: ManualClock, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("u")
        assert "nothing was changed yet" in picture(pilot)
        now.pass_s(60.0)
        pilot.app.screen.tick()  # type: ignore[attr-defined]
        assert "nothing was changed yet" not in picture(pilot)

    play(lab, played)


@pytest.mark.parametrize("size", [(120, 36), (80, 24), (40, 12)])
def test_a_message_is_read_in_full_also_while_the_list_of_knobs_is_open(
    size: tuple[int, int], lab: Lab, play: Play
) -> None:
    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("a")
        lab.say("the first words of a message that has quite a few of them, and the last")
        pilot.app.screen.tick()  # type: ignore[attr-defined]
        assert "the first words" in picture(pilot)
        assert "and the last" in picture(pilot)
        assert picture(pilot).count("the first words") == 1

    play(lab, played, size=size)


@pytest.mark.parametrize("size", [(120, 36), (80, 24), (40, 12), (240, 67), (20, 5), (1, 1)])
def test_the_picture_has_the_size_of_the_terminal_also_after_it_changed(
    size: tuple[int, int], two: Lab, play: Play
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


def test_the_ascii_look_shows_no_other_character_than_those_of_the_load(two: Lab, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        for key in ("a", "h", "escape", "v", "escape", "f1", "f1", "escape", "e"):
            await pilot.press(key)
            await pilot.pause()
            strange = {character for character in picture(pilot) if not character.isascii()}
            assert strange <= set("上传图片小"), key

    play(two, played, look=Look(ASCII))


def test_without_colours_no_cell_has_one(two: Lab, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, LabScreen)
        for row in range(screen.cells.height):
            for segment in screen.canvas.render_line(row):
                assert segment.style is not None
                assert (segment.style.color, segment.style.bgcolor) == (None, None)

    play(two, played, look=Look(theme=MONO))


def test_a_caption_is_on_the_screen_when_its_moment_comes(lab: Lab, now: ManualClock, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        lab.captions = (Caption(at_s=1.0, text="Watch worker 3"),)
        lab.playhead.seek(0.9)
        lab.playhead.play()
        pilot.app.screen.tick()  # type: ignore[attr-defined]
        assert "Watch worker 3" not in picture(pilot)
        now.pass_s(0.2)
        pilot.app.screen.tick()  # type: ignore[attr-defined]
        assert "Watch worker 3" in picture(pilot)

    play(lab, played)
