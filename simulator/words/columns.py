"""Lines whose columns stand under one another, measured in cells: 一 is two of them.

Rich's own Table does more (borders, wrapping inside cells, shrinking), and rendering the summary's tables with it took
a twentieth of the time of a whole command.
"""

from collections.abc import Sequence

from rich.text import Text

GAP = " "


def aligned(rows: Sequence[Sequence[Text]], right: frozenset[int], indent: int) -> Text:
    """The rows as one text, columns in ``right`` aligned to the right. A line that is too long is cut, not broken."""
    widths = [max(cell.cell_len for cell in column) for column in zip(*rows, strict=True)]
    lines = [_line(row, widths, right) for row in rows]
    margin = Text(" " * indent)
    text = Text("\n").join(Text.assemble(margin, line) for line in lines)
    text.no_wrap, text.overflow = True, "ellipsis"
    return text


def _line(row: Sequence[Text], widths: Sequence[int], right: frozenset[int]) -> Text:
    line = Text()
    for number, (cell, width) in enumerate(zip(row, widths, strict=True)):
        blank = " " * (width - cell.cell_len)
        line.append(GAP if number else "")
        line.append(blank if number in right else "")
        line.append_text(cell)
        line.append("" if number in right or number == len(row) - 1 else blank)
    return line
