"""What a slot, a loop or a request does, as the stage shows it: in which style (and so glyph), and in which words."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from simulator.app.stage.grid import Styles
from simulator.app.stage.style import STATE_STYLES, Style
from simulator.trace.playback import Activity

_OTHERS = {
    Activity.IDLE: Style.IDLE,
    Activity.DOWN: Style.DOWN,
    Activity.DROPPED: Style.DROPPED,
    Activity.CRASHED: Style.CRASHED,
}

ACTIVITY_STYLES: Mapping[Activity, Style] = {
    **_OTHERS,
    **{activity: STATE_STYLES[activity.state] for activity in Activity if activity.state is not None},
}
_TABLE: Styles = np.array([ACTIVITY_STYLES[activity] for activity in Activity], np.uint8)

SHORT: Mapping[Activity, str] = {
    Activity.IDLE: "idle",
    Activity.CONNECTING: "connecting",
    Activity.QUEUED: "queued",
    Activity.BACKLOG: "in backlog",
    Activity.DELIVERY: "delivering",
    Activity.IO: "I/O",
    Activity.DOWNLOAD: "download",
    Activity.UPLOAD: "upload",
    Activity.COMPUTING: "computing",
    Activity.CORE: "needs core",
    Activity.LOOP: "needs loop",
    Activity.GIL_OR_CORE: "needs CPU",
    Activity.GIL: "needs GIL",
    Activity.DOWN: "down",
    Activity.DROPPED: "lost",
    Activity.CRASHED: "crashed",
}
"""At most ten cells each."""
SHORT_WIDTH = 10

LEGEND: Mapping[Style, str] = {
    Style.WAITING: "queued",
    Style.UPLOAD: "client uploads",
    Style.CPU: "computing",
    Style.GIL: "waits for GIL",
    Style.LOOP: "waits for loop",
    Style.CORE: "waits for core",
    Style.IO: "waits for I/O",
    Style.DOWNLOAD: "client reads",
    Style.DELIVERY: "answer on its way",
    Style.DROPPED: "lost",
    Style.CRASHED: "crashed",
    Style.DOWN: "process down",
    Style.IDLE: "idle",
}
"""In the order of a request's life."""
SHORT_LEGEND: Mapping[Style, str] = {
    Style.WAITING: "queued",
    Style.UPLOAD: "upload",
    Style.CPU: "cpu",
    Style.GIL: "GIL wait",
    Style.LOOP: "loop wait",
    Style.CORE: "core wait",
    Style.IO: "I/O",
    Style.DOWNLOAD: "download",
    Style.DELIVERY: "answer",
    Style.DROPPED: "lost",
    Style.CRASHED: "crash",
    Style.DOWN: "down",
    Style.IDLE: "idle",
}


def styles_of(activities: NDArray[np.uint8]) -> Styles:
    """The style of each activity in an array of any shape."""
    return _TABLE[activities]
