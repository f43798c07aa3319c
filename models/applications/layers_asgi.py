"""An ASGI application in two layers of middleware: the timer and the number of ``layers.py``, on an event loop.

    python -m models.coroutine.asyncio_server --application models.applications.layers_asgi:application

What to watch: a layer sees ``scope`` on the way in and every event on the way out, because it hands down a ``send`` of
its own. Between ``await receive()`` and ``await send()`` others run, in this very thread.
"""

import asyncio
import itertools
import os
import time
from typing import Any

from models.wire.asgi import REACH, ROW, SLEEP, Application, Event, Receive, Send
from models.wire.message import Request
from models.wire.syntax import Refused
from models.wire.work import do, parse

PIECE = bytes(64 * 1024)
FIELDS = ("x-request", "x-steps", "x-response")
_numbers = itertools.count(1)


def timed(application: Application) -> Application:
    """A middleware: how long the application took until it knew its answer, as a browser's tools show it."""

    async def layer(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        since = time.perf_counter()  # the way in: the call

        async def send_timed(event: Event) -> None:
            if event["type"] == "http.response.start":  # the way out: the answer
                took_ms = 1e3 * (time.perf_counter() - since)
                event["headers"] = [*event.get("headers", []), (b"server-timing", b"app;dur=%.3f" % took_ms)]
            await send(event)

        await application(scope, receive, send_timed)

    return layer


def numbered(application: Application) -> Application:
    """A middleware: every request has a number, its client's or a new one; the application and the client see it."""

    async def layer(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        number = dict(scope["headers"]).get(b"x-request-id") or b"%d-%d" % (os.getpid(), next(_numbers))
        scope["state"]["request_id"] = number.decode("latin-1")

        async def send_numbered(event: Event) -> None:
            if event["type"] == "http.response.start":
                event["headers"] = [*event.get("headers", []), (b"x-request-id", number)]
            await send(event)

        await application(scope, receive, send_numbered)

    return layer


async def work(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """The innermost: read the body, do what the request asks for (X-Steps), answer with so many bytes (X-Response)."""
    if scope["type"] != "http":
        raise NotImplementedError("this application needs no start and no end")
    while (await receive()).get("more_body"):
        pass
    ours = scope.get("extensions", {})  # other servers than those beside our models do not report
    fields = {name.decode(): value.decode() for name, value in scope["headers"] if name.decode() in FIELDS}
    try:
        job = parse(Request("POST", "/", 0, False, fields))
    except Refused as refused:
        await send({"type": "http.response.start", "status": 400, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": f"{refused}\n".encode()})
        return
    ours.get(ROW, _nowhere)(job.row)
    for n, phase in enumerate(job.phases, 1):
        ours.get(REACH, _nowhere)(f"handle.{n}")
        if phase.kind == "io":
            await ours.get(SLEEP, asyncio.sleep)(phase.seconds)  # others go on
        else:
            do(phase)  # nobody goes on
    headers = [(b"content-type", b"application/octet-stream"), (b"content-length", b"%d" % job.response_bytes)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    left = job.response_bytes
    while left > len(PIECE):
        left -= len(PIECE)
        await send({"type": "http.response.body", "body": PIECE, "more_body": True})
    await send({"type": "http.response.body", "body": PIECE[:left]})


def _nowhere(_: object) -> None:
    """Of a server that does not ask."""


application = timed(numbered(work))
