"""Draws beside the first screen what one would see after the next key, in a thread, one picture at a time.

What to watch: pictures are remembered by all that they depend on. One in a language that is not spoken any more comes
too late, and is dropped.
"""

from dataclasses import dataclass, field
from functools import partial

from textual.message import Message
from textual.screen import Screen
from textual.worker import get_current_worker

from simulator.experiments.refusal import InvariantError, RefusalError
from simulator.lab.home_menus import Prospect
from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.canvas.look import Look
from simulator.words.language import Language, language

KEPT = 60
"""Pictures of the stage that are remembered."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A picture of the stage."""

    of: Prospect
    size: Size
    wears: tuple[str, str]
    """The names of its glyphs and its theme."""
    language: Language
    look: Look = field(compare=False)


class Previewed(Message):
    """A thread has drawn what one would see."""

    def __init__(self, wanted: Wanted, picture: CellGrid | None = None, about: str = "") -> None:
        """And whose picture it is; or there is none."""
        super().__init__()
        self.wanted, self.picture, self.about = wanted, picture, about


class Previewer:
    """The pictures beside one screen."""

    def __init__(self, screen: Screen[None]) -> None:
        """Messages go to the screen, which gives them back to ``took``."""
        self._screen = screen
        self._known: dict[Wanted, tuple[CellGrid | None, str]] = {}
        self._drawing = False

    def __contains__(self, wanted: Wanted | None) -> bool:
        """Whether it is known what there is to see."""
        return wanted in self._known

    def seen(self, wanted: Wanted | None) -> tuple[CellGrid | None, str]:
        """The picture, and whose it is; none as long as it is not drawn."""
        return (None, "") if wanted is None else self._known.get(wanted, (None, ""))

    def draw(self, wanted: Wanted) -> None:
        """Have it drawn beside the screen, unless it is there or something else is being drawn."""
        if wanted not in self._known and not self._drawing:
            self._drawing = True
            self._screen.run_worker(partial(self._draw, wanted), thread=True, exit_on_error=False)

    def _draw(self, wanted: Wanted) -> None:
        """In a thread."""
        from simulator.lab.home_preview import preview

        try:
            found = Previewed(wanted, *preview(wanted.of, wanted.size, wanted.look))
        except (RefusalError, InvariantError):  # told when somebody opens it; until then it is only not seen
            found = Previewed(wanted)
        if not get_current_worker().is_cancelled:
            self._screen.post_message(found)

    def took(self, event: Previewed) -> None:
        """Remember what was drawn."""
        self._drawing = False
        if event.wanted.language == language():
            if len(self._known) >= KEPT:
                self._known.clear()
            self._known[event.wanted] = (event.picture, event.about)
