"""Lines whose columns stand under one another, measured in cells: 一 is two of them.

Rich's own Table does more (borders, wrapping inside cells, shrinking), and rendering the summary's tables with it took
a twentieth of the time of a whole command.
"""

from collections.abc import Sequence
from shutil import get_terminal_size

from rich.text import Text

GAP = " "
NARROWEST = 20
SHORTEST = 8
"""Cells that a name gets at least; figures are never cut."""


def aligned(
    rows: Sequence[Sequence[Text]],
    right: frozenset[int],
    indent: int,
    width: int | None = None,
    joined: frozenset[int] = frozenset(),
) -> Text:
    """The rows as one text, columns in ``right`` aligned to the right.

    Where they need more cells than the width, some columns stand below the others, and each group begins with the first
    column; those in ``joined`` stay beside the column before them. Without a width a line that is too long is cut.
    """
    widths = [max(cell.cell_len for cell in column) for column in zip(*rows, strict=True)]
    if width is not None:
        widest = max((sum(1 + widths[i] for i in group) for group in _groups(len(widths), joined)), default=0)
        names = max(min(widths[0], width - indent - widest), SHORTEST)
        rows, widths[0] = [[_cut(row[0], names), *row[1:]] for row in rows], min(widths[0], names)
    margin = Text(" " * indent)
    lines = []
    for columns in _blocks(widths, joined, None if width is None else width - indent):
        lines += [
            _line([row[i] for i in columns], [widths[i] for i in columns], _places(right, columns)) for row in rows
        ]
    text = Text("\n").join(Text.assemble(margin, line) for line in lines)
    text.no_wrap, text.overflow = True, "ellipsis"
    return text


def columns() -> int:
    """Cells of a line; 80 where the output is no terminal, and never so few that nothing could be read."""
    return max(get_terminal_size().columns, NARROWEST)


def _places(right: frozenset[int], columns: Sequence[int]) -> frozenset[int]:
    return frozenset(place for place, column in enumerate(columns) if column in right)


def _cut(cell: Text, width: int) -> Text:
    cell = cell.copy()
    cell.truncate(width, overflow="ellipsis")
    return cell


def _groups(count: int, joined: frozenset[int]) -> list[list[int]]:
    """The columns behind the first one, those together that are not to be parted."""
    groups: list[list[int]] = []
    for column in range(1, count):
        if column in joined and groups:
            groups[-1].append(column)
        else:
            groups.append([column])
    return groups


def _blocks(widths: Sequence[int], joined: frozenset[int], width: int | None) -> list[list[int]]:
    """Which columns stand beside one another: the first, and as many of the others as there is room for."""
    blocks = [[0]]
    for group in _groups(len(widths), joined):
        needed = sum(widths[i] + 1 for i in (*blocks[-1], *group)) - 1
        if width is not None and needed > width and len(blocks[-1]) > 1:
            blocks.append([0])
        blocks[-1] += group
    return blocks


def _line(row: Sequence[Text], widths: Sequence[int], right: frozenset[int]) -> Text:
    line = Text()
    for number, (cell, width) in enumerate(zip(row, widths, strict=True)):
        blank = " " * (width - cell.cell_len)
        line.append(GAP if number else "")
        line.append(blank if number in right else "")
        line.append_text(cell)
        line.append("" if number in right or number == len(row) - 1 else blank)
    return line
