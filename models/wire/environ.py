"""What a WSGI application is told about a request: the variables of CGI, and the body as a file to read from.

What to watch: nothing here is read ahead. A body that the application does not ask for stays with its client, and one
that it does ask for holds the worker for as long as the client takes to send it.
"""

import io
import socket
import sys
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from models.wire.blocking import CHUNK, read
from models.wire.message import Request
from models.wire.report import Visit

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Body(io.RawIOBase):
    """The body of a request, read when somebody asks: never beyond its end, where the next one might begin."""

    def __init__(self, connection: socket.socket, visit: Visit, request: Request, begun: bytes) -> None:
        self._connection, self._visit = connection, visit
        self._begun = memoryview(begun)[: request.length]
        self._invites = request.fields.get("expect", "").lower() == "100-continue" and not begun
        self.missing = request.length
        """Bytes that nobody has asked for yet."""
        self.fault: Exception | None = None
        """Why it ends too early: of the client's doing, whatever the application makes of it."""

    def readable(self) -> bool:
        """It can be read, and nothing else."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Some bytes, as many as are there; 0 at the end."""
        room = memoryview(buffer)
        count = min(len(room), self.missing, CHUNK)
        if not count:
            return 0
        try:
            piece = self._begun[:count] or self._receive(count)
        except Exception as fault:
            self.fault = fault
            raise
        self._begun = self._begun[len(piece) :]
        room[: len(piece)] = piece
        self.missing -= len(piece)
        return len(piece)

    def read_ahead(self) -> None:
        """Take it all in, as uWSGI does with post-buffering. Raises Refused or OSError."""
        missing = self.missing - len(self._begun)
        pieces = [bytes(self._begun)]
        while missing:
            pieces.append(bytes(self._receive(min(missing, CHUNK))))
            missing -= len(pieces[-1])
        self._begun = memoryview(b"".join(pieces))

    def _receive(self, most: int) -> memoryview:
        if self._invites:  # whoever wants to send a large body has asked first
            self._invites = False
            self._connection.sendall(CONTINUE)
        return memoryview(read(self._connection, self._visit, most))


def environ_of(
    request: Request, given: Mapping[str, str], body: Body, connection: socket.socket, servers: Mapping[str, Any]
) -> dict[str, Any]:
    """The dictionary of PEP 3333; ``given``: variables that came as such (uwsgi), ``servers``: what the server says."""
    return {
        **(given or cgi_variables(request, connection)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https" if given.get("HTTPS", "off") in ("on", "1") else "http",
        "wsgi.input": io.BufferedReader(body),
        "wsgi.errors": sys.stderr,
        "wsgi.run_once": False,
        **servers,
    }


def cgi_variables(request: Request, connection: socket.socket) -> dict[str, str]:
    """A request that came as HTTP, in the variables of CGI (RFC 3875): text of latin-1, whatever the bytes mean."""
    (host, port), (client, client_port) = connection.getsockname()[:2], connection.getpeername()[:2]
    target = request.target if request.target.startswith(("/", "*")) else _origin_form(request.target)
    path, _, query = target.partition("?")
    variables = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "REQUEST_URI": request.target,
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": request.version,
        "REMOTE_ADDR": client,
        "REMOTE_PORT": str(client_port),
    }
    for name, value in request.fields.items():
        if "_" not in name:  # else a client could pass off X_Real_IP as X-Real-IP
            variables["HTTP_" + name.upper().replace("-", "_")] = value
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if (value := variables.pop(f"HTTP_{name}", None)) is not None:
            variables[name] = value
    return variables


def _origin_form(target: str) -> str:
    """``http://host/path?query``, as proxies are asked, without what is in front of the path."""
    parts = urlsplit(target)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
