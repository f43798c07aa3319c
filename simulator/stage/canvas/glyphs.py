"""Which character stands for what: one set for Unicode terminals, one for those that know only ASCII.

Every glyph takes one cell, everywhere: none is an emoji (terminals draw those two cells wide), and none is East Asian
Wide. Some are of ambiguous width; a terminal set up to draw those wide needs the ASCII set. In either set, what a slot
or a request does can be told from the glyph alone: colour only repeats it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.stage.canvas.style import DOING, Style
from simulator.words.marks import MARKS


@dataclass(frozen=True, kw_only=True, slots=True)
class Glyphs:
    """One character for everything that the stage draws."""

    name: str
    activities: Mapping[Style, str]
    """One for each style that says what a slot or a request is doing, all different."""
    sparks: str
    """Eight heights of a curve, the lowest first; a blank is no value at all."""
    shares: str
    """For which part of a column a lock was taken, a small part first; none is the glyph of something else."""
    shades: str
    """For how many requests lie in one cell of a chart, few first."""
    who: str
    """Who a request is, four kinds: one mark each."""
    who_again: str
    """The same kinds, having tried before."""
    who_gone: str
    """The same kinds, where nobody waits for the answer any more."""
    crowds: str
    """Marks that stand for 10, 100, 1 000 and a million requests, where one each is too many."""
    full: str
    """A filled cell of a meter."""
    stripe: str
    """A cell that is full of many small things."""
    empty: str
    """An empty cell of a meter or of a queue with room."""
    horizontal: str
    vertical: str
    corners: str
    """Top left, top right, bottom left, bottom right."""
    round_corners: str
    """The same of boxes."""
    branches: str
    """Off an upright line to the right and to the left, and off a level one to both sides downwards."""
    back: str
    """Where a way to the left ends."""
    track: str
    """The part of the time bar that was played."""
    track_ahead: str
    """The part of the time bar that lies ahead."""
    handed_over: str
    """From whoever had a lock to whoever has it next."""
    playhead: str
    marker: str
    """Points at a moment from above: something happened here."""
    down: str
    play: str
    pause: str
    dot: str
    """Filled: live, switched on, chosen."""
    ring: str
    """Hollow: switched off, not chosen."""
    bullet: str
    """Between two facts in one line."""
    times: str
    more: str
    """What did not fit was cut off here."""
    micro: str
    """The prefix of a millionth."""

    def __getitem__(self, style: Style) -> str:
        """The glyph of what a slot or a request is doing."""
        return self.activities[style]


_NAMES = {Style.WAITING: "BACKLOG", Style.CPU: "COMPUTING"}
_MARKS = {style: MARKS[_NAMES.get(style, style.name)] for style in DOING}

UNICODE = Glyphs(
    name="unicode",
    activities={style: mark.unicode for style, mark in _MARKS.items()},
    sparks="▁▂▃▄▅▆▇█",
    shares="▁▂▃▄▅▆▇█",
    shades="⠂⠒⠶⣿",
    who="●◆■✚",
    who_again="◉◈▣✜",
    who_gone="◦◇□✛",
    crowds="⣿█kM",
    full="█",
    stripe="▌",
    empty="·",
    horizontal="─",
    vertical="│",
    corners="┌┐└┘",
    round_corners="╭╮╰╯",
    branches="├┤┬",
    back="←",
    track="━",
    track_ahead="╌",
    handed_over="┃",
    playhead="◆",
    marker="▾",
    down="↓",
    play="►",
    pause="‖",
    dot="●",
    ring="○",
    bullet="·",
    times="\N{MULTIPLICATION SIGN}",
    more="…",
    micro="µ",
)

ASCII = Glyphs(
    name="ascii",
    activities={style: mark.ascii for style, mark in _MARKS.items()},
    sparks="_.-:=+*#",
    shares="123456789#",
    shades="'*$@",
    who="odst",
    who_again="ODST",
    who_gone="''''",
    crowds="#@kM",
    full="#",
    stripe="!",
    empty=".",
    horizontal="-",
    vertical="|",
    corners="++++",
    round_corners="++++",
    branches="+++",
    back="<",
    track="=",
    track_ahead="-",
    handed_over="|",
    playhead="@",
    marker="v",
    down="v",
    play=">",
    pause="|",
    dot="*",
    ring="o",
    bullet="-",
    times="x",
    more="~",
    micro="u",
)
