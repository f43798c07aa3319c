"""A client that can do what clients should not do."""

import contextlib
import re
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.servers.stage import DEADLINE_S


@dataclass(frozen=True)
class Answer:
    """A response; status 0 where the connection ended without one."""

    status: int
    length: int
    body: int


def request(*, row: int = -1, steps: str = "", upload: int = 0, download: int = 0, more: str = "") -> bytes:
    """A request's head and body."""
    number = f"X-Request: {row}\r\n" if row >= 0 else ""
    head = f"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {upload}\r\n{number}X-Steps: {steps}\r\n"
    return f"{head}X-Response: {download}\r\n{more or 'Connection: close'}\r\n\r\n".encode() + bytes(upload)


def connect(port: int) -> socket.socket:
    """A connection with a deadline."""
    sock = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE_S)
    sock.settimeout(DEADLINE_S)
    return sock


def answer(sock: socket.socket) -> Answer:
    """Read a response until the connection ends."""
    received = answer_bytes(sock)
    match = re.match(rb"HTTP/1.1 (\d+) .*?Content-Length: (\d+)\r\n.*?\r\n\r\n", received, re.DOTALL)
    return Answer(int(match[1]), int(match[2]), len(received) - match.end()) if match else Answer(0, 0, 0)


def answer_bytes(sock: socket.socket) -> bytes:
    """All that comes until the connection ends."""
    received = bytearray()
    try:
        while data := sock.recv(1 << 20):
            received += data
    except ConnectionResetError:
        pass
    return bytes(received)


def ask(port: int, **what: int | str) -> Answer:
    """One request."""
    return say(port, request(**what))  # type: ignore[arg-type]


def say(port: int, data: bytes) -> Answer:
    """These bytes, and whatever is answered."""
    with connect(port) as sock:
        with contextlib.suppress(ConnectionError):  # turned away before it was through: the answer may still be there
            sock.sendall(data)
        return answer(sock)


def vanish(sock: socket.socket) -> None:
    """Leave without a word: the other side gets a reset."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def at_once(count: int, do: Callable[[int], Answer]) -> list[Answer]:
    """``do(n)`` for each n, side by side."""
    answers: list[Answer] = []
    threads = [threading.Thread(target=lambda n=n: answers.append(do(n)), daemon=True) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * DEADLINE_S)
    assert len(answers) == count
    return answers


def taken(port: int, sock: socket.socket) -> bool:
    """Whether the server has accepted this connection and read all that came on it.

    The kernel's table says so: a connection that nobody has accepted has no inode, unread bytes are counted.
    """
    local, remote = f"0100007F:{port:04X}", f"0100007F:{sock.getsockname()[1]:04X}"
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[1:3] == [local, remote]:
            return fields[9] != "0" and int(fields[4].partition(":")[2], 16) == 0
    return False
