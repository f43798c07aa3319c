"""The Textual application: which screen is first, what all screens have, and how it ends."""

import asyncio
import signal
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from rich.align import Align
from rich.text import Text
from textual import events
from textual.app import App, SystemCommand
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.command import CommandList, CommandPalette, SearchIcon
from textual.screen import Screen
from textual.widgets.option_list import Option

from simulator.lab.keys import BY_ID
from simulator.lab.playhead import Now
from simulator.stage.canvas.glyphs import ASCII
from simulator.stage.canvas.look import GLYPH_SETS, THEMES, Look
from simulator.tui.screen import GridScreen
from simulator.tui.terminal import Pace, leave_with_the_terminal, terminal_is_gone
from simulator.words.language import tell

if TYPE_CHECKING:  # which needs what the first screen does not
    from simulator.lab.lab import Lab

DEFAULT_FPS = 20
FIRST_SCREEN = 2
"""Screens on the stack when only the first of ours is open: Textual has an empty one below it."""
QUIT, TERMINATED, HUNG_UP = 0, 143, 129
LOOK_EVERY_S = 2.0
"""Between two looks whether the terminal is still there."""
ANSWER_LOOK_S = 0.02
"""Between two looks whether the terminal has answered."""
KEY_NAMES = {"full_stop": ".", "comma": ",", "plus": "+", "minus": "-", "question_mark": "?"}


