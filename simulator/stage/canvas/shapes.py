"""The glyphs that are pictures rather than letters, as geometry, so that a picture needs no font for them.

Bars, curves, rules and the marks of what a slot does look the same in every picture and fill their cells without gaps,
which the glyphs of most fonts do not. A cell is 8 units wide and 16 high, its origin at the top left: at any whole
scale, edges at whole units are sharp.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

WIDTH, HEIGHT = 8, 16
LETTER_SIZE = 13.29
"""Of letters beside the shapes: at this size one of DejaVu Sans Mono is as wide as a cell."""
BASELINE = 12.5
"""On which letters stand."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Polygon:
    """A filled outline."""

    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Disc:
    """A filled circle; with a ``hole``, a ring: the radius of what is left out."""

    x: float
    y: float
    radius: float
    hole: float = 0.0


Part = Box | Polygon | Disc
Shape = tuple[Part, ...]


def _stroke(thickness: float, *points: Point) -> Shape:
    """Lines from point to point, joined roundly."""
    parts: list[Part] = [Disc(x, y, thickness / 2) for x, y in points[1:-1]]
    for (x0, y0), (x1, y1) in pairwise(points):
        length = math.hypot(x1 - x0, y1 - y0)
        dx, dy = (y1 - y0) / length * thickness / 2, (x0 - x1) / length * thickness / 2
        parts.append(Polygon(((x0 + dx, y0 + dy), (x1 + dx, y1 + dy), (x1 - dx, y1 - dy), (x0 - dx, y0 - dy))))
    return tuple(parts)


