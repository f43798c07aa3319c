"""Columns of tapes as cells: grounds, bars from below, lines through the middle, and marks in the last row.

What to watch: what a worker does can be told by glyphs alone, on one row as on four; but what shares a column with
computing is told by the ground, and without colours only where there are three rows. Bars are exact to a step: eighths
of a cell, or tenths where there is only ASCII.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.stage.canvas.cells import BLANK, Characters, cells_of
from simulator.stage.canvas.grid import Styles
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.style import Ground, Style
from simulator.stage.street.columns import WHOLE, Taken
from simulator.stage.street.doing import FILLING, GROUNDS, STYLES, WAITING, marks
from simulator.trace.playback import Activity


@dataclass(frozen=True, slots=True)
class Detail:
    """How much is shown."""

    gap: int = 0
    """So few columns without computing between two with it are left unmarked."""
    io_ground: bool = True
    """Whether waiting for I/O has a ground of its own, and marks of another tint than what is free."""


ALL = Detail()
DETAILS = (ALL, Detail(1), Detail(1, io_ground=False), Detail(3, io_ground=False))


@dataclass(frozen=True, slots=True, eq=False)
class Painted:
    """Cells of some lanes: [lanes, rows, columns]."""

    characters: Characters
    styles: Styles
    grounds: Styles
    """[lanes, columns], the same in all rows of a lane."""


def painted(what: Taken, rows: int, look: Look, detail: Detail = ALL) -> Painted:
    """Lanes of so many rows."""
    most, glyphs = what.most, marks(look.glyphs)
    shape = len(most), rows, most.shape[1]
    characters: Characters = np.full(shape, BLANK, "<U1")
    styles: Styles = np.zeros(shape, np.uint8)
    characters[:, -1], styles[:, -1] = glyphs[most], STYLES[most]
    if rows > 1:
        fills = FILLING[most]
        characters[:, :-1][:] = np.where(fills, glyphs[most], BLANK)[:, None]
        styles[:, :-1][:] = np.where(fills, STYLES[most], Style.TEXT)[:, None]
        _put_waits(characters, styles, most, glyphs)
    _put_bars(characters, styles, heights(what.computing, rows, look), cells_of(look.glyphs.shares))
    if rows > 2 and look.theme.bg is None:  # the first row is for who it was
        _put_above_bars(characters, styles, most, glyphs)
    grounds = _under_bars(GROUNDS[most], most)
    if not detail.io_ground:
        grounds[grounds == Ground.IO] = Ground.BACK
        styles[styles == Style.TAPE_IDLE] = Style.TAPE_IO
    _close_gaps(characters[:, -1], styles[:, -1], detail.gap)
    begun = min(what.begun, max(shape[2] - 1, 0))  # the newest column has always begun
    characters[:, :, :begun], styles[:, :, :begun], grounds[:, :begun] = BLANK, Style.TEXT, Ground.BACK
    return Painted(characters, styles, grounds)


def _put_waits(characters: Characters, styles: Styles, most: NDArray[np.uint8], glyphs: Characters) -> None:
    """A thin line through the middle of the lane."""
    waits = WAITING[most]
    if waits.any():
        middle = (characters.shape[1] - 1) // 2
        characters[:, -1][waits], styles[:, -1][waits] = BLANK, Style.TEXT
        characters[:, middle][waits] = glyphs[most[waits]]
        styles[:, middle][waits] = STYLES[most[waits]]


def heights(shares: NDArray[np.float64], rows: int, look: Look) -> NDArray[np.intp]:
    """How high the bars are, in steps of a cell's shares: at least one where there is anything at all."""
    whole = rows * len(look.glyphs.shares)
    steps = np.round(shares * whole).astype(np.intp)
    steps[(shares > 0.0) & (steps == 0)] = 1
    steps[shares >= WHOLE] = whole
    return steps


def _put_bars(characters: Characters, styles: Styles, steps: NDArray[np.intp], bars: Characters) -> None:
    """From below."""
    each, rows = len(bars), characters.shape[1]
    for up in range(rows):
        level = steps - up * each
        seen = level > 0
        if not seen.any():
            break
        characters[:, rows - 1 - up][seen] = bars[np.minimum(level[seen], each) - 1]
        styles[:, rows - 1 - up][seen] = Style.CPU


def _put_above_bars(characters: Characters, styles: Styles, most: NDArray[np.uint8], glyphs: Characters) -> None:
    """Without colours only a mark says what the rest of a column was: on the bar that took its place."""
    hidden = (styles[:, -1] == Style.CPU) & (styles[:, -2] != Style.CPU) & (GROUNDS[most] != Ground.BACK)
    characters[:, -2][hidden] = glyphs[most[hidden]]


def _under_bars(grounds: Styles, most: NDArray[np.uint8]) -> Styles:
    """Where a bar fills its column, the ground before it goes on below: nobody sees it, and there are fewer pieces."""
    columns = np.tile(np.arange(grounds.shape[1]), (len(grounds), 1))
    columns[:, 1:][most[:, 1:] == Activity.COMPUTING] = 0
    np.maximum.accumulate(columns, axis=1, out=columns)
    return np.take_along_axis(grounds, columns, axis=1)


def _close_gaps(characters: Characters, styles: Styles, most: int) -> None:
    """Leave out the quiet marks of so few columns between two that compute."""
    computes = styles == Style.CPU
    quiet = _QUIET[styles]
    for length in range(1, min(most, styles.shape[1] - 2) + 1):
        gap = computes[:, : -length - 1] & computes[:, length + 1 :]
        for i in range(length):
            gap &= quiet[:, 1 + i : styles.shape[1] - length + i]
        for i in range(length):
            cells = np.s_[:, 1 + i : styles.shape[1] - length + i]
            characters[cells][gap], styles[cells][gap] = BLANK, Style.CPU


_QUIET = np.isin(np.arange(256), (Style.TEXT, Style.TAPE_IDLE, Style.TAPE_IO, Style.LOCK_WAIT))
