"""The first screen: choose a load and a server, and see what happens."""

from dataclasses import replace
from functools import partial
from importlib import import_module
from typing import ClassVar

from textual.binding import BindingType

from simulator.experiments.refusal import InvariantError, RefusalError
from simulator.experiments.setup import prepared
from simulator.lab.command_line import command_line
from simulator.lab.home_menus import chosen, first_home, moved, selected, worded
from simulator.lab.keys import BY_ID, Group, of
from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.home import home, target_at
from simulator.tui.canvas import Canvas
from simulator.tui.screen import GridScreen, Words, bindings
from simulator.words.language import later

LOAD_AFTER_S = 0.2
HOME_KEYS = ("select-up", "select-down", "back", "forward", "next-pane", "previous-pane", "inspect", "compare", "help")


class HomeScreen(GridScreen):
    """Menus side by side."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(*of(Group.PROGRAM), *map(BY_ID.__getitem__, HOME_KEYS))
    about = later("the first screen")
    words: ClassVar[Words] = {
        "select-up": (later("choose"), later("the line above")),
        "select-down": (later("choose"), later("the line below")),
        "back": (later("list"), later("the list before")),
        "forward": (later("next list"), later("the next list")),
        "next-pane": (later("list"), later("the next list")),
        "previous-pane": (later("list"), later("the list before")),
        "inspect": (later("watch"), later("watch this server under this load")),
        "compare": (later("compare"), later("watch it beside another one")),
    }

    def __init__(self, names: tuple[str, ...] = ()) -> None:
        """With these selected, and otherwise something that is worth seeing."""
        super().__init__()
        self.home = first_home(names)
        self.message = ""

    def on_mount(self) -> None:
        """The first picture waits for nothing else; the rest is loaded while somebody reads it."""
        load = partial(self.run_worker, _load_the_rest, thread=True, exit_on_error=False)
        self.set_timer(LOAD_AFTER_S, load)

    def state(self) -> object:
        """What is selected."""
        return (self.home, self.message)

    def picture(self, size: Size) -> CellGrid:
        """The menus."""
        hints = self.hints("inspect", "select-down", "forward", "quit", "compare", "help", "language")
        command = command_line(chosen(self.home), watch=True)
        return home(replace(worded(self.home), keys=hints, command=command), size, self.host.look)

    def perform(self, id: str) -> None:
        """Move in the menus, or open what is selected."""
        if id in ("select-up", "select-down"):
            self.home = moved(self.home, -1 if id == "select-up" else 1)
        elif id in ("back", "forward", "next-pane", "previous-pane"):
            step = 1 if id in ("forward", "next-pane") else -1
            self.home = replace(self.home, focus=(self.home.focus + step) % len(self.home.menus))
        elif id in ("inspect", "compare"):
            self._open(beside=id == "compare")
        else:
            super().perform(id)

    def on_canvas_pointed(self, event: Canvas.Pointed) -> None:
        """Select; what is selected already is opened."""
        found = target_at(self.home, self.cells, event.row, event.col)
        if found is None or event.dragged:
            return
        menu, choice = found
        if choice < 0:
            self.home = replace(self.home, focus=menu)
            self.tick()
            return
        again = self.home.focus == menu and self.home.menus[menu].selected == choice
        self.home = selected(self.home, menu, choice)
        if again:
            self._open(beside=False)
        self.tick()

    def _open(self, *, beside: bool) -> None:
        from simulator.experiments.run import run_checked
        from simulator.lab.first_moment import watched
        from simulator.lab.history import Result
        from simulator.tui.lab_screen import LabScreen

        try:
            ready = prepared(chosen(self.home))
            shown = Result.of(run_checked(ready, detail=True), ready)
        except (RefusalError, InvariantError) as error:
            self.notify(str(error), severity="error")
            return
        screen = LabScreen(watched(shown, now=self.host.now))
        self.app.push_screen(screen)
        if beside:
            self.call_later(screen.perform, "compare")


def _load_the_rest() -> None:
    """What the stage and a run need."""
    import_module("simulator.tui.lab_screen")
    import_module("simulator.workload.load")
    import_module("simulator.experiments.run")
