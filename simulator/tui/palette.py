"""The list of all actions: Textual's own, filled with ours.

What to watch: what is listed and how it is found is the lab's business. Here the list also survives the narrowest
terminal, keys that come early, and terminals that know only ASCII.
"""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import ClassVar, cast

from rich.align import Align
from rich.text import Text
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider, SearchIcon
from textual.content import Content
from textual.widgets.option_list import Option

from simulator.lab.palette import Found, found
from simulator.stage.canvas.glyphs import ASCII
from simulator.tui.host import Host
from simulator.tui.screen import GridScreen
from simulator.words.language import tell

KEY_STYLE = "dim"


class Commands(Provider):
    """All that can be done on the screen below, in the order in which the lab lists it."""

    async def discover(self) -> Hits:
        """Before anything is typed: all of it."""
        for hit in self._hits(""):
            yield hit

    async def search(self, query: str) -> Hits:
        """What was typed, as the lab finds it."""
        for hit in self._hits(query):
            yield hit

    def _hits(self, typed: str) -> Sequence[Hit | DiscoveryHit]:
        screen = self.screen
        if not isinstance(screen, GridScreen):
            return []
        hits = found(screen.commands(typed), typed)
        return [self._hit(screen, each, 1.0 - number / (len(hits) + 1)) for number, each in enumerate(hits)]

    def _hit(self, screen: GridScreen, each: Found, score: float) -> Hit:
        """One line: what it does, which of it was typed, and the key that does it too."""
        command = each.command
        line = Content(screen.host.look.spelled(command.words))
        for start, stop in each.typed:
            line = line.stylize(self.match_style or "bold", start, stop)
        if command.key:
            line += Content.styled(f"  {screen.host.pressed(command.key)}", KEY_STYLE)
        return Hit(score, line, partial(screen.carry_out, command), text=command.words)


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
        super().__init__(placeholder=tell("Search: a server, a load, a moment, what a key does"))

    def on_mount(self) -> None:
        """Look as the stage does; the magnifying glass is an emoji, which terminals disagree about everywhere."""
        self.query_one(SearchIcon).icon = ">"
        self.set_class(cast(Host, self.app).look.glyphs is ASCII, ONLY_ASCII)

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
