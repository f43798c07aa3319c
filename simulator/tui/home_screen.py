"""The first screen: begin, ask a question, or choose a load and a server, and see what happens."""

from dataclasses import replace
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from simulator.experiments.deployment import Deployment
from simulator.experiments.refusal import InvariantError, RefusalError
from simulator.experiments.setup import Setup
from simulator.lab.home_menus import (
    Prospect,
    chosen,
    first_home,
    in_next_part,
    moved,
    of_question,
    prospect,
    selected,
    turned,
    with_and_without,
    worded,
)
from simulator.lab.keys import BY_ID, Group, Key, of
from simulator.lab.last_time import LastTime, recall
from simulator.lab.palette import Command
from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.canvas.key_bar import KeyHint, KeyTarget
from simulator.stage.home import Home, home, preview_size, target_at
from simulator.tui.canvas import Canvas
from simulator.tui.previewing import Previewed, Previewer, Wanted
from simulator.tui.screen import GridScreen, Words, bindings
from simulator.words.language import language, later, said, tell
from simulator.words.numbers import short_duration

if TYPE_CHECKING:  # the first picture waits for nothing that it does not show
    from simulator.lab.lab import Lab

LOAD_AFTER_S = 0.2
ASKING_KEYS = of(Group.QUESTIONS)
QUESTION_KEYS = ASKING_KEYS[:-1]
"""All but the one for what was watched last."""
STEPS = {"select-up": -1, "select-down": 1, "back": -1, "forward": 1, "previous-pane": -1, "next-pane": 1}
HOME_KEYS = (*STEPS, "inspect", "compare", "front-beside", "help")


