"""What a cell of the grid stands for. Colours come later, from a theme: a style is a role, never a colour.

A cell has a style, which says what its character is, and a ground, which says what lies behind it.
"""

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

    # From here to PROCESSOR: what a slot or a request is doing.
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
    BLOCKS = 49
    """Waiting, with an event loop that nobody else can have meanwhile."""
    CLOSING = 50
    """Waiting for the client to close."""
    THROTTLED = 51
    """The quota of the container is spent: nobody computes."""
    PROCESSOR = 52
    """Waiting for one of the Ps of Go's scheduler."""

    # Who a request is: one bright mark each, and faint ones where it has been.
    WHO_A = 64
    """The least demanding kind of client or request; the others follow in their order."""
    WHO_B = 65
    WHO_C = 66
    WHO_D = 67
    PAST_A = 68
    """Where a request of this kind began on a tape."""
    PAST_B = 69
    PAST_C = 70
    PAST_D = 71
    GONE = 72
    """Somebody whom nobody waits for any more."""

    # The street: ways, tapes, and who holds what.
    STREET = 80
    """The frame of the street in focus, and the line from the queue to the workers."""
    WAY_IN = 81
    """The dots on which clients walk to the queue."""
    WAY_BACK = 82
    """The way of the answers."""
    PLACE = 83
    """The name of a place: clients, queue, workers."""
    STRONG = 84
    """Counts and seconds that are to be read first."""
    FAINT = 85
    """Axes, and figures that are zero."""
    TAPE_UPLOAD = 86
    """The marks on a tape lie on the ground of the same name; computing is a bar in the style CPU."""
    TAPE_IO = 87
    TAPE_DOWNLOAD = 88
    TAPE_IDLE = 89
    TAPE_NAME = 90
    """Who holds a worker, written on its tape."""
    TAPE_NAME_PAST = 91
    LOCK_WAIT = 92
    """The quiet line of a thread that waits for the lock."""
    BATON = 93
    """The lock, where it changes hands."""
    CPU_NEXT = 94
    """Computing of the next one, where two touch."""
    ON_BRIGHT = 95
    """Words on a bright ground."""

    # The claim, by its cause.
    CLAIM = 100
    BY_CLIENTS = 101
    BY_COMPUTING = 102
    BY_LOCK = 103
    RELIEF = 104
    BY_LOSS = 105

    # The line at the top.
    TITLE_STORY = 106
    TITLE_STATE = 107
    TITLE_MESSAGE = 108

    # Curves.
    AREA_LOW = 110
    """How many wait, by height."""
    AREA_MIDDLE = 111
    AREA_HIGH = 112
    AREA_TOP = 113
    HALF = 114
    """The curve under which half of the answers lie."""
    MOST = 115
    """The curve under which 99 in 100 lie."""
    CAME = 116
    """What arrived, beside what was answered."""


class Ground(IntEnum):
    """What lies behind a cell. Fits a uint8. Where a style has a background of its own, that lies on top."""

    BACK = 0
    """Behind everything; on a sheet that is pasted, whatever lies below."""
    PANE = 1
    RAISED = 2
    """The claim, and what is chosen on the first screen."""
    ROOM = 3
    """A room on the street: a proxy, a broker, a database."""
    ALARM = 4
    """The window of an event loop that is blocked."""
    UPLOAD = 5
    """A stretch of a tape in which the worker listened to its client; the next two likewise."""
    IO = 6
    DOWNLOAD = 7
    CLIENTS = 8
    """Bright, with words in ON_BRIGHT; the next ones likewise."""
    COMPUTING = 9
    COMPUTING_NEXT = 10
    LOCK = 11
    """Also behind a request that is followed."""
    RELIEF = 12
    LOSS = 13


SPARKS = (Style.SPARK_A, Style.SPARK_B, Style.SPARK_C, Style.SPARK_D)
"""Of up to four runs beside one another."""
DOING = tuple(style for style in Style if Style.IDLE <= style <= Style.PROCESSOR)
"""What a slot or a request is doing."""
WHO = (Style.WHO_A, Style.WHO_B, Style.WHO_C, Style.WHO_D)
PAST = (Style.PAST_A, Style.PAST_B, Style.PAST_C, Style.PAST_D)
"""By kind of client or request."""
BRIGHT = (Ground.CLIENTS, Ground.COMPUTING, Ground.COMPUTING_NEXT, Ground.LOCK, Ground.RELIEF, Ground.LOSS)