class StageApp(App[int]):
    """The screen in the terminal; its result is the exit code."""

    BINDINGS: ClassVar[list[BindingType]] = []
    CSS = "Screen { overflow: hidden; }"
    TITLE = "loopfork"

    def __init__(
        self,
        lab: "Lab | None",
        look: Look,
        *,
        fps: int = DEFAULT_FPS,
        keymap: Mapping[str, str] | None = None,
        now: Now = time.monotonic,
        names: tuple[str, ...] = (),
    ) -> None:
        """Open on what is watched, or with None on the first screen, where the ``names`` are selected."""
        super().__init__()
        self._names = names
        self.look, self.fps, self.now = look, fps, now
        self._watch = lab
        self.pace = Pace(now)
        self.leaving = False
        """Whether somebody wants to leave: from then on nothing is drawn."""
        self.drew = False
        """Whether a picture was drawn that the terminal has not been asked about."""
        self._remapped = dict(keymap or {})
        self.set_keymap(self._remapped)

    def on_mount(self) -> None:
        """Show the first screen."""
        self._wear()
        self.push_screen(self._first_screen())
        if threading.current_thread() is threading.main_thread():  # only there signals are heard
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.leave, TERMINATED)
            if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
                signal.signal(signal.SIGHUP, signal.SIG_DFL)  # at once: there is no terminal left to be restored
        self._ask()  # before the first picture: whether a terminal answers is then known before many are on their way
        if not self.is_headless:
            self.set_interval(LOOK_EVERY_S, self._leave_with_the_terminal)
            leave_with_the_terminal(LOOK_EVERY_S, HUNG_UP)

    def _first_screen(self) -> GridScreen:
        """Only that one is loaded: the first picture waits for it."""
        if self._watch is None:
            from simulator.tui.home_screen import HomeScreen

            return HomeScreen(self._names)
        from simulator.tui.lab_screen import LabScreen

        return LabScreen(self._watch)

    def on_unmount(self) -> None:
        """Let go of what was taken."""
        if threading.current_thread() is threading.main_thread():
            asyncio.get_running_loop().remove_signal_handler(signal.SIGTERM)

    def _leave_with_the_terminal(self) -> None:
        if terminal_is_gone():
            self.exit(HUNG_UP)

    async def action_quit(self) -> None:
        """However it is asked for, it ends in the same way."""
        self.leave(QUIT)

    def leave(self, code: int) -> None:
        """End when the terminal has said all it was asked: what it says later, the shell would take for typed.

        Whoever asks twice does not want to wait.
        """
        if self.leaving:
            self.exit(code)
            return
        self.leaving = True
        self._leave_unless_asked(code)

    def _leave_unless_asked(self, code: int) -> None:
        if self.pace.waiting:
            self.set_timer(ANSWER_LOOK_S, partial(self._leave_unless_asked, code))
        else:
            self.exit(code)

    # --- how fast the terminal is ---------------------------------------------------------------------------------

    def post_display_hook(self) -> None:
        """Everything that was drawn is on its way."""
        if self.drew and self.pace.worthwhile:
            self.drew = False
            self._ask()

    def _ask(self) -> None:
        if self._driver is not None and not self.is_headless:
            self._driver.write(self.pace.ask(self.size.width))

    def on_cursor_position(self, event: events.CursorPosition) -> None:
        """And has arrived."""
        self.pace.answer(event.x + 1)

    # --- what all screens have ------------------------------------------------------------------------------------

    @property
    def can_leave(self) -> bool:
        """Whether another screen is below the present one."""
        return len(self.screen_stack) > FIRST_SCREEN

    def pressed(self, id: str) -> str:
        """What is pressed for an action, as it is written on a keyboard, wherever it was remapped to."""
        if id not in self._remapped:
            return BY_ID[id].shown
        first = self._remapped[id].partition(",")[0].strip()
        return KEY_NAMES.get(first, first)

    def next_look(self, what: str) -> None:
        """The next set of glyphs, or the next theme."""
        if what == "glyphs":
            self.look = replace(self.look, glyphs=_next(GLYPH_SETS, self.look.glyphs.name))
        else:
            self.look = replace(self.look, theme=_next(THEMES, self.look.theme.name))
        self._wear()

    def _wear(self) -> None:
        """Textual's own parts follow: the list of commands."""
        self.theme = "textual-light" if self.look.theme.name == "light" else "textual-dark"

    def action_command_palette(self) -> None:
        """All that can be done here, to be found by its name."""
        if not isinstance(self.screen, Palette):
            self.push_screen(Palette())

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Everything that a key does on this screen, to be found by its name and by what it does."""
        if not isinstance(screen, GridScreen):
            return
        for key in screen.keys:
            title = tell("{name}: {about}", name=key.id, about=screen.tells(key))
            pressed = tell("key {key}", key=self.pressed(key.id))
            yield SystemCommand(title, pressed, partial(screen.action_do, key.id))


T = TypeVar("T")


def _next(of: Mapping[str, T], name: str) -> T:
    names = list(of)
    return of[names[(names.index(name) + 1) % len(names)]]


# The list of all actions is Textual's own; here it also survives the narrowest terminal, keys that come early, and
# terminals that know only ASCII.

ONLY_ASCII = "only-ascii"
"""The class of the list on a terminal whose font has no more."""


class Palette(CommandPalette):
    """With the three faults of Textual 8 kept away that end the program, and no other glyphs than the stage has."""

    # In a list that is narrower than its own margins, text cannot be wrapped (ValueError); so it is cut off.
    # Textual draws lines, the ends of a scroll bar and the sign of being busy with block elements: ASCII has none.
    CSS = f"""
    Palette CommandList {{ min-width: 20; }}
    Palette SearchIcon {{ color: $foreground; }}
    Palette.{ONLY_ASCII} #--input {{ border: none; border-top: ascii $foreground; padding: 0 0 1 0; }}
    Palette.{ONLY_ASCII} #--input.--list-visible {{ border-bottom: none; padding: 0; }}
    Palette.{ONLY_ASCII} CommandList {{ border-bottom: ascii $foreground; scrollbar-size-vertical: 0; }}
    Palette.{ONLY_ASCII} LoadingIndicator {{ display: none; }}
    """
    # A page up or down before the list was laid out finds no line there (KeyError).
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown", "page('down')", "Next page", show=False),
        Binding("pageup", "page('up')", "Previous page", show=False),
    ]

    def __init__(self) -> None:
        """Not open yet."""
        super().__init__(placeholder=tell("Search for actions"))

    def on_mount(self) -> None:
        """Look as the stage does; the magnifying glass is an emoji, which terminals disagree about everywhere."""
        self.query_one(SearchIcon).icon = ">"
        self.set_class(cast("StageApp", self.app).look.glyphs is ASCII, ONLY_ASCII)

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Once: Textual takes away whatever screen is uppermost, and somebody may press escape twice."""
        return super().dismiss(result) if self.app.screen is self else AwaitComplete()

    def _start_no_matches_countdown(self, search_value: str) -> None:
        """As Textual's own, whose words for it are English."""
        self._stop_no_matches_countdown()

        def show() -> None:
            if search_value:
                nothing = Align.center(Text(tell("No action is called that."), style="not bold"))
                self.query_one(CommandList).add_option(Option(nothing, disabled=True, id=self._NO_MATCHES))
            self._list_visible = bool(search_value)

        self._no_matches_timer = self.set_timer(self._NO_MATCHES_COUNTDOWN, show)

    def action_page(self, direction: str) -> None:
        """A page of actions further, or back."""
        with suppress(KeyError):
            self._action_command_list(f"page_{direction}")
