"""An ASGI application behind an event loop: ``await application(scope, receive, send)``, and events for an answer.

What to watch: where WSGI calls and waits, ASGI hands over two awaitables. Each ``await receive()`` and ``await send()``
gives the loop to others, so a slow client holds a coroutine and no worker. What the application awaits besides has to
be something that this loop can run: ``asyncio.sleep`` needs asyncio's.
"""

import asyncio
import errno
import socket
import sys
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import unquote

from models.wire.blocking import CHUNK
from models.wire.environ import CONTINUE, METHODS
from models.wire.message import Request, request_parser
from models.wire.report import Visit
from models.wire.syntax import Refused

Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]
FAULTS = (Exception, SystemExit, asyncio.CancelledError)
"""What an application may raise: sys.exit() in a view, or what it cancelled itself, is no reason to lose the loop."""
VERSIONS = {"version": "3.0", "spec_version": "2.3"}
REACH, ROW, SLEEP = "loopfork.reach", "loopfork.row", "loopfork.sleep"
"""In ``scope["extensions"]``: with which an application says where it is and what it has, and waits on any loop."""


class Loop(Protocol):
    """What is asked of a scheduler here."""

    async def sleep(self, seconds: float) -> None:
        """Let the others go on for so long."""

    async def receive(self, sock: socket.socket, size: int, patience_s: float) -> bytes:
        """What is there; TimeoutError where nothing comes."""

    async def send(self, sock: socket.socket, data: memoryview, patience_s: float) -> None:
        """All of it; TimeoutError where the other side takes nothing."""


@dataclass(frozen=True)
class Host:
    """The server's side of ASGI: one call for each connection."""

    application: Application
    loop: Loop
    idle_s: float

    async def serve(self, connection: socket.socket, visit: Visit, heard: Callable[[], None]) -> None:
        """One request, from its first byte to the last of its response. Raises Refused or OSError."""
        visit.reach("receive")
        parser, raw = request_parser(METHODS), bytearray()
        while (request := parser.message) is None:
            try:
                data = await self.loop.receive(connection, CHUNK, self.idle_s)
            except TimeoutError:
                if parser.begun:
                    raise Refused(408, "silence") from None
                raise
            if not data:
                raise ConnectionResetError(errno.ECONNRESET, "the client left")
            heard()
            visit.heard = True
            raw += data
            parser.feed(data)
        visit.reach("parse")
        begun = bytes(raw[parser.head_size : parser.head_size + request.length])
        exchange = Exchange(self, connection, request, begun, visit)
        extensions: dict[str, Any] = {
            REACH: visit.reach,
            ROW: lambda row: setattr(visit, "row", row),
            SLEEP: self.loop.sleep,
        }
        scope = {**_scope(request, connection), "extensions": extensions}
        try:
            await self.application(scope, exchange.receive, exchange.send)
            exchange.finish()
        except FAULTS as fault:
            if _is_cancelled(fault):
                raise
            if exchange.gone:
                raise ConnectionResetError("the client left") from None
            traceback.print_exception(fault, file=sys.stderr)
            if exchange.started:  # no answer may follow what there is: the missing rest tells the client
                raise ConnectionAbortedError("the application failed") from None
            raise Refused(500, "the application failed") from None


