"""The stage: one to four servers under the same requests, played, paused, rewound, and changed while one looks.

What to watch: nothing here decides what happens or what it looks like. Keys go to ``actions``, the picture comes from
``simulator.stage``, and setups are run at once or, where that takes long, in a thread beside the screen.
"""

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from simulator.lab import actions
from simulator.lab.keys import KEYS
from simulator.lab.lab import Sitting
from simulator.lab.panel import WIDTH, line_at, panel_grid
from simulator.lab.scenes import bar, first_taken, lane_ref, request_on, scene
from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import wrapped
from simulator.stage.frame import frame, visible_lanes
from simulator.stage.scene import Scene
from simulator.tui.canvas import Canvas
from simulator.tui.mouse import point
from simulator.tui.screen import GridScreen, bindings
from simulator.tui.simulating import Broken, Computed, Runner

if TYPE_CHECKING:  # saving needs much that nothing else needs
    from simulator.lab.export_menu import ExportMenu
    from simulator.tui.saving import Saved, Saver

LEAST_STAGE = 50
"""With fewer columns left beside it, the list of knobs has the screen to itself."""
SHOWING = ("inspect", "charts", "source", "export")
"""What shows more of the run."""
SELECTING = ("select-up", "select-down", "next-pane", "previous-pane", "zoom-pane")


