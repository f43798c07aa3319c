"""Sockets that block: whoever calls these functions does nothing else until they return."""

import errno
import socket
import struct
import time
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager, suppress

from models.wire.message import Request, request_parser
from models.wire.outgoing import Outgoing, refusal
from models.wire.report import Visit
from models.wire.syntax import Refused

CHUNK = 64 * 1024
"""Bytes of one read."""
LINGER_S = 1.0
"""How long a client that is turned away may go on sending: closing at once would destroy the answer on its way."""
SHORTEST_S = 1e-6
"""What the kernel can count; to it, a limit of less is none."""
NO_ROOM = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
"""Accepting failed for want of descriptors or memory: wait a moment, others will leave."""
NO_ROOM_S = 0.1


def accepted(listener: socket.socket) -> Iterator[socket.socket]:
    """Connections one after another, until somebody closes the listener."""
    while True:
        try:
            connection, _ = listener.accept()
        except OSError as error:
            if listener.fileno() < 0:
                return
            if error.errno in NO_ROOM:
                time.sleep(NO_ROOM_S)
            continue
        yield connection


def accept_now(listener: socket.socket) -> socket.socket | None:
    """The next connection of a listener that does not block; None where another process was faster."""
    try:
        return listener.accept()[0]
    except OSError as error:
        if error.errno in NO_ROOM:
            time.sleep(NO_ROOM_S)
        return None


def close_here(connection: socket.socket, visit: Visit, outcome: str) -> None:
    """The connection is over, and the visit is reported."""
    connection.close()
    visit.leave(outcome)


@contextmanager
def attending(
    connection: socket.socket,
    visit: Visit,
    idle_s: float,
    close: Callable[[socket.socket, Visit, str], None] = close_here,
) -> Iterator[None]:
    """Close the connection and report the visit however it ends; faults of the client end here."""
    outcome = "completed"
    try:
        _limit_silence(connection, idle_s)
        yield
    except Refused as refused:
        outcome = refused.outcome
        _turn_away(connection, refused.status)
    except OSError:
        outcome = "gave_up"
    finally:
        close(connection, visit, outcome)


def receive(connection: socket.socket, visit: Visit) -> Request:
    """Read until the whole request is here. Raises Refused or OSError."""
    parser = request_parser()
    while True:
        request = parser.feed(read(connection, visit))
        if request is not None:
            return request


def receive_head(connection: socket.socket, visit: Visit, methods: Container[str]) -> tuple[Request, bytes]:
    """Read until the head is here; what came of the body with it is the second. Raises Refused or OSError."""
    parser, raw = request_parser(methods), bytearray()
    while (request := parser.message) is None:
        data = read(connection, visit)
        raw += data
        parser.feed(data)
    return request, bytes(raw[parser.head_size : parser.head_size + request.length])


def read(connection: socket.socket, visit: Visit, most: int = CHUNK) -> bytes:
    """Some bytes of a request. Raises Refused or OSError."""
    try:
        data = connection.recv(most)
    except (BlockingIOError, TimeoutError):
        if visit.heard:
            raise Refused(408, "silence") from None
        raise
    if not data:
        raise ConnectionResetError(errno.ECONNRESET, "the client left")
    visit.heard = True
    return data


def send(connection: socket.socket, outgoing: Outgoing) -> None:
    """Write until the kernel has taken the last byte. Raises OSError."""
    while outgoing:
        outgoing.taken(connection.send(outgoing.piece()))


def linger(connection: socket.socket, seconds: float) -> None:
    """Say that nothing more will come, and read until the client says so too, but for no longer than this.

    Who closes while something is unread destroys the end of its own response. A client that is gone needs no patience.
    """
    with suppress(OSError):
        connection.shutdown(socket.SHUT_WR)
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > SHORTEST_S:
            _limit_silence(connection, left)
            if not connection.recv(CHUNK):
                return


def _limit_silence(connection: socket.socket, seconds: float) -> None:
    """Let the kernel count: ``settimeout`` would add a system call to each read, and a chance to lose the GIL.

    A socket that never blocks its thread has a limit of its own, and keeps having one.
    """
    if connection.gettimeout() is not None:
        connection.settimeout(seconds)
        return
    limit = struct.pack("ll", int(seconds), int(seconds % 1 * 1e6))
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)


def _turn_away(connection: socket.socket, status: int) -> None:
    with suppress(OSError):
        send(connection, refusal(status))
        if status != 408:  # then nothing is on its way
            linger(connection, LINGER_S)
