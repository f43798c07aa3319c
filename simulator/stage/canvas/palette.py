"""Colours for every style: a dark and a light theme, and one without any colour.

Those of what a slot or a request is doing only repeat what its glyph says. They were found by search, so that any two
differ for people with normal and with colour-blind eyes; tests hold the distances.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.stage.canvas.style import Style


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

    def paint(self, style: Style) -> Paint:
        """How to draw a style; one without an entry looks like text."""
        return self.paints.get(style, PLAIN)

    def colours(self, style: Style) -> tuple[str, str]:
        """The foreground and background that reach the eye, inverse already applied; for themes with colours."""
        paint = self.paint(style)
        fg, bg = paint.fg or self.fg or "#000000", paint.bg or self.bg or "#ffffff"
        return (bg, fg) if paint.inverse else (fg, bg)


DARK = Theme(
    name="dark",
    fg="#d5dae0",
    bg="#101418",
    paints={
        Style.DIM: Paint(fg="#929ca8"),
        Style.TITLE: Paint(fg="#ffffff", bg="#233140", bold=True),
        Style.HEADING: Paint(fg="#ffffff", bold=True),
        Style.RULE: Paint(fg="#4a5561"),
        Style.KEY: Paint(fg="#ffffff", bg="#35475a", bold=True),
        Style.KEY_NAME: Paint(fg="#a8b1bb"),
        Style.GOOD: Paint(fg="#7af0a8"),
        Style.BAD: Paint(fg="#ff6557", bold=True),
        Style.WARN: Paint(fg="#ffd75e"),
        Style.ACCENT: Paint(fg="#7cc7ff", bold=True),
        Style.CURSOR: Paint(fg="#ffffff", bg="#44556a", bold=True),
        Style.SELECTED: Paint(fg="#ffffff", bg="#1d4a73"),
        Style.BAR: Paint(fg="#b9c6d4"),
        Style.TRACK: Paint(fg="#5b6672"),
        Style.SPARK_A: Paint(fg="#4bd2ff"),
        Style.SPARK_B: Paint(fg="#ff5aa0"),
        Style.SPARK_C: Paint(fg="#fff07a"),
        Style.SPARK_D: Paint(fg="#a39a20"),
        Style.GHOST: Paint(fg="#6b7480"),
        Style.CODE: Paint(fg="#d5dae0"),
        Style.CODE_KEYWORD: Paint(fg="#c3a6ff"),
        Style.CODE_STRING: Paint(fg="#8fd6a0"),
        Style.CODE_COMMENT: Paint(fg="#929ca8"),
        Style.CODE_ACTIVE: Paint(fg="#fff3cf", bg="#574511", bold=True),
        Style.FADED: Paint(fg="#454d56"),
        Style.WAITING: Paint(fg="#e1f0f0"),
        Style.CONNECTING: Paint(fg="#e1f0f0"),
        Style.QUEUED: Paint(fg="#e1f0f0"),
        Style.GIL_OR_CORE: Paint(fg="#ffff5a"),
        Style.UPLOAD: Paint(fg="#0096ff"),
        Style.CPU: Paint(fg="#ff9600"),
        Style.GIL: Paint(fg="#ffff5a"),
        Style.LOOP: Paint(fg="#ffff5a"),
        Style.CORE: Paint(fg="#ffff5a"),
        Style.IO: Paint(fg="#e1c3ff"),
        Style.DOWNLOAD: Paint(fg="#3ce1a5"),
        Style.DELIVERY: Paint(fg="#929ca8"),
        Style.DONE: Paint(fg="#3ce1a5", bold=True),
        Style.DROPPED: Paint(fg="#ff2db4", bold=True),
        Style.CRASHED: Paint(fg="#ff004b", bold=True, inverse=True),
        Style.IDLE: Paint(fg="#6b7480"),
        Style.DOWN: Paint(fg="#6b7480"),
    },
)
"""For terminals with a dark background."""

LIGHT = Theme(
    name="light",
    fg="#1c2128",
    bg="#fafafa",
    paints={
        Style.DIM: Paint(fg="#5c6670"),
        Style.TITLE: Paint(fg="#101418", bg="#d3dfeb", bold=True),
        Style.HEADING: Paint(fg="#000000", bold=True),
        Style.RULE: Paint(fg="#b4bcc4"),
        Style.KEY: Paint(fg="#101418", bg="#d5dce3", bold=True),
        Style.KEY_NAME: Paint(fg="#47515b"),
        Style.GOOD: Paint(fg="#006b50"),
        Style.BAD: Paint(fg="#8f0000", bold=True),
        Style.WARN: Paint(fg="#94600a"),
        Style.ACCENT: Paint(fg="#0b5aa5", bold=True),
        Style.CURSOR: Paint(fg="#101418", bg="#c2cedb", bold=True),
        Style.SELECTED: Paint(fg="#101418", bg="#bcdcf7"),
        Style.BAR: Paint(fg="#4a5765"),
        Style.TRACK: Paint(fg="#98a2ac"),
        Style.SPARK_A: Paint(fg="#0077b3"),
        Style.SPARK_B: Paint(fg="#c83c0a"),
        Style.SPARK_C: Paint(fg="#1c1c85"),
        Style.SPARK_D: Paint(fg="#42120a"),
        Style.GHOST: Paint(fg="#858c94"),
        Style.CODE: Paint(fg="#1c2128"),
        Style.CODE_KEYWORD: Paint(fg="#6a2fb3"),
        Style.CODE_STRING: Paint(fg="#1b6b35"),
        Style.CODE_COMMENT: Paint(fg="#5c6670"),
        Style.CODE_ACTIVE: Paint(fg="#2b2100", bg="#ffe9a0", bold=True),
        Style.FADED: Paint(fg="#b4bcc4"),
        Style.WAITING: Paint(fg="#00000f"),
        Style.CONNECTING: Paint(fg="#00000f"),
        Style.QUEUED: Paint(fg="#00000f"),
        Style.GIL_OR_CORE: Paint(fg="#5a4b00"),
        Style.UPLOAD: Paint(fg="#0078b4"),
        Style.CPU: Paint(fg="#b45a0f"),
        Style.GIL: Paint(fg="#5a4b00"),
        Style.LOOP: Paint(fg="#5a4b00"),
        Style.CORE: Paint(fg="#5a4b00"),
        Style.IO: Paint(fg="#002dc3"),
        Style.DOWNLOAD: Paint(fg="#1e694b"),
        Style.DELIVERY: Paint(fg="#5c6670"),
        Style.DONE: Paint(fg="#1e694b", bold=True),
        Style.DROPPED: Paint(fg="#5a0f5a", bold=True),
        Style.CRASHED: Paint(fg="#69001e", bold=True, inverse=True),
        Style.IDLE: Paint(fg="#858c94"),
        Style.DOWN: Paint(fg="#858c94"),
    },
)
"""For terminals with a light background, and for print."""

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
    },
)
"""Without colour, as NO_COLOR asks: the glyphs say what the colours would repeat."""
