"""What a cell of the grid stands for. Colours come later, from a theme: a style is a role, never a colour.

One table says what each state of a request looks like; an outcome looks like its loss. Several states share a style
where a reader would call them the same: whoever waits in a backlog, in a queue or for a handshake, waits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from simulator.plan.words import Loss, Outcome, State


class Style(IntEnum):
    """The role of a cell. Fits a uint8."""

    TEXT = 0
    """Ordinary words and figures."""
    DIM = 1
    """What is there but should not catch the eye: units, labels, what is switched off."""
    TITLE = 2
    """The line at the top of the screen."""
    HEADING = 3
    """The name of a view or of a group."""
    RULE = 4
    """Lines between things."""
    KEY = 5
    """A key that can be pressed."""
    KEY_NAME = 6
    """What the key does."""
    GOOD = 7
    BAD = 8
    WARN = 9
    ACCENT = 10
    """Links, the value that just changed, whatever is meant to be found first."""
    CURSOR = 11
    """The playhead and the column under it."""
    SELECTED = 12
    """The line that the next key acts on."""
    BAR = 13
    """The filled part of a meter or of the time bar."""
    TRACK = 14
    """The empty part of a meter or of the time bar."""
    SPARK_A = 15
    """Curves of the first view; the others follow in their order."""
    SPARK_B = 16
    SPARK_C = 17
    SPARK_D = 18
    GHOST = 19
    """The run before the last change, behind the present one."""
    CODE = 20
    CODE_KEYWORD = 21
    CODE_STRING = 22
    CODE_COMMENT = 23
    CODE_ACTIVE = 24
    """The line of source that is at work now."""

    IDLE = 32
    """A slot that nobody needs."""
    WAITING = 33
    """Connecting, in the backlog or in a queue: nobody works on it yet."""
    UPLOAD = 34
    """Waiting for the client to send."""
    CPU = 35
    GIL = 36
    LOOP = 37
    CORE = 38
    IO = 39
    DOWNLOAD = 40
    """Waiting for the client to read."""
    DELIVERY = 41
    """The server is through; the last bytes travel."""
    DONE = 42
    DROPPED = 43
    """Refused, timed out, or given up."""
    CRASHED = 44
    DOWN = 45
    """A process that is not there: before its start, or between its death and the next boot."""


ACTIVITIES: tuple[Style, ...] = tuple(style for style in Style if style >= Style.IDLE)
"""The styles that say what a slot or a request is doing; all others are chrome."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What a state looks like."""

    style: Style
    """On the stage; glyphs and colours are in ``marks``."""
    hatching: str
    """In a printed bar, where the states that share a style are told apart."""
    colour: str
    """Of the hatching, as Rich names it."""


PICTURES: Mapping[State, Picture] = {
    State.CONNECTING: Picture(Style.WAITING, "▧", "bright_black"),
    State.BACKLOG: Picture(Style.WAITING, "▥", "bright_red"),
    State.QUEUED: Picture(Style.WAITING, "▦", "bright_yellow"),
    State.UPLOAD: Picture(Style.UPLOAD, "░", "magenta"),
    State.COMPUTING: Picture(Style.CPU, "█", "green"),
    State.GIL: Picture(Style.GIL, "▚", "red"),
    State.LOOP: Picture(Style.LOOP, "▞", "red"),
    State.CORE: Picture(Style.CORE, "▓", "yellow"),
    State.GIL_OR_CORE: Picture(Style.WAITING, "▨", "bright_magenta"),
    State.IO: Picture(Style.IO, "▒", "blue"),
    State.DOWNLOAD: Picture(Style.DOWNLOAD, "▤", "cyan"),
    State.DELIVERY: Picture(Style.DELIVERY, "─", "bright_black"),
}
STATE_STYLES: Mapping[State, Style] = {state: picture.style for state, picture in PICTURES.items()}

_ENDS = {Outcome.OPEN: Style.WAITING, Outcome.COMPLETED: Style.DONE}
_LOSSES = {loss: Style.CRASHED if loss is Loss.CRASH else Style.DROPPED for loss in Loss}
OUTCOME_STYLES: Mapping[Outcome, Style] = {
    outcome: _ENDS[outcome] if outcome.loss is None else _LOSSES[outcome.loss] for outcome in Outcome
}
