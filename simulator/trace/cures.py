"""What a rule thinks would help, as data: nobody is told to do it before a run of exactly that has shown what it gives.

The trace knows no architecture by name. Which model holds nothing while it waits, and which setting makes more slots,
the models say of themselves; ``simulator.experiments`` puts both together, and tries.
"""

from enum import Enum


class Cure(Enum):
    """A change of a deployment."""

    MORE_SLOTS = "more slots"
    """More of what is held: workers, threads, connections of a proxy."""
    MORE_PROCESSES = "more processes"
    """More processes, each with a lock or a loop of its own."""
    MORE_CORES = "more cores"
    ALL_CORES = "all cores"
    """As many as compute at once as there are cores."""
    HOLD_NOTHING = "hold nothing"
    """A server that holds neither worker nor thread while a request waits."""
    OWN_PROCESSES = "own processes"
    """A server that gives a long computation a process of its own, so that others go on."""
    PROXY = "proxy"
    """A proxy in front that deals with slow clients; or the one that is there, with its buffers on."""
    ACCEPT_WHEN_IDLE = "accept when idle"
    """A process accepts only what it can serve at once, so that nobody waits beside another's idle slot."""
    LET_GO = "let go"
    """Whatever waits in a call lets go of the event loop meanwhile."""
    HAND_OVER = "hand over"
    """Calls that would stop an event loop are done by threads behind it."""
    HAND_OVER_NATIVE = "hand over native code"
    """Native code as well, which lets go of the GIL, so that the loop goes on."""
    ONE_QUEUE = "one queue"
    """All processes take connections from one queue, so that nobody is hashed to one that is busy."""
    HIGHER_ACCEPT_LIMIT = "higher accept limit"
    """Each process may have more connections in hand."""
    LONGER_BACKLOG = "longer backlog"
    SHORTER_BACKLOG = "shorter backlog"
    """So that who would wait too long is refused at once."""
