"""Calling an application in this process, through a connection of its own: what the client gets, and how it ended."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from models.wire.blocking import attending
from models.wire.report import Report, Visit
from models.wire.wsgi import Application, Gateway
from tests.servers.client import answer_bytes
from tests.servers.stage import DEADLINE_S


@dataclass(frozen=True)
class Got:
    """A response as it came."""

    raw: bytes

    @property
    def head(self) -> list[str]:
        """Its first line and its headers."""
        return self.raw.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")

    @property
    def status(self) -> str:
        """Without the version."""
        return self.head[0].partition(" ")[2]

    @property
    def body(self) -> bytes:
        """What follows the head."""
        return self.raw.partition(b"\r\n\r\n")[2]


@contextmanager
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A client's end of a TCP connection, and the server's."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname(), timeout=DEADLINE_S)
        server, _ = listener.accept()
    with client, server:
        yield client, server


def call(application: Application, data: bytes, *, uwsgi_buffer: int = 0, then: bytes = b"") -> Got:
    """Send these bytes to a server that calls the application; and more, once something has come back."""
    gateway = Gateway(application, processes=1, threads=1, uwsgi_buffer=uwsgi_buffer)
    with pair() as (client, server):

        def serve() -> None:
            visit = Visit(Report(None), 0)
            with attending(server, visit, DEADLINE_S):
                gateway.serve(server, visit)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        client.sendall(data)
        before = b""
        if then:
            before = client.recv(100)
            client.sendall(then)
        got = Got(before + answer_bytes(client))
        client.close()  # who is turned away is waited for
        thread.join(DEADLINE_S)
        assert not thread.is_alive()
        return got


def request(method: str = "GET", target: str = "/", body: bytes = b"", *headers: str) -> bytes:
    """A request as text."""
    length = [f"Content-Length: {len(body)}"] if body else []
    lines = "\r\n".join([f"{method} {target} HTTP/1.1", "Host: shop", *length, *headers])
    return f"{lines}\r\n\r\n".encode("latin-1") + body
