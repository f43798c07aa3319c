"""Sentences on a terminal: lines end where a reader of the language would end them; Rich breaks at blanks only."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.words.wrapping import wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console, ConsoleOptions
    from rich.measure import Measurement
    from rich.text import Text


@dataclass(frozen=True, slots=True)
class Prose:
    """Sentences in one style."""

    text: str
    style: str = ""

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "Iterator[Text]":
        """One line or several."""
        from rich.cells import cell_len
        from rich.text import Text

        for line in wrapped(self.text, options.max_width, cell_len):
            yield Text(line, style=self.style)

    def __rich_measure__(self, console: "Console", options: "ConsoleOptions") -> "Measurement":
        """Any width will do; it takes as much as it has use for."""
        from rich.cells import cell_len
        from rich.measure import Measurement

        return Measurement(1, max(1, min(cell_len(self.text), options.max_width)))


@dataclass(frozen=True, slots=True)
class Typed:
    """A sentence, and what is typed for it: behind it where there is room, else on a line of its own, never in two."""

    sentence: str
    command: str

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "Iterator[Text]":
        """One line or several."""
        from rich.cells import cell_len
        from rich.text import Text

        *lines, last = wrapped(self.sentence, options.max_width, cell_len) or [""]
        for line in lines:
            yield Text(line, "bold")
        if cell_len(last) + 2 + cell_len(self.command) <= options.max_width:
            yield Text.assemble((last, "bold"), "  ", (self.command, "cyan"))
            return
        yield Text(last, "bold")
        for line in wrapped(self.command, options.max_width, cell_len):
            yield Text(line, "cyan")

    def __rich_measure__(self, console: "Console", options: "ConsoleOptions") -> "Measurement":
        """As much as both are long, if it can have it."""
        from rich.cells import cell_len
        from rich.measure import Measurement

        return Measurement(1, max(1, min(cell_len(f"{self.sentence}  {self.command}"), options.max_width)))
