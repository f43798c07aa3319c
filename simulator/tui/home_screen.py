"""The first screen: choose a load and a server, and see what happens."""

from dataclasses import replace
from functools import partial
from importlib import import_module
from typing import ClassVar

from textual.binding import BindingType

from simulator.experiments.catalogue import fronts, server, servers
from simulator.experiments.deployment import Deployment, configured
from simulator.experiments.options import RunOptions
from simulator.experiments.refusal import InvariantError, RefusalError
from simulator.experiments.setup import Setup, prepared, with_front
from simulator.lab.command_line import command_line
from simulator.lab.keys import BY_ID, Group, of
from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.home import Choice, Home, Menu, home, target_at
from simulator.tui.canvas import Canvas
from simulator.tui.screen import GridScreen, Words, bindings

FIRST = ("slow-clients", "prefork")
"""What is selected at the start: the load and server that show most at one glance."""
LOAD_AFTER_S = 0.2
HOME_KEYS = ("select-up", "select-down", "back", "forward", "next-pane", "previous-pane", "inspect", "compare", "help")


class HomeScreen(GridScreen):
    """Menus side by side."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(*of(Group.PROGRAM), *map(BY_ID.__getitem__, HOME_KEYS))
    about = "the first screen"
    words: ClassVar[Words] = {
        "select-up": ("choose", "the line above"),
        "select-down": ("choose", "the line below"),
        "back": ("list", "the list before"),
        "forward": ("next list", "the next list"),
        "next-pane": ("list", "the next list"),
        "previous-pane": ("list", "the list before"),
        "inspect": ("watch", "watch this server under this load"),
        "compare": ("compare", "watch it beside another one"),
    }

    def __init__(self) -> None:
        """With something selected that is worth seeing."""
        super().__init__()
        menus = tuple(_on(menu, FIRST) for menu in offers())
        self.home = Home(menus=menus)
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
        hints = self.hints("inspect", "select-down", "forward", "quit", "compare", "help")
        command = command_line(self._chosen(), watch=True)
        return home(replace(self.home, keys=hints, command=command), size, self.stage.look)

    def perform(self, id: str) -> None:
        """Move in the menus, or open what is selected."""
        if id in ("select-up", "select-down"):
            self._move(-1 if id == "select-up" else 1)
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
        self._select(menu, choice)
        if again:
            self._open(beside=False)
        self.tick()

    def _move(self, lines: int) -> None:
        menu = self.home.menus[self.home.focus]
        self._select(self.home.focus, (menu.selected + lines) % len(menu.choices))

    def _select(self, number: int, choice: int) -> None:
        menus = list(self.home.menus)
        menus[number] = replace(menus[number], selected=choice)
        self.home = replace(self.home, menus=tuple(menus), focus=number)

    def _chosen(self) -> Setup:
        chosen = {menu.title: menu.choices[menu.selected].name for menu in self.home.menus}
        model = server(chosen[SERVER])
        side = Deployment(model=model, config=configured(model, {}))
        if any(front.name == chosen[FRONT] for front in fronts()):
            side = with_front(side, chosen[FRONT])
        return Setup(sides=(side,), options=RunOptions(load=chosen[LOAD]))

    def _open(self, *, beside: bool) -> None:
        from simulator.experiments.run import run_checked
        from simulator.lab.history import Shown
        from simulator.lab.lab import begin
        from simulator.trace.playback import Playback
        from simulator.tui.lab_screen import LabScreen

        try:
            ready = prepared(self._chosen())
            shown = Shown(prepared=ready, playbacks=tuple(map(Playback, run_checked(ready, detail=True))))
        except (RefusalError, InvariantError) as error:
            self.notify(str(error), severity="error")
            return
        lab = LabScreen(begin(shown, self.stage.now))
        lab.sitting.clock.play()
        self.app.push_screen(lab)
        if beside:
            self.call_later(lab.perform, "compare")


def _load_the_rest() -> None:
    """What the stage and a run need."""
    import_module("simulator.tui.lab_screen")
    import_module("simulator.workload.load")
    import_module("simulator.experiments.run")


def _on(menu: Menu, names: tuple[str, ...]) -> Menu:
    place = next((i for i, choice in enumerate(menu.choices) if choice.name in names), 0)
    return replace(menu, selected=place)


# What the first screen offers: the shipped loads with their stories, the servers with their ideas.

NOTHING = Choice(name="nothing", idea="Clients connect to the server itself.")
LOAD, SERVER, FRONT = "Load: what arrives", "Server: who is to cope with it", "In front of the server"
"""Titles of the menus, in this order."""


def offers() -> tuple[Menu, ...]:
    """Loads, servers, and what can stand in front of one; read from the shipped scenarios and the models."""
    from simulator.workload.shipped_scenarios import shipped, told

    loads = tuple(Choice(name=name, idea=first_sentence(told(name).story)) for name in shipped())
    models = tuple(Choice(name=model.name, idea=first_sentence(model.claim)) for model in servers())
    before = (NOTHING, *(Choice(name=model.name, idea=first_sentence(model.claim)) for model in fronts()))
    return (
        Menu(title=LOAD, choices=loads),
        Menu(title=SERVER, choices=models),
        Menu(title=FRONT, choices=before),
    )


def first_sentence(text: str) -> str:
    """Up to the first full stop or question mark that ends a word, in one line."""
    words = text.split()
    for number, word in enumerate(words, 1):
        if word.endswith((".", "?")):
            return " ".join(words[:number])
    return " ".join(words)
