"""What an event loop of asyncio does with a connection, and what it hands over. Read ``serve`` beside model.py.

What to look at: whatever is neither awaited nor handed over is done on the loop's own thread, and everybody waits.
"""

import asyncio
import errno
import socket
import time
from contextlib import suppress

from models.offloading.config import HANDED, Config
from models.offloading.helpers import Helpers
from models.wire.blocking import CHUNK, LINGER_S, NO_ROOM, NO_ROOM_S
from models.wire.message import Parser, Request, request_parser
from models.wire.outgoing import Outgoing, refusal, response
from models.wire.report import Visit
from models.wire.stage import Stage
from models.wire.syntax import Refused
from models.wire.work import Job, do, parse

FINISHED_S = 0.02
"""A server that is about to end looks this often whether the last request is served."""


class Server:
    """One process: its loop, a task per connection, and its helpers."""

    def __init__(self, stage: Stage[Config], number: int) -> None:
        self.stage, self.number = stage, number
        self.loop = asyncio.get_running_loop()
        self.helpers, self.handed = Helpers(stage.config), HANDED[stage.config.hand_over]
        self.idle_s = stage.options.idle_timeout
        self.tasks: dict[socket.socket, asyncio.Task[None]] = {}
        self.idle: set[socket.socket] = set()
        """Connections on which no request has begun."""
        self.stopping = False
        stage.listener.setblocking(False)

    async def run(self, stop: socket.socket) -> None:
        """Until SIGTERM makes ``stop`` readable, and then until the last request is served."""
        accepting = self.loop.create_task(self.accept())
        await self.loop.sock_recv(stop, 1)
        self.stopping = True
        accepting.cancel()
        for connection in list(self.idle):
            self.tasks[connection].cancel()
        while self.tasks:
            await asyncio.sleep(FINISHED_S)
        self.helpers.end()

    async def accept(self) -> None:
        """A task for each connection; it costs nothing until it says something."""
        while True:
            try:
                connection, _ = await self.loop.sock_accept(self.stage.listener)
            except OSError as error:
                await asyncio.sleep(NO_ROOM_S if error.errno in NO_ROOM else 0)
                continue
            visit = self.stage.visit(self.number)
            visit.reach("accept_event_loop")
            self.tasks[connection] = self.loop.create_task(self.attend(connection, visit))

    async def attend(self, connection: socket.socket, visit: Visit) -> None:
        """Serve it, and close it however that ends; faults of the client end here."""
        outcome = "gave_up"
        self.idle.add(connection)
        try:
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
            await self.handle(job, visit)
            visit.reach("respond")
            keep_alive = request.keep_alive and not self.stopping
            outgoing = response(job.response_bytes, keep_alive=keep_alive)
            visit.reach("send")
            await self.send(connection, outgoing)
            if keep_alive:
                visit.leave("completed")
                visit.again()
                self.idle.add(connection)

    async def handle(self, job: Job, visit: Visit) -> None:
        """The request's own work: piece by piece, or all of it with a helper."""
        deadly = [phase for phase in job.phases if phase.kind == "crash" and phase.seconds > 0]
        if not self.handed and not deadly:
            await self.helpers.whole(job.phases, visit)  # def endpoint(): ...
            return
        for n, phase in enumerate(job.phases, 1):
            if phase.kind in self.handed:
                await self.helpers.piece(phase, n, visit)  # await asyncio.to_thread(call)
                continue
            visit.reach(f"handle.{n}")
            if phase.kind == "io":
                await asyncio.sleep(phase.seconds)
            else:
                do(phase)  # no await: everybody waits, also where it only sleeps

    async def receive(self, connection: socket.socket, parser: Parser[Request], visit: Visit) -> Request:
        """The whole request."""
        request = parser.feed(b"")  # it may have come with the one before
        while request is None:
            try:
                async with asyncio.timeout(self.idle_s):
                    data = await self.loop.sock_recv(connection, CHUNK)
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
            async with asyncio.timeout(self.idle_s):
                await self.loop.sock_sendall(connection, piece)
            outgoing.taken(len(piece))

    async def turn_away(self, connection: socket.socket, status: int) -> None:
        """Answer, then wait a little for the client to close, because closing now could destroy the answer."""
        with suppress(OSError):
            await self.send(connection, refusal(status))
            connection.shutdown(socket.SHUT_WR)
            end = time.monotonic() + LINGER_S
            with suppress(TimeoutError):
                while (left := end - time.monotonic()) > 0:
                    async with asyncio.timeout(left):
                        if not await self.loop.sock_recv(connection, CHUNK):
                            return
