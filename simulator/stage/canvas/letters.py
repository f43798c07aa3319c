"""Letters as pixels, with whatever fonts this machine has.

A monospace font is looked for by the names of the common ones. Without any, letters come from the font inside Pillow,
each in the middle of its cell. What no font has, Chinese on a machine without a Chinese font for example, becomes a
box.
"""

import math
from functools import lru_cache
from typing import TYPE_CHECKING

from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.grid import CellGrid
from simulator.stage.canvas.shapes import BASELINE, HEIGHT, LETTER_SIZE, SHAPES, WIDTH

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

MONOSPACE = (
    ("DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf"),
    ("LiberationMono-Regular.ttf", "LiberationMono-Bold.ttf"),
    ("NotoSansMono-Regular.ttf", "NotoSansMono-Bold.ttf"),
    ("UbuntuMono-R.ttf", "UbuntuMono-B.ttf"),
    ("Menlo.ttc", "Menlo.ttc"),
    ("consola.ttf", "consolab.ttf"),
)
"""Regular and bold."""
WIDE = (
    "NotoSansMonoCJK-Regular.ttc",
    "NotoSansCJK-Regular.ttc",
    "wqy-zenhei.ttc",
    "wqy-microhei.ttc",
    "DroidSansFallbackFull.ttf",
    "PingFang.ttc",
    "msyh.ttc",
    "simsun.ttc",
)
"""With Chinese, Japanese and Korean."""
WIDE_SIZE = 14.0
NOT_A_CHARACTER = "\uffff"
"""No font has it; what a font draws for it, it draws for everything that it does not have."""


def letter(character: str, scale: int, *, bold: bool) -> "Image":
    """A mask of the cell, or of the two cells, of one character: 255 where it is."""
    from PIL import Image, ImageDraw

    width, height = cell_width(character) * WIDTH * scale, HEIGHT * scale
    font = _font_with(character, scale, bold=bold)
    if font is None:
        mask = Image.new("L", (width, height))
        box = (scale, 3 * scale, width - 1 - scale, 13 * scale)
        ImageDraw.Draw(mask).rectangle(box, outline=255, width=scale)
        return mask
    room = max(width, math.ceil(font.getlength(character)))
    mask = Image.new("L", (room, height))
    ImageDraw.Draw(mask).text((room / 2, BASELINE * scale), character, fill=255, font=font, anchor="ms")
    return mask if room == width else mask.resize((width, height))  # a W that is no monospace letter


def _font_with(character: str, scale: int, *, bold: bool) -> "FreeTypeFont | None":
    for font in _fonts(scale, bold=bold):
        if _has(font, character):
            return font
    return None


def _has(font: "FreeTypeFont", character: str) -> bool:
    mask, other = font.getmask(character), font.getmask(NOT_A_CHARACTER)
    return (mask.size, bytes(mask)) != (other.size, bytes(other))


@lru_cache(16)
def _fonts(scale: int, *, bold: bool) -> "tuple[FreeTypeFont, ...]":
    """The fonts to try, in order."""
    from PIL import ImageFont

    found = [_load((pair[bold],), LETTER_SIZE * scale) for pair in MONOSPACE]
    own = ImageFont.load_default(LETTER_SIZE * scale)
    fonts = [font for font in found if font is not None][:1]
    if isinstance(own, ImageFont.FreeTypeFont):
        fonts.append(own)
    wide = _load(WIDE, WIDE_SIZE * scale)
    return (*fonts, wide) if wide else tuple(fonts)


def _load(names: tuple[str, ...], size: float) -> "FreeTypeFont | None":
    from PIL import ImageFont

    for name in names:
        try:
            return ImageFont.truetype(name, size, layout_engine=ImageFont.Layout.BASIC)
        except OSError:
            continue
    return None


def boxed(grid: CellGrid) -> str:
    """The wide characters of a grid that are drawn as boxes, because no font here has them."""
    characters = sorted({character for character in grid.characters.flat if character})
    return "".join(
        character
        for character in characters
        if cell_width(character) == 2 and character not in SHAPES and _font_with(character, 1, bold=False) is None
    )