class LabScreen(GridScreen):
    """Draws what is watched, and runs what is wanted."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(*KEYS)
    about = "the stage"

    def __init__(self, sitting: Sitting) -> None:
        """Show this sitting."""
        super().__init__()
        self.sitting = sitting
        self.menu: ExportMenu | None = None
        self._runner = Runner(self, sitting)
        sitting.compute = self._runner.compute

    # --- drawing --------------------------------------------------------------------------------------------------

    def state(self) -> object:
        """The moment, and everything that was chosen."""
        self.sitting.expire()
        if self._has_saved:
            self._saver.report()
        return (self.sitting.version, self.sitting.clock.t_s, self.sitting.clock.playing, self.sitting.busy, self.menu)

    def picture(self, size: Size) -> CellGrid:
        """The stage, and beside it the list of knobs if it is open."""
        grid = CellGrid(*size)
        stage = self._stage_size(size)
        lines = wrapped(self.sitting.broken or self.sitting.message, max(stage.width - 2, 1))
        if not self.sitting.broken:
            scene_now, covered = self.scene_now, self.sitting.panel is not None and stage == size
            if len(lines) > 1 or covered:
                scene_now = replace(scene_now, message="")  # too long for the log, or nobody would see all of it there
            grid.blit(frame(scene_now, stage, self.stage.look), 0, 0)
        panel = self.sitting.panel_state()
        if panel is not None:
            width = min(WIDTH, size.width)
            grid.blit(panel_grid(panel, (width, size.height), self.stage.look), 0, size.width - width)
        _insist(grid, lines, stage.width)
        if self.menu is not None:
            self.menu.draw(grid, self.stage.look)
        return grid

    @property
    def scene_now(self) -> Scene:
        """What the stage shows."""
        return scene(self.sitting, self.hints(*bar(self.sitting)))

    def _stage_size(self, size: Size) -> Size:
        if self.sitting.panel is None or size.width - WIDTH < LEAST_STAGE:
            return size
        return Size(size.width - WIDTH, size.height)

    # --- keys -----------------------------------------------------------------------------------------------------

    def perform(self, id: str) -> None:
        """Give the key to whoever it belongs to."""
        if self.menu is not None:
            self._in_menu(id)
        elif id in actions.ACTIONS:
            actions.perform(self.sitting, id)
            if id in SELECTING:
                self._keep_in_sight()
        elif id == "leave" and self._stopped_or_closed():
            pass  # the stage itself stays
        elif id in SHOWING:
            if not self.sitting.broken:
                self._open(id)
        elif id in ("page-up", "page-down"):
            self._scroll(-1 if id == "page-up" else 1)
        elif id == "copy":
            self._copy()
        else:
            if id == "leave" and not self.stage.can_leave:
                self.sitting.say("nothing is open; q quits")
            super().perform(id)
        self.sitting.touch()

    def _stopped_or_closed(self) -> bool:
        """End what goes on above the stage: a film that is being made, or else the list of knobs."""
        if self._has_saved and self._saver.stop():
            return True
        closed, self.sitting.panel = self.sitting.panel is not None, None
        return closed

    def _open(self, id: str) -> None:
        from simulator.tui.reading_screens import ChartsScreen, SourceScreen

        if id == "charts":
            self.app.push_screen(ChartsScreen(self.sitting))
        elif id == "source":
            self.app.push_screen(SourceScreen(self.sitting))
        elif id == "export":
            from simulator.lab.export_menu import ExportMenu

            self.menu = ExportMenu.opened(self.sitting.clock)
        else:
            self._inspect_selected()

    def _inspect_selected(self) -> None:
        sitting = self.sitting
        lane = lane_ref(sitting, sitting.focus)
        if lane is None:
            sitting.look(lane=first_taken(sitting, sitting.focus))
            lane = lane_ref(sitting, sitting.focus)
        if lane is None:
            sitting.say("no request is on any lane now")
            return
        request = request_on(sitting.shown.playbacks[sitting.focus], lane, sitting.clock.t_s)
        if request is None:
            sitting.say(f"nobody is on {lane.group} {lane.lane} now")
        else:
            self._inspect(request)

    def _inspect(self, request: int) -> None:
        from simulator.tui.reading_screens import InspectScreen

        self.app.push_screen(InspectScreen(self.sitting, request))

    def _copy(self) -> None:
        prepared = self.sitting.shown.prepared
        if prepared is None:
            self.sitting.say("this run was saved or measured: there is no command that computes it")
            return
        from simulator.lab.command_line import command_line

        command = command_line(prepared.setup)
        self.app.copy_to_clipboard(command)
        self.sitting.say(f"copied: {command}")

    def _in_menu(self, id: str) -> None:
        menu = self.menu
        assert menu is not None  # the caller has looked
        self.menu = menu.after(id)
        if id == "inspect":
            from simulator.lab.export import Wanted
            from simulator.stage.pictures import Drawn

            drawn = Drawn(size=self._stage_size(self.cells), look=self.stage.look)
            self._saver.save(Wanted(kind=menu.kind, scene=self.scene_now, drawn=drawn, film=menu.film))
        elif id == "quit":
            super().perform(id)

    # --- lanes in sight -------------------------------------------------------------------------------------------

    def _keep_in_sight(self) -> None:
        """Scroll as far as needed to see the selected lane."""
        lane = self.sitting.pane.lane
        if lane is None or not all(self.cells):
            return
        shown = visible_lanes(self.scene_now, self._stage_size(self.cells), self.sitting.focus)
        if lane < shown.start:
            self.sitting.look(first=lane)
        elif len(shown) and lane >= shown.stop:
            self.sitting.look(first=lane - len(shown) + 1)

    def _scroll(self, pages: float) -> None:
        shown = visible_lanes(self.scene_now, self._stage_size(self.cells), self.sitting.focus)
        lines = round(pages * max(len(shown) - 1, 1)) if abs(pages) >= 1 else (1 if pages > 0 else -1)
        self.sitting.look(first=max(shown.start + lines, 0))
        self.sitting.touch()

    # --- the mouse ------------------------------------------------------------------------------------------------

    def on_canvas_wheel(self, event: Canvas.Wheel) -> None:
        """Scroll through the lanes."""
        self._scroll(event.lines / 2)
        self.tick()

    def on_canvas_pointed(self, event: Canvas.Pointed) -> None:
        """Select, inspect, seek, or choose from the list."""
        sitting, cells = self.sitting, self.cells
        panel = sitting.panel_state()
        if panel is not None and event.col >= cells.width - min(WIDTH, cells.width):
            line = line_at(panel, cells.height, event.row)
            sitting.panel = sitting.panel if line is None else line
        elif self.menu is None and not self.sitting.broken:
            cell = (event.row, event.col)
            pressed = point(sitting, self.scene_now, self._stage_size(cells), cell, dragged=event.dragged)
            if pressed.request is not None:
                self._inspect(pressed.request)
            elif pressed.action:
                self.perform(pressed.action)
        sitting.touch()
        self.tick()

    # --- running and saving ---------------------------------------------------------------------------------------

    def on_computed(self, event: Computed) -> None:
        """A thread is through."""
        self._runner.show(event)
        self.tick()

    def on_broken(self, event: Broken) -> None:
        """The run contradicts itself: whatever shows it is closed."""
        self.sitting.distrust(event.run, event.why)
        if self.sitting.broken and self in self.app.screen_stack:
            self.menu = None
            while self.app.screen is not self:
                self.app.pop_screen()
        self.tick()

    @cached_property
    def _saver(self) -> "Saver":
        from simulator.tui.saving import Saver

        return Saver(self, self.sitting)

    @property
    def _has_saved(self) -> bool:
        """Whether anything was ever saved from this screen."""
        return "_saver" in self.__dict__

    def on_saved(self, event: "Saved") -> None:
        """A file is there, or why it is not."""
        self._saver.show(event)
        self.tick()


def _insist(grid: CellGrid, message: list[str], width: int) -> None:
    """A message is read in full even where the stage has no room for it, or the list of knobs is above it."""
    if all(any(line in grid.text(row) for row in range(grid.height)) for line in message):
        return
    for row, line in enumerate(message, max(grid.height - 1 - len(message), 0)):
        grid.fill(row, 0, 1, width, style=Style.ACCENT)
        grid.put(row, 1, line, Style.ACCENT)
