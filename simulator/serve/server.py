"""``simulate serve``: listen on this machine, say where, and serve until Ctrl-C, SIGTERM or SIGHUP."""

import asyncio
import signal
import socket
from collections.abc import Sequence
from logging import LogRecord, getLogger

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from simulator.experiments.progress import talk
from simulator.experiments.refusal import RefusalError
from simulator.results.terminal import write_data
from simulator.serve.site import LOOPBACK, Link, Site
from simulator.words.language import tell

ENDED, TERMINATED, HUNG_UP = 0, 143, 129
SHUTDOWN_S = 10.0


def serve(command: Sequence[str], port: int, *, link: Link | None = None, embed_from: Sequence[str] = ()) -> int:
    """Show ``command`` to browsers on this machine; ``port`` 0 is one that is free. Returns the exit code."""
    listener = listening(port)
    return asyncio.run(_serve(Site(command, link=link, embed_from=embed_from), listener))


def listening(port: int) -> socket.socket:
    """A socket that only this machine can reach. Raises RefusalError."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
    except OSError as error:
        listener.close()
        why = error.strerror or str(error)
        message = tell(
            "--port {port}: cannot listen there ({why}); type another one, or leave --port out for one that is free",
            port=port,
            why=why,
        )
        raise RefusalError(message) from None
    return listener


async def _serve(site: Site, listener: socket.socket) -> int:
    ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    for number, code in ((signal.SIGINT, ENDED), (signal.SIGTERM, TERMINATED), (signal.SIGHUP, HUNG_UP)):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as SIGHUP is under nohup
            asyncio.get_running_loop().add_signal_handler(number, _end, ended, code)
    getLogger("aiohttp.server").addFilter(worth_telling)
    runner = web.AppRunner(site.application(), access_log=None, shutdown_timeout=SHUTDOWN_S)
    await runner.setup()
    try:
        await web.SockSite(runner, listener).start()
        write_data(f"http://{LOOPBACK}:{listener.getsockname()[1]}/\n")
        talk("simulate: " + tell("open this link in a browser on this machine; Ctrl-C ends the server") + "\n")
        return await ended
    finally:
        await runner.cleanup()


def worth_telling(record: LogRecord) -> bool:
    """Whoever sends what is no HTTP is answered with 400; whoever sits at the terminal need not read of it."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


def _end(ended: asyncio.Future[int], code: int) -> None:
    if not ended.done():
        ended.set_result(code)
