"""Help for the screen that was open: what its keys do, and what the glyphs mean."""

from typing import ClassVar

from textual.binding import BindingType

from simulator.app.stage.grid import CellGrid
from simulator.app.stage.help import Help, KeyGroup, help_height, help_screen
from simulator.app.stage.scene import Size
from simulator.app.tui.keys import BY_ID, Group, of
from simulator.app.tui.screen import GridScreen, Words, bindings

PAGE = 10
SCROLL = {"select-up": -1, "select-down": 1, "page-up": -PAGE, "page-down": PAGE}


class HelpScreen(GridScreen):
    """Scrolls, and closes."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(
        *of(Group.PROGRAM), *map(BY_ID.__getitem__, (*SCROLL, "help", "leave"))
    )
    about = "help"
    words: ClassVar[Words] = {"help": ("close", "close the help")}

    def __init__(self, about: str, groups: tuple[KeyGroup, ...]) -> None:
        """What was open, and its keys."""
        super().__init__()
        self._told = Help(about=about, groups=groups)
        self.first = 0

    def state(self) -> object:
        """How far it was scrolled."""
        return self.first

    def perform(self, id: str) -> None:
        """Scroll, or close."""
        if id in SCROLL:
            size = self.cells
            most = max(help_height(self._told, size) - size.height + 2, 0)
            self.first = min(max(self.first + SCROLL[id], 0), most)
        elif id == "help":
            self.dismiss()
        else:
            super().perform(id)

    def picture(self, size: Size) -> CellGrid:
        """The part that is in sight."""
        state = Help(about=self._told.about, groups=self._told.groups, first=self.first)
        return help_screen(state, size, self.stage.look)
