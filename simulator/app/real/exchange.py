"""One client and its one request: what is known of it while it is under way, and what it asks of the loop around it."""

import socket
import struct
from collections.abc import Callable
from typing import Protocol

from simulator.app.real.job import Ending
from simulator.app.real.line import Line

TOTAL_RETRANS = 100
"""Offset of tcpi_total_retrans in the kernel's struct tcp_info; it counts repeated SYNs too."""
SLOW_CONNECT_S = 0.5
"""No SYN is repeated sooner."""


class Crowd(Protocol):
    """What a client needs of the loop that all of them share."""

    address: tuple[str, int]

    def watch(self, exchange: "Exchange", mask: int) -> None:
        """Call ``exchange.react`` when the socket is ready for this."""

    def at(self, moment: float, action: "Action", exchange: "Exchange") -> None:
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

    def __init__(self, crowd: Crowd, row: int, message: tuple[bytes, int], up: Line | None, down: Line | None) -> None:
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

    def count_retries(self, now: float) -> None:
        """Ask the kernel how often it has repeated the SYN; later it counts what else it repeats too."""
        if self.socket is not None and now - self.attempted > SLOW_CONNECT_S:
            info = self.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TOTAL_RETRANS + 4)
            self.retries = struct.unpack_from("=I", info, TOTAL_RETRANS)[0]
