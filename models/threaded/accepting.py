"""Who accepts: an idle thread, or eagerly one main thread for all. It decides where connections queue.

What to watch: with ``idle`` they wait in the kernel, in front of all processes. With ``eager`` they wait in the inbox
of the process that took them, even while another process has nothing to do; and the main thread has to win the GIL
for each of them.
"""

import queue
import select
import selectors
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import suppress

from models.threaded.config import Config
from models.wire.blocking import accept_now, accepted, attending, linger
from models.wire.report import Visit
from models.wire.stage import Stage, stop_signal

Serve = Callable[[socket.socket, Visit], None]
Inbox = queue.SimpleQueue[tuple[socket.socket, Visit] | None]
LOOK_S = 0.05
"""How soon a thread is missed that has ended without a call."""


def idle(stage: Stage[Config], process: int, serve: Serve) -> None:
    """A process whose threads block in accept()."""
    signal.signal(signal.SIGTERM, lambda *_: stage.listener.close())  # who is in accept() comes back, see below
    signal.signal(signal.SIGUSR1, lambda *_: None)
    threads = [
        threading.Thread(target=_accept_when_idle, args=(stage, process, n, serve)) for n in range(stage.config.threads)
    ]
    for thread in threads:
        thread.start()
    while stage.listener.fileno() >= 0:
        signal.pause()
    for thread in threads:
        while thread.is_alive():
            signal.pthread_kill(thread.ident or 0, signal.SIGUSR1)
            thread.join(0.05)


def _accept_when_idle(stage: Stage[Config], process: int, thread: int, serve: Serve) -> None:
    for connection in accepted(stage.listener):
        visit = stage.visit(process, slot=process * stage.config.threads + thread)
        with attending(connection, visit, stage.options.idle_timeout):
            serve(connection, visit)


def eager(stage: Stage[Config], process: int, serve: Serve) -> None:
    """A process whose main thread takes connections in, whether or not a thread is free; and closes them."""
    inbox, outbox, stop = Inbox(), Outbox(stage.options.linger), stop_signal()
    threads = [
        threading.Thread(target=_accept_from_inbox, args=(stage, process, n, serve, inbox, outbox))
        for n in range(stage.config.threads)
    ]
    for thread in threads:
        thread.start()
    stage.listener.setblocking(False)
    with selectors.DefaultSelector() as selector:
        selector.register(outbox.bell, selectors.EVENT_READ)
        selector.register(stop, selectors.EVENT_READ)
        in_hand, accepting = 0, False
        while True:
            if in_hand < stage.config.connections and not accepting:
                selector.register(stage.listener, selectors.EVENT_READ)
            elif in_hand >= stage.config.connections and accepting:
                selector.unregister(stage.listener)
            accepting = in_hand < stage.config.connections
            ready = [key.fileobj for key, _ in selector.select()]
            if stop in ready:
                break
            if outbox.bell in ready:
                in_hand -= outbox.close_all()
            connection = accept_now(stage.listener) if stage.listener in ready else None
            if connection is not None:
                in_hand += 1
                visit = stage.visit(process)
                visit.reach("accept_GIL")
                visit.reach("seize_thread")
                inbox.put((connection, visit))
    for _ in threads:
        inbox.put(None)
    while any(thread.is_alive() for thread in threads):  # who is done is closed though others are not
        select.select([outbox.bell], [], [], LOOK_S)
        outbox.close_all()
    outbox.close_all()


class Outbox:
    """Connections that threads are done with, for the main thread to close; a byte through a socket calls it."""

    def __init__(self, linger_s: float) -> None:
        self._linger_s = linger_s
        self._done = queue.SimpleQueue[tuple[socket.socket, Visit, str]]()
        self.bell, self._rope = socket.socketpair()
        self.bell.setblocking(False)
        self._rope.setblocking(False)

    def put(self, connection: socket.socket, visit: Visit, outcome: str) -> None:
        """A thread is done."""
        visit.reach("seize_main_thread")
        self._done.put((connection, visit, outcome))
        with suppress(BlockingIOError):  # it is full of calls
            self._rope.send(b".")

    def close_all(self) -> int:
        """Close what is there; how many these were."""
        with suppress(BlockingIOError):
            self.bell.recv(4096)
        closed = 0
        with suppress(queue.Empty):
            while True:
                connection, visit, outcome = self._done.get_nowait()
                visit.reach("close")
                if self._linger_s:
                    visit.reach("linger")
                    linger(connection, self._linger_s)  # all others wait: nobody else accepts
                connection.close()
                visit.reach("release_main_thread")
                visit.leave(outcome)
                closed += 1
        return closed


def _accept_from_inbox(
    stage: Stage[Config], process: int, thread: int, serve: Serve, inbox: Inbox, outbox: Outbox
) -> None:
    while (taken := inbox.get()) is not None:
        connection, visit = taken
        visit.slot = process * stage.config.threads + thread
        with attending(connection, visit, stage.options.idle_timeout, close=outbox.put):
            serve(connection, visit)
