"""The list of all actions is Textual's own; here it also survives the narrowest terminal, and keys that come early."""

from contextlib import suppress
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.command import CommandPalette


class Palette(CommandPalette):
    """With the two faults of Textual 8 kept away: both end the program."""

    # In a list that is narrower than its own margins, text cannot be wrapped (ValueError); so it is cut off.
    CSS = "Palette CommandList { min-width: 20; }"
    # A page up or down before the list was laid out finds no line there (KeyError).
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown", "page('down')", "Next page", show=False),
        Binding("pageup", "page('up')", "Previous page", show=False),
    ]

    def action_page(self, direction: str) -> None:
        """A page of actions further, or back."""
        with suppress(KeyError):
            self._action_command_list(f"page_{direction}")
