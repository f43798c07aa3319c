"""What a theme is: a paint for every style, and a colour for every ground; and the theme without any colour."""

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
        """The foreground and background that reach the eye, inverse already applied; for themes with colours."""
        paint = self.paint(style, ground)
        fg, bg = paint.fg or self.fg or "#000000", paint.bg or self.bg or "#ffffff"
        return (bg, fg) if paint.inverse else (fg, bg)


MONO = Theme(
    name="mono",
    fg=None,
    bg=None,
    paints={
        Style.DIM: Paint(dim=True),
        Style.TITLE: Paint(bold=True),
        Style.HEADING: Paint(bold=True),
        Style.RULE: Paint(dim=True),
        Style.KEY: Paint(bold=True),
        Style.GOOD: Paint(bold=True),
        Style.BAD: Paint(bold=True),
        Style.WARN: Paint(bold=True),
        Style.ACCENT: Paint(bold=True),
        Style.CURSOR: Paint(inverse=True),
        Style.SELECTED: Paint(inverse=True),
        Style.TRACK: Paint(dim=True),
        Style.GHOST: Paint(dim=True),
        Style.CODE_KEYWORD: Paint(bold=True),
        Style.CODE_COMMENT: Paint(dim=True),
        Style.CODE_ACTIVE: Paint(inverse=True),
        Style.FADED: Paint(dim=True),
        Style.DROPPED: Paint(bold=True),
        Style.CRASHED: Paint(bold=True, inverse=True),
        Style.IDLE: Paint(dim=True),
        Style.DOWN: Paint(dim=True),
        Style.PAST_A: Paint(dim=True),
        Style.PAST_B: Paint(dim=True),
        Style.PAST_C: Paint(dim=True),
        Style.PAST_D: Paint(dim=True),
        Style.GONE: Paint(dim=True),
        Style.WAY_IN: Paint(dim=True),
        Style.WAY_BACK: Paint(dim=True),
        Style.PLACE: Paint(bold=True),
        Style.STRONG: Paint(bold=True),
        Style.FAINT: Paint(dim=True),
        Style.TAPE_IDLE: Paint(dim=True),
        Style.TAPE_NAME_PAST: Paint(dim=True),
        Style.LOCK_WAIT: Paint(dim=True),
        Style.BATON: Paint(bold=True),
        Style.ON_BRIGHT: Paint(bold=True),
        Style.CLAIM: Paint(bold=True),
        Style.BY_CLIENTS: Paint(bold=True),
        Style.BY_COMPUTING: Paint(bold=True),
        Style.BY_LOCK: Paint(bold=True),
        Style.RELIEF: Paint(bold=True),
        Style.BY_LOSS: Paint(bold=True),
        Style.TITLE_STATE: Paint(bold=True),
        Style.TITLE_MESSAGE: Paint(bold=True),
        Style.MOST: Paint(bold=True),
        Style.CAME: Paint(dim=True),
    },
)
"""Without colour, as NO_COLOR asks: the glyphs say what the colours would repeat."""
