"""How what happens to a request looks, and what the legend and the help say about it.

What to watch: every state has a style and a mark of its own, the same as in printed bars (``words.marks``); an outcome
looks like its loss.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.plan.words import Loss, Outcome, State
from simulator.stage.canvas.style import Style
from simulator.words.language import later

STATE_STYLES: Mapping[State, Style] = {
    State.CONNECTING: Style.CONNECTING,
    State.BACKLOG: Style.WAITING,
    State.QUEUED: Style.QUEUED,
    State.UPLOAD: Style.UPLOAD,
    State.COMPUTING: Style.CPU,
    State.GIL: Style.GIL,
    State.LOOP: Style.LOOP,
    State.CORE: Style.CORE,
    State.GIL_OR_CORE: Style.GIL_OR_CORE,
    State.IO: Style.IO,
    State.DOWNLOAD: Style.DOWNLOAD,
    State.DELIVERY: Style.DELIVERY,
}

_ENDS = {Outcome.OPEN: Style.WAITING, Outcome.COMPLETED: Style.DONE}
_LOSSES = {loss: Style.CRASHED if loss is Loss.CRASH else Style.DROPPED for loss in Loss}
OUTCOME_STYLES: Mapping[Outcome, Style] = {
    outcome: _ENDS[outcome] if outcome.loss is None else _LOSSES[outcome.loss] for outcome in Outcome
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Explained:
    """What a style means that says what a slot or a request is doing."""

    legend: str
    """In the legend; empty where it is never seen in a lane or a queue."""
    short: str
    """The same where there is little room."""
    meaning: str
    """In the help."""


MEANINGS: Mapping[Style, Explained] = {
    Style.CONNECTING: Explained(
        legend="",
        short="",
        meaning=later("connecting: the handshake, and trying again"),
    ),
    Style.WAITING: Explained(
        legend=later("in the backlog"),
        short=later("backlog"),
        meaning=later("in the backlog: connected, but nobody has accepted it yet"),
    ),
    Style.QUEUED: Explained(
        legend=later("waits for a slot"),
        short=later("queued"),
        meaning=later("waiting for a slot inside the server: a thread, a connection"),
    ),
    Style.UPLOAD: Explained(
        legend=later("client uploads"),
        short=later("upload"),
        meaning=later("waiting for the client to send"),
    ),
    Style.CPU: Explained(
        legend=later("computing"),
        short=later("cpu"),
        meaning=later("computing, on a core"),
    ),
    Style.GIL: Explained(
        legend=later("waits for GIL"),
        short=later("GIL wait"),
        meaning=later("waiting for the GIL: another thread of its process has it"),
    ),
    Style.LOOP: Explained(
        legend=later("waits for loop"),
        short=later("loop wait"),
        meaning=later("waiting for the event loop: it runs somebody else's callback"),
    ),
    Style.CORE: Explained(
        legend=later("waits for core"),
        short=later("core wait"),
        meaning=later("waiting for a core: more threads want one than there are"),
    ),
    Style.GIL_OR_CORE: Explained(
        legend=later("waits for GIL or core"),
        short=later("CPU wait"),
        meaning=later("waiting for the GIL or a core: measured, and no clock tells which"),
    ),
    Style.IO: Explained(
        legend=later("waits for I/O"),
        short=later("I/O"),
        meaning=later("waiting for I/O: a database, another service"),
    ),
    Style.DOWNLOAD: Explained(
        legend=later("client reads"),
        short=later("download"),
        meaning=later("waiting for the client to read"),
    ),
    Style.DELIVERY: Explained(
        legend=later("answer on its way"),
        short=later("answer"),
        meaning=later("the server is through, the last bytes travel"),
    ),
    Style.DONE: Explained(
        legend="",
        short="",
        meaning=later("completed"),
    ),
    Style.DROPPED: Explained(
        legend=later("lost"),
        short=later("lost"),
        meaning=later("refused, timed out, or given up"),
    ),
    Style.CRASHED: Explained(
        legend=later("crashed"),
        short=later("crash"),
        meaning=later("lost in a crash"),
    ),
    Style.IDLE: Explained(
        legend=later("idle"),
        short=later("idle"),
        meaning=later("idle: a slot that nobody needs"),
    ),
    Style.DOWN: Explained(
        legend=later("process down"),
        short=later("down"),
        meaning=later("down: the process is not there, or boots"),
    ),
}
"""In the order of a request's life."""
LEGEND: Mapping[Style, Explained] = {
    style: MEANINGS[style]
    for style in sorted(MEANINGS, key=lambda style: style is Style.IDLE)
    if MEANINGS[style].legend
}
"""What can be seen in lanes and queues; idle comes last."""
