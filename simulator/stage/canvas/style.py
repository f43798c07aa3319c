"""What a cell of the grid stands for. Colours come later, from a theme: a style is a role, never a colour."""

from enum import IntEnum


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
    FADED = 25
    """All that lies behind a card."""

    # From here on: what a slot or a request is doing. All others are chrome.
    IDLE = 32
    """A slot that nobody needs."""
    WAITING = 33
    """In the backlog: nobody works on it yet."""
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
    CONNECTING = 46
    QUEUED = 47
    """Waiting for a slot, inside of the server."""
    GIL_OR_CORE = 48
    """Of measured runs only."""


SPARKS = (Style.SPARK_A, Style.SPARK_B, Style.SPARK_C, Style.SPARK_D)
"""Of up to four runs beside one another."""
