"""aiohttp with our handler: ``python -m models.applications.aiohttp_server PORT BACKLOG``."""

import sys
from collections.abc import Sequence

from aiohttp import web

from models.applications.account import FIELDS, PIECE, Account, here
from models.applications.coroutine import work
from models.wire.syntax import BODY_LIMIT, Refused


async def handle(request: web.Request) -> web.StreamResponse:
    """Read the request, do its work, answer."""
    async for _ in request.content.iter_chunked(len(PIECE)):
        pass
    try:
        account = Account({name: request.headers[name] for name in FIELDS if name in request.headers})
    except Refused:
        return web.Response(status=400)
    await work(account)
    response = web.StreamResponse(headers=dict(account.headers))
    try:
        await response.prepare(request)
        for piece in account.pieces:
            await response.write(piece)
        await response.write_eof()
    finally:
        account.close()
    return response


def main(argv: Sequence[str]) -> None:
    """Serve until somebody ends it."""
    port, backlog = map(int, argv)
    application = web.Application(client_max_size=BODY_LIMIT)
    application.router.add_route("*", "/", handle)

    async def started(_: web.Application) -> None:
        here()

    application.on_startup.append(started)
    web.run_app(application, host="127.0.0.1", port=port, backlog=backlog, print=None)


if __name__ == "__main__":
    main(sys.argv[1:])
