"""What both coroutine servers do with a connection; which scheduler runs it, it cannot tell.

What to look at: ``serve`` reads like prefork's, from top to bottom, with local variables and a ``for``. Every ``await``
is a place where others go on, and between two of them nobody does.
"""

import errno
import socket
import time
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Protocol

from models.coroutine.config import Config
from models.wire import asgi
from models.wire.application import loaded
from models.wire.blocking import CHUNK, LINGER_S, NO_ROOM, NO_ROOM_S
from models.wire.message import Parser, Request, request_parser
from models.wire.outgoing import Outgoing, refusal, response
from models.wire.report import Visit
from models.wire.stage import Stage
from models.wire.syntax import Refused
from models.wire.work import do, parse

FINISHED_S = 0.02
"""A server that is about to end looks this often whether the last request is served."""


class Task(Protocol):
    """A coroutine on its way."""

    def cancel(self) -> object:
        """End it where it waits."""


class Loop(asgi.Loop, Protocol):
    """What a scheduler has to offer, besides sleeping, receiving and sending."""

    def spawn(self, coroutine: Coroutine[Any, Any, None]) -> Task:
        """Start a coroutine beside the others."""

    async def accept(self, listener: socket.socket) -> socket.socket:
        """The next connection, not blocking."""


class Server:
    """One process: one scheduler, and a task per connection."""

    def __init__(self, loop: Loop, stage: Stage[Config], number: int) -> None:
        self.loop, self.stage, self.number = loop, stage, number
        self.idle_s = stage.options.idle_timeout
        self.tasks: dict[socket.socket, Task] = {}
        self.idle: set[socket.socket] = set()
        """Connections on which no request has begun."""
        self.stopping = False
        named = stage.options.application
        self.host = asgi.Host(loaded(named), loop, self.idle_s) if named else None
        stage.listener.setblocking(False)

    async def run(self, stop: socket.socket) -> None:
        """Until SIGTERM makes ``stop`` readable, and then until the last request is served."""
        lifespan = asgi.Lifespan(self.host) if self.host else None
        if lifespan:
            self.loop.spawn(lifespan.run())
            await lifespan.started()
        accepting = self.loop.spawn(self.accept())
        while not self.stopping:
            with suppress(TimeoutError):
                self.stopping = bool(await self.loop.receive(stop, 1, self.idle_s))
        accepting.cancel()
        for connection in list(self.idle):
            self.tasks[connection].cancel()
        while self.tasks:
            await self.loop.sleep(FINISHED_S)
        if lifespan:
            await lifespan.ended()

    async def accept(self) -> None:
        """A task for each connection; it costs nothing until it says something."""
        while True:
            try:
                connection = await self.loop.accept(self.stage.listener)
            except OSError as error:
                await self.loop.sleep(NO_ROOM_S if error.errno in NO_ROOM else 0)
                continue
            visit = self.stage.visit(self.number)
            visit.reach("accept_event_loop")
            self.tasks[connection] = self.loop.spawn(self.attend(connection, visit))

    async def attend(self, connection: socket.socket, visit: Visit) -> None:
        """Serve it, and close it however that ends; faults of the client end here."""
        outcome = "gave_up"
        self.idle.add(connection)
        try:
            if self.host:  # an application, in place of the load's own work
                await self.host.serve(connection, visit, lambda: self.idle.discard(connection))
            else:
                await self.serve(connection, visit)
            outcome = "completed"
        except Refused as refused:
            outcome = refused.outcome
            await self.turn_away(connection, refused.status)
        except OSError:
            pass
        finally:
            self.idle.discard(connection)
            del self.tasks[connection]
            connection.close()
            visit.leave(outcome)

    async def serve(self, connection: socket.socket, visit: Visit) -> None:
        """One request after another, as long as the client wants to."""
        parser, keep_alive = request_parser(), True
        while keep_alive:
            visit.reach("receive")
            request = await self.receive(connection, parser, visit)
            visit.reach("parse")
            job = parse(request)
            visit.row = job.row
            for n, phase in enumerate(job.phases, 1):
                visit.reach(f"handle.{n}")
                if phase.kind == "io":
                    await self.loop.sleep(phase.seconds)
                else:
                    do(phase)  # no await: everybody waits, also where it only sleeps
            visit.reach("respond")
            keep_alive = request.keep_alive and not self.stopping
            outgoing = response(job.response_bytes, keep_alive=keep_alive)
            visit.reach("send")
            await self.send(connection, outgoing)
            if keep_alive:
                visit.leave("completed")
                visit.again()
                self.idle.add(connection)

    async def receive(self, connection: socket.socket, parser: Parser[Request], visit: Visit) -> Request:
        """The whole request."""
        request = parser.feed(b"")  # it may have come with the one before
        while request is None:
            try:
                data = await self.loop.receive(connection, CHUNK, self.idle_s)
            except TimeoutError:
                if parser.begun:
                    raise Refused(408, "silence") from None
                raise
            if not data:
                raise ConnectionResetError(errno.ECONNRESET, "the client left")
            self.idle.discard(connection)
            visit.heard = True
            request = parser.feed(data)
        self.idle.discard(connection)
        visit.heard = True
        return request

    async def send(self, connection: socket.socket, outgoing: Outgoing) -> None:
        """Until the kernel has taken the last byte."""
        while outgoing:
            piece = outgoing.piece()
            await self.loop.send(connection, piece, self.idle_s)
            outgoing.taken(len(piece))

    async def turn_away(self, connection: socket.socket, status: int) -> None:
        """Answer, then wait a little for the client to close, because closing now could destroy the answer."""
        with suppress(OSError):
            await self.send(connection, refusal(status))
            connection.shutdown(socket.SHUT_WR)
            end = time.monotonic() + LINGER_S
            while (left := end - time.monotonic()) > 0 and await self.loop.receive(connection, CHUNK, left):
                pass
