"""Grids over time as an asciicast (version 2): a recording that asciinema's players show.

The first frame is sent whole; after that only the rows that changed.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum

from simulator.stage.canvas.frames import Frame
from simulator.stage.canvas.grid import CellGrid
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.marks import Paint
from simulator.stage.canvas.palette import Theme
from simulator.stage.canvas.style import Style

CLEAR = "\x1b[?25l\x1b[2J"
"""Hide the cursor, empty the screen."""
SHOW_CURSOR = "\x1b[0m\x1b[?25h"


def asciicast(frames: Iterable[Frame], look: Look, *, title: str = "", hold_s: float = 2.0) -> str:
    """The whole file; see ``asciicast_lines``."""
    return "".join(asciicast_lines(frames, look, title=title, hold_s=hold_s))


def asciicast_lines(frames: Iterable[Frame], look: Look, *, title: str = "", hold_s: float = 2.0) -> Iterator[str]:
    """The file line by line, one JSON value each; a frame is asked for when its line is.

    ``frames`` are in the order of their times; the recording starts at the first of them, and the last stays for
    ``hold_s``. All grids have the size of the first.
    """
    codes = sequences(look.theme, Colours.TRUE)
    old: CellGrid | None = None
    start_s = time_s = 0.0
    for time_s, grid in frames:
        if old is None:
            start_s = time_s
            yield _line(_header(grid, title)) + _line([0.0, "o", CLEAR])
        elif (grid.width, grid.height) != (old.width, old.height):
            raise ValueError("the grids of one recording have one size")
        rows = grid.changed_rows(old)
        if rows:
            yield _line([round(time_s - start_s, 6), "o", _rows(grid, rows, codes)])
        old = grid
    if old is None:
        raise ValueError("a recording needs a frame")
    yield _line([round(time_s - start_s + hold_s, 6), "o", SHOW_CURSOR])


def _header(grid: CellGrid, title: str) -> dict[str, object]:
    named = {"title": title} if title else {}
    return {"version": 2, "width": grid.width, "height": grid.height, **named, "env": {"TERM": "xterm-256color"}}


def _rows(grid: CellGrid, rows: list[int], codes: Mapping[Style, str]) -> str:
    return "".join(f"\x1b[{row + 1};1H{ansi_row(grid, row, codes)}" for row in rows)


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"


# A grid as text for a terminal, with escape sequences for the colours (ECMA-48 SGR).

RESET = "\x1b[0m"


class Colours(StrEnum):
    """What the terminal can show."""

    TRUE = "true"
    """16 million colours."""
    INDEXED = "256"
    """The 6 x 6 x 6 cube and the 24 greys of xterm."""
    NONE = "none"
    """Bold, faint and inverse only."""


def ansi(grid: CellGrid, look: Look, colours: Colours = Colours.TRUE) -> str:
    """All rows, each ended by a newline, with nothing left switched on after any of them."""
    codes = sequences(look.theme, colours)
    return "".join(ansi_row(grid, row, codes) + "\n" for row in range(grid.height))


def ansi_row(grid: CellGrid, row: int, codes: Mapping[Style, str]) -> str:
    """One row. Pieces whose styles look the same are written as one."""
    parts, last = [], ""
    for text, style in grid.runs(row):
        code = codes[style]
        if code != last:
            parts.append(code)
            last = code
        parts.append(text)
    return "".join(parts) + (RESET if last != RESET else "")


def sequences(theme: Theme, colours: Colours) -> dict[Style, str]:
    """What to send before text of each style; it undoes whatever was on before."""
    return {style: _sequence(theme.paint(style), theme, colours) for style in Style}


def _sequence(paint: Paint, theme: Theme, colours: Colours) -> str:
    codes = ["0"] + ["1"] * paint.bold + ["2"] * paint.dim + ["7"] * paint.inverse
    if colours is not Colours.NONE:
        code: Callable[[str], str] = _true if colours is Colours.TRUE else _indexed
        chosen = (("38", paint.fg or theme.fg), ("48", paint.bg or theme.bg))
        codes += [f"{ground};{code(colour)}" for ground, colour in chosen if colour]
    return f"\x1b[{';'.join(codes)}m"


def _true(colour: str) -> str:
    return "2;{};{};{}".format(*_channels(colour))


def _indexed(colour: str) -> str:
    """The nearest of xterm's colours 16 to 255; the first 16 are whatever the user made of them."""
    wanted = _channels(colour)
    return f"5;{min(_XTERM, key=lambda index: _distance(_XTERM[index], wanted))}"


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _distance(one: tuple[int, int, int], other: tuple[int, int, int]) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


_LEVELS = (0, 95, 135, 175, 215, 255)
_XTERM = {
    16 + 36 * r + 6 * g + b: (_LEVELS[r], _LEVELS[g], _LEVELS[b]) for r in range(6) for g in range(6) for b in range(6)
}
_XTERM |= {232 + step: (8 + 10 * step,) * 3 for step in range(24)}
