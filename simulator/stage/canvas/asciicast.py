"""Grids over time as an asciicast (version 2): a recording that asciinema's players show.

The first frame is sent whole; after that only the rows that changed.
"""

import json
from collections.abc import Iterable, Iterator

from simulator.stage.canvas.grid import CellGrid, Frame, parts_of
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.palette import Paint, Theme

CLEAR = "\x1b[?25l\x1b[2J"
"""Hide the cursor, empty the screen."""
SHOW_CURSOR = "\x1b[0m\x1b[?25h"


def asciicast(frames: Iterable[Frame], look: Look, *, title: str = "", hold_s: float = 2.0) -> Iterator[str]:
    """The lines of the file, one JSON value each; a frame is asked for when its line is.

    ``frames`` are in the order of their times; the recording starts at the first of them, and the last stays for
    ``hold_s``. All grids have the size of the first.
    """
    codes = _Codes(look.theme)
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


def _rows(grid: CellGrid, rows: list[int], codes: "_Codes") -> str:
    return "".join(f"\x1b[{row + 1};1H{_row(grid, row, codes)}" for row in rows)


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"


# Rows as text for a terminal, with escape sequences for the colours (ECMA-48 SGR).

RESET = "\x1b[0m"


def _row(grid: CellGrid, row: int, codes: "_Codes") -> str:
    """One row, with nothing left switched on after it. Pieces whose styles look the same are written as one."""
    parts, last = [], ""
    for text, number in zip(*grid.pieces(row), strict=True):
        code = codes[number]
        if code != last:
            parts.append(code)
            last = code
        parts.append(text)
    return "".join(parts) + (RESET if last != RESET else "")


class _Codes(dict[int, str]):
    """By the number of a look, what to send before text that has it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def __missing__(self, look: int) -> str:
        self[look] = _sequence(self._theme.paint(*parts_of(look)), self._theme)
        return self[look]


def _sequence(paint: Paint, theme: Theme) -> str:
    """What to send before text of a style; it undoes whatever was on before."""
    codes = ["0"] + ["1"] * paint.bold + ["2"] * paint.dim + ["7"] * paint.inverse
    chosen = (("38", paint.fg or theme.fg), ("48", paint.bg or theme.bg))
    codes += [f"{ground};2;{';'.join(map(str, bytes.fromhex(colour[1:])))}" for ground, colour in chosen if colour]
    return f"\x1b[{';'.join(codes)}m"
