"""``simulate serve``: listen on this machine, say where, and serve until Ctrl-C or SIGTERM."""

import asyncio
import signal
import socket
import sys
from collections.abc import Sequence

from aiohttp import web

from simulator.app.refusal import RefusalError
from simulator.app.serve.site import Site
from simulator.app.terminal import write_data

LOOPBACK = "127.0.0.1"
ENDED, TERMINATED = 0, 143
SHUTDOWN_S = 10.0


def serve(command: Sequence[str], port: int) -> int:
    """Show ``command`` to browsers on this machine; ``port`` 0 is one that is free. Returns the exit code."""
    listener = listening(port)
    return asyncio.run(_serve(Site(command), listener))


def listening(port: int) -> socket.socket:
    """A socket that only this machine can reach. Raises RefusalError."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
    except OSError as error:
        listener.close()
        why = error.strerror or str(error)
        raise RefusalError(
            f"--port {port}: cannot listen there ({why}); type another one, or leave --port out for one that is free"
        ) from None
    return listener


async def _serve(site: Site, listener: socket.socket) -> int:
    ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    for number, code in ((signal.SIGINT, ENDED), (signal.SIGTERM, TERMINATED)):
        asyncio.get_running_loop().add_signal_handler(number, _end, ended, code)
    runner = web.AppRunner(site.application(), access_log=None, shutdown_timeout=SHUTDOWN_S)
    await runner.setup()
    try:
        await web.SockSite(runner, listener).start()
        write_data(f"http://{LOOPBACK}:{listener.getsockname()[1]}/\n")
        sys.stderr.write("simulate: open this link in a browser on this machine; Ctrl-C ends the server\n")
        return await ended
    finally:
        await runner.cleanup()


def _end(ended: asyncio.Future[int], code: int) -> None:
    if not ended.done():
        ended.set_result(code)
