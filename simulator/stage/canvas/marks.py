"""How each thing that a slot or a request does is drawn and explained: its glyphs, its colours, and its legend.

What to watch: one row a style, so that whatever is added has everything at once. In either set of glyphs, what happens
can be told from the glyph alone. The colours were found by search, so that any two differ for people with normal and
with colour-blind eyes; tests hold the distances.
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
class Mark:
    """Of one activity."""

    unicode: str
    ascii: str
    """For terminals that know no more."""
    dark: Paint
    """On a dark background."""
    light: Paint
    mono: Paint = PLAIN
    """Where there are no colours."""
    legend: str = ""
    """In the legend; empty where it is never seen in a lane or a queue."""
    short: str = ""
    """The same where there is little room."""
    meaning: str
    """In the help."""


MARKS: Mapping[Style, Mark] = {
    Style.WAITING: Mark(
        unicode="○",
        ascii="o",
        dark=Paint(fg="#e1f0f0"),
        light=Paint(fg="#00000f"),
        legend="queued",
        short="queued",
        meaning="waiting: connecting, in the backlog, or in a queue; nobody works on it yet",
    ),
    Style.UPLOAD: Mark(
        unicode="▲",
        ascii="^",
        dark=Paint(fg="#0096ff"),
        light=Paint(fg="#0078b4"),
        legend="client uploads",
        short="upload",
        meaning="waiting for the client to send",
    ),
    Style.CPU: Mark(
        unicode="█",
        ascii="#",
        dark=Paint(fg="#ff9600"),
        light=Paint(fg="#b45a0f"),
        legend="computing",
        short="cpu",
        meaning="computing, on a core",
    ),
    Style.GIL: Mark(
        unicode="▒",
        ascii="%",
        dark=Paint(fg="#ffff5a"),
        light=Paint(fg="#5a4b00"),
        legend="waits for GIL",
        short="GIL wait",
        meaning="waiting for the GIL: another thread of its process has it",
    ),
    Style.LOOP: Mark(
        unicode="▚",
        ascii="&",
        dark=Paint(fg="#ffff5a"),
        light=Paint(fg="#5a4b00"),
        legend="waits for loop",
        short="loop wait",
        meaning="waiting for the event loop: it runs somebody else's callback",
    ),
    Style.CORE: Mark(
        unicode="░",
        ascii="=",
        dark=Paint(fg="#ffff5a"),
        light=Paint(fg="#5a4b00"),
        legend="waits for core",
        short="core wait",
        meaning="waiting for a core: more threads want one than there are",
    ),
    Style.IO: Mark(
        unicode="~",
        ascii="~",
        dark=Paint(fg="#e1c3ff"),
        light=Paint(fg="#002dc3"),
        legend="waits for I/O",
        short="I/O",
        meaning="waiting for I/O: a database, another service",
    ),
    Style.DOWNLOAD: Mark(
        unicode="▼",
        ascii="v",
        dark=Paint(fg="#3ce1a5"),
        light=Paint(fg="#1e694b"),
        legend="client reads",
        short="download",
        meaning="waiting for the client to read",
    ),
    Style.DELIVERY: Mark(
        unicode="→",
        ascii=">",
        dark=Paint(fg="#929ca8"),
        light=Paint(fg="#5c6670"),
        legend="answer on its way",
        short="answer",
        meaning="the server is through, the last bytes travel",
    ),
    Style.DONE: Mark(
        unicode="✓",
        ascii="+",
        dark=Paint(fg="#3ce1a5", bold=True),
        light=Paint(fg="#1e694b", bold=True),
        meaning="completed",
    ),
    Style.DROPPED: Mark(
        unicode="\N{MULTIPLICATION SIGN}",
        ascii="x",
        dark=Paint(fg="#ff2db4", bold=True),
        light=Paint(fg="#5a0f5a", bold=True),
        mono=Paint(bold=True),
        legend="lost",
        short="lost",
        meaning="refused, timed out, or given up",
    ),
    Style.CRASHED: Mark(
        unicode="✘",
        ascii="X",
        dark=Paint(fg="#ff004b", bold=True, inverse=True),
        light=Paint(fg="#69001e", bold=True, inverse=True),
        mono=Paint(bold=True, inverse=True),
        legend="crashed",
        short="crash",
        meaning="lost in a crash",
    ),
    Style.IDLE: Mark(
        unicode="·",
        ascii=".",
        dark=Paint(fg="#6b7480"),
        light=Paint(fg="#858c94"),
        mono=Paint(dim=True),
        legend="idle",
        short="idle",
        meaning="idle: a slot that nobody needs",
    ),
    Style.DOWN: Mark(
        unicode="╌",
        ascii="_",
        dark=Paint(fg="#6b7480"),
        light=Paint(fg="#858c94"),
        mono=Paint(dim=True),
        legend="process down",
        short="down",
        meaning="down: the process is not there, or boots",
    ),
}
"""In the order of a request's life."""
LEGEND: Mapping[Style, Mark] = {
    style: MARKS[style] for style in sorted(MARKS, key=lambda style: style is Style.IDLE) if MARKS[style].legend
}
"""What can be seen in lanes and queues; idle comes last."""
