"""Where the panes of a frame lie: pure geometry, from the size of the frame and how many servers are shown.

What to watch: the street is the largest thing at every size. Below it stands the claim, then the curves; from a certain
width on, claim, log and the rest move into a column at the right. Nothing here depends on the moment.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

from simulator.stage.canvas.sheet import Area, equal_parts

LEAST_WIDTH = 55
"""Streets stand side by side where each is at least so wide."""
TINY_WIDTH, TINY_HEIGHT = 50, 16
"""Smaller frames have no boxes."""
COLUMN_FROM, COLUMN_HEIGHT = 160, 30
"""From so many columns and rows on there is a column at the right of a single street."""
COLUMN_SHARE, MOST_COLUMN = 0.26, 64
"""Of the width, and columns at most."""
CLAIM_SHARE, LEAST_CLAIM = 0.2, 8
"""Of the height, and rows at least: the claim at the top of that column."""
ROOMY = 30
"""From so many rows on the time bar has its marks above it."""
LEAST_STREET, LEAST_OF_SEVERAL = 12, 8
"""Rows that a single street, and each of several, keeps before there are curves."""
CLAIM_ROWS = ((14, 4), (12, 3), (9, 2), (4, 1))
"""From so many rows for a street and its claim on, so many are those of the claim, its frame included."""
TINY_CLAIM = 3
"""Rows of a claim without a frame, at most."""
FIGURE_ROWS = 5
"""Of the large figures for an audience."""
BELOW, LEAST_BELOW, MOST_BELOW = 0.17, 5, 9
"""Of the height, and rows: the curves of a single server, where there is no column."""
BELOW_WIDE, BELOW_SEVERAL = 0.34, 0.28
"""Of the height: the curves beside a column, and those of servers side by side."""
BELOW_STACKED, STACKED_FROM = 0.18, 44
"""Of the height: the curves of servers one below the other; in fewer rows one line compares them."""
NOTHING = Area(0, 0, 0, 0)
KEPT = 64


@dataclass(frozen=True, slots=True)
class Place:
    """Of one server: its street, and the claim about it."""

    street: Area
    claim: Area


@dataclass(frozen=True, slots=True, kw_only=True)
class Panes:
    """Areas of a frame; one of no height is not there."""

    title: Area
    places: tuple[Place, ...]
    """One for each server that is shown."""
    figures: Area
    """Three large figures, for an audience."""
    caption: Area
    below: Area
    """Curves, and beside them the log where it has no place in the column."""
    column: Area
    """At the right: the log, one request, words; the claim stands above them."""
    time: Area
    keys: Area


def panes_of(width: int, height: int, views: int, *, keys: bool, caption: bool, presenting: bool) -> Panes:
    """The panes of a frame."""
    return _panes(width, height, views, keys, caption, presenting)


@lru_cache(KEPT)
def _panes(width: int, height: int, views: int, keys: bool, caption: bool, presenting: bool) -> Panes:
    tiny = width < TINY_WIDTH or height < TINY_HEIGHT
    key_rows = int(keys and height > 1)
    time_rows = min(2 if height >= ROOMY else 1, max(height - 1 - key_rows, 0))
    caption_rows = int(caption and height >= TINY_HEIGHT)
    top = int(height > 0)
    rows = max(height - top - key_rows - time_rows - caption_rows, 0)
    column = _column(width, height, views, presenting=presenting)
    across = max(min(width // LEAST_WIDTH, views), 1)
    deep = ceil(views / across)
    across = ceil(views / max(deep, 1)) if views else 1  # four are two and two, not three and one
    large = presenting and deep == 1
    figures = min(FIGURE_ROWS, max(rows - LEAST_STREET - CLAIM_ROWS[0][1], 0)) if large else 0
    below = 0 if tiny or presenting else _below(width, height, deep, single=views == 1)
    claim = 0 if column else _claim(rows, below, deep, tiny=tiny)
    least = LEAST_STREET if views == 1 else LEAST_OF_SEVERAL
    if (rows - below - figures) // max(deep, 1) - claim < least:
        below = int(below > 0 and views > 1)
        claim = 0 if column else _claim(rows, below, deep, tiny=tiny)
    block = (rows - below - figures) // max(deep, 1)  # equally high, so that equal numbers look alike
    below = rows - figures - block * deep if below or deep > 1 else below
    places = tuple(_places(Area(top, 0, block * deep, width - column), views, deep, across, claim))
    row, used = top + block * deep, _column_claim(height) if column else 0
    if column:
        places = tuple(Place(each.street, Area(top, width - column, used, column)) for each in places)
    return Panes(
        title=Area(0, 0, top, width),
        places=places,
        figures=Area(row, 0, figures, width),
        caption=Area(row + figures, 0, caption_rows, width - column),
        below=Area(row + figures + caption_rows, 0, below, width - column),
        column=Area(top + used, width - column, max(rows + caption_rows - used, 0), column) if column else NOTHING,
        time=Area(height - key_rows - time_rows, 0, time_rows, width),
        keys=Area(height - key_rows, 0, key_rows, width),
    )


def _places(area: Area, views: int, deep: int, across: int, claim: int) -> Iterator[Place]:
    """The streets of all servers, in so many rows of so many, each with its claim below."""
    block = area.height // max(deep, 1)
    for number in range(deep):
        row, col, tall = area.row + number * block, area.col, max(block - claim, 0)
        for wide in equal_parts(area.width, across)[: views - number * across]:
            yield Place(Area(row, col, tall, wide), Area(row + tall, col, min(claim, block), wide))
            col += wide


def _column(width: int, height: int, views: int, *, presenting: bool) -> int:
    wide = width >= COLUMN_FROM and height >= COLUMN_HEIGHT and views == 1 and not presenting
    return min(round(width * COLUMN_SHARE), MOST_COLUMN) if wide else 0


def _column_claim(height: int) -> int:
    return max(round(height * CLAIM_SHARE), LEAST_CLAIM)


def _below(width: int, height: int, deep: int, *, single: bool) -> int:
    if single and width >= COLUMN_FROM and height >= COLUMN_HEIGHT:
        return round(height * BELOW_WIDE)
    if single:
        return min(max(round(height * BELOW), LEAST_BELOW), MOST_BELOW)
    if deep == 1:
        return round(height * BELOW_SEVERAL)
    return round(height * BELOW_STACKED) if height >= STACKED_FROM else 1


def _claim(rows: int, below: int, deep: int, *, tiny: bool) -> int:
    """Rows of a claim, its frame included."""
    room = (rows - below) // max(deep, 1)
    if tiny:
        return min(TINY_CLAIM, max(room - TINY_CLAIM, 0)) if deep == 1 else int(room > 2)
    return next((claim for least, claim in CLAIM_ROWS if room >= least), 0)