class HomeScreen(GridScreen):
    """What to start with, questions, and menus."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(
        *of(Group.PROGRAM), *ASKING_KEYS, *map(BY_ID.__getitem__, HOME_KEYS)
    )
    about = later("the first screen")
    words: ClassVar[Words] = {
        "select-up": (later("choose"), later("the line above")),
        "select-down": (later("choose"), later("the line below")),
        "back": (later("change"), later("the choice before, in a row of choices")),
        "forward": (later("change"), later("the next choice, in a row of choices")),
        "next-pane": (later("choose freely"), later("start, questions, free choice")),
        "previous-pane": (later("choose freely"), later("free choice, questions, start")),
        "inspect": (later("watch"), later("watch what is selected")),
        "compare": (later("compare"), later("watch the freely chosen server beside another one")),
        "front-beside": (later("compare nginx"), later("watch it with and without nginx in front, side by side")),
    }

    def __init__(self, names: tuple[str, ...] = ()) -> None:
        """With these selected, and otherwise something that is worth seeing."""
        super().__init__()
        self.home = first_home(names)
        self._loaded = False
        self._last: LastTime | None = None
        self._previewer = Previewer(self)

    def on_mount(self) -> None:
        """The first picture waits for nothing else; the rest is loaded while somebody reads it."""
        load = partial(self.run_worker, self._load_the_rest, thread=True, exit_on_error=False)
        self.set_timer(LOAD_AFTER_S, load)

    def _load_the_rest(self) -> None:
        """What the stage and a run need."""
        for name in ("simulator.tui.lab_screen", "simulator.workload.load", "simulator.lab.home_preview"):
            import_module(name)
        self._last = recall()
        self._loaded = True

    def on_screen_resume(self) -> None:
        """Somebody comes back from what was watched last."""
        super().on_screen_resume()
        self._last = recall() if self._loaded else None

    # --- drawing --------------------------------------------------------------------------------------------------

    def state(self) -> object:
        """What is selected, and whether it can be seen already."""
        wanted = self._wanted
        if self._loaded and wanted is not None:
            self._previewer.draw(wanted)
        return (self.home, self._last, wanted in self._previewer)

    def picture(self, size: Size) -> CellGrid:
        """All of it."""
        return home(self._shown, size, self.host.look)

    @property
    def _shown(self) -> Home:
        keys = self.hints("inspect", "select-down", "next-pane", "quit", "language", "help", "front-beside", "compare")
        first, last = (self.host.pressed(key.id) for key in (QUESTION_KEYS[0], QUESTION_KEYS[-1]))
        ask = KeyHint(key=f"{first}-{last}", does=tell("a question"), action=QUESTION_KEYS[0].id)
        begin = KeyHint(key=self.host.pressed("inspect"), does=tell("begin"), action="inspect")
        shown = replace(
            worded(self.home),
            keys=(keys[0], ask, *(self.hints("go-on") if self._last else ()), *keys[1:]),
            keycaps=tuple(self.host.pressed(key.id) for key in QUESTION_KEYS),
            begin=begin,
            go_on=self._go_on,
            command=prospect(self.home).command,
        )
        picture, about = self._previewer.seen(self._wanted)
        return replace(shown, preview=picture, preview_of=about)

    @property
    def _go_on(self) -> KeyHint | None:
        last = self._last
        if last is None:
            return None
        servers = " | ".join(side.title for side in last.setup.sides)
        fields = {"load": last.setup.options.load, "servers": servers, "time": short_duration(last.at_s)}
        does = tell("go on with {load}, {servers} at {time}", **fields)
        return KeyHint(key=self.host.pressed("go-on"), does=does, action="go-on")

    # --- what one would see ---------------------------------------------------------------------------------------

    @property
    def _wanted(self) -> Wanted | None:
        """The picture that belongs beside the line in focus; None where there is no room for it."""
        size, look = preview_size(worded(self.home), self.cells), self.host.look
        return (
            None
            if size is None
            else Wanted(prospect(self.home), size, (look.glyphs.name, look.theme.name), language(), look)
        )

    @property
    def shows_stage(self) -> bool:
        """Whether that picture is there."""
        return self._wanted in self._previewer

    def on_previewed(self, event: Previewed) -> None:
        """Show it."""
        self._previewer.took(event)
        self.tick()

    def tells(self, key: Key) -> str:
        """The questions themselves, for the help and the list of all actions."""
        if key in QUESTION_KEYS:
            return worded(self.home).questions[QUESTION_KEYS.index(key)].asks
        return super().tells(key)

    # --- keys and the mouse ---------------------------------------------------------------------------------------

    def perform(self, id: str) -> None:
        """Move about, or open what is selected."""
        if id in ("select-up", "select-down"):
            self.home = moved(self.home, STEPS[id])
        elif id in ("back", "forward"):
            self.home = turned(self.home, STEPS[id])
        elif id in ("next-pane", "previous-pane"):
            self.home = in_next_part(self.home, STEPS[id])
        elif id == "inspect":
            self._open(prospect(self.home))
        elif id == "compare":
            self._open(Prospect(setup=chosen(self.home)), then="compare")
        elif id == "front-beside":
            self._open(Prospect(setup=with_and_without(chosen(self.home))))
        elif id == "go-on":
            if self._last is not None:
                self._open(Prospect(setup=self._last.setup, left_s=self._last.at_s))
        elif id in BY_ID and BY_ID[id] in QUESTION_KEYS:
            self.home = replace(self.home, focus=1 + QUESTION_KEYS.index(BY_ID[id]))
            self._open(of_question(self.home.focus - 1))
        else:
            super().perform(id)

    def commands(self, typed: str = "", /) -> tuple[Command, ...]:
        """A server that is typed as it is started is watched under the load that is selected."""
        from simulator.lab.typed_line import SHOW, commands_of_line

        load = chosen(self.home).options

        def watch(side: Deployment) -> None:
            self._open(Prospect(setup=Setup(sides=(side,), options=load)))

        return (*commands_of_line(typed, {SHOW: watch}), *super().commands(typed))

    def on_canvas_pointed(self, event: Canvas.Pointed) -> None:
        """Select; what is selected already is opened."""
        found = None if event.dragged else target_at(self._shown, self.cells, event.row, event.col)
        if isinstance(found, KeyTarget):
            self.perform(found.hint.action)
        elif found is not None:
            number = found.line - self.home.first_menu
            if found.choice >= 0:
                now = selected(self.home, number, found.choice)
            else:
                now = replace(self.home, focus=found.line)
            again, self.home = now == self.home, now
            if again and (number < 0 or found.choice >= 0):
                self._open(prospect(self.home))
        self.tick()

    def _open(self, what: Prospect, then: str = "") -> None:
        """Run it, and show the stage; then a key may be pressed there."""
        from simulator.experiments.run import run_checked
        from simulator.experiments.setup import prepared
        from simulator.lab.first_moment import watched
        from simulator.lab.history import Result
        from simulator.tui.lab_screen import LabScreen

        try:
            ready = prepared(what.setup)
            shown = Result.of(run_checked(ready, detail=True), ready)
            lab: Lab = watched(shown, what.opens_s, self.host.now)
        except (RefusalError, InvariantError) as error:
            self.notify(str(error), severity="error")
            return
        if what.question is not None:
            lab.say(said(what.question.watch))
        screen = LabScreen(lab)
        self.app.push_screen(screen)
        if then:
            self.call_later(screen.perform, then)
