"""What can be done with the mouse."""

from textual.pilot import Pilot

from simulator.lab.lab import Sitting, begin
from simulator.stage.frame import target_at
from simulator.stage.scene import LaneTarget, Target, TimeTarget
from simulator.tui.app import StageApp
from simulator.tui.canvas import Canvas
from simulator.tui.lab_screen import LabScreen
from simulator.tui.reading_screens import InspectScreen
from tests.tui.conftest import Play
from tests.tui.sittings import BEGIN_S, Manual, shown


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