def _dots(step: int) -> Shape:
    """Squares of two units; on every second row of them shifted by half the step."""
    shift = {row: row // 2 % 2 * step // 2 for row in range(0, HEIGHT, 2)}
    return tuple(Box(x, y, x + 2, y + 2) for y in shift for x in range(shift[y], WIDTH, step))


def _wave() -> Shape:
    """A whole period, so that neighbours join to one line."""
    points = tuple((x / 2, 8.5 - 2 * math.sin(x / 2 / WIDTH * math.tau)) for x in range(2 * WIDTH + 1))
    upper, lower = [(x, y - 0.7) for x, y in points], [(x, y + 0.7) for x, y in reversed(points)]
    return (Polygon((*upper, *lower)),)


def _rules() -> dict[str, Shape]:
    """Thin lines that meet in the middle of the cell."""
    left, right = Box(0, 8, 5, 9), Box(4, 8, 8, 9)
    upper, lower = Box(4, 0, 5, 9), Box(4, 8, 5, 16)
    return {
        "─": (Box(0, 8, 8, 9),),
        "│": (Box(4, 0, 5, 16),),
        "┌": (right, lower),
        "┐": (left, lower),
        "└": (right, upper),
        "┘": (left, upper),
        "├": (upper, lower, right),
        "┤": (upper, lower, left),
        "┬": (left, right, lower),
        "┴": (left, right, upper),
        "┼": (left, right, upper, lower),
        "╭": (_bend(8, 12, -1, -1), Box(4, 12, 5, 16)),
        "╮": (_bend(1, 12, 1, -1), Box(0, 8, 1, 9), Box(4, 12, 5, 16)),
        "╰": (_bend(8, 5, -1, 1), Box(4, 0, 5, 5)),
        "╯": (_bend(1, 5, 1, 1), Box(0, 8, 1, 9), Box(4, 0, 5, 5)),
        "━": (Box(0, 7, 8, 10),),
        "┃": (Box(3, 0, 6, 16),),
        "╌": (Box(0, 8, 3, 9), Box(4, 8, 7, 9)),
        "┈": tuple(Box(x, 8, x + 1, 9) for x in (0, 2, 4, 6)),
        "\N{BOX DRAWINGS LIGHT DIAGONAL UPPER RIGHT TO LOWER LEFT}": _stroke(0.9, (8, 0), (0, 16)),
        "╫": (Box(0, 8, 8, 9), Box(2, 0, 3, 16), Box(5, 0, 6, 16)),
        "┆": tuple(Box(4, y, 5, y + 3) for y in (1, 6, 11)),
    }


def _bend(x: float, y: float, right: int, down: int) -> Polygon:
    """A quarter of a thin circle around a point: where a rule turns a corner."""
    turns = [quarter / 6 * math.pi / 2 for quarter in range(7)]
    outer = [(x + right * 4 * math.sin(turn), y + down * 4 * math.cos(turn)) for turn in turns]
    inner = [(x + right * 3 * math.sin(turn), y + down * 3 * math.cos(turn)) for turn in reversed(turns)]
    return Polygon((*outer, *inner))


def _blocks() -> dict[str, Shape]:
    """What fills a cell to some part."""
    sparks: dict[str, Shape] = {character: (Box(0, 14 - 2 * n, 8, 16),) for n, character in enumerate("▁▂▃▄▅▆▇█")}
    sides: dict[str, Shape] = {character: (Box(0, 0, 1 + n, 16),) for n, character in enumerate("▏▎▍▌▋▊▉")}
    halves: dict[str, Shape] = {"▀": (Box(0, 0, 8, 8),), "▐": (Box(4, 0, 8, 16),)}
    textures = {"░": _dots(8), "▒": _dots(4), "▚": (Box(0, 0, 4, 8), Box(4, 8, 8, 16))}
    textures["▞"] = (Box(4, 0, 8, 8), Box(0, 8, 4, 16))
    textures["▓"] = (*_dots(4), *(Box(0, y, WIDTH, y + 1) for y in range(0, HEIGHT, 2)))
    return sparks | sides | halves | textures


def _outlined(*corners: Point) -> Shape:
    """A thin outline that is closed."""
    return _stroke(1.1, *corners, *corners[:2])


def _diamond(high: float) -> tuple[Point, ...]:
    return ((4, 8.5 - high), (4 + high * 0.8, 8.5), (4, 8.5 + high), (4 - high * 0.8, 8.5))


def _frame() -> Shape:
    return (Box(1, 5, 7, 6), Box(1, 11, 7, 12), Box(1, 6, 2, 11), Box(6, 6, 7, 11))


PLUS = (
    (2.7, 4.6), (5.3, 4.6), (5.3, 7.2), (7.8, 7.2), (7.8, 9.8), (5.3, 9.8),
    (5.3, 12.4), (2.7, 12.4), (2.7, 9.8), (0.2, 9.8), (0.2, 7.2), (2.7, 7.2),
)  # fmt: skip


def _discs() -> dict[str, Shape]:
    """Marks that stand alone in their cell: round ones."""
    return {
        "·": (Disc(4, 8.5, 1),),
        "•": (Disc(4, 8.5, 2),),
        "●": (Disc(4, 8.5, 3.2),),
        "○": (Disc(4, 8.5, 3.4, hole=2.2),),
        "◎": (Disc(4, 8.5, 3.4, hole=2.4), Disc(4, 8.5, 1.3)),
        "◌": tuple(
            Disc(4 + 3 * math.cos(turn * math.tau / 8), 8.5 + 3 * math.sin(turn * math.tau / 8), 0.8)
            for turn in range(8)
        ),
        "◉": (Disc(4, 8.5, 3.6, hole=2.7), Disc(4, 8.5, 1.9)),
        "◦": (Disc(4, 8.5, 2.6, hole=1.7),),
    }


def _triangles() -> dict[str, Shape]:
    return {
        "▲": (Polygon(((4, 4.5), (7.7, 12.5), (0.3, 12.5))),),
        "△": _outlined((4, 4.8), (7.2, 12), (0.8, 12)),
        "▼": (Polygon(((4, 12.5), (0.3, 4.5), (7.7, 4.5))),),
        "▽": _outlined((4, 12.2), (0.8, 5), (7.2, 5)),
        "▾": (Polygon(((4, 12), (1, 7), (7, 7))),),
        "▴": (Polygon(((4, 6), (7, 11), (1, 11))),),
        "◂": (Polygon(((1, 8.5), (6, 5.5), (6, 11.5))),),
        "▸": (Polygon(((7, 8.5), (2, 11.5), (2, 5.5))),),
        "►": (Polygon(((8, 8.5), (0.5, 13), (0.5, 4))),),
    }


def _outlines() -> dict[str, Shape]:
    """Diamonds, squares and crosses: full, empty, and with something inside."""
    return {
        "◆": (Polygon(((4, 3.5), (8, 8.5), (4, 13.5), (0, 8.5))),),
        "◇": _outlined(*_diamond(4.2)),
        "◈": (*_outlined(*_diamond(4.2)), Polygon(_diamond(2.2))),
        "■": (Box(1, 5, 7, 12),),
        "□": _frame(),
        "▣": (*_frame(), Box(3, 7, 5, 10)),
        "✚": (Box(2.7, 4.5, 5.3, 12.5), Box(0, 7.2, 8, 9.8)),
        "✛": _outlined(*PLUS),
        "✜": (*_outlined(*PLUS), Disc(4, 8.5, 1.2)),
    }


def _signs() -> dict[str, Shape]:
    """Arrows, and signs that are read like letters."""
    cross = (*_stroke(1.4, (1.4, 5.9), (6.6, 11.1)), *_stroke(1.4, (1.4, 11.1), (6.6, 5.9)))
    heavy = (*_stroke(2.2, (1.2, 4), (6.8, 13)), *_stroke(2.2, (1.2, 13), (6.8, 4)))
    return {
        "→": (Box(0.5, 8, 6, 9), Polygon(((7.8, 8.5), (4.2, 11.5), (4.2, 5.5)))),
        "←": (Box(2, 8, 7.5, 9), Polygon(((0.2, 8.5), (3.8, 5.5), (3.8, 11.5)))),
        "↑": (Box(3.5, 6, 4.5, 13), Polygon(((4, 3.5), (7, 7.5), (1, 7.5)))),
        "↓": (Box(3.5, 4, 4.5, 11), Polygon(((4, 13.5), (1, 9.5), (7, 9.5)))),
        "✓": _stroke(1.6, (0.9, 9), (3.2, 12), (7.2, 4.6)),
        "\N{MULTIPLICATION SIGN}": cross,
        "✘": heavy,
        "‖": (Box(1.5, 4, 3, 13), Box(5, 4, 6.5, 13)),
        "…": (Disc(1.4, 12, 0.9), Disc(4, 12, 0.9), Disc(6.6, 12, 0.9)),
        "~": _wave(),
        "≡": (Box(0.5, 5, 7.5, 6.4), Box(0.5, 7.8, 7.5, 9.2), Box(0.5, 10.6, 7.5, 12)),
    }


DOTS = ((2, 2.5), (2, 6.5), (2, 10.5), (6, 2.5), (6, 6.5), (6, 10.5), (2, 14.5), (6, 14.5))
"""Where the dots of Braille lie, in the order of their bits."""


def _braille() -> dict[str, Shape]:
    discs = [Disc(x, y, 1.4) for x, y in DOTS]
    return {chr(0x2800 + dots): tuple(disc for bit, disc in enumerate(discs) if dots >> bit & 1) for dots in range(256)}


SHAPES: Mapping[str, Shape] = {
    **_rules(),
    **_blocks(),
    **_discs(),
    **_triangles(),
    **_outlines(),
    **_signs(),
    **_braille(),
}


def spans(shape: Shape) -> bool:
    """Whether the shape runs from edge to edge, so that equal neighbours can be drawn as one."""
    return all(isinstance(part, Box) and (part.left, part.right) == (0, WIDTH) for part in shape)
