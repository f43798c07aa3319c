"""A grid as SVG: no font to load, no script, the same columns in every renderer.

Bars, rules and marks are drawn as shapes. Letters stay letters, so that they can be found and copied; every word is
placed by itself and stretched to the cells that are its own, whatever monospace font the reader has.
"""

from collections.abc import Iterator
from itertools import groupby
from xml.sax.saxutils import escape

from simulator.stage.canvas.cells import BLANK, cell_width
from simulator.stage.canvas.grid import CellGrid, parts_of
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.palette import Theme
from simulator.stage.canvas.shapes import (
    BASELINE,
    HEIGHT,
    LETTER_SIZE,
    SHAPES,
    WIDTH,
    Box,
    Disc,
    Part,
    Polygon,
    Shape,
    spans,
)
from simulator.stage.canvas.style import Style

FONTS = "DejaVu Sans Mono, Menlo, Consolas, Liberation Mono, monospace"


def svg(grid: CellGrid, look: Look, *, title: str = "", description: str = "") -> str:
    """One picture, 8 x 16 pixels a cell. ``title`` and ``description`` are for those who hear it.

    It can be put into a page as it is: it has no style sheet that could reach the rest of the page.
    """
    width, height = grid.width * WIDTH, grid.height * HEIGHT
    used = sorted(set(grid.characters.flat) & set(SHAPES))
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}" height="{height}"',
        f'     viewBox="0 0 {width} {height}">',
        f"<title>{escape(title)}</title>",
        f"<desc>{escape(description)}</desc>",
        f"<defs>{''.join(_definition(character) for character in used)}</defs>",
        f'<rect width="{width}" height="{height}" fill="{look.theme.colours(Style.TEXT)[1]}"/>',
        f'<g font-family="{FONTS}" font-size="{LETTER_SIZE}">',
        *(element for row in range(grid.height) for element in _row(row * HEIGHT, *grid.pieces(row), look.theme)),
        "</g>",
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _row(top: int, texts: list[str], looks: list[int], theme: Theme) -> Iterator[str]:
    """Backgrounds first, so that none covers what reaches over from the cell before it."""
    back, left, placed = theme.colours(Style.TEXT)[1], 0, []
    for text, look in zip(texts, looks, strict=True):
        placed.append((left, text, *parts_of(look)))
        left += cell_width(text) * WIDTH
    for behind, pieces in groupby(placed, key=lambda piece: theme.colours(*piece[2:])[1]):
        group = list(pieces)
        if behind != back:
            start, width = group[0][0], sum(cell_width(text) for _, text, *_ in group) * WIDTH
            yield f'<rect x="{start}" y="{top}" width="{width}" height="{HEIGHT}" fill="{behind}"/>'
    for left, text, style, ground in placed:
        drawn = "".join(_pieces(left, top, text))
        if drawn:
            weight = ' font-weight="bold"' if theme.paint(style).bold else ""
            yield f'<g fill="{theme.colours(style, ground)[0]}"{weight}>{drawn}</g>'


def _pieces(left: int, top: int, text: str) -> Iterator[str]:
    """The shapes and words of a run. Equal shapes side by side are one, where they join anyway."""
    for kind, group in groupby(text, key=_kind):
        piece = "".join(group)
        if kind in SHAPES and spans(SHAPES[kind]):
            yield f'<use href="#{_name(kind)}" transform="translate({left} {top}) scale({len(piece)} 1)"/>'
        elif kind in SHAPES:
            yield from (
                f'<use href="#{_name(kind)}" x="{left + cell * WIDTH}" y="{top}"/>' for cell in range(len(piece))
            )
        elif kind == "wide":
            yield from (_letter(left + 2 * cell * WIDTH, top, character) for cell, character in enumerate(piece))
        elif kind == "word":
            yield (
                f'<text x="{left}" y="{top + BASELINE}" textLength="{len(piece) * WIDTH}"'
                f' lengthAdjust="spacingAndGlyphs">{escape(piece)}</text>'
            )
        left += cell_width(piece) * WIDTH


def _letter(left: int, top: int, character: str) -> str:
    """A wide character in the middle of its two cells."""
    return f'<text x="{left + WIDTH}" y="{top + BASELINE}" text-anchor="middle">{escape(character)}</text>'


def _kind(character: str) -> str:
    if character == BLANK or character in SHAPES:
        return character
    return "word" if cell_width(character) == 1 else "wide"


def _name(character: str) -> str:
    return f"u{ord(character):x}"


def _definition(character: str) -> str:
    shape = SHAPES[character]
    crisp = ' shape-rendering="crispEdges"' if spans(shape) else ""
    return f'<path id="{_name(character)}" d="{outline(shape)}"{crisp}/>'


def outline(shape: Shape) -> str:
    """A shape as the data of an SVG path, to be filled by the nonzero rule."""
    return "".join(_part(part) for part in shape)


def _part(part: Part) -> str:
    match part:
        case Box():
            return f"M{part.left:g} {part.top:g}H{part.right:g}V{part.bottom:g}H{part.left:g}z"
        case Polygon():
            return "M" + "L".join(f"{x:g} {y:g}" for x, y in part.points) + "z"
        case Disc():
            hole = _circle(part.x, part.y, part.hole, 0) if part.hole else ""
            return _circle(part.x, part.y, part.radius, 1) + hole


def _circle(x: float, y: float, radius: float, sweep: int) -> str:
    """Two half circles; a hole turns the other way, which leaves it out under the nonzero rule."""
    half = f"a{radius:g} {radius:g} 0 0 {sweep} "
    return f"M{x - radius:g} {y:g}{half}{2 * radius:g} 0{half}{-2 * radius:g} 0z"
