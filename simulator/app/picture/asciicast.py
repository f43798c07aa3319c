"""Grids over time as an asciicast (version 2): a recording that asciinema's players show.

The first frame is sent whole; after that only the rows that changed.
"""

import json
from collections.abc import Iterable, Iterator, Mapping

from simulator.app.picture.ansi import Colours, ansi_row, sequences
from simulator.app.picture.frames import Frame
from simulator.app.stage.grid import CellGrid
from simulator.app.stage.look import Look
from simulator.app.stage.style import Style

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
