"""What a worker does, as its tape and its desk show it: on which ground, with which glyph, and in which words.

What to watch: only computing is loud. Waiting for a lock or a core is a thin line, and what the worker is held for
otherwise is a quiet ground, whose mark can be told without any colour. The words are for somebody who has never seen a
server from inside.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulator.stage.canvas.cells import Characters
from simulator.stage.canvas.glyphs import ASCII, Glyphs
from simulator.stage.canvas.grid import Styles
from simulator.stage.canvas.style import Ground, Style
from simulator.trace.playback import Activity
from simulator.words.language import later
from simulator.words.marks import MARKS, Mark


@dataclass(frozen=True, slots=True)
class Doing:
    """How one activity looks, and what it is called. Whoever shows the words calls ``translated``."""

    style: Style
    """Of its mark on a tape."""
    ground: Ground
    desk: Style
    """Of the words at a desk."""
    word: str
    """At most 14 cells."""
    short: str
    """At most 7 cells."""


def _quiet(word: str, short: str) -> Doing:
    return Doing(Style.DIM, Ground.BACK, Style.DIM, word, short)


def _waits(word: str, short: str) -> Doing:
    return Doing(Style.LOCK_WAIT, Ground.BACK, Style.DIM, word, short)


DOING: Mapping[Activity, Doing] = {
    Activity.IDLE: Doing(Style.TAPE_IDLE, Ground.BACK, Style.DIM, later("free"), later("free")),
    Activity.CONNECTING: _quiet(later("connecting"), later("opens")),
    Activity.QUEUED: _quiet(later("queued"), later("queued")),
    Activity.BACKLOG: _quiet(later("queued"), later("queued")),
    Activity.DELIVERY: _quiet(later("answering"), later("answers")),
    Activity.UPLOAD: Doing(Style.TAPE_UPLOAD, Ground.UPLOAD, Style.UPLOAD, later("uploading"), later("upload")),
    Activity.IO: Doing(Style.TAPE_IO, Ground.IO, Style.IO, later("asks database"), later("asks DB")),
    Activity.DOWNLOAD: Doing(
        Style.TAPE_DOWNLOAD, Ground.DOWNLOAD, Style.DOWNLOAD, later("client reads"), later("reading")
    ),
    Activity.CLOSING: Doing(
        Style.TAPE_DOWNLOAD, Ground.DOWNLOAD, Style.CLOSING, later("client closes"), later("closing")
    ),
    Activity.COMPUTING: Doing(Style.CPU, Ground.BACK, Style.CPU, later("computing"), later("on CPU")),
    Activity.BLOCKS: Doing(Style.BLOCKS, Ground.IO, Style.BLOCKS, later("blocks loop"), later("blocks")),
    Activity.CORE: _waits(later("waits for core"), later("no core")),
    Activity.THROTTLED: Doing(Style.THROTTLED, Ground.BACK, Style.THROTTLED, later("throttled"), later("no CPU")),
    Activity.PROCESSOR: _waits(later("waits for P"), later("waits")),
    Activity.LOOP: _waits(later("waits for loop"), later("waits")),
    Activity.GIL_OR_CORE: _waits(later("waits its turn"), later("waits")),
    Activity.GIL: _waits(later("waits for lock"), later("waits")),
    Activity.DOWN: Doing(Style.DOWN, Ground.BACK, Style.DIM, later("down"), later("down")),
    Activity.DROPPED: Doing(Style.DROPPED, Ground.BACK, Style.DROPPED, later("lost"), later("lost")),
    Activity.CRASHED: Doing(Style.CRASHED, Ground.BACK, Style.CRASHED, later("crashed"), later("crashed")),
}
"""In the order of a request's life, what serves nobody at both ends."""
LINE, DOTTED = Mark("╌", "-"), Mark("┈", "=")
WAITS: Mapping[Activity, Mark] = {
    Activity.CORE: DOTTED,
    Activity.PROCESSOR: LINE,
    Activity.LOOP: LINE,
    Activity.GIL_OR_CORE: LINE,
    Activity.GIL: LINE,
}
"""Drawn as a line through the lane; all others have the marks that they have everywhere."""
FILLS = (Activity.DOWN, Activity.DROPPED, Activity.CRASHED)
"""Drawn in all rows of the lane."""
PROGRESSES = (Activity.UPLOAD, Activity.DOWNLOAD)
"""Of these it is known when they end."""

STYLES: Styles = np.array([DOING[activity].style for activity in Activity], np.uint8)
GROUNDS: Styles = np.array([DOING[activity].ground for activity in Activity], np.uint8)
WAITING = np.isin(np.arange(len(Activity)), list(WAITS))
FILLING = np.isin(np.arange(len(Activity)), FILLS)
"""Tables to look activities up in."""
_MARKS = [WAITS[each] if each in WAITS else MARKS[each.name] for each in Activity]
_UNICODE: Characters = np.array([mark.unicode for mark in _MARKS])
_ASCII: Characters = np.array([mark.ascii for mark in _MARKS])


def marks(glyphs: Glyphs) -> Characters:
    """The mark of every activity, by number."""
    return _ASCII if glyphs is ASCII else _UNICODE


def mark(activity: Activity, glyphs: Glyphs) -> str:
    """The mark of one."""
    return str(marks(glyphs)[activity])
