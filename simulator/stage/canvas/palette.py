"""Colours for every style: a dark and a light theme, and one without any colour.

Those of what a slot or a request is doing only repeat what its glyph says. They were found by search, so that any two
differ for people with normal and with colour-blind eyes; tests hold the distances.
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


DARK = Theme(
    name="dark",
    fg="#d5dae0",
    bg="#101418",
    paints={
        Style.DIM: Paint(fg="#929ca8"),
        Style.TITLE: Paint(fg="#ffffff", bg="#1e2a36", bold=True),
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
        Style.WHO_A: Paint(fg="#e6eef5"),
        Style.WHO_B: Paint(fg="#ff86a4"),
        Style.WHO_C: Paint(fg="#ffcf70"),
        Style.WHO_D: Paint(fg="#7ee0c0"),
        Style.PAST_A: Paint(fg="#7c8894"),
        Style.PAST_B: Paint(fg="#b8647a"),
        Style.PAST_C: Paint(fg="#a8874a"),
        Style.PAST_D: Paint(fg="#56947f"),
        Style.GONE: Paint(fg="#78838f"),
        Style.STREET: Paint(fg="#4d87b5"),
        Style.WAY_IN: Paint(fg="#3c4854"),
        Style.WAY_BACK: Paint(fg="#2f6b50"),
        Style.PLACE: Paint(fg="#7cc7ff", bold=True),
        Style.STRONG: Paint(fg="#ffffff", bold=True),
        Style.FAINT: Paint(fg="#67737f"),
        Style.TAPE_UPLOAD: Paint(fg="#2b7ec6"),
        Style.TAPE_IO: Paint(fg="#8f7bb5"),
        Style.TAPE_DOWNLOAD: Paint(fg="#3ce1a5"),
        Style.TAPE_IDLE: Paint(fg="#4a5561"),
        Style.TAPE_NAME: Paint(fg="#b9d8f2"),
        Style.TAPE_NAME_PAST: Paint(fg="#6d9cc4"),
        Style.LOCK_WAIT: Paint(fg="#5b6672"),
        Style.BATON: Paint(fg="#ffe14d", bold=True),
        Style.CPU_NEXT: Paint(fg="#dd8000"),
        Style.ON_BRIGHT: Paint(fg="#10161c", bold=True),
        Style.CLAIM: Paint(fg="#ffffff", bold=True),
        Style.BY_CLIENTS: Paint(fg="#7cc7ff", bold=True),
        Style.BY_COMPUTING: Paint(fg="#ff9600", bold=True),
        Style.BY_LOCK: Paint(fg="#ffe14d", bold=True),
        Style.RELIEF: Paint(fg="#3ce1a5", bold=True),
        Style.BY_LOSS: Paint(fg="#ff5ac4", bold=True),
        Style.TITLE_STORY: Paint(fg="#a8b4c0", bg="#1e2a36"),
        Style.TITLE_STATE: Paint(fg="#7af0a8", bg="#1e2a36", bold=True),
        Style.TITLE_MESSAGE: Paint(fg="#9ad4ff", bg="#1e2a36", bold=True),
        Style.AREA_LOW: Paint(fg="#4bb8ff"),
        Style.AREA_MIDDLE: Paint(fg="#8aa8f0"),
        Style.AREA_HIGH: Paint(fg="#c59ad8"),
        Style.AREA_TOP: Paint(fg="#ff86a4"),
        Style.HALF: Paint(fg="#7cc7ff"),
        Style.MOST: Paint(fg="#ff86a4"),
        Style.CAME: Paint(fg="#78838f"),
    },
    grounds={
        Ground.PANE: "#141a20",
        Ground.RAISED: "#17222d",
        Ground.ROOM: "#13241d",
        Ground.ALARM: "#2e1d05",
        Ground.UPLOAD: "#0e2f4d",
        Ground.IO: "#1f1c30",
        Ground.DOWNLOAD: "#0f3529",
        Ground.CLIENTS: "#7cc7ff",
        Ground.COMPUTING: "#ff9600",
        Ground.COMPUTING_NEXT: "#dd8000",
        Ground.LOCK: "#ffe14d",
        Ground.RELIEF: "#3ce1a5",
        Ground.LOSS: "#ff5ac4",
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
        Style.WHO_A: Paint(fg="#2b3440"),
        Style.WHO_B: Paint(fg="#c2255c"),
        Style.WHO_C: Paint(fg="#8a5a00"),
        Style.WHO_D: Paint(fg="#00705a"),
        Style.PAST_A: Paint(fg="#7a8590"),
        Style.PAST_B: Paint(fg="#c26585"),
        Style.PAST_C: Paint(fg="#9a7a40"),
        Style.PAST_D: Paint(fg="#4f9080"),
        Style.GONE: Paint(fg="#858c94"),
        Style.STREET: Paint(fg="#3f7cae"),
        Style.WAY_IN: Paint(fg="#aab3bc"),
        Style.WAY_BACK: Paint(fg="#5aa583"),
        Style.PLACE: Paint(fg="#0b5aa5", bold=True),
        Style.STRONG: Paint(fg="#000000", bold=True),
        Style.FAINT: Paint(fg="#858c94"),
        Style.TAPE_UPLOAD: Paint(fg="#2a78b8"),
        Style.TAPE_IO: Paint(fg="#6a58a8"),
        Style.TAPE_DOWNLOAD: Paint(fg="#1e694b"),
        Style.TAPE_IDLE: Paint(fg="#98a2ac"),
        Style.TAPE_NAME: Paint(fg="#0d3b66"),
        Style.TAPE_NAME_PAST: Paint(fg="#3f6f9c"),
        Style.LOCK_WAIT: Paint(fg="#98a2ac"),
        Style.BATON: Paint(fg="#7a5c00", bold=True),
        Style.CPU_NEXT: Paint(fg="#96480a"),
        Style.ON_BRIGHT: Paint(fg="#ffffff", bold=True),
        Style.CLAIM: Paint(fg="#000000", bold=True),
        Style.BY_CLIENTS: Paint(fg="#0b5aa5", bold=True),
        Style.BY_COMPUTING: Paint(fg="#a04d08", bold=True),
        Style.BY_LOCK: Paint(fg="#6b5200", bold=True),
        Style.RELIEF: Paint(fg="#006b50", bold=True),
        Style.BY_LOSS: Paint(fg="#9a0f80", bold=True),
        Style.TITLE_STORY: Paint(fg="#47515b", bg="#d3dfeb"),
        Style.TITLE_STATE: Paint(fg="#00563f", bg="#d3dfeb", bold=True),
        Style.TITLE_MESSAGE: Paint(fg="#0b4a88", bg="#d3dfeb", bold=True),
        Style.AREA_LOW: Paint(fg="#0b6fb8"),
        Style.AREA_MIDDLE: Paint(fg="#4f5fc0"),
        Style.AREA_HIGH: Paint(fg="#8a4aa8"),
        Style.AREA_TOP: Paint(fg="#c2255c"),
        Style.HALF: Paint(fg="#0b6fb8"),
        Style.MOST: Paint(fg="#c2255c"),
        Style.CAME: Paint(fg="#7a838d"),
    },
    grounds={
        Ground.PANE: "#ffffff",
        Ground.RAISED: "#e6eef6",
        Ground.ROOM: "#e3f2ea",
        Ground.ALARM: "#fdeedb",
        Ground.UPLOAD: "#d3e6f6",
        Ground.IO: "#ebe6f5",
        Ground.DOWNLOAD: "#d6efe4",
        Ground.CLIENTS: "#0b5aa5",
        Ground.COMPUTING: "#b45a0f",
        Ground.COMPUTING_NEXT: "#96480a",
        Ground.LOCK: "#6b5200",
        Ground.RELIEF: "#006b50",
        Ground.LOSS: "#9a0f80",
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
