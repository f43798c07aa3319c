"""Lines of text, broken where a reader would break them and measured in cells: 一 is two of them.

What to watch: Chinese has no blanks between words, so a line may end behind any of its characters; but none begins with
a closing mark or ends with an opening one.
"""

import re
from collections.abc import Iterable, Sequence

from rich.cells import cell_len

CLOSING, OPENING = (
    ",.:;?!)]}\uff0c\u3002\uff1a\uff1b\uff1f\uff01\uff09\u3001\u201d\u300b\u2026",
    "([{\uff08\u201c\u300a",
)
WIDE = r"\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffe6\U0001f300-\U0003fffd"
UNIT = re.compile(rf"\s*[{re.escape(OPENING)}]*(?:[{WIDE}]|[^\s{WIDE}]+)[{re.escape(CLOSING)}]*")
"""What is not broken: a word, or one Chinese character, with the marks that belong to it and the blank before it."""


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most so many cells; what is longer than a line by itself stays whole."""
    lines, line = list[str](), ""
    for unit in UNIT.findall(" ".join(text.split())):
        if line and cell_len(line + unit) > width:
            lines.append(line)
            line = unit.lstrip()
        else:
            line += unit
    return [*lines, line] if line or not lines else lines


def padded(text: str, width: int) -> str:
    """With blanks behind it, up to so many cells."""
    return text + " " * (width - cell_len(text))


def beside(rows: Iterable[tuple[str, str]], *, width: int, indent: int = 2, most: int = 28) -> list[str]:
    """Lines of terms with their explanations in a column of their own; a term too long for it has a line to itself."""
    known: Sequence[tuple[str, str]] = list(rows)
    column = max((cell_len(term) for term, _ in known if cell_len(term) <= most), default=0)
    margin = " " * (indent + column + 2)
    lines = []
    for term, text in known:
        told = wrapped(text, max(width - len(margin), 20))
        if cell_len(term) > column:
            lines.append(" " * indent + term)
            lines += [margin + each for each in told]
        else:
            lines.append((" " * indent + padded(term, column) + "  " + told[0]).rstrip())
            lines += [margin + each for each in told[1:]]
    return lines
