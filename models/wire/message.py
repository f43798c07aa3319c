"""Requests and responses out of a stream of bytes, however it is cut into pieces. No socket anywhere.

What to watch: a body is counted and not kept, so that a large upload costs a server time and no memory.
"""

import re
from collections.abc import Callable, Container
from dataclasses import dataclass
from functools import partial
from typing import Generic, Protocol, TypeVar

from models.wire.syntax import HEAD_LIMIT, Head, Refused, content_length, request_head, response_head

_NO_TEXT = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|(?<!\r)\n")
"""What no head contains: found at once, and not after a wait for an empty line that never comes."""
LOADS_METHODS = ("GET", "POST")
"""What the requests of a load are; applications have more."""
_RESPONSE_LIMIT = 1 << 40


class Sized(Protocol):
    """A message whose head says how long its body is."""

    @property
    def length(self) -> int:
        """Bytes of the body."""


M = TypeVar("M", bound=Sized)


@dataclass(frozen=True, slots=True)
class Request:
    """A request as its head announces it."""

    method: str
    target: str
    length: int
    keep_alive: bool
    fields: dict[str, str]
    version: str = "HTTP/1.1"


@dataclass(frozen=True, slots=True)
class Response:
    """A response as its head announces it."""

    status: int
    length: int


class Parser(Generic[M]):
    """Feed it what arrives; it returns each message when its last byte is there."""

    def __init__(self, understand: Callable[[bytes], M]) -> None:
        self._understand = understand
        self._buffer = bytearray()
        self._seen = 0  # bytes of the buffer that hold no end of a head, so that nothing is searched twice
        self._missing = 0
        self.begun = False
        """Whether a message has started that is not complete."""
        self.message: M | None = None
        """The message whose head is in, until the next one starts."""
        self.head_size = 0
        """Bytes of that head, its empty line included."""

    def feed(self, data: bytes) -> M | None:
        """The message that ``data`` completes, if it does; ``feed(b"")`` asks for one that has already come after it.

        Raises Refused, after which the stream cannot be read on.
        """
        if self.begun and self.message is not None:
            return self._body(data)
        return self._head(data)

    def _head(self, data: bytes) -> M | None:
        seen, self._seen = self._seen, len(self._buffer) + len(data)
        self._buffer += data
        self.message, self.begun = None, bool(self._buffer)
        end = self._buffer.find(b"\r\n\r\n", max(0, seen - 3))
        if (end if end >= 0 else len(self._buffer)) > HEAD_LIMIT - 4:
            raise Refused(431, f"head over {HEAD_LIMIT} bytes")
        if _NO_TEXT.search(self._buffer, seen, end if end >= 0 else len(self._buffer)):
            raise Refused(400, "control characters")
        if end < 0:
            return None
        message = self._understand(bytes(self._buffer[:end]))
        self.message, self.head_size, self._missing = message, end + 4, message.length
        rest = bytes(self._buffer[end + 4 :])
        self._buffer.clear()
        self._seen = 0
        return self._body(rest)

    def _body(self, data: bytes) -> M | None:
        self._missing -= len(data)
        if self._missing > 0:
            return None
        if self._missing < 0:  # the next message has begun
            self._buffer += data[self._missing :]
        self.begun, self._missing = False, 0
        return self.message


def request_parser(methods: Container[str] = LOADS_METHODS) -> Parser[Request]:
    """For the side that serves; other methods than these are refused."""
    return Parser(partial(_request, methods=methods))


def response_parser() -> Parser[Response]:
    """For the side that asks."""
    return Parser(_response)


def _request(raw: bytes, methods: Container[str]) -> Request:
    head = request_head(raw)
    method, target, version = head.start
    if version not in ("HTTP/1.1", "HTTP/1.0"):
        raise Refused(505, version)
    if version == "HTTP/1.1" and "host" not in head.fields:
        raise Refused(400, "no Host")
    length = content_length(head)
    if method not in methods:
        raise Refused(501, f"method {method[:20]}")
    if length is None and method == "POST":
        raise Refused(411, "POST without Content-Length")
    return Request(method, target, length or 0, _keep_alive(head, version), head.fields, version)


def _response(raw: bytes) -> Response:
    head = response_head(raw)
    announced = head.fields.get("content-length", "")
    if not (announced.isascii() and announced.isdigit() and len(announced) < 14 and int(announced) <= _RESPONSE_LIMIT):
        raise Refused(502, f"Content-Length {announced[:20]!r} of a response")
    return Response(int(head.start[1]), int(announced))


def _keep_alive(head: Head, version: str) -> bool:
    wishes = {wish.strip().lower() for wish in head.fields.get("connection", "").split(",")}
    return "close" not in wishes and (version == "HTTP/1.1" or "keep-alive" in wishes)
