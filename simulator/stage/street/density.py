"""More requests than cells in one row: a field that grows denser with their number, however many there are.

What to watch: the rule is that of the queue. A full row stays full, and from its end on marks turn into dots that stand
for ten, then into solid cells for a hundred, then into solid cells with a letter: so one glance tells 50 from 5 000, at
every moment, in every run, and before the count is read. Where cells are few, a letter of its own stands for 10 000.
"""

from collections.abc import Iterable

import numpy as np

from simulator.stage.canvas.cells import Characters, cell_width, cells_of
from simulator.stage.canvas.glyphs import Glyphs
from simulator.stage.canvas.grid import Styles
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Ground, Style
from simulator.stage.street.crowd import Marks, marks_for

WORTHS = (1, 10, 100, 1000, 10_000, 1_000_000)
WRITTEN = ("1", "10", "100", "1k", "10k", "1M")
TEN_THOUSAND = "K"
SOLID = 2
"""The level from which on a cell is filled; further ones have a letter on it."""


def density_of(count: int, cells: int) -> Marks:
    """The marks for so many in a row of so many cells; levels point into the ``WORTHS`` of this file."""
    return marks_for(count, cells, WORTHS)


def put_density(sheet: Sheet, row: int, col: int, marks: Marks) -> tuple[Characters, Styles]:
    """The cells of a field, of which those at level 0 are left blank; the ground of the others is laid."""
    levels = np.repeat((marks.level, marks.level + 1), (marks.fine, marks.coarse))
    letters = levels > SOLID
    sheet.grid.grounds[row, col : col + marks.length][letters] = Ground.CLIENTS
    return cells_of(_by_level(sheet.look.glyphs))[levels], np.where(letters, Style.ON_BRIGHT, Style.BY_CLIENTS)


def _by_level(glyphs: Glyphs) -> str:
    return f" {glyphs.crowds[:3]}{TEN_THOUSAND}{glyphs.crowds[3]}"


def put_scale(sheet: Sheet, area: Area, fields: Iterable[Marks]) -> None:
    """What the cells of some fields are worth, the finer first; what fits, but for single requests."""
    levels = sorted({level for marks in fields for level in marks.levels if level})
    words = [_worth(level, sheet.look) for level in levels]
    while words and cell_width(" ".join(words)) > area.width:
        words.pop(0)
    sheet.put(area.row, area.col, " ".join(words), Style.FAINT)


def _worth(level: int, look: Look) -> str:
    return f"{_by_level(look.glyphs)[level]}={WRITTEN[level]}"
