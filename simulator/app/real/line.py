"""A client's line: how many bytes it has carried by now, and when it will have carried so many.

What to watch: a timer that comes late makes no difference to the average, because the bytes are counted from the moment
at which the line began to carry, and not from the last timer. A line that had to wait does not catch up.
"""

from math import inf

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
