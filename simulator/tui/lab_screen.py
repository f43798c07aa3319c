"""The stage: one to four servers under the same requests, played, paused, rewound, and changed while one looks.

What to watch: nothing here decides what happens or what it looks like. Keys go to ``actions``, the picture comes from
``scenes``, and setups are run at once or, where that takes long, in a thread beside the screen.
"""

import os
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import BindingType

from simulator.lab import actions, key_lists, knob_entry
from simulator.lab.keys import KEYS, Group
from simulator.lab.lab import Lab
from simulator.lab.last_time import LastTime, remember
from simulator.lab.palette import Command
from simulator.lab.pointing import Pointer, point
from simulator.lab.scenes import picture, scene, stage_size
from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.canvas.key_bar import KeyHint
from simulator.stage.canvas.key_menu import KeyMenu
from simulator.stage.scene import Scene
from simulator.tui.canvas import Canvas
from simulator.tui.screen import GridScreen, bindings
from simulator.tui.simulating import Checked, Computed, Judged, Runner
from simulator.words.language import language, later, said

if TYPE_CHECKING:  # saving needs much that nothing else needs
    from simulator.lab.export_menu import ExportMenu
    from simulator.tui.saving import Saved, Saver

SHOWING = ("inspect", "charts", "source", "export")
"""What shows more of the run."""
SELECTING = ("select-up", "select-down", "next-pane", "previous-pane", "zoom-pane")


