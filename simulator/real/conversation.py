"""What a client says and hears, as a state machine on a non-blocking socket: connect, upload, wait, download.

What to watch: nothing here waits. Each method does what can be done now and says what to call when the socket is ready
or a moment has come. A client on a slow line is told apart from one on a fast line only by having a ``Line``.

A client has a computer of its own, so what the driver needs to get ready and to read is no time of the client's: its
line carries from the moment at which it connects, and it is through when its last byte is there to be read.

A slow upload must not pile up in this machine's own buffers, or it would be through as soon as the server looks:
TCP_NOTSENT_LOWAT lets one chunk wait for the server's receive window, and the line stands still meanwhile. A slow
download gets a small receive buffer (two chunks, before it connects), so that the rest stays the server's problem.
"""

import errno
import socket
from select import EPOLLIN, EPOLLONESHOT, EPOLLOUT
from time import monotonic

from simulator.real.exchange import Exchange
from simulator.real.job import Ending
from simulator.real.messages import ResponseError, response_head

FILLER = memoryview(b"x" * 262144)
"""The body of every request."""
SPACE = memoryview(bytearray(262144))
"""Where responses go; nobody reads them."""
UNSENT_BYTES = 1
PEEK_BYTES = 4096
AGAIN_S = 0.001


def connect(exchange: Exchange, now: float) -> None:
    """Begin. On loopback the connection stands at once, so a fast client sends without waiting to be told."""
    exchange.attempted = now
    try:
        exchange.socket = connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        if exchange.up is not None:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
        if exchange.up is not None or exchange.upload_bytes > PEEK_BYTES:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if exchange.down is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2 * exchange.down.chunk)
    except OSError:
        exchange.crowd.settle(exchange, Ending.DRIVER_FAILED, now)
        return
    code = connection.connect_ex(exchange.crowd.address)
    if code not in (0, errno.EINPROGRESS):
        fail(exchange, OSError(code, "connect"), monotonic())
        return
    if exchange.up is None:
        upload(exchange, now)
    else:
        exchange.react = stand
        exchange.crowd.watch(exchange, EPOLLOUT | EPOLLONESHOT)


def stand(exchange: Exchange, now: float) -> None:
    """The connection of a slow client stands, or its connecting failed; or the window has opened after a pause."""
    code = exchange.connection().getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        fail(exchange, OSError(code, "connect"), now)
        return
    since = now
    if not exchange.stands:
        exchange.stands_since(now)
        since = exchange.began_to_send(now)
    if exchange.up is None:
        upload(exchange, now)
        return
    exchange.up.carry(since, exchange.sent)
    exchange.crowd.at(exchange.up.next_moment(exchange.sent, exchange.upload_bytes), upload, exchange)


def upload(exchange: Exchange, now: float) -> None:
    """Send what the line has carried by now."""
    connection, total, up = exchange.connection(), exchange.upload_bytes, exchange.up
    due = total if up is None else min(up.through(now), total)
    try:
        while exchange.sent < due:
            exchange.sent += connection.send(_piece(exchange, due))
            if not exchange.stands:
                exchange.stands_since(monotonic())
    except BlockingIOError:
        exchange.react = stand
        exchange.crowd.watch(exchange, EPOLLOUT | EPOLLONESHOT)
        return
    except OSError as error:
        fail(exchange, error, monotonic())
        return
    if up is not None and exchange.sent < total:
        exchange.crowd.at(up.next_moment(exchange.sent, total), upload, exchange)
        return
    exchange.sent_at = monotonic()
    if exchange.down is None:
        exchange.react = download
        exchange.crowd.watch(exchange, EPOLLIN)
    else:
        exchange.react = begin_slow_download
        exchange.crowd.watch(exchange, EPOLLIN | EPOLLONESHOT)


def _piece(exchange: Exchange, due: int) -> bytes | memoryview:
    """The next bytes, up to ``due`` of the whole request."""
    sent, head = exchange.sent, exchange.head
    if sent >= len(head):
        return FILLER[: due - sent]
    return head[sent:due] + bytes(FILLER[: max(due - len(head), 0)])


