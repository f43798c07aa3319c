"""A grid as pixels: every cell is a tile of shades between its two colours.

The result is an indexed image: each pair of colours that occurs has a short ramp from background to foreground in the
palette. So a picture is exact and small, and all frames of a moving one share the same colours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from simulator.stage.canvas.cells import BLANK
from simulator.stage.canvas.grid import GROUND, STYLES, CellGrid, parts_of
from simulator.stage.canvas.letters import letter
from simulator.stage.canvas.palette import Theme
from simulator.stage.canvas.shapes import HEIGHT, SHAPES, WIDTH, Box, Disc, Polygon, Shape

if TYPE_CHECKING:
    from PIL.Image import Image


Pixels = npt.NDArray[np.uint8]
COLOURS = 255
"""In the palette of an indexed image; its last entry is left over, for what stays as it was in a moving picture."""
MOST_SHADES = 16
"""Of one ramp: more cannot be told apart on the edge of a letter."""
LEAST_SHADES = 8
"""With fewer, letters are ragged; where there are too many colours for that, ramps share some."""
SMOOTHING = 4
"""Shapes are drawn so many times larger, and reduced."""
_BOLD, _RIGHT = 1 << 21, 1 << 22  # above all code points


@dataclass(frozen=True, kw_only=True, slots=True)
class Inks:
    """The colours of some grids as one palette."""

    palette: bytes
    """Red, green, blue of every entry."""
    ramps: Pixels
    """For the number of each look the entries of its colours, from the background to the foreground."""
    bold: npt.NDArray[np.bool_]
    """For each style."""

    @property
    def shades(self) -> int:
        """How long every ramp is."""
        return int(self.ramps.shape[1])


def inks_of(grids: Sequence[CellGrid], theme: Theme) -> Inks:
    """The palette that all these grids need."""
    numbers = np.unique(np.concatenate([np.unique(grid.looks()) for grid in grids])).tolist() or [0]
    colours = {number: theme.colours(*parts_of(number)) for number in numbers}
    pairs = sorted(set(colours.values()))
    shades = max(min(MOST_SHADES, COLOURS // len(pairs)), LEAST_SHADES)
    wanted = np.stack([_ramp(background, foreground, shades) for foreground, background in pairs])
    palette = _palette(wanted)
    entries = dict(zip(pairs, _nearest(wanted, palette), strict=True))
    ramps, bold = np.zeros((max(numbers) + 1, shades), np.uint8), np.zeros(GROUND, np.bool_)
    for number in numbers:
        ramps[number] = entries[colours[number]]
        bold[number % GROUND] = theme.paint(STYLES[number % GROUND]).bold
    return Inks(palette=palette.tobytes(), ramps=ramps, bold=bold)


def raster(grid: CellGrid, inks: Inks, scale: int) -> "Image":
    """The grid as an indexed image, 8 x 16 pixels a cell times ``scale``."""
    from PIL import Image

    tiles, where = np.unique(_keys(grid, inks), return_inverse=True)
    shade = np.stack([_tile(int(key), scale, inks.shades) for key in tiles])[where.reshape(grid.height, grid.width)]
    start = grid.looks()[:, :, np.newaxis, np.newaxis] * np.int32(inks.shades)
    pixels = inks.ramps.ravel().take(start + shade)
    flat = pixels.transpose(0, 2, 1, 3).reshape(grid.height * HEIGHT * scale, grid.width * WIDTH * scale)
    image = Image.fromarray(np.ascontiguousarray(flat), "P")
    image.putpalette(inks.palette)
    return image


def _ramp(background: str, foreground: str, shades: int) -> Pixels:
    ends = [np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) for colour in (background, foreground)]
    share = np.linspace(0.0, 1.0, shades)[:, np.newaxis]
    return np.asarray(np.round(ends[0] + (ends[1] - ends[0]) * share), np.uint8)


def _palette(ramps: Pixels) -> Pixels:
    """All colours of some ramps; where those are too many, the ends of all ramps, and what lies between is thinned out.

    One after another is taken that is farthest from all taken before: so every colour has one near it.
    """
    colours = np.unique(ramps.reshape(-1, 3), axis=0)
    if len(colours) <= COLOURS:
        return colours
    kept = np.unique(ramps[:, [0, -1]].reshape(-1, 3), axis=0)[:COLOURS]
    apart = _distances(colours, kept).min(axis=1)
    while len(kept) < COLOURS:
        farthest = colours[apart.argmax()][np.newaxis]
        kept = np.concatenate([kept, farthest])
        apart = np.minimum(apart, _distances(colours, farthest)[:, 0])
    return kept


def _nearest(ramps: Pixels, palette: Pixels) -> Pixels:
    """For every colour of every ramp the entry that comes nearest to it."""
    entries: Pixels = _distances(ramps.reshape(-1, 3), palette).argmin(axis=1).astype(np.uint8)
    return entries.reshape(ramps.shape[:2])


def _distances(some: Pixels, others: Pixels) -> npt.NDArray[np.int32]:
    """From every colour to every other, squared."""
    squares: npt.NDArray[np.int32] = ((some[:, None].astype(np.int32) - others[None]) ** 2).sum(axis=2)
    return squares


def _keys(grid: CellGrid, inks: Inks) -> npt.NDArray[np.int64]:
    """What to draw in each cell: a code point, whether it is bold, whether it is the right half of a wide one."""
    codes = grid.characters.view(np.uint32).reshape(grid.height, grid.width).astype(np.int64)
    rows, cols = np.nonzero(codes == 0)
    codes[rows, cols] = codes[rows, cols - 1] | _RIGHT
    return codes | np.where(inks.bold[grid.styles], _BOLD, 0)


@lru_cache(4096)
def _tile(key: int, scale: int, shades: int) -> Pixels:
    """The shades of one cell, from 0 (background) to the end of the ramp."""
    character = chr(key & (_BOLD - 1))
    if character == BLANK:
        return np.zeros((HEIGHT * scale, WIDTH * scale), np.uint8)
    shape = SHAPES.get(character)
    image = _drawn(shape, scale) if shape is not None else letter(character, scale, bold=bool(key & _BOLD))
    start = WIDTH * scale if key & _RIGHT else 0
    mask = np.asarray(image, np.uint16)[:, start : start + WIDTH * scale]
    return ((mask * (shades - 1) + 127) // 255).astype(np.uint8)


def _drawn(shape: Shape, scale: int) -> "Image":
    from PIL import Image, ImageDraw

    unit = scale * SMOOTHING
    image = Image.new("L", (WIDTH * unit, HEIGHT * unit))
    draw = ImageDraw.Draw(image)
    for part in shape:
        match part:
            case Box():  # Pillow's rectangles include their last pixel
                draw.rectangle((part.left * unit, part.top * unit, part.right * unit - 1, part.bottom * unit - 1), 255)
            case Polygon():
                draw.polygon([(x * unit, y * unit) for x, y in part.points], 255)
            case Disc():
                draw.circle((part.x * unit, part.y * unit), part.radius * unit, 255)
                if part.hole:
                    draw.circle((part.x * unit, part.y * unit), part.hole * unit, 0)
    return image.reduce(SMOOTHING)
