"""A language that nobody speaks: every message is marked, widened by wide characters and 40 % longer.

On a screen in this language, what stands there unmarked was never translated, what has lost its end mark was cut, and
a mark in the middle of a line was joined from pieces.
"""

import re

OPEN, CLOSE = "⟦", "⟧"
WIDE = "长"
_FIELD = re.compile(r"(\{[^{}]*\})")


def widened(message: str) -> str:
    """The message between marks, with so many wide characters that it takes 40 % more cells."""
    plain = _FIELD.sub("", message)
    return f"{OPEN}{message}{WIDE * max(1, round(len(plain) * 0.2))}{CLOSE}"


_LETTERS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "".join(map(chr, (*range(0x430, 0x44A), *range(0x410, 0x42A)))),
)


class Strange:
    """The same without a single Latin letter: whatever is still written in these went around the catalogue."""

    def gettext(self, message: str) -> str:
        parts = _FIELD.split(message)
        return "".join(part if part.startswith("{") else part.translate(_LETTERS) for part in parts)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


class Pseudo:
    """Stands in for gettext's translations."""

    def gettext(self, message: str) -> str:
        return widened(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return widened(msgid1 if n == 1 else msgid2)
