"""How what happens to a request looks, and what the help says about it.

What to watch: every state has a style and a mark of its own, the same as in printed bars (``words.marks``); an outcome
looks like its loss.
"""

from collections.abc import Mapping

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
    State.PROCESSOR: Style.PROCESSOR,
    State.LOOP: Style.LOOP,
    State.CORE: Style.CORE,
    State.THROTTLED: Style.THROTTLED,
    State.GIL_OR_CORE: Style.GIL_OR_CORE,
    State.IO: Style.IO,
    State.BLOCKS: Style.BLOCKS,
    State.DOWNLOAD: Style.DOWNLOAD,
    State.CLOSING: Style.CLOSING,
    State.DELIVERY: Style.DELIVERY,
}

_ENDS = {Outcome.OPEN: Style.WAITING, Outcome.COMPLETED: Style.DONE}
_LOSSES = {loss: Style.CRASHED if loss is Loss.CRASH else Style.DROPPED for loss in Loss}
OUTCOME_STYLES: Mapping[Outcome, Style] = {
    outcome: _ENDS[outcome] if outcome.loss is None else _LOSSES[outcome.loss] for outcome in Outcome
}


MEANINGS: Mapping[Style, str] = {
    Style.CONNECTING: later("connecting: the handshake, and trying again"),
    Style.WAITING: later("in the backlog: connected, but nobody has accepted it yet"),
    Style.QUEUED: later("waiting for a slot inside the server: a thread, a connection"),
    Style.UPLOAD: later("waiting for the client to send"),
    Style.CPU: later("computing, on a core"),
    Style.GIL: later("waiting for the GIL: another thread of its process has it"),
    Style.PROCESSOR: later("waiting for a P: other goroutines compute on all of them"),
    Style.LOOP: later("waiting for the event loop: it runs somebody else's callback"),
    Style.CORE: later("waiting for a core: more threads want one than there are"),
    Style.THROTTLED: later("throttled: the quota of the container is spent, and nobody computes"),
    Style.GIL_OR_CORE: later("waiting for the GIL or a core: measured, and no clock tells which"),
    Style.IO: later("waiting for I/O: a database, another service"),
    Style.BLOCKS: later("blocking the event loop: waiting in a call that does not let go of it"),
    Style.DOWNLOAD: later("waiting for the client to read"),
    Style.CLOSING: later("waiting for the client to close: it has not said yet that it has everything"),
    Style.DELIVERY: later("the server is through, the last bytes travel"),
    Style.DONE: later("completed"),
    Style.DROPPED: later("refused, timed out, or given up"),
    Style.CRASHED: later("lost in a crash"),
    Style.IDLE: later("idle: a slot that nobody needs"),
    Style.DOWN: later("down: the process is not there, or boots"),
}
"""In the order of a request's life."""
