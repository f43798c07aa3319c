"""How many bytes the kernel takes on loopback while nobody reads, from either side.

What to watch: a client on a slow line has a small window, and its upload does not pile up on its own side. Only for
such clients do buffers decide how long a server is held, so those give the machine's values. The plain ones are what a
fast client meets; they are larger.
"""

import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from simulator.app.calibrate.clock import Samples, up_to

SMALL_WINDOW = 8192
PIECE = bytes(65536)
STILL_S = 0.05
"""Without room for so long, there will be none."""
ENOUGH = 5
"""Samples: the kernel is rather sure of itself here."""
MOST_BYTES = 64 * 1024 * 1024


def send_buffer(samples: int, *, slow: bool) -> Samples:
    """Bytes that a server gets rid of while its client reads nothing; a slow client has a small window."""
    return [_written_to_nobody(slow) for _ in up_to(min(samples, ENOUGH))]


def _written_to_nobody(slow: bool) -> float:
    with _listening() as listener, socket.socket() as client:
        if slow:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_WINDOW)
        client.connect(listener.getsockname())
        server, _ = listener.accept()
        with server:
            return _taken(server)


def receive_buffer(samples: int, *, slow: bool) -> Samples:
    """Bytes that a client gets rid of while nobody accepts; a slow one keeps its own buffer empty."""
    return [_written_before_accept(slow) for _ in up_to(min(samples, ENOUGH))]


def _written_before_accept(slow: bool) -> float:
    with _listening() as listener, socket.create_connection(listener.getsockname()) as client:
        if slow:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, 1)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return _taken(client, 1448 if slow else len(PIECE))


def _taken(writer: socket.socket, piece: int = len(PIECE)) -> float:
    """Bytes until nothing moves any more."""
    writer.setblocking(False)
    count = 0
    while count < MOST_BYTES and select.select([], [writer], [], STILL_S)[1]:
        try:
            count += writer.send(PIECE[:piece])
        except BlockingIOError:
            break
    return float(count)


@contextmanager
def _listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0), backlog=1) as listener:
        yield listener
