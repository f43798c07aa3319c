"""The application for ASGI: uvicorn, alone and as gunicorn's worker. Only waiting lets others run."""

from collections.abc import Awaitable, Callable
from typing import Any

from models.applications.account import FIELDS, Account, here
from models.applications.coroutine import work
from models.wire.syntax import Refused

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Read the request, do its work, answer."""
    if scope["type"] != "http":
        return await _lifespan(receive, send)
    while (await receive()).get("more_body"):
        pass
    found = {name.decode(): value.decode() for name, value in scope["headers"] if name.decode() in FIELDS}
    try:
        account = Account(found)
    except Refused:
        await send({"type": "http.response.start", "status": 400, "headers": [(b"content-length", b"0")]})
        return await send({"type": "http.response.body"})
    await work(account)
    headers = [(name.lower().encode(), value.encode()) for name, value in account.headers]
    try:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        *first, last = account.pieces or [b""]
        for piece in first:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": last})
    finally:
        account.close()


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        kind = (await receive())["type"]
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return


here()