class Exchange:
    """One request and its response, as events."""

    def __init__(self, host: Host, connection: socket.socket, request: Request, begun: bytes, visit: Visit) -> None:
        self._host, self._connection, self._request, self._visit = host, connection, request, visit
        self._begun, self._missing = begun, request.length
        self._asked = self._complete = False
        self._status, self._headers = 0, list[tuple[bytes, bytes]]()
        self._left: int | None = None
        self.started = False
        """Whether the client has got anything."""
        self.gone = False
        """Whether the client has left, or takes no more."""

    async def receive(self) -> Event:
        """A piece of the body; after the last one, and however long that takes, that the client has left."""
        if not self._asked or self._missing:
            self._asked = True
            piece = self._begun or (await self._read() if self._missing else b"")
            self._begun, self._missing = b"", self._missing - len(piece)
            if not self.gone:
                return {"type": "http.request", "body": piece, "more_body": self._missing > 0}
        while not (self._complete or self.gone):
            with suppress(TimeoutError):
                await self._read()
        return {"type": "http.disconnect"}

    async def _read(self) -> bytes:
        if self._missing and self._request.fields.get("expect", "").lower() == "100-continue" and not self.started:
            await self._host.loop.send(self._connection, memoryview(CONTINUE), self._host.idle_s)
        try:
            data = await self._host.loop.receive(self._connection, self._missing or CHUNK, self._host.idle_s)
        except TimeoutError:
            self.gone = bool(self._missing)
            raise
        except OSError:
            data = b""
        self.gone = not data
        return data

    async def send(self, event: Event) -> None:
        """The head, which is kept until there is a body, and pieces of that."""
        match event["type"]:
            case "http.response.start" if not self._status:
                self._status, self._headers = int(event["status"]), list(event.get("headers", []))
            case "http.response.body" if self._status and not self._complete:
                await self._body(event.get("body", b""), more=event.get("more_body", False))
            case other:
                raise RuntimeError(f"{other}: not expected here")

    async def _body(self, data: bytes, *, more: bool) -> None:
        head = b"" if self.started else self._head(len(data), more=more)
        if self._left is not None:
            if len(data) > self._left or (len(data) < self._left and not more):
                raise RuntimeError("the body has another length than announced")
            self._left -= len(data)
        if self._request.method == "HEAD" or self._status in (204, 304):
            data = b""
        if not self.started:
            self._visit.reach("send")
        self.started, self._complete = True, not more
        try:
            await self._host.loop.send(self._connection, memoryview(head + data), self._host.idle_s)
        except OSError:
            self.gone = True
            raise

    def _head(self, first: int, *, more: bool) -> bytes:
        self._visit.reach("respond")
        headers = [(name, value) for name, value in self._headers if name.lower() != b"connection"]
        length = next((int(value) for name, value in headers if name.lower() == b"content-length"), None)
        if self._request.method != "HEAD" and self._status not in (204, 304):
            if length is None and not more:
                length = first
                headers.append((b"content-length", b"%d" % first))
            self._left = length
        if any(set(b"\r\n\0") & set(name + value) for name, value in headers):
            raise RuntimeError("a header has an end of line in it")
        lines = b"".join(b"%b: %b\r\n" % pair for pair in [*headers, (b"connection", b"close")])
        return b"HTTP/1.1 %d %b\r\n%b\r\n" % (self._status, _reason(self._status), lines)

    def finish(self) -> None:
        """The application has returned."""
        if not self._complete:
            raise RuntimeError("the application returned before its response was complete")


class Lifespan:
    """Start and end of a process, told to the application, which may also not want to know."""

    def __init__(self, host: Host) -> None:
        self._host, self._said, self._ends = host, "", False
        self._through = False

    async def run(self) -> None:
        """The application's own task, for as long as the process serves."""
        scope = {"type": "lifespan", "asgi": VERSIONS, "state": {}}
        try:
            await self._host.application(scope, self._receive, self._send)
        except FAULTS as fault:  # one that does not know lifespan raises
            if _is_cancelled(fault):
                raise
        self._through = True

    async def started(self) -> None:
        """Wait until the application is ready; ends the process where it says that it cannot be."""
        await self._until("startup")
        if self._said == "lifespan.startup.failed":
            sys.exit("the application could not be started")

    async def ended(self) -> None:
        """Tell it that this was all."""
        self._ends = True
        await self._until("shutdown")

    async def _until(self, word: str) -> None:
        while not (self._through or self._said.startswith(f"lifespan.{word}")):
            await self._host.loop.sleep(0.005)

    async def _receive(self) -> Event:
        if not self._said:
            return {"type": "lifespan.startup"}
        while not self._ends:
            await self._host.loop.sleep(0.02)
        return {"type": "lifespan.shutdown"}

    async def _send(self, event: Event) -> None:
        self._said = event["type"]


def _is_cancelled(fault: BaseException) -> bool:
    """Whether somebody ends the task from outside; on a loop that is not asyncio's nobody does so in this way."""
    if isinstance(fault, asyncio.CancelledError):
        with suppress(RuntimeError):  # no loop of asyncio's
            task = asyncio.current_task()
            return task is not None and task.cancelling() > 0
    return False


def _scope(request: Request, connection: socket.socket) -> dict[str, Any]:
    path, _, query = request.target.partition("?")
    return {
        "type": "http",
        "asgi": VERSIONS,
        "http_version": request.version.removeprefix("HTTP/"),
        "method": request.method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode("ascii"),
        "query_string": query.encode("ascii"),
        "root_path": "",
        "headers": [(name.encode("ascii"), value.encode("latin-1")) for name, value in request.fields.items()],
        "client": list(connection.getpeername()[:2]),
        "server": list(connection.getsockname()[:2]),
        "state": {},
    }


def _reason(status: int) -> bytes:
    return HTTPStatus(status).phrase.encode() if status in set(HTTPStatus) else b""
