"""What one process does: its loop accepts, and every connection is a task of that loop until it is closed.

What to look at: every ``await`` gives the loop to the other connections of the same process, and to no other process.
Beside coroutine's ``serving.py`` the loop is asyncio's, with its own server and its streams.
"""

import asyncio
import errno
import signal
from contextlib import suppress

from models.hybrid.config import Config
from models.wire.blocking import CHUNK, LINGER_S
from models.wire.message import Parser, Request, request_parser
from models.wire.outgoing import Outgoing, refusal, response
from models.wire.report import Visit
from models.wire.stage import Stage
from models.wire.syntax import Refused
from models.wire.work import do, parse


class Process:
    """One of the processes: its loop, and what that one has in hand."""

    def __init__(self, stage: Stage[Config], number: int) -> None:
        self.stage, self.number, self.stopping = stage, number, False
        self.idle_s = stage.options.idle_timeout
        self.visits = dict[asyncio.Task[None], Visit]()

    async def run(self) -> None:
        """Until SIGTERM, and then until the last request is served."""
        over = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
        stage = self.stage
        server = await asyncio.start_server(self.attend, sock=stage.listener, backlog=stage.config.backlog)
        await over.wait()
        self.stopping = True
        server.close()
        for task in [task for task, visit in self.visits.items() if not visit.heard]:
            task.cancel()
        while self.visits:
            await asyncio.wait(self.visits)

    async def attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A task for each connection that this loop has accepted: it ends here, however it ends."""
        visit, me = self.stage.visit(self.number), asyncio.current_task()
        assert me is not None  # a task runs this
        visit.reach("accept_event_loop")
        self.visits[me] = visit
        outcome = "gave_up"
        try:
            with suppress(OSError, asyncio.CancelledError):
                await self.serve(reader, writer, visit)
                outcome = "completed"
        except Refused as refused:
            outcome = refused.outcome
            await turn_away(reader, writer, refused.status)
        finally:
            del self.visits[me]
            writer.close()
            visit.leave(outcome)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, visit: Visit) -> None:
        """One request after another, as long as the client wants to."""
        parser, keep_alive = request_parser(), True
        while keep_alive:
            visit.reach("receive")
            request = await receive(reader, parser, visit, self.idle_s)
            visit.reach("parse")
            job = parse(request)
            visit.row = job.row
            for n, phase in enumerate(job.phases, 1):
                visit.reach(f"handle.{n}")
                if phase.kind == "io":
                    await asyncio.sleep(phase.seconds)
                else:
                    do(phase)  # this loop stands still; those of the other processes do not
            visit.reach("respond")
            keep_alive = request.keep_alive and not self.stopping
            outgoing = response(job.response_bytes, keep_alive=keep_alive)
            visit.reach("send")
            await send(writer, outgoing, self.idle_s)
            if keep_alive:
                visit.leave("completed")
                visit.again()


async def receive(reader: asyncio.StreamReader, parser: Parser[Request], visit: Visit, idle_s: float) -> Request:
    """The whole request. Raises Refused or OSError."""
    request = parser.feed(b"")  # it may have come with the one before
    while request is None:
        try:
            async with asyncio.timeout(idle_s):
                data = await reader.read(CHUNK)
        except TimeoutError:
            if parser.begun:
                raise Refused(408, "silence") from None
            raise
        if not data:
            raise ConnectionResetError(errno.ECONNRESET, "the client left")
        visit.heard = True
        request = parser.feed(data)
    visit.heard = True
    return request


async def send(writer: asyncio.StreamWriter, outgoing: Outgoing, idle_s: float) -> None:
    """Until the kernel has taken the last byte. Raises OSError."""
    writer.transport.set_write_buffer_limits(0)  # drain() waits until nothing is left
    while outgoing:
        piece = outgoing.piece()
        writer.write(piece)
        async with asyncio.timeout(idle_s):
            await writer.drain()
        outgoing.taken(len(piece))


async def turn_away(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, status: int) -> None:
    """Answer, then wait a little for the client to close, because closing now could destroy the answer."""
    with suppress(OSError):
        async with asyncio.timeout(LINGER_S):
            await send(writer, refusal(status), LINGER_S)
            writer.write_eof()
            while status != 408 and await reader.read(CHUNK):  # after 408 nothing is on its way
                pass
