"""A grid as text for a terminal, with escape sequences for the colours (ECMA-48 SGR)."""

from collections.abc import Callable, Mapping
from enum import StrEnum

from simulator.app.stage.grid import CellGrid
from simulator.app.stage.look import Look
from simulator.app.stage.marks import Paint
from simulator.app.stage.palette import Theme
from simulator.app.stage.style import Style

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
