"""One connection of the callback server: a state machine whose transitions are callbacks.

What to look at: the steps are prefork's, but none of them waits. Each says who is to be called when there is something
to do, and returns. What is a local variable there has to be an attribute here.
"""

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from enum import Enum, auto
from functools import partial

from models.callback.loop import Callback, Loop
from models.wire.blocking import CHUNK, LINGER_S
from models.wire.message import Request, request_parser
from models.wire.outgoing import refusal, response
from models.wire.report import Visit
from models.wire.syntax import Refused
from models.wire.work import Job, do, parse


class State(Enum):
    """Whom or what a connection waits for."""

    RECEIVING = auto()
    HANDLING = auto()
    SENDING = auto()
    LINGERING = auto()
    CLOSED = auto()


class Connection:
    """From accept to close."""

    def __init__(self, loop: Loop, sock: socket.socket, visit: Visit, gone: "Callable[[Connection], None]") -> None:
        self.loop, self.sock, self.visit, self.gone = loop, sock, visit, gone
        self.parser, self.last = request_parser(), False
        sock.setblocking(False)
        self.visit.reach("accept_event_loop")
        self.receive()

    def receive(self) -> None:
        """Only a socket in the selector."""
        self.enter(State.RECEIVING)
        self.visit.reach("receive")
        self.loop.on_readable(self.sock, self.guarded(self.received))

    def received(self) -> None:
        """Some bytes are here, or the end."""
        data = self.sock.recv(CHUNK)
        if not data:
            return self.close("gave_up")
        self.enter(State.RECEIVING)
        return self.parse_if_complete(data)

    def parse_if_complete(self, data: bytes) -> None:
        """Go on as soon as a whole request is here."""
        request = self.parser.feed(data)
        self.visit.heard |= self.parser.begun or request is not None
        if request is not None:
            self.parse(request)

    def parse(self, request: Request) -> None:
        """From now on nobody listens to this client."""
        self.enter(State.HANDLING)
        self.loop.forget(self.sock)
        self.visit.reach("parse")
        job = parse(request)
        self.visit.row, self.last = job.row, self.last or not request.keep_alive
        self.handle(job, 0)

    def handle(self, job: Job, done: int) -> None:
        """Compute at once, and everybody waits; or be called when the wait is over, and nobody does."""
        for n, phase in enumerate(job.phases[done:], done + 1):
            self.visit.reach(f"handle.{n}")
            if phase.kind == "io":
                self.loop.later(phase.seconds, self.guarded(partial(self.handle, job, n)))
                return
            do(phase)
        self.visit.reach("respond")
        self.outgoing = response(job.response_bytes, keep_alive=not self.last)
        self.visit.reach("send")
        self.send()

    def send(self) -> None:
        """Give the kernel what it takes; be called when it takes more."""
        self.enter(State.SENDING)
        while self.outgoing:
            try:
                self.outgoing.taken(self.sock.send(self.outgoing.piece()))
            except BlockingIOError:
                return self.loop.on_writable(self.sock, self.guarded(self.send))
        if self.last:
            return self.close("completed")
        self.visit.leave("completed")
        self.visit.again()
        self.receive()  # and perhaps the next request has already come with this one:
        return self.loop.later(0, self.guarded(partial(self.parse_if_complete, b"")))

    def close(self, outcome: str) -> None:
        """The end, whatever it was."""
        if self.state is not State.CLOSED:
            self.enter(State.CLOSED)
            self.loop.forget(self.sock)
            self.sock.close()
            self.visit.leave(outcome)
            self.gone(self)

    def enter(self, state: State) -> None:
        """A state, or once more the same: its client has done something."""
        self.state, self.since = state, time.monotonic()

    def turn_away(self, status: int) -> None:
        """Answer, then wait a little for the client to close, because closing now could destroy the answer."""
        self.enter(State.LINGERING)
        close = partial(self.close, f"status_{status}")
        with suppress(OSError):
            self.sock.send(refusal(status).piece())
            self.sock.shutdown(socket.SHUT_WR)
        self.loop.on_readable(self.sock, self.guarded(lambda: None if self.sock.recv(CHUNK) else close()))
        self.loop.later(LINGER_S, close)

    def silent(self, since: float) -> None:
        """Its client has done nothing since then."""
        if self.state is State.RECEIVING and self.parser.begun and self.since < since:
            self.turn_away(408)
        elif self.state in (State.RECEIVING, State.SENDING) and self.since < since:
            self.close("gave_up")

    def finish(self) -> None:
        """The server is about to end: close what is idle, let go on what has begun."""
        self.last = True
        if self.state is State.RECEIVING and not self.parser.begun:
            self.close("gave_up")

    def guarded(self, callback: Callback) -> Callback:
        """A callback that ends this connection where its client is at fault; the server goes on."""

        def call() -> None:
            try:
                if self.state is not State.CLOSED:
                    callback()
            except Refused as refused:
                self.turn_away(refused.status)
            except OSError:
                self.close("gave_up")

        return call
