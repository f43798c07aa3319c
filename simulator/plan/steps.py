"""The steps that a request walks through: what it holds, and what it waits for, from connect to the last byte.

An architecture is a short list of these. What each step means in time is defined in ``simulator.engine.reference``.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Literal

from simulator.plan.elsewhere import Elsewhere
from simulator.plan.handshake_timers import LINUX_TIMERS, HandshakeTimers
from simulator.plan.resources import Backlog, Bucket, Cores, Lock, Memory, Pool, Upstreams
from simulator.plan.words import Kind, Outcome

Policy = Literal["in turn", "least in hand", "random", "hashed"]
"""How one of several upstreams is chosen."""

MEBIBYTE = 2.0**20
"""Bytes for which ``mebibyte_s`` is paid."""


class Link(Enum):
    """Whose connection a step uses."""

    CLIENT = "client"
    """The client's own line: its round-trip time and its rates."""
    LOCAL = "local"
    """Between two programs on the same machine: no delay, no limit."""


@dataclass(frozen=True, slots=True)
class Connect:
    """Open a connection: 1.5 round trips, then a place in the backlog.

    A full backlog refuses, or drops the SYN, or the ACK that ends the handshake; what is dropped comes again.
    """

    backlog: Backlog
    link: Link = Link.CLIENT
    retries_s: tuple[float, ...] = ()
    """Seconds after the first SYN at which it is repeated."""
    timeout_s: float = 127.0
    """Seconds after the first SYN at which the connecting side stops trying, if no SYN was answered."""
    on_timeout: Outcome = Outcome.CONNECT_TIMEOUT
    timers: HandshakeTimers = LINUX_TIMERS
    at_once: bool = False
    """Whether a handshake takes no time once it begins, as for the waiting clients of who measures on loopback."""


@dataclass(frozen=True, slots=True)
class Accept:
    """Wait in the backlog until a slot of the pool is idle, and hold that slot (prefork: accept only when idle)."""

    backlog: Backlog
    pool: Pool


@dataclass(frozen=True, slots=True)
class AcceptEagerly:
    """Wait in the backlog until the accepting thread or callback of some process takes the connection.

    Every process has one acceptor. It sleeps while the backlog is empty; a new connection wakes all sleeping ones, each
    waits for its own lock, and whoever has it first takes the oldest connection. Where the backlog has a copy for each
    process, a connection wakes the acceptor of its own, and nobody else takes it.
    """

    backlog: Backlog
    lock: Lock
    work_s: float = 0.0
    """Seconds of computing that one accept costs, under the lock."""
    visits: int = 1
    """How many times the acceptor takes the lock for one connection; the work is split evenly."""
    batch: int = 1
    """How many connections it may take before it lets go of the lock (only with visits = 1)."""
    limit: int | None = None
    """Connections that a process has in hand at most; at the limit its acceptor stops."""
    releases: int = 0
    """Calls of the acceptor for one connection that let go of a GIL for a moment; each may lose it."""
    order: Literal["even", "warm"] = "even"
    """Who is woken first: a random one, or the one that went to sleep last and is still warm."""
    by: Pool | None = None
    """Whose slot it holds while it wants or has its lock: a thread's, where requests that seize it go first."""


@dataclass(frozen=True, slots=True)
class Seize:
    """Wait for a slot of the pool and hold it."""

    pool: Pool


@dataclass(frozen=True, slots=True)
class Release:
    """Give back what was taken: a slot, which the next in the queue gets; an upstream; memory."""

    pool: Pool | Upstreams | Memory


@dataclass(frozen=True, slots=True)
class Receive:
    """Wait until the whole request has arrived. What fits the receive buffer has been arriving since the connect."""

    link: Link = Link.CLIENT
    buffer_bytes: float = 65536.0
    """What the kernel takes in for a connection nobody reads from."""


@dataclass(frozen=True, slots=True)
class Compute:
    """A fixed cost: so many seconds on a core, under the lock if one is given.

    Where the next place computes under the same lock, the lock is kept: only waiting lets go of it.
    """

    work_s: float
    lock: Lock | None = None
    what: str = "compute"
    """What is computed, in a word or two."""
    on: Cores | None = None
    """On other cores than the server's, a database's for example; then without a lock."""
    releases: int = 0
    """Calls at its end that let go of the GIL for a moment; each may lose it."""
    mebibyte_s: float = 0.0
    """Seconds more for every MiB of the request's body."""


