"""A WSGI application behind a blocking server, as PEP 3333 says: ``application(environ, start_response)``.

What to watch: WSGI is a call, and no process. The thread that read the request calls the application, waits until it
returns, and takes the body out of what it returned, piece by piece. A middleware is an application to whoever calls it
and a server to whom it calls: one call more in the same thread.
"""

import re
import socket
import struct
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from models.wire.blocking import LINGER_S, linger, receive_head
from models.wire.environ import METHODS, Body, environ_of
from models.wire.report import Visit
from models.wire.syntax import Refused
from models.wire.uwsgi import receive_packet

Header = tuple[str, str]
StartResponse = Callable[..., Callable[[bytes], None]]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]
REACH, ROW = "loopfork.reach", "loopfork.row"
"""What this server has beside PEP 3333: calls with which an application says where it is, and which request it has."""
_STATUS = re.compile(r"[1-9][0-9]{2} [\x20-\x7e]*")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_OF_THE_SERVER = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding"}
    | {"upgrade"}
)
"""Headers from hop to hop are the server's affair."""
_WITHOUT_BODY = ("204", "304")


class GoneError(Exception):
    """The client takes no more. It is no OSError, so that those of the application are told apart."""


@dataclass(frozen=True)
class Gateway:
    """The server's side of WSGI: one call for each connection."""

    application: Application
    processes: int
    threads: int
    uwsgi_buffer: int = 0
    """Bytes of variables that a uwsgi packet may have; 0: requests come as HTTP."""
    reads_ahead: bool = False
    """Whether it takes in the whole body before it calls the application."""

    def serve(self, connection: socket.socket, visit: Visit) -> None:
        """One request, from its first byte to the last of its response. Raises Refused or OSError."""
        visit.reach("receive")
        if self.uwsgi_buffer:
            request, given, begun = receive_packet(connection, visit, self.uwsgi_buffer)
        else:
            (request, begun), given = receive_head(connection, visit, METHODS), {}
        body = Body(connection, visit, request, begun)
        if self.reads_ahead:
            body.read_ahead()
        visit.reach("parse")
        servers = {
            "wsgi.multithread": self.threads > 1,
            "wsgi.multiprocess": self.processes > 1,
            REACH: visit.reach,
            ROW: lambda row: setattr(visit, "row", row),
        }
        environ = environ_of(request, given, body, connection, servers)
        reply = Reply(connection, visit, with_body=request.method != "HEAD")
        try:
            self._call(environ, reply)
        except GoneError:
            raise ConnectionResetError("the client left") from None
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as fault:  # sys.exit() or a CancelledError in a view is no reason to lose a thread
            if body.fault is not None:  # it began with the client
                raise body.fault from None
            traceback.print_exception(fault, file=environ["wsgi.errors"])
            if reply.sent:
                _cut_off(connection)
            raise Refused(500, "the application failed") from None
        if body.missing:  # closing now could destroy the end of the response
            linger(connection, LINGER_S)

    def _call(self, environ: dict[str, Any], reply: "Reply") -> None:
        """Call the application, send what it returns as it comes, and tell it that this is over."""
        pieces = self.application(environ, reply.start_response)
        try:
            with suppress(TypeError):  # an iterable without a length
                reply.pieces = len(pieces)  # type: ignore[arg-type]  # that is what is found out
            for piece in pieces:
                reply.write(piece)
                if reply.complete:
                    break
            reply.finish()
        finally:
            close = getattr(pieces, "close", None)
            if close is not None:
                close()


class Reply:
    """What the application answers, on its way to the client: the head goes out with the first piece of the body."""

    def __init__(self, connection: socket.socket, visit: Visit, *, with_body: bool) -> None:
        self._connection, self._visit, self._with_body = connection, visit, with_body
        self._status, self._headers = "", list[Header]()
        self._left: int | None = None
        self.pieces = 0
        """How many the application has announced; 0: it has not."""
        self.sent = False
        """Whether the client has got anything."""

    @property
    def complete(self) -> bool:
        """Whether more of the body would go nowhere."""
        return self.sent and (not self._with_body or self._left == 0)

    def start_response(self, status: str, headers: list[Header], exc_info: Any = None, /) -> Callable[[bytes], None]:
        """What the application calls. Once; and again with an error, as long as nothing has been sent."""
        if exc_info is not None:
            try:
                if self.sent:
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None  # a circle of references
        elif self._status:
            raise AssertionError("start_response was called twice, and without exc_info")
        self._status, self._headers = _checked(status, headers)
        return self.write

    def write(self, data: bytes) -> None:
        """Send a piece of the body before the next one is asked for."""
        if not isinstance(data, bytes):
            raise TypeError(f"a piece of the body is {type(data).__name__}, expected bytes")
        if not self._status:
            raise AssertionError("a piece of the body came before start_response was called")
        if data:
            self._send(data)

    def finish(self) -> None:
        """The application has no more."""
        if not self._status:
            raise AssertionError("the application returned, and never called start_response")
        if not self.sent:
            self._send(b"")
        if self._left and self._with_body:
            raise AssertionError(f"{self._left} bytes of the announced Content-Length are missing")

    def _send(self, data: bytes) -> None:
        head = b"" if self.sent else self._head(len(data))
        if not self._with_body:
            data = b""
        elif self._left is not None:
            data, self._left = data[: self._left], max(self._left - len(data), 0)
        if not self.sent:
            self._visit.reach("send")
        self.sent = True
        try:
            self._connection.sendall(head + data)
        except OSError as fault:
            raise GoneError from fault

    def _head(self, first: int) -> bytes:
        """With the length, where it is known: else the end of the connection is the end of the body."""
        self._visit.reach("respond")
        self._with_body = self._with_body and self._status[:3] not in _WITHOUT_BODY
        length = next((value for name, value in self._headers if name.lower() == "content-length"), None)
        headers = [*self._headers, ("Connection", "close")]
        if length is not None:
            self._left = int(length)
        elif self._with_body and (self.pieces == 1 or not first):
            self._left = first
            headers.append(("Content-Length", str(first)))
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
        return f"HTTP/1.1 {self._status}\r\n{lines}\r\n".encode("latin-1")


def _checked(status: str, headers: list[Header]) -> tuple[str, list[Header]]:
    """What cannot be sent is a fault of the application, and no line of somebody else's making."""
    if not _STATUS.fullmatch(status):
        raise AssertionError(f"status {status!r}: expected three digits, a space and a reason")
    for name, value in headers:
        if not (_NAME.fullmatch(name) and _VALUE.fullmatch(value)):
            raise AssertionError(f"header {name!r}: {value!r} cannot be sent")
        if name.lower() in _OF_THE_SERVER:
            raise AssertionError(f"header {name}: only the server says this")
        if name.lower() == "content-length" and not (value.isascii() and value.isdigit()):
            raise AssertionError(f"Content-Length: {value!r}: expected a number")
    return status, list(headers)


def _cut_off(connection: socket.socket) -> None:
    """End with a reset, so that nobody takes half a response for a whole one."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