class LabScreen(GridScreen):
    """Draws what is watched, and runs what is wanted."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(*(key for key in KEYS if key.group is not Group.QUESTIONS))
    about = later("the stage")

    def __init__(self, lab: Lab) -> None:
        """Show this lab."""
        super().__init__()
        self.lab = lab
        self.menu: ExportMenu | None = None
        self._bar_of: tuple[tuple[object, ...], tuple[KeyHint, ...]] = ((), ())
        """The key bar, and what it was made for."""
        self._runner = Runner(self, lab)
        lab.compute = self._runner.compute

    def on_unmount(self) -> None:
        """The program ends."""
        self._remember()

    def _remember(self) -> None:
        """Whoever comes back may go on here."""
        prepared, clock = self.lab.shown.prepared, self.lab.playhead
        if prepared is not None:
            remember(LastTime(setup=prepared.setup, at_s=round(clock.t_s, 3)))

    # --- drawing --------------------------------------------------------------------------------------------------

    def state(self) -> object:
        """The moment, and everything that was chosen."""
        self.lab.expire()
        self.lab.follow()
        self.lab.calm(reduced_motion=self.host.reduced_motion or self.host.pace.slow)
        self._runner.judge()
        if self._has_saved:
            self._saver.report()
        return (self.lab.version, self.lab.playhead.t_s, self.lab.playhead.playing, self.lab.busy, self.menu)

    def picture(self, size: Size) -> CellGrid:
        """The stage, and what lies beside and above it."""
        return picture(self.lab, self._bar(), self.menu or self._key_menu(), size, self.host.look)

    def commands(self, typed: str = "", /) -> tuple[Command, ...]:
        """Moments, servers and loads, and what keys do."""
        from simulator.lab.commands import commands

        return commands(self.lab, [(key, self.tells(key)) for key in self.keys], self.host.look, typed)

    def _bar(self) -> tuple[KeyHint, ...]:
        made_for = (self.lab.version, self.lab.playhead.playing, language())
        if self._bar_of[0] != made_for:
            self._bar_of = made_for, key_lists.hints(self.lab, self.host.pressed)
        return self._bar_of[1]

    def _key_menu(self) -> KeyMenu | None:
        return None if self.lab.menu_page is None else key_lists.key_menu(self.lab, self.host.pressed)

    @property
    def scene_now(self) -> Scene:
        """What the stage shows."""
        return scene(self.lab, self._bar())

    # --- keys -----------------------------------------------------------------------------------------------------

    def perform(self, id: str) -> None:
        """Give the key to whoever it belongs to."""
        if self.menu is not None:
            self._in_menu(id)
        elif self.lab.menu_page is not None:
            left = key_lists.press_in_menu(self.lab, id)
            if left == "help":
                super().perform(left)
            elif left:
                self._on_stage(left)
        else:
            self._on_stage(id)
        self.lab.touch()

    def _on_stage(self, id: str) -> None:
        if id in actions.ACTIONS:
            actions.perform(self.lab, id)
            if id in SELECTING and all(self.cells):
                actions.keep_in_sight(self.lab, self.scene_now, self.cells)
        elif id == "leave" and self._stopped_or_closed():
            pass  # the stage itself stays
        elif id in SHOWING:
            self._open(id)
        elif id in key_lists.PAGES:
            actions.scroll(self.lab, self.scene_now, self.cells, key_lists.PAGES[id])
        elif id in ("copy", "link"):
            self._copy(id)
        elif id == "help":
            actions.menu(self.lab)
        else:
            if id == "leave" and not self.host.can_leave:
                self.lab.say(said("Nothing is open; q quits."))
            if id == "leave":
                self._remember()  # the first screen tells it at once
            super().perform(id)

    def on_key(self, event: events.Key) -> None:
        """Digits belong to the list of knobs while it is open, and then all of the value."""
        if self.menu is None and self.lab.menu_page is None and knob_entry.takes(self.lab, event.key, event.character):
            event.stop()
            self.tick()

    def _stopped_or_closed(self) -> bool:
        """End what goes on above the stage: a film that is being made, or else the card, or else the list of knobs."""
        return (self._has_saved and self._saver.stop()) or self.lab.close()

    def _open(self, id: str) -> None:
        if self.lab.broken or (id == "inspect" and knob_entry.confirm(self.lab)):
            return  # nothing of it is shown, or the list of knobs lies above it
        from simulator.tui.reading_screens import ChartsScreen, SourceScreen

        if id == "charts":
            self.app.push_screen(ChartsScreen(self.lab))
        elif id == "source":
            self.app.push_screen(SourceScreen(self.lab))
        elif id == "export":
            from simulator.lab.export_menu import ExportMenu

            self.menu = ExportMenu.opened(self.lab.playhead)
        else:
            request = actions.chosen_request(self.lab)
            if request is not None:
                self._inspect(request)

    def _inspect(self, request: int) -> None:
        from simulator.tui.inspect_screen import InspectScreen

        self.app.push_screen(InspectScreen(self.lab, request))

    def _copy(self, id: str) -> None:
        from simulator.lab.clipboard import copied

        if words := copied(self.lab, id, os.environ, self.host.look.theme.name):
            self.app.copy_to_clipboard(words)

    def _in_menu(self, id: str) -> None:
        menu = self.menu
        assert menu is not None  # the caller has looked
        self.menu = menu.after(id)
        if id == "inspect":
            from simulator.lab.export import ExportRequest
            from simulator.stage.pictures import Drawn

            lab, kind, now = self.lab, menu.kind, self.scene_now
            drawn = Drawn(size=stage_size(lab, self.cells), look=self.host.look)
            self._saver.save(ExportRequest(kind=kind, scene=now, drawn=drawn, film=menu.film, check=lab.unchecked))
        elif id == "quit":
            super().perform(id)

    # --- the mouse ------------------------------------------------------------------------------------------------

    def on_canvas_wheel(self, event: Canvas.Wheel) -> None:
        """Scroll through the lanes, or turn the pages of the list of all keys."""
        if self.lab.menu_page is not None:
            self.lab.menu_page += event.lines
        else:
            actions.scroll(self.lab, self.scene_now, self.cells, event.lines / 2)
        self.lab.touch()
        self.tick()

    def on_canvas_pointed(self, event: Canvas.Pointed) -> None:
        """Select, inspect, seek, or choose from the list."""
        if self.menu is None:
            pointer = Pointer(cell=(event.row, event.col), dragged=event.dragged, cells=self.cells, look=self.host.look)
            pressed = point(self.lab, pointer, self._key_menu(), lambda: self.scene_now)
            if pressed.request is not None:
                self._inspect(pressed.request)
            elif pressed.action:
                self.perform(pressed.action)
        self.lab.touch()
        self.tick()

    # --- running and saving ---------------------------------------------------------------------------------------

    def on_computed(self, event: Computed) -> None:
        """A thread is through."""
        self._runner.show(event)
        self.tick()

    def on_judged(self, event: Judged) -> None:
        """It is known what came of the runs."""
        self.lab.judge(event.run, event.verdicts)
        self.tick()

    def on_checked(self, event: Checked) -> None:
        """Where the run contradicts itself, whatever shows it is closed."""
        self.lab.checked(event.run, event.why)
        if self.lab.broken and self in self.app.screen_stack:
            self.menu = None
            while self.app.screen is not self:
                self.app.pop_screen()
        self.tick()

    @cached_property
    def _saver(self) -> "Saver":
        from simulator.tui.saving import Saver

        return Saver(self, self.lab)

    @property
    def _has_saved(self) -> bool:
        """Whether anything was ever saved from this screen."""
        return "_saver" in self.__dict__

    def on_saved(self, event: "Saved") -> None:
        """A file is there, or why it is not."""
        self._saver.show(event)
        self.tick()
