"""One connection of the Twisted server: the reactor calls it when something has come or gone.

What to look at: ``serve`` is the request, from top to bottom. Computing happens right there, so everybody waits.
``deferToThread`` gives a call to one of ten threads, and the reactor goes on meanwhile, as long as nobody else has the
GIL. What comes back is told to the reactor first, and only then to the request.
"""

import time
import traceback
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.protocol import Protocol
from twisted.internet.task import deferLater
from twisted.internet.threads import deferToThread
from twisted.protocols.policies import TimeoutMixin

from models.wire.blocking import LINGER_S
from models.wire.message import Request, request_parser
from models.wire.outgoing import refusal, response
from models.wire.syntax import Refused
from models.wire.work import Phase, do, parse


def work(phase: Phase) -> tuple[float, float]:
    """In a thread: it waits and computes as any ordinary function does. When it began, and when it was over."""
    begun = time.monotonic()
    do(phase)
    return begun, time.monotonic()


class Connection(Protocol, TimeoutMixin):  # type: ignore[misc]  # Twisted may be missing, and is Any
    """From accept to close: the reactor calls the methods whose names are not like ours."""

    def __init__(self, server: Any) -> None:
        self.server, self.parser = server, request_parser()
        self.visit, self.doing = server.stage.visit(0), "receive"

    def connectionMade(self) -> None:  # noqa: N802
        """Accepted."""
        self.server.connections.add(self)
        self.setTimeout(self.server.stage.options.idle_timeout)
        self.visit.reach("accept_reactor")
        self.visit.reach("receive")

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        """Some bytes are here; the next request may have come with this one."""
        if self.doing == "refuse":
            return
        self.resetTimeout()
        try:
            request = self.parser.feed(data)
        except Refused as refused:
            self.visit.heard = True
            self.turn_away(refused)
            return
        self.visit.heard |= self.parser.begun or request is not None
        if request is not None:
            self.doing = "handle"
            self.transport.pauseProducing()  # nobody listens to this client until it has its answer
            Deferred.fromCoroutine(self.serve(request)).addErrback(self.failed)

    async def serve(self, request: Request) -> None:
        """Its work, and the answer."""
        self.visit.reach("parse")
        job = parse(request)
        self.visit.row = job.row
        for n, phase in enumerate(job.phases, 1):
            if phase.kind in ("native", "block"):
                await self.in_thread(phase, n)
                continue
            self.visit.reach(f"handle.{n}")
            if phase.kind == "io":
                await deferLater(self.server.reactor, phase.seconds)
            else:
                do(phase)  # on the reactor: everybody waits
        self.visit.reach("respond")
        self.keep_alive = request.keep_alive and not self.server.stopping
        self.outgoing = response(job.response_bytes, keep_alive=self.keep_alive)
        self.visit.reach("send")
        self.doing = "send"
        self.resetTimeout()
        self.transport.registerProducer(self, streaming=False)

    async def in_thread(self, phase: Phase, n: int) -> None:
        """Somebody else does it, and the reactor goes on where it gets the GIL."""
        again = f"_#{n}" if n > 1 else ""
        self.visit.reach(f"hand_over.{n}")
        self.visit.reach(f"seize_reactor_thread{again}")
        begun, over = await deferToThread(work, phase)
        self.visit.reach(f"handle.{n}_in_reactor_thread", begun)
        self.visit.reach(f"release_reactor_thread{again}", over)

    def resumeProducing(self) -> None:  # noqa: N802
        """The kernel has taken all that was written: more, or the end."""
        self.resetTimeout()
        if self.outgoing:
            piece = self.outgoing.piece()
            self.transport.write(bytes(piece))
            self.outgoing.taken(len(piece))
            return
        self.transport.unregisterProducer()
        self.visit.leave("completed")
        if not self.keep_alive:
            self.doing = "close"
            self.transport.loseConnection()
            return
        self.visit.again()
        self.doing = "receive"
        self.visit.reach("receive")
        self.transport.resumeProducing()
        self.server.reactor.callLater(0, self.dataReceived, b"")

    def stopProducing(self) -> None:  # noqa: N802
        """The client is gone; `connectionLost` follows."""

    def failed(self, failure: Any) -> None:
        """A request that makes no sense, or a fault of ours."""
        if failure.check(Refused):
            self.turn_away(failure.value)
        elif self in self.server.connections:
            traceback.print_exception(failure.value)
            self.transport.abortConnection()

    def turn_away(self, refused: Refused) -> None:
        """Answer, then wait a little for the client to close, because closing now could destroy the answer."""
        self.doing = "refuse"
        self.visit.leave(refused.outcome)
        self.transport.write(bytes(refusal(refused.status).piece()))
        self.transport.loseWriteConnection()
        self.transport.resumeProducing()
        self.setTimeout(LINGER_S)

    def timeoutConnection(self) -> None:  # noqa: N802
        """Nothing has come or gone for too long."""
        if self.doing == "handle":
            self.setTimeout(self.server.stage.options.idle_timeout)  # that is our doing
        elif self.doing == "receive" and self.parser.begun:
            self.turn_away(Refused(408, "silence"))
        else:
            self.transport.abortConnection()

    def connectionLost(self, reason: Any = None) -> None:  # noqa: ARG002, N802
        """The end, whatever it was."""
        self.setTimeout(None)
        self.server.connections.discard(self)
        if self.doing not in ("refuse", "close"):
            self.visit.leave("gave_up")
        self.server.stop_if_empty()
