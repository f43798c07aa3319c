"""The list of all actions is Textual's own; here it also survives the narrowest terminal, keys that come early, and
terminals that know only ASCII.
"""

from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType
from textual.command import CommandPalette, SearchIcon

from simulator.stage.canvas.glyphs import ASCII

if TYPE_CHECKING:
    from simulator.tui.app import StageApp

ONLY_ASCII = "only-ascii"
"""The class of the list on a terminal whose font has no more."""


class Palette(CommandPalette):
    """With the two faults of Textual 8 kept away that end the program, and no other glyphs than the stage has."""

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
        super().__init__(placeholder="Search for actions")

    def on_mount(self) -> None:
        """Look as the stage does; the magnifying glass is an emoji, which terminals disagree about everywhere."""
        self.query_one(SearchIcon).icon = ">"
        self.set_class(cast("StageApp", self.app).look.glyphs is ASCII, ONLY_ASCII)

    def action_page(self, direction: str) -> None:
        """A page of actions further, or back."""
        with suppress(KeyError):
            self._action_command_list(f"page_{direction}")
