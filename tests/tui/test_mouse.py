"""What can be done with the mouse."""

from textual.pilot import Pilot

from simulator.lab.lab import Lab, open_lab
from simulator.stage.frame import target_at
from simulator.stage.scene import LaneTarget, Target, TimeTarget
from simulator.tui.app import StageApp
from simulator.tui.canvas import Canvas
from simulator.tui.inspect_screen import InspectScreen
from simulator.tui.lab_screen import LabScreen
from tests.tui.conftest import Play
from tests.tui.labs import BEGIN_S, ManualClock, shown


def row_of(app: StageApp, col: int, kind: type[Target]) -> int:
    """The lowest row with such a thing in that column."""
    screen = app.screen
    assert isinstance(screen, LabScreen)
    rows = reversed(range(screen.cells.height))
    return next(row for row in rows if isinstance(target_at(screen.scene_now, screen.cells, row, col), kind))


def test_a_click_on_a_lane_selects_it_and_opens_the_request_that_is_there(now: ManualClock, play: Play) -> None:
    lab = open_lab(shown("prefork:workers=1", rate="200"), now)
    lab.playhead.seek(BEGIN_S)

    async def clicked(pilot: Pilot[int]) -> None:
        assert isinstance(pilot.app, StageApp)
        await pilot.click("Canvas", offset=(4, row_of(pilot.app, 4, LaneTarget)))
        await pilot.pause()
        assert isinstance(pilot.app.screen, InspectScreen)
        assert lab.pane.lane == 0

    play(lab, clicked)


def test_a_click_on_the_time_bar_seeks_and_dragging_goes_on(two: Lab, play: Play) -> None:
    async def clicked(pilot: Pilot[int]) -> None:
        assert isinstance(pilot.app, StageApp)
        row = row_of(pilot.app, 40, TimeTarget)
        await pilot.click("Canvas", offset=(40, row))
        await pilot.pause()
        first_s = two.playhead.t_s
        pilot.app.screen.query_one(Canvas).post_message(Canvas.Pointed(row, 80, dragged=True))
        await pilot.pause()
        assert two.playhead.t_s > first_s != BEGIN_S

    play(two, clicked)


def test_a_click_in_the_list_of_knobs_selects_the_line(lab: Lab, play: Play) -> None:
    async def clicked(pilot: Pilot[int]) -> None:
        await pilot.press("a")
        await pilot.click("Canvas", offset=(100, 3))
        await pilot.pause()
        assert lab.panel == 2

    play(lab, clicked)
