"""Bytes on their way out: a head, then zeros out of one buffer that all responses share.

What to watch: a response of many MiB costs a server no memory and no copying of its own, only the kernel's.
"""

from http import HTTPStatus

_ZEROS = memoryview(bytes(1024 * 1024))
_JOINED = 64 * 1024
"""Zeros copied behind the head, so that a small response goes out in one call."""


class Outgoing:
    """What is still to be sent: offer ``piece()`` to the socket, tell ``taken()`` how much it took."""

    def __init__(self, head: bytes, body: int) -> None:
        joined = min(body, _JOINED)
        self._head = memoryview(head + _ZEROS[:joined])
        self._zeros = body - joined

    def __bool__(self) -> bool:
        """Whether anything is left."""
        return bool(self._head) or self._zeros > 0

    def piece(self) -> memoryview:
        """The next bytes, without a copy."""
        return self._head or _ZEROS[: self._zeros]

    def taken(self, count: int) -> None:
        """``count`` bytes of the last piece are gone."""
        if self._head:
            self._head = self._head[count:]
        else:
            self._zeros -= count


def response(body: int, *, keep_alive: bool = False) -> Outgoing:
    """A response with ``body`` bytes of zeros."""
    return Outgoing(_head(200, body, "keep-alive" if keep_alive else "close"), body)


def refusal(status: int) -> Outgoing:
    """The answer to a request that is not served; the connection ends with it."""
    return Outgoing(_head(status, 0, "close"), 0)


def _head(status: int, body: int, connection: str) -> bytes:
    return (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
        f"Content-Type: application/octet-stream\r\nContent-Length: {body}\r\nConnection: {connection}\r\n\r\n"
    ).encode("ascii")
