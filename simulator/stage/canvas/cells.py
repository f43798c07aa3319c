"""Text as cells: what each character of somebody's text becomes in a grid.

A wide character (Chinese, Japanese, Korean, emoji) takes two cells: its own, and one that holds the empty string.
Control characters become blanks. Marks that share a cell with another character are merged into it where Unicode has
one character for both, and left out where not: terminals do not agree on those, and one cell too many or too few would
shift all that follows. Right-to-left text is kept in its order; direction marks are left out.
"""

import unicodedata
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Characters = npt.NDArray[np.str_]
"""dtype ``<U1``: one character a cell."""

BLANK = " "
CONTINUATION = ""
"""In the right half of a wide character."""
CODE = "utf-32-le"
"""Four bytes a character, which is how NumPy stores them; it ends them with NUL, so that NUL is the empty string."""
UNKNOWN = "?"
"""For what no terminal can be sent (halves of pairs, from file names that are not UTF-8), and for what is disputed."""
DISPUTED = (
    ("\u2630", "\u2637"),
    ("\u268a", "\u268f"),
    ("\u4dc0", "\u4dff"),
    ("\U0001d300", "\U0001d356"),
    ("\U0001d360", "\U0001d376"),
    ("\U0001f1e6", "\U0001f1ff"),
)
"""Wide for some terminals and not for others: what Unicode 16 made wide, and the letters that make up flags.
Nor do terminals agree on what was unassigned when this Python was made."""
MERGING = (
    ("\u1160", "\u11ff"),
    ("\u3164", "\u3164"),
    ("\ud7b0", "\ud7ff"),
    ("\uffa0", "\uffa0"),
    ("\U0001f3fb", "\U0001f3ff"),
)
"""Without a cell of their own, although not marks: vowels and endings of Korean syllables, fillers, skin tones."""


@lru_cache(8192)
def cells_of(text: str) -> Characters:
    """Text as cells; read-only, since the same array is given for the same text."""
    usual = text.isascii() and text.isprintable()
    cells = text if usual else "".join([_CELLS[character] for character in unicodedata.normalize("NFC", text)])
    return np.frombuffer(cells.encode(CODE), "<U1")


def has_continuation(cells: Characters) -> bool:
    """Whether there is a wide character among cells; their numbers are compared several times as fast as texts."""
    numbers = cells.astype("<U1", copy=False).view(np.uint32)
    return int(np.count_nonzero(numbers)) < numbers.size


@lru_cache(8192)
def cell_width(text: str) -> int:
    """How many cells text takes."""
    return len(text) if text.isascii() else len(cells_of(text))


class _Cells(dict[str, str]):
    """What each character becomes in a grid, worked out when first met; NUL is the right half of a wide one."""

    def __missing__(self, character: str) -> str:
        cells = self[character] = _cells(character)
        return cells


_CELLS = _Cells()


def _cells(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp"):
        return BLANK
    if category in ("Mn", "Me", "Mc", "Cf") or _within(MERGING, character):
        return ""
    if category in ("Cs", "Cn") or _within(DISPUTED, character):
        return UNKNOWN
    return character + "\0" if unicodedata.east_asian_width(character) in "WF" else character


def _within(spans: tuple[tuple[str, str], ...], character: str) -> bool:
    return any(first <= character <= last for first, last in spans)
