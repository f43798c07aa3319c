"""How a grid will look: a set of glyphs and a theme, chosen together from what the terminal can do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from simulator.stage.canvas.cells import Characters
from simulator.stage.canvas.glyphs import ASCII, UNICODE, Glyphs
from simulator.stage.canvas.grid import Styles
from simulator.stage.canvas.palette import Theme
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.themes import COLOUR_BLIND, DARK, HIGH_CONTRAST, LIGHT, MONO

GlyphsName = Literal["auto", "unicode", "ascii"]
ThemeName = Literal["auto", "dark", "light", "high-contrast", "colour-blind", "mono"]
GLYPH_SETS: Mapping[str, Glyphs] = {each.name: each for each in (UNICODE, ASCII)}
THEMES: Mapping[str, Theme] = {each.name: each for each in (DARK, LIGHT, HIGH_CONTRAST, COLOUR_BLIND, MONO)}
POOR_TERMINALS = ("linux", "dumb")
"""Values of TERM whose fonts have few characters beyond ASCII."""
SPELLED = str.maketrans(
    {
        **{getattr(UNICODE, name): getattr(ASCII, name) for name in ("micro", "bullet", "times", "more")},
        **dict(zip("\u201c\u201d\u2018\u2019\u2013\u2014\u2192", "\"\"''-->", strict=True)),
    }
)
"""Marks in sentences, Chinese ones above all, that some terminals draw two cells wide, and what ASCII has for them."""
LIGHT_BACKGROUNDS = ("7", "15")
"""White and bright white, as the last part of COLORFGBG, which some terminals set."""


@dataclass(frozen=True, slots=True)
class Look:
    """Glyphs and colours."""

    glyphs: Glyphs = UNICODE
    theme: Theme = DARK
    _table: Characters = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        table = np.full(256, " ", "<U1")
        for style, glyph in self.glyphs.activities.items():
            table[style] = glyph
        object.__setattr__(self, "_table", table)

    def characters(self, styles: Styles) -> Characters:
        """The glyph of each style in an array of any shape; a blank for chrome. For drawing whole lanes at once."""
        return self._table[styles]

    def spelled(self, text: str) -> str:
        """Text of ours as these glyphs can write it: µs as us, “page” as "page"."""
        return text if self.glyphs is UNICODE or text.isascii() else text.translate(SPELLED)

    def glyph(self, style: Style) -> str:
        """The glyph of what a slot or a request is doing."""
        return self.glyphs[style]


def chosen_look(
    *, glyphs: GlyphsName = "auto", theme: ThemeName = "auto", environ: Mapping[str, str], encoding: str
) -> Look:
    """The look for a terminal with these environment variables, on a stream of this encoding.

    Automatic glyphs are ASCII where the encoding or the terminal knows no more. The automatic theme has no colours if
    NO_COLOR is set; it is light where the terminal says that its background is, and dark otherwise.
    """
    return Look(_glyphs(glyphs, environ, encoding), _theme(theme, environ))


def _glyphs(name: GlyphsName, environ: Mapping[str, str], encoding: str) -> Glyphs:
    if name != "auto":
        return GLYPH_SETS[name]
    utf8 = encoding.lower().replace("-", "").replace("_", "").startswith("utf")
    return UNICODE if utf8 and environ.get("TERM") not in POOR_TERMINALS else ASCII


def _theme(name: ThemeName, environ: Mapping[str, str]) -> Theme:
    if name != "auto":
        return THEMES[name]
    if environ.get("NO_COLOR"):
        return MONO
    return LIGHT if environ.get("COLORFGBG", "").split(";")[-1] in LIGHT_BACKGROUNDS else DARK
