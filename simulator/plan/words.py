"""The words for what happens to a request: how it can end, and what it can be doing meanwhile.

The same words stand in the trace, on the screen, in the CSV and in the explanations.
"""

from enum import IntEnum, StrEnum


class Outcome(IntEnum):
    """How a request ended, seen from its client. Every request ends in exactly one of these."""

    OPEN = 0
    COMPLETED = 1
    REFUSED = 2
    CONNECT_TIMEOUT = 3
    GAVE_UP = 4
    CONNECTION_LIMIT = 5
    QUEUE_FULL = 6
    UPSTREAM_TIMEOUT = 7
    CRASHED = 8
    BAD_GATEWAY = 9
    BROKEN = 10

    @property
    def words(self) -> str:
        """The outcome as a reader meets it in a table."""
        return _OUTCOME_WORDS[self]


_OUTCOME_WORDS = {
    Outcome.OPEN: "still open",
    Outcome.COMPLETED: "completed",
    Outcome.REFUSED: "connection refused",
    Outcome.CONNECT_TIMEOUT: "connect timed out",
    Outcome.GAVE_UP: "client gave up",
    Outcome.CONNECTION_LIMIT: "connection limit",
    Outcome.QUEUE_FULL: "queue full",
    Outcome.UPSTREAM_TIMEOUT: "gateway timed out",
    Outcome.CRASHED: "lost in a crash",
    Outcome.BAD_GATEWAY: "bad gateway",
    Outcome.BROKEN: "connection broken",
}


class State(StrEnum):
    """What a request is doing, or what it is waiting for, at one moment."""

    CONNECTING = "connecting"
    BACKLOG = "in the backlog"
    QUEUED = "waiting for a slot"
    UPLOAD = "waiting for the client to send"
    COMPUTING = "computing"
    GIL = "waiting for the GIL"
    LOOP = "waiting for the event loop"
    CORE = "waiting for a core"
    GIL_OR_CORE = "waiting for the GIL or a core"
    """Of measured runs only: no clock tells a server which of the two its thread waited for."""
    IO = "waiting for I/O"
    DOWNLOAD = "waiting for the client to read"
    DELIVERY = "response on its way"
