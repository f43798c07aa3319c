"""One client: its request while it is under way, the line that it sends and reads over, and how far away it is.

What to watch: a client knows no epoll and no other client. What it asks of the loop around it is ``Crowd``.
"""

import socket
import struct
from collections.abc import Callable
from math import inf
from statistics import median
from time import monotonic
from typing import Protocol

from simulator.real.job import Ending

TOTAL_RETRANS = 100
"""Offset of tcpi_total_retrans in the kernel's struct tcp_info; it counts repeated SYNs too."""
SLOW_CONNECT_S = 0.5
"""No SYN is repeated sooner."""


class Crowd(Protocol):
    """What a client needs of the loop that all of them share."""

    address: tuple[str, int]
    network_rtt: float
    """Seconds that a handshake takes on its way; 0 on plain loopback."""

    def watch(self, exchange: "Exchange", mask: int) -> None:
        """Call ``exchange.react`` when the socket is ready for this."""

    def at(self, moment: float, action: "Action", exchange: "Exchange", /) -> None:
        """Call the action at a moment of time.monotonic(), unless the exchange is over by then."""

    def settle(self, exchange: "Exchange", ending: Ending, now: float) -> None:
        """The exchange is over."""


Action = Callable[["Exchange", float], None]


class Exchange:
    """A request under way. Times are those of time.monotonic()."""

    __slots__ = (
        *("crowd", "row", "head", "upload_bytes", "up", "down", "socket", "watched", "react"),
        *("attempted", "stood", "sent_at", "sent", "start", "received", "expected", "status", "over"),
        *("stands", "retries"),
    )

    def __init__(
        self, crowd: Crowd, row: int, message: tuple[bytes, int], up: "Line | None", down: "Line | None"
    ) -> None:
        """Nothing has happened yet. ``message``: the head and how many bytes of body follow it."""
        self.crowd, self.row = crowd, row
        self.head, self.upload_bytes = message[0], len(message[0]) + message[1]
        self.up, self.down = up, down
        self.socket: socket.socket | None = None
        self.watched = self.stands = self.over = False
        self.react: Action | None = None
        self.attempted = self.stood = self.sent_at = float("nan")
        self.sent = self.received = self.expected = self.status = self.retries = 0
        self.start = b""

    def connection(self) -> socket.socket:
        """The socket, which is there from ``connect`` on."""
        assert self.socket is not None  # nothing is called before
        return self.socket

    def stands_since(self, now: float) -> None:
        """The connection stands."""
        self.stands, self.stood = True, now
        self.count_retries(now)

    def began_to_send(self, now: float) -> float:
        """When a connection that is known to stand could first be written to.

        On plain loopback a handshake takes no time: if no SYN had to be repeated, the driver only looked later.
        """
        at_once = self.crowd.network_rtt == 0.0 and now - self.attempted < SLOW_CONNECT_S
        return self.attempted if at_once else now

    def count_retries(self, now: float) -> None:
        """Ask the kernel how often it has repeated the SYN; later it counts what else it repeats too."""
        if self.socket is not None and now - self.attempted > SLOW_CONNECT_S:
            info = self.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TOTAL_RETRANS + 4)
            self.retries = struct.unpack_from("=I", info, TOTAL_RETRANS)[0]


# Its line. A timer that comes late makes no difference to the average: bytes are counted from the moment at which the
# line began to carry, and not from the last timer. A line that had to wait does not catch up.

PACKET_BYTES = 1448
"""What one Ethernet packet carries; finer steps would be finer than the network."""
LARGEST_BYTES = 65536
PERIOD_S = 0.02
SLACK_BYTES = 1e-3
"""Rounding: at the very moment at which a byte is due, it is due."""


class Line:
    """One direction of a client's line at ``rate`` bytes per second, not inf."""

    __slots__ = ("chunk", "origin", "rate", "since")

    def __init__(self, rate: float) -> None:
        """The line carries nothing before ``carry``."""
        self.rate = rate
        self.chunk = chunk_bytes(rate)
        self.since = inf
        self.origin = 0

    def carry(self, now: float, done: int) -> None:
        """From now on, and ``done`` bytes are through already."""
        self.since, self.origin = now, done

    def through(self, now: float) -> int:
        """Bytes that are through by now."""
        return int(self.origin + (now - self.since) * self.rate + SLACK_BYTES)

    def next_moment(self, done: int, total: int) -> float:
        """When the next chunk after ``done`` bytes is through; there are ``total``."""
        return self.since + (min(done + self.chunk, total) - self.origin) / self.rate


def chunk_bytes(rate: float) -> int:
    """Bytes at a time: those of a packet at least, of 20 ms if that is more, and at most 64 KiB."""
    return int(min(max(PACKET_BYTES, rate * PERIOD_S), LARGEST_BYTES))


# How far away it is. The server is near, so the driver lets each client wait for its round trip. Where somebody made
# that of 127.0.0.1 longer on purpose (on Linux with netem), the driver only adds the rest.

TRIES = 9
SHORTEST_S = 0.001
"""A round trip below this is loopback as it is, measured on a busy machine."""
LONGEST_S = 5.0


def network_rtt_s() -> float:
    """Seconds that the packets of a connection on 127.0.0.1 take there and back; 0 where nobody made them wait."""
    taken = []
    with socket.create_server(("127.0.0.1", 0), backlog=TRIES) as listener:
        for _ in range(TRIES):
            begun = monotonic()
            with socket.create_connection(listener.getsockname(), timeout=LONGEST_S):
                taken.append(monotonic() - begun)
    rtt = median(taken)
    return rtt if rtt >= SHORTEST_S else 0.0
