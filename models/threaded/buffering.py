"""Who meets the clients: with ``buffered`` the main thread alone. It takes requests in and gives responses out.

What to watch: a thread of the pool never sees a socket, only requests that are complete, so no client can hold one. But
the main thread needs the GIL for every piece that comes or goes.
"""

import queue
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from models.threaded.config import Config
from models.wire.blocking import CHUNK, LINGER_S, accept_now
from models.wire.message import request_parser
from models.wire.outgoing import Outgoing, refusal, response
from models.wire.report import Visit
from models.wire.stage import Stage, stop_signal
from models.wire.syntax import Refused
from models.wire.work import Job, do, parse


class Client:
    """A connection, from accept to close."""

    def __init__(self, sock: socket.socket, visit: Visit) -> None:
        self.sock, self.visit, self.parser = sock, visit, request_parser()
        self.job: Job | None = None
        self.outgoing: Outgoing | None = None
        self.turned_away = ""
        """What its refusal is called."""
        self.since = time.monotonic()
        """When it last did something; inf while a thread has its request."""


class Buffering:
    """One process: its main thread, and the threads behind it."""

    def __init__(self, stage: Stage[Config], process: int) -> None:
        self.stage, self.process = stage, process
        self.clients = set[Client]()
        self.inbox = queue.SimpleQueue[Client | None]()
        self.done = deque[Client]()
        self.bell, self.button = socket.socketpair()
        self.stop = stop_signal()
        self.selector = selectors.DefaultSelector()
        self.listening = self.open = True

    def run(self) -> None:
        """Until SIGTERM, and then until the last request is served."""
        for each in (self.stage.listener, self.bell):
            each.setblocking(False)
        threads = [threading.Thread(target=self.work, args=(n,)) for n in range(self.stage.config.threads)]
        for thread in threads:
            thread.start()
        self.on(self.stage.listener, selectors.EVENT_READ, self.accept)
        self.on(self.bell, selectors.EVENT_READ, self.give_out)
        self.on(self.stop, selectors.EVENT_READ, self.finish)
        while self.open or self.clients:
            for key, _ in self.selector.select(self.stage.options.idle_timeout / 4 if self.clients else None):
                key.data()
            self.drop_the_silent()
        for _ in threads:
            self.inbox.put(None)
        for thread in threads:
            thread.join()

    def work(self, number: int) -> None:
        """A thread of the pool: whole requests in, whole responses out."""
        while (client := self.inbox.get()) is not None:
            visit, job = client.visit, client.job
            assert job is not None  # it is complete
            visit.slot = self.process * self.stage.config.threads + number
            for n, phase in enumerate(job.phases, 1):
                visit.reach(f"handle.{n}")
                do(phase)
            visit.reach("respond")
            client.outgoing = response(job.response_bytes)
            visit.reach("release_thread")
            self.done.append(client)
            self.button.send(b".")

    def accept(self) -> None:
        """One connection, unless there are as many as may be."""
        sock = accept_now(self.stage.listener)
        if sock is None:
            return
        client = Client(sock, self.stage.visit(self.process))
        sock.setblocking(False)
        self.clients.add(client)
        client.visit.reach("accept_GIL")
        client.visit.reach("receive")
        self.on(sock, selectors.EVENT_READ, partial(self.guarded, client, self.receive))
        self.listen_if_there_is_room()

    def receive(self, client: Client) -> None:
        """Some bytes are here, or the end."""
        data = client.sock.recv(CHUNK)
        if not data:
            return self.close(client, client.turned_away or "gave_up")
        client.since = time.monotonic()
        if client.turned_away:
            return None
        request = client.parser.feed(data)
        client.visit.heard = True
        if request is not None:
            self.selector.unregister(client.sock)
            client.since = float("inf")
            client.visit.reach("parse")
            client.job = parse(request)
            client.visit.row = client.job.row
            client.visit.reach("seize_thread")
            self.inbox.put(client)
        return None

    def give_out(self) -> None:
        """Responses that threads have handed back."""
        self.bell.recv(CHUNK)
        while self.done:
            client = self.done.popleft()
            client.visit.reach("send")
            self.guarded(client, self.send)

    def send(self, client: Client) -> None:
        """Give the kernel what it takes; come back when it takes more."""
        client.since = time.monotonic()
        assert client.outgoing is not None  # it comes from a thread
        while client.outgoing:
            try:
                client.outgoing.taken(client.sock.send(client.outgoing.piece()))
            except BlockingIOError:
                return self.on(client.sock, selectors.EVENT_WRITE, partial(self.guarded, client, self.send))
        return self.close(client, "completed")

    def close(self, client: Client, outcome: str) -> None:
        """The end, whatever it was."""
        self.off(client.sock)
        client.sock.close()
        self.clients.discard(client)
        client.visit.leave(outcome)
        self.listen_if_there_is_room()

    def turn_away(self, client: Client, refused: Refused) -> None:
        """Answer, then wait a little for the client to close, because closing now could destroy the answer."""
        client.turned_away, client.since = refused.outcome, time.monotonic()
        with suppress(OSError):
            client.sock.send(refusal(refused.status).piece())
            client.sock.shutdown(socket.SHUT_WR)
        self.on(client.sock, selectors.EVENT_READ, partial(self.guarded, client, self.receive))

    def guarded(self, client: Client, what: Callable[[Client], None]) -> None:
        """End one connection where its client is at fault; the server goes on."""
        try:
            what(client)
        except Refused as refused:
            self.turn_away(client, refused)
        except BlockingIOError:
            pass
        except OSError:
            self.close(client, client.turned_away or "gave_up")

    def drop_the_silent(self) -> None:
        """Clients that have done nothing for too long."""
        now, idle_s = time.monotonic(), self.stage.options.idle_timeout
        for client in list(self.clients):
            if now - client.since < (LINGER_S if client.turned_away else idle_s):
                continue
            if client.parser.begun and not client.turned_away:
                self.turn_away(client, Refused(408, "silence"))
            else:
                self.close(client, client.turned_away or "gave_up")

    def listen_if_there_is_room(self) -> None:
        """Connections beyond the limit wait in the kernel."""
        has_room = self.open and len(self.clients) < self.stage.config.connections
        if has_room and not self.listening:
            self.on(self.stage.listener, selectors.EVENT_READ, self.accept)
        elif self.listening and not has_room:
            self.off(self.stage.listener)
        self.listening = has_room

    def finish(self) -> None:
        """SIGTERM: accept nothing, close what is idle, finish what has begun."""
        self.open = False
        self.off(self.stop)
        self.listen_if_there_is_room()
        self.stage.listener.close()
        for client in list(self.clients):
            if client.job is None and not client.parser.begun:
                self.close(client, "gave_up")

    def on(self, sock: socket.socket, event: int, callback: Callable[[], None]) -> None:
        """Call back whenever the socket is ready for this, and for nothing else."""
        self.off(sock)
        self.selector.register(sock, event, callback)

    def off(self, sock: socket.socket) -> None:
        """Call back for it no more."""
        with suppress(KeyError, ValueError):
            self.selector.unregister(sock)


def buffered(stage: Stage[Config], process: int) -> None:
    """A process whose main thread takes whole requests in."""
    Buffering(stage, process).run()
