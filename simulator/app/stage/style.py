"""What a cell of the grid stands for. Colours come later, from a theme: a style is a role, never a colour.

One table says which style each state of a request has, and one which style each outcome has. Several states share a
style where a reader would call them the same: whoever waits in a backlog, in a queue or for a handshake, waits.
"""

from collections.abc import Mapping
from enum import IntEnum

from simulator.plan.words import Outcome, State


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

STATE_STYLES: Mapping[State, Style] = {
    State.CONNECTING: Style.WAITING,
    State.BACKLOG: Style.WAITING,
    State.QUEUED: Style.WAITING,
    State.UPLOAD: Style.UPLOAD,
    State.COMPUTING: Style.CPU,
    State.GIL: Style.GIL,
    State.LOOP: Style.LOOP,
    State.CORE: Style.CORE,
    State.GIL_OR_CORE: Style.WAITING,
    State.IO: Style.IO,
    State.DOWNLOAD: Style.DOWNLOAD,
    State.DELIVERY: Style.DELIVERY,
}

OUTCOME_STYLES: Mapping[Outcome, Style] = {
    Outcome.OPEN: Style.WAITING,
    Outcome.COMPLETED: Style.DONE,
    Outcome.REFUSED: Style.DROPPED,
    Outcome.CONNECT_TIMEOUT: Style.DROPPED,
    Outcome.GAVE_UP: Style.DROPPED,
    Outcome.CONNECTION_LIMIT: Style.DROPPED,
    Outcome.QUEUE_FULL: Style.DROPPED,
    Outcome.UPSTREAM_TIMEOUT: Style.DROPPED,
    Outcome.CRASHED: Style.CRASHED,
    Outcome.BAD_GATEWAY: Style.CRASHED,
    Outcome.BROKEN: Style.DROPPED,
}

PRECEDENCE: tuple[Style, ...] = (
    Style.CRASHED,
    Style.DROPPED,
    Style.DOWN,
    Style.GIL,
    Style.LOOP,
    Style.CORE,
    Style.CPU,
    Style.UPLOAD,
    Style.DOWNLOAD,
    Style.IO,
    Style.DELIVERY,
    Style.DONE,
    Style.WAITING,
    Style.IDLE,
)
"""Which one to show where several fall into one cell: the rare and the telling before the common."""
