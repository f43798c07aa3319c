"""Where a line of text may end: at blanks, and between Chinese characters, which need none.

Rich breaks at blanks only, so that a Chinese sentence with one Latin word in it would have lines of any length. As in
print, no line begins with a closing mark, and none ends with an opening one; and a number stays with its unit.
"""

import re
from collections.abc import Callable, Iterator

WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60\uffe0-\uffe6\U00020000-\U0003ffff\u3000-\u303f"
CLOSING = "\u3001\u3002\u300b\u300d\u300f\u3011\uff01\uff09\uff0c\uff1a\uff1b\uff1f\u201d\u2019\u2026"
"""Marks that stay with what is before them."""
OPENING = "\u300a\u300c\u300e\u3010\uff08\u201c\u2018"
"""Marks that stay with what follows."""
_WIDE = re.compile(f"[{WIDE}]")
_NUMBER = re.compile(r"\d\Z")
_UNIT = re.compile(
    r"(?:%|[nuµm]?s|min|h|d|days?|years?|points|[kKMGT]?i?B(?:/s)?|[kMG]?bit/s|requests/s)(?![\w-])"
    r"|[个次组项倍种台天行条]",
    re.ASCII,
)
"""What is read together with the number before it: 96 %, 1.82 s, 2 MiB, and the Chinese words for counted things."""
_GROUPS = re.compile(r"(?<![\d.])\d{1,3}(?: \d{3})*\Z")
_GROUP = re.compile(r"\d{3}(?!\d)")
"""A long number is written in groups of three digits: 12 400."""


def wrapped(text: str, width: int, width_of: Callable[[str], int]) -> list[str]:
    """Lines of at most ``width`` cells; a piece that is wider than a line is broken anywhere."""
    lines, line = [], ""
    for blank, piece in _fitting(text, width, width_of):
        longer = f"{line}{blank if line else ''}{piece}"
        if not line or width_of(longer) <= width:
            line = longer
        else:
            lines.append(line)
            line = piece
    return [*lines, line] if line else lines


def _fitting(text: str, width: int, width_of: Callable[[str], int]) -> Iterator[tuple[str, str]]:
    """The pieces, each with the blank before it; those that are wider than a line in parts."""
    for blank, piece in pieces(text):
        if width_of(piece) <= width:
            yield blank, piece
            continue
        for number, (before, part) in enumerate(_broken(piece)):  # here a number leaves its unit
            yield from _parts(before if number else blank, part, width, width_of)


def _parts(blank: str, piece: str, width: int, width_of: Callable[[str], int]) -> Iterator[tuple[str, str]]:
    """A piece, broken anywhere if it is wider than a line."""
    rest, before = piece, blank
    while width_of(rest) > width > 0 and len(rest) > 1:
        part = _first_cells(rest, width, width_of)
        yield before, part
        rest, before = rest[len(part) :], ""
    if rest:
        yield before, rest


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """What is not broken, each with the blank before it (or nothing, between Chinese characters)."""
    blank, held = "", ""
    for before, piece in _broken(text):
        if before and held and _one_figure(held, piece):
            held = f"{held} {piece}"
            continue
        if held:
            yield blank, held
        blank, held = before, piece
    if held:
        yield blank, held


def _one_figure(before: str, piece: str) -> bool:
    """Whether a piece is the unit, or the next three digits, of the number that ends before it."""
    return bool((_NUMBER.search(before) and _UNIT.match(piece)) or (_GROUPS.search(before) and _GROUP.match(piece)))


def _broken(text: str) -> Iterator[tuple[str, str]]:
    """Words, and Chinese characters by themselves."""
    for word in text.split():
        blank = " "
        for piece in _unbroken(word):
            yield blank, piece
            blank = ""


def _unbroken(word: str) -> Iterator[str]:
    """A word without blanks in parts: each Chinese character by itself, with the marks that belong to it."""
    part = ""
    for character in word:
        breaks = part and (_WIDE.match(part[-1]) or _WIDE.match(character))
        if breaks and character not in CLOSING and part[-1] not in OPENING:
            yield part
            part = ""
        part += character
    if part:
        yield part


def _first_cells(text: str, width: int, width_of: Callable[[str], int]) -> str:
    """As many characters from the start as fit, one at least."""
    end = 1
    while end < len(text) and width_of(text[: end + 1]) <= width:
        end += 1
    return text[:end]
