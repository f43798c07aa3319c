"""The words for what happens to a request: how it can end, and what it can be doing meanwhile.

The same words stand in the trace, on the screen, in the CSV and in the explanations; they are marked for the catalogue,
and whoever shows them calls ``translated``. Files have them in English. Each outcome and each state is one
line here, with everything that is known of it; what it looks like is said in ``simulator.stage.states``.
"""

from collections.abc import Sequence
from enum import Enum, IntEnum, StrEnum
from typing import Literal

from simulator.words.language import later

Kind = Literal["cpu", "io", "native", "block"]
"""The kinds of pieces that a request's own work has, as scenarios call them."""


class Loss(Enum):
    """Why a request failed, as far as several outcomes have it in common."""

    NOT_CONNECTED = "not connected"
    """The backlog had no place for it, and its client was told so or stopped trying."""
    LIMIT = "limit"
    """The server answered with an error, because as many were in hand, or in line, as may be."""
    CLIENT_LEFT = "client left"
    GATEWAY = "gateway"
    """A proxy stopped waiting for the server behind it."""
    CRASH = "crash"
    """A process died, and the request with it."""
    BROKEN = "broken"
    """Nobody said why."""


class Outcome(IntEnum):
    """How a request ended, seen from its client. Every request ends in exactly one of these."""

    words: str
    """As a reader meets it in a table."""
    loss: Loss | None
    """Why it failed; None for one that did not, or not yet."""

    OPEN = 0, later("still open")
    COMPLETED = 1, later("completed")
    REFUSED = 2, later("connection refused"), Loss.NOT_CONNECTED
    CONNECT_TIMEOUT = 3, later("connect timed out"), Loss.NOT_CONNECTED
    GAVE_UP = 4, later("client gave up"), Loss.CLIENT_LEFT
    CONNECTION_LIMIT = 5, later("connection limit"), Loss.LIMIT
    QUEUE_FULL = 6, later("queue full"), Loss.LIMIT
    UPSTREAM_TIMEOUT = 7, later("gateway timed out"), Loss.GATEWAY
    CRASHED = 8, later("lost in a crash"), Loss.CRASH
    BAD_GATEWAY = 9, later("bad gateway"), Loss.CRASH
    BROKEN = 10, later("connection broken"), Loss.BROKEN

    def __new__(cls, number: int, words: str = "", loss: Loss | None = None) -> "Outcome":
        """The number is what stands in a trace; by it alone an outcome is looked up."""
        outcome = int.__new__(cls, number)
        outcome._value_, outcome.words, outcome.loss = number, words, loss
        return outcome


def lost_by(*losses: Loss) -> Sequence[Outcome]:
    """The outcomes of requests that failed for one of these reasons."""
    return tuple(outcome for outcome in Outcome if outcome.loss in losses)


class Need(Enum):
    """What must happen before a request goes on, in the order in which a sentence tells it."""

    OTHERS = "others"
    """Its client, or another service, has to do something: nothing on this machine is at work for it."""
    WORK = "work"
    """It is being worked on."""
    CORE = "core"
    LOCK = "lock"
    ROOM = "room"
    """A place for its connection."""
    ACCEPT = "accept"
    """Somebody who takes it out of the backlog."""
    SLOT = "slot"
    """Something limited that others have, inside of the server."""
    ARRIVAL = "arrival"
    """Its last bytes have to reach the client."""


class State(StrEnum):
    """What a request is doing, or what it is waiting for, at one moment."""

    need: Need
    one: str
    """What one request does that is in it: ``waits for a core``."""
    several: str

    CONNECTING = later("connecting"), Need.ROOM, later("connects"), later("connect")
    BACKLOG = (
        later("in the backlog"),
        Need.ACCEPT,
        later("waits to be accepted"),
        later("wait to be accepted"),
    )
    QUEUED = (
        later("waiting for a slot"),
        Need.SLOT,
        later("waits for a slot"),
        later("wait for a slot"),
    )
    UPLOAD = (
        later("waiting for the client to send"),
        Need.OTHERS,
        later("waits for its client to send"),
        later("wait for their clients to send"),
    )
    COMPUTING = later("computing"), Need.WORK, later("computes"), later("compute")
    GIL = (
        later("waiting for the GIL"),
        Need.LOCK,
        later("waits for the GIL"),
        later("wait for the GIL"),
    )
    PROCESSOR = (
        later("waiting for a P"),
        Need.LOCK,
        later("waits for a P"),
        later("wait for a P"),
    )
    """Of goroutines: all Ps that may compute are taken by others."""
    LOOP = (
        later("waiting for the event loop"),
        Need.LOCK,
        later("waits for the event loop"),
        later("wait for the event loop"),
    )
    CORE = (
        later("waiting for a core"),
        Need.CORE,
        later("waits for a core"),
        later("wait for a core"),
    )
    THROTTLED = (
        later("throttled"),
        Need.CORE,
        later("is throttled"),
        later("are throttled"),
    )
    """The quota of its container is used up, and nobody computes before the next period."""
    GIL_OR_CORE = (
        later("waiting for the GIL or a core"),
        Need.LOCK,
        later("waits for the GIL or a core"),
        later("wait for the GIL or a core"),
    )
    """Of measured runs only: no clock tells a server which of the two its thread waited for."""
    IO = later("waiting for I/O"), Need.OTHERS, later("waits for I/O"), later("wait for I/O")
    BLOCKS = (
        later("blocking the event loop"),
        Need.OTHERS,
        later("blocks the event loop, waiting"),
        later("block the event loop, waiting"),
    )
    """It waits in a call that does not let go of the loop: nobody computes, and nobody else can."""
    DOWNLOAD = (
        later("waiting for the client to read"),
        Need.OTHERS,
        later("waits for its client to read"),
        later("wait for their clients to read"),
    )
    CLOSING = (
        later("waiting for the client to close"),
        Need.OTHERS,
        later("waits for its client to close"),
        later("wait for their clients to close"),
    )
    """It has the whole response; the server waits to hear that, or for the last bytes to get there."""
    DELIVERY = (
        later("response on its way"),
        Need.ARRIVAL,
        later("has its response on the way"),
        later("have their responses on the way"),
    )

    def __new__(cls, words: str, need: Need, one: str, several: str) -> "State":
        """The words are what a reader meets."""
        state = str.__new__(cls, words)
        state._value_, state.need, state.one, state.several = words, need, one, several
        return state


def needing(*needs: Need) -> Sequence[State]:
    """The states in which a request needs one of these."""
    return tuple(state for state in State if state.need in needs)


OUTSIDE = needing(Need.ROOM, Need.ACCEPT)
"""The server does not have the request yet."""
IN_LINE = needing(Need.ROOM, Need.ACCEPT, Need.SLOT)
"""It waits for its turn and does nothing else."""
OWN = needing(Need.WORK, Need.OTHERS)
"""What it is about, rather than waiting for other requests."""
WITH_LOCK = (*needing(Need.WORK, Need.CORE), State.BLOCKS)
"""What somebody does who has a lock."""
IN_TURNS = (State.GIL, State.PROCESSOR)
"""Waiting for what may be taken away again: it alternates with computing all through a stay."""
