"""Crowds: a mark for each request while there is room, then a coarser one from the tail on, whose worth is written.

What to watch: what is drawn never gets shorter while a crowd grows, and never thinner. A full row stays full; from its
tail on marks turn into such that stand for ten, and when all do, into such that stand for a hundred. So nobody sees a
queue recover that explodes. The rule knows the number and the room, nothing of the run: rows of equal length compare.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.stage.canvas.look import Look

WORTHS = (1, 10, 100, 1000, 1_000_000)
"""What marks can stand for; the first is the glyph of what the request does, the others are of a look."""
WRITTEN = ("1", "10", "100", "1k", "1M")


@dataclass(frozen=True, slots=True)
class Marks:
    """How so many requests are drawn: the finer marks stand at the head, the coarser ones at the tail."""

    level: int
    """Of the finer marks, into ``WORTHS``."""
    fine: int
    coarse: int = 0
    """Each stands for what the next level is worth."""

    @property
    def length(self) -> int:
        """Cells that are drawn."""
        return self.fine + self.coarse

    @property
    def levels(self) -> tuple[int, ...]:
        """What there is to be seen, the finer first."""
        return (*([self.level] if self.fine else []), *([self.level + 1] if self.coarse else []))


def marks_for(count: int, cells: int, worths: Sequence[int] = WORTHS) -> Marks:
    """The marks for a crowd in so many cells."""
    for level, worth in enumerate(worths):
        units = -(-count // worth)
        if units <= cells:
            return Marks(level, units)
        if level + 1 < len(worths) and units <= cells * (factor := worths[level + 1] // worth):
            coarse = -(-(units - cells) // (factor - 1))
            return Marks(level, cells - coarse, coarse)
    return Marks(len(worths) - 1, max(cells, 0))


# The words beside a crowd.


def scale_words(marks: Marks, glyph: str, look: Look, between: str = "") -> str:
    """What the marks stand for: ``○=1 ⣿=10``; written even where each stands for one."""
    named = [(look.glyphs.crowds[level - 1] if level else glyph, WRITTEN[level]) for level in marks.levels or (0,)]
    return f" {between}".join(f"{mark}{between}={between}{worth}" for mark, worth in named)