def download(exchange: Exchange, now: float) -> None:
    """Read what there is; also what an early answer is read with."""
    try:
        count = exchange.connection().recv_into(SPACE)
    except BlockingIOError:
        return
    except OSError as error:
        fail(exchange, error, now)
        return
    if not count:
        exchange.crowd.settle(exchange, Ending.BROKEN, now)
        return
    if not exchange.expected:
        exchange.start += bytes(SPACE[:count])
        if not _understood(exchange, exchange.start, now):
            return
    exchange.received += count
    if exchange.received >= exchange.expected:
        exchange.crowd.settle(exchange, Ending.ANSWERED, now)


def begin_slow_download(exchange: Exchange, now: float) -> None:
    """The first bytes of the response are here, and the line begins to carry them. Its head is on top of its size."""
    try:
        count = exchange.connection().recv_into(SPACE, PEEK_BYTES, socket.MSG_PEEK)
    except OSError as error:
        fail(exchange, error, now)
        return
    if not count:
        exchange.crowd.settle(exchange, Ending.BROKEN, now)
        return
    if not _understood(exchange, bytes(SPACE[:count]), now):
        if not exchange.over:
            exchange.crowd.at(now + AGAIN_S, begin_slow_download, exchange)
        return
    exchange.react = resume_slow_download
    _carry(exchange, now, exchange.received)


def resume_slow_download(exchange: Exchange, now: float) -> None:
    """There is something again after the server had sent nothing for a while."""
    _carry(exchange, now, exchange.received)


def _carry(exchange: Exchange, now: float, done: int) -> None:
    assert exchange.down is not None  # only for a slow client
    exchange.down.carry(now, done)
    exchange.crowd.at(exchange.down.next_moment(done, exchange.expected), slow_download, exchange)


def slow_download(exchange: Exchange, now: float) -> None:
    """Read what the line has carried by now, and no more."""
    assert exchange.down is not None  # only for a slow client
    connection, due = exchange.connection(), min(exchange.down.through(now), exchange.expected)
    try:
        while exchange.received < due:
            count = connection.recv_into(SPACE, min(due - exchange.received, len(SPACE)))
            if not count:
                exchange.crowd.settle(exchange, Ending.BROKEN, now)
                return
            exchange.received += count
    except BlockingIOError:
        exchange.crowd.watch(exchange, EPOLLIN | EPOLLONESHOT)
        return
    except OSError as error:
        fail(exchange, error, now)
        return
    if exchange.received >= exchange.expected:
        exchange.crowd.settle(exchange, Ending.ANSWERED, now)
        return
    exchange.crowd.at(exchange.down.next_moment(exchange.received, exchange.expected), slow_download, exchange)


def _understood(exchange: Exchange, start: bytes, now: float) -> bool:
    """Whether the head is whole; then ``expected`` counts it and the body."""
    try:
        found = response_head(start)
    except ResponseError:
        exchange.crowd.settle(exchange, Ending.BROKEN, now)
        return False
    if found is None:
        return False
    exchange.status, head, body = found
    exchange.expected = head + body
    return True


def fail(exchange: Exchange, error: OSError, now: float) -> None:
    """What an error of the socket means. A server that answers before it has read all may have an answer waiting."""
    if exchange.stands and not exchange.expected and error.errno == errno.EPIPE:
        exchange.react, exchange.down = download, None
        exchange.crowd.watch(exchange, EPOLLIN)
        return
    if error.errno in (errno.EADDRNOTAVAIL, errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
        ending = Ending.DRIVER_FAILED
    elif exchange.stands:
        ending = Ending.BROKEN
    else:
        ending = Ending.CONNECT_TIMEOUT if error.errno == errno.ETIMEDOUT else Ending.REFUSED
    exchange.crowd.settle(exchange, ending, now)
