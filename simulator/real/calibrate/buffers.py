"""How many bytes the kernel takes on loopback before anybody has read them, from either side.

What to watch: a client on a slow line has a small window, and its upload does not pile up on its own side. Only for
such clients do buffers decide how long a server is held, so those give the machine's values. And a send buffer grows
while its client reads: what nobody reads at all fills the buffer that a connection begins with, and no more. The most
that it grows to is what a slow reader of a long response has not read at its fullest.

A writer that is told to wait is called only when a third of the buffer is free, but may fill all of it. So whoever asks
before each piece whether there is room finds two thirds of a buffer; here it is filled until it takes nothing more.
"""

import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic

from simulator.real.calibrate.samples import Samples, up_to

SMALL_WINDOW = 8192
PIECE = bytes(65536)
RESPONSE_BYTES = 4 * 1024 * 1024
"""More than any buffer takes, or nothing would be left to wait for."""
SLOW_BYTES_PER_S = 2e6
READ_EVERY_S = 0.01
STILL_S = 0.05
"""Without room for so long, there will be none."""
ENOUGH = 5
"""Samples: the kernel is rather sure of itself here."""
ENOUGH_SLOW = 3
"""Each of them takes more than a second."""
MOST_BYTES = 64 * 1024 * 1024


def send_buffer(samples: int, *, slow: bool) -> Samples:
    """Bytes that a server gets rid of before its client has read anything."""
    return [_written_to_nobody(slow) for _ in up_to(min(samples, ENOUGH))]


def send_buffer_most(samples: int) -> Samples:
    """The same at most, while a client reads a long response slowly."""
    return [_unread_by_a_slow_reader() for _ in up_to(min(samples, ENOUGH_SLOW))]


def _written_to_nobody(slow: bool) -> float:
    with _connected(slow) as (server, _):
        return _taken(server)


def _unread_by_a_slow_reader() -> float:
    """Handing a long response over until it is gone."""
    with _connected(slow=True) as (server, client):
        return _most_unread(server, client)


@contextmanager
def _connected(slow: bool) -> Iterator[tuple[socket.socket, socket.socket]]:
    with _listening() as listener, socket.socket() as client:
        if slow:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_WINDOW)
        client.connect(listener.getsockname())
        server, _ = listener.accept()
        with server:
            yield server, client


def _most_unread(server: socket.socket, client: socket.socket) -> float:
    server.setblocking(False)
    client.setblocking(False)
    begun, written, read, most = monotonic(), 0, 0, 0
    while True:
        if select.select([], [server], [], READ_EVERY_S)[1]:
            written += _filled(server, len(PIECE), RESPONSE_BYTES - written)
        most = max(most, written - read)
        if written == RESPONSE_BYTES:
            return float(most)
        due = int(SLOW_BYTES_PER_S * (monotonic() - begun)) - read
        with suppress(BlockingIOError):
            read += len(client.recv(due)) if due > 0 else 0


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
        count += _filled(writer, piece, MOST_BYTES - count)
    return float(count)


def _filled(writer: socket.socket, piece: int, most: int) -> int:
    """How many bytes, at most so many, it takes before it says that the buffer is full."""
    count = 0
    with suppress(BlockingIOError):
        while count < most:
            count += writer.send(PIECE[: min(piece, most - count)])
    return count


@contextmanager
def _listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0), backlog=1) as listener:
        yield listener
