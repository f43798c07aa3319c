"""A site on a free port, and a browser tab without a browser: a WebSocket whose bytes go to a terminal emulator."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pyte
from aiohttp import web

from simulator.serve.site import Site

TINY = (sys.executable, "-P", str(Path(__file__).with_name("tiny_app.py")))
PATIENCE_S = 30.0


@asynccontextmanager
async def served(site: Site) -> AsyncIterator[str]:
    """The address of a running site."""
    runner = web.AppRunner(site.application(), access_log=None, shutdown_timeout=5.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


class Tab:
    """What is on the screen of one session."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, width: int, height: int) -> None:
        self.socket, self.screen = socket, pyte.Screen(width, height)
        self._stream = pyte.ByteStream(self.screen)

    async def press(self, keys: str) -> None:
        await self.socket.send_json(["stdin", keys])

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    async def shows(self, pattern: str) -> re.Match[str]:
        """Wait until something is on the screen."""
        async with asyncio.timeout(PATIENCE_S):
            while not (found := re.search(pattern, self.text)):
                message = await self.socket.receive()
                if message.type is aiohttp.WSMsgType.BINARY:
                    self._stream.feed(message.data)
                elif message.type is not aiohttp.WSMsgType.TEXT:
                    raise AssertionError(f"the session ended, with this on its screen:\n{self.text}")
        return found

    async def closes(self) -> None:
        """Wait until the other side ends the session."""
        async with asyncio.timeout(PATIENCE_S):
            while not self.socket.closed:
                message = await self.socket.receive()
                if message.type is aiohttp.WSMsgType.BINARY:
                    self._stream.feed(message.data)


@asynccontextmanager
async def tab(
    client: aiohttp.ClientSession, address: str, width: int = 60, height: int = 10, *, path: str = "/ws"
) -> AsyncIterator[Tab]:
    """A new tab, as the page at this address opens it."""
    url = f"{address}{path}?width={width}&height={height}"
    async with client.ws_connect(url, origin=address) as socket:
        yield Tab(socket, width, height)


async def until(condition: Callable[[], bool]) -> None:
    """Look again until it holds."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():
            await asyncio.sleep(0.01)


def is_there(process: int) -> bool:
    """Whether a process exists, be it only as a zombie."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def run(test: Callable[[aiohttp.ClientSession], Awaitable[None]]) -> None:
    """Run a test with a client."""

    async def main() -> None:
        async with aiohttp.ClientSession() as client:
            await test(client)

    asyncio.run(main())
