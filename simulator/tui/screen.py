"""A screen that is one grid: drawn when something changed, and only then.

What to watch: ``tick`` comes as often as pictures are wanted. It asks what the picture depends on, and where that is
the same as last time, or where the terminal has not taken in the last pictures yet, it does nothing. As long as nothing
changes it comes only now and then, so that a paused screen costs nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.timer import Timer

from simulator.lab.keys import BY_ID, KEYS, Group, Key, of
from simulator.lab.palette import Command, Press, Speak, Wear, of_keys, of_looks
from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.canvas.key_bar import KeyHint
from simulator.stage.help import Help, KeyGroup, help_height, help_screen
from simulator.tui.canvas import Canvas
from simulator.tui.host import Host
from simulator.tui.terminal import pictures_wait
from simulator.words.language import LANGUAGES, language, later, speak, translated

SETTLED_S = 0.02
"""After its first size a screen is laid out twice more; a picture before that would be sent each time."""
REST_S = 0.25
"""Between two looks at a screen that stands still; a key is a reason to look at once."""
Words = Mapping[str, tuple[str, str]]
"""By action: what it does in one or two words, and in a sentence."""


def bindings(*keys: Key) -> list[BindingType]:
    """The keys as Textual wants them; each can be remapped by its id."""
    return [Binding(key.keys, f"do('{key.id}')", key.does, show=False, id=key.id) for key in keys]


class GridScreen(Screen[None]):
    """The canvas, and what keeps it up to date."""

    AUTO_FOCUS = "Canvas"
    about: ClassVar[str] = ""
    """What the help calls this screen."""
    words: ClassVar[Words] = {}
    """What keys do here, where that is not what the table of keys says: for the key bar, and for the help."""

    def __init__(self) -> None:
        """Nothing is drawn yet."""
        super().__init__()
        self.pictures = 0
        """How many were drawn so far."""
        self._drawn: object = None
        self._hints: dict[tuple[str, ...], tuple[KeyHint, ...]] = {}
        self._ticker: Timer | None = None
        self._resting = False

    @property
    def host(self) -> Host:
        """The application."""
        return cast(Host, self.app)

    @property
    def canvas(self) -> Canvas:
        """The one widget."""
        return self.query_one(Canvas)

    @property
    def cells(self) -> Size:
        """How large the picture is to be."""
        return Size(self.size.width, self.size.height)

    # --- what a screen says ---------------------------------------------------------------------------------------

    def state(self) -> object:
        """What the picture depends on; equal states have equal pictures."""
        raise NotImplementedError

    def picture(self, size: Size) -> CellGrid:
        """The picture now."""
        raise NotImplementedError

    def perform(self, id: str) -> None:
        """Do what a key does; here what it does on every screen."""
        if id in ("glyphs", "theme"):
            self.host.next_look(id)
        elif id == "language":
            speak(LANGUAGES[(LANGUAGES.index(language()) + 1) % len(LANGUAGES)])
        elif id == "quit":
            self.host.leave(0)
        elif id == "leave" and self.host.can_leave:
            self.dismiss()
        elif id == "help":
            self.app.push_screen(HelpScreen(self.help))
        elif id == "palette":
            self.app.action_command_palette()

    def help(self) -> Help:
        """What the keys do here, in the language of now."""
        groups = []
        for group in Group:
            keys = tuple((self.host.pressed(key.id), self.tells(key)) for key in self.keys if key.group is group)
            groups += [KeyGroup(title=translated(group.value), keys=keys)] if keys else []
        return Help(about=translated(self.about), groups=tuple(groups))

    def hints(self, *ids: str) -> tuple[KeyHint, ...]:
        """Keys for the key bar."""
        if (key := (language(), *ids)) not in self._hints:
            does = {name: self.words[name][0] if name in self.words else BY_ID[name].does for name in ids}
            self._hints[key] = tuple(
                KeyHint(key=self.host.pressed(name), does=translated(does[name]), action=name, at_end=name == "help")
                for name in ids
            )
        return self._hints[key]

    def commands(self, _typed: str = "", /) -> tuple[Command, ...]:
        """What the palette lists here, where that was typed."""
        keys = [(key, self.tells(key)) for key in self.keys if key.id != "palette"]
        return (*of_keys(keys), *of_looks(self.host.look))

    def carry_out(self, command: Command) -> None:
        """Do what was chosen in the palette."""
        match command.deed:
            case Press(id=id):
                self.perform(id)
            case Wear(what=what, name=name):
                self.host.wear(what, name)
            case Speak(language=wanted):
                speak(wanted)
            case deed:
                deed()
        self.tick()

    def tells(self, key: Key) -> str:
        """What a key does here, for the help."""
        return translated(self.words[key.id][1] if key.id in self.words else key.about)

    @property
    def keys(self) -> tuple[Key, ...]:
        """Those that do something here."""
        ids = {each.id for several in self._bindings.key_to_bindings.values() for each in several}
        return tuple(key for key in KEYS if key.id in ids)

    # --- drawing --------------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """The canvas alone."""
        yield Canvas(self.host.look)

    def on_mount(self) -> None:
        """Begin to tick."""
        self._ticker = self.set_interval(1.0 / self.host.fps, self.tick)
        self.set_interval(REST_S, self._look)

    def on_screen_resume(self) -> None:
        """Another screen was shown meanwhile, perhaps with another look."""
        self._drawn = None
        self._rest(False)

    def _look(self) -> None:
        """Whether something has changed by itself."""
        if self._resting:
            self.tick()

    def _rest(self, resting: bool) -> None:
        if self._ticker is None or resting == self._resting:
            return
        self._resting = resting
        if resting:
            self._ticker.pause()
        else:
            self._ticker.resume()

    def on_canvas_resized(self) -> None:
        """The canvas has a size, or another one."""
        if self._drawn is None:  # Textual lays out its first screen three times, and would send each of them whole
            self.set_timer(SETTLED_S, self.tick)
        else:
            self.tick()

    def tick(self) -> None:
        """Draw, if the picture is another one than last time."""
        host = self.host
        if not self.is_current or self.app.screen is not self or not self.is_mounted or host.leaving:
            self._rest(True)
            return
        if self._drawn is not None and (pictures_wait(self.app) or host.pace.behind):
            self._rest(False)
            return
        state = (self.state(), self.cells, host.look, language())
        same = state == self._drawn or not all(self.cells)
        self._rest(same)
        if same:
            return
        if self._drawn is None or cast("tuple[object, ...]", self._drawn)[2] != host.look:
            self.canvas.wear(host.look)
        self._drawn = state
        self.pictures += 1
        self.canvas.show(self.picture(self.cells))
        host.drew = True

    def action_do(self, id: str) -> None:
        """A key was pressed, perhaps after another one that has closed this screen: that would close the next one."""
        if self.app.screen is self:
            self.perform(id)
            self.tick()


# Help for the screen that was open: what its keys do, and what the glyphs mean.

PAGE = 10
SCROLL = {"select-up": -1, "select-down": 1, "page-up": -PAGE, "page-down": PAGE}


class HelpScreen(GridScreen):
    """Scrolls, and closes."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(
        *of(Group.PROGRAM), *map(BY_ID.__getitem__, (*SCROLL, "help", "leave"))
    )
    about = later("help")
    words: ClassVar[Words] = {"help": (later("close"), later("close the help"))}

    def __init__(self, told: Callable[[], Help]) -> None:
        """What tells about the screen that was open."""
        super().__init__()
        self._told = told
        self.first = 0

    def state(self) -> object:
        """How far it was scrolled."""
        return self.first

    def perform(self, id: str) -> None:
        """Scroll, or close."""
        if id in SCROLL:
            size = self.cells
            most = max(help_height(self._told(), size) - size.height + 2, 0)
            self.first = min(max(self.first + SCROLL[id], 0), most)
        elif id == "help":
            self.dismiss()
        else:
            super().perform(id)

    def picture(self, size: Size) -> CellGrid:
        """The part that is in sight."""
        return help_screen(replace(self._told(), first=self.first), size, self.host.look)
