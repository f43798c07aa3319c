"""What a slot, a loop or a request does, as the stage shows it: in which style (and so glyph), and in which words."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from simulator.stage.canvas.grid import Styles
from simulator.stage.canvas.style import Style
from simulator.stage.states import STATE_STYLES
from simulator.trace.playback import OF_STATE, Activity
from simulator.words.language import later

_OTHERS = {
    Activity.IDLE: (Style.IDLE, later("idle")),
    Activity.DOWN: (Style.DOWN, later("down")),
    Activity.DROPPED: (Style.DROPPED, later("lost")),
    Activity.CRASHED: (Style.CRASHED, later("crashed")),
}
"""What is not a state of a request."""
_STATES = {OF_STATE[state]: (style, state.short) for state, style in STATE_STYLES.items()}

ACTIVITY_STYLES: Mapping[Activity, Style] = {activity: style for activity, (style, _) in (_OTHERS | _STATES).items()}
_TABLE: Styles = np.array([ACTIVITY_STYLES[activity] for activity in Activity], np.uint8)

SHORT: Mapping[Activity, str] = {activity: short for activity, (_, short) in (_OTHERS | _STATES).items()}
"""At most ten cells each; whoever shows them calls ``translated``."""
SHORT_WIDTH = 10


def styles_of(activities: NDArray[np.uint8]) -> Styles:
    """The style of each activity in an array of any shape."""
    return _TABLE[activities]
