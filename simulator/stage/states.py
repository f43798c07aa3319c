"""How what happens to a request looks, and what the legend and the help say about it.

What to watch: one table says what each state of a request looks like; an outcome looks like its loss. Several states
share a style where a reader would call them the same: whoever waits in a backlog, in a queue or for a handshake, waits.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.plan.words import Loss, Outcome, State
from simulator.stage.canvas.style import Style

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
    Style.WAITING: Explained(
        legend="queued",
        short="queued",
        meaning="waiting: connecting, in the backlog, or in a queue; nobody works on it yet",
    ),
    Style.UPLOAD: Explained(
        legend="client uploads",
        short="upload",
        meaning="waiting for the client to send",
    ),
    Style.CPU: Explained(
        legend="computing",
        short="cpu",
        meaning="computing, on a core",
    ),
    Style.GIL: Explained(
        legend="waits for GIL",
        short="GIL wait",
        meaning="waiting for the GIL: another thread of its process has it",
    ),
    Style.LOOP: Explained(
        legend="waits for loop",
        short="loop wait",
        meaning="waiting for the event loop: it runs somebody else's callback",
    ),
    Style.CORE: Explained(
        legend="waits for core",
        short="core wait",
        meaning="waiting for a core: more threads want one than there are",
    ),
    Style.IO: Explained(
        legend="waits for I/O",
        short="I/O",
        meaning="waiting for I/O: a database, another service",
    ),
    Style.DOWNLOAD: Explained(
        legend="client reads",
        short="download",
        meaning="waiting for the client to read",
    ),
    Style.DELIVERY: Explained(
        legend="answer on its way",
        short="answer",
        meaning="the server is through, the last bytes travel",
    ),
    Style.DONE: Explained(
        legend="",
        short="",
        meaning="completed",
    ),
    Style.DROPPED: Explained(
        legend="lost",
        short="lost",
        meaning="refused, timed out, or given up",
    ),
    Style.CRASHED: Explained(
        legend="crashed",
        short="crash",
        meaning="lost in a crash",
    ),
    Style.IDLE: Explained(
        legend="idle",
        short="idle",
        meaning="idle: a slot that nobody needs",
    ),
    Style.DOWN: Explained(
        legend="process down",
        short="down",
        meaning="down: the process is not there, or boots",
    ),
}
"""In the order of a request's life."""
LEGEND: Mapping[Style, Explained] = {
    style: MEANINGS[style]
    for style in sorted(MEANINGS, key=lambda style: style is Style.IDLE)
    if MEANINGS[style].legend
}
"""What can be seen in lanes and queues; idle comes last."""
