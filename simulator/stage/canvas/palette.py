"""How a theme says what every style and every ground look like; the themes themselves are in ``themes``.

Colours of what a slot or a request is doing, and of who a request is, only repeat what glyphs say. They were found by
search, so that any two differ for people with normal and with colour-blind eyes; tests hold the distances.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from simulator.stage.canvas.style import BRIGHT, Ground, Style


@dataclass(frozen=True, kw_only=True, slots=True)
class Paint:
    """How a style is drawn. A colour is ``#rrggbb``; None is the theme's own."""

    fg: str | None = None
    bg: str | None = None
    bold: bool = False
    dim: bool = False
    """Faint; only where there is no colour to be fainter."""
    inverse: bool = False


PLAIN = Paint()
INK, FAINT_INK, PAPER = "#000000", "#767676", "#ffffff"
"""What pictures have where the theme leaves it to the terminal."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Theme:
    """A paint for every style."""

    name: str
    fg: str | None
    """Of text; None leaves it to the terminal."""
    bg: str | None
    """Behind everything; None leaves it to the terminal."""
    paints: Mapping[Style, Paint]
    grounds: Mapping[Ground, str] = field(default_factory=dict)
    """The colour of each ground but ``BACK``; none in a theme without colours, where bright ones are inverse."""

    def paint(self, style: Style, ground: Ground = Ground.BACK) -> Paint:
        """How to draw a style on a ground; one without an entry looks like text."""
        paint = self.paints.get(style, PLAIN)
        if ground is Ground.BACK or paint.bg or paint.inverse:
            return paint
        if self.bg is None:
            return replace(paint, inverse=True) if ground in BRIGHT else paint
        return replace(paint, bg=self.grounds[ground])

    def colours(self, style: Style, ground: Ground = Ground.BACK) -> tuple[str, str]:
        """The foreground and background that reach the eye, inverse already applied; without colours as on paper."""
        paint = self.paint(style, ground)
        fg, bg = paint.fg or self.fg or INK, paint.bg or self.bg or PAPER
        if paint.dim and not paint.fg:
            fg = FAINT_INK
        return (bg, fg) if paint.inverse else (fg, bg)
