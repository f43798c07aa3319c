"""Tornado with our handler: ``python -m models.applications.tornado_server PORT PROCESSES BACKLOG``."""

import asyncio
import sys
from collections.abc import Sequence

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.process import fork_processes
from tornado.web import Application, RequestHandler

from models.applications.account import FIELDS, Account, here
from models.applications.coroutine import work
from models.wire.syntax import Refused


class Handler(RequestHandler):  # type: ignore[misc, unused-ignore]  # where Tornado is not installed it is Any
    """Every request; its body is whole when the method is called."""

    async def post(self) -> None:
        """Do its work, answer."""
        headers = self.request.headers
        try:
            account = Account({name: headers[name] for name in FIELDS if name in headers})
        except Refused:
            self.set_status(400)
            return
        await work(account)
        for name, value in account.headers:
            self.set_header(name, value)
        try:
            for piece in account.pieces:
                self.write(piece)
                await self.flush()
            await self.finish()
        finally:
            account.close()

    get = post


def main(argv: Sequence[str]) -> None:
    """Listen, fork as often as asked, and serve until somebody ends it."""
    port, processes, backlog = map(int, argv)
    sockets = bind_sockets(port, "127.0.0.1", backlog=backlog)
    if processes > 1:
        fork_processes(processes)
    asyncio.run(_serve(sockets))


async def _serve(sockets: object) -> None:
    server = HTTPServer(Application([(r"/", Handler)], compress_response=False))
    server.add_sockets(sockets)  # type: ignore[arg-type, unused-ignore]
    here()
    await asyncio.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1:])
