"""A WSGI application in two layers of middleware: a timer, and within it a number for every request.

    python -m models.prefork.server --application models.applications.layers:application

What to watch: all there is to WSGI is a call. On the way in a layer sees ``environ``, on the way out the status and the
headers, because it hands down a ``start_response`` of its own; the body it passes on as it is, or wraps, and then it
passes on ``close`` too.
"""

import itertools
import os
import time
from collections.abc import Iterator
from typing import Any

from models.wire.message import Request
from models.wire.syntax import Refused
from models.wire.work import Job, do, parse
from models.wire.wsgi import REACH, ROW, Application, Header, StartResponse

PIECE = bytes(64 * 1024)
FIELDS = {"x-request": "HTTP_X_REQUEST", "x-steps": "HTTP_X_STEPS", "x-response": "HTTP_X_RESPONSE"}
_numbers = itertools.count(1)


def timed(application: Application) -> Application:
    """A middleware: how long the application took until it knew its answer, as a browser's tools show it."""

    def layer(environ: dict[str, Any], start_response: StartResponse) -> Any:
        since = time.perf_counter()  # the way in: the call

        def start(status: str, headers: list[Header], exc_info: Any = None) -> Any:
            took_ms = 1e3 * (time.perf_counter() - since)  # the way out: the answer
            return start_response(status, [*headers, ("Server-Timing", f"app;dur={took_ms:.3f}")], exc_info)

        return application(environ, start)

    return layer


def numbered(application: Application) -> Application:
    """A middleware: every request has a number, its client's or a new one; the application and the client see it."""

    def layer(environ: dict[str, Any], start_response: StartResponse) -> Any:
        number = environ.get("HTTP_X_REQUEST_ID") or f"{os.getpid()}-{next(_numbers)}"
        environ["request_id"] = number

        def start(status: str, headers: list[Header], exc_info: Any = None) -> Any:
            return start_response(status, [*headers, ("X-Request-Id", number)], exc_info)

        return application(environ, start)

    return layer


class Response:
    """The body of an answer: whoever takes it in goes on until its end, and then calls ``close``."""

    def __init__(self, job: Job) -> None:
        whole, rest = divmod(job.response_bytes, len(PIECE))
        self._pieces = [PIECE] * whole + ([PIECE[:rest]] if rest else [])
        self.closed = False

    def __len__(self) -> int:
        """How many pieces: of a single one the server knows the length before it sends it."""
        return len(self._pieces)

    def __iter__(self) -> Iterator[bytes]:
        """Piece by piece: the server sends each before it asks for the next."""
        return iter(self._pieces)

    def close(self) -> None:
        """Called however the request ends: here files and connections are given back."""
        self.closed = True


def work(environ: dict[str, Any], start_response: StartResponse) -> Any:
    """The innermost: read the body, do what the request asks for (X-Steps), answer with so many bytes (X-Response)."""
    reach = environ.get(REACH, _nowhere)  # other servers than those beside our models do not report
    while environ["wsgi.input"].read(len(PIECE)):
        pass
    fields = {name: environ[key] for name, key in FIELDS.items() if key in environ}
    try:
        job = parse(Request("POST", "/", 0, False, fields))
    except Refused as refused:
        start_response("400 Bad Request", [("Content-Type", "text/plain")])
        return [f"{refused}\n".encode()]
    environ.get(ROW, _nowhere)(job.row)
    for number, phase in enumerate(job.phases, 1):
        reach(f"handle.{number}")
        do(phase)
    reach("middleware_out")
    headers = [("Content-Type", "application/octet-stream"), ("Content-Length", str(job.response_bytes))]
    start_response("200 OK", headers)
    return Response(job)


def stacked(layers: int) -> Application:
    """So many layers around the work, in turn a timer and a number; the outermost says that a request has come in."""
    stack: Application = work
    for layer in range(layers):
        stack = timed(stack) if layer % 2 else numbered(stack)

    def entered(environ: dict[str, Any], start_response: StartResponse) -> Any:
        environ[REACH]("middleware_in")
        return stack(environ, start_response)

    return entered


def _nowhere(_: object) -> None:
    """Of a server that does not ask."""


application = timed(numbered(work))
