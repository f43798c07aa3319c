"""The Textual application: which screen is first, what all screens have, and how it ends."""

import asyncio
import signal
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import App
from textual.binding import BindingType
from textual.command import Provider

from simulator.lab.keys import BY_ID
from simulator.lab.playhead import Now
from simulator.stage.canvas.look import GLYPH_SETS, THEMES, Look
from simulator.tui.palette import Commands, Palette
from simulator.tui.screen import GridScreen
from simulator.tui.terminal import Pace, leave_with_the_terminal, terminal_is_gone

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
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {Commands}
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
        self.reduced_motion = False
        """Whether nothing is to travel, however fast the terminal is."""
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
            self.wear(what, _next(GLYPH_SETS, self.look.glyphs.name))
        else:
            self.wear(what, _next(THEMES, self.look.theme.name))

    def wear(self, what: str, name: str) -> None:
        """This set of glyphs, or this theme."""
        if what == "glyphs":
            self.look = replace(self.look, glyphs=GLYPH_SETS[name])
        else:
            self.look = replace(self.look, theme=THEMES[name])
        self._wear()

    def _wear(self) -> None:
        """Textual's own parts follow: the list of commands."""
        self.theme = "textual-light" if self.look.theme.name == "light" else "textual-dark"

    def action_command_palette(self) -> None:
        """All that can be done here, to be found by its name."""
        if isinstance(self.screen, GridScreen):
            self.push_screen(Palette())


def _next(of: Mapping[str, object], name: str) -> str:
    names = list(of)
    return names[(names.index(name) + 1) % len(names)]
