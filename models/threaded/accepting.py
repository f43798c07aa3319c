"""Who accepts: an idle thread, or eagerly one main thread for all. It decides where connections queue.

What to watch: with ``idle`` they wait in the kernel, in front of all processes. With ``eager`` they wait in the inbox
of the process that took them, even while another process has nothing to do; and the main thread has to win the GIL
for each of them.
"""

import queue
import selectors
import signal
import socket
import threading
from collections.abc import Callable

from models.threaded.config import Config
from models.wire.blocking import accept_now, accepted, attending
from models.wire.report import Visit
from models.wire.stage import Stage, stop_signal

Serve = Callable[[socket.socket, Visit], None]
Inbox = queue.SimpleQueue[tuple[socket.socket, Visit] | None]


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
    """A process whose main thread takes connections in, whether or not a thread is free."""
    inbox, room, stop = Inbox(), threading.Semaphore(stage.config.connections), stop_signal()
    threads = [
        threading.Thread(target=_accept_from_inbox, args=(stage, process, n, serve, inbox, room))
        for n in range(stage.config.threads)
    ]
    for thread in threads:
        thread.start()
    stage.listener.setblocking(False)
    with selectors.DefaultSelector() as selector:
        selector.register(stage.listener, selectors.EVENT_READ)
        selector.register(stop, selectors.EVENT_READ)
        while room.acquire() and stop not in [key.fileobj for key, _ in selector.select()]:
            connection = accept_now(stage.listener)
            if connection is None:
                room.release()
                continue
            visit = stage.visit(process)
            visit.reach("accept_GIL")
            visit.reach("seize_thread")
            inbox.put((connection, visit))
    for _ in threads:
        inbox.put(None)
    for thread in threads:
        thread.join()


def _accept_from_inbox(
    stage: Stage[Config], process: int, thread: int, serve: Serve, inbox: Inbox, room: threading.Semaphore
) -> None:
    while (taken := inbox.get()) is not None:
        connection, visit = taken
        visit.slot = process * stage.config.threads + thread
        with attending(connection, visit, stage.options.idle_timeout):
            serve(connection, visit)
        room.release()