@dataclass(frozen=True, slots=True)
class Handle:
    """The request's own work, in its own order: ``cpu`` on a core (under the lock if one is given), ``io`` waiting."""

    lock: Lock | None = None
    visit_cost_s: float = 0.0
    """Seconds added to every piece of computing: the price of getting back onto the thread or loop."""
    io_on: Cores | None = None
    """Cores that do the work of every ``io`` phase, shared by all who wait: a database. None: it only waits."""
    io_late_s: float = 0.0
    """How much later each wait ends: timers are late, and whoever has slept has to be woken."""
    keeps: tuple[Kind, ...] = ("block",)
    """Which waiting keeps an event loop: calls that do not come back before. With gevent none of those that it patched
    (``()``), and all that an unpatched library makes (``("io", "block")``)."""
    elsewhere: tuple[Elsewhere, ...] = ()
    """Kinds of pieces that helpers do; those of no other kind are done here."""
    cpu_factor: float = 1.0
    """``cpu`` pieces take so many times as long: what code pays that was made for something else, as Python's without
    a GIL. Native code is what it is."""


@dataclass(frozen=True, slots=True)
class Send:
    """Hand the response over, blocked while more is left than fits the buffer; the client's line drains it.

    The client has the last byte half a round trip after the line has carried everything.
    """

    link: Link = Link.CLIENT
    """CLIENT: this is the sending that reaches the client; LOCAL: a proxy takes it and sends it on."""
    buffer_bytes: float = 131072.0
    """What the kernel takes at once. A blocked writer goes on only when a third of it is free."""
    most_bytes: float = 0.0
    """To what the buffer grows while the client reads; where this is less, it does not grow."""
    beside_bytes: float = 0.0
    """What else takes bytes on the way to the client: a proxy's memory, the socket between the two."""
    file_bytes: float = 0.0
    """What a proxy's temporary file takes at once. It is no ring: a response that does not fit it has no use of it."""


@dataclass(frozen=True, slots=True)
class Linger:
    """Wait, after the response, until the other side has closed: the client when it has everything, or a proxy.

    That is heard half a round trip after the last byte was there. Nothing was sent yet: nothing is waited for.
    """

    most_s: float
    """How long at most."""
    link: Link = Link.CLIENT
    """LOCAL: a proxy closes as soon as it has taken everything, be the client where it may."""
    buffer_bytes: float = 0.0
    """What of the response may still lie behind whoever closes; the other three likewise, as in ``Send``."""
    most_bytes: float = 0.0
    beside_bytes: float = 0.0
    file_bytes: float = 0.0


@dataclass(frozen=True, slots=True)
class Choose:
    """Choose an upstream; from here on the request is in hand there, until it is released or the request ends."""

    upstreams: Upstreams
    policy: Policy = "in turn"
    """Among those with the fewest in hand: the next in turn. Hashed: by chance one of those that are up, if any is."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Take a token, or wait for one."""

    bucket: Bucket


@dataclass(frozen=True, slots=True)
class Die:
    """What is over a limit kills the process, with all that it holds; it is back when it has booted."""

    boot_s: float


@dataclass(frozen=True, slots=True)
class Allocate:
    """Take so much memory. Where that is more than there is, the request is refused, or its process killed."""

    memory: Memory
    size: float
    """Bytes."""
    when_full: Outcome | Die = Outcome.QUEUE_FULL


@dataclass(frozen=True, slots=True)
class End:
    """The request ends here, with an answer that takes half a round trip; what it holds is given back."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Crash:
    """The request's process dies of it, with all that it holds; it is back when it has booted."""

    boot_s: float


@dataclass(frozen=True, slots=True)
class Retire:
    """The process has served one more. After so many it takes no other, and starts anew when the last one has left."""

    after: int
    """Requests."""
    boot_s: float
    """Until it is back."""


Step = (
    Connect
    | Accept
    | AcceptEagerly
    | Seize
    | Release
    | Receive
    | Compute
    | Handle
    | Send
    | Linger
    | Choose
    | Limit
    | Allocate
    | End
    | Crash
    | Retire
)
