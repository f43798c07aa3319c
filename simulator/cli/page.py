"""Pages of plain text for a terminal: headings, paragraphs, and explanations beside what they explain.

What to watch: widths are measured in cells, because a Chinese character is two of them.
"""

import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len

from simulator.results.terminal import write
from simulator.words import wrapping
from simulator.words.printable import printable

NARROWEST, WIDEST = 40, 100
"""Columns: in narrower terminals lines are broken by the terminal, and longer ones are hard to read."""
HEADING = "\ue000"
"""Before a line that is a heading: a character for private use, taken off when the page is printed."""


def page_width() -> int:
    """How many cells a line may have here."""
    return min(max(shutil.get_terminal_size().columns - 1, NARROWEST), WIDEST)


def print_page(lines: Iterable[str]) -> None:
    """Print the lines, headings in colour where there may be some."""
    plain = not sys.stdout.isatty() or bool(os.environ.get("NO_COLOR"))
    before, behind = ("", "") if plain else ("\x1b[1;36m", "\x1b[0m")
    write("".join(_written(line, before, behind) for line in lines))


def _written(line: str, before: str, behind: str) -> str:
    """With nothing in it that a terminal obeys: a page may repeat what somebody typed, or pasted."""
    heading = line.startswith(HEADING)
    return f"{before}{printable(line[1:])}{behind}\n" if heading else f"{printable(line)}\n"


def block(title: str, rows: Iterable[tuple[str, str]], width: int) -> Iterator[str]:
    """A heading, and the rows below it: explanations beside terms, or lines alone where there are no terms."""
    known = list(rows)
    if known:
        yield ""
        yield HEADING + title
        yield from [f"  {text}" for _, text in known] if not known[0][0] else beside(known, width=width)


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most so many cells."""
    return wrapping.wrapped(text, width, cell_len)


def _padded(text: str, width: int) -> str:
    """With blanks behind it, up to so many cells."""
    return text + " " * (width - cell_len(text))


def beside(rows: Iterable[tuple[str, str]], *, width: int, indent: int = 2, most: int = 28) -> list[str]:
    """Lines of terms with their explanations in a column of their own; a term too long for it has a line to itself."""
    known: Sequence[tuple[str, str]] = list(rows)
    column = max((cell_len(term) for term, _ in known if cell_len(term) <= most), default=0)
    margin = " " * (indent + column + 2)
    lines = []
    for term, text in known:
        told = wrapped(text, max(width - len(margin), 20)) or [""]
        if cell_len(term) > column:
            lines.append(" " * indent + term)
            lines += [margin + each for each in told]
        else:
            lines.append((" " * indent + _padded(term, column) + "  " + told[0]).rstrip())
            lines += [margin + each for each in told[1:]]
    return lines
